"""What may leave the microphone: pre-roll, voice gate, talk button, guard. Pure: no thread, no clock, no device.

Where voices open the gate (GATED) the loudspeaker's first sample hands it to the guard, and its last one back: orders
come from the loop and are some 20 ms late, which is enough for a syllable of the agent to pass for a visitor's.

A block of 10 ms that has not gone up waits in the pre-roll, and going up takes it out of there. So nothing can go up
twice or out of order, and what `forget` emptied cannot go up at all.
"""

from __future__ import annotations

from collections import deque

from kiosk.audio.bargein import Edge
from kiosk.audio.vad import VoiceGate
from kiosk.core.ports import Uplink, VoiceEdge
from kiosk.settings.sound import Capture

BLOCK_S = 0.010
BLOCKS_PER_FRAME = 2
# Each sample of a block also carries a trace of the 3 ms before it, from the resampler's filter.
_SMEAR_S = 0.003
_EVIDENCE_SPREAD = 4  # a leaky counter may need this much longer than its own length
STILL_SPEAKS_MS = 96.0
"""Who spoke so shortly before the loudspeaker's first sample has the word. Until then there was no echo: the voice gate
is sure, while the guard would have to find the same voice again in double talk, and mostly missed its last word."""
ECHO_FREE_S = 0.5  # of a silent loudspeaker, and a voice is nobody else's
RECALL_S = 0.8
"""A suspicion that the guard did not confirm is the beginning of what the voice gate hears so shortly afterwards."""

Frame = tuple[bytes, float]


