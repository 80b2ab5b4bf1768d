"""What people say before their real question: "Hello, um, where is the lift?" asks where the lift is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kiosk.service.knowledge import Knowledge

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Openers:
    """The openers of a knowledge. Each is some words that may stand in front of a question."""

    def __init__(self, openers: Iterable[str]) -> None:
        self._openers = sorted(map(words, openers), key=len, reverse=True)

    @classmethod
    def of(cls, knowledge: Knowledge) -> Openers:
        return cls(question for entry in knowledge.entries if entry.opener for question in entry.questions)

    def without(self, question: str) -> str:
        """The question from its first own word on. What is an opener and nothing more is left whole."""
        while True:
            found = list(_WORD.finditer(question))
            said = [_folded(word[0]) for word in found]
            opener = next((o for o in self._openers if said[: len(o)] == o), None)
            if opener is None or opener == said:
                return question.strip()
            question = question[found[len(opener)].start() :]


def words(text: str) -> list[str]:
    """The words of a text without case and signs."""
    return [_folded(word) for word in _WORD.findall(text)]


def _folded(word: str) -> str:
    return word.replace("’", "'").casefold()
