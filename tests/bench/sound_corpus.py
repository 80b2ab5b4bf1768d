"""Recorded human speech, music and the product's own voice for the sound bench: what is installed, split in two.

Nothing of it is in the repository: Debian packages of the set `bench` bring it (packaging/system-packages.txt), decoded
samples are kept in the user's cache folder. `TUNING` and `TEST` share no speaker and no piece of music; whoever chooses
a threshold looks at `TUNING` only, and the bench reports `TEST`.
"""

from __future__ import annotations

import re
import wave
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from kiosk.rehearsal import g722, waves
from kiosk.settings import places

RATE = 16000
Samples = NDArray[np.float32]

_ASTERISK = Path("/usr/share/asterisk")
_STAMPS = Path("/usr/share/tuxpaint/stamps")
_FILLETS = Path("/usr/share/games/fillets-ng/sound")
_SPHINX = Path("/usr/share/pocketsphinx/test/data")
_CACHE = "sound-bench-2"  # the number changes with what is cut out of the recordings

AGENT_S = 150  # of each agent's voice
MUSIC_S = 40  # of each piece
EACH = 36  # utterances of each visitor
SHORTEST_S, LONGEST_S = 0.6, 3.0  # of a visitor's utterance
ALLISON, JUNE, CARLO, RUSSIAN = "en_US_f_Allison", "fr_CA_f_June", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU"


@dataclass(frozen=True)
class Split:
    """Who and what belongs to one half. Rooms are split in `sound_room.ROOMS`.

    agents      voices that the loudspeaker plays: asterisk's prompt sets, and `product`, the service's own voice
    visitors    `xx`: the volunteer of tuxpaint's stamps in that language (consumer microphones); `xx-m`, `xx-v`: an
                actor of fillets; `sphinx`: readers in English with transcripts
    music       pieces of asterisk's music on hold
    """

    agents: tuple[str, ...]
    visitors: tuple[str, ...]
    music: tuple[str, ...]


SPLIT = {
    "tuning": Split(
        (ALLISON, JUNE),
        ("fr", "ru", "be", "ro", "es", "ca", "cs-m", "cs-v"),
        ("macroform-cold_day", "reno_project-system"),
    ),
    "test": Split(
        (CARLO, RUSSIAN, "product"),
        ("bg", "el", "da", "nl-m", "nl-v", "sphinx"),
        ("macroform-robot_dity", "macroform-the_simplicity", "manolo_camp-morning_coffee"),
    ),
    "small": Split(("small",), ("small",), ()),
}
"""`small` is for the test that the chain works at all: a few of Allison's prompts, which every rehearsal has.

The research that chose the first parameters heard Allison, June and Carlo, and stamps in ru, es, ca, fr and nl: of
the test material only Carlo."""

SMALL = {
    "agent": ("demo-instruct", "vm-options"),
    "visitor": ("please-try-again", "one-moment-please", "vm-sorry"),
}

SPOKEN = (
    "Hello, and welcome. I can help you find your way, or answer questions about the house.",
    "The exhibition is on the second floor. Take the lift on your left, then follow the blue line to the end.",
    "We are open every day from nine in the morning until six in the evening, and on Thursdays until nine.",
    "A ticket for adults is twelve euros. Children under ten come in free, and students pay half.",
    "The café is right behind you. They serve lunch until three, and the soup is very good today.",
    "Of course. Would you like me to print that for you, or shall I send it to your phone?",
    "The next guided tour begins in twenty minutes. It takes about an hour, and there are four places left.",
    "I am sorry, I did not quite understand that. Could you say it once more, a little slower perhaps?",
    "The toilets are down the stairs, next to the cloakroom. There is also a lift if you need one.",
    "You can leave your bag in one of the lockers. They take a coin, and you get it back when you leave.",
    "Doctor Brandt has her office in room three hundred and twelve. Let me tell her that you are here.",
    "Thank you for your visit. If there is anything else, just touch the screen, or say hello.",
)
"""What the product's own voice says: an agent's answers in a lobby."""


