"""How the agent speaks: one `Manner` for each conversation, taken at its start and kept to its end.

The house may change its manner at any time. The next conversation has the new one; those that are held keep theirs, so
that nobody's agent becomes another person in the middle of a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

PLAIN = "plain"
"""The style that changes nothing: tempo, pauses and words are as the house wrote them."""

SLOWEST, FASTEST = 0.5, 2.0
"""What the engines speak intelligibly, as a factor of their own speed."""


@dataclass(frozen=True, slots=True)
class Manner:
    """
    language  two letters: what is recognised, answered and spoken
    voice     of the engine; its accent is the voice's. Empty where no voice speaks the language: answers are shown
    style     tempo, pauses and wording, by its name
    speed     factor of the engine's own
    engine    plug-in name of the speech engine, never `auto`
    """

    language: str
    voice: str
    style: str
    speed: float
    engine: str

    @property
    def voiceless(self) -> bool:
        return not self.voice

    def speed_at(self, *factors: float) -> float:
        """The speed at a style's tempo and a visitor's own rate: 1.0 is as the house has it."""
        return min(FASTEST, max(SLOWEST, self.speed * math.prod(factors)))


class Manners:
    """Owner of the house's current manner. Everything on the loop.

    changed   is called after each change
    """

    def __init__(self, first: Manner, changed: Callable[[], None]) -> None:
        self._current = first
        self._changed = changed

    def current(self) -> Manner:
        """For a conversation that begins now."""
        return self._current

    def change(self, manner: Manner) -> None:
        """From the next conversation on."""
        self._current = manner
        self._changed()
