"""The simulated room, a process of its own: microphone = response * loudspeaker + visitor + noise, sample by sample.

Sample n of the microphone belongs to sample n of the loudspeaker's monitor; with a path of d samples the echo stands
exactly d samples later. Runs in blocks of 10 ms, paced by the loudspeaker. `kiosk.rehearsal.roomlink.Room` is its other
end; by hand: `python -m kiosk.rehearsal.room '{"pipe": ..., "monitor": ..., "rate": 48000, "out": ...}'`.

Orders come as JSON lines on standard input (its end ends the room): `say` {id, file, gain_db, against_echo_db}, `hush`,
`echo` {gain_db, delay_ms} or {gain_db, delay_ms, rt60_s} or {rir: file.npy} or {} for none, `noise` {dbfs}, `babble`
{file, gain_db} or {} for none, `drive` {db} of the loudspeaker into its limit or {} for none, `clip` {level}, `mute`
{muted}, `loudspeaker` {plugged}, `mark` {id}, `quit`. Answers go to standard output as JSON lines: `ready`, `saying`
and `said` {id, first_frame, last_frame, at, gain_db}, `mark` {id, frame, at}, `lost` and `found` {what}, `refused`
{do, why}, `done`. Times are `time.monotonic()`.

Writes microphone.wav, loudspeaker.wav and room.json (both timelines, and the stretches of the
microphone that nobody took) to `out`.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import subprocess
import sys
import threading
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.core.fault import Fault
from kiosk.rehearsal import waves
from kiosk.rehearsal.acoustics import Samples, amplitude, shoebox, single_path
from kiosk.rehearsal.children import end, punctual, tethered
from kiosk.rehearsal.frameclock import FrameClock
from kiosk.rehearsal.microphone import MicrophonePipe
from kiosk.rehearsal.mixture import BLOCKS_PER_S, Line, Mixture

_FIRST_IN_BURST_S = 0.001  # a read that waited this long met the start of a rendered block
_AGAIN_S = 0.25  # between tries to find an unplugged device


class Outbox(threading.Thread):
    """Writes recordings and answers, so that the sound thread never waits for a disk or a reader."""

    def __init__(self, out: Path, rate: int) -> None:
        super().__init__(name="outbox", daemon=True)
        self._queue: queue.SimpleQueue[dict[str, Any] | tuple[bytes, bytes] | None] = queue.SimpleQueue()
        self._files = [self._open(out / name, rate) for name in ("microphone.wav", "loudspeaker.wav")]

    @staticmethod
    def _open(path: Path, rate: int) -> wave.Wave_write:
        file = wave.open(str(path), "wb")  # noqa: SIM115 (closed in `run`)
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        return file

    def tell(self, event: str, **fields: Any) -> None:
        self._queue.put({"event": event, "t": time.monotonic(), **fields})

    def record(self, microphone: bytes, loudspeaker: bytes) -> None:
        self._queue.put((microphone, loudspeaker))

    def finish(self) -> None:
        self._queue.put(None)
        self.join()

    def run(self) -> None:
        while (item := self._queue.get()) is not None:
            if isinstance(item, dict):
                with contextlib.suppress(BrokenPipeError):  # nobody reads any more; the end of stdin ends us
                    sys.stdout.write(json.dumps(item) + "\n")
                    sys.stdout.flush()
            else:
                for file, block in zip(self._files, item, strict=True):
                    file.writeframesraw(block)
        for file in self._files:
            file.close()


class Room:
    """The sound thread (the process's main thread): reads the monitor, mixes, feeds the microphone."""

    def __init__(self, *, pipe: Path, monitor: str, rate: int, out: Path) -> None:
        self.mixture = Mixture(rate)
        self.outbox = Outbox(out, rate)
        self.plugged = True
        self.running = True
        self.frame = 0  # next sample of both streams
        self._monitor, self._rate, self._out = monitor, rate, out
        self._microphone = MicrophonePipe(
            pipe, lambda change: self.outbox.tell(change, what="microphone", frame=self.frame)
        )
        self._heard = FrameClock(rate)
        self._captured = FrameClock(rate, percentile=50.0)
        self._far: subprocess.Popen[bytes] | None = None
        self._bytes = bytearray()
        self._retry_at = 0.0

    def run(self) -> None:
        self.outbox.start()
        block_bytes = self.mixture.block * 4
        try:
            while self.running:
                self._read()
                while len(self._bytes) >= block_bytes and self.running:
                    far = np.frombuffer(bytes(self._bytes[:block_bytes]), np.float32)
                    del self._bytes[:block_bytes]
                    self._turn(far)
        finally:
            if self._far is not None:
                end(self._far)
            sidecar = {
                "rate": self._rate,
                "frames": self.frame,
                "loudspeaker": self._heard.reading().as_json(),
                "microphone": self._captured.reading().as_json(),
                "arrival_spread_ms": round(self._heard.spread_ms(), 2),
                "dropped": self._microphone.dropped,
            }
            (self._out / "room.json").write_text(json.dumps(sidecar, indent=1) + "\n")
            self.outbox.tell("done", frames=self.frame)
            self.outbox.finish()

    def at(self, frame: int) -> float | None:
        """When the loudspeaker sounds this sample, as known so far."""
        timeline = self._heard.reading()
        return timeline.at(frame) if timeline.segments else None

    def plug(self, plugged: bool) -> None:
        """Whether there is a loudspeaker to listen to. One that is back is heard at once. Control thread."""
        self._retry_at = 0.0
        self.plugged = plugged

    def _turn(self, far: Samples) -> None:
        near, told = self.mixture.step(far, self.frame)
        pcm = waves.pcm16(near)
        self._microphone.write(pcm, self.frame)
        written = time.monotonic()
        self.frame += self.mixture.block
        # A real microphone hands over a block when its last sample is in.
        self._captured.observe(self.frame, written)
        self.outbox.record(pcm, waves.pcm16(far))
        for event, line in told:
            if event == "saying":
                line.at = written - (self.frame - line.first_frame) / self._rate
            self.outbox.tell(
                event,
                id=line.id,
                first_frame=line.first_frame,
                last_frame=line.first_frame + (len(line.samples) if event == "saying" else line.spoken) - 1,
                at=line.at,
                gain_db=round(line.gain_db, 2),
            )

    def _read(self) -> None:
        """Adds what the loudspeaker rendered to `_bytes`; silence at the clock's pace while there is no loudspeaker."""
        if self._far is None:
            if self.plugged and time.monotonic() >= self._retry_at:
                self._far = self._listen()
            else:
                time.sleep(1 / BLOCKS_PER_S)
                self._bytes += bytes(self.mixture.block * 4)
                return
        assert self._far.stdout is not None
        before = time.monotonic()
        got = os.read(self._far.stdout.fileno(), 65536)
        after = time.monotonic()
        if not got or not self.plugged:
            end(self._far)
            self._far = None
            self._retry_at = after + _AGAIN_S
            self._bytes += bytes(-len(self._bytes) % (self.mixture.block * 4))
            if self._heard.segments():
                self.outbox.tell("lost", what="loudspeaker", frame=self.frame)
            return
        if after - before > _FIRST_IN_BURST_S:
            self._heard.observe(self.frame + len(self._bytes) // 4, after)
        self._bytes += got

    def _listen(self) -> subprocess.Popen[bytes]:
        if self._heard.segments():
            self._heard.interrupt(self.frame)
            self._captured.interrupt(self.frame)
        command = ["parec", f"--device={self._monitor}", "--format=float32le", "--channels=1"]
        command += [f"--rate={self._rate}", "--latency-msec=10", "--raw", "--client-name=room"]
        return subprocess.Popen(tethered(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)


def obey(room: Room, order: dict[str, Any]) -> None:
    """Carries out one order; control thread. Raises KeyError, TypeError, ValueError, OSError or Fault on nonsense."""
    mixture = room.mixture
    match order["do"]:
        case "say":
            samples, rate = waves.read(Path(order["file"]))
            if rate != mixture.rate:
                raise ValueError(f"the file has {rate} Hz, the room {mixture.rate} Hz")
            if len(samples):
                said = samples * amplitude(order.get("gain_db", 0.0))
                mixture.lines.append(Line(str(order["id"]), said, order.get("against_echo_db")))
        case "hush":
            mixture.hushed = True
        case "echo":
            mixture.path.load(_response(order, mixture.rate))
        case "noise":
            mixture.noise = 0.0 if order.get("dbfs") is None else amplitude(order["dbfs"])
        case "babble":
            mixture.babble = None
            if order.get("file") is not None:
                mixture.babble = waves.read(Path(order["file"]))[0] * amplitude(order["gain_db"])
        case "drive":
            mixture.drive = 0.0 if order.get("db") is None else amplitude(order["db"])
        case "clip":
            mixture.clip = float(order["level"])
        case "mute":
            mixture.muted = bool(order["muted"])
        case "loudspeaker":
            room.plug(bool(order["plugged"]))
        case "mark":
            room.outbox.tell("mark", id=order.get("id"), frame=room.frame, at=room.at(room.frame))
        case "quit":
            room.running = False
        case unknown:
            raise ValueError(f"no order is called {unknown!r}")


def _response(order: dict[str, Any], rate: int) -> Samples | None:
    if "rir" in order:
        loaded: Samples = np.load(order["rir"], allow_pickle=False).astype(np.float32)
        return loaded
    if order.get("gain_db") is None:
        return None
    if "rt60_s" in order:
        return shoebox(rate, gain_db=order["gain_db"], delay_ms=order.get("delay_ms", 0.0), rt60_s=order["rt60_s"])
    return single_path(rate, gain_db=order["gain_db"], delay_ms=order.get("delay_ms", 0.0))


def _control(room: Room) -> None:
    # Unbuffered: a buffered reader's lock, held by a daemon thread, aborts the interpreter at its end.
    for line in open(0, "rb", buffering=0, closefd=False):  # noqa: SIM115
        try:
            order = json.loads(line)
            obey(room, order)
            room.outbox.tell("obeyed", do=order["do"], id=order.get("id"))
        except (KeyError, TypeError, ValueError, OSError, Fault) as refusal:
            room.outbox.tell("refused", order=line.decode(errors="replace").strip(), why=str(refusal))
    room.running = False


def main(argv: list[str]) -> int:
    """`argv`: one JSON object with pipe, monitor, rate and out."""
    place = json.loads(argv[0])
    room = Room(pipe=Path(place["pipe"]), monitor=place["monitor"], rate=place["rate"], out=Path(place["out"]))
    # The room stands for physics, which is never late: ask for real-time scheduling, inherited by `parec`.
    real_time = punctual(0)
    gc.freeze()
    gc.disable()
    room.outbox.tell("ready", real_time=real_time, block=room.mixture.block)
    threading.Thread(target=_control, args=(room,), name="control", daemon=True).start()
    room.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
