"""The gateway's side of `kiosk.wire.proof`: who is at the door, and may it come in."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass
from typing import Any

from kiosk.gateway.frames import TEXT
from kiosk.gateway.limits import Turned, WrongCodes
from kiosk.gateway.peer import Peer
from kiosk.gateway.registry import Registry
from kiosk.wire.closing import REVOKED, STRANGER, TRY_LATER, WRONG_CODE
from kiosk.wire.messages import NotJson, loads
from kiosk.wire.proof import CONVERSE, ENROL, Claim, new_nonce

LONGEST = 2048  # bytes of a message at the door
NO_PROOF = 1008  # policy

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """One that has proved itself, and with which public key."""

    name: str
    key: str


class Challenge:
    """host: the gateway's own name, see `kiosk.wire.proof.host_of`"""

    def __init__(self, host: str, registry: Registry, wrong_codes: WrongCodes) -> None:
        self._host = host
        self._registry = registry
        self._wrong_codes = wrong_codes

    async def proven(self, peer: Peer) -> Kiosk:
        """Raises `Turned`, `Gone`, `Violation`, `Away`."""
        nonce = self._challenge(peer)
        said = await self._hear(peer, "proof", "device", "signature")
        name = said["device"]
        known = await asyncio.to_thread(self._registry.known, name)
        claim = Claim(CONVERSE, self._host, name, nonce)
        if known is None or not claim.proven(known.key, said["signature"]):
            raise Turned(STRANGER, "this kiosk is not known here, or it has another key now")
        if known.revoked:
            raise Turned(REVOKED, f"{name} was shut out")
        return Kiosk(name, known.key)

    async def enrol(self, peer: Peer) -> None:
        """Raises as `proven`."""
        nonce = self._challenge(peer)
        said = await self._hear(peer, "enrol", "code", "key", "signature")
        if not self._wrong_codes.allow(time.monotonic()):
            raise Turned(TRY_LATER, "too many wrong codes were tried here")
        if not Claim(ENROL, self._host, "", nonce).proven(said["key"], said["signature"]):
            raise Turned(NO_PROOF, "the key that would be enrolled did not sign the challenge")
        name = await asyncio.to_thread(self._registry.enrol, said["code"], said["key"])
        if name is None:
            self._wrong_codes.add(time.monotonic())
            raise Turned(WRONG_CODE, "no such code, or it was used, or it is too old")
        log.info("%s has enrolled", name)
        peer.say(TEXT, json.dumps({"type": "enrolled", "device": name}).encode())

    @staticmethod
    def _challenge(peer: Peer) -> str:
        nonce = new_nonce()
        peer.say(TEXT, json.dumps({"type": "challenge", "nonce": nonce}).encode())
        return nonce

    @staticmethod
    async def _hear(peer: Peer, kind: str, *fields: str) -> dict[str, str]:
        message = await peer.message(LONGEST)
        try:
            said: Any = loads(message.payload)
        except NotJson:
            said = None
        if not isinstance(said, dict) or said.get("type") != kind:
            raise Turned(NO_PROOF, f"a message of type {kind} must come first")
        if not all(isinstance(said.get(field), str) for field in fields):
            raise Turned(NO_PROOF, f"the message of type {kind} is not complete")
        return {field: said[field] for field in fields}
