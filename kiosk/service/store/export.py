"""Conversations as text for other programs: JSON lines, one a conversation; CSV, one line an utterance."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO
from typing import Any

from kiosk.service.store.tables import Conversation, Response, Row, Turn

COLUMNS = (
    *("session_id", "device", "language", "at", "who", "number", "answers_turn", "text", "how", "confidence"),
    *("source", "score", "action", "endpoint_ms", "recognise_ms", "answer_ms", "sound_ms", "sent_ms", "heard_ms"),
    *("heard", "status"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def whole(conversation: Conversation) -> dict[str, Any]:
    """Everything of a conversation, as JSON can hold it; times in ISO 8601 with their zone."""
    told = _columns(conversation)
    for part in ("turns", "responses", "events", "ratings", "feedback"):
        told[part] = [_columns(row) for row in getattr(conversation, part)]
        for row in told[part]:
            del row["conversation_id"]
    for turn in told["turns"]:
        turn["words"] = json.loads(turn["words"] or "[]")
    return told


def utterances(conversation: Conversation) -> Iterator[Turn | Response]:
    """Both sides' in the order in which they were made: an answer behind its question."""
    both: list[Turn | Response] = [*conversation.turns, *conversation.responses]
    return iter(sorted(both, key=lambda row: row.at))


def as_jsonl(conversations: Iterable[Conversation]) -> Iterator[str]:
    """Line by line."""
    for conversation in conversations:
        yield json.dumps(whole(conversation), ensure_ascii=False) + "\n"


def as_csv(conversations: Iterable[Conversation]) -> Iterator[str]:
    """A heading, then all lines of a conversation at once. Text that a spreadsheet would take for a formula gets an
    apostrophe in front."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for conversation in conversations:
        yield _taken(out)
        for row in utterances(conversation):
            mine = _columns(row)
            mine |= {name: getattr(conversation, name) for name in ("session_id", "device")}
            mine["who"] = "visitor" if isinstance(row, Turn) else "agent"
            mine["answers_turn"] = mine.pop("turn", None)
            mine.setdefault("language", conversation.language)
            writer.writerow({name: harmless(value) for name, value in mine.items()})
    yield _taken(out)


def _taken(out: StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _columns(row: Row) -> dict[str, Any]:
    values = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
