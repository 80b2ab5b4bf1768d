"""Who is at the other end: certificate authorities and pinned certificates. There is no switch to turn this off."""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from kiosk.core.fault import ExitCode, Fault


class PinMismatch(Exception):
    """The certificate is valid and not one of the pinned ones."""


@cache
def client_context(extra_ca: Path | None) -> ssl.SSLContext:
    """The system's authorities and one more. Raises `Fault` (SETTINGS) for a file that is not a certificate.

    One for the life of the process: to read the system's authorities took 40 ms of the loop between a visitor's touch
    and the picture that answers it.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if extra_ca is not None:
        try:
            context.load_verify_locations(cafile=extra_ca)
        except OSError:  # ssl.SSLError is one: the file is there and holds no certificate
            raise Fault(
                "the extra certificate authority cannot be read",
                where="agent.extra_ca_file",
                remedy="give the path of a PEM file",
                code=ExitCode.SETTINGS,
            ) from None
    return context


def parse_pins(pins: Sequence[str]) -> frozenset[str]:
    """SHA-256 fingerprints of leaf certificates as 64 hexadecimal digits, colons allowed. None, or two and more.

    Two, because the day on which a single pinned certificate is renewed would be the day on which all kiosks stop.
    """
    found = frozenset(pin.replace(":", "").replace(" ", "").lower() for pin in pins)
    if any(not re.fullmatch(r"[0-9a-f]{64}", pin) for pin in found):
        raise _fault("a certificate pin is not a SHA-256 fingerprint", "write 64 hexadecimal digits")
    if len(found) == 1:
        raise _fault("there is only one certificate pin", "give two or more: the one in use and the next one")
    return found


def check_pins(pins: frozenset[str], tls: ssl.SSLObject | ssl.SSLSocket | None) -> None:
    """Raises `PinMismatch`. To be called before anything secret is sent."""
    if not pins:
        return
    leaf = tls.getpeercert(binary_form=True) if tls is not None else None
    if leaf is None or hashlib.sha256(leaf).hexdigest() not in pins:
        raise PinMismatch


def _fault(what: str, remedy: str) -> Fault:
    return Fault(what, where="certificate pins", remedy=remedy, code=ExitCode.SETTINGS)
