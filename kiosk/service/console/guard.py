"""What stands before every page and route: under which names the console answers, how much may be sent, and what a
browser may do with what comes back. Plain ASGI, on the loop."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.service.console.problem import Refusal

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LARGEST = 2 * 2**20  # bytes of a request; a house's knowledge is a tenth of that
TOO_BIG = f"more than {LARGEST >> 20} MB were sent"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with none at all, a browser's own form says that its origin is "null"
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """
    names   hosts that a browser may have asked for. A page elsewhere can give its own name to our address (DNS
            rebinding) and would then be of one origin with us
    origin  scheme and host of the proxy in front, if there is one
    """

    def __init__(self, app: ASGIApp, names: frozenset[str], origin: str) -> None:
        self._app = app
        self._names = names
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        answer = _with_headers(send, fixed=scope["path"].startswith("/static/"))
        if _name(host) not in self._names:
            await _refuse(answer, 421, "the console does not answer to that name", "Host", "set console.address to it")
        elif not self._from_here(scope["method"], headers, host):
            await _refuse(
                answer, 403, "that came from another site", "Origin", "open the console by itself, and do it there"
            )
        elif int(headers["content-length"] if headers.get("content-length", "").isdecimal() else 0) > LARGEST:
            await _refuse(answer, 413, TOO_BIG, "the request", "send less at once")
        else:
            await self._app(scope, _measured(receive), answer)

    def _from_here(self, method: str, headers: dict[str, str], host: str) -> bool:
        """What changes something, and comes from a browser, must come from our own page."""
        origin = headers.get("origin")
        if method in {"GET", "HEAD", "OPTIONS"} or origin is None:
            return headers.get("sec-fetch-site", "none") in {"none", "same-origin"} or method in {"GET", "HEAD"}
        return origin in {f"http://{host}", f"https://{host}", self._origin}


def _measured(receive: Receive) -> Receive:
    """For what is sent without saying before how much it is."""
    size = 0

    async def measured() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > LARGEST:
            raise Refusal(413, TOO_BIG, where="the request", remedy="send less at once")
        return message

    return measured


def _with_headers(send: Send, *, fixed: bool) -> Send:
    """`fixed`: the answer is the same until the program is another."""
    added = {**HEADERS, "cache-control": "max-age=3600" if fixed else "no-store"}

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            extra = [(n.encode(), v.encode()) for n, v in added.items() if n.encode() not in present]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return answer


async def _refuse(send: Send, status: int, what: str, where: str, remedy: str) -> None:
    body = json.dumps({"what": what, "where": where, "remedy": remedy}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _name(host: str) -> str:
    """Without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def names_of(address: str) -> frozenset[str]:
    """`address`: as `console.address` has it."""
    own: Any = urlsplit(address).hostname
    return LOOPBACK | ({own} if own else set())
