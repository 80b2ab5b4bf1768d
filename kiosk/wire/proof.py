"""How a kiosk proves to a gateway that it is itself: it signs the gateway's challenge with a key of its own (Ed25519).

The gateway speaks first on every connection, with 32 random bytes that are good for this connection alone; so nothing
that was overheard, and nothing another gateway asked for, proves anything. Signed with it are what for, under which
name the kiosk knows the gateway, and which device it is.

    gateway   {"type": "challenge", "nonce": BASE64}
    kiosk     {"type": "proof", "device": NAME, "signature": BASE64}        then the agent's dialect
    or        {"type": "enrol", "code": CODE, "key": BASE64, "signature": BASE64}
    gateway   {"type": "enrolled", "device": NAME}                          to the latter
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

VOICE_PATH, ENROL_PATH = "/v1/voice", "/v1/enrol"
CONVERSE, ENROL = "converse", "enrol"
NONCE_BYTES = 32
_PORTS = {"wss": 443, "ws": 80}


def new_key() -> str:
    """A private key: 32 random bytes as base64. A secret."""
    return b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def new_nonce() -> str:
    return b64encode(secrets.token_bytes(NONCE_BYTES)).decode()


def public_of(key: str) -> str:
    private = Ed25519PrivateKey.from_private_bytes(b64decode(key))
    return b64encode(private.public_key().public_bytes_raw()).decode()


def host_of(url: str) -> str:
    """The gateway's name in what is signed: host, and port where it is not the usual one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, _PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a kiosk signs. `device` is empty where it has no name yet; `host` as `host_of` has it."""

    purpose: str
    host: str
    device: str
    nonce: str

    def signed(self, key: str) -> str:
        private = Ed25519PrivateKey.from_private_bytes(b64decode(key))
        return b64encode(private.sign(self._text)).decode()

    def proven(self, public: str, signature: str) -> bool:
        """Whether the owner of the key signed just this. False for whatever is no key or no signature."""
        try:
            key = Ed25519PublicKey.from_public_bytes(b64decode(public, validate=True))
            key.verify(b64decode(signature, validate=True), self._text)
        except (ValueError, InvalidSignature):
            return False
        return True

    @property
    def _text(self) -> bytes:
        return json.dumps(["exei-voice-kiosk gateway 1", self.purpose, self.host, self.device, self.nonce]).encode()
