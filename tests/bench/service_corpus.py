"""Recorded people who say something that is written down, for the bench of the service. Nothing of it is in the
repository: Debian packages of the set `bench` bring sounds and words (packaging/system-packages.txt).

    en   readers of LibriVox and of playing cards (pocketsphinx-testdata), and volunteers (tuxpaint-stamps-default)
    fr, es, ru, ...   volunteers of tuxpaint's stamps, on microphones of their own; the words are the package's, and
         some read them a little differently
    it   a professional speaker who counts and names days (asterisk-core-sounds-it-g722): the package has no sentences
         with their words
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from kiosk.rehearsal import g722, waves

RATE = 16000
Samples = NDArray[np.float32]

STAMPS = Path("/usr/share/tuxpaint/stamps")
SPHINX = Path("/usr/share/pocketsphinx/test/data")
PROMPTS = Path("/usr/share/asterisk/sounds")
PACKAGES = {
    "tuxpaint-stamps-default": STAMPS,
    "pocketsphinx-testdata": SPHINX,
    "asterisk-core-sounds-en-g722": PROMPTS / "en_US_f_Allison",
    "asterisk-core-sounds-it-g722": PROMPTS / "it_IT_m_Carlo",
}
_NUMBERS = "zero uno due tre quattro cinque sei sette otto nove dieci"
_DAYS = "domenica lunedì martedì mercoledì giovedì venerdì sabato"
ITALIAN = {str(number): word for number, word in enumerate(_NUMBERS.split())} | {
    f"day-{number}": word for number, word in enumerate(_DAYS.split())
}
"""What Carlo says in `digits/`."""


@dataclass(frozen=True)
class Said:
    """One utterance: float32 at 16 kHz without silence around it, peak 0.25."""

    language: str
    name: str
    words: str
    samples: Samples

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def missing() -> list[str]:
    """Debian packages that the bench needs and this machine does not have."""
    return [package for package, path in PACKAGES.items() if not path.exists()]


def said(language: str, count: int) -> list[Said]:
    """Always the same ones, spread over all there are. Sentences of four words or more, at most 12 s."""
    if language == "it":
        return list(_counted(count))
    found = [*(_read_aloud() if language == "en" else ()), *_spread(_stamps(language), 3 * count)]
    kept = []
    for file, words in found:
        sound = speech(file)
        if sound is not None and 1.0 <= len(sound) / RATE <= 12.0:
            kept.append(Said(language, file.stem, words, sound))
        if len(kept) == count:
            break
    return kept


def speech(file: Path) -> Samples | None:
    """The speech of a recording; None of one that cannot be read."""
    try:
        raw, rate = soundfile.read(file, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        return None
    sound = waves.resample(raw.mean(axis=1), rate, RATE)
    return _trimmed(sosfilt(butter(4, 80, "highpass", fs=RATE, output="sos"), sound))


def prompt(speaker: str, name: str) -> Samples:
    """One of asterisk's, such as `demo-instruct`."""
    return _trimmed(g722.decode((PROMPTS / speaker / f"{name}.g722").read_bytes()))


def prompts(speaker: str, count: int, seconds: tuple[float, float]) -> list[Samples]:
    """Prompts of such a length, always the same ones, spread over all there are."""
    files = [
        file
        for file in sorted((PROMPTS / speaker).glob("*.g722"))
        if seconds[0] <= file.stat().st_size / 8000 <= seconds[1]
    ]
    return [prompt(speaker, file.stem) for file in files[:: max(1, len(files) // count)][:count]]


def stamps(language: str) -> Iterator[tuple[Path, str]]:
    """Every recording of a volunteer in that language with its words, in the package's order."""
    suffix = "_desc.ogg" if language == "en" else f"_desc_{language}.ogg"
    for text in sorted(STAMPS.rglob("*.txt")):
        sound = text.with_name(text.stem + suffix)
        if not sound.exists():
            continue
        lines = text.read_text("utf-8", errors="replace").splitlines()
        own = f"{language}.utf8="
        words = next((line.removeprefix(own) for line in lines if line.startswith(own)), "")
        if language == "en" and lines:
            words = lines[0]
        yield sound, words.strip()


def _stamps(language: str) -> list[tuple[Path, str]]:
    return [
        (sound, words)
        for sound, words in stamps(language)
        if len(words.split()) >= 4 and not re.search(r"[\d(%$]", words)
    ]


def _read_aloud() -> Iterator[tuple[Path, str]]:
    for list_, folder in (("librivox/transcription", "librivox"), ("cards/cards.transcription", "cards")):
        for line in (SPHINX / list_).read_text().splitlines():
            if match := re.match(r"<s>(.*)</s> \((.*)\)", line):
                yield SPHINX / folder / f"{match[2]}.wav", match[1].strip()


def _counted(count: int) -> Iterator[Said]:
    """Four words of the Italian speaker in a row, as somebody tells a number."""
    names = list(ITALIAN)
    gap = np.zeros(RATE // 8, np.float32)
    for first in range(count):
        chosen = [names[(first * 5 + step * 7) % len(names)] for step in range(4)]
        sounds = [np.concatenate([prompt("it_IT_m_Carlo", f"digits/{name}"), gap]) for name in chosen]
        yield Said("it", "+".join(chosen), " ".join(ITALIAN[name] for name in chosen), np.concatenate(sounds))


def _spread(items: list[tuple[Path, str]], count: int) -> list[tuple[Path, str]]:
    step = max(1, len(items) // max(1, count))
    return items[::step]


def _trimmed(sound: NDArray[np.floating]) -> Samples:
    samples = np.asarray(sound, np.float32)
    first, end = waves.speech_span(samples, RATE)
    return _levelled(samples[first:end])


def _levelled(samples: Samples) -> Samples:
    return np.asarray(samples * (0.25 / max(float(np.abs(samples).max(initial=0.0)), 1e-4)), np.float32)
