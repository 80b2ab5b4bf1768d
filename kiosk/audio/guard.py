"""The guard: while the agent speaks, is that a visitor, or the agent's own echo?

`evidence` says how sure it is of each hop, `bargein` decides what that is worth.
"""

from __future__ import annotations

from kiosk.audio.bargein import BargeIn, Edge
from kiosk.audio.echo import FRAME, RATE
from kiosk.audio.evidence import Evidence
from kiosk.audio.formats import Pcm

SLIP_PAUSE_MS = 500.0
_FRAME_MS = 1000 * FRAME / RATE


class Guard:
    """Capture thread only.

    threshold   probability that counts as evidence (`capture.guard_threshold`)
    decision    what becomes of the evidence
    """

    def __init__(self, evidence: Evidence, decision: BargeIn, *, threshold: float) -> None:
        self._evidence = evidence
        self._decision = decision
        self._threshold = threshold

    def step(
        self, near: Pcm, linear: Pcm, speech: Pcm, far: Pcm | None, captured_at: float, *, armed: bool
    ) -> Edge | None:
        """One frame of 10 ms. Returns what was decided, and when the evidence for it began.

        linear          `near` without the predicted echo
        speech          what goes to the agent
        far             None when nothing sounds and nothing echoes any more
        captured_at     when the frame's last sample was captured
        armed           whether a decision is wanted; unarmed, only the cancellers learn
        """
        hops = self._evidence.step(near, linear, speech, far, listen=armed)
        if not armed:
            return self._decision.rest(_FRAME_MS, captured_at)
        edge = None
        length_ms = self._evidence.hop_ms
        for probability in hops:
            hit = probability >= self._threshold
            edge = self._decision.update(hit, length_ms, captured_at - length_ms / 1000) or edge
        return edge

    def pause(self, at: float) -> Edge | None:
        """The streams slipped: for a moment the canceller lets echo through."""
        self._evidence.slipped()
        return self.blank(at)

    def doubt(self) -> None:
        """The echo may have moved: nothing counts until it is known to stand where the cancellers learned it."""
        self._evidence.doubt()

    def blank(self, at: float) -> Edge | None:
        """For a moment evidence counts for nothing."""
        return self._decision.blank(SLIP_PAUSE_MS, at)

    def disarm(self, at: float) -> Edge | None:
        """Forget the evidence. Once for each frame that `step` does not get."""
        self._evidence.rest()
        return self._decision.rest(_FRAME_MS, at)

    def reset(self, at: float) -> Edge | None:
        """A new stream: forget the echo path too."""
        self._evidence.reset()
        return self.disarm(at)
