"""A change that would cost right answers: they are shown, and whoever means it says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from kiosk.service.console.render import page
from kiosk.service.house.accounts import Identity
from kiosk.service.retrain.refusal import WouldLose


def asks_about(request: Request, who: Identity, lost: WouldLose, path: str, fields: Mapping[str, Any]) -> Response:
    """The same form again, sent to `path`, with the seal of what would be lost."""
    again = {name: value for name, value in fields.items() if name != "accept"} | {"accept": lost.replay.seal}
    return page(request, "cost.html", who, status=409, replay=lost.replay, path=path, fields=again)
