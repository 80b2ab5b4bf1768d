"""Stand-ins for the programs that a rehearsal surrounds. They speak the same JSON lines and make real sound.

    python standins.py say --voice V --out FILE TEXT       a tone for a voice
    python standins.py service --port 0                    says that it is ready
    python standins.py run --headless --stdio ...          hears the microphone by its level, answers with a tone
                       without --headless: with a window (face.py) of another colour for every phase; a finger in its
                       middle is touch, one near the top is leave, all are told as "finger"

The environment's STANDIN makes one of them fail: service-dies, kiosk-dies (after the first answer), deaf (never stops),
blind (it has no window where it should).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import wave
from pathlib import Path

import numpy as np

MODE = os.environ.get("STANDIN", "")
RATE = 48000
LOUD = 0.01  # a block's RMS at which somebody speaks
ONE_LINE = threading.Lock()  # two threads tell
PAUSE_BLOCKS = 30  # 10 ms each, until a turn is over
ANSWERS = {
    0: ("Hello, I am Maren.", 0.6),
    1: ("We open at ten.", 1.0),
    2: ("It is a long story.", 8.0),
    3: ("Yes.", 0.5),
}


COLOURS = {"attract": "#402000", "listening": "#004060", "speaking": "#006030"}


def tone(seconds: float, hertz: float) -> bytes:
    samples = 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return (samples * 32767).astype("<i2").tobytes()


def say(arguments: list[str]) -> None:
    with wave.open(arguments[arguments.index("--out") + 1], "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(tone(0.5, 300))


def emit(event: str, t: float | None = None, **fields: object) -> None:
    line = json.dumps({"event": event, "t": time.monotonic() if t is None else t, **fields})
    with ONE_LINE:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def service() -> None:
    assert os.environ["EXEI_VOICE_CLIENT_ID"].startswith("rehearsal-")
    if MODE == "service-dies":
        sys.exit("the model is missing")
    print(json.dumps({"event": "ready", "port": 1, "path": "/v1/voice", "tts": "tone"}), flush=True)
    threading.Event().wait()


class Face:
    """The window, in a process of its own."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk
        command = [sys.executable, str(Path(__file__).with_name("face.py"))]
        self._window = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._shown = threading.Event()
        self.controls: dict[str, tuple[float, float]] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        self._shown.wait(20)

    def show(self, phase: str) -> None:
        assert self._window.stdin is not None
        print(json.dumps({"do": "colour", "colour": COLOURS[phase]}), file=self._window.stdin, flush=True)

    def _listen(self) -> None:
        assert self._window.stdout is not None
        height = 0
        for line in self._window.stdout:
            match json.loads(line):
                case {"event": "window", "height": height, "width": width, "full_screen": True}:
                    self.controls = {"glass": (width / 4, height / 2)}
                case {"event": "painted"}:
                    self._shown.set()
                case {"event": "touch", "kind": kind, "points": points} if kind != "move":
                    ((x, y),) = points.values()
                    emit("finger", kind=kind, x=x, y=y)
                    if kind == "release" and 0.4 < y / height < 0.6:
                        self._kiosk.obey("touch")
                    elif kind == "release" and y / height < 0.2:
                        self._kiosk.obey("leave")


