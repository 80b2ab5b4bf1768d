"""Two tapes and the programme that was played, in one set of numbers: what `kiosk doctor --sound` found. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from kiosk.audio import survey
from kiosk.audio.echo import FRAME, RATE
from kiosk.audio.engines import GUARD_ORDER, SPEECH_ORDER, canceller
from kiosk.audio.formats import Framer, Pcm, Resampler, dbfs, to_float, to_pcm
from kiosk.audio.hearing import Hearing
from kiosk.audio.line import late_for
from kiosk.audio.speech import SpeechPath
from kiosk.audio.stimulus import SOFTER_DB, Piece, Programme
from kiosk.audio.survey import Cancelled, Cancels, Clipping, Loop
from kiosk.audio.tape import Tape
from kiosk.audio.vad import voice_detector
from kiosk.audio.visitor import SpeechLevel
from kiosk.core.ports import Uplink, VoiceEdge
from kiosk.settings.sound import Capture

EDGE_S = 0.03  # around a piece: what the loudspeaker's chain delays it by
LEAST_SPEECH_MS = 600.0


@dataclass(frozen=True, slots=True)
class Alarms:
    """How often the guard took the agent's echo for a visitor, in so many seconds of its speech."""

    interruptions: int
    in_s: float

    @property
    def a_minute(self) -> float:
        return 60 * self.interruptions / self.in_s if self.in_s else 0.0


@dataclass(frozen=True, slots=True)
class Room:
    """
    noise_dbfs          while nobody speaks
    loop                None: the microphone does not hear the loudspeaker
    loudspeaker_dbfs    of the speech, as the device got it
    echo_dbfs           of the same at the microphone, the noise taken out
    squeezed_db         how much less of the loud chirp came back than of the soft one: a limiter, or a gain that moves
                        by itself; nan without an echo
    clipping            of the microphone, while the kiosk spoke
    cancelled           the guard's canceller over the speech
    alarms              of the whole guard over the speech
    """

    noise_dbfs: float
    loop: Loop | None
    loudspeaker_dbfs: float
    echo_dbfs: float
    squeezed_db: float
    clipping: Clipping
    cancelled: Cancelled
    alarms: Alarms

    @property
    def echo_gain_db(self) -> float:
        return self.echo_dbfs - self.loudspeaker_dbfs


class GuardChain:
    """The cancellers that stand before the guard's detector, one behind the other."""

    def __init__(self, capture: Capture) -> None:
        self._speech = SpeechPath(canceller(capture.speech_engine, SPEECH_ORDER, "capture.speech_engine"))
        self._guard = canceller(capture.guard_engine, GUARD_ORDER, "capture.guard_engine")

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        self._speech.step(near, far)
        return self._guard.process(self._speech.linear, far)


def measure(
    near: Tape,
    far: Tape,
    shown: Programme,
    chain: Cancels,
    capture: Capture,
    *,
    ahead_s: float,
    cancelled: bool = False,
) -> Room:
    """`near` begins with silence, `far` holds `shown` as its first sound. Some seconds of computing.

    chain           of the guard's cancellers, fresh
    ahead_s         as the microphone hands over the far end
    cancelled       the sound system has taken the echo out already: ours are given no far end, as in the kiosk
    """
    began = int(np.argmax(far.pcm != 0))
    first_sound = near.index(far.stamped(began))
    noise = survey.noise_db(near.pcm[: max(0, first_sound - near.rate // 4)], near.rate)
    echoes = [survey.find(near, far, _placed(piece, began, far.rate)) for piece in shown.of("chirp")]
    loop = survey.loop(near, far, echoes)
    lag = float(np.median([echo.near - echo.far for echo in echoes if echo.found])) if loop else 0.0
    if not loop:
        lag = first_sound - began
    speech = [(piece.first + began, piece.last + began) for piece in shown.of("speech")]
    heard = [(first + lag, last + lag) for first, last in speech]
    late_s = late_for(loop.path_ms) if loop else 0.0  # as the microphone will, once this is known
    heard_16k, played_16k = survey.together(near, far, ahead_s=ahead_s - late_s)
    aligned = heard_16k, np.zeros_like(played_16k) if cancelled else played_16k
    in_frames = [(_frame(first, near.rate), _frame(last, near.rate)) for first, last in heard]
    return Room(
        noise_dbfs=noise,
        loop=loop,
        loudspeaker_dbfs=survey.level_db(far, speech),
        echo_dbfs=survey.level_db(near, heard, noise),
        squeezed_db=_squeezed(near, far, shown, began=began, lag=lag, noise_dbfs=noise) if loop else nan,
        clipping=survey.clipping(np.concatenate([near.pcm[round(a) : round(b)] for a, b in heard])),
        cancelled=survey.cancelled(chain, *aligned, in_frames),
        alarms=alarms(Hearing(capture), *aligned, in_frames),
    )


def alarms(hearing: Hearing, near: Pcm, far: Pcm, sounding: list[tuple[int, int]]) -> Alarms:
    """Drives the real chain as while the agent speaks. Nobody is in the room: whatever it is sure of is false."""
    count = 0
    for at in range(0, len(near) - FRAME + 1, FRAME):
        now = at / RATE
        armed = any(first <= at < last for first, last in sounding)
        uplink = hearing.gate.uplink
        if armed and uplink is not Uplink.GUARDED:
            hearing.gate.set_uplink(Uplink.GUARDED, now)
        elif not armed and uplink is not Uplink.CLOSED:
            hearing.gate.set_uplink(Uplink.CLOSED, now)
        hearing.step(near[at : at + FRAME], far[at : at + FRAME], now + FRAME / RATE)
        before, _, after = hearing.take()
        if any(edge is VoiceEdge.BARGE_IN for edge, _ in (*before, *after)):
            count += 1
            hearing.gate.set_uplink(Uplink.CLOSED, now)  # armed anew with the next frame
    return Alarms(count, sum(last - first for first, last in sounding) / RATE)


def visitor_dbfs(pcm: Pcm, rate: int) -> float:
    """Of whoever speaks in it; nan when that is too little to tell."""
    detector = voice_detector()
    level = SpeechLevel()
    line = to_pcm(Resampler(rate, RATE).feed(to_float(pcm)))
    for hop in Framer(detector.hop).push(line):
        if detector.probability(hop) >= 0.5:
            level.add(dbfs(hop), 1000 * detector.hop / RATE)
    return level.dbfs if level.ms >= LEAST_SPEECH_MS else nan


def _placed(piece: Piece, began: int, rate: int) -> Piece:
    edge = round(EDGE_S * rate)
    return Piece(piece.kind, max(0, piece.first + began - edge), piece.last + began + edge)


def _frame(index: float, rate: int) -> int:
    """Sample of a device on its tape, as the first sample of its frame at 16 kHz."""
    return max(0, round(index * RATE / rate)) // FRAME * FRAME


def _squeezed(near: Tape, far: Tape, shown: Programme, *, began: int, lag: float, noise_dbfs: float) -> float:
    """Between the two loudnesses of a chirp; 12 dB are between those."""
    gains = []
    for kind in ("soft chirp", "chirp"):
        pieces = [(piece.first + began, piece.last + began) for piece in shown.of(kind)[:2]]
        heard = survey.level_db(near, [(first + lag, last + lag) for first, last in pieces], noise_dbfs)
        if kind == "soft chirp" and heard < noise_dbfs - SOFTER_DB / 2:
            return nan  # too soft to be compared with
        gains.append(heard - survey.level_db(far, pieces))
    return gains[0] - gains[1]
