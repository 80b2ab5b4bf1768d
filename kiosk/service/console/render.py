"""Pages from templates. Everything in them is escaped: what a visitor said is text, whatever it looks like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kiosk import __version__
from kiosk.service.house.accounts import Identity, Role
from kiosk.service.store.tables import Conversation

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Room:
    """One entry of the navigation: where it leads, its name, and who sees it."""

    path: str
    name: str
    role: Role = Role.VIEWER


_pages = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def moment(value: datetime | None) -> str:
    """In this machine's zone, to the second."""
    return "" if value is None else f"{value.astimezone():%Y-%m-%d %H:%M:%S}"


def plural(count: int, one: str, many: str = "") -> str:
    """`3 turns`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def clock(value: datetime) -> str:
    return f"{value.astimezone():%H:%M:%S}"


def thousands(value: int) -> str:
    return f"{value:,}"


def lasted(conversation: Conversation) -> str:
    """`1:05`; empty while it goes on, or when nobody saw its end."""
    if conversation.ended_at is None or conversation.ended == "unknown":
        return ""
    seconds = round((conversation.ended_at - conversation.began_at).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def seconds(value: float | None) -> str:
    """`45 s`, `1:05`."""
    if value is None:
        return "–"
    return f"{value:.0f} s" if value < 60 else f"{int(value) // 60}:{int(value) % 60:02}"


def in_seconds(ms: int) -> str:
    return f"{ms / 1000:.2f} s"


_pages.filters |= {"percent": percent, "seconds": seconds, "in_seconds": in_seconds}
_pages.filters |= {"moment": moment, "clock": clock, "plural": plural, "thousands": thousands, "lasted": lasted}
_pages.globals["version"] = __version__


def templates() -> list[str]:
    """The names of all, each of which was read and understood."""
    return [str(_pages.get_template(name).name) for name in _pages.list_templates()]


def page(request: Request, template: str, who: Identity | None, *, status: int = 200, **values: Any) -> HTMLResponse:
    """`who`: whom the page is for; None where nobody has logged in."""
    rooms: tuple[Room, ...] = request.app.state.rooms
    shown = [room for room in rooms if who is not None and who.role.may(room.role)]
    html = _pages.get_template(template).render(
        who=who,
        proof=who.proof if who else "",
        rooms=shown,
        here=request.url.path,
        said=request.query_params.get("said", "")[:200],
        may=lambda role: who is not None and who.role.may(Role(role)),
        **values,
    )
    return HTMLResponse(html, status)


def then(path: str) -> RedirectResponse:
    """After a form: the page that shows what came of it, so that a reload repeats nothing."""
    return RedirectResponse(path, 303)
