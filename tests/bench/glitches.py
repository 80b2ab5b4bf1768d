"""Gaps and jumps in what the loudspeaker gives, while the kiosk speaks with its window: beside a bare player's.

packaging/bench glitches --minutes 10 --json FILE [--display]

The agent says a steady tone, with words for the captions; the window stands off the screen, or with --display on a
private X server. A second loudspeaker on the same sound server, with no part of the kiosk in it, plays the same tone by
`pacat` with the same latency all the while. On both monitors every jump of phase and every dip of the tone is counted;
those within 100 ms are one glitch. The tone has no whole number of waves in 10, 20 or 50 ms: a lost block shows.

A glitch of the kiosk that stands within 0.3 s of one of the player's was the machine's or the server's; the rest are
the kiosk's own. Run it on a machine that does nothing else: the load average is reported.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.rehearsal import waves
from kiosk.rehearsal.acoustics import Samples
from kiosk.rehearsal.children import own_program, tethered
from kiosk.rehearsal.display import Display
from kiosk.rehearsal.report import machine
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import SoundServer
from tests.bench.agent_peer import RATE
from tests.bench.engine import begin, engine_on, room_of
from tests.bench.screen_speech import CLAUSES, Clause, say, speak
from tests.bench.screen_visit import offscreen

HERTZ = 437.0
DBFS = -20.0
LATENCY_MS = 40
SIZE = (1080, 1920)
WINDOW_S, HOP_S = 0.010, 0.0025
JUMP_RAD, DIP_DB = 0.15, 1.5
TOGETHER_S, SAME_S = 0.1, 0.3
EDGE_S = 0.3  # of each response: it is faded in, and the loudness of a new one is still being found


def tone(seconds: float, rate: int, first: int = 0) -> Samples:
    times = (first + np.arange(round(seconds * rate))) / rate
    return (10 ** (DBFS / 20) * np.sin(2 * np.pi * HERTZ * times)).astype(np.float32)


def hummed() -> list[Clause]:
    """The sentences of the screen's bench with their own lengths; what sounds is one unbroken tone."""
    said, first = [], 0
    for number, text in enumerate(CLAUSES):
        spoken = speak(text, number)
        samples = len(spoken.pcm) // 2
        said.append(Clause(text, waves.pcm16(tone(samples / RATE, RATE, first)), spoken.onsets_ms, spoken.pause_ms))
        first += samples
    return said


def glitches(samples: Samples, rate: int) -> list[float]:
    """Where the tone jumps or dips, in seconds from the first sample; one for all that is within 100 ms."""
    window, hop = round(WINDOW_S * rate), round(HOP_S * rate)
    base = samples * np.exp(-2j * np.pi * HERTZ / rate * np.arange(len(samples)))
    starts = np.arange(0, len(samples) - window, hop)
    shape = np.hanning(window)
    levels = np.array([np.dot(shape, base[at : at + window]) for at in starts])
    apart = round(WINDOW_S / HOP_S)  # windows that share no sample
    before, after = levels[:-apart], levels[apart:]
    jump = np.abs(np.angle(after * np.conj(before))) > JUMP_RAD
    dip = np.abs(20 * np.log10((np.abs(after) + 1e-9) / (np.abs(before) + 1e-9))) > DIP_DB
    found: list[float] = []
    last = -1.0
    for number in np.flatnonzero(jump | dip):
        at = float(starts[number] + window) / rate
        if at - last > TOGETHER_S:
            found.append(at)
        last = at
    return found


@contextmanager
def player(sound: SoundServer, out: Path, minutes: float) -> Iterator[Path]:
    """The same tone on a loudspeaker of its own; the recording of its monitor, raw floats at the server's rate."""
    sound.pactl(
        "load-module", "module-null-sink", "sink_name=control", f"rate={sound.rate}", "channels=2", "norewinds=1"
    )
    wav, recording = out / "tone.raw", out / "control.raw"
    wav.write_bytes(waves.pcm16(tone(60 * minutes + 30, sound.rate)))
    of = ["--channels=1", f"--rate={sound.rate}", "--raw"]
    with recording.open("wb") as file, wav.open("rb") as played:
        recorder = subprocess.Popen(
            tethered(["chrt", "-r", "5", "parec", "--device=control.monitor", "--format=float32le", *of]),
            env=sound.env(),
            stdout=file,
        )
        playing = subprocess.Popen(
            tethered(["pacat", "--device=control", "--format=s16le", f"--latency-msec={LATENCY_MS}", *of]),
            env=sound.env(),
            stdin=played,
        )
        try:
            yield recording
        finally:
            for process in (playing, recorder):
                process.terminate()
                process.wait()
            wav.unlink()


async def run(out: Path, minutes: float, display: Display | None) -> dict[str, Any]:
    around = display.env if display else offscreen(*SIZE, out)
    spans: list[tuple[float, float]] = []
    cpu: list[float] = []
    said = hummed()
    with SoundServer() as sound, Room(sound, out) as room:
        room.noise(-60.0)
        async with engine_on(sound, out, command=own_program("run"), around=around) as (kiosk, peer):
            await begin(kiosk, peer)
            with player(sound, out, minutes) as control:
                began = time.monotonic()
                while time.monotonic() < began + 60 * minutes:
                    since = len(kiosk.events)
                    await say(peer, len(spans), said)
                    started = await kiosk.wait_for(lambda e: e["event"] == "playback_started", since=since, within_s=5)
                    ended = await kiosk.wait_for(lambda e: e["event"] == "playback_ended", since=since, within_s=60)
                    assert started is not None
                    assert ended is not None
                    spans.append((started["t"], ended["t"]))
                cpu = list(kiosk.cpu_percent)
    heard = room_of(out)
    rate = heard.timeline.rate
    kiosks: list[float] = []
    for start, end in spans:
        first, last = heard.timeline.frame(start + EDGE_S), heard.timeline.frame(end - EDGE_S)
        kiosks += [heard.timeline.at(first) + at for at in glitches(heard.samples[first:last], rate)]
    plain = np.fromfile(control, np.float32)
    sounding = np.flatnonzero(np.abs(plain) > 0.01)
    first, last = int(sounding[0]) + rate // 2, int(sounding[-1]) - rate // 2
    # The recorder is started first, and its first sample is some 10 ms old when it comes.
    players = [began + (first / rate) + at for at in glitches(plain[first:last], rate)]
    own = [at for at in kiosks if all(abs(at - other) > SAME_S for other in players)]
    return {
        "spoken_s": round(sum(end - start for start, end in spans), 1),
        "kiosk_glitches": len(kiosks),
        "player_s": round((last - first) / rate, 1),
        "player_glitches": len(players),
        "caused_by_the_kiosk": len(own),
        "at_s": [round(at - began, 2) for at in kiosks],
        "player_at_s": [round(at - began, 2) for at in players],
        "kiosk_cpu_percent": round(float(np.median(cpu)), 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--display", action="store_true", help="the window on a private X server, not off the screen")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep recordings and logs there")
    args = parser.parse_args()
    before = machine()
    with tempfile.TemporaryDirectory(prefix="bench-out-") as scratch:
        out = args.out or Path(scratch)
        out.mkdir(parents=True, exist_ok=True)
        with Display(*SIZE) if args.display else nullcontext() as display:
            found: Mapping[str, Any] = asyncio.run(run(out, args.minutes, display))
    report = {**found, "reach": {"caused_by_the_kiosk": 0}, "machine": {"before": before, "after": machine()}}
    print(json.dumps(report, indent=2))
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
