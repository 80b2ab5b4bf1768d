"""Who has the word, as an agent sees it: real speech, microphone, engine, link and socket; the test is the server."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running_kiosk import running, until

from kiosk.app.assembly import capture_of, link_maker, policy_of
from kiosk.app.kiosk import Kiosk, no_probe
from kiosk.audio.files import read_wav
from kiosk.core.session import Phase
from kiosk.settings.schema import Settings
from kiosk.settings.sound import Sound
from kiosk.wire.canonical import (
    AgentAudio,
    Audio,
    Flush,
    Interrupt,
    Playback,
    ResponseDone,
    ResponseStarted,
    SpeechEnd,
    SpeechStart,
)
from kiosk.wire.credentials import Credentials
from kiosk.wire.dialect import Dialect, load_dialect
from kiosk.wire.renewal import fixed
from tests.wire.wire_server import Peer, voice_server

pytestmark = pytest.mark.models

VOICE_AT_S = 3.5
EXEI = load_dialect("exei-voice")
ACCEPTS = ("speech_start", "speech_end", "interrupt", "playback")


def up(**rules: Any) -> Dialect:
    return replace(EXEI, up=replace(EXEI.up, **rules))


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """A visitor who says one sentence, 16 kHz, without the silence around it."""
    spoken = tmp_path_factory.mktemp("voice") / "spoken.wav"
    words = ["say", "Wait, where is the lift?", "--voice", "am_michael", "--out", str(spoken)]
    subprocess.run([sys.executable, "-m", "kiosk", *words], check=True, timeout=120, capture_output=True)
    sound = read_wav(spoken, 16000)
    loud = np.flatnonzero(np.abs(sound) > 600)
    return sound[loud[0] : loud[-1]]


@pytest.fixture(scope="module")
def lobby(voice: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the microphone hears: a quiet room, and the voice from `VOICE_AT_S` on; once more for a machine that stood
    still just then, which is a slip of the streams and blanks the guard."""
    path = tmp_path_factory.mktemp("lobby") / "lobby.wav"
    room = np.random.default_rng(5).standard_normal(16000 * 40) * 10
    for start in (round(16000 * VOICE_AT_S), round(16000 * (VOICE_AT_S + 4))):
        room[start : start + voice.size] += voice * 0.4
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(room.astype("<i2").tobytes())
    return path


class Said(list[Any]):
    """Everything the kiosk said, in order. `done`: the script has heard enough."""

    def __init__(self) -> None:
        super().__init__()
        self.done = asyncio.Event()

    async def take(self, peer: Peer, *, until: Callable[[Any], bool]) -> None:
        async with asyncio.timeout(20):
            while True:
                item = await peer.items.get()
                self.append(item)
                if until(item):
                    return

    def at(self, kind: type[Any]) -> int:
        return next(n for n, item in enumerate(self) if isinstance(item, kind))

    @property
    def sound(self) -> np.ndarray:
        return np.frombuffer(b"".join(item.pcm for item in self if isinstance(item, Audio)), "<i2").astype(float)


def begins(sound: np.ndarray, voice: np.ndarray) -> int:
    """The sample of `sound` at which the voice begins. Fails where its first 150 ms are not whole in it."""
    head = voice[:2400].astype(float)
    match = np.correlate(sound, head, "valid")
    at = int(np.argmax(match))
    there = sound[at : at + head.size]
    likeness = float(match[at] / (np.linalg.norm(there) * np.linalg.norm(head) + 1e-9))
    assert likeness > 0.7, f"the first word is not in what went up: likeness {likeness:.2f}"
    return at


@asynccontextmanager
async def visit(
    dialect: Dialect, lobby: Path, script: Callable[[Peer], Awaitable[None]], said: Said
) -> AsyncIterator[Kiosk]:
    """A visit that has begun, with the agent that the script plays; it ends when enough was said."""
    settings = Settings()
    async with voice_server(dialect, script) as endpoint:
        make_link = link_maker(settings, dialect, fixed(Credentials(endpoint, "planted")), no_probe)
        sound = Sound(wav_input=lobby, earcons=False)
        policy, capture = policy_of(settings, dialect), capture_of(settings, dialect)
        async with running(policy, sound=sound, capture=capture, make_link=make_link) as kiosk:
            kiosk.touch()
            await until(lambda: kiosk.session.linked)
            yield kiosk
            async with asyncio.timeout(20):
                await said.done.wait()
            kiosk.leave()


