"""Puts endpoint and Client ID where `credentials` finds them: 0600 file, systemd's encrypted credentials.

Each place has either the old pair or the new one, whatever happens in between. Nothing is ever passed as an argument
of a program, where every process of the machine could read it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings import places
from kiosk.wire.credentials import UNIT_NAMES, Credentials
from kiosk.wire.key_ring import NAMES

CREDSTORE = Path("/etc/credstore.encrypted")  # where systemd looks for what a unit loads by name alone
ENCRYPT_WITHIN_S = 30.0  # a TPM takes seconds

log = logging.getLogger(__name__)


def put_in_file(path: Path, credentials: Credentials) -> None:
    """At once or not at all, readable by its owner alone. An owner that it has is kept: root may rotate for the kiosk's
    user. Raises `Fault`."""
    path = path.resolve()  # of a link the target is replaced, not the link
    text = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in _values(credentials, NAMES))
    new = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".credentials-")  # mode 0600
        new = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if sys.platform != "win32":
            owner = (path if path.exists() else path.parent).stat()
            if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
                with suppress(PermissionError):  # a group that is not ours: the file is ours all the same
                    os.chown(new, owner.st_uid, owner.st_gid)
        new.replace(path)
        _settle(path.parent)
    except OSError as error:
        if new is not None:
            new.unlink(missing_ok=True)
        raise Fault(
            f"it cannot be written: {error.strerror}",
            where="the credentials file",
            remedy="check the owner of its folder and the space on the disk; the old ones are unchanged",
            code=ExitCode.CREDENTIALS,
        ) from None


def put_in_credstore(credentials: Credentials, folder: Path = CREDSTORE) -> str:
    """Encrypted with this machine's key by `systemd-creds`, as root. Returns the lines for the unit. Raises `Fault`."""
    program = shutil.which("systemd-creds")
    if program is None:
        raise Fault(
            "this machine has no systemd-creds",
            where="systemd credentials",
            remedy="use systemd 250 or newer, or --to file",
            code=ExitCode.CREDENTIALS,
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _aside(folder) as aside:
            values = dict(_values(credentials, UNIT_NAMES))
            for name, value in values.items():
                subprocess.run(
                    [program, "encrypt", f"--name={name}", "-", str(aside / name)],
                    input=value.encode(),
                    env=places.for_children(os.environ),
                    capture_output=True,
                    timeout=ENCRYPT_WITHIN_S,
                    check=True,
                )
            for name in UNIT_NAMES:
                if name in values:
                    (aside / name).replace(folder / name)
                else:
                    (folder / name).unlink(missing_ok=True)
            _settle(folder)
    except (OSError, subprocess.SubprocessError) as error:  # its output may name what it was given
        raise Fault(
            f"they could not be encrypted ({type(error).__name__})",
            where=f"systemd-creds, {folder}",
            remedy="run it as root; the old ones are unchanged",
            code=ExitCode.CREDENTIALS,
        ) from None
    return "\n".join(f"LoadCredentialEncrypted={name}:{folder / name}" for name in values)


def in_credstore(folder: Path = CREDSTORE) -> bool:
    """Whether encrypted ones lie there for a unit. Only the unit itself can read them."""
    with suppress(OSError):
        return any((folder / name).exists() for name in UNIT_NAMES)
    return False


def fingerprint(client_id: str, key_file: Path | None = None) -> str:
    """Eight digits by which this machine tells one Client ID from another; empty where it can keep no key.

    Keyed with 32 random bytes that never leave the machine: of a plain hash anybody could try all short or numbered
    IDs, and support tickets hold what `kiosk secrets source` prints.
    """
    file = key_file or places.state() / "fingerprint.key"
    try:
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as opened:
                opened.write(secrets.token_bytes(32))
        key = file.read_bytes()
    except OSError as error:
        log.debug("no key for fingerprints: %s", type(error).__name__)
        return ""
    return hmac.new(key, client_id.encode(), hashlib.sha256).hexdigest()[:8] if len(key) >= 32 else ""


def _values(credentials: Credentials, names: Sequence[str]) -> list[tuple[str, str]]:
    """Those that are not empty, each with its name in that place."""
    values = (credentials.endpoint, credentials.client_id, credentials.device_key)
    return [(name, value) for name, value in zip(names, values, strict=True) if value]


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".exei-voice-") as name:
        yield Path(name)


def _settle(folder: Path) -> None:
    """So that a power cut does not bring the old name back."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
