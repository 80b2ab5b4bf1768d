"""What reaches the agent of a visitor who talks over it: echo left, delay, intelligibility, words a recogniser gets."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from pystoi import stoi

from kiosk.audio.formats import Pcm, Resampler
from kiosk.audio.hearing import Hearing
from kiosk.audio.room import GuardChain
from kiosk.core.ports import Uplink
from kiosk.service.whisper import Whisper
from kiosk.settings.schema import Service
from kiosk.settings.sound import Capture
from tests.bench.sound_corpus import RATE, Samples
from tests.bench.sound_loop import Order, Ours, play
from tests.bench.sound_peers import aec3
from tests.bench.sound_scene import BLOCK, Coming, Scene

LONG_ENOUGH_S = 0.7  # STOI needs 30 frames of speech
MOST_LAG = round(0.08 * RATE)
FIRST_S, STEADY_S = 2.0, 5.0
AROUND_S = 0.3  # of a visit that the recogniser gets with it


class Open:
    """The product's chain with its uplink open while the agent speaks: everything goes up.

    up          as long as the scene, each frame at its own time
    late_ms     how long after that time each came
    """

    def __init__(self, blocks: int) -> None:
        self._hearing = Hearing(Capture())
        self._hearing.restart(0.0)
        self.up: Pcm = np.zeros(blocks * BLOCK, np.int16)
        self.late_ms: list[float] = []

    def arm(self, at: float) -> None:
        self._hearing.gate.set_uplink(Uplink.OPEN, at)

    def disarm(self, at: float) -> None:
        """It never is."""

    def slipped(self, at: float) -> None:
        self._hearing.slipped(at)

    def step(self, near: Pcm, far: Pcm | None, at: float) -> list[Order]:
        self._hearing.step(near, far, at)
        for pcm, captured_at in self._hearing.take()[1]:
            self.late_ms.append(1000 * (at - captured_at))
            end = round(captured_at * RATE)
            samples = np.frombuffer(pcm, "<i2")[max(len(pcm) // 2 - end, 0) :]
            self.up[end - len(samples) : end] = samples
        return []


@dataclass
class Heard:
    """One scene as it was, and as each path passes it on: all as long as the scene."""

    scene: Scene
    raw: Samples
    aec3: Samples
    ours: Samples
    guard: Samples
    late_ms: float


def heard(made: Scene) -> Heard:
    """Open loop: nobody ducks, the agent talks on."""
    near: list[Pcm] = []
    far: list[Pcm] = []
    chain = Open(made.blocks)
    play(made, chain, tape=lambda n, f: (near.append(n.copy()), far.append(f.copy()))[0], obey=False)
    off_the_shelf = aec3(suppress=False)
    guard = GuardChain(Capture())
    return Heard(
        made,
        _float(np.concatenate(near)),
        _float(np.concatenate([np.asarray(off_the_shelf.process(n, f)) for n, f in zip(near, far, strict=True)])),
        _float(chain.up),
        _float(np.concatenate([np.asarray(guard.process(n, f)) for n, f in zip(near, far, strict=True)])),
        median(chain.late_ms),
    )


def echo_loss(near: Samples, left: Samples) -> tuple[float, float]:
    """dB less in `left`: (first 2 s, from 5 s on), over the blocks in which the echo is within 20 dB of its usual.

    Of a scene in which nobody comes; the room's noise counts as echo.
    """
    count = min(len(near), len(left)) // BLOCK
    before = np.mean(near[: count * BLOCK].reshape(-1, BLOCK) ** 2, axis=1)
    after = np.mean(left[: count * BLOCK].reshape(-1, BLOCK) ** 2, axis=1)
    loud = before > np.percentile(before, 75) / 100
    seconds = np.arange(count) / 100

    def loss(which: np.ndarray) -> float:
        return float(10 * np.log10(before[which].sum() / max(after[which].sum(), 1e-12)))

    return loss(loud & (seconds < FIRST_S)), loss(loud & (seconds >= STEADY_S))


def lag(made: Scene, sound: Samples) -> int:
    """Samples by which a path is late: where the visitors' own sound fits best."""
    count = min(len(made.visitors), len(sound))
    size = 1 << (2 * count - 1).bit_length()
    fit = np.fft.irfft(np.fft.rfft(sound[:count], size) * np.conj(np.fft.rfft(made.visitors[:count], size)), size)
    around = np.concatenate([fit[-MOST_LAG:], fit[:MOST_LAG]])
    return int(np.argmax(np.abs(around))) - MOST_LAG


