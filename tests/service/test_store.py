"""What is kept of a conversation: by the real service, over a real socket, in a real SQLite file."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.core.fault import ExitCode
from kiosk.wire.canonical import (
    AgentAudio,
    Audio,
    End,
    Feedback,
    Interrupt,
    ResponseStarted,
    SpeechEnd,
    SpeechStart,
    Text,
    Transcript,
)
from tests.service.store_stage import MISHEARD, Service, client, kept_file, start_service

TRICK = "Robert'); DROP TABLE turns;-- \u0000\x1b[31m <script>alert(1)</script> ../../etc/passwd"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = start_service(tmp_path)
    yield service
    service.stop()


class Commands:
    """`kiosk service conversations`, as a person gives it, on the store of a service."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Exit code, standard output and error."""
        code = main(["service", "conversations", *words])
        return code, *self._capsys.readouterr()


@pytest.fixture
def conversations(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.setenv("KIOSK_SERVICE__CONVERSATIONS_DB", str(kept_file(tmp_path)))
    return Commands(capsys)


async def test_a_conversation_is_kept_as_it_happens(service: Service) -> None:
    async with client(service, "s-1") as visitor:
        await visitor.plays()
        await visitor.say(SpeechStart(), Audio(b"\1\0" * 16000), SpeechEnd())
        await visitor.plays()
        await visitor.say(Text("tell me about xyzzy"))
        await visitor.plays()
        await visitor.say(Text("and what about plumbago"))
        await visitor.hears(AgentAudio)
        started = (await service.has("responses", lambda rows: len(rows) == 4))[-1]
        assert started["status"] in {"speaking", "completed"}
        await visitor.say(Interrupt("r4", 120), Feedback(-1, "a2", "that was not the shop"))
        await service.has("responses", lambda rows: rows[-1]["status"] == "interrupted")
        (live,) = service.rows("conversations")
        assert live["ended"] is None
        await visitor.say(End("user"))
        await visitor.closed()
    (kept,) = await service.has("conversations", lambda rows: rows[0]["ended"] is not None)
    assert kept.items() >= {"session_id": "s-1", "device": "kiosk-7", "language": "en", "ended": "user"}.items()
    spoken, unknown, last = service.rows("turns")
    assert spoken.items() >= {"how": "voice", "text": MISHEARD, "confidence": 0.31, "item": "u1"}.items()
    assert 0 <= spoken["recognise_ms"] < 5000
    assert spoken["endpoint_ms"] >= 0
    assert json.loads(spoken["words"])[-1] == ["shot", 0.5]
    assert (unknown["how"], unknown["text"], last["number"]) == ("text", "tell me about xyzzy", 3)
    greeting, shop, dunno, cut = service.rows("responses")
    assert (greeting["turn"], greeting["source"], greeting["status"]) == (None, "greeting", "completed")
    assert (shop["turn"], shop["source"], shop["score"], shop["heard_ms"]) == (1, "echo", 0.9, 900)
    assert shop["sound_ms"] >= 50, "the stand-in voice takes that long"
    assert shop["sent_ms"] > 500
    assert dunno["action"] == "unknown"
    assert (cut["status"], cut["heard_ms"]) == ("interrupted", 120)
    assert cut["text"].startswith(cut["heard"])
    assert len(cut["heard"]) < len(cut["text"])
    assert greeting["heard"] is None, "all of it was"
    events = {(row["kind"], row["detail"]) for row in service.rows("events")}
    assert events == {
        ("engine_fallback", "stand-in voice"),  # the settings say auto, and it is not the first choice
        ("low_confidence", "turn 1"),
        ("unknown_question", "turn 2"),
        ("interrupted", "response 4"),
    }
    (rating,) = service.rows("ratings")
    assert (rating["score"], rating["item"], rating["comment"]) == (-1, "a2", "that was not the shop")

    assert stat.S_IMODE(service.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(service.file.parent.stat().st_mode) == 0o700
    log = service.log.read_text()
    assert "s-1" in log
    assert not [word for word in ("gift", "plumbago", "xyzzy", "shop") if word in log]


async def test_a_final_turn_outlives_a_killed_service(service: Service) -> None:
    async with client(service, "s-2") as visitor:
        await visitor.plays()
        await visitor.say(Text("will this be kept"))
        await visitor.hears(Transcript)
        async with asyncio.timeout(5):  # 4 ms; a busy disk took longer than the answer needs to sound
            while not service.rows("turns"):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.002)
        service.kill()
    turns = [row["text"] for row in service.rows("turns")]
    assert turns == ["will this be kept"]
    assert service.rows("conversations")[0]["ended"] is None


async def test_a_service_that_is_told_to_stop_writes_what_waits(service: Service) -> None:
    async with client(service, "s-9") as visitor:
        await visitor.plays()
        await visitor.say(Text("just before the end"))
        await visitor.hears(Transcript)
        await asyncio.to_thread(service.stop)
    assert service.process.returncode == 0
    assert [row["text"] for row in service.rows("turns")] == ["just before the end"]
    (conversation,) = service.rows("conversations")
    assert conversation["ended"] == "lost"
    assert service.rows("events")[-1]["detail"] == "1012"


async def test_a_lost_link_and_its_return_are_told(service: Service) -> None:
    async with client(service, "s-3") as visitor:
        await visitor.plays()
        token = visitor.events[0].resume_token
        visitor.socket.transport.abort()
    await service.has("conversations", lambda rows: rows[0]["ended"] == "lost")
    async with client(service, "s-3", resume_token=token) as visitor:
        (row,) = await service.has("conversations", lambda rows: rows[0]["ended"] is None)
        assert row["ended_at"] is None
        await visitor.say(Text("back again"))
        await visitor.plays()
        await visitor.say(End())
        await visitor.closed()
    await service.has("conversations", lambda rows: rows[0]["ended"] == "user")
    assert [row["kind"] for row in service.rows("events")] == ["engine_fallback", "link_lost", "resumed"]
    assert [row["text"] for row in service.rows("turns")] == ["back again"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a running process")
async def test_a_full_disk_stops_nobody(service: Service) -> None:
    import resource

    async with client(service, "s-4") as visitor:
        await visitor.plays()
        await service.has("responses", lambda rows: bool(rows) and rows[0]["status"] == "completed")
        soft, hard = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)
        size = service.log.stat().st_size + 2_000
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (size, hard))
        for question in ("first", "second"):
            await visitor.say(Text(f"the {question} question"))
            await visitor.plays()
        await until_logged(service, "are not written at the moment")
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (soft, hard))
        turns = await service.has("turns", lambda rows: len(rows) == 2)
    assert [row["text"] for row in turns] == ["the first question", "the second question"]
    responses = await service.has("responses", lambda rows: len(rows) == 3 and rows[-1]["status"] == "completed")
    assert all(row["sound_ms"] < 2000 for row in responses)


