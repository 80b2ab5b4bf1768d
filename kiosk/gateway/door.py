"""From an accepted connection to a kiosk that may speak: the room for everybody who has not proved anything yet.

The boundary for exceptions of a connection.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from http import HTTPStatus

from kiosk.database.database import Away
from kiosk.gateway.challenge import Challenge, Kiosk
from kiosk.gateway.frames import Frame, Violation
from kiosk.gateway.limits import Crowd, Turned
from kiosk.gateway.metrics import Metrics
from kiosk.gateway.peer import Gone, Peer
from kiosk.gateway.relay import LOST, SERVER_ERROR
from kiosk.gateway.switchboard import Switchboard
from kiosk.gateway.upgrade import asked
from kiosk.wire.closing import TRY_LATER
from kiosk.wire.proof import ENROL_PATH, VOICE_PATH

INIT_TIMEOUT, DONE = 4008, 1000
FULL_S = 0.1  # before the next connection, when the process has no file left for it

log = logging.getLogger(__name__)


class Door:
    """
    tls       of whoever connects; None where a proxy has done that, or for this machine alone
    within_s  for all that is to be done before a kiosk may speak, opening message included
    """

    def __init__(
        self,
        challenge: Challenge,
        switchboard: Switchboard,
        crowd: Crowd,
        metrics: Metrics,
        *,
        tls: ssl.SSLContext | None,
        within_s: float,
    ) -> None:
        self._challenge = challenge
        self._switchboard = switchboard
        self._crowd = crowd
        self._metrics = metrics
        self._tls = tls
        self._within_s = within_s

    async def receive(self, listener: socket.socket, tasks: asyncio.TaskGroup) -> None:
        """For ever. Who finds no room is hung up on before any work is done for it."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, (address, *_) = await loop.sock_accept(listener)
            except OSError as error:
                if error.errno in {errno.EMFILE, errno.ENFILE}:
                    log.warning("no file is left for another connection; raise the limit of open files")
                await asyncio.sleep(FULL_S)
                continue
            if self._crowd.enter(address):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                tasks.create_task(self._greet(sock, address), name="connection")
            else:
                sock.close()
                self._metrics.count("connections_total", "no_room")

    async def _greet(self, sock: socket.socket, address: str) -> None:
        peer, who, became = Peer(client=True), address, "gone"
        try:
            try:
                admitted = await self._admit(peer, sock)
            finally:
                self._crowd.leave(address)
            became = "answered"
            if admitted is not None:
                who, became = admitted[0].name, "let_in"
                await self._switchboard.converse(peer, *admitted)
        except Turned as turned:
            became = "turned_away" if became == "gone" else became
            log.info("turned away: %s (code %d): %s", who, turned.code, turned.reason)
            self._metrics.count("closed_total", str(turned.code))
            await peer.close(turned.code, turned.reason)
        except (Gone, OSError) as error:  # among them what TLS says of whoever does not speak it
            log.debug("%s hung up: %s", who, type(error).__name__)
        except Exception:
            log.exception("a connection ended because of a fault of the gateway")
            await peer.close(SERVER_ERROR, "the gateway met a fault of its own")
        finally:
            peer.hang_up()
            self._metrics.count("connections_total", became)

    async def _admit(self, peer: Peer, sock: socket.socket) -> tuple[Kiosk, Frame | None] | None:
        """A kiosk that has proved itself, with its opening message; None for whoever got an answer and goes.

        Raises `Turned`, `Gone`, OSError.
        """
        standing = False
        try:
            async with asyncio.timeout(self._within_s):
                await asyncio.get_running_loop().connect_accepted_socket(
                    lambda: peer, sock, ssl=self._tls, ssl_handshake_timeout=self._within_s if self._tls else None
                )
                request = await asked(peer, self._switchboard.dialect.subprotocols)
                if request is None:
                    return None
                if request.path not in {VOICE_PATH, ENROL_PATH}:
                    request.answer(HTTPStatus.NOT_FOUND, "There is nothing here but a voice socket.\n")
                    return None
                standing = request.accept()
                if not standing:
                    return None
                if request.path == ENROL_PATH:
                    await self._challenge.enrol(peer)
                    await peer.close(DONE, "enrolled")
                    return None
                kiosk = await self._challenge.proven(peer)
                return kiosk, await self._switchboard.first_message(peer)
        except TimeoutError:
            if not standing:
                raise Gone(LOST) from None  # it is told nothing that it would understand
            raise Turned(INIT_TIMEOUT, f"no proof and opening message within {self._within_s:g} s") from None
        except Violation as violation:
            raise Turned(violation.code, violation.reason) from None
        except Away:
            raise Turned(TRY_LATER, "the registry cannot be reached at the moment") from None
