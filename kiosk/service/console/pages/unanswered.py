"""What visitors ask in vain, the most asked first; each with the way to its answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kiosk.service.console.access import Viewer
from kiosk.service.console.parts import Given
from kiosk.service.console.render import page

router = APIRouter()
SHOWN = 100


@router.get("/unanswered")
def shows(request: Request, parts: Given, who: Viewer) -> Response:
    groups = parts.retraining.unanswered()
    return page(
        request, "unanswered.html", who, groups=groups[:SHOWN], more=max(0, len(groups) - SHOWN), kept=parts.kept
    )
