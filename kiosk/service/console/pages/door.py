"""The door: the first admin comes in by the setup link, everybody else by name and password; and out again."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from kiosk.core.fault import Fault
from kiosk.service.console.access import Known, Viewer, cookie
from kiosk.service.console.parts import Given, Parts
from kiosk.service.console.problem import Problem, Refusal
from kiosk.service.console.render import page, then
from kiosk.service.house import accounts, audit, passwords, tries
from kiosk.service.house.accounts import Role
from kiosk.service.house.tables import User

router = APIRouter()
FIRST_PAGE = "/conversations"

Name = Annotated[str, Form(max_length=64)]
Password = Annotated[str, Form(max_length=passwords.LONGEST)]


@router.get("/")
def first(who: Viewer) -> Response:
    return then(FIRST_PAGE)


@router.get("/login")
def asks(request: Request, parts: Given, who: Known, back: str = "/") -> Response:
    if who is not None:
        return then(_inside(back))
    with parts.house.session() as session:
        empty = accounts.nobody_yet(session)
    return page(request, "login.html", None, back=_inside(back), empty=empty, problem=None, name="")


@router.post("/login")
def enters(
    request: Request, parts: Given, name: Name, password: Password, back: Annotated[str, Form()] = "/"
) -> Response:
    counted = tries.keys(name, request.client.host if request.client else "")
    with parts.house.session(write=True) as session:
        wait = tries.wait_s(session, counted, tries.now())
        if wait <= 0:
            tries.count(session, counted, tries.now())
        user = session.get(User, name.strip().lower())
        known, kept = (user.name, user.password) if user else ("", passwords.nobodys())
    if wait > 0:
        problem = Problem(what="too many wrong passwords", where="login", remedy=f"wait for {_in_words(wait)}")
        return page(
            request, "login.html", None, status=429, back=_inside(back), empty=False, problem=problem, name=name
        )
    fits = passwords.fits(password, kept) and known  # in no transaction: it takes its time
    with parts.house.session(write=True) as session:
        if fits:
            tries.forget(session, counted)
            return _let_in(request, session, parts, known, back)
        audit.note(session, "nobody", "was refused at the door", known or "a name that is not there")
    problem = Problem(what="name and password do not fit", where="login", remedy="try it again")
    return page(request, "login.html", None, status=401, back=_inside(back), empty=False, problem=problem, name=name)


@router.get("/setup")
def shows_setup(request: Request, parts: Given, key: str = "") -> Response:
    """The key stays in the form; whoever comes without the right one learns where it stands."""
    _first_time(parts, key)
    return page(request, "setup.html", None, key=key, problem=None, name="admin", shortest=passwords.SHORTEST)


@router.post("/setup")
def sets_up(request: Request, parts: Given, key: Annotated[str, Form()], name: Name, password: Password) -> Response:
    _first_time(parts, key)
    try:
        with parts.house.session(write=True) as session:
            if accounts.nobody_yet(session):
                user = accounts.add_user(session, name.strip(), Role.ADMIN, password)
                session.flush()
                audit.note(session, user.name, "set the console up")
                return _let_in(request, session, parts, user.name, "/")
    except Fault as fault:
        problem = Problem(what=fault.what, where=fault.where, remedy=fault.remedy)
        return page(
            request, "setup.html", None, status=400, key=key, problem=problem, name=name, shortest=passwords.SHORTEST
        )
    return then("/login")


@router.post("/logout")
def leaves(request: Request, parts: Given, who: Viewer) -> Response:
    with parts.house.session(write=True) as session:
        accounts.log_out(session, who.login)
        audit.note(session, who.name, "logged out")
    out = then("/login")
    out.delete_cookie(cookie(request))
    return out


def _let_in(request: Request, session: Session, parts: Parts, name: str, back: str) -> RedirectResponse:
    length = timedelta(hours=parts.settings.console.session_h)
    secret = accounts.log_in(session, name, length)
    audit.note(session, name, "logged in")
    answer = then(_inside(back))
    answer.set_cookie(
        cookie(request),
        secret,
        max_age=round(length.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=parts.settings.console.address.startswith("https:"),
    )
    return answer


def _first_time(parts: Parts, key: str) -> None:
    with parts.house.session() as session:
        empty = accounts.nobody_yet(session)
    if not empty or not hmac.compare_digest(key.encode(), parts.setup_key.encode()):
        raise Refusal(
            403,
            "this link does not set the console up" if empty else "the console is set up already",
            where="setup",
            remedy="take the link that `kiosk service` shows on its terminal, or run `kiosk service users add NAME`"
            if empty
            else "log in, or run `kiosk service users add NAME` on the machine itself",
        )


def _inside(back: str) -> str:
    """A page of ours, whatever a link says."""
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable() else "/"


def _in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} minutes"
