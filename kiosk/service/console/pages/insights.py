"""Insights: figures about many visits, each drawn, as a table, and as CSV."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from kiosk.service.console import names
from kiosk.service.console.access import Viewer
from kiosk.service.console.charts import columns, share
from kiosk.service.console.figures import told
from kiosk.service.console.parts import Given
from kiosk.service.console.problem import missing
from kiosk.service.console.render import page
from kiosk.service.console.sought import Sought, query_of
from kiosk.service.insights.table import as_csv
from kiosk.service.store import search

router = APIRouter()


@router.get("/insights")
def shows(request: Request, parts: Given, who: Viewer, wanted: Sought) -> Response:
    found = told(parts, wanted)
    with parts.conversations.session() as session:
        choices = search.choices(session)
    return page(
        request,
        "insights.html",
        who,
        wanted=wanted,
        choices=choices,
        found=found,
        tables=found.tables,
        columns=columns,
        share=share,
        query=query_of(wanted),
        weeks=[(days, (date.today() - timedelta(days=days - 1)).isoformat()) for days in (7, 30, 90)],
        kept_days=parts.settings.service.keep_days,
        names=names,
    )


@router.get("/insights/{name}.csv")
def table(parts: Given, who: Viewer, wanted: Sought, name: Annotated[str, Path(max_length=20)]) -> Response:
    found = told(parts, wanted).tables.get(name)
    if found is None:
        raise missing("there is no such table", "the address")
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(as_csv(found), media_type="text/csv; charset=utf-8", headers=headers)
