"""What is live is seen in the console, and a person answers a visitor from there; nothing of it is kept."""

from __future__ import annotations

import asyncio
import http.client
import json
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.service.house.accounts import Role
from kiosk.wire.canonical import End, Handover, Playback, ResponseDone, Text, Transcript
from tests.service.console.console_stage import Stage, Visitor, stage
from tests.service.store_stage import Client, client


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Of a house that keeps nothing."""
    with stage(tmp_path_factory.mktemp("live"), keep_days=0) as one:
        yield one


async def asks(who: Visitor, method: str, path: str, body: Any = None) -> Any:
    """Not on the loop that the visitor's socket is served by."""
    if method != "GET" and body is None:
        body = {}
    return await asyncio.to_thread(lambda: who.ask(method, path, body=body))


async def id_of(who: Visitor, session: str) -> str:
    live = (await asks(who, "GET", "/api/v1/live")).json
    (found,) = (one["id"] for one in live if one["session_id"] == session)
    return str(found)


async def words(visitor: Client) -> Transcript:
    while True:
        line: Transcript = await visitor.hears(Transcript)
        if line.role == "agent" and line.final:
            await visitor.hears(ResponseDone)
            await visitor.say(Playback(line.response_id or "", "finished", 500))
            return line


async def test_a_person_answers_from_the_console(console: Stage) -> None:
    eve, ada = console.visitor("eve"), console.visitor("ada")
    async with client(console, "s-1", device="lobby") as visitor:
        await words(visitor)
        id = await id_of(eve, "s-1")
        took = await asks(eve, "POST", f"/api/v1/live/{id}/person", {"name": "Eve Larsen"})
        assert (took.status, took.json["person"], took.json["mine"]) == (200, "Eve Larsen", True)
        assert await visitor.hears(Handover) == Handover("person", "Eve Larsen")
        await words(visitor)
        await visitor.say(Text("<script>alert(1)</script>"))
        refused = await asks(ada, "POST", f"/api/v1/live/{id}/person", {})
        assert (refused.status, refused.json["what"]) == (400, "Eve Larsen has this conversation")
        assert (await asks(ada, "POST", f"/api/v1/live/{id}/person/words", {"text": "Hello."})).status == 400

        assert (await asks(eve, "POST", f"/api/v1/live/{id}/person/writing")).status == 200
        assert (await asks(eve, "POST", f"/api/v1/live/{id}/person/words", {"text": "I see you."})).status == 200
        line = await words(visitor)
        assert (line.text, line.speaker) == ("I see you.", "Eve Larsen")
        seen = (await asks(ada, "GET", f"/api/v1/live/{id}")).json
        assert (seen["device"], seen["mine"]) == ("lobby", False)
        assert [(line["who"], line["text"]) for line in seen["lines"]][-2:] == [
            ("visitor", "<script>alert(1)</script>"),
            ("person", "I see you."),
        ]
        page = (await asyncio.to_thread(ada.get, f"/live/{id}")).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page

        assert (await asks(eve, "DELETE", f"/api/v1/live/{id}/person")).json["person"] == ""
        assert not (await visitor.hears(Handover)).active
        assert "the AI guide" in (await words(visitor)).text
        await visitor.say(End("user"))
    gone = await asks(eve, "GET", f"/api/v1/live/{id}")
    assert (gone.status, gone.json["what"]) == (404, "that conversation is not held any more")
    deeds = [deed["what"] for deed in ada.get("/api/v1/audit").json]
    assert [what for what in deeds if "a conversation" in what] == ["handed a conversation back", "took a conversation"]


async def test_pages_do_it_without_a_script(console: Stage) -> None:
    eve = console.visitor("eve")
    async with client(console, "s-2") as visitor:
        await words(visitor)
        id = await id_of(eve, "s-2")
        page = await asyncio.to_thread(eve.get, "/live")
        assert f"/live/{id}" in page.text
        assert "Nothing of them is kept" in page.text
        for path, wrong in (("take", {"name": "{text}<b>"}), ("say", {"text": ""}), ("say", {"text": "a" * 1001})):
            assert (await asyncio.to_thread(eve.post, f"/live/{id}/{path}", wrong)).status == 422
        for path, form in (("take", {"name": ""}), ("say", {"text": "Good day."}), ("back", {})):
            sent = await asyncio.to_thread(eve.post, f"/live/{id}/{path}", form)
            assert (sent.status, sent.headers["location"].partition("?")[0]) == (303, f"/live/{id}")
        said = []
        while not said or "handed you back" not in said[-1]:
            said.append((await words(visitor)).text)
    assert said[-2] == "Good day."


async def test_news_come_as_they_happen_and_end_with_the_conversation(console: Stage) -> None:
    vic = console.visitor("vic")
    async with client(console, "s-3") as visitor:
        await words(visitor)
        id = await id_of(vic, "s-3")
        news = await asyncio.to_thread(News, vic, f"/live/news?id={id}")
        first = await asyncio.to_thread(news.next)
        assert first["lines"][-1]["who"] == "agent"
        await visitor.say(Text("what is new"))
        while not any(line["text"] == "what is new" for line in first["lines"]):
            first = await asyncio.to_thread(news.next)
        await visitor.say(End("user"))
        await visitor.closed()
        while not first["ended"]:
            first = await asyncio.to_thread(news.next)
        assert first["ended"] == "user"
        assert await asyncio.to_thread(news.over)


def test_who_may_not_is_refused(console: Stage) -> None:
    assert console.visitor().get("/live/news").headers["location"].startswith("/login")
    program = console.program(Role.VIEWER)
    assert program.ask("POST", "/api/v1/live/x/person", body={}).status == 403
    editor = console.program(Role.EDITOR)
    assert editor.ask("POST", "/api/v1/live/x/person", body={}).status == 404
    assert editor.ask("POST", "/api/v1/live/x/person", body={"name": "{text}<b>"}).status == 422
    assert editor.ask("POST", "/api/v1/live/x/person/words", body={"text": "a" * 1001}).status == 422


class News:
    """A stream of server-sent events, read one by one; blocks."""

    def __init__(self, who: Visitor, path: str) -> None:
        self._link = http.client.HTTPConnection(urllib.parse.urlsplit(who.url).netloc, timeout=10)
        cookies = "; ".join(f"{name}={value}" for name, value in who.cookies.items())
        self._link.request("GET", path, headers={"Cookie": cookies})
        self._answer = self._link.getresponse()
        assert self._answer.headers["content-type"].startswith("text/event-stream")

    def next(self) -> Any:
        while not (line := self._answer.readline()).startswith(b"data:"):
            assert line, "the stream is over"
        return json.loads(line[5:])

    def over(self) -> bool:
        rest = self._answer.read()
        self._link.close()
        return not rest.strip()
