"""Makes the kiosk's earcons: `python assets/earcons/make.py [FOLDER]`, from the checkout's folder.

All are struck bars played softly, in one family: a few partials of which the higher die sooner, an eased beginning, an
eased end. They differ in the way that is heard first, by contour: `open` rises (now you), `goodbye` falls back to where
it came from, `heard` is one short note (taken), `error` sinks by a semitone. The notes were
chosen among a dozen by what our voice detector takes for speech, at any level: a fifth on A4 reached 0.46 of 1, on B4
0.69; these stay below 0.3, `error` and `attention` below 0.45. `attention`, which warns that
a visit is about to end, is longer: a fourth up, heard as a question.

`warm_up` is no signal but a breath of pink noise, from which the echo canceller learns the room before the first word.
Tones do not do: AEC3, started cold on one of the others, took 11 dB off the next two seconds of speech, where it takes
20 with nothing in front and 44 behind this.

Loudness: momentary (400 ms) loudness against the agent's speech, see `LOUDNESS_LU`.
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import numpy as np

from kiosk.audio.formats import Floats
from kiosk.audio.loudness import Loudness

RATE = 24000
SPEECH_LUFS = -23.0
"""The agent's own, `sound.loudness_lufs`: earcons follow it when the site moves it."""
LOUDNESS_LU = {"open": -6.0, "heard": -10.0, "error": -5.0, "goodbye": -7.0, "attention": -4.0, "warm_up": -9.0}
"""Below speech: an earcon is noticed by what it is and not by being loud. `heard` comes in every turn and is quietest;
`error` and `attention` must be noticed."""

AIS4, B4, D5, G5, A5, D6 = 466.16, 493.88, 587.33, 783.99, 880.0, 1174.66
NOTES = {
    "open": ((G5, 0.09), (D6, 0.16)),
    "heard": ((A5, 0.14),),
    "error": ((B4, 0.11), (AIS4, 0.14)),
    "goodbye": ((D6, 0.09), (G5, 0.16)),
    "attention": ((D5, 0.16), (G5, 0.34)),
}
"""Hertz and seconds of each note. Each rings on under the next one, within the length of the whole."""
PARTIALS = ((1.0, 1.0, 5.0), (2.0, 0.28, 9.0), (3.01, 0.08, 16.0))
"""Frequency against the note, amplitude, and how fast it dies, 1/s."""
ATTACK_S, RELEASE_S = 0.008, 0.03
WARM_UP_S, SWELL_S = 1.1, 0.15


def note(hertz: float, seconds: float) -> Floats:
    at = np.arange(round(seconds * RATE)) / RATE
    sound = sum(a * np.exp(-at * fall) * np.sin(2 * np.pi * hertz * ratio * at) for ratio, a, fall in PARTIALS)
    return np.asarray(sound * eased(at, ATTACK_S) * eased(seconds - at, RELEASE_S), np.float32)


def eased(at: np.ndarray, seconds: float) -> np.ndarray:
    """From 0 to 1 in half a period of a cosine: no corner, so no click."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(at / seconds, 0, 1))


def breath() -> Floats:
    """Pink noise from 150 Hz to 7 kHz that swells and goes."""
    count = round(WARM_UP_S * RATE)
    frequencies = np.fft.rfftfreq(count, 1 / RATE)
    phases = np.exp(2j * np.pi * np.random.default_rng(4).random(len(frequencies)))
    pink = np.where((frequencies > 150) & (frequencies < 7000), phases / np.sqrt(np.maximum(frequencies, 150)), 0)
    at = np.arange(count) / RATE
    noise = np.fft.irfft(pink, count)
    return np.asarray(noise / np.abs(noise).max() * eased(at, SWELL_S) * eased(WARM_UP_S - at, SWELL_S), np.float32)


def earcon(name: str) -> Floats:
    """Mono at `RATE`, at its loudness."""
    line = breath() if name == "warm_up" else struck(name)
    return line * np.float32(10 ** ((SPEECH_LUFS + LOUDNESS_LU[name] - loudest(line)) / 20))


def struck(name: str) -> Floats:
    whole = sum(seconds for _, seconds in NOTES[name])
    line = np.zeros(round(whole * RATE), np.float32)
    begins = 0.0
    for hertz, seconds in NOTES[name]:
        at = round(begins * RATE)
        line[at:] += note(hertz, whole - begins)[: len(line) - at]
        begins += seconds
    return line


def loudest(line: Floats) -> float:
    """Loudness of the 400 ms with the most in them, LUFS: a struck bar's first, the middle of a breath."""
    meter, block = Loudness(RATE), 4 * RATE // 10
    first = len(line) // 2 - block // 2 if len(line) > 2 * block else 0
    meter.push(np.concatenate((line[first:], np.zeros(block, np.float32)))[:block])
    assert meter.lufs is not None
    return meter.lufs


def main(folder: Path) -> None:
    for name in LOUDNESS_LU:
        samples = np.rint(earcon(name) * 32767).astype("<i2")
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples.tobytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