@dataclass(frozen=True)
class Utterance:
    """Begins with the first sound of speech and ends with the last; RMS over its louder half is 1/10.

    text    what is said, where the package tells
    """

    speaker: str
    name: str
    samples: Samples
    text: str | None = None

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def missing() -> list[str]:
    """Debian packages that the bench needs and this machine does not have."""
    needed = {
        f"asterisk-core-sounds-{name[:2]}-g722": _ASTERISK / "sounds" / name for name in (ALLISON, JUNE, CARLO, RUSSIAN)
    } | {
        "asterisk-moh-opsound-g722": _ASTERISK / "moh",
        "tuxpaint-stamps-default": _STAMPS,
        "fillets-ng-data-nl": _FILLETS / "airplane/nl",
        "fillets-ng-data-cs": _FILLETS / "airplane/cs",
        "pocketsphinx-testdata": _SPHINX,
    }
    return [package for package, path in needed.items() if not path.exists()]


def prepare(sets: tuple[str, ...] = ("tuning", "test")) -> None:
    """Decode everything once, on every core (about two minutes the first time)."""
    names = [("agent", a) for s in sets for a in SPLIT[s].agents]
    names += [("music", m) for s in sets for m in SPLIT[s].music]
    names += [("visitor", v) for s in sets for v in SPLIT[s].visitors]
    with ProcessPoolExecutor() as pool:
        list(pool.map(_decode, *zip(*names, strict=True)))


@cache
def agent(name: str) -> tuple[Samples, ...]:
    """Phrases of one agent's voice, each at an RMS of 1/10 over its louder half."""
    make = {"product": _product, "small": lambda: [levelled(sound) for sound in _few("agent")]}
    return _kept(f"agent-{name}", make.get(name, lambda: _prompts(name)))


@cache
def music(name: str) -> Samples:
    """The beginning of a piece, RMS 1/10."""
    return _kept(f"music-{name}", lambda: [_piece(name)])[0]


@cache
def visitor(name: str) -> tuple[Utterance, ...]:
    """Utterances of one visitor, always the same ones in the same order."""
    if name == "sphinx":
        said = _transcripts()
        sounds = _kept("visitor-sphinx", lambda: [trimmed(waves.read(file)[0]) for file, _ in said])
        return tuple(Utterance(name, file.stem, sound, text) for (file, text), sound in zip(said, sounds, strict=True))
    make = {"small": lambda: [trimmed(sound) for sound in _few("visitor")]}
    sounds = _kept(f"visitor-{name}", make.get(name, lambda: _utterances(name)))
    return tuple(Utterance(name, f"{name} {index}", sound) for index, sound in enumerate(sounds))


def visitors(which: str) -> list[Utterance]:
    """Everybody's utterances of an interruption's length, speaker after speaker in turn."""
    each = [[u for u in visitor(name) if u.seconds <= LONGEST_S] for name in SPLIT[which].visitors]
    return [said[at] for at in range(EACH) for said in each if at < len(said)]


