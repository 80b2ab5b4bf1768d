"""The staff PIN: kept as a salted scrypt hash in a 0600 file, with the back-off of wrong tries in another beside it.

Blocking: a hash takes some 0.1 s and 32 MB on purpose. Never on the loop's thread.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from kiosk.core.fault import ExitCode, Fault
from kiosk.core.ports import PinVerdict
from kiosk.settings import places

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 4, 12
FREE_TRIES = 5
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 900.0
HARDNESS = {"n": 2**15, "r": 8, "p": 1}
MOST_MEMORY = 256 * 2**20


def default_file() -> Path:
    return places.state() / "staff-pin.json"


def weak(pin: str) -> bool:
    """Whether it is none that may be chosen: 4 to 12 digits, not all the same, no straight run such as 1234 or 9876."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        return True
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}


@dataclass(frozen=True, slots=True)
class _Hash:
    """What is kept of a PIN, with the parameters that it was made with."""

    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, pin: str, n: int, r: int, p: int, salt: bytes) -> _Hash:
        return cls(n, r, p, salt, hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=MOST_MEMORY, dklen=32))

    def fits(self, pin: str) -> bool:
        return hmac.compare_digest(_Hash.of(pin, self.n, self.r, self.p, self.salt).digest, self.digest)

    def as_json(self) -> dict[str, Any]:
        return {
            "scheme": "scrypt", "n": self.n, "r": self.r, "p": self.p,
            "salt": self.salt.hex(), "digest": self.digest.hex(),
        }  # fmt: skip


class StaffPin:
    """One at a time, on any thread. `clock`: seconds of the wall, because a back-off outlives the program.

    Every method raises `Fault` (SETTINGS) when the file is there and cannot be used: that is never "unlocked".
    """

    def __init__(self, file: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self.file = file or default_file()
        self._tries_file = self.file.with_name(f"{self.file.name}.tries")
        self._clock = clock
        self._tries = self._read_tries()

    @property
    def chosen(self) -> bool:
        return self._read() is not None

    def choose(self, pin: str) -> PinVerdict:
        """The new PIN is in force when this returns `ok`: it was read back."""
        if weak(pin):
            return PinVerdict(False, weak=True)
        made = _Hash.of(pin, **HARDNESS, salt=secrets.token_bytes(16))
        self._write(self.file, json.dumps(made.as_json()))
        if self._read() != made:
            raise self._fault("reads back differently from what was written", "check the disk")
        self._set_tries(0, 0.0)
        return PinVerdict(True)

    def check(self, pin: str) -> PinVerdict:
        """A wrong one is counted before it is known to be wrong, so that pulling the plug gains no try."""
        kept = self._read()
        if kept is None:
            raise self._fault("is gone", "start the kiosk anew, and choose a PIN")
        wrong, until = self._tries
        now = self._clock()
        wait_s = min(until - now, _wait(wrong))  # a clock that was set back locks nobody out for longer
        if wait_s > 0:
            return PinVerdict(False, wait_s)
        pause = _wait(wrong + 1)
        self._set_tries(wrong + 1, now + pause if pause else 0.0)
        if not kept.fits(pin):
            log.warning("a wrong staff PIN was entered, %d in a row", wrong + 1)
            return PinVerdict(False, pause)
        self._set_tries(0, 0.0)
        return PinVerdict(True)

    # --- the two files ----------------------------------------------------------------------------------------------

    def _read(self) -> _Hash | None:
        try:
            text = self.file.read_text(encoding="ascii")
            mode = self.file.stat().st_mode
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise self._fault(f"cannot be read ({type(error).__name__})", _FORGOTTEN) from None
        if sys.platform != "win32" and mode & 0o077:
            raise self._fault("can be read by others", f"run `chmod 600 {self.file}`, and choose another PIN")
        try:
            found = json.loads(text)
            n, r, p = (int(found[name]) for name in ("n", "r", "p"))
            kept = _Hash(n, r, p, bytes.fromhex(found["salt"]), bytes.fromhex(found["digest"]))
            sound = found["scheme"] == "scrypt" and len(kept.digest) == 32 and len(kept.salt) >= 8
            sound &= n >= HARDNESS["n"] and 128 * n * r * p <= MOST_MEMORY // 2
        except (ValueError, KeyError, TypeError):
            sound = False
        if not sound:
            raise self._fault("is damaged", _FORGOTTEN)
        return kept

    def _read_tries(self) -> tuple[int, float]:
        """(wrong ones in a row, when the next is taken). A damaged file counts as five wrong ones just now."""
        try:
            wrong, until = json.loads(self._tries_file.read_text(encoding="ascii"))
            return max(0, int(wrong)), float(until)
        except FileNotFoundError:
            return 0, 0.0
        except (OSError, ValueError, TypeError):
            log.warning("the count of wrong staff PINs cannot be read: it begins at %d", FREE_TRIES)
            return FREE_TRIES, self._clock() + FIRST_WAIT_S

    def _set_tries(self, wrong: int, until: float) -> None:
        self._tries = wrong, until
        try:
            if wrong:
                self._write(self._tries_file, json.dumps([wrong, until]))
            else:
                self._tries_file.unlink(missing_ok=True)
        except (OSError, Fault) as error:  # in memory it holds; a PIN that is right must open on a full disk too
            log.warning("the count of wrong staff PINs cannot be kept: %s", type(error).__name__)

    def _write(self, file: Path, text: str) -> None:
        """All or nothing, 0600 from the first byte."""
        draft = file.with_name(f"{file.name}.new")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(file)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise self._fault(f"cannot be written: {reason}", "check the folder and the disk") from None

    def _fault(self, what: str, remedy: str) -> Fault:
        return Fault(f"the staff PIN's file {what}", where=str(self.file), remedy=remedy, code=ExitCode.SETTINGS)


_FORGOTTEN = "run `kiosk pin` on a terminal to choose a new PIN, or delete the file and start the kiosk anew"


def _wait(wrong: int) -> float:
    """Seconds after the n-th wrong PIN in a row before another is taken."""
    return 0.0 if wrong < FREE_TRIES else float(min(FIRST_WAIT_S * 2 ** min(wrong - FREE_TRIES, 16), LONGEST_WAIT_S))
