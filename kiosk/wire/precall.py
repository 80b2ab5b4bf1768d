"""The HTTP request that some providers want before the socket: it gives the socket's address or a token."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from kiosk.wire.credentials import check_endpoint, is_loopback
from kiosk.wire.dialect import Before
from kiosk.wire.messages import NotJson, loads
from kiosk.wire.refusals import WHERE, Refused, by_error, by_status, no_voice_socket
from kiosk.wire.template import Template, fill, match
from kiosk.wire.tls import PinMismatch, check_pins

MAX_ANSWER = 1 << 20  # bytes


def fill_url(template: Template, names: Mapping[str, Any]) -> str:
    """An address; every value but the endpoint itself is quoted as a part of it."""
    quoted = {name: quote(str(value), safe="") for name, value in names.items() if value is not None}
    return str(fill(template, {**quoted, "endpoint": names.get("endpoint")}))


def ask(
    before: Before, names: Mapping[str, Any], context: ssl.SSLContext, pins: frozenset[str], timeout_s: float
) -> dict[str, str]:
    """What the answer gave: url, token or session_id. Blocks; for a worker thread. Raises `Refused` or `Fault`."""
    url = fill_url(before.url, names)
    check_endpoint(url, where=WHERE, web=True)
    body = None if before.body is None else json.dumps(fill(before.body, names)).encode()
    headers = {"Accept": "application/json", **fill(before.headers, names)}
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=body, headers=headers, method=before.method)
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect(), _Pinned(context, pins)]
    if is_loopback(urlsplit(url).hostname or ""):
        handlers.append(urllib.request.ProxyHandler({}))
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=timeout_s) as response:
            answer = loads(response.read(MAX_ANSWER))
    except urllib.error.HTTPError as error:
        raise Refused(by_status(error.code, dict(error.headers))) from None
    except urllib.error.URLError as error:
        raise Refused(by_error(error.reason if isinstance(error.reason, Exception) else error)) from None
    except (OSError, PinMismatch) as error:
        raise Refused(by_error(error)) from None
    except (http.client.HTTPException, NotJson):
        raise Refused(no_voice_socket("the request before the socket was not answered with JSON")) from None
    taken = match(before.answer, answer)
    if taken is None:
        raise Refused(no_voice_socket("the answer to the request before the socket is not what the dialect describes"))
    return {name: value for name, value in taken.items() if value}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the Client ID to an address nobody checked."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class _Pinned(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext, pins: frozenset[str]) -> None:
        super().__init__(context=context)
        self._tls = context
        self._pins = pins

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        pins = self._pins

        class Connection(http.client.HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                check_pins(pins, self.sock)

        return self.do_open(Connection, request, context=self._tls)
