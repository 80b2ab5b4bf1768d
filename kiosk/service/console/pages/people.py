"""People: who may log in, which programs may ask, and one's own password."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from kiosk.core.fault import Fault
from kiosk.service.console import people
from kiosk.service.console.access import Admin, Viewer
from kiosk.service.console.parts import Given, Parts
from kiosk.service.console.problem import Problem
from kiosk.service.console.render import page, then
from kiosk.service.house import accounts, passwords
from kiosk.service.house.accounts import Identity, Role

router = APIRouter()

Name = Annotated[str, Form(max_length=64)]
Password = Annotated[str, Form(max_length=passwords.LONGEST)]


@router.get("/people")
def shows(request: Request, parts: Given, who: Admin) -> Response:
    return _page(request, parts, who)


def _page(request: Request, parts: Parts, who: Identity, fault: Fault | None = None, token: str = "") -> Response:
    with parts.house.session() as session:
        return page(
            request,
            "people.html",
            who,
            status=400 if fault else 200,
            users=accounts.users(session),
            tokens=accounts.tokens(session),
            roles=list(Role),
            shortest=passwords.SHORTEST,
            problem=Problem(what=fault.what, where=fault.where, remedy=fault.remedy) if fault else None,
            token=token,
        )


def _done(request: Request, parts: Parts, who: Identity, said: str, change: Callable[[], None]) -> Response:
    """Back to the page, with what came of it."""
    try:
        change()
    except Fault as fault:
        return _page(request, parts, who, fault)
    return then(f"/people?said={said}")


class NewUser(BaseModel):
    """The form of another user."""

    name: str = Field(max_length=64)
    password: str = Field(max_length=passwords.LONGEST, repr=False)
    role: Role
    proof: str = ""  # looked at before


@router.post("/people/add")
def adds(request: Request, parts: Given, who: Admin, new: Annotated[NewUser, Form()]) -> Response:
    add = partial(people.add, parts.house, who, new.name.strip(), new.role, new.password)
    return _done(request, parts, who, "Added.", add)


@router.post("/people/role")
def changes(request: Request, parts: Given, who: Admin, name: Name, role: Annotated[Role, Form()]) -> Response:
    return _done(request, parts, who, "Changed.", partial(people.change, parts.house, who, name, role=role))


@router.post("/people/password")
def replaces(request: Request, parts: Given, who: Admin, name: Name, password: Password) -> Response:
    change = partial(people.change, parts.house, who, name, password=password)
    return _done(request, parts, who, "Changed, and logged out everywhere.", change)


@router.post("/people/remove")
def removes(request: Request, parts: Given, who: Admin, name: Name) -> Response:
    return _done(request, parts, who, "Removed.", partial(people.remove, parts.house, who, name))


@router.post("/people/tokens/add")
def lets_in(request: Request, parts: Given, who: Admin, name: Name, role: Annotated[Role, Form()]) -> Response:
    """The token is in this answer and nowhere else."""
    try:
        return _page(request, parts, who, token=people.add_token(parts.house, who, name.strip(), role, None))
    except Fault as fault:
        return _page(request, parts, who, fault)


@router.post("/people/tokens/revoke")
def revokes(request: Request, parts: Given, who: Admin, name: Name) -> Response:
    return _done(request, parts, who, "Revoked.", partial(people.revoke_token, parts.house, who, name))


@router.get("/password")
def asks(request: Request, who: Viewer) -> Response:
    return page(request, "password.html", who, problem=None, shortest=passwords.SHORTEST)


@router.post("/password")
def chooses(request: Request, parts: Given, who: Viewer, old: Password, password: Password) -> Response:
    try:
        people.choose(parts.house, who, old, password)
    except Fault as fault:
        problem = Problem(what=fault.what, where=fault.where, remedy=fault.remedy)
        return page(request, "password.html", who, status=400, problem=problem, shortest=passwords.SHORTEST)
    return then("/login")
