"""A kiosk's own key in the places of endpoint and Client ID: kept, found, taken away again, and never shown."""

from __future__ import annotations

import stat
from pathlib import Path

import keyring
import pytest
from memory_keyring import MemoryKeyring

from kiosk.core.fault import Fault
from kiosk.wire import key_ring
from kiosk.wire import safekeeping as keep
from kiosk.wire.credentials import SYSTEMD, Credentials, find_credentials, places
from kiosk.wire.proof import Claim, host_of, new_key, new_nonce, public_of

KEY = new_key()
ENROLLED = Credentials("wss://planted-gateway.example", "lobby-1", "here", KEY)


@pytest.fixture(autouse=True)
def ring():
    before = keyring.get_keyring()
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "credentials.toml"
    keep.put_in_file(file, ENROLLED)
    found = find_credentials(file)
    assert (found.endpoint, found.client_id, found.device_key) == (ENROLLED.endpoint, "lobby-1", KEY)
    assert found.enrolled
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keep.put_in_file(file, Credentials("wss://planted.example", "planted"))
    assert not find_credentials(file).enrolled
    assert KEY not in file.read_text()


def test_in_the_key_ring_and_out_of_it(ring: MemoryKeyring) -> None:
    key_ring.write(ENROLLED.endpoint, ENROLLED.client_id, KEY)
    assert find_credentials(environ={"HOME": "/nonexistent"}).device_key == KEY
    key_ring.write("wss://planted.example", "planted")
    assert not find_credentials(environ={"HOME": "/nonexistent"}).enrolled
    assert len(ring.values) == 2


def test_of_a_unit(tmp_path: Path) -> None:
    for name, value in (("endpoint", ENROLLED.endpoint), ("client-id", "lobby-1"), ("device-key", KEY)):
        (tmp_path / f"exei-voice-{name}").write_text(value + "\n")
    look = places({"CREDENTIALS_DIRECTORY": str(tmp_path)})[SYSTEMD]
    found = look()
    assert found is not None
    assert found.device_key == KEY


def test_a_damaged_one_is_said_so_and_no_client_id_is_sent_instead(tmp_path: Path) -> None:
    file = tmp_path / "credentials.toml"
    keep.put_in_file(file, Credentials(ENROLLED.endpoint, "lobby-1", "here", KEY[:-4]))
    with pytest.raises(Fault, match="device key is damaged") as wrong:
        find_credentials(file)
    assert KEY[:-4] not in wrong.value.sentence


def test_nothing_shows_it_and_the_kiosks_name_is_no_secret() -> None:
    assert KEY not in repr(ENROLLED)
    assert KEY in ENROLLED.faces
    assert "lobby-1" not in ENROLLED.faces


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("wss://voice.example", "voice.example"),
        ("wss://Voice.Example:443/kiosks", "voice.example"),
        ("wss://voice.example:8443/", "voice.example:8443"),
        ("ws://127.0.0.1:8770", "127.0.0.1:8770"),
        ("ws://[::1]:80", "[::1]"),
    ],
)
def test_a_gateways_name_in_what_is_signed(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_proof_is_for_one_purpose_host_device_and_challenge() -> None:
    claim = Claim("converse", "a.example", "lobby-1", new_nonce())
    signature = claim.signed(KEY)
    assert claim.proven(public_of(KEY), signature)
    assert not claim.proven(public_of(new_key()), signature)
    assert not claim.proven("no key", signature)
    assert not claim.proven(public_of(KEY), "no signature")
    for other in (
        Claim("enrol", "a.example", "lobby-1", claim.nonce),
        Claim("converse", "b.example", "lobby-1", claim.nonce),
        Claim("converse", "a.example", "lobby-2", claim.nonce),
        Claim("converse", "a.example", "lobby-1", new_nonce()),
        Claim('converse", "a.example', "", "lobby-1", claim.nonce),
    ):
        assert not other.proven(public_of(KEY), signature)
