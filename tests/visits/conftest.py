"""A rehearsed visit and a running service, each made once and looked at by many tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from product import CLIENT_ID, Rehearsed, RunningService, kiosk
from stage import Stage, spoken

from kiosk.rehearsal.children import tethered
from kiosk.rehearsal.display import Display
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import LOUDSPEAKER, MICROPHONE, SoundServer
from kiosk.rehearsal.xserver import XORG_PACKAGES, find_xorg

HERE = Path(__file__).parent
LINES = [
    "How much is a ticket for a child?",
    "What are your opening hours?",
    "One moment please",
    "Thank you, goodbye.",
]
APT_DISPLAY = " ".join(("apt-get install", *XORG_PACKAGES, "matchbox-window-manager x11-apps"))
HAS_DISPLAY = find_xorg() is not None and all(shutil.which(name) for name in ("matchbox-window-manager", "xwd"))
HAS_SOUND = all(shutil.which(program) for program in ("pulseaudio", "pactl", "parec"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "stage" in getattr(item, "fixturenames", ()) and not HAS_DISPLAY:
            item.add_marker(pytest.mark.skip(reason=APT_DISPLAY))
        if item.get_closest_marker("rig") and not HAS_SOUND:
            item.add_marker(pytest.mark.skip(reason="apt-get install pulseaudio pulseaudio-utils libasound2-plugins"))


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    """`kiosk rehearse` of two visitors: minutes of real time, once."""
    folder = tmp_path_factory.mktemp("rehearsed")
    env = {**os.environ, "KIOSK_SERVICE__TTS": "kokoro"}
    done = kiosk("rehearse", "--out", str(folder), "--visit", str(HERE / "first_voice.toml"), env=env, timeout=400)
    report = json.loads((folder / "report.json").read_text())
    lines = (folder / "kiosk.events.jsonl").read_text().splitlines()
    return Rehearsed(folder, done.returncode, done.stdout + done.stderr, report, [json.loads(line) for line in lines])


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """The real local Voice API, with its models."""
    log = tmp_path_factory.mktemp("service") / "service.log"
    house_db = log.with_name("house.sqlite3")
    env = {
        **os.environ,
        "EXEI_VOICE_CLIENT_ID": CLIENT_ID,
        "KIOSK_SERVICE__TTS": "kokoro",
        "KIOSK_SERVICE__CONVERSATIONS": "2",
        "KIOSK_SERVICE__CONVERSATIONS_DB": str(log.with_name("conversations.sqlite3")),
        "KIOSK_SERVICE__HOUSE_DB": str(house_db),
        "KIOSK_CONSOLE__PORT": "0",
        "KIOSK_JOURNAL__LEVEL": "debug",
    }
    with log.open("w") as errors:
        command = tethered([sys.executable, "-m", "kiosk", "service", "--port", "0"])
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, log.read_text()
            ready = json.loads(line)
            endpoint = f"ws://127.0.0.1:{ready['port']}{ready['path']}"
            yield RunningService(endpoint, ready["port"], log, ready["console"], house_db)
        finally:
            process.terminate()
            process.wait(15)
            if process.stdout is not None:
                process.stdout.close()


@pytest.fixture(scope="session")
def sound() -> Iterator[SoundServer]:
    with SoundServer() as server:
        yield server


@pytest.fixture(scope="session")
def room(sound: SoundServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Without an echo, and never dead silent: no room is."""
    with Room(sound, tmp_path_factory.mktemp("room")) as room:
        room.noise(-60.0)  # a room without any is a muted microphone
        yield room


@pytest.fixture
def site(sound: SoundServer, room: Room) -> dict[str, str]:
    """The environment of a machine with a microphone and a loudspeaker, and no other credentials."""
    env = sound.env(KIOSK_SOUND__MICROPHONE=MICROPHONE, KIOSK_SOUND__LOUDSPEAKER=LOUDSPEAKER)
    return {**env, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


@pytest.fixture(scope="session")
def stage(sound: SoundServer, room: Room) -> Iterator[Stage]:
    """An upright display with touch, beside the sound: one for all tests, which put their kiosks on it in turn."""
    with Display(1080, 1920) as display:
        yield Stage(display, sound, room, spoken(LINES))
