"""A program with the real microphone and loudspeaker, in the environment of a private sound server.

`python rig_client.py SCENE [count]`; one JSON line per thing that happened, times in monotonic seconds. A process of
its own, because ALSA reads its configuration when PortAudio is loaded.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import threading
import time
from collections.abc import Callable

import numpy as np

from kiosk.audio import open_sound
from kiosk.audio.mic import CaptureMicrophone
from kiosk.audio.speaker import StreamSpeaker
from kiosk.core.fault import Fault
from kiosk.core.ports import Uplink
from kiosk.settings.sound import Capture, Sound

RATE = 24000


TELLING = threading.Lock()


def tell(**what: object) -> None:
    with TELLING:  # both devices are lost at the same moment, on threads of their own
        print(json.dumps(what), flush=True)


class Client:
    def __init__(self, **sound: object) -> None:
        settings = Sound(**{"microphone": "kiosk_mic", "loudspeaker": "kiosk_speaker", **sound})
        self.microphone: CaptureMicrophone
        self.speaker: StreamSpeaker
        self.microphone, self.speaker = open_sound(settings, Capture())
        self.over: dict[str, tuple[float, str]] = {}
        self.changed = threading.Condition()
        self.speaker.on_started = lambda name, at: tell(event="started", id=name, at=at)
        self.speaker.on_ended = self._ended
        self.noise = np.random.default_rng(1)
        self.pauses = random.Random(1)

    def _ended(self, name: str, played_ms: float, fate: str) -> None:
        tell(event="ended", id=name, played_ms=played_ms, fate=fate, at=time.monotonic())
        with self.changed:
            self.over[name] = (played_ms, fate)
            self.changed.notify_all()

    def await_over(self, name: str) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: name in self.over, 20)

    def hiss(self, seconds: float) -> bytes:
        """White noise: never under -50 dBFS for a millisecond, so that the recording shows every hole."""
        return (self.noise.standard_normal(round(seconds * RATE)) * 3000).clip(-30000, 30000).astype("<i2").tobytes()

    def say(self, name: str, seconds: float, *, paced: bool = False) -> float:
        """Frames of 20 ms, at once or at their own pace. Returns when the first was fed."""
        self.speaker.begin(name)
        time.sleep(self.pauses.uniform(0.05, 0.1))
        pcm, frame = self.hiss(seconds), RATE // 50 * 2
        fed_at = time.monotonic()
        for n, at in enumerate(range(0, len(pcm), frame)):
            if paced:
                time.sleep(max(0.0, fed_at + n * 0.02 - time.monotonic()))
            assert self.speaker.feed(name, pcm[at : at + frame], RATE)
        return fed_at


def interrupts(count: int) -> None:
    """6 s queued, cut somewhere in the second half of the first second or after it."""
    client = Client()
    client.speaker.open()
    for n in range(count):
        fed_at = client.say(f"i{n}", 6.0)
        time.sleep(client.pauses.uniform(0.4, 1.2))
        at = time.monotonic()
        heard = client.speaker.flush()
        tell(event="flushed", id=heard.response_id, fed_at=fed_at, at=at, played_ms=heard.played_ms)
        client.await_over(f"i{n}")
        time.sleep(0.4)
    client.speaker.close()


def ducks(count: int) -> None:
    """One long response of steady hiss, ducked and restored again and again."""
    client = Client()
    client.speaker.open()
    client.say("d", 0.7 * count + 1.0)
    time.sleep(0.5)
    for _ in range(count):
        time.sleep(client.pauses.uniform(0.05, 0.06))
        at = time.monotonic()
        client.speaker.duck(True)
        time.sleep(0.25)
        tell(event="ducked", at=at, restored_at=time.monotonic())
        client.speaker.duck(False)
        time.sleep(0.35)
    client.speaker.flush()
    client.speaker.close()


def answers(count: int) -> None:
    """Whole responses of 600 ms, fed at once and at their own pace in turn."""
    client = Client()
    client.speaker.open()
    for n in range(count):
        paced = n % 2 == 1
        fed_at = client.say(f"a{n}", 0.6, paced=paced)
        client.speaker.end(f"a{n}")
        client.await_over(f"a{n}")
        tell(event="said", id=f"a{n}", fed_at=fed_at, paced=paced, underruns=client.speaker.figures.underruns)
        time.sleep(0.3)
    client.speaker.close()


def listens(_: int) -> None:
    """Tells each frame's arrival, time of its last sample, and its first loud sample; ends with standard input."""
    client = Client()
    frames: list[tuple[float, float, bytes]] = []
    client.microphone.on_frame = lambda pcm, at: frames.append((time.monotonic(), at, pcm))
    client.microphone.open()
    client.microphone.set_uplink(Uplink.OPEN)
    tell(event="ready")
    sys.stdin.read()
    client.microphone.close()
    for arrived, captured_at, pcm in frames:
        loud = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(int)) > 200)
        tell(event="frame", arrived=arrived, captured_at=captured_at, loud=int(loud[0]) if len(loud) else None)


def loses(_: int) -> None:
    """Tells what was lost; on each line of standard input tries to open both again."""
    client = Client()
    client.speaker.on_lost = lambda reason: tell(event="lost", what="speaker", reason=reason)
    client.microphone.on_lost = lambda reason: tell(event="lost", what="microphone", reason=reason)
    client.microphone.set_uplink(Uplink.OPEN)
    for device in (client.speaker, client.microphone):
        device.open()
    tell(event="ready")
    for _ in sys.stdin:
        try:
            for device in (client.speaker, client.microphone):
                device.close()
            for device in (client.speaker, client.microphone):
                device.open()
        except Fault as fault:
            tell(event="fault", code=int(fault.code), sentence=fault.sentence)
            continue
        came = threading.Event()
        client.microphone.on_frame = lambda pcm, at, came=came: came.set()  # type: ignore[misc]
        client.say("again", 0.2)
        client.speaker.end("again")
        client.await_over("again")
        tell(event="back", frames=came.wait(10))
    for device in (client.speaker, client.microphone):
        device.close()


def misnamed(_: int) -> None:
    for sound in ({"loudspeaker": "gramophone"}, {"loudspeaker": "KIOSK_SPEAK"}):
        client = Client(**sound)
        try:
            (client.microphone if "microphone" in sound else client.speaker).open()
            tell(event="opened")
        except Fault as fault:
            tell(event="fault", code=int(fault.code), sentence=fault.sentence)
        client.speaker.close()


def costs(_: int) -> None:
    """Percent of one core over 5 s in each state."""
    client = Client()
    client.speaker.open()
    client.microphone.open()

    def measure(name: str) -> None:
        before, start = os.times(), time.monotonic()
        time.sleep(5)
        after = os.times()
        used = after.user + after.system - before.user - before.system
        tell(event="cost", state=name, percent=round(100 * used / (time.monotonic() - start), 2))

    time.sleep(6)
    measure("idle: closed, loudspeaker resting")
    client.microphone.set_uplink(Uplink.GATED)
    measure("listening: voice detector on")
    client.microphone.set_uplink(Uplink.GUARDED)
    client.say("long", 7.0)
    time.sleep(0.5)
    measure("agent speaks: canceller and guard on")
    client.microphone.close()
    client.speaker.close()
    tell(event="memory", mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


SCENES: dict[str, Callable[[int], None]] = {
    scene.__name__: scene for scene in (interrupts, ducks, answers, listens, loses, misnamed, costs)
}

if __name__ == "__main__":
    sys.setswitchinterval(0.0005)
    SCENES[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else 1)
