"""Scenes for the kiosk's hearing: an agent at the loudspeaker, visitors who talk over it, noise. Made from a seed.

A scene is what would happen if nobody reacted; `sound_loop` plays it, and there the loudspeaker obeys.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace

import numpy as np

from tests.bench import sound_room as room
from tests.bench.sound_corpus import RATE, SPLIT, Samples, Utterance, active, agent, music, visitor, visitors

BLOCK = RATE // 100
AGENT_DBFS = -20.0  # what the kiosk puts out, over its louder half; peaks reach -5
ECHO_DBFS = -26.0  # of that at the microphone
AWAY_S = 0.7  # from a visitor's last sound to the agent's next
SLIP = round(0.020 * RATE)
SLIP_SEEN_S = 0.050  # the loudspeaker's time stamps must tell of a slip five blocks in a row


@dataclass(frozen=True)
class Condition:
    """What is the same in all scenes of one row.

    ser_db      the visitor against the echo at the microphone; None: nobody comes
    delay_ms    of the echo behind the far end that the chain is handed; None: 20-60, by the scene. 20 are the head
                start that the microphone gives the far end, the rest is what time stamps do not tell
    slips       of 20 ms, twice a minute, to and fro. `known`: the stamps tell after 50 ms, the far end is moved and the
                chain is told, as `FarEnd` and the microphone do. `unknown`: nothing tells
    measured    `kiosk doctor --sound` has measured the path
    coming      `speech`; `reading`, English with a transcript; or a synthetic `cough` or `clap` at the visitor's place
    """

    name: str
    ser_db: float | None = None
    drive: str = "mild"
    delay_ms: float | None = None
    drift_ppm: float = 0.0
    slips: str = ""
    noise: str = "pink"
    noise_dbfs: float = -62.0
    echoing: bool = False
    coming: str = "speech"
    measured: bool = field(default=False, repr=False)

    def at(self, ser_db: float | None, **changes: str) -> Condition:
        return replace(self, ser_db=ser_db, **changes)  # type: ignore[arg-type]


CONDITIONS = {
    condition.name: condition
    for condition in (
        Condition("base"),
        Condition("strong", drive="strong"),
        Condition("delay 200", delay_ms=200.0),
        Condition("delay 200 measured", delay_ms=200.0, measured=True),
        Condition("drift 50", drift_ppm=50.0),
        Condition("slips", slips="known"),
        Condition("slips untold", slips="unknown"),
        Condition("babble", noise="babble", noise_dbfs=ECHO_DBFS - 18),
        Condition("music", noise="music", noise_dbfs=ECHO_DBFS - 18),
        Condition("clatter", noise="ventilation", noise_dbfs=-50.0),
        Condition("rt60 0.6", echoing=True),
    )
}


@dataclass(frozen=True)
class Coming:
    """Somebody's sound at the microphone: first and last sample, in the scene's time; `said` is None for a cough."""

    start: int
    end: int
    said: Utterance | None


@dataclass
class Scene:
    """
    far         what the kiosk means to play, int16; it stands still while the kiosk is stopped
    played      what the cone is driven with for it: later by the slips and by the drift, float
    told        by how many samples the far end is moved back when the stamps have told of slips; one for each block
    echo        response from the cone to the microphone, gain and delay in it
    visitors    everything that comes from the visitor's place, as it arrives at the microphone
    noise       at the microphone
    """

    condition: Condition
    place: room.Place
    far: np.ndarray
    played: Samples
    told: np.ndarray
    echo: Samples
    visitors: Samples
    noise: Samples
    comings: list[Coming] = field(default_factory=list)

    @property
    def blocks(self) -> int:
        return len(self.noise) // BLOCK


def scene(which: str, condition: Condition, index: int, *, seconds: float = 60.0, seed: int = 4) -> Scene:
    """The scene of this number: rooms, voices and visitors go round with it; everything else is drawn."""
    key = zlib.crc32(f"{which}/{condition}".encode())
    rng = np.random.default_rng([seed, key, index])
    split, count = SPLIT[which], round(seconds * RATE)
    place = room.ECHOING[which] if condition.echoing else room.ROOMS[which][index % len(room.ROOMS[which])]
    voice = split.agents[(index // len(room.ROOMS[which])) % len(split.agents)]
    far = speech(voice, count + 2 * RATE, rng)
    shifts = _shifts(len(far), rng) if condition.slips else np.zeros(len(far) // BLOCK, int)
    played = room.high_passed(far)
    if condition.drift_ppm:
        played = room.drifted(played, condition.drift_ppm)
    echo = room.response(place, room.loudspeaker_at(place), seed=index)
    heard = room.wet(room.clipped(played[: 20 * RATE], room.DRIVE[condition.drive]), echo)
    delay_ms = rng.uniform(20, 60) if condition.delay_ms is None else condition.delay_ms
    late = np.zeros(round(delay_ms / 1000 * RATE), np.float32)
    if condition.slips:
        played = _moved(played, shifts)
    told = np.zeros_like(shifts)
    if condition.slips == "known":
        after = round(SLIP_SEEN_S * 100)
        told[after:] = shifts[:-after]
    made = Scene(
        condition,
        place,
        np.clip(np.rint(far * 32768), -32768, 32767).astype(np.int16),
        played,
        told,
        np.concatenate([late, echo * np.float32(_linear(ECHO_DBFS) / active(heard))]),
        np.zeros(count, np.float32),
        noise(which, condition.noise, count, rng) * np.float32(_linear(condition.noise_dbfs) / 0.1),
    )
    if condition.ser_db is not None:
        _visit(made, which, index, rng)
    return made


def speech(voice: str, count: int, rng: np.random.Generator) -> Samples:
    """An agent's: phrases 0.15-0.6 s apart, and every few of them 1.2 s."""
    phrases = agent(voice)
    line = np.zeros(count, np.float32)
    at = 0
    order = iter(())
    while at < count:
        index = next(order, None)
        if index is None:
            order = iter(rng.permutation(len(phrases)))
            continue
        phrase = phrases[index][: count - at]
        line[at : at + len(phrase)] = phrase
        at += len(phrase) + round((1.2 if rng.random() < 0.12 else rng.uniform(0.15, 0.6)) * RATE)
    return line * np.float32(_linear(AGENT_DBFS) / 0.1)


