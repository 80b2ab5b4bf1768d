"""What a list of conversations is asked for, by a page's form and by a program alike: `wanted: Sought`."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query
from pydantic import AfterValidator, BeforeValidator

from kiosk.service.store.search import Mark, Wanted

LONGEST = 200
EARLIEST, LATEST = date(2000, 1, 1), date(9998, 12, 31)  # their midnights exist in every zone

Bounded = Annotated[date, AfterValidator(lambda day: min(max(day, EARLIEST), LATEST))]
# A form sends a field that nobody has filled in as an empty text.
Day = Annotated[Bounded | None, BeforeValidator(lambda given: None if given == "" else given)]
Since = Annotated[Day, Query(description="On this day or later, where the service stands.")]
Until = Annotated[Day, Query(description="On this day or before.")]
Name = Annotated[str, Query(max_length=LONGEST)]


def _wanted(
    *,
    q: Annotated[
        str, Query(max_length=LONGEST, description="Words that all stand in it, or the beginning of its session ID.")
    ] = "",
    since: Since = None,
    until: Until = None,
    device: Name = "",
    language: Name = "",
    ended: Annotated[
        str, Query(max_length=20, description="How it ended (see `Conversation.ended`); `open`: it has not.")
    ] = "",
    mark: Annotated[list[Mark], Query(description="What happened in it; all of these.")] = [],  # noqa: B006
) -> Wanted:
    return Wanted(q.strip(), since, until, device, language, ended, frozenset(mark))


Sought = Annotated[Wanted, Depends(_wanted)]


def query_of(wanted: Wanted, **more: str) -> str:
    """The same, to stand behind the `?` of a link."""
    pairs = [
        ("q", wanted.words),
        ("since", wanted.since.isoformat() if wanted.since else ""),
        ("until", wanted.until.isoformat() if wanted.until else ""),
        ("device", wanted.device),
        ("language", wanted.language),
        ("ended", wanted.ended),
        *(("mark", mark) for mark in sorted(wanted.marks)),
        *more.items(),
    ]
    return urlencode([pair for pair in pairs if pair[1]])
