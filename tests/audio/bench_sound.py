"""Figures of the audio side on the private sound server: `python tests/audio/bench_sound.py [count]`. Prints JSON."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import rig_reading
from rig_reading import Loudspeaker, of, play

from kiosk.rehearsal import waves
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import SoundServer


def figure(values: list[float]) -> dict[str, float]:
    line = np.array(values)
    return {
        "n": len(line),
        "p50": round(float(np.median(line)), 1),
        "p95": round(float(np.percentile(line, 95)), 1),
        "max": round(float(line.max()), 1),
    }


def loudspeaker(server: SoundServer, count: int, out: Path) -> dict[str, Any]:
    with Room(server, out / "interrupts") as room:
        cuts = of(play(server, "interrupts", count), "flushed")
    speaker = Loudspeaker(room.recordings())
    sounds = [speaker.between(cut["fed_at"] - 0.02, cut["at"] + 0.35) for cut in cuts]
    pairs = list(zip(cuts, sounds, strict=True))
    result: dict[str, Any] = {
        "interrupt to silence ms": figure([1000 * (s.last - c["at"]) for c, s in pairs]),
        "heard position error ms": figure([abs(c["played_ms"] - s.audible_ms) for c, s in pairs]),
    }
    with Room(server, out / "ducks") as room:
        ducks = of(play(server, "ducks", count), "ducked")
    speaker = Loudspeaker(room.recordings())
    for level_db in (3, 10):
        result[f"duck ordered to {level_db} dB quieter ms"] = figure(
            [1000 * (speaker.crossing(duck["at"], duck["at"] + 0.24, level_db) - duck["at"]) for duck in ducks]
        )
    with Room(server, out / "answers") as room:
        said = of(play(server, "answers", 2 * count), "said")
    speaker = Loudspeaker(room.recordings())
    for paced, name in ((False, "sent at once"), (True, "sent in real time")):
        result[f"feed to loudspeaker ms, {name}"] = figure(
            [
                1000 * (speaker.between(line["fed_at"] - 0.02, line["fed_at"] + 1.0).first - line["fed_at"])
                for line in said
                if line["paced"] is paced
            ]
        )
    result["underruns"] = said[-1]["underruns"]
    return result


def microphone(server: SoundServer, count: int, out: Path) -> dict[str, Any]:
    beep = out / "beep.wav"
    waves.write(beep, (0.3 * np.sin(2 * np.pi * 1000 * np.arange(4800) / 48000)).astype(np.float32), 48000)
    with Room(server, out / "listens") as room, rig_reading.start(server, "listens") as client:
        assert client.stdout is not None
        client.stdout.readline()
        onsets = []
        for n in range(count):
            time.sleep(0.3 + 0.0037 * n)  # every place in a frame
            onsets.append(room.say(beep).saying.result(10).at)
        time.sleep(0.3)
        told, _ = client.communicate("", timeout=60)
    loud = [frame for line in told.splitlines() if (frame := json.loads(line)).get("loud") is not None]
    first = [next(frame for frame in loud if frame["arrived"] > at - 0.005) for at in onsets]
    pairs = list(zip(onsets, first, strict=True))
    return {
        "onset to frame ms": figure([1000 * (frame["arrived"] - at) for at, frame in pairs]),
        "captured_at error ms": figure(
            [abs(1000 * (frame["captured_at"] - (320 - frame["loud"]) / 16000 - at)) for at, frame in pairs]
        ),
    }


def main(count: int) -> None:
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "sounddevice": version("sounddevice"),
        "load before": os.getloadavg()[0],
    }
    with tempfile.TemporaryDirectory() as folder, SoundServer() as server:
        report |= loudspeaker(server, count, Path(folder))
        report |= microphone(server, count, Path(folder))
        with Room(server, Path(folder) / "costs"):
            costs = play(server, "costs")
    report["percent of a core"] = {line["state"]: line["percent"] for line in of(costs, "cost")}
    report["memory MB"] = of(costs, "memory")[0]["mb"]
    report["load after"] = os.getloadavg()[0]
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
