"""The near end of the room process: orders to it, answers from it, and what it recorded.

with SoundServer() as sound, Room(sound, out=folder) as room:
    room.echo(gain_db=-30, delay_ms=20)
    said = room.say(Path("hello.wav")).said.result(10)
"""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal import waves
from kiosk.rehearsal.children import end, own_program, tethered
from kiosk.rehearsal.frameclock import Timeline
from kiosk.rehearsal.soundserver import MONITOR, SoundServer

_START_S = 15.0


@dataclass(frozen=True, slots=True)
class Span:
    """Where a line stands in both recordings; `at` is monotonic seconds of its first sample in the room, `gain_db`
    what it was made louder by, to be heard against the echo."""

    first_frame: int
    last_frame: int
    at: float
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: the sample the room was at, and when the loudspeaker sounds that one."""

    frame: int
    at: float | None


@dataclass(slots=True)
class Utterance:
    """Something being said. `saying` is known when it begins, `said` when it is over (or was hushed)."""

    id: str
    saying: Future[Span] = field(default_factory=Future)
    said: Future[Span] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class Recordings:
    """Files of a finished room. Sample n of one belongs to sample n of the other.

    heard     when sample n sounded at the loudspeaker, as the sound server reports it to programs
    captured  when sample n of the microphone was delivered, taken as a microphone that hands over each block when its
              last sample is in. Some 10 ms before `heard`: a monitor gives a block when it is rendered
    dropped   (first sample, number) of stretches that nobody took from the microphone
    """

    microphone: Path
    loudspeaker: Path
    heard: Timeline
    captured: Timeline
    dropped: list[tuple[int, int]]
    arrival_spread_ms: float

    @classmethod
    def load(cls, folder: Path) -> Self:
        data = json.loads((folder / "room.json").read_text())
        return cls(
            folder / "microphone.wav",
            folder / "loudspeaker.wav",
            Timeline.from_json(data["loudspeaker"]),
            Timeline.from_json(data["microphone"]),
            [(first, number) for first, number in data["dropped"]],
            data["arrival_spread_ms"],
        )


class Room:
    """Starts with the `with` statement or `start()`. Methods may be called on any thread and do not block, except
    `start` and `stop`; futures end with `Fault` when the room process ends first."""

    def __init__(self, sound: SoundServer, out: Path) -> None:
        self._sound, self._out = sound, out
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._scratch: Path | None = None
        self._ids = map(str, itertools.count(1))
        self._lock = threading.Lock()
        self._ready: Future[bool] = Future()
        self._let_go = threading.Event()
        self._utterances: dict[str, Utterance] = {}
        self._marks: dict[str, Future[Mark]] = {}
        self.on_trouble: Callable[[dict[str, Any]], None] = lambda _event: None
        """`lost`, `found` and `refused` answers; called on the reader thread."""

    def start(self) -> None:
        self._out.mkdir(parents=True, exist_ok=True)
        self._scratch = Path(tempfile.mkdtemp(prefix="room-", dir=self._sound.root))
        place = {"pipe": str(self._sound.pipe), "monitor": MONITOR, "rate": self._sound.rate, "out": str(self._out)}
        self._process = subprocess.Popen(
            tethered(own_program("room", json.dumps(place))),
            env=self._sound.env(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C ends it through us, with its recordings complete
        )
        self._reader = threading.Thread(target=self._read, name="room-reader", daemon=True)
        self._reader.start()
        try:
            self._ready.result(_START_S)
        except TimeoutError:
            self.stop()
            raise _gone("the simulated room does not start") from None
        except Fault:
            self.stop()
            raise
        self._sound.watchers.append(self._loudspeaker)

    def stop(self) -> None:
        """Ends the room; its recordings are complete afterwards."""
        if self._loudspeaker in self._sound.watchers:
            self._sound.watchers.remove(self._loudspeaker)
        if self._process is not None:
            self._send(do="quit")
            try:
                self._process.wait(3)
            except subprocess.TimeoutExpired:
                end(self._process)
            if self._reader is not None:
                self._reader.join()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with suppress(BrokenPipeError):  # of what a dead room did not read
                        stream.close()
            self._process = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch)
            self._scratch = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the room is not started")
        return self._process.pid

    def recordings(self) -> Recordings:
        """After `stop()`."""
        return Recordings.load(self._out)

    # --- orders ---------------------------------------------------------------------------------------------------

    def say(self, file: Path, *, gain_db: float = 0.0, against_echo_db: float | None = None) -> Utterance:
        """The visitor says a WAV file (any rate), after what is still being said.

        against_echo_db  how much louder than the agent's echo of the last seconds it is, whatever its own level
        """
        samples, rate = waves.read(file)
        utterance = Utterance(next(self._ids))
        self._utterances[utterance.id] = utterance
        if rate != self._sound.rate:
            assert self._scratch is not None
            file = self._scratch / f"{utterance.id}.wav"
            waves.write(file, waves.resample(samples, rate, self._sound.rate), self._sound.rate)
        self._send(
            do="say", id=utterance.id, file=str(file.absolute()), gain_db=gain_db, against_echo_db=against_echo_db
        )
        return utterance

    def hush(self) -> None:
        self._send(do="hush")

    def mark(self) -> Future[Mark]:
        number, future = next(self._ids), Future[Mark]()
        self._marks[number] = future
        self._send(do="mark", id=number)
        return future

    def echo(self, *, gain_db: float | None, delay_ms: float = 0.0, rt60_s: float | None = None) -> None:
        """Path from loudspeaker to microphone: None is a headset, without `rt60_s` one tap, with it a whole room."""
        room = {} if rt60_s is None else {"rt60_s": rt60_s}
        self._send(do="echo", gain_db=gain_db, delay_ms=delay_ms, **room)

    def response(self, file: Path) -> None:
        """The path as an impulse response of one's own: a .npy file of float samples at the room's rate."""
        self._send(do="echo", rir=str(file.absolute()))

    def noise(self, dbfs: float | None) -> None:
        self._send(do="noise", dbfs=dbfs)

    def drive(self, db: float | None) -> None:
        """How far a full-scale sound drives the loudspeaker into its limit; None: it is linear."""
        self._send(do="drive", db=db)

    def babble(self, file: Path | None, *, gain_db: float = 0.0) -> None:
        """People who talk among themselves, over and over; a WAV file at the room's rate. None: they are gone."""
        self._send(do="babble", file=None if file is None else str(file.absolute()), gain_db=gain_db)

    def clip(self, level: float) -> None:
        self._send(do="clip", level=level)

    def mute(self, muted: bool) -> None:
        self._send(do="mute", muted=muted)

    # --- inside ---------------------------------------------------------------------------------------------------

    def _loudspeaker(self, plugged: bool) -> None:
        """The sound server's word that its loudspeaker goes (the room lets go of it first) or is back."""
        self._let_go.clear()
        self._send(do="loudspeaker", plugged=plugged)
        if not plugged and not self._let_go.wait(_START_S):
            raise _gone("the room does not let go of the loudspeaker")

    def _send(self, **order: Any) -> None:
        if self._process is None or self._process.stdin is None:
            raise RuntimeError("the room is not started")
        with self._lock:
            try:
                self._process.stdin.write(json.dumps(order).encode() + b"\n")
                self._process.stdin.flush()
            except BrokenPipeError:  # it died; the reader has failed the futures
                return

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event = json.loads(line)
            match event["event"]:
                case "ready":
                    self._ready.set_result(event["real_time"])
                case "saying" | "said" as moment:
                    span = Span(event["first_frame"], event["last_frame"], event["at"], event["gain_db"])
                    utterance = self._utterances[event["id"]]
                    (utterance.saying if moment == "saying" else utterance.said).set_result(span)
                case "mark":
                    self._marks.pop(event["id"]).set_result(Mark(event["frame"], event["at"]))
                case "refused":
                    self._refused(json.loads(event["order"]), event["why"])
                    self.on_trouble(event)
                case "lost" | "found":
                    if event["what"] == "loudspeaker":
                        self._let_go.set()
                    self.on_trouble(event)
        futures: list[Future[Any]] = [self._ready, *self._marks.values()]
        for utterance in self._utterances.values():
            futures += [utterance.saying, utterance.said]
        for future in futures:
            if not future.done():
                future.set_exception(_gone("the simulated room has ended"))

    def _refused(self, order: dict[str, Any], why: str) -> None:
        if order["do"] == "say":
            utterance = self._utterances[order["id"]]
            for future in (utterance.saying, utterance.said):
                future.set_exception(_gone(f"the room cannot say this: {why}"))


def _gone(what: str) -> Fault:
    return Fault(
        what,
        where="the rehearsal's room",
        remedy="look at the messages above and run the rehearsal again",
        code=ExitCode.NO_DEVICE,
    )
