from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.audio.formats import Framer, Meter, Resampler, dbfs, to_float, to_mono, to_pcm

RATES = [(48000, 16000), (44100, 16000), (16000, 48000), (24000, 48000), (22050, 48000), (16000, 16000), (48000, 8000)]


def tone(hertz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def in_pieces(resampler: Resampler, samples: np.ndarray, sizes: list[int]) -> np.ndarray:
    pieces, at = [], 0
    while at < len(samples):
        for size in sizes:
            pieces.append(resampler.feed(samples[at : at + size]))
            at += size
    return np.concatenate(pieces)


@pytest.mark.parametrize(("source", "target"), RATES)
@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_the_result_does_not_depend_on_how_the_stream_is_cut(source: int, target: int, sizes: list[int]) -> None:
    noise = np.random.default_rng(1).standard_normal(3000).astype(np.float32)
    whole = Resampler(source, target).feed(noise)
    pieces = in_pieces(Resampler(source, target), noise, sizes)
    assert len(whole) == -(-len(noise) * target // source)
    np.testing.assert_allclose(pieces, whole, atol=1e-5)


@pytest.mark.parametrize(("source", "target"), RATES)
def test_an_aligned_resampler_keeps_time_and_length(source: int, target: int) -> None:
    resampler = Resampler(source, target, aligned=True)
    result = np.concatenate((in_pieces(resampler, tone(1000, source), [source // 50]), resampler.finish()))
    expected = tone(1000, target)
    assert abs(len(result) - len(expected)) <= 1
    inner = slice(target // 100, -target // 100)
    np.testing.assert_allclose(result[: len(expected)][inner], expected[inner], atol=0.003)


def test_the_delay_of_a_live_stream_is_one_and_a_half_milliseconds() -> None:
    impulse = np.zeros(4800, np.float32)
    impulse[480] = 1
    resampler = Resampler(48000, 16000)
    assert int(np.argmax(resampler.feed(impulse))) == 160 + 24
    assert resampler.delay_s == pytest.approx(0.0015)


def test_what_the_lower_rate_cannot_hold_does_not_come_back_as_an_alias() -> None:
    result = Resampler(48000, 16000).feed(tone(9500, 48000))[200:]
    assert 20 * np.log10(np.abs(result).max() / 0.5) < -60
    passed = Resampler(48000, 16000).feed(tone(7000, 48000))[200:]
    assert 20 * np.log10(np.abs(passed).max() / 0.5) > -1.5


@given(st.lists(st.integers(0, 700), max_size=20), st.sampled_from([160, 256, 512]))
def test_a_framer_neither_loses_nor_reorders(sizes: list[int], size: int) -> None:
    framer = Framer(size)
    line = np.arange(sum(sizes)).astype(np.int16)
    frames, at = [], 0
    for number in sizes:
        frames += framer.push(line[at : at + number])
        at += number
    assert all(len(frame) == size for frame in frames)
    assert len(frames) * size + framer.held == len(line)
    if frames:
        np.testing.assert_array_equal(np.concatenate(frames), line[: len(frames) * size])


def test_float_and_back_is_the_same() -> None:
    pcm = np.arange(-32768, 32768).astype(np.int16)
    np.testing.assert_array_equal(to_pcm(to_float(pcm)), pcm)


def test_what_is_not_a_number_or_too_loud_is_made_harmless() -> None:
    wild = np.array([np.nan, np.inf, -np.inf, 3.0, -3.0], np.float32)
    np.testing.assert_array_equal(to_pcm(wild), [0, 32767, -32768, 32767, -32768])


def test_levels() -> None:
    assert dbfs(np.zeros(160, np.int16)) == -120
    assert dbfs(np.zeros(0, np.int16)) == -120
    assert dbfs(np.full(160, 16384, np.int16)) == pytest.approx(-6.02, abs=0.01)


def test_mono_is_the_mean_of_the_channels() -> None:
    np.testing.assert_array_equal(to_mono(np.array([100, 300, -5, -15], np.int16), 2), [200, -10])


def test_the_floor_stays_under_a_sentence_and_falls_with_the_room() -> None:
    meter = Meter()
    quiet, loud = np.full(160, 30, np.int16), np.full(160, 3000, np.int16)
    for _ in range(50):
        meter.push(quiet)
    floor = meter.floor
    for _ in range(200):
        meter.push(loud)
    assert meter.level > -25
    assert meter.floor == pytest.approx(floor + 6, abs=0.2)
    for _ in range(30):
        meter.push(quiet)
    assert meter.floor == pytest.approx(floor, abs=0.2)
