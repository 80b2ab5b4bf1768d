"""An answer is marked as right or wrong, beside it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import Response

from kiosk.service.console.access import Editor
from kiosk.service.console.opinion import marks, takes_back
from kiosk.service.console.parts import Given
from kiosk.service.console.render import then
from kiosk.service.console.teaching import NUMBER
from kiosk.service.store.feedback import LONGEST_COMMENT

router = APIRouter()


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"  # the mark is taken back


@router.post("/conversations/{id}/answers/{number}")
def says(
    parts: Given,
    who: Editor,
    *,
    id: str,
    number: Annotated[int, Path(ge=1, le=NUMBER)],
    verdict: Annotated[Verdict, Form()],
    comment: Annotated[str, Form(max_length=LONGEST_COMMENT)] = "",
) -> Response:
    if verdict is Verdict.NONE:
        takes_back(parts, who, id, number)
    else:
        marks(parts, who, id, number, right=verdict is Verdict.RIGHT, comment=comment)
    return then(f"/conversations/{id}#answer-{number}")
