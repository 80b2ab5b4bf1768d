"""`kiosk service conversations`: what a site can do with what is kept, at a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from kiosk.core.fault import ExitCode, Fault
from kiosk.database.database import Away, Database
from kiosk.service.store import queries
from kiosk.service.store.export import as_csv, as_jsonl, utterances
from kiosk.service.store.schema import CONVERSATIONS, conversations_of
from kiosk.service.store.tables import Conversation, Turn
from kiosk.settings.schema import Service

FORMATS = {"jsonl": as_jsonl, "csv": as_csv}


def conversations(settings: Service, args: argparse.Namespace) -> int:
    """Exit code. Raises `Fault` for a session that is not kept or a database that cannot be used."""
    work: dict[str, Callable[[Database, argparse.Namespace], int]] = {
        "list": _list,
        "show": _show,
        "export": _export,
        "delete": _delete,
        "purge": _purge,
    }
    database = conversations_of(settings)
    try:
        if database.exists:
            database.prepare()
            return work[args.what](database, args)
    except Away as away:
        raise Fault(
            f"the conversations cannot be reached ({away})",
            where=CONVERSATIONS.where,
            remedy="see that the database is there and that this user may use it",
            code=ExitCode.MACHINE,
        ) from None
    if args.what in ("show", "delete"):
        raise _not_kept(args.session_id)
    print("No conversations are kept: service.keep_days says for how long they are, 0 for none.", file=sys.stderr)
    return 0


def _list(database: Database, args: argparse.Namespace) -> int:
    with database.session() as session:
        rows = queries.newest(session, args.limit)
        print(f"{'BEGAN':19}  {'LASTED':>7}  {'TURNS':>5}  {'ENDED':9}  {'DEVICE':16}  SESSION")
        for conversation, turns in rows:
            ended = conversation.ended or "open"
            print(
                f"{_local(conversation.began_at)}  {_lasted(conversation):>7}  {turns:5}  {ended:9}  "
                f"{plain(conversation.device):16}  {plain(conversation.session_id)}"
            )
    return 0


def _show(database: Database, args: argparse.Namespace) -> int:
    with database.session() as session:
        found = queries.named(session, args.session_id)
        if not found:
            raise _not_kept(args.session_id)
        for conversation in found:
            _print(conversation)
    return 0


def _print(conversation: Conversation) -> None:
    engines = (conversation.recogniser, conversation.speech, conversation.answers)
    print(f"Session {plain(conversation.session_id)} on {plain(conversation.device)}, {conversation.language}")
    print(f"{_local(conversation.began_at)}, {_lasted(conversation)}, ended: {conversation.ended or 'open'}")
    print(f"Engines: {', '.join(map(plain, engines))}\n")
    for row in utterances(conversation):
        if isinstance(row, Turn):
            facts = [row.how]
            facts += [] if row.confidence is None else [f"confidence {row.confidence:.2f}"]
            facts += _times(endpoint=row.endpoint_ms, recognised=row.recognise_ms)
            print(f"{_local(row.at)[11:]}  visitor  {plain(row.text) or '(nothing understood)'}")
        else:
            facts = [row.status, f"{plain(row.source)} {row.score:.2f}"]
            facts += _times(answer=row.answer_ms, sound=row.sound_ms, sent=row.sent_ms, heard=row.heard_ms)
            print(f"{_local(row.at)[11:]}  agent    {plain(row.text)}")
        print(f"{'':19}{', '.join(facts)}")
    for event in conversation.events:
        print(f"{_local(event.at)[11:]}  event    {event.kind} {plain(event.detail)}")
    for rating in conversation.ratings:
        print(f"{_local(rating.at)[11:]}  rating   {rating.score} {plain(rating.item)} {plain(rating.comment)}")
    for mark in conversation.feedback:
        right = "right" if mark.right else "wrong"
        print(
            f"{_local(mark.at)[11:]}  feedback response {mark.number} {right} ({plain(mark.who)}) {plain(mark.comment)}"
        )
    print()


def _export(database: Database, args: argparse.Namespace) -> int:
    since = _moment(args.since)
    with database.session() as session:
        sys.stdout.writelines(FORMATS[args.format](queries.since(session, since)))
    return 0


def _moment(text: str | None) -> datetime | None:
    """`2026-01-31` or with a time of day; of this machine's zone where none is named."""
    try:
        return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise Fault("that is no date", where="--since", remedy="write it as 2026-01-31", code=ExitCode.USAGE) from None


def _delete(database: Database, args: argparse.Namespace) -> int:
    with database.session(write=True) as session:
        deleted = queries.delete_named(session, args.session_id)
    if not deleted:
        raise _not_kept(args.session_id)
    database.forget()
    print(f"Deleted: {deleted} conversation{'s' if deleted > 1 else ''} of that session.")
    return 0


def _purge(database: Database, args: argparse.Namespace) -> int:
    if not args.yes and input("Delete all conversations? Write yes: ").strip() != "yes":
        print("Nothing is deleted.")
        return ExitCode.USAGE
    with database.session(write=True) as session:
        deleted = queries.delete_all(session)
    database.forget()
    print(f"Deleted: {deleted} conversations.")
    return 0


def plain(text: str) -> str:
    """For a terminal: what a visitor typed may hold its control sequences."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def _not_kept(session_id: str) -> Fault:
    return Fault(
        "no conversation of that session is kept",
        where=plain(session_id)[:80],
        remedy="see kiosk service conversations list",
        code=ExitCode.USAGE,
    )


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _lasted(conversation: Conversation) -> str:
    if conversation.ended_at is None or conversation.ended == "unknown":
        return "-"
    return f"{(conversation.ended_at - conversation.began_at).total_seconds():.0f} s"


def _times(**stages: int | None) -> list[str]:
    return [f"{name} {ms} ms" for name, ms in stages.items() if ms is not None]