class Kiosk:
    """Half-duplex by level: a voice while it plays is a cut-in, a voice else is a turn."""

    def __init__(self) -> None:
        self.answer = 0
        self.began = 0.0
        self.player: subprocess.Popen[bytes] | None = None
        self.response = ""
        self.started = 0.0
        self.face: Face | None = None

    def phase(self, phase: str) -> None:
        emit("phase", phase=phase)
        if self.face:
            self.face.show(phase)

    def ms(self, at: float) -> int:
        return round((at - self.began) * 1000)

    def speak(self) -> None:
        text, seconds = ANSWERS[min(self.answer, 3)]
        self.answer += 1
        self.response = f"r{self.answer}"
        command = ["pacat", "--device=kiosk_speaker", "--format=s16le", "--channels=1", f"--rate={RATE}", "--raw"]
        self.player = subprocess.Popen([*command, "--latency-msec=20"], stdin=subprocess.PIPE)
        assert self.player.stdin is not None
        self.started = time.monotonic()
        emit("playback_started", self.started, id=self.response)
        self.phase("speaking")
        emit("transcript", role="agent", item=self.response, text=text, final=True)
        threading.Thread(target=self._feed, args=(self.player, tone(seconds, 440)), daemon=True).start()

    @staticmethod
    def _feed(player: subprocess.Popen[bytes], pcm: bytes) -> None:
        assert player.stdin is not None
        try:
            player.stdin.write(pcm)
            player.stdin.close()
        except BrokenPipeError:
            pass  # cut

    def over(self, *, cut: bool) -> None:
        if self.player is None:
            return
        now = time.monotonic()
        played = 1000 * (now - self.started)
        if cut:
            emit("flush", now, id=self.response, cause="voice", played_ms=played)
            self.player.kill()
        self.player.wait()
        self.player = None
        text = ANSWERS[min(self.answer - 1, 3)][0]
        heard = text.split(" ")[0] if cut else text
        emit(
            "turn",
            role="agent",
            text=text,
            heard=heard,
            start_ms=self.ms(self.started),
            end_ms=self.ms(now),
            interrupted=cut,
        )
        # The last of all: the rehearsal may end the program on it.
        emit("playback_ended", id=self.response, played_ms=played, fate="flushed" if cut else "finished")
        self.phase("listening")
        if MODE == "kiosk-dies":
            print("the sound card is on fire", file=sys.stderr, flush=True)
            os._exit(1)

    def listen(self) -> None:
        command = ["parec", "--device=kiosk_mic", "--format=s16le", "--channels=1", f"--rate={RATE}", "--raw"]
        microphone = subprocess.Popen(
            [*command, "--latency-msec=10"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert microphone.stdout is not None
        loud = quiet = 0
        onset = 0.0
        while block := microphone.stdout.read(960):
            if self.player is not None and self.player.poll() is not None:
                self.over(cut=False)
            if not self.began:
                continue
            speaking = np.sqrt(np.mean((np.frombuffer(block, "<i2") / 32768) ** 2)) > LOUD
            if speaking:
                onset = onset or time.monotonic()
                loud, quiet = loud + 1, 0
                if loud == 5 and self.player is not None and MODE != "deaf":
                    self.over(cut=True)
            elif loud:
                quiet += 1
                if quiet == PAUSE_BLOCKS:
                    end = time.monotonic() - PAUSE_BLOCKS / 100
                    emit("transcript", role="user", item=f"u{onset}", text="a tone", final=True)
                    emit("turn", role="user", text="a tone", heard="", start_ms=self.ms(onset), end_ms=self.ms(end))
                    loud, quiet, onset = 0, 0, 0.0
                    if self.player is None:
                        self.speak()

    def run(self) -> None:
        if "--headless" not in sys.argv and MODE != "blind":
            self.face = Face(self)
            self.face.show("attract")
        emit("snapshot", phase="attract", session=None)
        threading.Thread(target=self.listen, daemon=True).start()
        for line in sys.stdin:
            order = json.loads(line)["do"]
            if order == "where":
                emit("controls", controls=self.face.controls if self.face else {})
            else:
                self.obey(order)

    def obey(self, order: str) -> None:
        match order:
            case "touch":
                self.began = time.monotonic()
                emit("session", self.began, id="5e551011")
                self.phase("listening")
                self.speak()
            case "leave":
                self.phase("attract")
                emit("ended", id="5e551011")
            case "quit":
                os._exit(0)


if __name__ == "__main__":
    match sys.argv[1]:
        case "say":
            say(sys.argv)
        case "service":
            service()
        case "run":
            Kiosk().run()
