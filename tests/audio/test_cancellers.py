"""One contract for every echo canceller, with recorded speech for the agent and for the visitor."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kiosk.audio.echo import FRAME, Canceller, NoCanceller
from kiosk.audio.engines import GUARD_ORDER, SPEECH_ORDER, canceller
from kiosk.audio.formats import Pcm, dbfs
from kiosk.audio.room import GuardChain
from kiosk.audio.speech import SpeechPath
from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal import acoustics, g722
from kiosk.settings.sound import Capture, Engine

RATE = 16000
SPOKEN = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
ALL = [engine for engine in Engine if engine is not Engine.AUTO]
REAL = [engine for engine in ALL if engine is not Engine.NONE]
REMOVES_DB = {Engine.WEBRTC: 40.0, Engine.SPEEX: 20.0, Engine.KALMAN: 15.0}


def new(engine: Engine) -> Canceller:
    return canceller(engine, (), "here")


@cache
def agent() -> Pcm:
    return g722.decode((SPOKEN / "demo-congrats.g722").read_bytes()[: 8000 * 8])


@cache
def visitor() -> Pcm:
    said = g722.decode((SPOKEN / "please-try-again.g722").read_bytes()[:8000])
    placed = np.zeros(len(agent()), np.int16)
    placed[6 * RATE : 6 * RATE + len(said)] = said
    return placed


@cache
def echo() -> Pcm:
    response = acoustics.shoebox(RATE, gain_db=-12.0, delay_ms=20)
    hiss = np.random.default_rng(5).normal(0, 8, len(agent()))
    return np.asarray((np.convolve(agent(), response)[: len(agent())] + hiss).clip(-32768, 32767), np.int16)


def cleaned(engine: Canceller, near: Pcm, far: Pcm) -> tuple[Pcm, Pcm]:
    """(what comes out, what its filter alone leaves)."""
    pairs = [
        (engine.process(near[at : at + FRAME], far[at : at + FRAME]), engine.linear)
        for at in range(0, len(near) - FRAME + 1, FRAME)
    ]
    return np.concatenate([out for out, _ in pairs]), np.concatenate([linear for _, linear in pairs])


@pytest.mark.parametrize("engine", ALL)
def test_frames_in_frames_out_and_no_trace_of_the_callers_memory(engine: Engine) -> None:
    made = new(engine)
    near, far = echo()[:FRAME].copy(), agent()[:FRAME].copy()
    out = made.process(near, far)
    assert (out.shape, out.dtype) == ((FRAME,), np.int16)
    assert (made.linear.shape, made.linear.dtype) == ((FRAME,), np.int16)
    kept = out.copy()
    made.process(np.full(FRAME, 9000, np.int16), far)
    np.testing.assert_array_equal(out, kept)
    np.testing.assert_array_equal(near, echo()[:FRAME])


@pytest.mark.parametrize("engine", REAL)
def test_the_echo_goes(engine: Engine) -> None:
    out, _ = cleaned(new(engine), echo(), agent())
    span = slice(5 * RATE, 8 * RATE)
    assert dbfs(echo()[span]) - dbfs(out[span]) > REMOVES_DB[engine]


@pytest.mark.parametrize("engine", ALL)
def test_a_voice_over_silence_comes_through_with_the_delay_that_is_claimed(engine: Engine) -> None:
    made = new(engine)
    voice = agent()[: 3 * RATE]
    out, _ = cleaned(made, voice, np.zeros_like(voice))
    span = slice(RATE, 2 * RATE)
    likeness = {
        lag: float(np.corrcoef(voice[span], out[span.start + lag : span.stop + lag])[0, 1])
        for lag in range(made.delay - 16, made.delay + 17)
    }
    assert max(likeness.values()) > 0.8
    assert abs(max(likeness, key=likeness.__getitem__) - made.delay) <= 8
    assert abs(dbfs(out[span]) - dbfs(voice[span])) < 3


@pytest.mark.parametrize("engine", ALL)
def test_after_a_reset_it_is_as_new(engine: Engine) -> None:
    made = new(engine)
    first, _ = cleaned(made, echo()[: 2 * RATE], agent()[: 2 * RATE])
    made.reset()
    again, _ = cleaned(made, echo()[: 2 * RATE], agent()[: 2 * RATE])
    loud = slice(RATE // 2, 2 * RATE)
    assert abs(dbfs(first[loud]) - dbfs(again[loud])) < 3


@pytest.mark.parametrize("engine", ALL)
def test_a_slip_and_wild_input_leave_it_whole(engine: Engine) -> None:
    made = new(engine)
    wild = np.tile(np.array([32767, -32768], np.int16), RATE // 2)
    cleaned(made, wild, wild)
    made.slipped()
    out, _ = cleaned(made, echo(), agent())
    assert dbfs(out[5 * RATE : 6 * RATE]) < dbfs(echo()[5 * RATE : 6 * RATE]) + 0.1


@pytest.mark.parametrize("engine", SPEECH_ORDER)
def test_a_visitor_in_double_talk_is_left_whole(engine: Engine) -> None:
    """By likeness to what the visitor said; the raw microphone has less than half of it, AEC3 no more."""
    near = (echo().astype(np.int32) + visitor() // 12).clip(-32768, 32767).astype(np.int16)
    out, linear = cleaned(new(engine), near, agent())
    span = slice(6 * RATE, 6 * RATE + RATE // 2)
    raw = float(np.corrcoef(visitor()[span], near[span])[0, 1])
    left = float(np.corrcoef(visitor()[span], linear[span])[0, 1])
    late = slice(span.start + FRAME, span.stop + FRAME)
    assert raw < 0.6
    assert left > 0.8
    assert float(np.corrcoef(visitor()[span], out[late])[0, 1]) > 0.8


def test_the_guard_hears_what_both_leave() -> None:
    chain = GuardChain(Capture())
    pairs = [(echo()[at : at + FRAME], agent()[at : at + FRAME]) for at in range(0, 8 * RATE - FRAME + 1, FRAME)]
    both = np.concatenate([chain.process(near, far) for near, far in pairs])
    span = slice(5 * RATE, 8 * RATE)
    assert dbfs(echo()[span]) - dbfs(both[span]) > 40


def test_the_best_that_loads_is_taken_and_none_where_nothing_does() -> None:
    assert type(canceller(Engine.AUTO, GUARD_ORDER, "here")).__name__ == "WebRtcCanceller"
    assert type(canceller(Engine.AUTO, SPEECH_ORDER, "here")).__name__ == "SpeexCanceller"
    assert isinstance(canceller(Engine.AUTO, (), "here"), NoCanceller)


def test_a_library_that_is_missing_is_a_fault_when_named_and_passed_over_when_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda name: (_ for _ in ()).throw(OSError(f"{name}: cannot open")))
    with pytest.raises(Fault) as refused:
        canceller(Engine.SPEEX, SPEECH_ORDER, "capture.speech_engine")
    assert refused.value.code is ExitCode.MISSING_PACKAGE
    assert type(canceller(Engine.AUTO, SPEECH_ORDER, "here")).__name__ == "KalmanCanceller"


# --- the path that goes up ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ALL)
def test_the_bare_microphone_passes_unchanged_but_for_its_delay(engine: Engine) -> None:
    path = SpeechPath(new(engine))
    out = np.concatenate([path.step(echo()[at : at + FRAME], None) for at in range(0, RATE, FRAME)])
    delay = round(path.delay_s * RATE)
    np.testing.assert_array_equal(out[delay:], echo()[: RATE - delay])


@pytest.mark.parametrize("engine", [*SPEECH_ORDER, Engine.NONE])
def test_no_click_where_the_canceller_comes_and_goes(engine: Engine) -> None:
    """A steady tone over a silent loudspeaker that is on, off and on: no step is larger than the tone's own."""
    tone = (6000 * np.sin(2 * np.pi * 200 * np.arange(3 * RATE) / RATE)).astype(np.int16)
    path = SpeechPath(new(engine))
    silent = np.zeros(FRAME, np.int16)
    out = np.concatenate(
        [
            path.step(tone[at : at + FRAME], silent if (at // (RATE // 2)) % 2 else None)
            for at in range(0, len(tone) - FRAME + 1, FRAME)
        ]
    )
    settled = out[RATE // 10 :].astype(int)
    assert np.abs(np.diff(settled)).max() < 1.3 * np.abs(np.diff(tone.astype(int))).max()
