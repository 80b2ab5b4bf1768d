"""What the bystander gate lets in: recorded visitors around the calibrated level, babble and voices below it.

`python tests/bench/bystander.py [utterances] [minutes of babble]`, some minutes. Visitors of the test half; babble of
six of its voices at once. Each utterance stands alone between two seconds of room noise, in front of a kiosk whose
calibrated level is -30 dBFS.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import sound_corpus

from kiosk.audio.echo import FRAME, RATE
from kiosk.audio.formats import Floats, to_pcm
from kiosk.audio.hearing import Hearing
from kiosk.audio.profile import Profile
from kiosk.audio.stimulus import levelled
from kiosk.core.ports import Uplink, VoiceEdge
from kiosk.settings.sound import Capture

CALIBRATED_DBFS = -30.0
NOISE_DBFS = -62.0
EDGE_S = 2.0


def heard(line: Floats, bystander_db: float) -> list[tuple[VoiceEdge, float]]:
    """Edges of the whole chain that listens, with seconds in the line."""
    profile = Profile("m", "l", 0.0, 0.0, True, NOISE_DBFS, visitor_dbfs=CALIBRATED_DBFS)
    hearing = Hearing(Capture(bystander_db=bystander_db), profile)
    hearing.gate.set_uplink(Uplink.GATED, 0.0)
    pcm = to_pcm(
        line + 10 ** (NOISE_DBFS / 20) * np.random.default_rng(1).standard_normal(len(line)).astype(np.float32)
    )
    edges = []
    for at in range(0, len(pcm) - FRAME + 1, FRAME):
        hearing.step(pcm[at : at + FRAME], None, (at + FRAME) / RATE)
        before, _, after = hearing.take()
        edges += [*before, *after]
    return edges


def open_s(edges: list[tuple[VoiceEdge, float]], until: float) -> float:
    total, since = 0.0, None
    for edge, at in edges:
        if edge is VoiceEdge.STARTED:
            since = at
        elif since is not None:
            total, since = total + at - since, None
    return total + (until - since if since is not None else 0.0)


def alone(speech: Floats, level_dbfs: float) -> Floats:
    edge = np.zeros(round(EDGE_S * RATE), np.float32)
    return np.concatenate((edge, levelled(speech, RATE, level_dbfs), edge))


def babble(utterances: list[sound_corpus.Utterance], voices: int, seconds: float) -> Floats:
    """So many voices at once, each going on and on."""
    line = np.zeros(round(seconds * RATE), np.float32)
    for voice in range(voices):
        said = np.concatenate([u.samples for u in utterances[voice::voices]])
        line += np.resize(said, len(line)) / np.sqrt(voices)
    return line


def main(each: int = 60, minutes: float = 1.0) -> None:
    utterances = sound_corpus.visitors("test")
    chosen = [utterances[at] for at in np.random.default_rng(3).permutation(len(utterances))[:each]]
    for off in (8, 0, -8, -12, -16, -20):
        lines = [alone(u.samples, CALIBRATED_DBFS + off) for u in chosen]
        found = {db: [any(e is VoiceEdge.STARTED for e, _ in heard(line, db)) for line in lines] for db in (0.0, 12.0)}
        print(f"visitor {off:+d} dB: {sum(found[0.0])} of {each} without the gate, {sum(found[12.0])} with", flush=True)
    for voices in (6, 1):
        for off in (-5, -15, -20):
            line = levelled(babble(chosen, voices, 60 * minutes), RATE, CALIBRATED_DBFS + off)
            told = []
            for db in (0.0, 12.0):
                edges = heard(line, db)
                started = sum(e is VoiceEdge.STARTED for e, _ in edges)
                told.append(
                    f"{started / minutes:.0f} a minute, open {100 * open_s(edges, 60 * minutes) / 60 / minutes:.0f} %"
                )
            print(f"{voices} voice(s) {off:+d} dB: without {told[0]}; with {told[1]}", flush=True)


if __name__ == "__main__":
    main(*(int(sys.argv[1]), float(sys.argv[2])) if len(sys.argv) > 2 else ())
