"""Loudness is what the standard says of known sounds, and agents come out at one loudness, slowly and unharmed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kiosk.audio.formats import Resampler, dbfs, to_float, to_pcm
from kiosk.audio.loudness import DB_PER_S, Leveller, Loudness
from kiosk.audio.playback import PlaybackQueue
from kiosk.rehearsal.g722 import decode

RATE = 48000
TARGET = -23.0
SPEECH = Path("/usr/share/asterisk/sounds/en_US_f_Allison")


def tone(seconds: float, peak_dbfs: float, hertz: float = 997.0, rate: int = RATE) -> np.ndarray:
    at = np.arange(round(seconds * rate)) / rate
    return np.rint(32767 * 10 ** (peak_dbfs / 20) * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


def lufs(samples: np.ndarray, rate: int = RATE) -> float:
    meter = Loudness(rate)
    meter.push(to_float(samples[-10 * rate :]))
    assert meter.lufs is not None
    return meter.lufs


def babbled(seconds: float, level_dbfs: float) -> np.ndarray:
    """Noise in the shape of speech: low-passed, in syllables, with pauses between clauses."""
    rng = np.random.default_rng(5)
    count = round(seconds * RATE)
    noise = np.convolve(rng.standard_normal(count), np.hanning(48), "same")
    at = np.arange(count) / RATE
    syllables = np.clip(np.sin(2 * np.pi * 3.5 * at), 0, 1) * (np.mod(at, 2.2) < 1.8)
    voice = noise * syllables
    return (
        np.rint(voice * 10 ** (level_dbfs / 20) * 32768 / np.sqrt(np.mean(voice**2)))
        .clip(-32768, 32767)
        .astype(np.int16)
    )


def spoken(seconds: float, level_dbfs: float) -> np.ndarray:
    """A person, from the Debian package asterisk-core-sounds-en-g722."""
    words = decode((SPEECH / "tt-somethingwrong.g722").read_bytes()).astype(np.float32) / 32768
    resampler = Resampler(16000, RATE, aligned=True)
    voice = np.resize(np.concatenate((resampler.feed(words), resampler.finish())), round(seconds * RATE))
    return to_pcm(voice * np.float32(10 ** (level_dbfs / 20) / np.sqrt(np.mean(voice**2))))


def fed(leveller: Leveller, samples: np.ndarray) -> np.ndarray:
    """In frames of 20 ms, as an agent sends that speaks in real time."""
    return np.concatenate([leveller.level(samples[at : at + 960]) for at in range(0, len(samples), 960)])


@pytest.mark.parametrize("rate", [16000, 24000, 44100, 48000])
def test_a_full_scale_sine_of_997_hz_is_at_minus_3_lufs(rate: int) -> None:
    """The calibration of BS.1770: -3.01 LUFS in one channel."""
    assert lufs(tone(3, 0.0, rate=rate), rate) == pytest.approx(-3.01, abs=0.1)
    assert lufs(tone(3, -20.0, rate=rate), rate) == pytest.approx(-23.01, abs=0.1)


def test_the_weighting_is_the_standard_s() -> None:
    """Its shelf lifts the treble by 4 dB (3.99 against 0.69 at 997 Hz), its low cut takes rumble."""
    middle = lufs(tone(3, -20.0))
    assert lufs(tone(3, -20.0, 8000)) - middle == pytest.approx(3.3, abs=0.1)
    assert lufs(tone(3, -20.0, 38.1)) - middle == pytest.approx(-6.7, abs=0.6)  # a hop holds four periods


def test_pauses_do_not_count() -> None:
    speech = tone(4, -20.0)
    paused = np.concatenate([part for n in range(4) for part in (speech[n * RATE : (n + 1) * RATE], np.zeros(RATE))])
    assert lufs(paused.astype(np.int16)) == pytest.approx(-23.0, abs=1.2)


@pytest.mark.parametrize("sound", [babbled, spoken])
@pytest.mark.parametrize("level_dbfs", [-35.0, -12.0])
def test_quiet_and_loud_agents_come_out_alike(sound: object, level_dbfs: float) -> None:
    samples = sound(14.0, level_dbfs)  # type: ignore[operator]
    leveller = Leveller(RATE, TARGET)
    heard = fed(leveller, samples)
    assert len(heard) == len(samples)
    assert lufs(heard) == pytest.approx(TARGET, abs=1.5)


def test_a_word_is_never_turned_faster_than_3_db_a_second() -> None:
    samples = tone(6, -40.0)
    leveller = Leveller(RATE, TARGET)
    gains = []
    for at in range(0, len(samples), 960):
        leveller.level(samples[at : at + 960])
        gains.append(leveller.gain_db)
    assert max(np.diff(gains)) <= DB_PER_S * 0.02 + 1e-9
    assert gains[-1] == pytest.approx(12.0), "and not by more than 12 dB"


def test_behind_a_pause_the_gain_is_there_at_once() -> None:
    leveller = Leveller(RATE, TARGET)
    fed(leveller, tone(1, -30.0))
    assert 1 < leveller.gain_db < 3
    leveller.pause()
    fed(leveller, tone(0.02, -30.0))
    assert leveller.gain_db == pytest.approx(10.0, abs=0.1)
    leveller = Leveller(RATE, TARGET)
    fed(leveller, np.concatenate((tone(1, -30.0), np.zeros(RATE // 4, np.int16), tone(0.1, -30.0))))
    assert leveller.gain_db == pytest.approx(10.0, abs=1.0), "a pause inside of an answer"


def test_a_gain_clips_nothing() -> None:
    quiet, loud = tone(4, -36.0), tone(0.2, -3.0)
    leveller = Leveller(RATE, TARGET)
    fed(leveller, quiet)
    heard = fed(leveller, loud)
    assert (np.abs(heard[960:].astype(int)) <= 32768 * 0.9).all()


def test_off_means_off() -> None:
    samples = tone(3, -40.0)
    assert Leveller(RATE, None).level(samples) is samples


def test_the_queue_levels_agents_and_leaves_earcons_alone() -> None:
    queue = PlaybackQueue(RATE, jitter_s=0, limit_s=30, loudness_lufs=TARGET)
    for name, own in (("agent", False), ("bell", True)):
        queue.begin(name, own=own)
        queue.feed(name, tone(3, -40.0).tobytes(), RATE, 0.0)
        queue.end(name, 0.0)
    out = np.zeros(6 * RATE, np.int16)
    for n in range(600):
        queue.fill(out[n * 480 : n * 480 + 480], n * 0.01, n * 0.01)
    assert dbfs(out[2 * RATE : 3 * RATE]) > -38.0
    assert dbfs(out[4 * RATE : 5 * RATE]) == pytest.approx(-43.0, abs=0.1)
