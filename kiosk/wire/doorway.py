"""A kiosk at the door of its gateway: it enrols once, and proves itself on every connection. `proof` says how.

url     the gateway's address as it was given when the kiosk was enrolled, such as wss://voice.museum.example
key     the kiosk's own private key; a secret
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire import proof
from kiosk.wire.closing import TRY_LATER, WRONG_CODE, closed_by_code
from kiosk.wire.credentials import Credentials, check_endpoint
from kiosk.wire.dialect import Dialect
from kiosk.wire.handshake import Terms, connected
from kiosk.wire.messages import NotJson, loads
from kiosk.wire.proof import Claim
from kiosk.wire.refusals import Refused, no_voice_socket

_NO_GATEWAY = "what answers there is no kiosk gateway"
_NO_GATEWAY_CODES = frozenset({ExitCode.CREDENTIALS, ExitCode.NOT_A_VOICE_SOCKET})  # of an HTTP answer
_NOT_ENROLLED: Mapping[int, tuple[str, str]] = {
    WRONG_CODE: (
        "the gateway does not know this code, or it was used, or it is too old",
        "have another made with `kiosk gateway devices add`, and type it within its time",
    ),
    TRY_LATER: ("the gateway takes no codes at the moment", "wait ten minutes, then try again"),
}


async def open_at_gateway(dialect: Dialect, enrolled: Credentials, terms: Terms) -> ClientConnection:
    """A socket on which the agent's dialect may be spoken, the kiosk having proved itself. Raises `Refused`.

    The gateway looks at the proof while the opening message is under way to it, so that it costs no time; its refusal
    is a close code (`closing.STRANGER`, `closing.REVOKED`).
    """
    url = enrolled.endpoint.rstrip("/") + proof.VOICE_PATH
    socket = await connected(url, {}, dialect.subprotocols, terms, dialect.compression)
    device = enrolled.client_id
    try:
        nonce = await _hear(socket, "challenge", "nonce", terms.timeout_s)
        signature = Claim(proof.CONVERSE, proof.host_of(url), device, nonce).signed(enrolled.device_key)
        await _say(socket, {"type": "proof", "device": device, "signature": signature})
    except asyncio.CancelledError:
        socket.transport.abort()
        raise
    return socket


async def enrol(url: str, code: str, key: str, terms: Terms) -> str:
    """The name under which the gateway knows this kiosk from now on. Raises `Fault`."""
    check_endpoint(url, where="the gateway's address")
    try:
        socket = await connected(url.rstrip("/") + proof.ENROL_PATH, {}, (), terms)
        async with socket:
            nonce = await _hear(socket, "challenge", "nonce", terms.timeout_s)
            signature = Claim(proof.ENROL, proof.host_of(url), "", nonce).signed(key)
            await _say(socket, {"type": "enrol", "code": code, "key": proof.public_of(key), "signature": signature})
            return await _hear(socket, "enrolled", "device", terms.timeout_s)
    except Refused as refusal:
        closed = refusal.closed
        fault = closed.fault
        what, remedy = (fault.what, fault.remedy) if fault is not None else (closed.reason, "try again")
        what, remedy = _NOT_ENROLLED.get(closed.code, (what, remedy))
        if not closed.code and fault is not None and fault.code in _NO_GATEWAY_CODES:
            raise Fault(
                _NO_GATEWAY,
                where="the gateway",
                remedy="check the address that `kiosk gateway devices add` prints",
                code=ExitCode.NOT_A_VOICE_SOCKET,
            ) from None
        exit_code = fault.code if fault is not None else ExitCode.CREDENTIALS
        raise Fault(what, where="the gateway", remedy=remedy, code=exit_code) from None


async def _hear(socket: ClientConnection, kind: str, field: str, within_s: float) -> str:
    """A field of the gateway's next message. Raises `Refused`, the socket closed."""
    try:
        async with asyncio.timeout(within_s):
            heard = loads(await socket.recv())
        if isinstance(heard, dict) and heard.get("type") == kind and isinstance(heard.get(field), str):
            return str(heard[field])
    except ConnectionClosed:
        raise Refused(closed_by_code({}, socket.close_code or 1006)) from None
    except (TimeoutError, NotJson):
        pass
    await socket.close()
    raise Refused(no_voice_socket(_NO_GATEWAY, "check the gateway's address"))


async def _say(socket: ClientConnection, message: dict[str, str]) -> None:
    try:
        await socket.send(json.dumps(message))
    except ConnectionClosed:
        raise Refused(closed_by_code({}, socket.close_code or 1006)) from None
