"""The settings of the console: the house's pages in a browser, and its REST API."""

from __future__ import annotations

from kiosk.settings.section import Section, TakesEffect, setting


class Console(Section):
    """The house's pages in a browser: conversations, insights, what the agent knows and how it speaks."""

    enabled: bool = setting(True, "Whether `kiosk service` serves the console.", TakesEffect.RESTART)
    host: str = setting(
        "127.0.0.1",
        "Address the console listens on. Anything but this machine alone needs console.address too.",
        TakesEffect.RESTART,
    )
    port: int = setting(8766, "Port the console listens on; 0 picks a free one.", TakesEffect.RESTART, ge=0, le=65535)
    address: str = setting(
        "",
        "Where browsers elsewhere find the console, such as https://console.example.org: the address of the proxy that "
        "speaks TLS in front of it. Empty: it answers to names of this machine only.",
        TakesEffect.RESTART,
        pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?)?$",
    )
    session_h: float = setting(
        12.0, "How long somebody who logged in stays so, hours.", TakesEffect.RESTART, ge=0.1, le=720
    )
