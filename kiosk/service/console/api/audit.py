"""The audit log, in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from kiosk.service.console.access import Admin
from kiosk.service.console.parts import Given
from kiosk.service.house import audit

router = APIRouter(tags=["house"])


class Deed(BaseModel):
    """What somebody did."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(description="Grows with time.")
    at: datetime
    who: str = Field(description="A user, `token NAME`, `terminal`, or `nobody` who was refused.")
    what: str
    subject: str = Field(description="What it was done to; never a visitor's words.")


@router.get("/audit", summary="Who did what, the newest first")
def latest(
    parts: Given,
    who: Admin,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 100,
    before: Annotated[int | None, Query(ge=1, le=2**62, description="Only those older than this `id`.")] = None,
) -> list[Deed]:
    with parts.house.session() as session:
        return [Deed.model_validate(deed) for deed in audit.latest(session, limit, before)]
