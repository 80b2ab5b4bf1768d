"""`kiosk doctor --bundle` on a machine where a visit was held: what is in the file, and what is nowhere in it."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.app.support.bundle import bundle as make
from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.programs import Program, phase_of
from kiosk.service.house.accounts import Role, add_user
from kiosk.service.house.schema import house_of
from kiosk.service.store.schema import conversations_of
from kiosk.service.store.tables import Conversation, Turn, Voice
from kiosk.settings.pin import StaffPin
from kiosk.settings.schema import Service
from kiosk.wire.canonical import Text, Transcript
from tests.bench.agent_peer import AgentPeer, agent_peer

PHRASE = "plumbago vixen quartz"
WORD = "plumbago"
PIN = "274961"
ROTATED = "wss://rotated-host.example/rotated-path"
SECRETS = (
    "planted-client-4711", "planted-unit-client", "planted-host", "planted-chat-key", "planted-hook",
    "planted-argument", "planted-database", "planted-registry", "rotated-host", "rotated-path", "planted-password",
    "planted-token", "planted-query",
)  # fmt: skip
LOGGED_PAST_THE_GATE = (
    f"a library says {ROTATED}?client_id=planted-client-0",
    "GET https://hook.example/x?key=planted-query",
    "Authorization: Bearer planted-token",
    "postgresql+psycopg://kiosk:planted-password@db.example/kept",
    "somebody asked with kiosk_planted-token-of-the-console",
)
SITE = """
[words.en]
place = "Hotel Linden"
guide = "Nora"

[person]
webhook = "https://hooks.example/planted-hook"
command = ["/usr/local/bin/ring", "--key", "planted-argument"]

[service]
keep_days = 30
keep_audio = true

[gateway]
registry = "postgresql://kiosk:planted-registry@db.example/kiosks"
"""


@dataclass(frozen=True)
class Site:
    """A kiosk's account on a machine: its folders, and the environment in which its commands run."""

    root: Path
    env: dict[str, str]

    @property
    def site_file(self) -> Path:
        return self.root / "config" / "exei-voice-kiosk" / "site.toml"

    @property
    def log(self) -> Path:
        return self.root / "log" / "kiosk.log"

    def doctor(self, out: str, **env: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "kiosk", "doctor", "--bundle", out]
        return subprocess.run(command, env={**self.env, **env}, capture_output=True, timeout=120, check=False)


def a_site(root: Path) -> Site:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ}
    folders = {f"XDG_{kind.upper()}_HOME": str(root / kind) for kind in ("config", "cache", "state")}
    unit = root / "unit"
    unit.mkdir(parents=True)
    (unit / "exei-voice-endpoint").write_text("wss://planted-host.invalid/planted-path")
    (unit / "exei-voice-client-id").write_text("planted-unit-client")
    (unit / "chat_key").write_text("planted-chat-key\n")
    site = Site(
        root,
        {
            **kept,
            **folders,
            "HOME": str(root),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "CREDENTIALS_DIRECTORY": str(unit),
            "EXEI_VOICE_CLIENT_ID": "planted-client-4711",
            "KIOSK_SOUND__BACKEND": "wav",
            "KIOSK_JOURNAL__LEVEL": "debug",
            "KIOSK_JOURNAL__FOLDER": str(root / "log"),
            "KIOSK_SERVICE__CONVERSATIONS_DB": f"{root}/state/planted-database.sqlite3",
        },
    )
    site.site_file.parent.mkdir(parents=True)
    site.site_file.write_text(SITE)
    return site


async def holds_a_visit(site: Site) -> None:
    """The real engine, from the command line: a visitor types the word, the agent repeats it, and they part."""
    async with agent_peer() as (peer, endpoint):
        file = site.root / "credentials.toml"
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(f'endpoint = "{endpoint}"\nclient_id = "planted-client-4711"\n')
        words = [sys.executable, "-m", "kiosk", "run", "--headless", "--stdio", "--credentials", str(file)]
        async with Program("engine", words, site.env, site.root) as kiosk:
            await sees(kiosk, "attract")
            await kiosk.order("touch")
            await sees(kiosk, "listening")
            await kiosk.order("text", text=PHRASE)
            await answers(peer)
            told = await kiosk.wait_for(lambda e: e["event"] == "transcript" and e["role"] == "agent", within_s=20)
            assert told is not None
            assert PHRASE in told["text"]
            await kiosk.order("finish")
            await sees(kiosk, "farewell")
            await kiosk.order("quit")
            assert await kiosk.ended(within_s=10) == 0


