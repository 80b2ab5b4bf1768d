"""What a visitor can rely on, with the real engine, microphone and loudspeaker: volume, time, consent, a person."""

from __future__ import annotations

import asyncio
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from running_kiosk import Agent, Lamp, Line, running, until

from kiosk.app.kiosk import Kiosk
from kiosk.audio.files import read_wav
from kiosk.core import events as ev
from kiosk.core.policy import CaptureRule, Policy
from kiosk.core.ports import Uplink, VoiceEdge
from kiosk.core.session import Note, Phase
from kiosk.device.person import PersonCaller
from kiosk.settings.schema import Person, Settings
from kiosk.settings.sound import Sound

RATE = 48000


async def begin(kiosk: Kiosk) -> None:
    """A visitor touches, and the agent is there."""
    kiosk.touch()
    await until(lambda: kiosk.session.phase is Phase.CONNECTING)
    kiosk.dispatch(ev.AgentReady())
    assert kiosk.session.phase is Phase.LISTENING


# --- volume ---------------------------------------------------------------------------------------------------------


async def say(kiosk: Kiosk, response_id: str) -> None:
    """The agent says a tone of half a second, and it is heard to its end."""
    tone = (3000 * np.sin(2 * np.pi * 440 * np.arange(RATE // 2) / RATE)).astype(np.int16).tobytes()
    kiosk.dispatch(ev.ResponseStarted(response_id))
    kiosk.speaker.feed(response_id, tone, RATE)
    kiosk.speaker.end(response_id)
    await until(lambda: kiosk.session.phase is Phase.SPEAKING)
    await until(lambda: kiosk.session.phase is Phase.LISTENING)


def loudness(sound: np.ndarray) -> list[float]:
    """Of each stretch of sound between silences, dB; its middle, so that no ease-in counts."""
    loud = np.convolve(np.abs(sound.astype(float)), np.ones(480) / 480, "same") > 20
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(int), [0]))))
    middles = [(start + (end - start) // 3, end - (end - start) // 3) for start, end in edges.reshape(-1, 2)]
    return [20 * np.log10(np.sqrt(np.mean(sound[a:b].astype(float) ** 2))) for a, b in middles if b - a > 3000]


async def test_the_volume_is_the_sites_own_again_for_the_next_visitor(tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    policy = Policy(volume_db=-6.0, volume_step_db=3.0)
    async with running(policy, sound=Sound(wav_output=heard, rate_hz=RATE), make_link=Agent().make) as kiosk:
        await begin(kiosk)
        await say(kiosk, "a1")
        kiosk.step_volume(1)
        kiosk.step_volume(1)
        await say(kiosk, "a2")
        kiosk.leave()
        await until(lambda: kiosk.session.phase is Phase.ATTRACT)
        await begin(kiosk)
        await say(kiosk, "b1")
    own, louder, next_visitor = loudness(read_wav(heard, RATE))
    assert louder - own == pytest.approx(6, abs=0.3)
    assert next_visitor == pytest.approx(own, abs=0.1)


async def test_a_visitor_cannot_leave_the_sites_bounds(tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    policy = Policy(volume_step_db=3.0, quietest_steps=-4, loudest_steps=1)
    async with running(policy, sound=Sound(wav_output=heard, rate_hz=RATE), make_link=Agent().make) as kiosk:
        await begin(kiosk)
        await say(kiosk, "a1")
        for steps, name in ((1, "up"), (-1, "down")):
            for _ in range(20):
                kiosk.step_volume(steps)
            await say(kiosk, name)
    own, loudest, quietest = loudness(read_wav(heard, RATE))
    assert loudest - own == pytest.approx(3, abs=0.3)
    assert quietest - own == pytest.approx(-12, abs=0.3)


# --- a voice over the agent -----------------------------------------------------------------------------------------


async def test_a_suspicion_makes_the_agent_quieter_and_its_end_brings_it_back(tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    async with running(Policy(), sound=Sound(wav_output=heard, rate_hz=RATE), make_link=Agent().make) as kiosk:
        await begin(kiosk)
        tone = (3000 * np.sin(2 * np.pi * 440 * np.arange(RATE * 2) / RATE)).astype(np.int16).tobytes()
        kiosk.dispatch(ev.ResponseStarted("r1"))
        kiosk.speaker.feed("r1", tone, RATE)
        kiosk.speaker.end("r1")
        await until(lambda: kiosk.session.phase is Phase.SPEAKING)
        before = kiosk.session
        await asyncio.sleep(0.4)
        kiosk.microphone.on_voice(VoiceEdge.SUSPECTED, time.monotonic())
        await asyncio.sleep(0.4)
        kiosk.microphone.on_voice(VoiceEdge.DISMISSED, time.monotonic())
        await asyncio.sleep(0.4)
        assert kiosk.session is before, "a cough changes nothing on the screen"
    sound = read_wav(heard, RATE).astype(float)
    levels = [20 * np.log10(np.sqrt(np.mean(piece**2)) + 1) for piece in np.array_split(sound, sound.size // 2400)]
    loud, ends = max(levels), [n for n, level in enumerate(levels) if level > 20]
    quiet = min(levels[ends[0] + 2 : ends[-1] - 2])
    assert loud - quiet == pytest.approx(13, abs=0.5)
    assert levels[ends[-1] - 3] == pytest.approx(loud, abs=0.5), "it came back"


# --- time -----------------------------------------------------------------------------------------------------------


async def test_a_visitor_may_say_i_am_here_for_as_often_as_they_like() -> None:
    policy = Policy(silence=0.05, reprompts=0, checking=2.0)
    async with running(policy, make_link=Agent().make) as kiosk:
        await begin(kiosk)
        for _ in range(12):
            await until(lambda: kiosk.session.phase is Phase.CHECKING)
            kiosk.touch()
            assert kiosk.session.phase is Phase.LISTENING
        assert kiosk.session.visit == 1


async def test_nobody_there_is_the_end_of_the_visit_and_the_warning_is_heard(tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    policy = Policy(silence=0.05, reprompts=0, checking=0.6)
    async with running(policy, sound=Sound(wav_output=heard, rate_hz=RATE), make_link=Agent().make) as kiosk:
        await begin(kiosk)
        await until(lambda: kiosk.session.phase is Phase.CHECKING)
        await until(lambda: kiosk.session.phase is Phase.ATTRACT)
    assert np.abs(read_wav(heard, RATE)).max() > 500


# --- consent --------------------------------------------------------------------------------------------------------


@pytest.fixture
def noisy(tmp_path: Path) -> Sound:
    """A microphone that never hears silence."""
    path = tmp_path / "noise.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.random.default_rng(1).standard_normal(RATE * 20) * 3000).astype("<i2").tobytes())
    return Sound(wav_input=path, rate_hz=RATE)


async def test_not_one_sample_leaves_before_the_notice_is_answered(noisy: Sound) -> None:
    agent, lamp, links = Agent(), Lamp(), []

    def make(*callbacks: Callable[..., None]) -> Line:
        links.append(callbacks)
        return agent.make(*callbacks)

    policy = Policy(consent=True, capture=CaptureRule.OPEN)
    async with running(policy, sound=noisy, make_link=make, lamp=lamp) as kiosk:
        kiosk.touch()
        kiosk.press()
        await asyncio.sleep(0.6)
        assert kiosk.session.phase is Phase.NOTICE
        assert (links, agent.pushed, lamp.lit) == ([], [], False)
        agreed = time.monotonic()
        oldest: list[float] = []
        send = kiosk.microphone.on_frame

        def keep(pcm: bytes, captured_at: float) -> None:
            oldest.append(captured_at - len(pcm) / 32000)
            send(pcm, captured_at)

        kiosk.microphone.on_frame = keep
        kiosk.agree(True)
        await until(lambda: bool(links))
        assert agent.pushed == []
        kiosk.dispatch(ev.AgentReady())
        await until(lambda: len(agent.pushed) > 5)
        assert lamp.lit
        assert min(oldest) >= agreed - 0.002, "nothing from before the answer"


async def test_who_declines_or_types_is_not_listened_to(noisy: Sound) -> None:
    agent, lamp = Agent(), Lamp()
    policy = Policy(consent=True, capture=CaptureRule.OPEN)
    async with running(policy, sound=noisy, make_link=agent.make, lamp=lamp) as kiosk:
        kiosk.touch()
        kiosk.decline()
        await until(lambda: kiosk.session.phase is Phase.ATTRACT)
        kiosk.touch()
        kiosk.agree(False)
        kiosk.dispatch(ev.AgentReady())
        await asyncio.sleep(0.5)
        assert kiosk.session.phase is Phase.LISTENING
        assert kiosk.microphone.uplink is Uplink.CLOSED
        assert (agent.pushed, lamp.lit) == ([], False)


# --- a person -------------------------------------------------------------------------------------------------------


def house(*command: str) -> PersonCaller:
    return PersonCaller(Settings(person=Person(command=command, timeout_s=30)))


@pytest.mark.parametrize(("code", "note"), [(0, Note.CALLED), (1, Note.CALL_FAILED)])
async def test_the_visitor_is_told_whether_somebody_was_reached(code: int, note: Note) -> None:
    caller = house(sys.executable, "-c", f"raise SystemExit({code})")
    async with running(Policy(), make_link=Agent().make, caller=caller) as kiosk:
        await begin(kiosk)
        kiosk.call_person("unused")
        assert Note.CALLING in kiosk.session.notes
        await until(lambda: note in kiosk.session.notes)
        assert Note.CALLING not in kiosk.session.notes


async def test_an_answer_for_the_last_visitor_is_not_told_to_the_next() -> None:
    caller = house(sys.executable, "-c", "import time; time.sleep(1)")
    async with running(Policy(), make_link=Agent().make, caller=caller) as kiosk:
        await begin(kiosk)
        kiosk.call_person("unused")
        kiosk.leave()
        await until(lambda: kiosk.session.phase is Phase.ATTRACT)
        await begin(kiosk)
        await asyncio.sleep(1.5)
        assert not kiosk.session.notes & {Note.CALLING, Note.CALLED, Note.CALL_FAILED}


async def test_the_end_of_the_program_waits_for_no_call() -> None:
    caller = house(sys.executable, "-c", "import time; time.sleep(20)")
    async with running(Policy(), make_link=Agent().make, caller=caller) as kiosk:
        await begin(kiosk)
        kiosk.call_person("unused")
        await asyncio.sleep(0.2)
        ended = time.monotonic()
    assert time.monotonic() - ended < 3
