"""A visit at the installed kiosk: a person says hello to the virtual microphone, asks, and is answered aloud."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from glass import difference
from installed import Scene, sees
from machine import Machine
from record import Broken, Record

from kiosk.rehearsal import g722, waves
from kiosk.rehearsal.acoustics import Samples
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.visitor import recording_of, shape

QUESTION = "What are your opening hours?"
EXPECTED = re.compile(r"\b(ten|10)\b.*\b(five|5|17)\b", re.IGNORECASE | re.DOTALL)
_DBFS = -24.0
_SPOKEN = "var/lib/virtual-card/question.wav"
_LOUD = 10 ** (-40 / 20)


@dataclass(frozen=True, slots=True)
class Lines:
    hello: Path
    question: Path
    goodbye: Path


def _speak_beforehand(machine: Machine, out: Path, rate: int) -> Lines:
    """The visitor's lines: hello and goodbye by a recorded person, the question by the installed program."""
    folder = out / "visitor"
    folder.mkdir(exist_ok=True)
    made = {}
    for word in ("hello", "goodbye"):
        recording = recording_of(word)
        if recording is None:
            raise Broken("there is no recorded visitor: apt-get install asterisk-core-sounds-en-g722")
        spoken = g722.decode(recording.read_bytes()).astype(np.float32) / np.float32(32768)
        made[word] = _shaped(spoken, 16000, rate, folder / f"{word}.wav")
    inside = f"/{_SPOKEN}"
    machine.run("exei-voice-kiosk", "say", QUESTION, "--voice", "am_michael", "--out", inside, within_s=120)
    samples, spoken_rate = waves.read(machine.root / _SPOKEN)
    return Lines(made["hello"], _shaped(samples, spoken_rate, rate, folder / "question.wav"), made["goodbye"])


def _hold(scene: Scene, lines: Lines) -> None:
    """From attract to attract."""
    record, machine, glass, card = scene.record, scene.machine, scene.glass, scene.card
    journal = machine.journal
    machine.wait_until("the sound server has its devices", lambda: card.is_there, 20)
    folder = record.out / "visit"
    attract = glass.picture("attract")
    with Room(card, folder) as room:
        room.echo(gain_db=None)  # the cancellers have their own tests; here nobody shall stop the agent
        room.noise(-66)
        time.sleep(4)  # the microphone is taken again, and the breath of the start is over
        since = len(journal.lines)
        room.say(lines.hello).said.result(20)
        sees(scene, r"attract -> connecting \(VoiceStarted", since, 10, "a hello at the microphone begins a visit")
        sees(scene, r"speaking -> listening", since, 40, "the agent greets, and listens")
        time.sleep(0.6)
        since = len(journal.lines)
        said = room.say(lines.question).said.result(30)
        heard = sees(scene, r"-> speaking", since, 40, "the agent answers the question")
        time.sleep(2.5)
        caption = glass.picture("caption")
        after = journal.lines.index(heard) + 1
        sees(scene, r"speaking -> listening", after, 60, "the visitor has the word back")
        answered_frame = room.mark().result(5).frame
        time.sleep(0.6)
        room.say(lines.goodbye).said.result(20)
        sees(scene, r"-> attract", since, 120, "the visit ends, and the first screen is back")
        time.sleep(1.5)
        glass.picture("after-the-visit")
    changed = difference(attract, caption)
    record.claim(
        "the glass shows the conversation",
        changed > 0.02,
        f"{changed:.0%} of it differ from the first screen (caption.png)",
    )
    loudspeaker, rate = waves.read(folder / "loudspeaker.wav")
    answer = loudspeaker[said.last_frame : answered_frame]
    _judge(answer, rate, record)
    waves.write(record.out / "answer.wav", answer, rate)


def _judge(answer: Samples, rate: int, record: Record) -> None:
    loud = np.flatnonzero(np.abs(answer) > _LOUD)
    record.claim("the answer sounds at the loudspeaker", len(loud) > rate // 2, f"{len(answer) / rate:.1f} s recorded")
    record.figure("last syllable of the question to the first sound", round(1000 * float(loud[0]) / rate), "ms")
    record.figure(
        "loudness of the answer", round(float(20 * np.log10(np.sqrt(np.mean(answer**2)) + 1e-9)), 1), "dBFS RMS"
    )
    words = _understand(answer, rate)
    record.claim("what sounded is the answer, recognised back", EXPECTED.search(words) is not None, f"“{words}”")


def _understand(answer: Samples, rate: int) -> str:
    """By the program's own recogniser, outside of the machine."""
    from kiosk.service.whisper import Whisper  # noqa: PLC0415 - seconds
    from kiosk.settings.schema import Service  # noqa: PLC0415

    sixteen = waves.resample(answer, rate, 16000)
    return Whisper(Service()).recognise(sixteen, final=True).text


def _shaped(samples: Samples, rate: int, to: int, file: Path) -> Path:
    waves.write(file, shape(waves.resample(samples, rate, to), to, _DBFS), to)
    return file


def visit(scene: Scene) -> None:
    lines = _speak_beforehand(scene.machine, scene.record.out, scene.card.rate)
    _hold(scene, lines)