def trimmed(samples: Samples) -> Samples:
    """The speech alone, its ends faded over 2 ms, its louder half at an RMS of 1/10.

    Rumble and direct current of volunteers' microphones are taken out first: they were louder than some of the voices.
    Speech is what comes within 30 dB of the loudest 5 ms; below that a visitor at arm's length is in the room's noise.
    """
    voice = np.asarray(sosfilt(butter(4, 80, "highpass", fs=RATE, output="sos"), samples), np.float32)
    first, end = waves.speech_span(voice, RATE, below_peak_db=30)
    speech = voice[first:end].copy()
    edge = np.linspace(0, 1, RATE // 500, endpoint=False, dtype=np.float32)
    speech[: len(edge)] *= edge
    speech[-len(edge) :] *= edge[::-1]
    return levelled(speech)


def levelled(samples: Samples) -> Samples:
    return np.asarray(samples * (0.1 / max(active(samples), 1e-6)), np.float32)


def active(samples: Samples) -> float:
    """RMS over the louder half of a sound's 20 ms windows: how loud it is while it sounds."""
    windows = samples[: max(len(samples) // 320, 1) * 320]
    power = np.sort(np.mean(windows.reshape(-1, min(320, len(windows))) ** 2, axis=1))
    return float(np.sqrt(np.mean(power[len(power) // 2 :])))


def _decode(kind: str, name: str) -> None:
    {"agent": agent, "music": music, "visitor": visitor}[kind](name)


def _kept(name: str, make: Callable[[], list[Samples]]) -> tuple[Samples, ...]:
    """From the cache, or made and put there."""
    file = places.cache() / _CACHE / f"{name}.npz"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part.npz")
        np.savez(unfinished, *[np.clip(np.rint(s * 32768), -32768, 32767).astype(np.int16) for s in make()])
        unfinished.replace(file)
    with np.load(file) as held:
        return tuple(held[key].astype(np.float32) / np.float32(32768) for key in held.files)


def _prompts(name: str) -> list[Samples]:
    """Whole sentences of a prompt set, the longer files first chosen: single words are no agent's speech."""
    folder = _ASTERISK / "sounds" / name
    files = [f for f in sorted(folder.glob("*.g722")) if "monkeys" not in f.name and 16000 < f.stat().st_size < 80000]
    chosen, seconds = [], 0.0
    for file in np.random.default_rng(len(files)).permutation(np.array(files, object)):
        if seconds >= AGENT_S:
            break
        chosen.append(levelled(_g722(file.read_bytes())))
        seconds += len(chosen[-1]) / RATE
    return chosen


def _few(whose: str) -> list[Samples]:
    return [_g722((_ASTERISK / "sounds" / ALLISON / f"{name}.g722").read_bytes()[: 8000 * 6]) for name in SMALL[whose]]


def _product() -> list[Samples]:
    from kiosk.service.tts import AUTO, AUTO_ORDER, open_speech
    from kiosk.settings.schema import Service

    settings = Service()
    if settings.tts == AUTO:
        settings = settings.model_copy(update={"tts": AUTO_ORDER[0]})
    speech = open_speech(settings, rate=RATE)
    said = [b"".join(piece.pcm for piece in speech.pieces(text, voice=None, cacheable=False)) for text in SPOKEN]
    return [levelled(np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)) for pcm in said]


def _piece(name: str) -> Samples:
    return levelled(_g722((_ASTERISK / "moh" / f"{name}.g722").read_bytes()[8000 * 5 : 8000 * (5 + MUSIC_S)]))


def _g722(data: bytes) -> Samples:
    return g722.decode(data).astype(np.float32) / np.float32(32768)


def _utterances(name: str) -> list[Samples]:
    language, _, actor = name.partition("-")
    if actor:
        files = sorted(_FILLETS.glob(f"*/{language}/*-{actor}-*.ogg"))
    else:
        files = sorted(_STAMPS.glob(f"**/*_{language}.ogg"))
    order = np.random.default_rng(len(files)).permutation(len(files))
    found: list[Samples] = []
    for file in (files[index] for index in order):
        if len(found) == EACH:
            break
        raw, rate = soundfile.read(file, dtype="float32", always_2d=True)
        if not SHORTEST_S < len(raw) / rate < 2 * LONGEST_S or rate < RATE:
            continue
        speech = trimmed(waves.resample(raw.mean(axis=1), rate, RATE))
        if SHORTEST_S <= len(speech) / RATE <= LONGEST_S:
            found.append(speech)
    return found


def _transcripts() -> list[tuple[Path, str]]:
    said = []
    for list_, folder in (("librivox/transcription", "librivox"), ("cards/cards.transcription", "cards")):
        for line in (_SPHINX / list_).read_text().splitlines():
            if match := re.match(r"<s>(.*)</s> \((.*)\)", line):
                said.append((_SPHINX / folder / f"{match[2]}.wav", match[1].strip()))
    for file, _ in said:
        with wave.open(str(file)) as sound:
            if sound.getframerate() != RATE:
                raise ValueError(f"{file} is not of {RATE} Hz")
    return said
