"""A hello begins a visit: real speech, the real microphone and engine; not one sample leaves before the visit."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from running_kiosk import Agent, Lamp, running, until

from kiosk.audio.files import read_wav
from kiosk.core import events as ev
from kiosk.core.policy import Policy
from kiosk.core.ports import Uplink
from kiosk.core.session import Phase
from kiosk.settings.sound import Sound

pytestmark = pytest.mark.models

QUIET_S = 2.5  # longer than the breath of the start and its echo, in which no hello is looked for


@pytest.fixture(scope="module")
def hello(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quiet lobby, then somebody says hello."""
    folder = tmp_path_factory.mktemp("hello")
    spoken, lobby = folder / "spoken.wav", folder / "lobby.wav"
    words = ["say", "Hello there, can you help me?", "--voice", "am_michael", "--out", str(spoken)]
    subprocess.run([sys.executable, "-m", "kiosk", *words], check=True, timeout=120, capture_output=True)
    voice = read_wav(spoken, 48000)
    noise = np.random.default_rng(5).standard_normal(round(48000 * (QUIET_S + 2)) + voice.size) * 20
    start = round(48000 * QUIET_S)
    noise[start : start + voice.size] += voice * 0.4
    with wave.open(str(lobby), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(noise.astype("<i2").tobytes())
    return lobby


@pytest.mark.parametrize("consent", [False, True])
async def test_a_hello_begins_the_visit_and_not_a_sample_of_it_has_left(hello: Path, consent: bool) -> None:
    agent, lamp = Agent(), Lamp()
    policy = Policy(start_by_voice=True, consent=consent)
    async with running(policy, sound=Sound(wav_input=hello), make_link=agent.make, lamp=lamp) as kiosk:
        await asyncio.sleep(QUIET_S - 0.5)
        assert kiosk.session.phase is Phase.ATTRACT, "a quiet lobby is no hello"
        assert kiosk.session.watching
        await until(lambda: kiosk.session.phase is not Phase.ATTRACT)
        assert kiosk.session.phase is (Phase.NOTICE if consent else Phase.CONNECTING)
        await asyncio.sleep(0.5)
        assert kiosk.microphone.uplink is Uplink.CLOSED
        assert agent.pushed == []
        assert not any(lamp.shown), "the lamp stays dark"
        assert not kiosk.session.watching


@pytest.mark.slow
async def test_without_the_setting_a_hello_is_nothing(hello: Path) -> None:
    async with running(Policy(), sound=Sound(wav_input=hello)) as kiosk:
        await asyncio.sleep(QUIET_S + 1.5)
        assert kiosk.session.phase is Phase.ATTRACT
        assert not kiosk.session.watching


async def test_what_was_said_before_the_visit_stands_in_no_pre_roll(hello: Path) -> None:
    """The line stands at once; what goes up then is younger than the beginning of the visit."""
    agent = Agent()
    frames: list[float] = []
    async with running(Policy(start_by_voice=True), sound=Sound(wav_input=hello), make_link=agent.make) as kiosk:
        tell = kiosk.microphone.on_frame

        def keep(pcm: bytes, captured_at: float) -> None:
            frames.append(captured_at)
            tell(pcm, captured_at)

        kiosk.microphone.on_frame = keep
        await until(lambda: kiosk.session.phase is Phase.CONNECTING)
        began = kiosk.session.began_at
        kiosk.dispatch(ev.AgentReady())
        await until(lambda: len(frames) > 10)
        assert min(frames) - 0.02 >= began
