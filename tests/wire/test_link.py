"""The link against a real WebSocket server on loopback."""

from __future__ import annotations

import asyncio
import http.server
import itertools
import json
import logging
import socket
import threading
import time

import pytest
from heard_link import CLIENT_ID, EXEI, FRAME, Kiosk
from wire_server import Peer, bye, voice_server

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire.canonical import (
    AgentAudio,
    Audio,
    Closed,
    Connected,
    End,
    Error,
    Flush,
    Handover,
    Mark,
    Playback,
    Ready,
    ResponseDone,
    ResponseStarted,
    SpeechEnd,
    Start,
    Text,
    Transcript,
    Unknown,
)
from kiosk.wire.dialect import parse_dialect


async def closes(endpoint: str, **settings) -> Closed:
    """One try; what it ended with, told once and as the last event."""
    kiosk = Kiosk(endpoint, **settings)
    closed = await asyncio.wait_for(kiosk.link.run("s"), 8)
    assert kiosk.events[-1] == closed
    assert sum(isinstance(event, Closed) for event in kiosk.events) == 1
    return closed


async def quiet(peer: Peer) -> None:
    await peer.open()


async def test_a_conversation():
    async def script(peer: Peer) -> None:
        start = await peer.open(accepts=("playback",), conversation_id="c1")
        assert (start.session_id, start.client_id, start.device_id) == ("s-1", CLIENT_ID, "lobby-1")
        assert abs(start.now_ms - time.time() * 1000) < 60_000
        assert (await peer.next(Audio)).pcm == FRAME
        await peer.say(
            Transcript("user", "Where is the lift?", "u1", final=True),
            ResponseStarted("r1"),
            AgentAudio(FRAME, 16000, "r1"),
            AgentAudio(FRAME, 24000, "r1", 1, "words"),
            ResponseDone("r1"),
        )
        assert await peer.next(Playback) == Playback("r1", "finished", 40)
        await bye(peer)

    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint)
        async with asyncio.TaskGroup() as tasks:
            run = tasks.create_task(kiosk.link.run("s-1"))
            ready = await kiosk.until(Ready)
            assert (ready.conversation_id, kiosk.link.ready, kiosk.link.accepts("mute")) == ("c1", True, False)
            assert kiosk.link.push_audio(FRAME)
            await kiosk.until(ResponseDone)
            kiosk.link.send(Playback("r1", "finished", 40))
        closed = run.result()
    assert kiosk.kinds() == [
        "Connected", "Ready", "Transcript", "ResponseStarted", "ResponseDone", "Ended", "Closed",
    ]  # fmt: skip
    assert kiosk.audio == [("r1", FRAME, 16000), ("r1", FRAME, 24000)]
    assert (closed.code, closed.clean, closed.fault) == (1000, True, None)
    assert kiosk.link.figures.audio_frames_sent == 1
    names = [name for name, _ in kiosk.probes]
    assert names == [
        "connected", "start_sent", "ready_read", "audio_sent", "response_started_read", "first_audio_read",
        "response_done_read", "playback_sent",
    ]  # fmt: skip
    assert [at for _, at in kiosk.probes] == sorted(at for _, at in kiosk.probes)
    assert not kiosk.link.push_audio(FRAME)


async def test_init_is_the_first_frame_and_audio_follows_ready_in_frames_of_20_ms():
    async def script(peer: Peer) -> None:
        await peer.next(Start)
        await asyncio.sleep(0.1)  # time in which audio could come too early
        assert len(peer.frames) == 1
        await peer.say(Ready("s"))
        for _ in range(3):
            assert len((await peer.next(Audio)).pcm) == 640
        await bye(peer)

    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(kiosk.link.run("s"))
            await kiosk.until(Connected)
            threading.Thread(target=kiosk.link.push_audio, args=(FRAME * 3,)).start()  # any thread
            await kiosk.until(Closed)
    assert kiosk.link.figures.audio_frames_sent == 3