def intelligible(made: Scene, sound: Samples) -> list[float]:
    """STOI of each visit against the visitor alone at the microphone."""
    late = lag(made, sound)
    found = []
    for coming in made.comings:
        clean, dirty = made.visitors[coming.start : coming.end], sound[coming.start + late : coming.end + late]
        if len(clean) == len(dirty) and len(clean) >= LONG_ENOUGH_S * RATE:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # too few frames: 1e-5, left out below
                value = float(stoi(clean.astype(float), dirty.astype(float), RATE))
            if value > 1e-4:
                found.append(value)
    return found


def excerpt(sound: Samples, coming: Coming) -> Samples:
    around = round(AROUND_S * RATE)
    return sound[max(coming.start - around, 0) : coming.end + around]


def went_up(made: Scene) -> list[Samples]:
    """Closed loop: of each visit what the agent really got."""
    chain = Ours(keep=True)
    play(made, chain)
    sounds = []
    for coming in made.comings:
        first, last = coming.start / RATE - 1.0, coming.end / RATE + 1.0
        pcm = b"".join(pcm for pcm, at in chain.up if first <= at <= last)
        sounds.append(_float(np.frombuffer(pcm, "<i2")))
    return sounds


@dataclass
class Speech:
    """
    stoi        by path, of each visit; empty where nobody came
    loss        by path, dB: (first 2 s, from 5 s on); empty where somebody came
    late_ms     how long after its time a sound goes up, the rate conversion not counted
    astray_ms   by how much that time is wrong
    """

    stoi: dict[str, list[float]] = field(default_factory=dict)
    loss: dict[str, tuple[float, float]] = field(default_factory=dict)
    late_ms: float | None = None
    astray_ms: float | None = None


def speech(made: Scene) -> Speech:
    paths = heard(made)
    sounds = {"raw": paths.raw, "aec3": paths.aec3, "ours": paths.ours, "guard": paths.guard}
    if not made.comings:
        return Speech(loss={name: echo_loss(paths.raw, sound) for name, sound in sounds.items() if name != "raw"})
    return Speech(
        stoi={name: intelligible(made, sound) for name, sound in sounds.items() if name != "guard"},
        late_ms=paths.late_ms,
        astray_ms=1000 * lag(made, paths.ours) / RATE,
    )


def recognised(made: Scene) -> dict[str, tuple[int, int]]:
    """(words wrong, words said) of the product's recogniser, by path. `alone`: the visitor without agent and noise;
    `went up`: what the agent really got, the kiosk ducking and stopping."""
    paths = heard(made)
    recogniser = Whisper(Service(threads=1), ("en",))
    up = went_up(made)
    errors = dict.fromkeys(("alone", "raw", "aec3", "ours", "went up"), (0, 0))
    for coming, sent in zip(made.comings, up, strict=True):
        assert coming.said is not None
        assert coming.said.text is not None
        sounds = {"alone": made.visitors, "raw": paths.raw, "aec3": paths.aec3, "ours": paths.ours}
        given = {name: excerpt(sound, coming) for name, sound in sounds.items()} | {"went up": sent}
        for name, sound in given.items():
            text = recogniser.recognise(sound, final=True).text if len(sound) > RATE // 10 else ""
            wrong, said = word_errors(coming.said.text, text)
            errors[name] = (errors[name][0] + wrong, errors[name][1] + said)
    return errors


def word_errors(said: str, understood: str) -> tuple[int, int]:
    """(substitutions, insertions and deletions; words said)"""
    wanted, got = _words(said), _words(understood)
    row = list(range(len(got) + 1))
    for index, word in enumerate(wanted, 1):
        diagonal, row[0] = row[0], index
        for at, other in enumerate(got, 1):
            diagonal, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, diagonal + (word != other))
    return row[-1], len(wanted)


def resampler_ms(rate: int = 48000) -> float:
    """What the microphone's rate conversion adds."""
    return 1000 * Resampler(rate, RATE).delay_s


def _words(text: str) -> list[str]:
    text = re.sub(r"\b(mr|mister)\b\.?", "mister", text.lower().replace("-", " "))
    return [_DIGITS.get(word, word) for word in re.findall(r"[a-z0-9']+", text)]


_DIGITS = dict(
    zip(
        map(str, range(1, 11)),
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        strict=True,
    )
)


def _float(pcm: Pcm) -> Samples:
    return pcm.astype(np.float32) / np.float32(32768)
