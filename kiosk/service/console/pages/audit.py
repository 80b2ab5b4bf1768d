"""The audit log, as a page. The shortest example of one: its route, whom it is for, and its template."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from kiosk.service.console.access import Admin
from kiosk.service.console.parts import Given
from kiosk.service.console.render import page
from kiosk.service.house import audit

router = APIRouter()
SHOWN = 100
Before = Annotated[int | None, Query(ge=1, le=2**62)]


@router.get("/audit")
def shows(request: Request, parts: Given, who: Admin, before: Before = None) -> Response:
    with parts.house.session() as session:
        deeds = audit.latest(session, SHOWN + 1, before)
        older = deeds[SHOWN - 1].id if len(deeds) > SHOWN else None
        return page(request, "audit.html", who, deeds=deeds[:SHOWN], older=older)
