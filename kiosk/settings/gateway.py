"""Settings of the gateway, the server-side relay. Its endpoint and Client ID are secrets and stand elsewhere."""

from __future__ import annotations

from pathlib import Path

from kiosk.settings.section import Section, TakesEffect, setting


class Gateway(Section):
    """The relay that keeps endpoint and Client ID off the kiosks. Dialect and time-outs are those of [agent]."""

    host: str = setting(
        "127.0.0.1",
        "Address the gateway listens on; any but this machine's own needs a certificate.",
        TakesEffect.RESTART,
    )
    port: int = setting(8770, "Port it listens on; 0 picks a free one.", TakesEffect.RESTART, ge=0, le=65535)
    url: str = setting(
        "",
        "How kiosks reach it, such as wss://voice.museum.example; kiosks sign it. Empty for this machine alone.",
        TakesEffect.RESTART,
        pattern=r"^(|wss?://[^\s/?#@]+(/[^\s?#]*)?)$",
    )
    certificate_file: Path | None = setting(
        None, "PEM file with the certificate and those between it and its authority; empty behind a proxy with TLS."
    )
    certificate_key_file: Path | None = setting(None, "PEM file with the certificate's private key.")
    status_port: int = setting(
        8771,
        "Port, on this machine alone, of /healthz, /readyz and /metrics; 0 picks a free one.",
        TakesEffect.RESTART,
        ge=0,
        le=65535,
    )
    registry: str = setting(
        "",
        "Where the kiosks are kept that may come in: path of an SQLite file, or URL of a database; empty for a file in "
        "the user's state folder. Several gateways may share one.",
        TakesEffect.RESTART,
        repr=False,
    )
    code_minutes: float = setting(15.0, "How long a code for enrolling is good, minutes.", ge=1, le=1440)
    wrong_codes: int = setting(
        20, "Wrong codes in ten minutes after which no code is taken for a while.", TakesEffect.RESTART, ge=3, le=1000
    )
    conversations: int = setting(2, "Most conversations of one kiosk at the same time.", TakesEffect.RESTART, ge=1)
    conversations_per_hour: int = setting(
        240, "Most conversations that one kiosk begins in an hour.", TakesEffect.RESTART, ge=1, le=100_000
    )
    minutes_per_day: float = setting(
        1440.0, "Longest that one kiosk converses in a day, minutes.", TakesEffect.RESTART, ge=1, le=14_400
    )
    all_conversations: int = setting(
        400, "Most conversations of this gateway at the same time.", TakesEffect.RESTART, ge=1, le=20_000
    )
    bytes_per_s: int = setting(
        200_000,
        "Most that a kiosk sends for longer than a burst of 10 s of it, bytes a second; speech is 33,000.",
        TakesEffect.RESTART,
        ge=8_000,
        le=100_000_000,
    )
    message_bytes: int = setting(
        262_144, "Largest message of a kiosk, bytes.", TakesEffect.RESTART, ge=4_096, le=16_777_216
    )
    strangers: int = setting(
        256, "Most connections that have not proved themselves yet.", TakesEffect.RESTART, ge=4, le=20_000
    )
    strangers_per_address: int = setting(
        32, "The same from one address; of a proxy that all kiosks come through, all.", TakesEffect.RESTART, ge=1
    )
    proof_within_s: float = setting(
        10.0,
        "Time from a connection to the proof and to the opening message, seconds.",
        TakesEffect.RESTART,
        ge=1,
        le=60,
    )
    drain_s: float = setting(
        300.0,
        "How long conversations go on when the gateway is told to stop, seconds.",
        TakesEffect.RESTART,
        ge=0,
        le=7200,
    )