class Gate:
    """Rules of `Uplink`, fed with 10 ms blocks and voice probabilities, each of `hop_ms` of sound.

    One call of `step` per block, then `take` for what may go up now. All calls from one thread, or under one lock.
    """

    def __init__(self, capture: Capture, *, hop_ms: float) -> None:
        self._hop_ms = hop_ms
        self._pre_roll_s = capture.pre_roll_ms / 1000
        self._onset_pre_roll_s = capture.onset_pre_roll_ms / 1000
        self._barge_in_pre_roll_s = capture.barge_in_pre_roll_ms / 1000
        self._tail_s = capture.tail_ms / 1000
        self._voice = VoiceGate(capture.voice_threshold, capture.onset_ms, capture.hang_over_ms)
        longest_s = max(
            self._pre_roll_s,
            self._onset_pre_roll_s + RECALL_S + (_EVIDENCE_SPREAD * capture.onset_ms + hop_ms) / 1000,
            self._barge_in_pre_roll_s,
        )
        self._barge_in = capture.voice_barge_in
        self._keep = round(longest_s / BLOCK_S) + BLOCKS_PER_FRAME
        self._waiting: deque[tuple[bytes, float]] = deque()  # (block, when its last sample was captured)
        self._uplink = Uplink.CLOSED
        self._open = False
        self._closing = False
        self._sounding = False
        self._silent_since = float("-inf")
        self._suspected = float("-inf")
        self._after_tail: tuple[Uplink, float] | None = None  # (what follows, until when the tail goes up)
        self._forgotten_at = float("-inf")
        self._before: list[Edge] = []
        self._after: list[Edge] = []

    @property
    def uplink(self) -> Uplink:
        """What is in force. Still HELD while the tail after a release goes up: the lamp may follow it."""
        return self._uplink

    @property
    def open(self) -> bool:
        """Whether blocks go up now."""
        return self._open

    @property
    def speaking(self) -> bool:
        """Whether somebody has begun to speak and has not stopped."""
        return self._voice.speaking

    @property
    def wants_voice(self) -> bool:
        """Whether `step` should get voice probabilities."""
        return self._open if self._guarded else self._uplink is not Uplink.CLOSED

    @property
    def wants_guard(self) -> bool:
        """Whether `step` should get the guard's findings."""
        return self._guarded and not self._open

    @property
    def _guarded(self) -> bool:
        return self._uplink is Uplink.GUARDED or (self._uplink is Uplink.GATED and self._sounding)

    # --- orders -------------------------------------------------------------------------------------------------

    def set_uplink(self, uplink: Uplink, at: float) -> None:
        """`at`: monotonic now.

        A change of mode ends a stretch of speech without a STOPPED, since who changes it knows. Only the agent's turn
        is different: whoever still speaks when it begins keeps the word (BARGE_IN), and a hang-over ends (STOPPED).
        """
        if self._uplink is Uplink.HELD and uplink not in (Uplink.HELD, Uplink.OPEN):
            if self._after_tail is None:
                self._after_tail = (uplink, at + self._tail_s)
            else:  # changed again before the tail was up: its end stays where it is
                self._after_tail = (uplink, self._after_tail[1])
            return
        self._after_tail = None
        if uplink is not self._uplink:
            self._enter(uplink, at)

    def forget(self, at: float) -> None:
        """Nothing captured before `at` goes up any more, not even a tail."""
        self._forgotten_at = at
        self._waiting.clear()
        if self._after_tail is not None:
            following, _ = self._after_tail
            self._after_tail = None
            self._enter(following, at)

    def restart(self, at: float) -> None:
        """The stream begins anew: empty, nobody speaks; the mode stays."""
        self.forget(at)
        self._voice.reset()
        self._open = self._uplink in (Uplink.HELD, Uplink.OPEN)
        self._closing = self._sounding = False

    # --- sound --------------------------------------------------------------------------------------------------

    def sounds(self, sounding: bool, at: float) -> None:
        """Whether anything leaves the loudspeaker while the next block is captured, from `at` on."""
        if sounding is self._sounding:
            return
        before, self._sounding = self._guarded, sounding
        if not sounding:
            self._silent_since = at
        if self._guarded and not before:
            self._agent_begins(at)
        elif before and not self._guarded and not self._open:
            self._voice.reset()

    def suspect(self, at: float) -> None:
        """The guard has first evidence of a visitor, from the time `at` on."""
        self._suspected = at

    def step(
        self,
        block: bytes,
        captured_at: float,
        probability: float | None = None,
        barge_in: float | None = None,
        *,
        near: bool = True,
        clear: bool = True,
    ) -> None:
        """One block.

        captured_at     when its last sample was captured
        probability     of speech, of a hop that this block completed
        barge_in        the guard confirmed a visitor: time of the first evidence
        near            whether the hop may be a visitor's
        clear           whether it would be evidence that somebody begins
        """
        if captured_at - BLOCK_S - _SMEAR_S >= self._forgotten_at:
            self._waiting.append((block, captured_at))
        if probability is not None and self.wants_voice:
            self._hear(probability, captured_at, near, clear)
        if barge_in is not None and self.wants_guard:
            self._before.append((VoiceEdge.BARGE_IN, barge_in))
            self._voice.begin(captured_at)
            self._open_from(captured_at - self._barge_in_pre_roll_s)
        if not self._open:
            while len(self._waiting) > self._keep:
                self._waiting.popleft()

    def take(self) -> tuple[list[Edge], list[Frame], list[Edge]]:
        """(edges before, frames of 20 ms, edges after) since the last call, to be told in this order."""
        before, self._before = self._before, []
        frames: list[Frame] = []
        while self._open and len(self._waiting) >= BLOCKS_PER_FRAME:
            first, _ = self._waiting.popleft()
            second, captured_at = self._waiting.popleft()
            frames.append((first + second, captured_at))
            if self._after_tail is not None and captured_at >= self._after_tail[1]:
                following, _ = self._after_tail
                self._after_tail = None
                self._enter(following, captured_at)
        if self._closing and len(self._waiting) < BLOCKS_PER_FRAME:
            self._open = self._closing = False
        after, self._after = self._after, []
        return before, frames, after

    # --- inside -------------------------------------------------------------------------------------------------

    def _agent_begins(self, at: float) -> None:
        """Voices are the guard's business from here on. Whoever is speaking goes on, and is told of as a barge-in."""
        still_speaks = self._open and self._voice.spoke_clearly_within(STILL_SPEAKS_MS)
        if self._barge_in and still_speaks and at - self._silent_since >= ECHO_FREE_S:
            self._before.append((VoiceEdge.BARGE_IN, at))
            return
        if self._voice.speaking:
            self._after.append((VoiceEdge.STOPPED, at))
        self._open = self._closing = False
        self._voice.reset()

    def _enter(self, uplink: Uplink, at: float) -> None:
        if uplink is Uplink.GUARDED and self._guarded:  # the loudspeaker's first sample was faster than the order
            self._uplink = uplink
            return
        if uplink is Uplink.GUARDED and self._uplink in (Uplink.GATED, Uplink.OPEN) and not self._sounding:
            self._uplink = uplink
            self._agent_begins(at)
            return
        deaf = (Uplink.CLOSED, Uplink.GUARDED)
        speaking = self._voice.speaking and self._open and not self._closing and uplink not in deaf
        was_open = self._open
        if not speaking and (uplink in deaf or self._uplink in deaf):
            self._voice.reset()
        self._uplink = uplink
        self._closing = False
        match uplink:
            case Uplink.HELD:
                self._open_from(at - self._pre_roll_s)
            case Uplink.OPEN:
                self._open_from(at)
            case Uplink.GATED:
                self._open = speaking
            case _:
                self._open = False
        if was_open and not self._open:
            self._before.clear()
            self._after.clear()

    def _hear(self, probability: float, captured_at: float, near: bool, clear: bool) -> None:
        edge = self._voice.update(probability, self._hop_ms, captured_at - self._hop_ms / 1000, near=near, clear=clear)
        if edge is None:
            return
        kind, since = edge
        if kind is VoiceEdge.STARTED:
            self._before.append(edge)
            self._closing = False
            if since - self._suspected <= RECALL_S:
                since = self._suspected
            self._open_from(since - self._onset_pre_roll_s)
        else:
            self._after.append(edge)
            self._closing = self._uplink in (Uplink.GATED, Uplink.GUARDED)

    def _open_from(self, start: float) -> None:
        """Blocks that begin at `start` or later go up, at once. An open gate has no gap to fill."""
        if self._open:
            return
        self._open = True
        while self._waiting and self._waiting[0][1] - BLOCK_S < start - 1e-6:
            self._waiting.popleft()
