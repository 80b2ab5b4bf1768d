"""Devices that go and come back, in each phase of a visit: from the return of the device to sound again.

packaging/bench faults --json FILE [--repeats 5] [--only listening,speaking] [--parts microphone,server]

The real kiosk without a window on a private sound server of its own; the agent is the bench's. Each trial begins in
attract, leads to the phase, pulls a part of the sound, waits, brings it back. `sound again` is what is really heard:

loudspeaker    first sample above -50 dBFS on the monitor; the agent says 60 ms of noise again and again
microphone     first frame at the agent that holds the room's noise
server killed  both of them, the later one; so is `server frozen` (stopped and let go on)

In attract nothing is said and nothing may go up: a visitor touches the screen in the moment of the return, and what is
measured includes the link to the agent. `told` is from the pull to the note on the screen. A trial whose sound did not
come back in 10 s, or that left the visit or kept a note, counts as failed. Times are never asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from kiosk.rehearsal.figures import Figure, Heard, summarise
from kiosk.rehearsal.programs import Program, phase_of
from kiosk.rehearsal.report import machine
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import SoundServer
from kiosk.wire.canonical import Thinking
from tests.bench.agent_peer import AgentPeer
from tests.bench.engine import begin, engine_on, noise, room_of

Phase = Literal["attract", "listening", "thinking", "speaking"]
PHASES: tuple[Phase, ...] = ("attract", "listening", "thinking", "speaking")
NOTES = {
    "microphone": {"no_microphone"},
    "loudspeaker": {"no_speaker"},
    "server": {"no_microphone", "no_speaker"},
    "frozen": {"no_microphone", "no_speaker"},
}
GOAL = "p95 <= 2000, goal 1000"
ROOM_DBFS = -45.0
LOUD = 20  # of 32768: above what zeros through a resampler give, far below the room's noise
AWAY_S = (2.5, 3.5)  # never in step with whatever the kiosk tries again
FROZEN_S = (3.0, 4.0)  # a kiosk is allowed 2 s to see that nothing comes any more
AGAIN_S = 10.0
BEEP_S, BEEP_EVERY_S = 0.06, 0.12


@dataclass
class Trial:
    """What happened. Times are monotonic seconds; None: it never did."""

    part: str
    phase: Phase
    pulled_at: float
    back_at: float = 0.0
    told_at: float | None = None
    heard_at: float | None = None  # by the agent: a frame with the room in it
    wrong: list[str] = field(default_factory=list)


async def trial(kiosk: Program, peer: AgentPeer, sound: SoundServer, part: str, phase: Phase) -> Trial:
    if phase != "attract":
        await begin(kiosk, peer)
    response = None
    if phase == "thinking":
        await peer.say(Thinking())
    if phase == "speaking":
        since = len(kiosk.events)
        response = await peer.burst(noise(20.0))
        await kiosk.wait_for(lambda e: e["event"] == "playback_started", since=since, within_s=5)
    await asyncio.sleep(0.3)

    since = len(kiosk.events)
    tried = Trial(part, phase, time.monotonic())
    if part == "frozen":
        sound.freeze()
        await asyncio.sleep(random.uniform(*FROZEN_S))
        tried.back_at = time.monotonic()
        sound.thaw()
    else:
        await asyncio.to_thread(sound.unplug, part)
        await asyncio.sleep(random.uniform(*AWAY_S))
        await asyncio.to_thread(sound.plug, part)
        tried.back_at = time.monotonic()
    known = len(peer.audio)
    if phase == "attract":
        await begin(kiosk, peer)
    elif response is not None:
        await peer.interrupt(response)  # the microphone's way up is open again
    await _sound_again(peer, tried, known)

    events = kiosk.events[since:]
    told = [e["t"] for e in events if e["event"] == "note" and e["note"] in NOTES[part]]
    tried.told_at = told[0] if told else None
    kept = {e["note"] for e in events if e["event"] == "note"} - {
        e["note"] for e in events if e["event"] == "note_gone"
    }
    shown = {e["note"] for e in events if e["event"] == "note"}
    if phase != "attract" and part != "frozen" and not NOTES[part] <= shown:
        tried.wrong.append(f"the screen did not show {sorted(NOTES[part] - shown)}")
    if kept & {"no_microphone", "no_speaker"}:
        tried.wrong.append(f"the screen still shows {sorted(kept)}")
    if shown - NOTES[part] - {"interrupted"}:
        tried.wrong.append(f"the screen showed {sorted(shown - NOTES[part])}")
    if astray := {p for e in events if (p := phase_of(e))} & {"out_of_order", "offline", "resetting", "farewell"}:
        tried.wrong.append(f"the visit went to {sorted(astray)}")
    await kiosk.order("leave")
    await kiosk.wait_for(lambda e: phase_of(e) == "attract", since=len(kiosk.events), within_s=10)
    peer.connected.clear()
    await asyncio.sleep(0.5)
    return tried


async def _sound_again(peer: AgentPeer, tried: Trial, known: int) -> None:
    """The agent says something again and again, and listens, until well after both must be back."""
    beep = noise(BEEP_S)
    until = tried.back_at + AGAIN_S
    number = 0
    enough = time.monotonic() + 2.6
    while time.monotonic() < until:
        if tried.part in {"loudspeaker", "server", "frozen"}:
            await peer.burst(beep)
            number += 1
        await asyncio.sleep(BEEP_EVERY_S)
        if tried.heard_at is None:
            tried.heard_at = next((at for at, pcm in peer.audio[known:] if loud(pcm)), None)
        if time.monotonic() > enough and (tried.part == "loudspeaker" or tried.heard_at is not None):
            return


def loud(pcm: bytes) -> bool:
    return bool(np.abs(np.frombuffer(pcm, "<i2")).max() > LOUD)


def again_ms(tried: Trial, heard: Heard) -> float | None:
    """From the return to the sound that was missing."""
    times: list[float | None] = []
    if tried.part != "microphone":
        times.append(heard.first(tried.back_at - 0.05, tried.back_at + AGAIN_S))
    if tried.part != "loudspeaker":
        times.append(tried.heard_at)
    if None in times:
        return None
    return 1000 * max(0.0, *(at - tried.back_at for at in times if at is not None))


async def trials(
    out: Path, phases: list[Phase], parts: list[str], repeats: int, say: Callable[[str], None]
) -> list[Trial]:
    done: list[Trial] = []
    with SoundServer() as sound, Room(sound, out) as room:
        room.echo(gain_db=None)
        room.noise(ROOM_DBFS)
        async with engine_on(sound, out, KIOSK_CAPTURE__MODE="open") as (kiosk, peer):
            for phase in phases:
                for part in parts:
                    for _ in range(repeats):
                        done.append(await trial(kiosk, peer, sound, part, phase))
                    say(f"{part} in {phase}")
    return done


def figures(done: list[Trial], heard: Heard) -> tuple[dict[str, Figure], list[str]]:
    """`sound again` and `told` of each part and phase, and what failed."""
    found: dict[str, Figure] = {}
    failed: list[str] = []
    for part, phase in dict.fromkeys((t.part, t.phase) for t in done):
        of = [t for t in done if (t.part, t.phase) == (part, phase)]
        again = [again_ms(t, heard) for t in of]
        name = f"{part}_in_{phase}"
        if values := [ms for ms in again if ms is not None]:
            found[f"{name}_sound_again"] = summarise(values, "ms")
        if told := [1000 * (t.told_at - t.pulled_at) for t in of if t.told_at is not None]:
            found[f"{name}_told"] = summarise(told, "ms")
        failed += [f"{name}: no sound within {AGAIN_S:g} s" for ms in again if ms is None]
        failed += [f"{name}: {what}" for t in of for what in t.wrong]
    return found, failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--repeats", type=int, default=5, help="of each fault in each phase")
    parser.add_argument("--only", metavar="PHASES", default=",".join(PHASES), help="by commas")
    parser.add_argument("--parts", metavar="PARTS", default=",".join(NOTES), help="by commas")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep recordings and logs there")
    args = parser.parse_args()
    phases = [phase for phase in PHASES if phase in args.only.split(",")]
    before = machine()
    with tempfile.TemporaryDirectory(prefix="bench-out-") as scratch:
        out = args.out or Path(scratch)
        tell = lambda line: print(line, file=sys.stderr)  # noqa: E731
        done = asyncio.run(trials(out, phases, args.parts.split(","), args.repeats, tell))
        found, failed = figures(done, room_of(out))
    for name, figure in found.items():
        numbers = "".join(f"{value:>8.0f}" for value in (figure.p50, figure.p95, figure.max))
        print(f"{name:<42}{figure.n:>4}{numbers}  {figure.unit}{'  ' + GOAL if name.endswith('again') else ''}")
    print("\n".join(failed) or "every trial came back with the right screen")
    if args.json:
        report = {
            "figures": {name: asdict(figure) for name, figure in found.items()},
            "failed": failed,
            "reach": GOAL,
            "machine": {"before": before, "after": machine()},
        }
        args.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
