"""The screen: first frame, frame time, touch to pixels, captions against the loudspeaker, loop lag, memory, processor.

packaging/bench screen --json FILE [--repeats 20] [--program dist/kiosk/kiosk]

On a private X display (1080 x 1920, software renderer) with real touch, a private sound server, and an agent that says
what the bench wants. Definitions stand beside each measurement. Medians and 95th percentiles; never asserted. Machines
differ and are noisy: the load average is reported with them.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import psutil

from kiosk.rehearsal.children import own_program
from kiosk.rehearsal.display import Display
from kiosk.rehearsal.figures import Figure, summarise
from kiosk.rehearsal.hand import Hand
from kiosk.rehearsal.programs import Program
from kiosk.rehearsal.report import machine
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import LOUDSPEAKER, MICROPHONE, SoundServer
from kiosk.settings.pin import StaffPin
from kiosk.wire.canonical import AgentAudio, AgentAudioEnd, ResponseDone, ResponseStarted, Transcript
from tests.bench.agent_peer import RATE, AgentPeer, agent_peer
from tests.bench.engine import noise, room_of
from tests.bench.xwatch import Box, XWatch

SIZE = (1080, 1920)
WORDS = ("Herons", "nest", "above", "the", "weir", "every", "April", "morning")
WORD_S, PAUSE_S = 0.25, 0.35
STILL_S = 13.0  # attract stands still after 10 s
PACKAGES = ("PySide6-Essentials", "qasync", "numpy", "sounddevice", "websockets")

Values = dict[str, list[float]]


@dataclass
class Stage:
    """One kiosk with its window, and what stands around it."""

    kiosk: Program
    peer: AgentPeer
    display: Display
    started_at: float


@asynccontextmanager
async def stage(out: Path, program: str | None) -> AsyncIterator[Stage]:
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as scratch,
        SoundServer() as sound,
        Room(sound, out) as room,
        Display(*SIZE) as display,
    ):
        room.echo(gain_db=None)
        room.noise(None)
        async with agent_peer() as (peer, endpoint):
            credentials = Path(scratch) / "credentials.toml"
            with os.fdopen(os.open(credentials, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(f'endpoint = "{endpoint}"\nclient_id = "bench"\n')
            StaffPin(Path(scratch) / "exei-voice-kiosk" / "staff-pin.json").choose("4711")
            env = display.env(
                sound.env(
                    KIOSK_SOUND__MICROPHONE=MICROPHONE,
                    KIOSK_SOUND__LOUDSPEAKER=LOUDSPEAKER,
                    KIOSK_CAPTURE__VOICE_BARGE_IN="false",
                    KIOSK_VISIT__SILENCE_S="120",
                    XDG_STATE_HOME=scratch,
                )
            )
            words = ["run", "--stdio", "--credentials", str(credentials)]
            command = own_program(*words) if program is None else [program, *words]
            started_at = time.monotonic()
            async with Program("kiosk", command, env, out) as kiosk:
                yield Stage(kiosk, peer, display, started_at)
                await kiosk.order("quit")
                await kiosk.ended(within_s=10)


async def starts(out: Path, repeats: int, program: str | None) -> Values:
    """Process start -> first frame on the glass, and -> attract with both sound devices open."""
    found: Values = {"start_to_first_frame": [], "start_to_attract": []}
    for _ in range(repeats):
        async with stage(out, program) as on:
            frame = await on.kiosk.wait_for(lambda e: e.get("name") == "first_frame", within_s=20)
            attract = await on.kiosk.wait_for(lambda e: e.get("phase") == "attract", within_s=20)
            assert frame is not None
            assert attract is not None
            found["start_to_first_frame"].append(1000 * (frame["at"] - on.started_at))
            found["start_to_attract"].append(1000 * (attract["t"] - on.started_at))
    return found


async def costs(on: Stage, seconds: float, name: str) -> Values:
    """Processor time of the kiosk and of the X server over a stretch, and the kiosk's memory at its end."""
    server = psutil.Process(on.display.pid)
    server.cpu_percent()
    first = len(on.kiosk.cpu_percent)
    await asyncio.sleep(seconds)
    return {
        f"{name}_cpu": on.kiosk.cpu_percent[first:],
        f"{name}_xserver_cpu": [server.cpu_percent()],
        f"{name}_memory": on.kiosk.memory_mb[-1:],
    }


