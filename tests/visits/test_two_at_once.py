"""Two visitors talk with one service at the same time; a third is refused politely. Real speech, real sockets."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from product import CLIENT_ID, RunningService
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from kiosk.rehearsal.waves import read, resample

pytestmark = pytest.mark.models
FRAME = 640


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Questions spoken by a voice that is not the agent's, as 16 kHz PCM."""
    folder = tmp_path_factory.mktemp("spoken")
    spoken = {}
    for name, text in {
        "hours": "What are your opening hours?",
        "price": "How much is a ticket for a child?",
    }.items():
        file = folder / f"{name}.wav"
        command = [sys.executable, "-m", "kiosk", "say", "--voice", "am_michael", "--out", str(file), text]
        subprocess.run(command, check=True, timeout=120)
        samples, rate = read(file)
        spoken[name] = (resample(samples, rate, 16000) * 32767).astype("<i2").tobytes()
    return spoken


@dataclass
class Caller:
    """A client that speaks `exei-voice/1` by hand, as an integrator would: the codec is not used here."""

    socket: ClientConnection
    messages: list[dict[str, Any]] = field(default_factory=list)
    audio_bytes: int = 0

    async def listen(self) -> None:
        async for frame in self.socket:
            if isinstance(frame, bytes):
                self.audio_bytes += len(frame)
            else:
                self.messages.append(json.loads(frame))

    async def say(self, pcm: bytes) -> None:
        due = time.monotonic()
        for at in range(0, len(pcm), FRAME):
            await self.socket.send(pcm[at : at + FRAME])
            due += 0.02
            await asyncio.sleep(max(0, due - time.monotonic()))

    def words(self, role: str) -> str:
        return " ".join(
            m["text"] for m in self.messages if m["type"] == "transcript" and m["role"] == role and m["final"]
        )

    async def until(self, kind: str, number: int = 1, within_s: float = 20) -> None:
        async with asyncio.timeout(within_s):
            while sum(m["type"] == kind for m in self.messages) < number:  # noqa: ASYNC110 - nothing else wakes us
                await asyncio.sleep(0.02)


def init(session_id: str, **more: Any) -> str:
    return json.dumps(
        {
            "type": "init",
            "protocol": "exei-voice/1",
            "sessionId": session_id,
            "clientId": CLIENT_ID,
            "timestamp": 1,
            "config": {"audio": {"input": {"encoding": "pcm_s16le", "sampleRate": 16000}}},
            **more,
        }
    )


async def converse(endpoint: str, pcm: bytes) -> Caller:
    async with connect(endpoint, compression=None, proxy=None) as socket:
        caller = Caller(socket)
        listening = asyncio.create_task(caller.listen())
        await socket.send(init(str(uuid.uuid4())))
        await caller.until("responseDone")  # the greeting
        await caller.say(pcm + bytes(FRAME * 75))
        await caller.until("responseDone", 2)
        await socket.send(json.dumps({"type": "end", "reason": "user"}))
        await listening
        return caller


async def test_two_conversations_do_not_meet(service: RunningService, questions: dict[str, bytes]) -> None:
    async with asyncio.TaskGroup() as both:
        one = both.create_task(converse(service.endpoint, questions["hours"]))
        two = both.create_task(converse(service.endpoint, questions["price"]))
    assert "opening hours" in one.result().words("user").lower()
    assert "ten" in one.result().words("agent").lower()
    assert "sixty" not in one.result().words("agent").lower()
    assert "child" in two.result().words("user").lower()
    assert "sixty" in two.result().words("agent").lower()
    assert min(one.result().audio_bytes, two.result().audio_bytes) > 32000 * 3


@pytest.mark.slow
async def test_what_a_finger_slid_off_is_neither_recognised_nor_answered(
    service: RunningService, questions: dict[str, bytes]
) -> None:
    async with connect(service.endpoint, compression=None, proxy=None) as socket:
        caller = Caller(socket)
        listening = asyncio.create_task(caller.listen())
        await socket.send(init(str(uuid.uuid4())))
        await caller.until("responseDone")
        await socket.send(json.dumps({"type": "speechStart"}))
        await caller.say(questions["price"])
        await socket.send(json.dumps({"type": "speechEnd", "discard": True}))
        await socket.send(json.dumps({"type": "speechStart"}))
        await caller.say(questions["hours"])
        await socket.send(json.dumps({"type": "speechEnd"}))
        await caller.until("responseDone", 2)
        await socket.send(json.dumps({"type": "end", "reason": "user"}))
        await listening
        assert "opening hours" in caller.words("user").lower()
        assert "child" not in caller.words("user").lower()
        assert "sixty" not in caller.words("agent").lower()
        assert "" in [m["text"] for m in caller.messages if m["type"] == "transcript" and m["final"]]


async def refused(endpoint: str, first: str | bytes) -> int:
    """The close code that this first frame brings."""
    async with connect(endpoint, compression=None, proxy=None) as socket:
        await socket.send(first)
        async with asyncio.timeout(8):
            with suppress(ConnectionClosed):
                while True:
                    await socket.recv()
        assert socket.close_code is not None
        return socket.close_code


@pytest.mark.slow
async def test_a_third_visitor_is_asked_to_come_back(service: RunningService) -> None:
    async with connect(service.endpoint, proxy=None) as one, connect(service.endpoint, proxy=None) as two:
        mine = str(uuid.uuid4())
        await one.send(init(mine))
        await one.recv()
        assert await refused(service.endpoint, init(mine)) == 4009
        await two.send(init(str(uuid.uuid4())))
        await two.recv()
        assert await refused(service.endpoint, init(str(uuid.uuid4()))) == 1013
        for socket in (one, two):
            await socket.send(json.dumps({"type": "end", "reason": "user"}))


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (json.dumps({"type": "hello"}), 4000),
        ("{", 1007),
        (bytes(640), 4000),
        (init(""), 4000),
        (init("s", clientId="wrong"), 4001),
        (init("s", config={"audio": {"input": {"encoding": "pcm_s16le", "sampleRate": 8000}}}), 1003),
        (init("s", config={"resume": {"token": "old"}}), 4004),
    ],
)
async def test_what_cannot_begin_is_refused_by_its_code(service: RunningService, first: str | bytes, code: int) -> None:
    assert await refused(service.endpoint, first) == code


async def test_audio_faster_than_real_time_ends_the_conversation(service: RunningService) -> None:
    async with connect(service.endpoint, proxy=None) as socket:
        await socket.send(init(str(uuid.uuid4())))
        with pytest.raises(ConnectionClosed) as closed:  # noqa: PT012 - the close arrives at any of these
            for _ in range(100):
                await socket.send(bytes(32000))
            while True:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4029


def test_a_browser_has_no_business_here(service: RunningService) -> None:
    async def knock() -> None:
        async with connect(service.endpoint, proxy=None, origin="https://planted.example"):  # type: ignore[arg-type]
            pass

    with pytest.raises(Exception, match="403"):
        asyncio.run(knock())


def test_the_answer_to_a_web_browser_says_what_this_is(service: RunningService) -> None:
    import urllib.error
    import urllib.request

    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"http://127.0.0.1:{service.port}/v1/voice", timeout=5)
    with answer.value as page:
        assert page.code == 426
        assert b"voice socket" in page.read()


def test_the_log_keeps_no_words(service: RunningService) -> None:
    log = Path(service.log).read_text(errors="replace").lower()
    assert "opening hours" not in log
    assert CLIENT_ID not in log
