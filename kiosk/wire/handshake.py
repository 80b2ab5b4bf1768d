"""From an endpoint to a standing WebSocket, or to the reason why there is none."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidProxy, InvalidStatus, InvalidURI, ProxyError
from websockets.typing import Subprotocol

from kiosk.core.fault import Fault
from kiosk.wire.closing import refused
from kiosk.wire.credentials import check_endpoint, is_loopback
from kiosk.wire.dialect import Dialect
from kiosk.wire.precall import ask, fill_url
from kiosk.wire.refusals import WHERE, Refused, by_error, by_status, no_voice_socket, unreachable
from kiosk.wire.template import fill
from kiosk.wire.tls import PinMismatch, check_pins

MAX_MESSAGE = 16 << 20  # bytes; the library's 1 MiB is only 24 s of base64 audio
# The default of 20 s and 20 s notices a stalled peer after 40 s, 3 s and 3 s after 6.5 s. Nothing else does: the
# kernel swallowed 38 s of audio for such a peer and `send` never blocked.
PING_S = 3.0
CLOSE_S = 0.5


async def open_socket(
    dialect: Dialect,
    names: dict[str, str],
    *,
    context: ssl.SSLContext,
    pins: frozenset[str],
    timeout_s: float,
    user_agent: str,
) -> ClientConnection:
    """A socket on which nothing was said yet. What a request before it answered is added to `names`.

    Raises `Refused`. Redirects are not followed, the certificate's pins are checked before anything secret is sent.
    """
    try:
        if dialect.before is not None:
            taken = await asyncio.to_thread(ask, dialect.before, dict(names), context, pins, timeout_s)
            if "url" in taken:
                names["endpoint"] = taken.pop("url")
            names.update(taken)
        url = fill_url(dialect.url, names)
        parts = check_endpoint(url, where=WHERE)
    except Fault as fault:
        raise Refused(refused(fault, retryable=False)) from None
    # The library logs addresses, headers and payloads at DEBUG: it gets a logger that nobody hears.
    silent = logging.Logger("kiosk.wire.socket")
    silent.disabled = True
    headers: Mapping[str, str] = fill(dialect.headers, names)
    arguments: dict[str, Any] = {"ssl": context} if parts.scheme == "wss" else {}
    try:
        return await _Connect(
            url,
            additional_headers=headers,
            user_agent_header=user_agent,
            subprotocols=[Subprotocol(name) for name in dialect.subprotocols] or None,
            compression="deflate" if dialect.compression else None,
            proxy=None if is_loopback(parts.hostname or "") else True,
            open_timeout=timeout_s,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=CLOSE_S,
            max_size=MAX_MESSAGE,
            logger=silent,
            create_connection=_pinned(pins),
            **arguments,
        )
    except InvalidStatus as error:
        raise Refused(by_status(error.response.status_code, error.response.headers)) from None
    except (InvalidProxy, ProxyError):
        raise Refused(unreachable("the proxy of this machine lets nothing through", "check its settings")) from None
    except InvalidMessage as error:
        if isinstance(error.__cause__, EOFError):
            raise Refused(unreachable("the endpoint hung up")) from None
        # Small web servers answer in HTTP/1.0, which the library does not read; the status stands in its complaint.
        if old := re.search(r"HTTP/1\.0 (\d{3})", str(error.__cause__)):
            raise Refused(by_status(int(old[1]), {})) from None
        raise Refused(no_voice_socket("what answers at the endpoint does not speak HTTP")) from None
    except (InvalidHandshake, InvalidURI):
        raise Refused(no_voice_socket("what answers at the endpoint is not a WebSocket")) from None
    except (OSError, EOFError, PinMismatch) as error:
        raise Refused(by_error(error)) from None


class _Connect(connect):
    """Follows no redirects: the Client ID would go along to an address nobody checked."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def _pinned(pins: frozenset[str]) -> type[ClientConnection]:
    class Pinned(ClientConnection):
        async def handshake(self, *args: Any, **kwargs: Any) -> None:
            # Here, not afterwards: the opening request may hold a token.
            check_pins(pins, self.transport.get_extra_info("ssl_object"))
            await super().handshake(*args, **kwargs)

    return Pinned
