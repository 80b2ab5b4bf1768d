"""Conversations that leave the house: exported line by line, listened to, or deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from fastapi.responses import Response, StreamingResponse

from kiosk.service.console.parts import Parts
from kiosk.service.console.problem import missing
from kiosk.service.house import audit
from kiosk.service.house.accounts import Identity
from kiosk.service.store import queries
from kiosk.service.store.export import as_csv, as_jsonl
from kiosk.service.store.search import Wanted, each
from kiosk.service.wav import wav


class Format(StrEnum):
    """JSON Lines: one conversation a line, whole. CSV: one utterance a line."""

    JSONL = "jsonl"
    CSV = "csv"


MEDIA = {Format.JSONL: "application/jsonl", Format.CSV: "text/csv; charset=utf-8"}
WRITERS = {Format.JSONL: as_jsonl, Format.CSV: as_csv}


def exported(parts: Parts, who: Identity, wanted: Wanted, format: Format) -> StreamingResponse:
    """What visitors said leaves the house: it stands in the audit log who took it."""
    with parts.house.session(write=True) as session:
        audit.note(session, who.name, "exported conversations", format)

    def written() -> Iterator[str]:
        with parts.conversations.session() as session:
            yield from WRITERS[format](each(session, wanted))

    name = f"conversations-{date.today():%Y-%m-%d}.{format}"
    return StreamingResponse(
        written(), media_type=MEDIA[format], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def heard(parts: Parts, who: Identity, id: str, number: int) -> Response:
    """What a turn sounded like, as a WAV file. It stands in the audit log who listened. Raises `Refusal`."""
    with parts.conversations.session() as session:
        pcm = queries.voice_of(session, id, number)
    if pcm is None:
        raise missing("no recording of that turn is kept", "the address")
    with parts.house.session(write=True) as session:
        audit.note(session, who.name, "listened to a visitor", f"{id}, turn {number}")
    return Response(wav(pcm), media_type="audio/wav", headers={"Cache-Control": "no-store"})


def deleted(parts: Parts, who: Identity, session_id: str) -> int:
    """How many conversations that session had; overwritten in the file. Raises `Refusal` where it had none."""
    with parts.conversations.session(write=True) as session:
        count = queries.delete_named(session, session_id)
    if not count:
        raise missing("no conversation of that session is kept", "session_id")
    parts.conversations.forget()
    with parts.house.session(write=True) as session:
        audit.note(session, who.name, "deleted a session", session_id)
    return count
