"""Visits that never were: rows as the service writes them, for whoever reads them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from kiosk.database.database import Database
from kiosk.service.store.tables import Conversation, Event, Rating, Response, Row, Turn

TRICK = "<script>document.title = 'owned'</script> '); DROP TABLE turns;--"
ASKED = {
    "Where are the toilets?": ("Toilets", "Down the stairs, on the left. There is a step-free way beside the lift."),
    "How much is a ticket for a child?": (
        "Tickets",
        "Children under twelve come in free. Older ones pay 6 euros.",
    ),
    "When do you close today?": ("Opening hours", "We close at half past five. Last entry is at a quarter to five."),
    "What is the oldest thing in the museum?": ("The log boat", "The log boat in room two. It was cut from one oak."),
    "Is there a café?": ("Café", "Yes, on the quay side. It is open as long as the museum is, and a bit longer."),
    "Who built the lighthouse?": ("The lighthouse", "The harbour board did, in 1871, after two wrecks in one winter."),
    "Can I bring my dog?": ("Dogs", "Guide dogs are welcome everywhere. Others may wait in the courtyard."),
}
GREETING = ("greeting", "Hello, I'm Maren, the museum's AI guide. What can I show you?")
UNKNOWN = ("Do you sell pirate flags?", "Who won the match yesterday?", "What is the weather tomorrow?")
PARTS: tuple[type[Row], ...] = (Conversation, Turn, Response, Event, Rating)


def fill(database: Database, visits: int, *, days: int = 30, seed: int = 7, last: datetime | None = None) -> None:
    """`visits` over the last `days`, the newest a minute ago, or at `last`."""
    database.prepare()
    made: dict[type[Row], list[dict[str, Any]]] = {part: [] for part in PARTS}
    for part, values in rows(visits, days, seed, last or datetime.now(UTC) - timedelta(minutes=4)):
        made[part].append(values)
    with database.session(write=True) as session:
        for part in PARTS:
            if made[part]:
                session.execute(insert(part), made[part])


def rows(visits: int, days: int, seed: int, last: datetime) -> Iterator[tuple[type[Row], dict[str, Any]]]:
    chance = random.Random(seed)
    for number in range(visits):
        at = last - timedelta(days=days * number / visits)
        if at.weekday() in (0, 1) and chance.random() < 0.6:
            at += timedelta(days=5)  # a house is fuller on Saturdays and Sundays
            at = min(at, last)
        if number:
            hour = min(18, max(9, round(chance.gauss(13.5, 2.2))))
            at = at.replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60))
        yield from _visit(chance, number, at)


def _visit(chance: random.Random, number: int, at: datetime) -> Iterator[tuple[type[Row], dict[str, Any]]]:
    key = f"{number:032x}"
    events: list[tuple[str, datetime, str]] = []
    yield Response, _response(chance, key, 1, None, at, GREETING)
    now = at + timedelta(seconds=7)
    turns = max(1, min(9, round(chance.expovariate(0.4))))
    for turn in range(1, turns + 1):
        known = chance.random() > 0.14
        question, said = _exchange(chance, known)
        sure = min(0.99, max(0.2, chance.gauss(0.82, 0.14)))
        typed = chance.random() < 0.08
        long = 900 + 55 * len(question)
        now += timedelta(milliseconds=long + chance.randrange(400, 6000))
        pause, recognised = chance.randrange(380, 460), chance.randrange(110, 420)
        words = [[word, round(min(1.0, max(0.1, chance.gauss(sure, 0.12))), 3)] for word in question.split()]
        yield (
            Turn,
            {
                "conversation_id": key, "number": turn, "item": f"u{turn}", "at": now,
                "how": "text" if typed else "voice", "text": question, "language": "en",
                "confidence": None if typed else sure, "words": None if typed else json.dumps(words),
                "start_ms": None if typed else 1000 * turn, "end_ms": None if typed else 1000 * turn + long,
                "endpoint_ms": None if typed else pause, "recognise_ms": None if typed else recognised,
            },
        )  # fmt: skip
        if not known:
            events.append(("unknown_question", now, f"turn {turn}"))
        if not typed and sure < 0.4:
            events.append(("low_confidence", now, f"turn {turn}"))
        answered = now + timedelta(milliseconds=20)
        cut = chance.random() < 0.12
        row = _response(chance, key, turn + 1, turn, answered, said, known=known, cut=cut)
        yield Response, row
        if cut:
            events.append(("interrupted", answered + timedelta(seconds=2), f"response {turn + 1}"))
        now = answered + timedelta(milliseconds=row["sound_ms"] + (row["heard_ms"] or 0))
    how = chance.choices(["user", "idle", "completed", "lost", "time_out"], [40, 40, 14, 4, 2])[0]
    if how == "lost":
        events.append(("link_lost", now, "1006"))
    for index, (kind, moment, detail) in enumerate(events, 1):
        yield Event, {"conversation_id": key, "number": index, "at": moment, "kind": kind, "detail": detail}
    if chance.random() < 0.3:
        score = chance.choices([1, 0, -1], [70, 20, 10])[0]
        yield (
            Rating,
            {"conversation_id": key, "number": 1, "at": now + timedelta(seconds=3), "score": score, "item": "",
             "comment": TRICK if number % 5 == 0 else ""},
        )  # fmt: skip
    yield (
        Conversation,
        {
            "id": key, "session_id": f"s-{number}", "device": chance.choice(["harbour-desk", "quay-entrance"]),
            "language": "en", "recogniser": "whisper", "speech": "kokoro", "answers": "knowledge", "began_at": at,
            "ended_at": now + timedelta(seconds=9), "ended": how,
        },
    )  # fmt: skip


def _exchange(chance: random.Random, known: bool) -> tuple[str, tuple[str, str]]:
    if known:
        question = chance.choices(list(ASKED), range(len(ASKED), 0, -1))[0]
        return question, ASKED[question]
    return chance.choice(UNKNOWN), ("unknown", "I'm afraid I don't know that. I can call somebody from the desk.")


def _response(
    chance: random.Random,
    key: str,
    number: int,
    turn: int | None,
    at: datetime,
    said: tuple[str, str],
    *,
    known: bool = True,
    cut: bool = False,
) -> dict[str, Any]:
    """`said`: source and words."""
    source, text = said
    sent = 900 + 62 * len(text)
    words = text.split()
    heard = round(sent * 0.4) if cut else sent
    return {
        "conversation_id": key, "number": number, "turn": turn, "at": at, "text": text, "source": source,
        "score": round(chance.uniform(0.62, 0.97) if known else chance.uniform(0.2, 0.45), 3),
        "action": "none" if known else "unknown",
        "answer_ms": None if turn is None else chance.randrange(9, 40),
        "sound_ms": chance.choice([12, 14, 15, 380, 520, 760]), "sent_ms": sent, "heard_ms": heard,
        "heard": " ".join(words[: len(words) * 2 // 5]) if cut else None,
        "status": "interrupted" if cut else "completed",
    }  # fmt: skip