async def test_of_the_audio_before_ready_the_last_400_ms_go_up():
    """The agent takes a second to say that it is ready; the visitor speaks meanwhile."""
    received: list[bytes] = []
    spoken = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.next(Start)
        await spoken.wait()
        await peer.say(Ready("s", accepts=("speech_end",)))
        await peer.next(SpeechEnd)
        received.extend(frame for frame in peer.frames if isinstance(frame, bytes))
        await bye(peer)

    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(kiosk.link.run("s"))
            await asyncio.sleep(0)
            for number in range(50):
                assert kiosk.link.push_audio(bytes([number, 0]) * 320)
                await asyncio.sleep(0.02)  # the pace of a microphone
            kiosk.link.send(SpeechEnd(600))
            spoken.set()
    first = received[0][0]
    assert [frame[0] for frame in received] == list(range(first, 50))
    assert kiosk.link.figures.audio_frames_dropped == first
    assert first >= 30


async def test_late_audio_after_a_flush_is_dropped():
    async def script(peer: Peer) -> None:
        await peer.open()
        await peer.say(ResponseStarted("r1"), AgentAudio(FRAME, 16000, "r1"), Flush("all", reason="barge_in"))
        await peer.say(AgentAudio(FRAME, 16000, "r1"), AgentAudio(FRAME, 16000, "r1"))
        await peer.say(ResponseStarted("r2"), AgentAudio(FRAME, 16000, "r2"))
        await bye(peer)

    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint)
        await kiosk.link.run("s")
    assert [name for name, _, _ in kiosk.audio] == ["r1", "r2"]
    assert kiosk.link.figures.late_audio_dropped == 2
    assert "flush_read" in [name for name, _ in kiosk.probes]


async def test_a_burst_of_audio_gives_way_to_the_loop():
    class Slow(list):
        def append(self, audio) -> None:
            super().append(audio)
            time.sleep(0.003)

    async def script(peer: Peer) -> None:
        await peer.open()
        await peer.say(ResponseStarted("r1"), *[AgentAudio(FRAME, 16000, "r1")] * 60)
        await bye(peer)

    async def watch(seen: list[int]) -> None:
        while True:
            seen.append(len(kiosk.audio))
            await asyncio.sleep(0)

    turns: list[int] = []
    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint)
        kiosk.audio = Slow()
        watcher = asyncio.create_task(watch(turns))
        await kiosk.link.run("s")
        watcher.cancel()
    assert len(kiosk.audio) == 60
    assert max(after - before for before, after in itertools.pairwise(turns)) <= 4, "more than 12 ms in one turn"


async def test_a_clean_close_says_goodbye():
    ends: list[End] = []

    async def script(peer: Peer) -> None:
        await peer.open()
        ends.append(await peer.next(End))
        await bye(peer)

    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint)
        async with asyncio.TaskGroup() as tasks:
            run = tasks.create_task(kiosk.link.run("s"))
            await kiosk.until(Ready)
            await kiosk.link.close("idle")
            await run
    assert ends == [End("idle")]
    assert run.result() == Closed(1000, "the conversation is over", clean=True, retryable=False)
    await kiosk.link.close()  # nothing to close is no fault


async def test_close_ends_in_bounded_time_with_a_peer_that_does_not_answer():
    stalled = asyncio.Event()

    async def deaf(peer: Peer) -> None:
        await peer.open()
        peer.socket.transport.pause_reading()
        await stalled.wait()

    async with voice_server(EXEI, deaf) as endpoint:
        kiosk = Kiosk(endpoint)
        async with asyncio.TaskGroup() as tasks:
            run = tasks.create_task(kiosk.link.run("s"))
            await kiosk.until(Ready)
            await asyncio.wait_for(kiosk.link.close(), 5)
            await asyncio.wait_for(run, 2)
        stalled.set()
    assert not run.result().retryable


async def test_close_while_connecting():
    with socket.create_server(("127.0.0.1", 0)) as listener:  # accepts and says nothing
        kiosk = Kiosk(f"ws://127.0.0.1:{listener.getsockname()[1]}")
        async with asyncio.TaskGroup() as tasks:
            run = tasks.create_task(kiosk.link.run("s"))
            await asyncio.sleep(0.05)
            await kiosk.link.close()
    assert run.result().clean
    assert kiosk.kinds() == ["Closed"]


