"""Clipped first words: what a visitor begins to say, by the talk button and by voice, and what of it is on the wire.

packaging/bench first_words --repeats 200 --json FILE [--only presses,onsets]

Recorded speech in the simulated room, the real kiosk without a window, the bench's agent at the other end of a socket.
A word begins where its recording first comes within 36 dB of its loudest 5 ms. It is looked for in the frames of its
turn by correlation; it is clipped when it is not there, or when less than 50 ms of what was before it came with it.

presses   the button goes down between 200 ms after and 300 ms before the word begins
onsets    nobody touches anything: the voice detector opens the gate

Levels are those of a visitor near and far (-20 to -36 dBFS), in a room of -60 dBFS. `lead` is how much came before the
word.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.rehearsal import g722, waves
from kiosk.rehearsal.acoustics import Samples
from kiosk.rehearsal.figures import summarise
from kiosk.rehearsal.report import machine
from kiosk.rehearsal.visitor import RECORDINGS, shape
from tests.bench.agent_peer import RATE
from tests.bench.engine import begin, engine

NEEDED_MS = 50.0
LIKE = 0.5  # correlation of a word's first 250 ms with what is on the wire
FIRST_S = 0.25
WORD_S = 1.0  # of each recording is said: only its beginning is looked at
NOBODYS = frozenset({"tt-monkeys"})
"""Recordings in which nobody speaks. For screaming monkeys a voice gate stays shut, as it should."""
WAYS = {"presses": "push_to_talk", "onsets": "voice"}


@dataclass(frozen=True, slots=True)
class Found:
    """Where a word stands in the frames of its turn. `like`: correlation of its first 250 ms, 0 to 1."""

    lead_ms: float
    like: float

    @property
    def clipped(self) -> bool:
        return self.lead_ms < NEEDED_MS or self.like < LIKE


def find(word: Samples, wire: Samples) -> Found:
    """Both at 16 kHz. What is looked for may begin before the first sample that arrived: then `lead_ms` is negative."""
    if len(wire) < len(word) // 4:
        return Found(-1000.0, 0.0)
    size = 1 << (len(word) + len(wire)).bit_length()
    product = np.fft.rfft(wire, size) * np.conj(np.fft.rfft(word, size))
    # Whitened by half: vowels alone would match a period away.
    product /= np.sqrt(np.abs(product) + 1e-9)
    peaks = np.fft.irfft(product, size)
    lag = int(np.argmax(peaks))
    lag = lag - size if lag > len(wire) else lag
    first = word[: round(FIRST_S * RATE)]
    there = wire[max(lag, 0) : max(lag, 0) + len(first)]
    there = there[: len(first)] if lag >= 0 else np.concatenate([np.zeros(-lag, np.float32), there])[: len(first)]
    first = first[: len(there)]
    power = float(np.sqrt(np.sum(first**2) * np.sum(there**2)))
    return Found(1000 * lag / RATE, float(np.sum(first * there)) / power if power else 0.0)


def words(folder: Path, repeats: int, rate: int, pick: random.Random) -> list[Path]:
    """As many beginnings of recorded lines as are asked for, each at a level of its own, as WAV files."""
    files = sorted(RECORDINGS.glob("*.g722"))
    spoken = [
        file
        for file in files
        if file.stat().st_size > 8000 * 0.6 and "tone" not in file.name and file.stem not in NOBODYS
    ]
    if not spoken:
        raise SystemExit("apt-get install asterisk-core-sounds-en-g722")
    made = []
    for number in range(repeats):
        data = spoken[(number * 37) % len(spoken)].read_bytes()[: round(8000 * (WORD_S + 0.5))]
        samples = waves.resample(g722.decode(data).astype(np.float32) / np.float32(32768), 16000, rate)
        said = shape(samples, rate, pick.uniform(-36, -20))[: round(WORD_S * rate)]
        made.append(folder / f"{number}.wav")
        waves.write(made[-1], said, rate)
    return made


async def way(out: Path, name: str, repeats: int, seed: int) -> list[Found]:
    pick = random.Random(seed)
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as scratch:
        said = await asyncio.to_thread(words, Path(scratch), repeats, 48000, pick)
        async with engine(out / name, KIOSK_CAPTURE__MODE=WAYS[name]) as (kiosk, peer, room):
            room.noise(-60.0)
            await begin(kiosk, peer)
            for file in said:
                known = len(peer.audio)
                if name == "presses":
                    press_after_s = pick.uniform(-0.3, 0.2)
                    if press_after_s < 0:
                        await kiosk.order("press")
                        await asyncio.sleep(-press_after_s)
                    utterance = room.say(file)
                    if press_after_s >= 0:
                        await asyncio.wrap_future(utterance.saying)
                        await asyncio.sleep(press_after_s)
                        await kiosk.order("press")
                    await asyncio.wrap_future(utterance.said)
                    await kiosk.order("release")
                    await asyncio.sleep(0.5)
                else:
                    await asyncio.wrap_future(room.say(file).said)
                    await asyncio.sleep(pick.uniform(1.3, 1.6))  # the gate closes after a second of silence
                arrived = b"".join(pcm for _, pcm in peer.audio[known:])
                wire = np.frombuffer(arrived, "<i2").astype(np.float32) / 32768
                samples, rate = waves.read(file)
                found.append(find(waves.resample(samples, rate, RATE), wire))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--repeats", type=int, default=200, help="of each way")
    parser.add_argument("--only", metavar="WAYS", default=",".join(WAYS), help="presses, onsets; by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep recordings and logs there")
    args = parser.parse_args()
    before = machine()
    report: dict[str, Any] = {"reach": "0 clipped of 200 and 200"}
    with tempfile.TemporaryDirectory(prefix="bench-out-") as scratch:
        for name in args.only.split(","):
            found = asyncio.run(way(args.out or Path(scratch), name, args.repeats, args.seed))
            clipped = [{"number": number, **asdict(one)} for number, one in enumerate(found) if one.clipped]
            lead = summarise([one.lead_ms for one in found], "ms")
            report[name] = {"n": len(found), "clipped": len(clipped), "lead": asdict(lead), "which": clipped}
            least = min(one.lead_ms for one in found)
            report[name]["least_lead_ms"] = round(least, 1)
            print(f"{name}: {len(clipped)} of {len(found)} clipped; lead {lead.p50:.0f} ms, least {least:.0f} ms")
    if args.json:
        report["machine"] = {"before": before, "after": machine()}
        args.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
