"""The whole audio side on a private PulseAudio: real PortAudio, real streams, a room that records.

Limits are those of a busy machine; `bench_sound.py` beside this file has the figures.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rig_reading
from rig_reading import Loudspeaker, of, play

from kiosk.core.fault import ExitCode
from kiosk.rehearsal import waves
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import SoundServer

pytestmark = pytest.mark.rig


@pytest.fixture
def server() -> Iterator[SoundServer]:
    with SoundServer() as server:
        yield server


def test_an_answer_is_heard_whole_and_told_truly(server: SoundServer, tmp_path: Path) -> None:
    with Room(server, tmp_path) as room:
        told = play(server, "answers", 4)
    speaker = Loudspeaker(room.recordings())
    ended = {line["id"]: line for line in of(told, "ended")}
    for line in of(told, "said"):
        sound = speaker.between(line["fed_at"] - 0.02, line["fed_at"] + 1.0)
        assert ended[line["id"]]["played_ms"] == pytest.approx(600, abs=0.1)
        assert ended[line["id"]]["fate"] == "finished"
        if not line["underruns"]:
            assert sound.audible_ms == pytest.approx(600, abs=2)
            assert sound.longest_hole_ms < 1
        assert ended[line["id"]]["at"] > sound.last - 0.03


def test_an_interruption_is_silence_and_the_heard_position_is_true(server: SoundServer, tmp_path: Path) -> None:
    with Room(server, tmp_path) as room:
        told = play(server, "interrupts", 5)
    speaker = Loudspeaker(room.recordings())
    flushed = of(told, "flushed")
    assert len(flushed) == 5
    late, wrong = [], []
    for line in flushed:
        sound = speaker.between(line["fed_at"] - 0.02, line["at"] + 0.35)
        late.append(sound.last - line["at"])
        wrong.append(abs(line["played_ms"] - sound.audible_ms))
    assert np.median(late) < 0.06  # 80 ms are in the device: without the abort it would be more
    assert max(late) < 0.3
    assert np.median(wrong) < 40
    assert {line["fate"] for line in of(told, "ended")} == {"flushed"}


def test_the_microphone_hears_the_room(server: SoundServer, tmp_path: Path) -> None:
    beep = tmp_path / "beep.wav"
    waves.write(beep, (0.3 * np.sin(2 * np.pi * 1000 * np.arange(4800) / 48000)).astype(np.float32), 48000)
    with Room(server, tmp_path) as room, rig_reading.start(server, "listens") as client:
        assert client.stdout is not None
        assert json.loads(client.stdout.readline())["event"] == "ready"
        beeps = [room.say(beep) for _ in range(2)]
        at = beeps[0].saying.result(10).at
        beeps[1].said.result(10)
        said, _ = client.communicate("", timeout=30)
    frames = [json.loads(line) for line in said.splitlines()]
    times = np.array([frame["captured_at"] for frame in frames])
    first = next(frame for frame in frames if frame["loud"] is not None)
    captured_at = first["captured_at"] - (320 - first["loud"]) / 16000
    assert captured_at == pytest.approx(at, abs=0.1)
    assert (np.diff(times) > 0.015).all()


def test_a_misnamed_device_is_a_fault_that_names_the_others(server: SoundServer) -> None:
    nothing, part = play(server, "misnamed")
    assert nothing["code"] == ExitCode.NO_DEVICE
    assert "kiosk_speaker" in nothing["sentence"]
    assert part["event"] == "opened"


def expect(client: subprocess.Popen[str], *events: str) -> dict[str, Any]:
    """The next line about one of these."""
    assert client.stdout is not None
    for line in client.stdout:
        told: dict[str, Any] = json.loads(line)
        if told["event"] in events:
            return told
    raise AssertionError(f"the client ended without {events}")


def test_the_death_of_the_sound_server_is_told_and_survived(server: SoundServer, tmp_path: Path) -> None:
    with rig_reading.start(server, "loses") as client:
        assert client.stdin is not None
        expect(client, "ready")
        server.kill()
        lost = {expect(client, "lost")["what"] for _ in range(2)}
        assert lost == {"speaker", "microphone"}
        client.stdin.write("again\n")
        client.stdin.flush()
        assert expect(client, "fault")["code"] == ExitCode.NO_DEVICE
        server.restart()
        with Room(server, tmp_path):
            client.stdin.write("again\n")
            client.stdin.flush()
            assert expect(client, "back", "fault") == {"event": "back", "frames": True}
            client.stdin.close()
            assert client.wait(20) == 0
