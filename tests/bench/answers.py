"""How well the agent understands: the blind set of `answer_questions`, typed, or spoken in a room and recognised.

    python -m tests.bench.answers            typed; ten seconds
    python -m tests.bench.answers spoken     spoken by voices that are not the agent's, heard in a room; ten minutes

Right is the entry that was meant, or a refusal where there is nothing to say. *Asked* is "did you mean this, or that?"
with the right one among the two: it counts as no right answer. The tuning list is not asked here, and nothing that is
asked here was tuned on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kiosk.service.answers import KnowledgeAnswers
from kiosk.service.engines import Answer, Turn
from kiosk.service.knowledge import SHIPPED, read
from kiosk.settings.schema import Service
from tests.bench.answer_questions import DECLINED, FACTS, JOINED, NOT_JOINED, PEOPLE

Heard = Callable[[str], str]
"""What is understood of a question: itself, where it is typed."""

TITLES = {entry.name: entry.title.casefold() for entry in read(SHIPPED).entries if entry.title}


@dataclass(frozen=True)
class Row:
    kind: str
    outcome: str  # right | wrong | declined | asked
    line: str


def outcome(answer: Answer, meant: str) -> str:
    names = meant.split("|")
    if answer.source in names:
        return "right"
    if answer.action == "ask":
        asked = {choice.casefold() for choice in answer.choices}
        return "asked" if any(TITLES.get(name) in asked for name in names) else "wrong"
    return "declined" if answer.action == "unknown" else "wrong"


def questions(guide: KnowledgeAnswers, kind: str, asked: Sequence[tuple[str, str]], heard: Heard) -> list[Row]:
    rows = []
    for question, meant in asked:
        said = heard(question)
        answer = guide.answer(said, [], "en")
        about = question if said == question else f"{question} (heard: {said})"
        rows.append(Row(kind, outcome(answer, meant), f"{answer.score:.2f} {answer.source}, not {meant}: {about}"))
    return rows


def dialogues(
    guide: KnowledgeAnswers, kind: str, talks: Sequence[tuple[tuple[str, ...], str, str]], heard: Heard
) -> list[Row]:
    rows = []
    for before, question, meant in talks:
        history: list[Turn] = []
        for earlier in before:
            said = heard(earlier)
            answer = guide.answer(said, history, "en")
            history += [Turn("user", said), Turn("agent", answer.text)]
        said = heard(question)
        answer = guide.answer(said, history, "en")
        line = f"{answer.score:.2f} {answer.source}, not {meant}: {' / '.join((*before, said))}"
        rows.append(Row(kind, outcome(answer, meant), line))
    return rows


def everything(guide: KnowledgeAnswers, heard: Heard) -> list[Row]:
    return [
        *questions(guide, "facts", FACTS, heard),
        *questions(guide, "people and talk", PEOPLE, heard),
        *questions(guide, "to decline", DECLINED, heard),
        *dialogues(guide, "follow-ups to join", JOINED, heard),
        *dialogues(guide, "follow-ups not to join", NOT_JOINED, heard),
    ]


def table(rows: Sequence[Row]) -> str:
    """As it stands in kiosk/service/README.md, with what was missed below."""
    kinds = list(dict.fromkeys(row.kind for row in rows))
    groups = [(kind, [row for row in rows if row.kind == kind]) for kind in kinds]
    groups.insert(3, ("the 150 questions", [row for _, group in groups[:3] for row in group]))
    lines = ["| kind | asked | right | wrong | declined | asked back | right |", "|---|---|---|---|---|---|---|"]
    for kind, group in groups:
        counts = [sum(row.outcome == outcome for row in group) for outcome in ("right", "wrong", "declined", "asked")]
        share = 100 * counts[0] / len(group)
        lines.append(f"| {kind} | {len(group)} | {' | '.join(map(str, counts))} | {share:.1f} % |")
    missed = [f"  {row.outcome:8} {row.line}" for row in rows if row.outcome != "right"]
    return "\n".join([*lines, "", *missed])


def main() -> None:
    guide = KnowledgeAnswers(Service())
    if "spoken" in sys.argv[1:]:
        from tests.bench.answers_spoken import Room

        print(table(everything(guide, Room().heard)))
    else:
        print(table(everything(guide, str)))


if __name__ == "__main__":
    main()
