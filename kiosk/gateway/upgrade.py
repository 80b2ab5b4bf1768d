"""From a connection's first byte to a standing WebSocket, or to an answer in HTTP."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus

from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from kiosk.gateway.peer import Peer

LONGEST_HEAD = 8192  # bytes
_SILENT = logging.Logger("kiosk.gateway.socket")  # the library logs addresses and headers at DEBUG
_SILENT.disabled = True


class Asked:
    """One HTTP request, not answered yet. `path` is without its query."""

    def __init__(self, peer: Peer, protocol: ServerProtocol, request: Request) -> None:
        self._peer = peer
        self._protocol = protocol
        self._request = request
        self.path = request.path.partition("?")[0]

    def answer(self, status: HTTPStatus, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        """And hang up."""
        response = self._protocol.reject(status, text)
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = kind
        self._send(response)
        self._peer.transport.close()

    def accept(self) -> bool:
        """Whether a WebSocket stands now; where not, why was answered. No extension is agreed upon."""
        response = self._protocol.accept(self._request)
        if self._request.headers.get("Origin") is not None:
            response = self._protocol.reject(HTTPStatus.FORBIDDEN, "A page in a browser has no business here.\n")
        self._send(response)
        accepted = response.status_code == HTTPStatus.SWITCHING_PROTOCOLS
        if not accepted:
            self._peer.transport.close()
        return accepted

    def _send(self, response) -> None:  # type: ignore[no-untyped-def]
        self._protocol.send_response(response)
        self._peer.transport.write(b"".join(self._protocol.data_to_send()))


async def asked(peer: Peer, subprotocols: Sequence[str] = ()) -> Asked | None:
    """The first request; None for what is none, which is told so. Raises `Gone`."""
    try:
        head = await peer.until(b"\r\n\r\n", LONGEST_HEAD)
    except ValueError:
        _complain(peer, "431 Request Header Fields Too Large")
        return None
    protocol = ServerProtocol(
        select_subprotocol=lambda _, offered: next((Subprotocol(n) for n in subprotocols if n in offered), None),
        logger=_SILENT,
    )
    protocol.receive_data(head)
    request = next(iter(protocol.events_received()), None)
    if not isinstance(request, Request):
        _complain(peer, "400 Bad Request")
        return None
    return Asked(peer, protocol, request)


def _complain(peer: Peer, status: str) -> None:
    peer.transport.write(f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
    peer.transport.close()