async def speak(peer: Peer) -> None:
    """The agent makes syllables of noise for ten seconds: a tone has no delay, and the guard trusts nothing then."""
    rng = np.random.default_rng(6)
    syllables = rng.standard_normal(160000) * np.repeat(rng.uniform(0, 1500, 100), 1600)
    pieces = [AgentAudio(piece.astype("<i2").tobytes(), 16000, "r1") for piece in np.array_split(syllables, 10)]
    await peer.say(ResponseStarted("r1"), *pieces, ResponseDone("r1"))


async def test_confirmed_the_interruption_is_told_first_and_its_first_word_is_in_the_burst(
    lobby: Path, voice: np.ndarray
) -> None:
    said = Said()

    async def script(peer: Peer) -> None:
        await peer.open(accepts=ACCEPTS)
        await speak(peer)
        await said.take(peer, until=lambda item: isinstance(item, Playback) and item.state == "started")
        before = len(said)
        await said.take(peer, until=lambda item: isinstance(item, Interrupt))
        assert not [item for item in said[before:] if isinstance(item, Audio)], "nothing goes up over the agent"
        del said[:-1]
        await said.take(peer, until=lambda item: said.sound.size > voice.size + 16000)
        said.done.set()

    async with visit(EXEI, lobby, script, said) as kiosk:
        await until(lambda: kiosk.session.phase is Phase.SPEAKING)
        await until(lambda: kiosk.session.phase is Phase.LISTENING, 20)
    interrupt = said[0]
    assert (interrupt.response_id, interrupt.reason) == ("r1", "voice")
    assert 500 < interrupt.played_ms < 9000
    kinds = [type(item).__name__ for item in said[:3]]
    assert kinds == ["Interrupt", "Playback", "Audio"]
    before_voice = begins(said.sound, voice) / 16000
    assert 0 < before_voice < 0.8, "pre-roll, and not more of it than was asked for"


async def test_open_the_agent_hears_everything_and_interrupts_itself(lobby: Path, voice: np.ndarray) -> None:
    said = Said()

    async def script(peer: Peer) -> None:
        await peer.open(accepts=ACCEPTS)
        await speak(peer)
        await said.take(peer, until=lambda item: isinstance(item, Playback) and item.state == "started")
        del said[:]
        await said.take(peer, until=lambda item: said.sound.size > 16000 * 4.5)
        await peer.say(Flush("response", "r1"))
        await said.take(peer, until=lambda item: isinstance(item, Playback) and item.state == "flushed")
        said.done.set()

    async with visit(up(while_speaking="open"), lobby, script, said) as kiosk:
        await until(lambda: kiosk.session.phase is Phase.SPEAKING)
        await until(lambda: kiosk.session.phase is Phase.LISTENING)
    assert not [item for item in said if isinstance(item, Interrupt)], "the agent knows"
    assert said[-1].played_ms > 3500
    assert begins(said.sound, voice) > 8000


async def test_the_kiosk_begins_and_ends_the_turns_of_an_agent_that_does_not(lobby: Path, voice: np.ndarray) -> None:
    said = Said()

    async def script(peer: Peer) -> None:
        await peer.open(accepts=ACCEPTS)
        await said.take(peer, until=lambda item: isinstance(item, SpeechEnd))
        said.done.set()

    async with visit(up(end_of_turn="client"), lobby, script, said) as kiosk:
        await until(lambda: kiosk.session.phase is Phase.THINKING)
    assert not said[-1].discard
    assert said.at(SpeechStart) < said.at(Audio)
    assert sum(isinstance(item, SpeechStart | SpeechEnd) for item in said) == 2
    assert 0 < begins(said.sound, voice) < 0.7 * 16000
    after = said.sound.size / 16000 - begins(said.sound, voice) / 16000 - voice.size / 16000
    assert 0.5 < after < 1.0, f"{after:.2f} s of silence ended the turn, asked were 0.7"
