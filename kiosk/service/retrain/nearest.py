"""Which correction a question means, if any. Pure but for the embedding model.

A correction is only for its own question: it wins when its nearest wording is nearer than `NEAR` **and** nearer than
every wording that the knowledge has for anything. So "what does a nine-year-old pay?" can be corrected without
touching "what does a ticket cost?", whose own wording stands in the knowledge. The same words always win.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiosk.service.retrain.correction import Correction, key
from kiosk.service.retrain.memory import Remembering

NEAR = 0.70
"""Cosine that a question needs with a wording; what came out of it stands in tests/service/retrain/test_nearness.py."""


@dataclass(frozen=True, slots=True)
class Match:
    """`nearness`: cosine with the nearest wording; 1.0 for the same words."""

    correction: Correction
    nearness: float


class Nearest:
    """The corrections in force, beside the wordings of the knowledge that they must not take. Unchangeable.

    Building it embeds all of them: 5 ms for each that `model` does not know.
    """

    def __init__(self, corrections: Sequence[Correction], rivals: Sequence[str], model: Remembering) -> None:
        self.model = model
        self._owners = [correction for correction in corrections for _ in correction.draft.wordings]
        wordings = [words for correction in corrections for words in correction.draft.wordings]
        owned = list(zip(wordings, self._owners, strict=True))
        self._rows = model.embed([_in_context(words, owner.draft.follows) for words, owner in owned])
        self._rivals = model.embed(rivals)
        self._same = {_place(words, owner.draft.follows, owner.draft.language): owner for words, owner in owned}
        self._of: dict[tuple[str, bool], list[int]] = {}  # rows by language, and whether they follow something
        for number, owner in enumerate(self._owners):
            self._of.setdefault((owner.draft.language, bool(owner.draft.follows)), []).append(number)

    def answers(self) -> Iterator[str]:
        """What the corrections say, each once."""
        return iter(dict.fromkeys(owner.draft.answer for owner in self._owners))

    def find(self, question: str, before: str, language: str) -> Match | None:
        """`before`: what the visitor asked last; empty for nothing. Blocks 5 ms; 10 where follow-ups are corrected."""
        for follows in dict.fromkeys((before, "")):
            if same := self._same.get(_place(question, follows, language)):
                return Match(same, 1.0)
        best: Match | None = None
        for follows in dict.fromkeys(("", before)):
            mine = self._of.get((language, bool(follows)))
            if not mine or not key(question):
                continue
            vector = self.model.embed([_in_context(question, follows)])[0]
            cosines = self._rows[mine] @ vector
            first = int(cosines.argmax())
            nearness = float(cosines[first])
            if nearness < NEAR or (best is not None and nearness <= best.nearness):
                continue
            if nearness > float((self._rivals @ vector).max(initial=0.0)):
                best = Match(self._owners[mine[first]], min(nearness, 1.0))
        return best


def _in_context(question: str, follows: str) -> str:
    return f"{follows} {question}".strip()


def _place(words: str, follows: str, language: str) -> tuple[str, str, str]:
    return key(words), key(follows), language
