"""`kiosk run --headless`: the engine without a window, put together from the settings."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kiosk.app.assembly import link_maker, policy_of
from kiosk.app.kiosk import Kiosk, Probe, no_probe
from kiosk.app.talk import Talk
from kiosk.audio import open_sound
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.leaves import leaves
from kiosk.core.ports import Lamp
from kiosk.core.session import Session
from kiosk.device.peripherals import Lines, PipeLamp, Reporter
from kiosk.journal import log as journal
from kiosk.settings.schema import Settings
from kiosk.wire.backoff import Backoff
from kiosk.wire.credentials import Credentials, find_credentials
from kiosk.wire.dialect import load_dialect

log = logging.getLogger(__name__)

SWITCH_INTERVAL_S = 0.0005
"""Brings the audio callback's p99 under busy Python from 14 to 5 ms (measured; the default is 5 ms)."""


class DarkLamp:
    """No lamp is connected. Satisfies `core.ports.Lamp`."""

    def show(self, lit: bool) -> None:
        pass


def run_headless(settings: Settings, *, credentials_file: Path | None, stdio: bool) -> int:
    """Runs until it is told to quit. Returns the process's exit code; raises `Fault` for what a person can mend."""
    credentials = find_credentials(credentials_file)
    journal.start(settings.journal.level, settings.journal.folder, [credentials.endpoint, credentials.client_id])
    log.info("credentials from %s", credentials.source)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    return asyncio.run(_headless(settings, credentials, stdio=stdio))


async def _headless(settings: Settings, credentials: Credentials, *, stdio: bool) -> int:
    lines = Lines() if stdio else None
    probe = _probe_to(lines) if lines else no_probe
    lamp: Lamp = PipeLamp(lines) if lines else DarkLamp()
    reporter = Reporter(lines) if lines else None
    dialect = load_dialect(settings.agent.dialect)
    make_link = link_maker(settings, dialect, credentials, probe)
    make_link(lambda event: None, lambda response_id, pcm, rate: None)  # what is wrong with it is said before a visit
    microphone, speaker = open_sound(settings.sound, settings.capture)
    kiosk = Kiosk(
        policy=policy_of(settings, dialect),
        microphone=microphone,
        speaker=speaker,
        talk=Talk(make_link, Backoff(random.random)),
        lamp=lamp,
        observers=(reporter.changed, _collect_between_visits) if reporter else (_collect_between_visits,),
        probe=probe,
    )
    shutdown = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows has no signal handlers on the loop
            loop.add_signal_handler(number, shutdown.set)
    try:
        async with asyncio.TaskGroup() as tasks:
            kiosk.start(tasks)
            gc.collect()
            gc.freeze()
            gc.disable()
            if reporter and lines:
                reporter.snapshot(kiosk.session)
                lines.listen(
                    lambda message: _call(loop, _obey, kiosk, message, lines, shutdown),
                    lambda: _call(loop, shutdown.set),
                )
            await shutdown.wait()
            await kiosk.stop()
    except BaseExceptionGroup as group:
        fault = next((e for e in leaves(group) if isinstance(e, Fault)), None)
        if fault is None:
            raise
        raise fault from None
    finally:
        gc.enable()
    return ExitCode.STAFF_LEFT


def _call(loop: asyncio.AbstractEventLoop, function: Callable[..., None], *args: Any) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(function, *args)


def _collect_between_visits(old: Session, new: Session) -> None:
    """A collection of a large heap holds every thread for up to 0.3 s (measured): never in a visit."""
    if old.began_at and not new.began_at:
        gc.collect()


def _probe_to(lines: Lines) -> Probe:
    """Moments of playback and cuts are events of their own on the pipe; the rest are probes."""
    events = {"flush", "playback_started", "playback_ended"}

    def probe(name: str, at: float, /, **fields: Any) -> None:
        if name in events:
            lines.say(name, t=at, **fields)
        else:
            lines.say("probe", name=name, at=at, **fields)

    return probe


def _obey(kiosk: Kiosk, message: Mapping[str, Any], lines: Lines, shutdown: asyncio.Event) -> None:
    """One line of a peripheral. What is not understood is answered, never fatal."""
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
        case {"do": "quit"}:
            shutdown.set()
        case _:
            lines.say(
                "fault",
                sentence=f"The peripheral asked for {message['do']!r}, which is not known or lacks a field: see the "
                "peripherals page of the documentation.",
                code=2,
            )
