"""What a visitor's microphone may send that is no question: what comes back, and that the conversation goes on.

The real service and its models. A client may be 10 s ahead of real time, so most of this is sent in one burst.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from product import CLIENT_ID, RunningService
from websockets.exceptions import ConnectionClosed

from kiosk.rehearsal import g722
from kiosk.rehearsal.visitor import RECORDINGS
from kiosk.rehearsal.waves import read, resample
from kiosk.wire.canonical import AgentAudio, Audio, Interrupt, ResponseDone, ResponseStarted, Text, Transcript
from tests.bench.service_caller import Samples, Visitor, visiting

pytestmark = pytest.mark.models
RATE = 16000
BURST_S = 8.0
HOURS, PRICE = "What are your opening hours?", "How much is a ticket for a child?"
SPANISH = "Buenos días, quisiera dos entradas para mañana, por favor."


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Samples]:
    """By a man, by a woman, and in a language that this agent was not set to."""
    folder = tmp_path_factory.mktemp("spoken")
    found = {}
    for name, voice, text in (("hours", "am_michael", HOURS), ("price", "bf_emma", PRICE), ("es", "ef_dora", SPANISH)):
        file = folder / f"{name}.wav"
        command = [sys.executable, "-m", "kiosk", "say", "--voice", voice, "--out", str(file), text]
        subprocess.run(command, check=True, timeout=120)
        samples, rate = read(file)
        found[name] = resample(samples, rate, RATE).astype(np.float32)
    return found


@pytest.fixture(autouse=True)
def no_fault_of_the_service(service: RunningService) -> Iterator[None]:
    before = len(Path(service.log).read_text(errors="replace"))
    yield
    assert "Traceback" not in Path(service.log).read_text(errors="replace")[before:]


def noise(dbfs: float, seconds: float = BURST_S) -> Samples:
    return np.random.default_rng(4).normal(0, 10 ** (dbfs / 20), int(seconds * RATE)).astype(np.float32)


def music(seconds: float = BURST_S) -> Samples:
    """Chords with overtones and a drum on every beat, at -12 dBFS."""
    at = np.arange(int(seconds * RATE)) / RATE
    sound = np.zeros(len(at))
    for bar, root in enumerate((220.0, 174.6, 261.6, 196.0) * 2):
        here = (at >= bar) & (at < bar + 1)
        for interval in (1.0, 1.25, 1.5, 2.0):
            for overtone in (1, 2, 3, 4):
                sound[here] += np.sin(2 * np.pi * root * interval * overtone * at[here]) / overtone**2
    beat = np.random.default_rng(5).normal(0, 1, len(at)) * np.exp(-30 * (at % 0.5))
    sound += 3 * beat
    return (0.25 * sound / np.abs(sound).max()).astype(np.float32)


async def burst(visitor: Visitor, samples: Samples) -> None:
    pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    for at in range(0, len(pcm), 32000):
        await visitor.send(Audio(pcm[at : at + 32000]))


async def hushed(visitor: Visitor) -> None:
    """The greeting is over, so that the next response is the answer to what the test sends."""
    await visitor.hears(AgentAudio, 0)
    await visitor.send(Interrupt("r1", 100))
    await visitor.hears(ResponseDone, 0)


async def goes_on(visitor: Visitor) -> None:
    """A typed question is answered, whatever came before."""
    since = len(visitor.events)
    await visitor.send(Text("Where are the toilets?"))
    await visitor.hears(Transcript, since, role="agent", final=True)


def understood(visitor: Visitor) -> list[str]:
    return [e.text for _, e in visitor.events if isinstance(e, Transcript) and e.role == "user" and e.final and e.text]


NANS = np.full(int(BURST_S * RATE) // 2, np.nan, "<f4")  # by a client that sends floats for integers
NOT_WORDS: dict[str, Samples] = {
    "silence": np.zeros(int(BURST_S * RATE), np.float32),
    "soft noise": noise(-50.0),
    "loud noise": noise(-14.0),
    "music": music(),
    "a constant": np.full(int(BURST_S * RATE), 0.9, np.float32),
    "not a number": np.frombuffer(NANS.tobytes(), "<i2") / np.float32(32768),
}


@pytest.mark.parametrize("name", NOT_WORDS)
async def test_what_is_no_speech_is_no_turn_and_answers_nobody(service: RunningService, name: str) -> None:
    async with visiting(service.endpoint, client_id=CLIENT_ID) as visitor:
        await hushed(visitor)
        since = len(visitor.events)
        await burst(visitor, NOT_WORDS[name])
        await burst(visitor, noise(-60.0, 1.5))
        await goes_on(visitor)
        assert understood(visitor) == ["Where are the toilets?"]
        assert sum(isinstance(e, ResponseStarted) for _, e in visitor.events[since:]) == 1


async def asked(visitor: Visitor, samples: Samples) -> str:
    """Its words as the service understood them, once an answer to them sounds."""
    await hushed(visitor)
    since = len(visitor.events)
    await burst(visitor, np.concatenate([noise(-60.0, 0.3), samples, noise(-60.0, 1.5)]))
    _, final = await visitor.hears(Transcript, since, role="user", final=True)
    await visitor.hears(AgentAudio, since)
    return str(final.text).lower()


@pytest.mark.slow
async def test_two_people_at_once_get_one_answer(service: RunningService, spoken: dict[str, Samples]) -> None:
    both = spoken["price"].copy()
    both[: len(spoken["hours"])] += spoken["hours"][: len(both)] / 2
    async with visiting(service.endpoint, client_id=CLIENT_ID) as visitor:
        assert len((await asked(visitor, both)).split()) >= 3
        await goes_on(visitor)


async def test_a_voice_that_overdrives_the_microphone_is_understood(
    service: RunningService, spoken: dict[str, Samples]
) -> None:
    async with visiting(service.endpoint, client_id=CLIENT_ID) as visitor:
        assert "opening hours" in await asked(visitor, spoken["hours"] * 30)


async def test_another_language_than_the_agent_s_is_answered_in_the_agent_s(
    service: RunningService, spoken: dict[str, Samples]
) -> None:
    async with visiting(service.endpoint, client_id=CLIENT_ID) as visitor:
        assert await asked(visitor, spoken["es"])
        said = [e for _, e in visitor.events if isinstance(e, Transcript) and e.role == "agent"]
        assert {e.language for e in said} == {"en"}
        await goes_on(visitor)


async def test_crumbs_of_audio_are_put_together(service: RunningService, spoken: dict[str, Samples]) -> None:
    """Frames of an uneven number of samples, the smallest of one."""
    sizes: NDArray[np.int64] = np.random.default_rng(6).integers(1, 700, 4000)
    pcm = (np.concatenate([spoken["price"], noise(-60.0, 1.5)]) * 32767).clip(-32768, 32767).astype("<i2")
    async with visiting(service.endpoint, client_id=CLIENT_ID) as visitor:
        await hushed(visitor)
        since, at = len(visitor.events), 0
        for size in sizes:
            if at >= len(pcm):
                break
            await visitor.send(Audio(pcm[at : at + size].tobytes()))
            at += int(size)
        _, final = await visitor.hears(Transcript, since, role="user", final=True)
        assert "child" in final.text.lower()


async def test_half_a_sample_ends_the_conversation_with_a_sentence(service: RunningService) -> None:
    async with visiting(service.endpoint, client_id=CLIENT_ID) as visitor:
        await visitor.socket.send(bytes(641))
        async with asyncio.timeout(10):
            await visitor.socket.wait_closed()
        assert (visitor.socket.close_code, visitor.socket.close_reason) == (1007, "16-bit audio of an odd length")


@pytest.mark.parametrize(("encoding", "rate"), [("pcm_s16le", 8000), ("pcm_s16le", 44100), ("opus", 48000)])
async def test_another_format_is_refused_and_told_what_is_taken(
    service: RunningService, encoding: str, rate: int
) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        async with visiting(service.endpoint, client_id=CLIENT_ID, input_encoding=encoding, input_rate=rate):
            pass
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1003
    assert closed.value.rcvd.reason == f"audio must be pcm_s16le at 16000 Hz, not {encoding} at {rate} Hz"


@pytest.mark.slow
async def test_a_monologue_is_written_down_in_pieces_and_delays_nobody_else(
    service: RunningService, spoken: dict[str, Samples]
) -> None:
    """90 s of a recorded person who hardly stops for breath, beside somebody with a short question."""
    prompts = [RECORDINGS / f"{name}.g722" for name in ("demo-instruct", "demo-abouttotry", "demo-congrats")]
    coded = b"".join(file.read_bytes() for file in prompts)[: 90 * RATE // 2]
    talk = g722.decode(coded).astype(np.float32) / 32768
    async with (
        visiting(service.endpoint, client_id=CLIENT_ID) as talker,
        visiting(service.endpoint, client_id=CLIENT_ID) as other,
    ):
        await hushed(talker)
        talking = asyncio.create_task(talker.say(talk))
        await hushed(other)
        await asyncio.sleep(30)  # into the second piece
        since = len(other.events)
        spoken_at = await other.say(spoken["price"])
        at, final = await other.quiet_until(Transcript, since, role="user", final=True)
        assert "child" in final.text.lower()
        assert at - spoken_at < 5, "a busy machine's allowance; the recogniser's queue would make it more"
        await talking
        await talker.silence(3.0)
        await goes_on(talker)
        assert len(understood(talker)) >= 3
        assert sum(len(text.split()) for text in understood(talker)) > 150