async def test_a_database_that_goes_away_gets_its_rows_when_it_returns(service: Service) -> None:
    async with client(service, "s-5") as visitor:
        await visitor.plays()
        await service.has("responses", lambda rows: bool(rows) and rows[0]["status"] == "completed")
        elsewhere = service.file.parent.with_name("elsewhere")
        service.file.parent.rename(elsewhere)
        service.file.parent.write_text("in the way")
        await visitor.say(Text("are you there"))
        await visitor.plays()
        await until_logged(service, "are not written at the moment")
        service.file.parent.unlink()
        elsewhere.rename(service.file.parent)
        turns = await service.has("turns", lambda rows: len(rows) == 1)
    assert turns[0]["text"] == "are you there"
    await until_logged(service, "are written again; 0 rows were lost")


async def test_tricks_in_text_are_text_and_the_commands_read_it(service: Service, conversations: Commands) -> None:
    async with client(service, "s'6; --") as visitor:
        await visitor.say(Text(TRICK))
        await visitor.plays()
        await visitor.say(Text("=HYPERLINK(1)"), End())
        await visitor.closed()
    async with client(service, "s-7") as visitor:
        await visitor.say(Text("another visitor"), End())
        await visitor.closed()
    await service.has("conversations", lambda rows: len(rows) == 2 and all(row["ended"] for row in rows))
    kept = TRICK.replace("\0", "?")
    assert service.rows("turns")[0]["text"] == kept

    _, listed, _ = conversations("list")
    assert len(listed.splitlines()) == 3
    assert "s'6; --" in listed
    _, shown, _ = conversations("show", "s'6; --")
    assert "DROP TABLE turns;-- ?�[31m" in shown
    assert "\x1b" not in shown
    lines = [json.loads(line) for line in conversations("export")[1].splitlines()]
    assert [line["session_id"] for line in lines] == ["s'6; --", "s-7"]
    assert lines[0]["turns"][0]["text"] == kept
    assert ",'=HYPERLINK(1)," in conversations("export", "--format", "csv")[1]
    assert conversations("export", "--since", "2999-01-01") == (0, "", "")
    assert conversations("export", "--since", "yesterday")[0] == ExitCode.USAGE

    assert conversations("delete", "s'6; --") == (0, "Deleted: 1 conversation of that session.\n", "")
    assert conversations("show", "s'6; --")[0] == ExitCode.USAGE
    assert [row["session_id"] for row in service.rows("conversations")] == ["s-7"]
    files = list(service.file.parent.iterdir())
    assert not [file.name for file in files if b"Robert" in file.read_bytes()], "deleted, and still in the file"
    assert [file.name for file in files if b"another visitor" in file.read_bytes()], "or nothing would be found at all"
    assert conversations("purge", "--yes") == (0, "Deleted: 1 conversations.\n", "")
    assert service.rows("turns") == []


async def test_a_site_that_keeps_nothing_writes_nothing(tmp_path: Path, conversations: Commands) -> None:
    service = start_service(tmp_path, KIOSK_SERVICE__KEEP_DAYS="0")
    try:
        async with client(service, "s-8") as visitor:
            await visitor.say(Text("not for keeping"))
            await visitor.hears(ResponseStarted)
            await visitor.say(End())
            await visitor.closed()
    finally:
        service.stop()
    assert not service.file.parent.exists()
    code, printed, said = conversations("list")
    assert (code, printed) == (0, "")
    assert "service.keep_days" in said
    assert not service.file.parent.exists(), "looking makes nothing"


async def until_logged(service: Service, words: str) -> None:
    async with asyncio.timeout(10):
        while words not in service.log.read_text():  # noqa: ASYNC110 - another process's file
            await asyncio.sleep(0.02)
