"""Conversations in the console and in its API: found, read, taken out, deleted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk.service.house.accounts import Role
from kiosk.service.store import search
from kiosk.service.store.search import Mark, Wanted
from kiosk.service.store.tables import Conversation, Event, Rating, Response, Turn, Voice
from tests.service.console.console_stage import Stage, stage
from tests.service.console.made_up import TRICK, fill

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Sixty visits, and one that is known word for word."""
    with stage(tmp_path_factory.mktemp("house")) as one:
        fill(one.conversations, 60, last=NOW)
        with one.conversations.session(write=True) as session:
            session.add(
                Conversation(
                    id="known", session_id="s/../known", device="lobby", language="de", recogniser="w", speech="k",
                    answers="a", began_at=NOW - timedelta(days=90), ended_at=NOW - timedelta(days=90), ended="user",
                )
            )  # fmt: skip
            session.flush()
            mine = {"conversation_id": "known", "at": NOW - timedelta(days=90)}
            session.add_all(
                [
                    Turn(
                        **mine, number=1, item="u1", how="voice", text=f"Öl? {TRICK}", language="de", confidence=0.3,
                        words=json.dumps([["Öl?", 0.21], *([word, 0.9] for word in TRICK.split())]),
                        start_ms=0, end_ms=900, endpoint_ms=400, recognise_ms=150,
                    ),
                    Response(
                        **mine, number=1, turn=1, text="One two three four.", source="The engine room", score=0.71,
                        action="none", answer_ms=20, sound_ms=300, sent_ms=2000, heard_ms=900, heard="One two",
                        status="interrupted",
                    ),
                    Event(**mine, number=1, kind="engine_fallback", detail="piper"),
                    Rating(**mine, number=1, score=-1, item="", comment="100 % wrong_"),
                    Voice(conversation_id="known", number=1, pcm=bytes(3200)),
                ]
            )  # fmt: skip
        yield one


def ids(house: Stage, **wanted: object) -> set[str]:
    with house.conversations.session() as session:
        return {e.conversation.id for e in search.found(session, Wanted(**wanted), 1, 1000)[1]}  # type: ignore[arg-type]


def test_each_filter_finds_what_it_says(house: Stage) -> None:
    everything = ids(house)
    assert len(everything) == 61
    assert ids(house, words="öl ROOM") == set(), "the source is not what was said"
    assert ids(house, words="öl four") == {"known"}
    assert ids(house, words="s/../kn") == {"known"}
    assert ids(house, words="100%") == set() == ids(house, words="_ _")
    assert ids(house, device="lobby") == ids(house, language="de") == {"known"}
    day = date(2025, 12, 14)
    assert ids(house, since=day, until=day) == ids(house, until=date(2026, 1, 31)) == {"known"}
    assert ids(house, since=day + timedelta(days=1)) == everything - {"known"}
    assert ids(house, marks=frozenset({Mark.POOR, Mark.FALLBACK})) == {"known"}
    assert ids(house, ended="open") == set()
    by_ending = [ids(house, ended=how) for how in ("user", "idle", "completed", "lost", "time_out")]
    assert set.union(*by_ending) == everything
    assert sum(map(len, by_ending)) == 61


def test_pages_hold_each_once(house: Stage) -> None:
    program = house.program(Role.VIEWER)
    seen: list[str] = []
    for number in (1, 2, 3, 4, 5):
        page = program.get(f"/api/v1/conversations?size=13&page={number}").json
        assert page["total"] == 61
        seen += [row["began_at"] for row in page["conversations"]]
    assert len(seen) == 61
    assert seen == sorted(seen, reverse=True)


def test_a_conversation_is_shown_as_it_went(house: Stage) -> None:
    page = house.visitor("vic").get("/conversations/known").text
    assert "<script>document" not in page
    assert "&lt;script&gt;document" in page
    assert '<mark title="21 % sure">Öl?</mark>' in page
    assert 'One two <span class="cut-here" title="the visitor cut in here">–</span>' in page
    assert '<span class="unheard">three four.</span>' in page
    assert "heard 0.9 of 2.0 s" in page
    assert "from <b>The engine room</b>, match 0.71" in page
    assert 'aria-label="end of turn 400 ms, recognised 150 ms, answer found 20 ms, first sound 300 ms"' in page
    assert "100 % wrong_" in page
    assert "Delete this session" not in page, "vic is no admin"


def test_a_visitor_s_voice_is_heard_where_it_is_kept_and_who_listens_is_noted(house: Stage) -> None:
    viewer = house.visitor("vic")
    assert 'src="/conversations/known/turns/1/audio"' in viewer.get("/conversations/known").text
    heard = viewer.get("/conversations/known/turns/1/audio")
    assert (heard.status, heard.headers["content-type"], len(heard.body)) == (200, "audio/wav", 44 + 3200)
    assert heard.headers["cache-control"] == "no-store"
    program = house.program(Role.VIEWER)
    assert program.get("/api/v1/conversations/known/turns/1/audio").body == heard.body
    assert program.get("/api/v1/conversations/known/turns/2/audio").status == 404
    assert "listened to a visitor" in house.visitor("ada").get("/audit").text


def test_every_page_of_the_list_opens(house: Stage) -> None:
    vic = house.visitor("vic")
    assert vic.get("/conversations?q=toilets&mark=interrupted&since=&until=&device=&ended=").status == 200
    assert vic.get("/conversations?page=2").status == 200
    assert vic.get("/conversations/nowhere").status == 404
    assert vic.get("/conversations?since=yesterday").status == 422
    for trick in ("%27%20OR%201=1--", "..%2F..%2Fetc%2Fpasswd", "%00", "%ff", "a%0d%0aSet-Cookie:x=1"):
        assert vic.get(f"/conversations?q={trick}").status == 200
        assert vic.get(f"/conversations/{trick}").status == 404


def test_what_leaves_the_house_is_whole_and_noted(house: Stage) -> None:
    ada = house.visitor("ada")
    lines = ada.get("/conversations/export?format=jsonl&device=lobby").text.splitlines()
    (known,) = map(json.loads, lines)
    assert known["responses"][0]["heard"] == "One two"
    assert known["turns"][0]["words"][0] == ["Öl?", 0.21]
    rows = list(csv.DictReader(io.StringIO(ada.get("/api/v1/conversations/export?format=csv").text)))
    assert {row["session_id"] for row in rows} == {"s/../known", *(f"s-{n}" for n in range(60))}
    assert "exported conversations" in ada.get("/audit").text


def test_only_an_admin_deletes_and_it_is_gone(house: Stage) -> None:
    with house.conversations.session() as session:
        (gone,) = (c for c in search.each(session, Wanted(words="s-17")) if c.session_id == "s-17")
        id, words = gone.id, gone.turns[0].text
    form = {"session_id": "s-17"}
    assert house.visitor("eve").post("/conversations/delete", form).status == 403
    assert house.program(Role.EDITOR).ask("DELETE", "/api/v1/conversations?session_id=s-17").status == 403
    ada = house.visitor("ada")
    assert ada.post("/conversations/delete", form).status == 303
    assert ada.get(f"/conversations/{id}").status == 404
    assert ada.post("/conversations/delete", form).status == 404
    assert house.program(Role.ADMIN).ask("DELETE", "/api/v1/conversations?session_id=s-18").json == {"conversations": 1}
    log = ada.get("/audit").text
    assert "deleted a session" in log
    assert "s-17" in log
    assert words not in log
