"""`kiosk doctor --sound` on real streams in a simulated room whose delay, gain, noise and converter are known."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.audio.stimulus import spoken_like
from kiosk.core.fault import ExitCode
from kiosk.rehearsal import waves
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import SoundServer

pytestmark = [pytest.mark.rig, pytest.mark.slow]  # 20 s of sound each

SITE = """
[sound]
microphone = "kiosk_mic"
loudspeaker = "kiosk_speaker"
profile = {profile}
[service]
voice = "test"
"""


@pytest.fixture
def server() -> Iterator[SoundServer]:
    with SoundServer() as server:
        yield server


def examine(server: SoundServer, folder: Path) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """(exit code, findings by name, the profile that was kept). The voice is one that was spoken once already."""
    cache = folder / "cache"
    (cache / "exei-voice-kiosk").mkdir(parents=True, exist_ok=True)
    waves.write(cache / "exei-voice-kiosk" / "doctor-test-en.wav", spoken_like(16000, 7.0), 16000)
    profile = folder / "profiles.json"
    site = folder / "site.toml"
    site.write_text(SITE.format(profile=json.dumps(str(profile))))
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "doctor", "--sound", "--json", "--site", str(site)],
        env={**server.env(), "XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=120,
        check=False,
    )
    findings = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    kept = json.loads(profile.read_text())["profiles"][0] if profile.exists() else {}
    return done.returncode, findings, kept


def test_a_room_is_measured_and_kept(server: SoundServer, tmp_path: Path) -> None:
    with Room(server, tmp_path / "room") as room:
        room.noise(-60)
        room.echo(gain_db=-14, delay_ms=10)
        _, findings, kept = examine(server, tmp_path)
    assert findings["visitor"]["state"] == "skipped"
    assert kept["noise_dbfs"] == pytest.approx(-60, abs=1)
    assert kept["echo_gain_db"] == pytest.approx(-14, abs=1)
    assert kept["clipped"] == 0
    assert kept["erle_steady_db"] > 12  # 30 and more where the machine is quiet: an underrun costs it the path
    assert kept["full_duplex"]
    assert (kept["microphone"], kept["loudspeaker"]) == ("kiosk_mic", "kiosk_speaker")
    assert findings["profile"]["state"] == "ok"


def test_fifty_milliseconds_more_of_air_are_found(server: SoundServer, tmp_path: Path) -> None:
    paths = []
    for delay_ms in (10, 60):
        with Room(server, tmp_path / f"room-{delay_ms}") as room:
            room.noise(-60)
            room.echo(gain_db=-14, delay_ms=delay_ms)
            _, _, kept = examine(server, tmp_path)
        paths.append(kept["path_ms"])
    assert paths[1] - paths[0] == pytest.approx(50, abs=12)  # both streams' stamps wander by some ms from run to run


def test_an_overdriven_microphone_is_told(server: SoundServer, tmp_path: Path) -> None:
    with Room(server, tmp_path / "room") as room:
        room.noise(-70)
        room.echo(gain_db=6, delay_ms=10)
        room.clip(0.25)
        code, findings, kept = examine(server, tmp_path)
    assert code == ExitCode.ROOM
    assert findings["clipping"]["state"] == "fail"
    assert "clips at -12 dBFS" in findings["clipping"]["what"]
    assert "lower its gain" in findings["clipping"]["remedy"]
    assert kept["clipped"] > 0.001


def test_a_headset_hears_no_loudspeaker(server: SoundServer, tmp_path: Path) -> None:
    with Room(server, tmp_path / "room") as room:
        room.noise(-60)
        room.echo(gain_db=None)
        code, findings, kept = examine(server, tmp_path)
    assert code == 0
    assert "headset" in findings["echo"]["sentence"]
    assert kept["echo_dbfs"] is None
    assert kept["full_duplex"]
