"""The agent is taught by programs: corrections, knowledge, feedback; with roles, an audit log and clear refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from kiosk.service.answers import KnowledgeAnswers
from kiosk.service.house import audit
from kiosk.service.house.accounts import Role
from kiosk.service.retrain.blocks import LARGEST_BYTES
from kiosk.service.store import queries
from tests.service.console.console_stage import Stage, Visitor, stage
from tests.service.console.made_up import fill
from tests.service.retrain.retrain_stage import DUNNO, KNOWLEDGE, LIFT, PRICE

HELMETS = "Do you have lockers for helmets?"


@pytest.fixture
def house(tmp_path: Any) -> Iterator[Stage]:
    (tmp_path / "knowledge.md").write_text(KNOWLEDGE)
    with stage(tmp_path, engine=KnowledgeAnswers, knowledge=str(tmp_path / "knowledge.md")) as one:
        yield one


@pytest.fixture
def editor(house: Stage) -> Visitor:
    return house.program(Role.EDITOR)


def send(who: Visitor, method: str, path: str, body: Any, status: int) -> Any:
    answer = who.ask(method, f"/api/v1{path}", body=body)
    assert answer.status == status, answer.text
    return answer.json if answer.body else None


def read(who: Visitor, path: str) -> Any:
    answer = who.get(f"/api/v1{path}")
    assert answer.status == 200, answer.text
    return answer.json


def better(*wordings: str, answer: str = "Yes, by the door.", **more: Any) -> dict[str, Any]:
    return {"correction": {"wordings": list(wordings), "answer": answer}, **more}


def test_a_correction_from_its_preview_to_its_undoing(house: Stage, editor: Visitor) -> None:
    ask = "/ask?question=do%20you%20have%20lockers%20for%20helmets"
    assert read(editor, ask)["text"] == DUNNO
    preview = send(editor, "POST", "/corrections/preview", better(HELMETS), 200)
    assert [(c["before"]["text"], c["after"]["text"]) for c in preview["replay"]["changed"]] == [
        (DUNNO, "Yes, by the door.")
    ]
    assert read(editor, "/corrections") == []
    saved = send(editor, "POST", "/corrections", better(HELMETS), 201)
    assert (saved["correction"], saved["version"], saved["replay"]["accept"]) == (1, 1, "")
    assert read(editor, ask)["source"] == "retrained:1"
    assert read(editor, "/suite")["right_after"] == 7
    change = {**better(HELMETS, answer="No."), "seen": 1}
    assert send(editor, "PUT", "/corrections/1", change, 200)["version"] == 2
    assert "version 2 is the newest" in send(editor, "PUT", "/corrections/1", change, 409)["what"]
    send(editor, "POST", "/corrections/1/undo", {"seen": 2}, 200)
    assert read(editor, ask)["text"] == "Yes, by the door."
    send(editor, "POST", "/corrections/1/withdraw", {"seen": 3}, 200)
    assert read(editor, ask)["text"] == DUNNO
    send(editor, "POST", "/corrections/1/restore", {"seen": 4, "version": 2}, 200)
    assert read(editor, ask)["text"] == "No."
    deeds = [(one["version"], one["deed"], one["in_force"]) for one in read(editor, "/corrections/1")]
    assert deeds == [
        (5, "restored", True),
        (4, "withdrawn", False),
        (3, "undone", True),
        (2, "changed", True),
        (1, "written", True),
    ]
    assert send(editor, "POST", "/corrections/9/undo", {"seen": 1}, 404)["what"] == "there is no correction 9"
    with house.house.session() as session:
        noted = [(deed.who, deed.what, deed.subject) for deed in audit.latest(session, 1)]
    assert noted == [(read(editor, "/me")["name"], "a correction was restored", "correction 1, version 5")]


def test_a_viewer_reads_and_changes_nothing(house: Stage) -> None:
    viewer = house.program(Role.VIEWER)
    for path in ("/corrections", "/unanswered", "/knowledge", "/knowledge/versions", "/suite"):
        read(viewer, path)
    send(viewer, "POST", "/corrections", better(HELMETS), 403)
    send(viewer, "POST", "/corrections/preview", better(HELMETS), 403)
    send(viewer, "PUT", "/knowledge", {"text": KNOWLEDGE, "seen": 0}, 403)
    send(viewer, "PUT", "/conversations/x/responses/1/feedback", {"right": True}, 403)
    by_page = house.visitor("vic")
    for path in ("/corrections", "/unanswered", "/knowledge"):
        assert by_page.get(path).status == 200
    for path in ("/corrections/new", "/knowledge/edit"):
        assert by_page.get(path).status == 403
    assert by_page.post("/corrections/save", {"question": "Why?", "answer": "So."}).status == 403
    assert Visitor(house.url).get("/api/v1/corrections").status == 401


def test_what_breaks_the_rules_is_refused_with_its_sentence(editor: Visitor) -> None:
    bad = send(editor, "POST", "/corrections", better("Why?", answer="See <here>"), 400)
    assert bad == {
        "what": 'the answer has a "<", which cannot be spoken',
        "where": "answer",
        "remedy": "write it in plain words",
    }
    long = send(editor, "POST", "/corrections", better("Why?", answer="a" * 601), 400)
    assert long["what"] == "the answer is too long to be listened to: 601 characters"
    big = send(editor, "PUT", "/knowledge", {"text": "a" * (LARGEST_BYTES + 1), "seen": 0}, 400)
    assert big["remedy"].startswith("shorten it to 256 KiB")
    wrong = send(editor, "PUT", "/knowledge", {"text": KNOWLEDGE.replace(LIFT, "[x]"), "seen": 0}, 400)
    assert wrong["where"] == "the knowledge, line 6"
    for trick in ("\ud800", "\0", "'; DROP TABLE users; --"):
        answer = editor.ask("POST", "/api/v1/corrections/preview", body=better(f"Why {trick}?"))
        assert answer.status in {200, 422}, answer.text


def test_right_answers_that_would_be_lost_are_named_and_have_to_be_accepted(house: Stage, editor: Visitor) -> None:
    worse = KNOWLEDGE.replace("- Hello there\n", "- Hello there\n- Where is the lift please\n")
    send(editor, "PUT", "/knowledge", {"text": worse, "seen": 0}, 200)
    taken = better("Hello there, where is the lift please", answer="Hello.")
    taken["correction"]["wordings"].append("lift please")
    with_opener = KNOWLEDGE.replace("- Where is the lift?", "- Where is the lift?\n- Hello there, lift please")
    send(editor, "PUT", "/knowledge", {"text": with_opener, "seen": 1}, 200)
    refused = send(editor, "POST", "/corrections", better("lift please", answer="Which?"), 409)
    assert refused["what"] == "1 question would lose the right answer"
    (lost,) = refused["regressions"]
    assert (lost["question"], lost["before"]["text"], lost["after"]["text"]) == (
        "Hello there, lift please",
        LIFT,
        "Which?",
    )
    assert read(editor, "/corrections") == []
    send(editor, "POST", "/corrections", better("lift please", answer="Which?", accept=refused["accept"]), 201)


def test_the_knowledge_whole_and_by_entry(house: Stage, editor: Visitor) -> None:
    found = read(editor, "/knowledge")
    assert (found["version"], found["edited"], found["text"]) == (0, False, KNOWLEDGE)
    assert [(entry["name"], entry["line"]) for entry in found["entries"]][:2] == [("lift", 3), ("price", 8)]
    one = {"text": "## lift\n- Where is the lift?\nGone.", "seen": 0}
    assert send(editor, "PUT", "/knowledge/entries/lift", one, 200)["version"] == 1
    assert read(editor, "/ask?question=where+is+the+lift")["text"] == "Gone."
    new = {"text": "## shop\n- Where is the shop?\nHere.", "seen": 1}
    send(editor, "PUT", "/knowledge/entries/+", new, 200)
    assert read(editor, "/ask?question=where+is+the+shop")["text"] == "Here."
    send(editor, "PUT", "/knowledge/entries/shop", {"text": "", "seen": 2}, 200)
    assert "shop" not in [entry["name"] for entry in read(editor, "/knowledge")["entries"]]
    send(editor, "PUT", "/knowledge/entries/nothing", {"text": "", "seen": 3}, 400)
    preview = send(editor, "POST", "/knowledge/preview", {"text": KNOWLEDGE, "ask": ["where is the lift"]}, 200)
    assert [(c["before"]["text"], c["after"]["text"]) for c in preview["tried"]] == [("Gone.", LIFT)]
    send(editor, "POST", "/knowledge/undo", {"seen": 3}, 200)
    assert "shop" in [entry["name"] for entry in read(editor, "/knowledge")["entries"]]
    send(editor, "POST", "/knowledge/restore", {"seen": 4, "version": 0}, 200)
    assert read(editor, "/ask?question=where+is+the+lift")["text"] == LIFT
    assert [one["deed"] for one in read(editor, "/knowledge/versions")] == [
        "given up",
        "undone",
        "edited",
        "edited",
        "edited",
    ]
    assert "## shop" in read(editor, "/knowledge/versions/2")["text"]
    assert editor.get("/api/v1/knowledge/versions/9").status == 404


def test_feedback_stands_with_the_answer_and_goes_with_the_session(house: Stage, editor: Visitor) -> None:
    fill(house.conversations, 3, last=datetime.now(UTC))
    first = read(editor, "/conversations")["conversations"][0]
    path = f"/conversations/{first['id']}/responses/2/feedback"
    send(editor, "PUT", path, {"right": True}, 204)
    send(editor, "PUT", path, {"right": False, "comment": "<script>alert(1)</script>"}, 204)
    (mark,) = read(editor, f"/conversations/{first['id']}")["feedback"]
    assert (mark["right"], mark["number"], mark["comment"]) == (False, 2, "<script>alert(1)</script>")
    page = house.visitor("vic").get(f"/conversations/{first['id']}").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    send(editor, "DELETE", path, None, 204)
    assert editor.ask("DELETE", f"/api/v1{path}").status == 404
    send(editor, "PUT", f"/conversations/{first['id']}/responses/99/feedback", {"right": True}, 404)
    send(editor, "PUT", path, {"right": True}, 204)
    with house.conversations.session(write=True) as session:
        assert queries.delete_named(session, first["session_id"]) == 1
    with house.conversations.session() as session:
        assert session.execute(text("SELECT count(*) FROM feedback")).scalar_one() == 0


def test_unanswered_questions_are_told_with_their_count(house: Stage, editor: Visitor) -> None:
    fill(house.conversations, 60, last=datetime.now(UTC))
    groups = read(editor, "/unanswered")
    assert groups
    assert [group["count"] for group in groups] == sorted((group["count"] for group in groups), reverse=True)
    question = groups[0]["questions"][0]
    send(editor, "POST", "/corrections", better(*groups[0]["questions"]), 201)
    assert question not in [words for group in read(editor, "/unanswered") for words in group["questions"]]
    page = house.visitor("eve").get("/unanswered").text
    assert "Answer it" in page
    assert PRICE not in page
