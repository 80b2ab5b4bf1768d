"""Who asks."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from kiosk.service.console.access import Viewer
from kiosk.service.house.accounts import Role

router = APIRouter(tags=["house"])


class Me(BaseModel):
    """Who asks, and what they may do."""

    name: str = Field(description="A user, or `token NAME`.")
    role: Role


@router.get("/me", summary="Who asks, and what they may do")
def me(who: Viewer) -> Me:
    return Me(name=who.name, role=who.role)
