"""Devices that come, go and change places under a running kiosk: the real engine on a real sound server."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from kiosk.rehearsal.programs import Program
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import LOUDSPEAKER, MICROPHONE, SoundServer
from tests.bench.agent_peer import AgentPeer
from tests.bench.engine import begin, engine_on, noise

pytestmark = [
    pytest.mark.rig,
    pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="apt-get install pulseaudio pulseaudio-utils"),
]

SECOND = "second_speaker"
NULL_SINK = ("rate=48000", "norewinds=1")
NO_MICROPHONE, NO_SPEAKER = "no_microphone", "no_speaker"
BOTH = f'["{LOUDSPEAKER}", "{SECOND}"]'
SOON_S = 10


@dataclass
class Running:
    kiosk: Program
    peer: AgentPeer
    sound: SoundServer

    async def note(self, name: str, *, gone: bool = False, since: int = 0) -> None:
        event = "note_gone" if gone else "note"
        found = await self.kiosk.wait_for(
            lambda e: e["event"] == event and e["note"] == name, since=since, within_s=SOON_S
        )
        assert found is not None, f"never {event} {name}: {self.kiosk.events[-8:]}"

    async def log_says(self, *words: str) -> None:
        async with asyncio.timeout(SOON_S):
            while not all(word in self.kiosk.log_file.read_text() for word in words):  # noqa: ASYNC110 - it is a file
                await asyncio.sleep(0.05)

    async def speaks(self, seconds: float = 20.0) -> str:
        since = len(self.kiosk.events)
        response_id = await self.peer.burst(noise(seconds))
        assert await self.kiosk.wait_for(lambda e: e["event"] == "playback_started", since=since, within_s=SOON_S)
        return response_id

    async def plays_to(self, sink: str) -> None:
        """Until the kiosk's voice comes out of that one."""
        async with asyncio.timeout(SOON_S):
            while self.on("sink-inputs", "sinks") != {sink}:  # noqa: ASYNC110 - the server is asked
                await asyncio.sleep(0.05)

    def on(self, streams: str, devices: str) -> set[str]:
        """Names of the devices that streams of the kiosk stand on."""
        names = dict(line.split("\t")[:2] for line in self.sound.pactl("list", "short", devices).splitlines())
        lines = [line.split("\t") for line in self.sound.pactl("list", "short", streams).splitlines()]
        clients = {
            line.split("\t")[0]
            for line in self.sound.pactl("list", "short", "clients").splitlines()
            if "python" in line.split("\t")[2]
        }
        return {names[line[1]] for line in lines if line[2] in clients}


def loud_frames(heard: list[tuple[float, bytes]]) -> int:
    return sum(int(np.abs(np.frombuffer(pcm, "<i2").astype(int)).max() > 2000) for _, pcm in heard)


@asynccontextmanager
async def running(sound: SoundServer, folder: Path, **settings: str) -> AsyncIterator[Running]:
    async with engine_on(sound, folder, KIOSK_CAPTURE__MODE="open", **settings) as (kiosk, peer):
        yield Running(kiosk, peer, sound)


@pytest.fixture
def sound() -> Iterator[SoundServer]:
    with SoundServer() as server:
        yield server


async def test_a_start_without_devices_is_a_start(sound: SoundServer, tmp_path: Path) -> None:
    sound.unplug_microphone()
    sound.unplug_loudspeaker()
    async with running(sound, tmp_path) as it:
        await it.note(NO_MICROPHONE)
        await it.note(NO_SPEAKER)
        sound.plug_loudspeaker()
        sound.plug_microphone()
        await it.note(NO_SPEAKER, gone=True)
        with Room(sound, tmp_path / "room") as room:
            room.noise(-50.0)
            await it.note(NO_MICROPHONE, gone=True)
            await begin(it.kiosk, it.peer)


@pytest.mark.slow
async def test_the_next_loudspeaker_takes_over_in_the_middle_of_a_word(sound: SoundServer, tmp_path: Path) -> None:
    sound.add(SECOND, "module-null-sink", f"sink_name={SECOND}", *NULL_SINK)
    async with running(sound, tmp_path, KIOSK_SOUND__LOUDSPEAKER=BOTH) as it:
        await begin(it.kiosk, it.peer)
        since = len(it.kiosk.events)
        response_id = await it.speaks()
        await it.plays_to(LOUDSPEAKER)
        sound.unplug_loudspeaker()
        await it.plays_to(SECOND)
        assert not [e for e in it.kiosk.events[since:] if e["event"] in ("note", "flush", "playback_ended")]
        await it.peer.interrupt(response_id)
        await it.speaks(5.0)
        await it.plays_to(SECOND)  # over an abort and a start too


