"""Where credentials come from, in which order, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from memory_keyring import MemoryKeyring

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire.credentials import Credentials, find_credentials
from kiosk.wire.key_ring import SERVICE

ENDPOINT, CLIENT_ID = "wss://planted.example/voice", "planted-4711"


@pytest.fixture(autouse=True)
def no_keyring():
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


def write(file: Path, text: str | None = None, mode: int = 0o600) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'endpoint = "{ENDPOINT}"\nclient_id = "{CLIENT_ID}"\n' if text is None else text)
    file.chmod(mode)
    return file


def default_file(environ: dict[str, str]) -> Path:
    return Path(environ["HOME"]) / ".config" / SERVICE / "credentials.toml"


def in_environment(environ: dict[str, str]) -> None:
    environ.update(EXEI_VOICE_ENDPOINT=f"{ENDPOINT}/env", EXEI_VOICE_CLIENT_ID=CLIENT_ID)


def test_the_places_in_their_order(environ: dict[str, str], tmp_path: Path):
    in_environment(environ)
    assert find_credentials(environ=environ) == Credentials(f"{ENDPOINT}/env", CLIENT_ID, "the environment")
    write(default_file(environ))
    assert find_credentials(environ=environ).source == "the user's credentials file"
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    assert find_credentials(environ=environ).source == "the user's credentials file"
    ring.set_password(SERVICE, "endpoint", ENDPOINT)
    ring.set_password(SERVICE, "client_id", CLIENT_ID)
    assert find_credentials(environ=environ) == Credentials(ENDPOINT, CLIENT_ID, "key ring")
    environ["CREDENTIALS_DIRECTORY"] = str(tmp_path / "systemd")
    write(tmp_path / "systemd" / "exei-voice-endpoint", ENDPOINT + "\n")
    write(tmp_path / "systemd" / "exei-voice-client-id", CLIENT_ID + "\n")
    assert find_credentials(environ=environ) == Credentials(ENDPOINT, CLIENT_ID, "systemd credentials")


def test_a_file_that_was_named_is_the_only_place(environ: dict[str, str], tmp_path: Path):
    in_environment(environ)
    assert find_credentials(write(tmp_path / "mine.toml"), environ).endpoint == ENDPOINT
    with pytest.raises(Fault, match="no such file"):
        find_credentials(tmp_path / "other.toml", environ)


def refusal(file: Path | None, environ: dict[str, str]) -> str:
    with pytest.raises(Fault) as refused:
        find_credentials(file, environ)
    assert refused.value.code is ExitCode.CREDENTIALS
    assert "planted" not in refused.value.sentence
    return refused.value.sentence


def test_nothing_anywhere_says_what_to_do(environ: dict[str, str]):
    assert "Voice API page" in refusal(None, environ)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_may_read_is_refused(environ: dict[str, str], tmp_path: Path, mode: int):
    assert f"mode {mode:04o}" in refusal(write(tmp_path / "mine.toml", mode=mode), environ)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("endpoint = planted", "not TOML"),
        ('endpoint = "wss://planted.example"', "no Client ID"),
        ('client_id = "planted"', "no endpoint"),
        ('endpoint = "wss://planted.example"\nclient_id = 7', "something else"),
        ('endpoint = "wss://planted.example"\nclientid = "planted"', "something else"),
        ('endpoint = "http://planted.example"\nclient_id = "planted"', "web page"),
        ('endpoint = "ws://planted.example"\nclient_id = "planted"', "unencrypted"),
        ("", "no credentials"),
    ],
)
def test_a_wrong_file_is_refused_without_its_content(environ: dict[str, str], tmp_path: Path, text: str, reason: str):
    write(default_file(environ), text)
    assert reason in refusal(None, environ)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"])
def test_this_machine_may_be_reached_without_tls(environ: dict[str, str], host: str):
    environ.update(EXEI_VOICE_ENDPOINT=f"ws://{host}:8770/voice", EXEI_VOICE_CLIENT_ID="demo")
    assert find_credentials(environ=environ).client_id == "demo"


def test_half_a_pair_does_not_hide_the_mistake(environ: dict[str, str]):
    environ["EXEI_VOICE_ENDPOINT"] = ENDPOINT
    assert "no Client ID (the environment)" in refusal(None, environ)


def test_neither_is_shown(environ: dict[str, str], caplog: pytest.LogCaptureFixture):
    caplog.set_level(0)
    in_environment(environ)
    found = find_credentials(environ=environ)
    assert "planted" not in repr(found) + str(found) + caplog.text
    assert "the environment" in caplog.text


def test_a_headless_machine_without_a_key_ring_makes_no_noise(tmp_path: Path):
    """In a process of its own: how the library finds its backend is a part of what is tested."""
    code = "from kiosk.wire.credentials import find_credentials as f; print(f().source)"
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "EXEI_VOICE_ENDPOINT": ENDPOINT,
               "EXEI_VOICE_CLIENT_ID": CLIENT_ID}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("the environment\n", "")


class BrokenKeyring(MemoryKeyring):
    """Lets through what its own library raises."""

    def get_password(self, service: str, username: str) -> str | None:
        raise ZeroDivisionError


def test_a_key_ring_whose_back_end_fails_does_not_keep_the_kiosk_from_the_next_place(
    environ: dict[str, str], caplog: pytest.LogCaptureFixture
):
    keyring.set_keyring(BrokenKeyring())
    in_environment(environ)
    assert find_credentials(environ=environ).source == "the environment"
    assert "ZeroDivisionError" in caplog.text
