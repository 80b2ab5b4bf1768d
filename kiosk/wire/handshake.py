"""From an address to a standing WebSocket, or to the reason why there is none."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
HEAD_ENDS, MAX_HEAD, ACCEPTED = b"\r\n\r\n", 1 << 16, b"HTTP/1.1 101 "  # of an HTTP answer


Socket = ClientConnection


@dataclass(frozen=True, slots=True)
class Terms:
    """How this side connects, whoever the other is. `timeout_s`: for each of the steps, seconds."""

    context: ssl.SSLContext
    timeout_s: float
    user_agent: str
    pins: frozenset[str] = frozenset()


async def open_socket(dialect: Dialect, names: dict[str, str], terms: Terms) -> ClientConnection:
    """The agent's socket, on which nothing was said yet. What a request before it answered is added to `names`.

    Raises `Refused`. Redirects are not followed, the certificate's pins are checked before anything secret is sent.
    """
    return await connected(*await _address(dialect, names, terms), dialect.subprotocols, terms, dialect.compression)


async def open_bare(dialect: Dialect, names: dict[str, str], terms: Terms) -> Bare:
    """The same for whoever reads and writes its bytes; no extension is agreed upon. Raises `Refused`."""
    url, headers = await _address(dialect, names, terms)
    kind = _pinned(terms.pins, Bare)
    bare: Bare = await _connected(url, headers, dialect.subprotocols, terms, kind=kind)
    return bare


async def connected(
    url: str, headers: Mapping[str, str], subprotocols: Sequence[str], terms: Terms, compression: bool = False
) -> ClientConnection:
    """A socket at an address, which must be a voice socket's. Raises `Refused`."""
    kind = _pinned(terms.pins)
    socket: ClientConnection = await _connected(
        url, headers, subprotocols, terms, compression=compression, ping_s=PING_S, kind=kind
    )
    return socket


async def _address(dialect: Dialect, names: dict[str, str], terms: Terms) -> tuple[str, Mapping[str, str]]:
    """Address and headers, after what the dialect wants to be asked before."""
    try:
        if dialect.before is not None:
            taken = await asyncio.to_thread(
                ask, dialect.before, dict(names), terms.context, terms.pins, terms.timeout_s
            )
            if "url" in taken:
                names["endpoint"] = taken.pop("url")
            names.update(taken)
        return fill_url(dialect.url, names), fill(dialect.headers, names)
    except Fault as fault:
        raise Refused(refused(fault, retryable=False)) from None


async def _connected(
    url: str,
    headers: Mapping[str, str],
    subprotocols: Sequence[str],
    terms: Terms,
    *,
    compression: bool = False,
    ping_s: float | None = None,
    kind: type[ClientConnection],
) -> Any:
    try:
        parts = check_endpoint(url, where=WHERE)
    except Fault as fault:
        raise Refused(refused(fault, retryable=False)) from None
    # The library logs addresses, headers and payloads at DEBUG: it gets a logger that nobody hears.
    silent = logging.Logger("kiosk.wire.socket")
    silent.disabled = True
    encrypted: dict[str, Any] = {"ssl": terms.context} if parts.scheme == "wss" else {}
    try:
        return await _Connect(
            url,
            additional_headers=headers,
            user_agent_header=terms.user_agent,
            subprotocols=[Subprotocol(name) for name in subprotocols] or None,
            proxy=None if is_loopback(parts.hostname or "") else True,
            open_timeout=terms.timeout_s,
            close_timeout=CLOSE_S,
            ping_interval=ping_s,
            ping_timeout=ping_s,
            compression="deflate" if compression else None,
            max_size=MAX_MESSAGE,
            logger=silent,
            create_connection=kind,
            **encrypted,
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


class Bare(ClientConnection):
    """The library makes the handshake and reads no more.

    early  bytes that came behind its answer
    gone   whether the other side hung up since
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.early = b""
        self.gone = False
        self._head = b""
        self._standing = False

    def data_received(self, data: bytes) -> None:
        if self._standing:
            self.early += data
            return
        head, ends, rest = (self._head + data).partition(HEAD_ENDS)
        accepted = (head + ends).startswith(ACCEPTED[: len(head + ends)]) and len(head) <= MAX_HEAD
        if accepted and not ends:
            self._head += data
            return
        self._standing, self._head, self.early = accepted, b"", rest if accepted else b""
        super().data_received(head + ends + (b"" if accepted else rest))

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone = True
        super().connection_lost(exc)


def _pinned(pins: frozenset[str], base: type[ClientConnection] = ClientConnection) -> type[ClientConnection]:
    class Pinned(base):  # type: ignore[valid-type, misc]
        async def handshake(self, *args: Any, **kwargs: Any) -> None:
            # Here, not afterwards: the opening request may hold a token.
            check_pins(pins, self.transport.get_extra_info("ssl_object"))
            await super().handshake(*args, **kwargs)

    return Pinned