async def test_a_cancelled_run_hangs_up_and_says_closed():
    async with voice_server(EXEI, quiet) as endpoint:
        kiosk = Kiosk(endpoint)
        run = asyncio.ensure_future(kiosk.link.run("s"))
        await kiosk.until(Ready)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
    assert kiosk.kinds() == ["Connected", "Ready", "Closed"]


async def test_a_link_holds_one_conversation_after_the_other():
    async def script(peer: Peer) -> None:
        await peer.open()
        await bye(peer)

    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint)
        for number in range(3):
            assert (await kiosk.link.run(f"s-{number}")).clean
    assert kiosk.kinds().count("Closed") == 3


@pytest.mark.parametrize(
    ("code", "retryable", "exit_code"),
    [
        (4001, False, ExitCode.CREDENTIALS),
        (4000, False, ExitCode.NOT_A_VOICE_SOCKET),
        (1003, False, ExitCode.AUDIO_FORMAT),
        (1011, True, None),
        (4029, True, None),
        (4999, True, None),
        (4031, False, None),
    ],
)
async def test_a_close_code_has_its_meaning(code, retryable, exit_code):
    async def script(peer: Peer) -> None:
        await peer.next(Start)
        await peer.socket.close(code, f"refused {CLIENT_ID}")

    async with voice_server(EXEI, script) as endpoint:
        closed = await closes(endpoint)
    assert (closed.code, closed.retryable) == (code, retryable)
    assert (closed.fault.code if closed.fault else None) == exit_code
    assert CLIENT_ID not in repr(closed)


async def test_the_dialects_own_close_table_counts():
    dialect = parse_dialect(EXEI_TEXT + '3007 = "audio_format"\n', "x.toml")  # its last table is [close]

    async def script(peer: Peer) -> None:
        await peer.socket.close(3007)

    async with voice_server(dialect, script) as endpoint:
        closed = await closes(endpoint, dialect=dialect)
    assert closed.fault.code is ExitCode.AUDIO_FORMAT


async def test_a_connection_that_breaks_may_be_tried_again():
    async def script(peer: Peer) -> None:
        await peer.open()
        peer.socket.transport.abort()

    async with voice_server(EXEI, script) as endpoint:
        closed = await closes(endpoint)
    assert (closed.code, closed.retryable, closed.clean) == (1006, True, False)


async def test_an_agent_that_wants_another_rate():
    async def script(peer: Peer) -> None:
        await peer.open(input_rate=24000)

    async with voice_server(EXEI, script) as endpoint:
        closed = await closes(endpoint)
    assert closed.fault.code is ExitCode.AUDIO_FORMAT
    assert "24000 Hz" in closed.fault.sentence
    assert not closed.retryable


async def test_a_socket_that_never_says_ready():
    impatient = parse_dialect(
        EXEI_TEXT.replace("timeout_s = 10.0", "timeout_s = 0.3"),
        "impatient.toml",
    )

    async def script(peer: Peer) -> None:
        await peer.next(Start)

    async with voice_server(impatient, script) as endpoint:
        closed = await closes(endpoint, dialect=impatient)
    assert closed.fault.code is ExitCode.NOT_A_VOICE_SOCKET


async def test_an_answer_that_is_due_and_does_not_come():
    """The clock runs a hundred times as fast, so that 12 s of silence are no 12 s of test."""

    async def script(peer: Peer) -> None:
        await peer.open(accepts=("text",))
        await peer.next(Text)

    began = time.monotonic()
    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint, monotonic=lambda: began + (time.monotonic() - began) * 100)
        async with asyncio.TaskGroup() as tasks:
            run = tasks.create_task(kiosk.link.run("s"))
            await kiosk.until(Ready)
            kiosk.link.send(Text("Where is the lift?"))
    closed = run.result()
    assert closed.retryable
    assert "owes an answer" in closed.reason
    assert kiosk.link.last_rx > 0


