"""Asks the demo agent a list of questions and tells in lines what it got wrong."""

from __future__ import annotations

from kiosk.service.answers import KnowledgeAnswers
from kiosk.service.engines import Turn


def missed(guide: KnowledgeAnswers, asked: list[tuple[str, str]]) -> list[str]:
    """What was answered wrongly, as lines that a person can read."""
    found = [(question, right, guide.answer(question, [], "en")) for question, right in asked]
    return [f"{a.score:.2f} {a.source}, not {right}: {question}" for question, right, a in found if a.source != right]


def missed_after(guide: KnowledgeAnswers, asked: list[tuple[str, str, str]]) -> list[str]:
    """The same for questions that follow another."""
    lines = []
    for before, question, right in asked:
        first = guide.answer(before, [], "en").text
        answer = guide.answer(question, [Turn("user", before), Turn("agent", first)], "en")
        if answer.source != right:
            lines.append(f"{answer.score:.2f} {answer.source}, not {right}: {before} / {question}")
    return lines
