"""Who asks, and may they. A page or a route says so in its signature: `who: Viewer`, `who: Editor` or `who: Admin`.

A browser is known by a cookie, a program by `Authorization: Bearer TOKEN`. What a browser changes must carry the proof
of its login as well: the form field `proof`, or the header `X-Proof`.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import UploadFile

from kiosk.service.console.parts import Given, Parts
from kiosk.service.console.problem import Refusal
from kiosk.service.house import accounts
from kiosk.service.house.accounts import Identity, Role

FIELD, HEADER = "proof", "X-Proof"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

_bearer = HTTPBearer(
    auto_error=False, description="A token of this house: `kiosk service tokens add NAME --role viewer|editor|admin`."
)


def cookie(request: Request) -> str:
    """Its name. Cookies of one machine are shared by all of its ports, so another console's must not meet this one."""
    return f"kiosk_{request.url.port or 'console'}"


def known(
    request: Request,
    parts: Given,
    token: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Identity | None:
    """Whoever asks, if the house knows them."""
    held = request.cookies.get(cookie(request), "")
    if token is None and not held:
        return None
    with parts.house.session() as session:
        who = accounts.bearer(session, token.credentials) if token else accounts.logged_in(session, held)
    request.state.who = who  # for the page that says what went wrong
    return who


Known = Annotated[Identity | None, Depends(known)]
"""For pages that anybody may see."""


def require(role: Role) -> Callable[[Request, Parts, Identity | None], Awaitable[Identity]]:
    """A dependency: refuses whoever is not known, may not, asks too fast, or comes by somebody else's form."""

    async def required(request: Request, parts: Given, who: Known) -> Identity:
        if who is None:
            raise Refusal(
                401,
                "nobody is logged in",
                where="Authorization",
                remedy="log in, or send a token that is in force as Authorization: Bearer TOKEN",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if wait := parts.pace.wait_s(who.login or who.name, time.monotonic()):
            raise Refusal(
                429,
                "too many requests",
                where=who.name,
                remedy=f"wait for {wait:.0f} s, and ask less often",
                headers={"Retry-After": f"{wait + 1:.0f}"},
            )
        if not who.role.may(role):
            raise Refusal(
                403,
                f"that needs the role {role}, and {who.name} is a {who.role}",
                where="role",
                remedy="ask an admin of this console",
            )
        if request.method not in SAFE and who.login and not await _ours(request, who):
            raise Refusal(
                403,
                "this form did not come from the console, or is from before the last login",
                where=FIELD,
                remedy="load the page again, and repeat it there",
            )
        return who

    return required


async def _ours(request: Request, who: Identity) -> bool:
    given = request.headers.get(HEADER)
    if given is None and request.headers.get("content-type", "").startswith(_FORMS):
        value = (await request.form()).get(FIELD)
        given = None if isinstance(value, UploadFile) else value
    return given is not None and hmac.compare_digest(given.encode(), who.proof.encode())


Viewer = Annotated[Identity, Depends(require(Role.VIEWER))]
Editor = Annotated[Identity, Depends(require(Role.EDITOR))]
Admin = Annotated[Identity, Depends(require(Role.ADMIN))]