async def test_a_person_takes_the_time_it_takes():
    """Between the two handovers 50 s of the kiosk's clock pass behind a question; after them 12 are too long again."""

    async def script(peer: Peer) -> None:
        await peer.open(accepts=("text",))
        await peer.say(Handover("desk", "Ingrid"))
        await peer.next(Text)
        await asyncio.sleep(0.5)
        await peer.say(Handover("desk", "Ingrid", active=False))
        await peer.say(Mark("back"))
        await peer.next(Text)

    began = time.monotonic()
    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint, monotonic=lambda: began + (time.monotonic() - began) * 100)
        async with asyncio.TaskGroup() as tasks:
            run = tasks.create_task(kiosk.link.run("s"))
            await kiosk.until(Handover)
            kiosk.link.send(Text("Is somebody there?"))
            await kiosk.until(Mark)
            kiosk.link.send(Text("Where is the lift?"))
    assert "owes an answer" in run.result().reason


async def test_silence_is_no_fault_while_no_answer_is_due():
    async def script(peer: Peer) -> None:
        await peer.open()
        await asyncio.sleep(0.5)  # 50 s of the kiosk's clock
        await bye(peer)

    began = time.monotonic()
    async with voice_server(EXEI, script) as endpoint:
        assert (await closes(endpoint, monotonic=lambda: began + (time.monotonic() - began) * 100)).clean


@pytest.mark.slow
async def test_a_stalled_peer_is_noticed_within_seven_seconds():
    stalled = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.open()
        peer.socket.transport.pause_reading()
        await stalled.wait()

    async with voice_server(EXEI, script, ping_interval=None) as endpoint:
        kiosk = Kiosk(endpoint)
        closed = await asyncio.wait_for(kiosk.link.run("s"), 9)
        stalled.set()
    assert closed.retryable


async def test_a_dead_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for host in ("127.0.0.1", "localhost"):
        closed = await closes(f"ws://{host}:{port}")
        assert closed.fault.code is ExitCode.ENDPOINT_UNREACHABLE
        assert "nothing listens" in closed.reason
        assert closed.retryable


async def test_an_endpoint_that_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = await closes(f"ws://127.0.0.1:{listener.getsockname()[1]}", connect_timeout_s=1)
    assert closed.fault.code is ExitCode.ENDPOINT_UNREACHABLE
    assert "in time" in closed.reason


async def test_a_host_that_does_not_exist(monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    closed = await closes("wss://voice.invalid/planted-path")
    assert closed.fault.code is ExitCode.ENDPOINT_UNREACHABLE
    assert "voice.invalid" not in closed.fault.sentence


class Page(http.server.BaseHTTPRequestHandler):
    status = 200
    headers_sent: tuple[tuple[str, str], ...] = ()

    def do_GET(self) -> None:
        self.send_response(self.status)
        for name, value in self.headers_sent:
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"<html><title>A page</title></html>")

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def web_page():
    servers = []

    def serve(handler=Page, **attributes) -> int:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), attributes))
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return server.server_address[1]

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


RETRY_AFTER = (("Retry-After", "7"),)
ELSEWHERE = (("Location", "ws://127.0.0.1:1/"),)


@pytest.mark.parametrize(
    ("answer", "retryable", "code", "words"),
    [
        ((200, ()), False, ExitCode.NOT_A_VOICE_SOCKET, "web page answers"),
        ((404, ()), False, ExitCode.NOT_A_VOICE_SOCKET, "no voice socket"),
        ((302, ELSEWHERE), False, ExitCode.NOT_A_VOICE_SOCKET, "not followed"),
        ((401, ()), False, ExitCode.CREDENTIALS, "refused this device"),
        ((503, RETRY_AFTER), True, ExitCode.ENDPOINT_UNREACHABLE, "failed or is being restarted"),
    ],
)
@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
async def test_a_web_server_instead_of_a_socket(web_page, version, answer, retryable, code, words):
    status, headers = answer
    port = web_page(status=status, headers_sent=headers, protocol_version=version)
    closed = await closes(f"ws://127.0.0.1:{port}")
    assert (closed.retryable, closed.fault.code) == (retryable, code)
    assert words in closed.fault.sentence
    assert closed.retry_after_ms == (7000 if (status, version) == (503, "HTTP/1.1") else None)


