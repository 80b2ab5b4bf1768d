"""What the database of conversations is, and how it came to be so."""

from __future__ import annotations

from pathlib import Path

from kiosk.database.database import Database, Schema, adds
from kiosk.service.store.tables import Response, Row, Turn
from kiosk.settings.schema import Service

CONVERSATIONS = Schema(
    what="the conversations",
    where="service.conversations_db",
    file=Path("conversations", "conversations.sqlite3"),
    tables=Row.metadata,
    steps=(adds(Turn, "words"), adds(Response, "heard")),
)


def conversations_of(settings: Service) -> Database:
    """The one that the settings name. Raises `Fault`."""
    return Database.named(settings.conversations_db, CONVERSATIONS)