async def visit(out: Path, repeats: int, program: str | None) -> Values:
    """One kiosk: at rest, touched, and talking with captions."""
    found: Values = {}
    async with stage(out, program) as on:
        await on.kiosk.wait_for(lambda e: e.get("phase") == "attract", within_s=20)
        await asyncio.sleep(STILL_S)
        found |= await costs(on, 10, "attract")
        await on.kiosk.order("touch")
        await on.kiosk.wait_for(lambda e: e.get("phase") == "listening", within_s=10)
        await asyncio.sleep(1.0)
        found["touch_to_pixels"] = await presses(on, repeats)
        await on.kiosk.order("lag", watch=True)
        talking = asyncio.create_task(costs(on, repeats * 2.5, "talking"))
        spoken = [await speak(on, number) for number in range(repeats)]
        found |= await talking
        since = len(on.kiosk.events)
        await on.kiosk.order("lag")
        lag = await on.kiosk.wait_for(lambda e: e["event"] == "lag", since=since, within_s=5)
        assert lag is not None
        # The kiosk has the percentiles of thousands of ticks: they stand as they are, not as values of their own.
        found |= {f"loop_lag_{name}": [float(lag[f"{name}_ms"])] for name in ("p50", "p95", "worst")}
    found["caption_error"] = caption_errors(out, spoken)
    return found


async def presses(on: Stage, repeats: int) -> list[float]:
    """A finger comes down on the talk button -> the display shows other pixels there. Through the X server both ways.

    It slides off before it goes up, so nothing is asked.
    """
    found = []
    hand = Hand(on.display.touch, on.kiosk)
    with XWatch(on.display.name) as glass:
        for _ in range(repeats):
            x, y = await hand.find("talk")
            box = (round(x) - 60, round(y) - 20, 120, 40)
            fingers = []
            took = await asyncio.to_thread(
                glass.until_changed, box, lambda x=x, y=y, down=fingers: down.append(on.display.touch.hold(x, y))
            )
            if took is not None:
                found.append(1000 * took)
            await asyncio.to_thread(fingers[0].move, 20.0, 20.0, seconds=0.1)
            await asyncio.to_thread(fingers[0].release)
            await on.kiosk.wait_for(lambda e: e.get("phase") == "listening", since=0, within_s=5)
            await asyncio.sleep(0.8)
    return found


@dataclass
class Spoken:
    """One answer: when its sound began and ended by the kiosk, and when pixels of the captions changed."""

    started_at: float
    ended_at: float
    changes: list[float]


async def speak(on: Stage, number: int) -> Spoken:
    """Eight words with a pause after each, as sound and as captions with their times."""
    sound, texts = [], []
    response_id = f"s{number}"
    for place, word in enumerate(WORDS):
        begins = place * (WORD_S + PAUSE_S)
        sound.append(noise(WORD_S, -14, seed=number * 10 + place) + bytes(2 * round(PAUSE_S * RATE)))
        span = round(1000 * begins), round(1000 * (begins + WORD_S))
        texts.append(
            Transcript("agent", f"{word} ", f"i{number}", response_id, mode="delta", start_ms=span[0], end_ms=span[1])
        )
    since = len(on.kiosk.events)
    done = threading.Event()
    captions: Box = (40, round(SIZE[1] * 0.46), SIZE[0] - 80, round(SIZE[1] * 0.26))
    with XWatch(on.display.name) as glass:
        watching = asyncio.create_task(asyncio.to_thread(glass.changes, captions, done.is_set))
        await on.peer.say(ResponseStarted(response_id), *texts)
        pcm = b"".join(sound)
        for at in range(0, len(pcm), 3200):
            await on.peer.say(AgentAudio(pcm[at : at + 3200], RATE, response_id))
        await on.peer.say(AgentAudioEnd(response_id), ResponseDone(response_id))
        started = await on.kiosk.wait_for(lambda e: e["event"] == "playback_started", since=since, within_s=5)
        ended = await on.kiosk.wait_for(lambda e: e["event"] == "playback_ended", since=since, within_s=20)
        done.set()
        changes = await watching
    assert started is not None
    assert ended is not None
    await asyncio.sleep(0.3)
    return Spoken(started["t"], ended["t"], changes)