async def test_something_that_speaks_no_http():
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        closed = await closes(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert closed.fault.code is ExitCode.NOT_A_VOICE_SOCKET


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("https://agent.example/voice", "web page's address; a voice socket begins with wss://"),
        ("http://agent.example/voice", "web page's address"),
        ("ws://agent.example/voice", "unencrypted"),
        ("agent.example/voice", "does not begin with wss://"),
        ("wss://", "does not begin with wss://"),
        ("wss://[::1", "not an address"),
        ("wss://me:secret@agent.example", "user name or password"),
    ],
)
def test_an_endpoint_that_must_not_be_used(endpoint, words):
    with pytest.raises(Fault) as refused:
        Kiosk(endpoint)
    assert words in refused.value.sentence
    assert "agent.example" not in refused.value.sentence
    assert refused.value.code is ExitCode.CREDENTIALS


async def test_neither_endpoint_nor_client_id_appears_anywhere(caplog: pytest.LogCaptureFixture):
    """Planted values; the peer echoes them wherever it can; every logger is open."""

    async def script(peer: Peer) -> None:
        await peer.open()
        await peer.socket.send(json.dumps({"type": "error", "message": f"bad id {CLIENT_ID}"}))
        await peer.socket.send(json.dumps({"type": "oops", "id": CLIENT_ID}))
        await peer.socket.close(4001, CLIENT_ID)

    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets.server").setLevel(logging.CRITICAL)  # the test's own server
    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint)
        await kiosk.link.run("s")
    said = caplog.text + repr(kiosk.events) + repr(kiosk.link) + str(kiosk.events[-1].fault)
    assert "planted" not in said
    assert [e.message for e in kiosk.events if isinstance(e, Error)] == ["bad id (hidden)"]
    assert Unknown("oops") in kiosk.events


async def test_a_request_before_the_socket_gives_its_address(web_page):
    dialect = parse_dialect(
        EXEI_TEXT
        + """
[before]
url = "{endpoint}?device={device_id}"
headers = { X-Client = "{client_id}" }
body = { medium = "socket" }
answer = { join = { url = "{url}" }, token = "{token?}" }
""",
        "before.toml",
    )

    class Call(Page):
        asked: list[tuple[str, str | None, bytes]] = []  # noqa: RUF012 - filled by the one test
        answer = ""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.asked.append((self.path, self.headers["X-Client"], body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.answer.encode())

    async def script(peer: Peer) -> None:
        await peer.open()
        await bye(peer)

    async with voice_server(dialect, script) as endpoint:
        port = web_page(Call, answer=json.dumps({"join": {"url": endpoint}}))
        assert (await closes(f"http://127.0.0.1:{port}/call", dialect=dialect)).clean
        port = web_page(Call, answer="{}")
        closed = await closes(f"http://127.0.0.1:{port}/call", dialect=dialect)
        assert closed.fault.code is ExitCode.NOT_A_VOICE_SOCKET
        port = web_page(Page, status=500, do_POST=Page.do_GET)
        assert (await closes(f"http://127.0.0.1:{port}/call", dialect=dialect)).retryable
    assert Call.asked[0] == ("/call?device=lobby-1", CLIENT_ID, b'{"medium": "socket"}')


async def test_a_keepalive_is_sent_when_nothing_else_is():
    text = EXEI_TEXT + '[keepalive]\nevery_s = 0.2\nmessage = { type = "ping", id = 1 }\n'
    dialect = parse_dialect(text, "alive.toml")
    seen = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.open()
        while not any('"ping"' in frame for frame in peer.frames if isinstance(frame, str)):
            await peer.items.get()
        seen.set()
        await bye(peer)

    async with voice_server(dialect, script) as endpoint:
        await closes(endpoint, dialect=dialect)
    assert seen.is_set()


def _shipped(name: str) -> str:
    from importlib.resources import files

    return (files("kiosk.wire") / "dialects" / f"{name}.toml").read_text()


EXEI_TEXT = _shipped("exei-voice")
