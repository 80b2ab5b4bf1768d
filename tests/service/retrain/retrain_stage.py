"""A small house that teaches: real databases, the real engine on a small knowledge, and vectors that are only words."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.database.database import Database
from kiosk.service.answers import KnowledgeAnswers
from kiosk.service.embed import DIMENSIONS, Embedder, Vectors
from kiosk.service.house.schema import house_of
from kiosk.service.openers import words
from kiosk.service.retrain.correction import Draft
from kiosk.service.retrain.retraining import Retraining, open_retraining
from kiosk.service.store import feedback
from kiosk.service.store.schema import conversations_of
from kiosk.service.store.tables import Conversation, Response, Turn
from kiosk.settings.schema import Service

LIFT = "The lift is behind the anchor."
PRICE = "A ticket is ninety crowns."
DUNNO = "I do not know that."

KNOWLEDGE = f"""\
# The house

## lift
- Where is the lift?
- How do I get upstairs?
{LIFT}

## price
- What does a ticket cost?
- How much is the entrance fee?
{PRICE}

## hello
- Hello there
opener: yes
Good day.

# The rest

## unknown
- Who won the football game?
action: unknown
{DUNNO}
"""


class Bag:
    """An embedder that knows only which words stand in a sentence: the cosine is how many two have in common."""

    def embed(self, sentences: Sequence[str]) -> Vectors:
        rows = np.zeros((len(sentences), DIMENSIONS), np.float32)
        for row, sentence in zip(rows, sentences, strict=True):
            for word in words(sentence) or [""]:
                row[zlib.crc32(word.encode()) % DIMENSIONS] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@dataclass
class House:
    """One that was opened; `again` is the same after a restart of the service."""

    folder: Path
    settings: Service
    house: Database
    conversations: Database
    retraining: Retraining
    model: Embedder
    taught: list[datetime] = field(default_factory=list)

    def again(self, engine: Any = KnowledgeAnswers) -> Retraining:
        return open_retraining(self.settings, self.house, self.conversations, engine, self.model)

    def said(self, question: str, before: str = "") -> tuple[str, str]:
        """Words and source."""
        answer = self.retraining.ask(question, before)
        return answer.text, answer.source

    def asked(self, *turns: tuple[str, str, str], session: str = "s", ago: timedelta = timedelta()) -> str:
        """Keeps a conversation: what was asked, what was answered, and the entry it came from. Its id."""
        at = datetime.now(UTC) - ago
        id = f"{session}-{at.timestamp()}"
        with self.conversations.session(write=True) as rows:
            rows.add(
                Conversation(
                    id=id, session_id=session, device="k", language="en", recogniser="r", speech="s", answers="a",
                    began_at=at,
                )
            )  # fmt: skip
            rows.flush()
            for number, (question, answer, source) in enumerate(turns, 1):
                action = "unknown" if source == "unknown" else "none"
                mine = {"conversation_id": id, "number": number, "at": at + timedelta(seconds=number)}
                rows.add(Turn(item="u", how="text", text=question, language="en", **mine))
                answered = {"text": answer, "source": source, "action": action}
                rows.add(Response(turn=number, score=0.5, status="completed", **answered, **mine))
        return id


def open_house(folder: Path, model: Embedder | None = None, engine: Any = None, knowledge: str = KNOWLEDGE) -> House:
    file = folder / "knowledge.md"
    file.write_text(knowledge)
    settings = Service(
        knowledge=file,
        greeting="",
        threshold=0.2,  # two wordings an entry make nothing sure
        keep_days=30,
        house_db=str(folder / "house" / "house.sqlite3"),
        conversations_db=str(folder / "kept" / "conversations.sqlite3"),
    )
    house, conversations = house_of(settings), conversations_of(settings)
    conversations.prepare()
    model = model or Bag()
    retraining = open_retraining(settings, house, conversations, engine or KnowledgeAnswers, model)
    one = House(folder, settings, house, conversations, retraining, model)
    retraining.live.taught = lambda: one.taught.append(datetime.now(UTC))
    return one


def draft(*wordings: str, answer: str = "Better.", **more: Any) -> Draft:
    return Draft(wordings, answer, **more)


def mark_right(house: House, question: str, answer: str, source: str) -> None:
    """A visitor asked, the agent answered, and somebody of the house says that it was right."""
    id = house.asked((question, answer, source))
    with house.conversations.session(write=True) as session:
        assert feedback.mark(session, id, 1, "eve", right=True, comment="")
