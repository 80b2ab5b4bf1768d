"""Where credentials are put: what is written, with which rights, and what is left when it cannot be."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringLocked, PasswordSetError
from memory_keyring import MemoryKeyring

from kiosk.core.fault import Fault
from kiosk.wire import key_ring
from kiosk.wire import safekeeping as keep
from kiosk.wire.credentials import Credentials, find_credentials
from kiosk.wire.key_ring import SERVICE

OLD = Credentials("wss://planted-old.example/voice", "planted-old-4711")
NEW = Credentials("wss://planted-new.example/voice", 'planted "new" \\ 4711 ünïcode 🗝')


@pytest.fixture(autouse=True)
def ring():
    before = keyring.get_keyring()
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def put_in_key_ring(credentials: Credentials) -> None:
    key_ring.write(credentials.endpoint, credentials.client_id)


def in_ring(ring: MemoryKeyring) -> tuple[str | None, str | None]:
    return ring.get_password(SERVICE, "endpoint"), ring.get_password(SERVICE, "client_id")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_exchanged_as_a_whole_and_nobody_else_reads_it(tmp_path: Path):
    file = tmp_path / "mine" / "credentials.toml"
    keep.put_in_file(file, OLD)
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)
    first = file.stat().st_ino
    with file.open() as reader:  # whoever has it open has all of the old
        keep.put_in_file(file, NEW)
        assert "planted-old-4711" in reader.read()
    found = find_credentials(file)
    assert (found.endpoint, found.client_id) == (NEW.endpoint, NEW.client_id)
    assert file.stat().st_ino != first
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_a_link_stays_one(tmp_path: Path):
    link, file = tmp_path / "link.toml", tmp_path / "credentials.toml"
    keep.put_in_file(file, OLD)
    link.symlink_to(file)
    keep.put_in_file(link, NEW)
    assert link.is_symlink()
    assert find_credentials(file).client_id == NEW.client_id


def test_a_file_that_cannot_be_written_is_left_as_it_was(tmp_path: Path):
    (tmp_path / "in the way").write_text("a file where a folder should be")
    with pytest.raises(Fault, match="the old ones are unchanged") as refused:
        keep.put_in_file(tmp_path / "in the way" / "credentials.toml", NEW)
    assert "planted" not in refused.value.sentence


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a file away")
def test_root_rotates_for_the_user_of_the_kiosk(tmp_path: Path):
    file = tmp_path / "credentials.toml"
    keep.put_in_file(file, OLD)
    os.chown(file, 4711, 4712)
    keep.put_in_file(file, NEW)
    assert (file.stat().st_uid, file.stat().st_gid, mode(file)) == (4711, 4712, 0o600)


def test_a_key_ring_has_both_and_writes_only_what_changed(ring: MemoryKeyring):
    put_in_key_ring(OLD)
    assert in_ring(ring) == (OLD.endpoint, OLD.client_id)
    written: list[str] = []
    write = ring.set_password
    ring.set_password = lambda *words: (written.append(words[1]), write(*words))  # type: ignore[method-assign]
    put_in_key_ring(Credentials(OLD.endpoint, "planted-next"))
    assert written == ["client_id"]


class Lies(MemoryKeyring):
    """Takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Breaks(MemoryKeyring):
    """Fails at the second of two, once."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.error is not None and username == "client_id" and self.values:
            error, self.error = self.error, None
            raise error
        super().set_password(service, username, password)


class PlaintextKeyring(MemoryKeyring):
    """Named as the one that keeps everything in plain text is."""


class Unloved(MemoryKeyring):
    priority = 0.5  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (NoKeyring, "this machine has no key ring"),
        (NullKeyring, "forgets everything"),
        (PlaintextKeyring, "in plain text"),
        (Unloved, "does not recommend"),
        (Lies, "does not keep them"),
    ],
)
def test_a_key_ring_that_is_none(made: type[KeyringBackend], why: str):
    keyring.set_keyring(made())
    with pytest.raises(key_ring.NoKeyRing, match=why) as refused:
        put_in_key_ring(NEW)
    assert "planted" not in str(refused.value)


def test_of_several_at_once_the_first_decides(monkeypatch: pytest.MonkeyPatch):
    class Chain(ChainerBackend):
        backends = ()

    keyring.set_keyring(Chain())
    with pytest.raises(key_ring.NoKeyRing, match="no key ring"):
        put_in_key_ring(NEW)
    ring = MemoryKeyring()
    monkeypatch.setattr(Chain, "backends", (ring, MemoryKeyring()))
    put_in_key_ring(NEW)
    assert in_ring(ring) == (NEW.endpoint, NEW.client_id)


@pytest.mark.parametrize("error", [PasswordSetError("planted"), KeyringLocked("planted"), ValueError("planted")])
def test_a_key_ring_that_fails_half_way_has_the_old_ones(error: Exception):
    ring = Breaks(error)
    ring.values = {(SERVICE, "endpoint"): OLD.endpoint, (SERVICE, "client_id"): OLD.client_id}
    keyring.set_keyring(ring)
    with pytest.raises(key_ring.NoKeyRing) as refused:
        put_in_key_ring(NEW)
    assert in_ring(ring) == (OLD.endpoint, OLD.client_id)
    assert "planted" not in str(refused.value)


def test_without_systemd_creds_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Fault, match="no systemd-creds"):
        keep.put_in_credstore(NEW, tmp_path / "store")


needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-creds") is None or not os.access("/var/lib/systemd/credential.secret", os.R_OK),
    reason="no systemd-creds, or no key of this machine that we may use (`systemd-creds setup` as root makes one)",
)


@needs_systemd
def test_systemd_gives_back_what_was_encrypted(tmp_path: Path):
    lines = keep.put_in_credstore(OLD, tmp_path / "store")
    lines = keep.put_in_credstore(NEW, tmp_path / "store")
    assert keep.in_credstore(tmp_path / "store")
    for name, value, line in zip(keep.UNIT_NAMES, (NEW.endpoint, NEW.client_id), lines.splitlines(), strict=True):
        file = tmp_path / "store" / name
        assert line == f"LoadCredentialEncrypted={name}:{file}"
        assert b"planted" not in file.read_bytes()
        opened = subprocess.run(["systemd-creds", "decrypt", file, "-"], capture_output=True, check=True)
        assert opened.stdout.decode() == value
    assert len(list((tmp_path / "store").iterdir())) == 2


def test_what_systemd_cannot_encrypt_is_said_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    refuses = tmp_path / "systemd-creds"
    refuses.write_text("#!/bin/sh\ncat >&2\nexit 1\n")  # in its complaint it repeats what it was given
    refuses.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Fault, match="could not be encrypted") as refused:
        keep.put_in_credstore(NEW, tmp_path / "store")
    assert "planted" not in refused.value.sentence
    assert not list((tmp_path / "store").iterdir())


def test_a_fingerprint_tells_apart_on_one_machine_and_nothing_elsewhere(tmp_path: Path):
    here, there = tmp_path / "here" / "key", tmp_path / "there" / "key"
    mark = keep.fingerprint("0001", here)
    assert len(mark) == 8
    assert int(mark, 16) >= 0
    assert keep.fingerprint("0001", here) == mark != keep.fingerprint("0002", here)
    assert keep.fingerprint("0001", there) != mark
    assert mode(here) == 0o600
    (tmp_path / "file").write_text("")
    assert keep.fingerprint("0001", tmp_path / "file" / "key") == ""
