"""`kiosk doctor`: tries each thing that a technician can get wrong, and says what to do about it."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from kiosk.app.assembly import link_maker
from kiosk.app.kiosk import no_probe
from kiosk.audio import open_sound
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.ports import Uplink
from kiosk.settings.schema import Settings
from kiosk.wire import canonical as wire
from kiosk.wire.credentials import find_credentials
from kiosk.wire.dialect import load_dialect

AUDIO_WITHIN_S = 3.0
READY_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what it found, or the sentence that says what is wrong and what to do."""

    check: str
    ok: bool
    sentence: str
    code: int = 0


def doctor(settings: Settings, credentials_file: Path | None, *, as_json: bool) -> int:
    """Runs every check, whatever the others found. Returns the exit code of the first that failed, or 0."""
    findings = [
        _check("dialect", lambda: f"{load_dialect(settings.agent.dialect).name} is readable"),
        _check("sound", lambda: _sound(settings)),
        _check("credentials", lambda: f"found in {find_credentials(credentials_file).source}"),
        _check("agent", lambda: asyncio.run(_agent(settings, credentials_file))),
    ]
    if as_json:
        print(json.dumps({"checks": [asdict(f) for f in findings]}, indent=2, ensure_ascii=False))
    else:
        for found in findings:
            print(f"{'ok  ' if found.ok else 'FAIL'}  {found.check:<12} {found.sentence}")
    return next((found.code for found in findings if not found.ok), 0)


def _check(name: str, run: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, run())
    except Fault as fault:
        return Finding(name, False, fault.sentence, int(fault.code))


def _sound(settings: Settings) -> str:
    """Both devices are opened; the microphone must deliver, nothing of it leaves."""
    microphone, speaker = open_sound(settings.sound, settings.capture)
    heard = threading.Event()
    microphone.on_frame = lambda pcm, captured_at: heard.set()
    try:
        speaker.open()
        microphone.open()
        microphone.set_uplink(Uplink.OPEN)
        if not heard.wait(AUDIO_WITHIN_S):
            raise Fault(
                f"the microphone was opened and delivered nothing in {AUDIO_WITHIN_S:.0f} s",
                where="setting sound.microphone",
                remedy="check that it is plugged in and not muted, or name another one",
                code=ExitCode.NO_DEVICE,
            )
        level = microphone.figures.level_dbfs
    finally:
        microphone.close()
        speaker.close()
    return f"microphone and loudspeaker open; the microphone hears {level:.0f} dBFS"


async def _agent(settings: Settings, credentials_file: Path | None) -> str:
    """A conversation is opened and ended at once: the only way to know that endpoint and Client ID are right."""
    ready = asyncio.Event()

    def on_event(event: wire.Event) -> None:
        if isinstance(event, wire.Ready):
            ready.set()

    make = link_maker(settings, load_dialect(settings.agent.dialect), find_credentials(credentials_file), no_probe)
    link = make(on_event, lambda response_id, pcm, rate: None)
    talk = asyncio.create_task(link.run(str(uuid.uuid4())))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({talk, waiting}, timeout=READY_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if ready.is_set():
        await link.close("user")
        await talk
        return "the agent answers, and takes the Client ID"
    await link.close("user")
    closed = await talk
    if closed.fault is not None:
        raise closed.fault
    raise Fault(
        "the agent did not say that it is ready",
        where="endpoint",
        remedy="check the endpoint on the agent's Voice API page, and the dialect",
        code=ExitCode.ENDPOINT_UNREACHABLE,
    )