def caption_errors(out: Path, spoken: list[Spoken]) -> list[float]:
    """For each word: when its sound left the loudspeaker (monitor), and when the captions' pixels changed for it.

    A word begins to light after 300 ms in which nothing changed; its sound begins after as long a silence. The first
    word is left out: with it the whole text appears. Positive: the caption came late.
    """
    heard = room_of(out)
    found = []
    for answer in spoken:
        lit = [at for before, at in zip([0.0, *answer.changes], answer.changes, strict=False) if at - before > 0.12]
        sounding = heard.sounding(answer.started_at - 0.2, answer.ended_at + 0.2)
        gaps = np.flatnonzero(np.diff(sounding) > 0.2 * heard.timeline.rate) + 1
        for frame in sounding[gaps]:
            at = heard.timeline.at(int(frame))
            near = [moment for moment in lit if abs(moment - at) < 0.25]
            if near:
                found.append(1000 * (min(near, key=lambda moment: abs(moment - at)) - at))
    return found


def frames(seconds: float) -> Values:
    """A process of its own with the same window on such a display: see tests/bench/frames.py.

    python_per_tick  the view's Python at its 30 Hz, on the thread that also runs the loop
    frame_time       from the end of the animations' step to the frame on the glass
    between_frames   from frame to frame while captions, orb and level move
    """
    with Display(*SIZE, with_touch=False) as display:
        command = [sys.executable, "-m", "tests.bench.frames", str(seconds)]
        done = subprocess.run(command, env=display.env(), capture_output=True, text=True, timeout=120, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    told.pop("renderer")
    return told


UNITS = {"cpu": "% of a core", "memory": "MB"}
REACH = {
    "start_to_first_frame": "see FIGURES",
    "python_per_tick": "p95 <= 4",
    "touch_to_pixels": "p50 <= 100",
    "caption_error": "p95 <= 250",
    "between_frames": "p50 <= 34",
}


def table(found: dict[str, Figure]) -> str:
    lines = [f"{'figure':<28}{'n':>5}{'p50':>10}{'p95':>10}{'max':>10}  unit          reach"]
    for name, figure in found.items():
        numbers = "".join(f"{value:>10.1f}" for value in (figure.p50, figure.p95, figure.max))
        lines.append(f"{name:<28}{figure.n:>5}{numbers}  {figure.unit:<14}{REACH.get(name, '')}".rstrip())
    return "\n".join(lines)


async def measure(out: Path, repeats: int, program: str | None) -> Values:
    return await starts(out / "starts", repeats, program) | await visit(out / "visit", repeats, program)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep recordings and logs there")
    parser.add_argument("--program", metavar="FILE", help="the frozen program instead of this checkout's")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-out-") as scratch:
        before = machine()
        values = asyncio.run(measure(args.out or Path(scratch), args.repeats, args.program))
        values |= frames(10.0)
    found = {name: summarise(v, UNITS.get(name.rsplit("_", 1)[-1], "ms")) for name, v in values.items() if v}
    print(table(found))
    if args.json:
        report = {
            "figures": {name: asdict(figure) for name, figure in found.items()},
            "reach": REACH,
            "machine": {"before": before, "after": machine()},
            "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
            "program": "this checkout" if args.program is None else "frozen",
            "display": f"{SIZE[0]} x {SIZE[1]}, Xorg dummy, Qt's software renderer",
        }
        args.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
