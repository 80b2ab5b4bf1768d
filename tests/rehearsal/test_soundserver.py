from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.soundserver import LOUDSPEAKER, MICROPHONE, NOTHING, SoundServer


def names(sound: SoundServer, kind: str) -> list[str]:
    return [line.split("\t")[1] for line in sound.pactl("list", "short", kind).splitlines()]


def test_missing_packages_are_named_with_their_apt_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Fault, match=r"apt-get install .*pulseaudio pulseaudio-utils") as caught:
        SoundServer().start()
    assert caught.value.code is ExitCode.MISSING_PACKAGE


@pytest.mark.rig
def test_it_leaves_no_process_and_no_file_behind() -> None:
    with SoundServer() as sound:
        pid, root = sound.pid, sound.root
        assert psutil.pid_exists(pid)
        assert names(sound, "sinks") == [LOUDSPEAKER]
        assert names(sound, "sources") == [NOTHING, f"{LOUDSPEAKER}.monitor", MICROPHONE]
    assert not psutil.pid_exists(pid)
    assert not root.exists()


@pytest.mark.rig
def test_programs_meet_exactly_its_devices(sound: SoundServer) -> None:
    script = "import sounddevice as sd; print([d['name'] for d in sd.query_devices()], sd.default.device[0])"
    told = subprocess.run([sys.executable, "-c", script], env=sound.env(), capture_output=True, text=True, check=True)
    assert told.stdout.strip() == f"['{LOUDSPEAKER}', '{MICROPHONE}', 'default'] 2"


@pytest.mark.rig
def test_its_environment_hides_the_users_sound_setup_and_keeps_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_LATENCY_MSEC", "20")
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    with SoundServer() as sound:
        env = sound.env(EXTRA="1")
        assert "PULSE_LATENCY_MSEC" not in env
        assert env["XDG_CACHE_HOME"] == "/home/somebody/.cache"
        assert env["EXTRA"] == "1"
        for variable in ("HOME", "XDG_CONFIG_HOME", "ALSA_CONFIG_PATH", "PULSE_SERVER"):
            assert str(sound.root) in env[variable]


@pytest.mark.rig
def test_devices_come_and_go(sound: SoundServer) -> None:
    sound.unplug_loudspeaker()
    sound.unplug_microphone()
    assert names(sound, "sinks") == []
    assert not sound.pipe.exists()
    sound.plug_loudspeaker()
    sound.plug_microphone()
    assert names(sound, "sinks") == [LOUDSPEAKER]
    assert sound.pactl("get-default-source") == MICROPHONE


@pytest.mark.rig
def test_a_frozen_server_does_not_answer_until_it_is_thawed(sound: SoundServer) -> None:
    sound.freeze()
    with pytest.raises(Fault, match=r"(?i)no answer"):
        sound.pactl("info", timeout_s=0.3)
    sound.thaw()
    assert "Server Name" in sound.pactl("info")


@pytest.mark.rig
def test_a_frozen_server_can_be_stopped() -> None:
    with SoundServer() as sound:
        pid = sound.pid
        sound.freeze()
    assert not psutil.pid_exists(pid)


@pytest.mark.rig
def test_a_killed_server_comes_back_at_the_same_address(sound: SoundServer) -> None:
    address = sound.env()["PULSE_SERVER"]
    sound.kill()
    with pytest.raises(Fault):
        sound.pactl("info")
    sound.restart()
    assert sound.env()["PULSE_SERVER"] == address
    assert names(sound, "sources") == [NOTHING, f"{LOUDSPEAKER}.monitor", MICROPHONE]


@pytest.mark.rig
def test_it_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from kiosk.rehearsal.soundserver import SoundServer\n"
        "s = SoundServer(); s.start(); print(s.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    assert parent.stdout is not None
    with parent.stdout:
        server = psutil.Process(int(parent.stdout.readline()))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    # Our own child it is not: somebody else reaps it, which may take a while, so a zombie counts as dead.
    psutil.wait_procs([server], timeout=5)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("part", ["microphone", "loudspeaker", "server"])
def test_what_a_visit_unplugs_comes_back(sound: SoundServer, part: str) -> None:
    def devices() -> set[str]:
        told = sound.pactl("list", "short", "sources") + sound.pactl("list", "short", "sinks")
        return {name for name in (MICROPHONE, LOUDSPEAKER) if f"\t{name}\t" in told}

    sound.unplug(part)
    if part != "server":
        assert devices() == {MICROPHONE, LOUDSPEAKER} - {{"microphone": MICROPHONE, "loudspeaker": LOUDSPEAKER}[part]}
    sound.plug(part)
    assert devices() == {MICROPHONE, LOUDSPEAKER}
