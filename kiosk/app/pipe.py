"""The peripherals' pipe, wired to the engine: lines in become the visitor's hands, moments go out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from kiosk.app.kiosk import Probe
from kiosk.app.lag import LoopLag
from kiosk.core.ports import Hands
from kiosk.device.peripherals import Lines

Where = Callable[[], Mapping[str, tuple[float, float]]]
"""The controls on the glass by name, and the middle of each in pixels of the screen."""


def probe_to(lines: Lines) -> Probe:
    """Moments of playback and cuts are events of their own on the pipe; the rest are probes."""
    events = {"flush", "playback_started", "playback_ended"}

    def probe(name: str, at: float, /, **fields: Any) -> None:
        if name in events:
            lines.say(name, t=at, **fields)
        else:
            lines.say("probe", name=name, at=at, **fields)

    return probe


def listen(lines: Lines, hear: Callable[[Mapping[str, Any]], None], gone: Callable[[], None]) -> None:
    """What comes in is heard on the loop thread, and so is that nobody is there any more."""
    loop = asyncio.get_running_loop()

    def call(function: Callable[..., None], *args: Any) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(function, *args)

    lines.listen(lambda message: call(hear, message), lambda: call(gone))


def obey(
    kiosk: Hands,
    message: Mapping[str, Any],
    lines: Lines,
    shutdown: asyncio.Event,
    *,
    lag: LoopLag,
    where: Where | None = None,
) -> None:
    """One line of a peripheral. What is not understood is answered, never fatal. `where`: of the window, if any."""
    match message:
        case {"do": "touch"}:
            kiosk.touch()
        case {"do": "press"}:
            kiosk.press()
        case {"do": "release"}:
            kiosk.release()
        case {"do": "stop"}:
            kiosk.silence()
        case {"do": "finish"}:
            kiosk.finish()
        case {"do": "leave"}:
            kiosk.leave()
        case {"do": "text", "text": str(text)}:
            kiosk.write(text)
        case {"do": "agree"}:
            kiosk.agree(bool(message.get("speaking", True)))
        case {"do": "decline"}:
            kiosk.decline()
        case {"do": "mute", "muted": bool(muted)}:
            kiosk.mute(muted)
        case {"do": "rate", "score": int(score)}:
            kiosk.rate(score)
        case {"do": "where"}:
            lines.say("controls", controls={} if where is None else where())
        case {"do": "lag", "watch": bool(watch)}:
            lag.start() if watch else lag.stop()
        case {"do": "lag"}:
            lines.say("lag", **asdict(lag.read()))
        case {"do": "quit"}:
            shutdown.set()
        case _:
            lines.say(
                "fault",
                sentence=f"The peripheral asked for {message['do']!r}, which is not known or lacks a field: see the "
                "peripherals page of the documentation.",
                code=2,
            )
