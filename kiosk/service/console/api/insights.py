"""Insights, in the API."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from kiosk.service.console.access import Viewer
from kiosk.service.console.figures import told
from kiosk.service.console.parts import Given
from kiosk.service.console.problem import ERRORS, missing
from kiosk.service.console.sought import Sought
from kiosk.service.insights.table import as_csv

router = APIRouter(tags=["insights"])


class Wait(BaseModel):
    """ms from the end of speech to the first sound of the answer."""

    median: int
    p95: int


class Table(BaseModel):
    columns: list[str]
    rows: list[list[str | int | float | None]]


class Insights(BaseModel):
    """Figures about all conversations that fit."""

    visits: int = Field(ge=0)
    talked: int = Field(ge=0, description="Visits in which the visitor said something that was understood.")
    contained: int = Field(ge=0, description="Of these, how many needed nobody: all was known, no person was offered.")
    turns: int = Field(ge=0, description="Of visitors, that were understood.")
    length_s: float | None = Field(description="Median length of a visit.")
    wait_ms: Wait | None
    answers: int = Field(ge=0)
    cut: int = Field(ge=0, description="Answers in which the visitor cut in.")
    rated: int = Field(ge=0)
    good: int = Field(ge=0, description="Ratings that were good.")
    tables: dict[str, Table] = Field(
        description="days, hours, lengths, turns, languages, ratings, events, waits, questions, sources."
    )


@router.get("/insights", summary="Figures about many visits")
def shows(parts: Given, who: Viewer, wanted: Sought) -> Insights:
    found = told(parts, wanted)
    return Insights(
        visits=found.visits,
        talked=found.talked,
        contained=found.contained,
        turns=found.turns,
        length_s=found.length_s,
        wait_ms=Wait(median=found.wait_ms[0], p95=found.wait_ms[1]) if found.wait_ms else None,
        answers=found.answers,
        cut=found.cut,
        rated=found.rated,
        good=found.good,
        tables={
            name: Table(columns=list(table.columns), rows=[list(row) for row in table.rows])
            for name, table in found.tables.items()
        },
    )


@router.get(
    "/insights/{name}",
    summary="One table of the figures, as CSV",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/csv": {}}, "description": "With a heading."}, 404: ERRORS[404]},
)
def table(parts: Given, who: Viewer, wanted: Sought, name: Annotated[str, Path(max_length=20)]) -> PlainTextResponse:
    found = told(parts, wanted).tables.get(name)
    if found is None:
        raise missing("there is no such table", "name")
    return PlainTextResponse(as_csv(found), media_type="text/csv")
