"""Who comes in, who does not, and what a page of another site can do."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from kiosk.service.house.accounts import Role
from tests.service.console.console_stage import PASSWORD, Stage, stage


def test_nobody_sees_anything_without_a_login(console: Stage) -> None:
    stranger = console.visitor()
    sent_on = stranger.get("/audit?before=7")
    assert (sent_on.status, sent_on.headers["location"]) == (303, "/login?back=%2Faudit%3Fbefore%3D7")
    refused = stranger.get("/api/v1/me")
    assert refused.status == 401
    assert refused.json["what"] == "nobody is logged in"
    assert stranger.get("/api/v1/openapi.json").status == 200, "how to ask is no secret"


def test_a_user_comes_in_by_name_and_password_and_goes_out(console: Stage) -> None:
    ada = console.visitor("ada")
    page = ada.get("/audit")
    assert page.status == 200
    assert "logged in" in page.text
    cookie = dict(ada.cookies)
    assert ada.post("/logout", {}).headers["location"] == "/login"
    ada.cookies = cookie
    assert ada.get("/audit").status == 303, "the cookie that was is worth nothing"


def test_the_cookie_is_closed_to_scripts_and_to_other_sites(console: Stage) -> None:
    entered = console.visitor().post("/login", {"name": "VIC ", "password": PASSWORD})
    assert entered.status == 303
    assert {"HttpOnly", "SameSite=strict"} <= set(entered.headers["set-cookie"].split("; "))


@pytest.mark.parametrize(("name", "may"), [("ada", True), ("eve", False), ("vic", False)])
def test_each_role_has_its_rooms(console: Stage, name: str, may: bool) -> None:
    one = console.visitor(name)
    assert one.get("/audit").status == (200 if may else 403)
    assert one.get("/api/v1/audit").status == (200 if may else 403)
    assert ("Audit log" in one.get("/nowhere").text) is False


def test_a_form_of_another_site_is_refused(console: Stage) -> None:
    ada = console.visitor("ada")
    ours, ada.proof = ada.proof, "0" * 64
    assert ada.post("/logout", {}).status == 403
    ada.proof = ours
    refused = ada.ask("POST", "/logout", form={}, headers={"Origin": "https://elsewhere.example"})
    assert refused.status == 403
    assert ada.get("/audit").status == 200, "still in"


def test_a_program_comes_in_by_its_token(console: Stage) -> None:
    program = console.program(Role.EDITOR)
    assert program.get("/api/v1/me").json == {"name": "token p0", "role": "editor"}
    assert program.get("/api/v1/audit").status == 403
    program.token += "x"
    assert program.get("/api/v1/me").status == 401


def test_a_name_that_is_not_ours_is_not_answered(console: Stage) -> None:
    """A page elsewhere can point its own name to 127.0.0.1 and would be of one origin with us."""
    assert console.visitor().get("/login", Host="rebound.example:8766").status == 421
    assert console.visitor().get("/login", Host="localhost:8766").status == 200


def test_every_answer_says_what_a_browser_may_do_with_it(console: Stage) -> None:
    for path in ("/login", "/static/console.css", "/api/v1/me", "/nowhere"):
        headers = console.visitor().get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"


def test_a_link_leads_nowhere_else(console: Stage) -> None:
    for back in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/a\r\nb"):
        entered = console.visitor().post("/login", {"name": "vic", "password": PASSWORD, "back": back})
        assert entered.headers["location"] == "/"


def test_too_much_is_refused(console: Stage) -> None:
    much = b"x" * (2 * 2**20 + 1)
    refused = console.visitor("ada").ask("POST", "/login", body=much)
    assert refused.status == 413
    assert refused.json["what"] == "more than 2 MB were sent"


def test_wrong_passwords_cost_time_and_a_restart_buys_none(tmp_path: Path) -> None:
    with stage(tmp_path) as console:
        for _ in range(5):
            assert console.visitor().log_in("vic", "not the password").status == 401
        waits = console.visitor().log_in("vic")
        assert waits.status == 429
        assert "wait for" in waits.text.lower()
    with stage(tmp_path, users=False) as console:
        assert console.visitor().log_in("vic").status == 429


@pytest.mark.parametrize(
    ("terminal", "users", "shown"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_the_link_is_shown_on_a_terminal_alone_and_while_nobody_can_log_in(
    terminal: bool,
    users: bool,
    shown: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    with caplog.at_level(logging.DEBUG), stage(tmp_path, users=users) as console:
        link = f"{console.url}/setup?key={console.setup_key}"
    assert (link in capsys.readouterr().out) is shown
    assert console.setup_key not in caplog.text
    assert console.setup_key not in repr(console.console)


def test_the_first_admin_comes_in_by_the_link_once(tmp_path: Path) -> None:
    with stage(tmp_path, users=False) as console:
        first = console.visitor()
        assert "kiosk service users add" in first.get("/login").text
        assert first.get("/setup?key=guessed").status == 403
        link = f"/setup?key={console.setup_key}"
        assert first.get(link).status == 200
        asked = {"key": console.setup_key, "name": "admin"}
        short = first.post("/setup", {**asked, "password": "short"})
        assert short.status == 400
        assert "10 to 256 characters" in short.text
        assert first.post("/setup", {**asked, "password": PASSWORD}).status == 303
        assert first.get("/audit").status == 200
        assert console.visitor().get(link).status == 403
