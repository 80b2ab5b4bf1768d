"""What goes wrong with a request, in one shape: what, where, and what to do about it."""

from __future__ import annotations

from fastapi import HTTPException
from pydantic import BaseModel, Field


class Problem(BaseModel):
    """Why a request was refused or failed. Every error of this API has this body."""

    what: str = Field(description="What is wrong, a clause.", examples=["no conversation of that session is kept"])
    where: str = Field(description="The field, setting or thing that it is about.", examples=["session_id"])
    remedy: str = Field(description="What to do about it.", examples=["see the list of conversations"])


class Refusal(HTTPException):
    """Raised by a page or a route. `status`: of HTTP."""

    def __init__(self, status: int, what: str, *, where: str, remedy: str, headers: dict[str, str] | None = None):
        super().__init__(status, what, headers)
        self.problem = Problem(what=what, where=where, remedy=remedy)


def missing(what: str, where: str) -> Refusal:
    return Refusal(404, what, where=where, remedy="look for it in the list; it may have been deleted")


NAMES = {
    400: "What was sent is not right.",
    401: "Nobody is logged in, or the token is not known.",
    403: "That needs another role, or the form was not ours.",
    404: "There is no such thing.",
    409: "Something else happened in between.",
    413: "More was sent than is taken.",
    422: "A field is missing, or out of its bounds.",
    429: "Too many requests, or too many wrong passwords.",
    500: "A fault of the program.",
    503: "The database cannot be reached at the moment.",
}

ERRORS: dict[int | str, dict[str, object]] = {
    status: {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "description": sentence,
    }
    for status, sentence in NAMES.items()
}
"""For `responses=` of the API, so that its description names them."""