async def sees(kiosk: Program, phase: str) -> None:
    assert await kiosk.wait_for(lambda e: phase_of(e) == phase, within_s=20), f"never {phase}: {kiosk.events[-5:]}"


async def answers(peer: AgentPeer) -> None:
    asked = (await peer.wait_for(Text, 0, 20.0)).item
    assert isinstance(asked, Text)
    await peer.say(Transcript("user", asked.text, item_id="u1", final=True))
    response = await peer.burst(b"\0\0" * 1600)
    await peer.say(Transcript("agent", f"The {PHRASE}?", item_id="a1", response_id=response, final=True))


def keeps(site: Site) -> None:
    """What a house keeps beside the logs: the agent's conversations with their sound, accounts, PIN, spoken answers."""
    service = Service(
        conversations_db=site.env["KIOSK_SERVICE__CONVERSATIONS_DB"],
        house_db=str(site.root / "state" / "exei-voice-kiosk" / "house" / "house.sqlite3"),
    )
    now = datetime.now(UTC)
    conversations = conversations_of(service)
    conversations.prepare()
    with conversations.session(write=True) as session:
        session.add(
            Conversation(
                id="1", session_id="1", device="d", language="en", recogniser="w", speech="k", answers="k", began_at=now
            )
        )
        session.flush()
        session.add(Turn(conversation_id="1", number=1, item="u1", at=now, how="voice", text=PHRASE, language="en"))
        session.add(Voice(conversation_id="1", number=1, pcm=PHRASE.encode() * 100))
    with house_of(service).session(write=True) as session:
        add_user(session, "anna", Role.ADMIN, "planted-password-of-hers")
    StaffPin(site.root / "state" / "exei-voice-kiosk" / "staff-pin.json").choose(PIN)
    spoken = site.root / "cache" / "exei-voice-kiosk" / "spoken" / f"{WORD}.wav"
    spoken.parent.mkdir(parents=True)
    spoken.write_bytes(PHRASE.encode())
    (site.root / "state" / "exei-voice-kiosk" / "crashes.json").write_text('{"crashes": [{"version": "0.0.9"}]}')


@dataclass(frozen=True)
class Bundle:
    file: Path
    printed: str
    raw: bytes
    members: dict[str, bytes]

    def holds(self, text: str) -> list[str]:
        """In which members, or in the file itself, however it might be written."""
        plain = [text.lower().encode(code) for code in ("utf-8", "utf-16-le", "utf-32-le")]
        plain += [text.encode().hex().encode(), text[::-1].lower().encode()]
        coded = [base64.b64encode(b"\0" * shift + text.encode())[4:-4] for shift in range(3)] if len(text) > 12 else []
        places = {"the file": self.raw, "what was printed": self.printed.encode(), **self.members}
        return [
            where
            for where, data in places.items()
            if any(face in data.lower() for face in plain) or any(face in data for face in coded)
        ]

    def json(self, name: str) -> dict[str, object]:
        return json.loads(self.members[name])  # type: ignore[no-any-return]


def opened(file: Path, printed: bytes) -> Bundle:
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        members = {name: archive.read(name) for name in archive.namelist()}
    return Bundle(file, printed.decode(), file.read_bytes(), members)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = a_site(tmp_path_factory.mktemp("machine"))
    asyncio.run(holds_a_visit(site))
    keeps(site)
    with site.log.open("a") as log:
        log.write("".join(f"2026-01-31 12:00:00,000 INFO    somebody: {line}\n" for line in LOGGED_PAST_THE_GATE))
    return site


@pytest.fixture(scope="module")
def bundle(site: Site) -> Bundle:
    file = site.root / "bundle.zip"
    done = site.doctor(str(file))
    assert done.returncode == 0, done.stderr.decode()
    return opened(file, done.stdout + done.stderr)


