"""Each wrong thing has one clear sentence (what, where, what to do) and its exit code, as a technician meets it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from product import CLIENT_ID, RunningService, kiosk

from kiosk import wire
from kiosk.core.fault import ExitCode

ACCOUNT = {"EXEI_VOICE_CLIENT_ID": "planted-account-4711"}


def failed(printed: str) -> str:
    lines = [line for line in printed.splitlines() if line.startswith("FAIL")]
    assert len(lines) == 1, printed
    return lines[0]


@pytest.fixture
def web_page() -> Iterator[int]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.rig
def test_a_dead_endpoint(site: dict[str, str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = kiosk("doctor", env={**site, **ACCOUNT, "EXEI_VOICE_ENDPOINT": f"ws://127.0.0.1:{port}/planted"})
    assert done.returncode == ExitCode.ENDPOINT_UNREACHABLE
    assert "Nothing listens at the endpoint" in failed(done.stdout)
    assert "planted" not in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.rig
def test_a_web_page_instead_of_a_socket(site: dict[str, str], web_page: int) -> None:
    done = kiosk("doctor", env={**site, **ACCOUNT, "EXEI_VOICE_ENDPOINT": f"ws://127.0.0.1:{web_page}/planted"})
    assert done.returncode == ExitCode.NOT_A_VOICE_SOCKET
    assert "planted" not in done.stdout + done.stderr


@pytest.mark.rig
def test_the_address_of_a_web_page(site: dict[str, str]) -> None:
    done = kiosk("run", "--headless", env={**site, **ACCOUNT, "EXEI_VOICE_ENDPOINT": "http://planted.example/agent"})
    assert done.returncode == ExitCode.CREDENTIALS
    assert "a voice socket begins with wss://" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "planted" not in done.stdout + done.stderr


@pytest.mark.rig
@pytest.mark.models
def test_an_unknown_client_id(site: dict[str, str], service: RunningService) -> None:
    done = kiosk("doctor", env={**site, **ACCOUNT, "EXEI_VOICE_ENDPOINT": service.endpoint})
    assert done.returncode == ExitCode.CREDENTIALS
    assert "Client ID" in failed(done.stdout)
    assert "planted" not in done.stdout + done.stderr


@pytest.mark.rig
@pytest.mark.models
def test_the_right_client_id(site: dict[str, str], service: RunningService) -> None:
    env = {**site, "EXEI_VOICE_ENDPOINT": service.endpoint, "EXEI_VOICE_CLIENT_ID": CLIENT_ID}
    done = kiosk("doctor", "--json", env=env)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.rig
@pytest.mark.models
def test_a_wrong_audio_format(site: dict[str, str], service: RunningService, tmp_path: Path) -> None:
    """The site's dialect sends 8 kHz; the service takes 16."""
    shipped = (Path(wire.__file__).parent / "dialects" / "exei-voice.toml").read_text()
    assert shipped.count("rate = 16000") == 2
    mine = tmp_path / "telephone.toml"
    mine.write_text(shipped.replace("rate = 16000", "rate = 8000").replace("sampleRate = 16000", "sampleRate = 8000"))
    env = {
        **site,
        "EXEI_VOICE_ENDPOINT": service.endpoint,
        "EXEI_VOICE_CLIENT_ID": CLIENT_ID,
        "KIOSK_AGENT__DIALECT": str(mine),
    }
    done = kiosk("doctor", env=env)
    assert done.returncode == ExitCode.AUDIO_FORMAT, done.stdout


@pytest.mark.rig
@pytest.mark.parametrize("part", ["MICROPHONE", pytest.param("LOUDSPEAKER", marks=pytest.mark.slow)])
def test_no_such_device(site: dict[str, str], part: str) -> None:
    env = {**site, **ACCOUNT, "EXEI_VOICE_ENDPOINT": "ws://127.0.0.1:9/", f"KIOSK_SOUND__{part}": "Jabra Speak"}
    done = kiosk("doctor", env=env)  # `kiosk run` goes on without it, and takes it when it comes
    assert done.returncode == ExitCode.NO_DEVICE
    said = next(line for line in done.stdout.splitlines() if line.startswith("FAIL") and part.lower() in line)
    assert "Jabra Speak" in said
    assert "kiosk_mic" in said or "kiosk_speaker" in said


def test_no_credentials_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("XDG_CONFIG_HOME", "CREDENTIALS_DIRECTORY", "EXEI_VOICE_ENDPOINT", "EXEI_VOICE_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    done = kiosk("run", "--headless")
    assert done.returncode == ExitCode.CREDENTIALS
    assert "EXEI_VOICE_ENDPOINT" in done.stderr
    done = kiosk("service")
    assert done.returncode == ExitCode.CREDENTIALS
    assert "EXEI_VOICE_CLIENT_ID" in done.stderr


def test_an_unknown_setting(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text("[sound]\nmicrofone = 'x'\n")
    done = kiosk("run", "--headless", "--site", str(site))
    assert done.returncode == ExitCode.SETTINGS
    assert "did you mean sound.microphone" in done.stderr
    assert "site.toml:2" in done.stderr


def test_unreadable_knowledge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXEI_VOICE_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("KIOSK_SERVICE__KNOWLEDGE", str(tmp_path / "nowhere.md"))
    done = kiosk("service", "--port", "0")
    assert done.returncode == ExitCode.KNOWLEDGE
    assert "nowhere.md" in done.stderr


def test_a_port_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXEI_VOICE_CLIENT_ID", CLIENT_ID)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = kiosk("service", "--port", str(taken.getsockname()[1]))
    assert done.returncode == ExitCode.PORT_TAKEN
    assert "taken by another program" in done.stderr


def test_nonsense_on_the_command_line() -> None:
    done = kiosk("rehears")
    assert done.returncode == ExitCode.USAGE
    assert "rehearse" in done.stderr
