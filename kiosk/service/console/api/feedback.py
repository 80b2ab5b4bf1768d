"""What staff think of an answer, in the API."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from kiosk.service.console.access import Editor
from kiosk.service.console.opinion import marks, takes_back
from kiosk.service.console.parts import Given
from kiosk.service.console.problem import ERRORS
from kiosk.service.console.teaching import NUMBER, Truth
from kiosk.service.store.feedback import LONGEST_COMMENT

router = APIRouter(tags=["conversations"])

Id = Annotated[str, Path(max_length=64, description="Of the conversation; not the session ID.")]
Number = Annotated[int, Path(ge=1, le=NUMBER, description="Of the response in it.")]


class Opinion(BaseModel):
    right: Truth
    comment: str = Field(default="", max_length=LONGEST_COMMENT)


@router.put(
    "/conversations/{id}/responses/{number}/feedback",
    summary="Mark an answer as right or wrong",
    description="In place of what you thought of it before. Kept with the conversation, and deleted with it.",
    status_code=204,
    responses={404: ERRORS[404]},
)
def puts(parts: Given, who: Editor, id: Id, number: Number, opinion: Opinion) -> None:
    marks(parts, who, id, number, right=opinion.right, comment=opinion.comment)


@router.delete(
    "/conversations/{id}/responses/{number}/feedback",
    summary="Take your mark back",
    status_code=204,
    responses={404: ERRORS[404]},
)
def deletes(parts: Given, who: Editor, id: Id, number: Number) -> None:
    takes_back(parts, who, id, number)
