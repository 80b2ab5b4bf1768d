"""Passwords: kept as salted scrypt hashes that say how they were made.

Blocking: a hash takes some 0.1 s and 32 MB on purpose; one is made at a time, whoever asks. Never on the loop's thread.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
import threading

from kiosk.core.fault import ExitCode, Fault

SHORTEST, LONGEST = 10, 256
N, R, P = 2**15, 8, 1
MOST_MEMORY = 64 * 2**20

_one_at_a_time = threading.Lock()  # forty requests at once would take more than a gigabyte


def checked(password: str, name: str) -> str:
    """The password, if it may be chosen. Raises `Fault`."""
    if not SHORTEST <= len(password) <= LONGEST or not password.isprintable():
        raise _refused(f"a password has {SHORTEST} to {LONGEST} characters")
    if len(set(password)) < 5 or (name and name in password.lower()):
        raise _refused("that password is too easy to guess")
    return password


def hashed(password: str) -> str:
    """`scrypt:N:R:P:SALT:DIGEST`, the last two in hex."""
    salt = secrets.token_bytes(16)
    return f"scrypt:{N}:{R}:{P}:{salt.hex()}:{_digest(password, N, R, P, salt).hex()}"


def fits(password: str, kept: str) -> bool:
    _, n, r, p, salt, digest = kept.split(":")
    made = _digest(password[:LONGEST], int(n), int(r), int(p), bytes.fromhex(salt))
    return hmac.compare_digest(made, bytes.fromhex(digest))


def _digest(password: str, n: int, r: int, p: int, salt: bytes) -> bytes:
    with _one_at_a_time:
        text = password.encode("utf-8", "replace")
        return hashlib.scrypt(text, salt=salt, n=n, r=r, p=p, maxmem=MOST_MEMORY, dklen=32)


def _refused(what: str) -> Fault:
    return Fault(
        what, where="password", remedy="choose a longer one, such as four unrelated words", code=ExitCode.USAGE
    )


@functools.cache
def nobodys() -> str:
    """Tried for a name that is not there, so that a wrong name takes as long as a wrong password."""
    return hashed(secrets.token_hex(16))