@pytest.mark.slow
async def test_a_better_loudspeaker_is_taken_when_nobody_is_disturbed(sound: SoundServer, tmp_path: Path) -> None:
    sound.add(SECOND, "module-null-sink", f"sink_name={SECOND}", *NULL_SINK)
    sound.unplug_loudspeaker()
    async with running(sound, tmp_path, KIOSK_SOUND__LOUDSPEAKER=BOTH) as it:
        await begin(it.kiosk, it.peer)
        sound.plug_loudspeaker()
        await it.speaks()
        await it.plays_to(SECOND)  # a visit is under way
        await it.kiosk.order("leave")
        await it.log_says(f"{LOUDSPEAKER} takes over")
        it.peer.connected.clear()
        await begin(it.kiosk, it.peer)
        await it.speaks(5.0)
        await it.plays_to(LOUDSPEAKER)


async def test_a_headset_takes_over_speech_and_gives_it_back(sound: SoundServer, tmp_path: Path) -> None:
    async with running(sound, tmp_path, KIOSK_SOUND__HEADSET="usb-headset") as it:
        await begin(it.kiosk, it.peer)
        since = len(it.kiosk.events)
        await it.speaks()
        await it.plays_to(LOUDSPEAKER)
        sound.add("usb-headset", "module-null-sink", "sink_name=usb-headset", *NULL_SINK)
        await it.plays_to("usb-headset")
        sound.remove("usb-headset")
        await it.plays_to(LOUDSPEAKER)
        assert not [e for e in it.kiosk.events[since:] if e["event"] in ("note", "flush", "playback_ended")]


async def test_an_unplugged_microphone_does_not_become_the_loudspeakers_monitor(tmp_path: Path) -> None:
    """There is no other input: the sound server hands the stream the monitor, and the kiosk would hear itself."""
    with SoundServer(spare_input=False) as sound:
        async with running(sound, tmp_path) as it:
            await begin(it.kiosk, it.peer)
            response_id = await it.speaks()
            await it.plays_to(LOUDSPEAKER)
            known, since = len(it.peer.audio), len(it.kiosk.events)
            sound.unplug_microphone()
            await it.note(NO_MICROPHONE, since=since)
            await it.log_says(f"{LOUDSPEAKER}.monitor in its place")
            await it.peer.interrupt(response_id)
            await it.speaks(1.0)
            assert it.on("source-outputs", "sources") == set()
            assert loud_frames(it.peer.audio[known:]) == 0
            sound.plug_microphone()
            with Room(sound, tmp_path / "room") as room:
                room.noise(-50.0)
                await it.note(NO_MICROPHONE, gone=True, since=since)
            assert it.on("source-outputs", "sources") <= {MICROPHONE}


async def test_the_systems_own_canceller_is_the_only_one(sound: SoundServer, tmp_path: Path) -> None:
    sound.add("clean", "module-echo-cancel", "source_name=clean", f"source_master={MICROPHONE}", "aec_method=null")
    async with running(sound, tmp_path, KIOSK_SOUND__MICROPHONE='["clean", "default"]') as it:
        await it.log_says("cancels the echo of clean")


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["listening", "speaking"])
async def test_a_frozen_sound_server_holds_nothing_up(sound: SoundServer, tmp_path: Path, phase: str) -> None:
    with Room(sound, tmp_path / "room") as room:
        room.noise(-50.0)
        async with running(sound, tmp_path) as it:
            await begin(it.kiosk, it.peer)
            since = len(it.kiosk.events)
            if phase == "speaking":
                await it.speaks()
            sound.freeze()
            await it.note(NO_MICROPHONE, since=since)
            if phase == "speaking":
                await it.note(NO_SPEAKER, since=since)
            sound.thaw()
            await it.note(NO_MICROPHONE, gone=True, since=since)
            await it.speaks(0.5)
