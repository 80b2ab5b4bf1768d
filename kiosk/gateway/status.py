"""How the gateway is, for this machine alone: `/healthz`, `/readyz` and `/metrics` on a listener of their own."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from http import HTTPStatus

from kiosk.gateway.metrics import Metrics
from kiosk.gateway.peer import Gone, Peer
from kiosk.gateway.upgrade import Asked, asked

WITHIN_S = 5.0

log = logging.getLogger(__name__)


class Status:
    """why_not: why no kiosk should be sent here, as a clause; empty when it may"""

    def __init__(self, metrics: Metrics, why_not: Callable[[], str]) -> None:
        self._metrics = metrics
        self._why_not = why_not

    async def serve(self, listener: socket.socket, tasks: asyncio.TaskGroup) -> None:
        """For ever."""
        loop = asyncio.get_running_loop()
        while True:
            sock, _ = await loop.sock_accept(listener)
            tasks.create_task(self._answer(sock), name="status")

    async def _answer(self, sock: socket.socket) -> None:
        peer = Peer(client=True)
        try:
            async with asyncio.timeout(WITHIN_S):
                await asyncio.get_running_loop().connect_accepted_socket(lambda: peer, sock)
                request = await asked(peer)
                if request is not None:
                    self._say(request)
        except (Gone, OSError) as error:
            log.debug("whoever asked how the gateway is hung up: %s", type(error).__name__)
            peer.hang_up()

    def _say(self, request: Asked) -> None:
        match request.path:
            case "/healthz":
                request.answer(HTTPStatus.OK, "ok\n")
            case "/readyz":
                why_not = self._why_not()
                request.answer(HTTPStatus.SERVICE_UNAVAILABLE if why_not else HTTPStatus.OK, f"{why_not or 'ok'}\n")
            case "/metrics":
                request.answer(HTTPStatus.OK, self._metrics.text(), "text/plain; version=0.0.4; charset=utf-8")
            case _:
                request.answer(HTTPStatus.NOT_FOUND, "There is /healthz, /readyz and /metrics.\n")