@pytest.mark.models
def test_no_visitor_and_no_secret_is_in_it(site: Site, bundle: Bundle) -> None:
    assert bundle.holds("Hotel Linden"), "the house's own words are there, or the search is blind"
    assert b"a library says wss://..." in bundle.members["logs/kiosk.log"], "what was planted in the log is not there"
    assert {word: bundle.holds(word) for word in (PHRASE, WORD, *SECRETS) if bundle.holds(word)} == {}
    kept = json.loads((site.root / "state" / "exei-voice-kiosk" / "staff-pin.json").read_text())
    assert bundle.holds(kept["digest"]) == bundle.holds(kept["salt"]) == []


@pytest.mark.models
def test_what_is_in_it_is_listed_and_what_is_missing_says_why(bundle: Bundle) -> None:
    about = bundle.members["ABOUT.txt"].decode()
    assert about.strip() in bundle.printed.replace("\r", "")
    for name in bundle.members:
        assert name in about or name == "ABOUT.txt"
    missing = [line for line in about.splitlines() if " missing: " in line]
    assert all(line.split(" missing: ")[0].strip() not in bundle.members for line in missing)
    assert any("logs/gateway.log" in line and str(bundle.file.parent / "log") in line for line in missing)


@pytest.mark.models
def test_it_tells_what_somebody_far_away_needs(bundle: Bundle) -> None:
    assert bundle.json("versions.json")["kiosk"]
    assert bundle.json("machine.json")["cores"]
    assert bundle.json("crashes.json") == {"crashes": [{"version": "0.0.9"}]}
    settings = {row["key"]: row["value"] for row in bundle.json("settings.json")["settings"]}  # type: ignore[attr-defined]
    assert settings["service.keep_days"] == 30
    assert settings["person.webhook"] == "(set, and not shown)"
    assert settings["person.command"] == ["/usr/local/bin/ring", "(set, and not shown)"]
    told = bundle.json("checks.json")
    assert told["ended"] == "with code 0"
    states = {check["name"]: check["state"] for check in told["checks"]}  # type: ignore[attr-defined]
    assert states["microphone"] == "fail"
    assert states["disk"] == "ok"
    assert b"credentials from" in bundle.members["logs/kiosk.log"]


@pytest.mark.models
def test_it_is_for_its_owner_and_never_over_another_file(bundle: Bundle) -> None:
    assert stat.S_IMODE(bundle.file.stat().st_mode) == 0o600
    with pytest.raises(Fault, match="already"):
        make(str(bundle.file), site_file=None, credentials_file=None)
    assert bundle.file.read_bytes() == bundle.raw


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be written: No such file") as told:
        make(str(tmp_path / "none" / "bundle.zip"), site_file=None, credentials_file=None)
    assert told.value.code is ExitCode.MACHINE


@pytest.mark.slow
@pytest.mark.models
def test_where_half_of_the_machine_is_broken_the_rest_is_told(site: Site, tmp_path: Path) -> None:
    """Settings that nobody can read, no program of the system, no state folder: to standard output, as root asks."""
    broken = tmp_path / "site.toml"
    broken.write_text("[sound]\nrate_hz = 'many'\n")
    home = tmp_path / "exei-voice-kiosk"
    home.mkdir()
    broken.rename(home / "site.toml")
    file = tmp_path / "bundle.zip"
    done = site.doctor("-", XDG_CONFIG_HOME=str(tmp_path), XDG_STATE_HOME="/proc/no/such", PATH="/nowhere")
    assert done.returncode == 0, done.stderr.decode()
    file.write_bytes(done.stdout)
    found = opened(file, done.stderr)
    about = found.members["ABOUT.txt"].decode()
    assert "site.toml:2" in about
    assert "settings.json" not in found.members
    for name in ("packages.txt", "units.txt", "journal.txt"):
        assert f"{name:<20} missing: the program" in about
    states = {check["name"]: check["state"] for check in found.json("checks.json")["checks"]}  # type: ignore[attr-defined]
    assert states["disk"] == "fail"
    assert states["clock"] == "ok"
    assert WORD not in done.stderr.decode()
    assert found.holds("planted-unit-client") == []