def noise(which: str, kind: str, count: int, rng: np.random.Generator) -> Samples:
    """RMS 1/10."""
    match kind:
        case "pink":
            return room.pink(count, rng)
        case "ventilation":
            return room.ventilation(count, rng)
        case "music":
            pieces = SPLIT[which].music
            piece = music(pieces[int(rng.integers(len(pieces)))])
            return room.looped(piece, count, int(rng.integers(len(piece))))
        case _:  # babble: six bystanders at once, somewhere in the room
            place = room.ROOMS[which][0]
            total = np.zeros(count, np.float32)
            for number, name in enumerate(rng.permutation(SPLIT[which].visitors)[:6]):
                line = np.concatenate([u.samples for u in visitor(str(name))])
                corner = tuple(rng.uniform(0.1, 0.9) * s for s in place.size[:2])
                dry = room.looped(line, count, int(rng.integers(len(line))))
                total += room.wet(dry, room.response(place, (*corner, 1.6), number))[:count]
            return np.asarray(total * (0.1 / np.sqrt(np.mean(total**2))), np.float32)


def _visit(made: Scene, which: str, index: int, rng: np.random.Generator) -> None:
    """Up to nine visitors a minute, each alone, each at the level that the condition says, over its own louder half."""
    condition = made.condition
    assert condition.ser_db is not None
    path = room.response(made.place, room.visitor_at(made.place), seed=1000 + index)
    level = _linear(ECHO_DBFS + condition.ser_db)
    everybody = list(visitor("sphinx")) if condition.coming == "reading" else visitors(which)
    at, number = 2.5, index * 9
    while True:
        said: Utterance | None = None
        if condition.coming in ("speech", "reading"):
            said = everybody[number % len(everybody)]
            dry = said.samples
        else:
            dry = (room.cough if condition.coming == "cough" else room.clap)(rng)
        if at + 1.4 + len(dry) / RATE + 0.5 > len(made.noise) / RATE:
            break
        wet = room.wet(dry, path)
        start = round((at + rng.uniform(0, 1.4)) * RATE)
        wet = wet[: len(made.visitors) - start] * np.float32(level / active(wet[: len(dry)]))
        made.visitors[start : start + len(wet)] += wet
        made.comings.append(Coming(start, start + len(dry), said))
        at, number = at + max(6.4, len(dry) / RATE + 3.4), number + 1


def _shifts(count: int, rng: np.random.Generator) -> np.ndarray:
    """Samples by which playing is late, for each block: 20 ms more or less, twice a minute."""
    shifts = np.zeros(count // BLOCK, int)
    late = 0
    for half in range(-(-len(shifts) // 3000)):
        late = SLIP - late
        shifts[3000 * half + int(rng.integers(500, 2500)) :] = late
    return shifts


def _moved(played: Samples, shifts: np.ndarray) -> Samples:
    """Each block from where the device really was."""
    at = np.arange(len(shifts) * BLOCK) - np.repeat(shifts, BLOCK)
    return np.where(at >= 0, played[np.maximum(at, 0)], np.float32(0))


def _linear(db: float) -> float:
    return float(10 ** (db / 20))
