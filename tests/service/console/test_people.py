"""Who may enter: on the page, in the API, and at a terminal of the machine."""

from __future__ import annotations

import io
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.core.fault import ExitCode
from kiosk.service.house.accounts import Role
from kiosk.service.house.schema import house_of
from kiosk.service.house.tables import Login, Token, User
from kiosk.settings.schema import Service
from tests.service.console.console_stage import PASSWORD, Stage, Visitor, stage

OTHER = "another four plain words"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as one:
        yield one


def test_an_admin_adds_changes_and_removes_a_user(house: Stage) -> None:
    ada = house.visitor("ada")
    assert ada.post("/people/add", {"name": "Bob ", "role": "viewer", "password": OTHER}).status == 303
    bob = house.visitor()
    assert bob.log_in("bob", OTHER).status == 303
    assert bob.post("/people/role", {"name": "bob", "role": "admin"}).status == 403
    ada.post("/people/role", {"name": "bob", "role": "admin"})
    assert bob.get("/people").status == 200, "in force with the next request"
    ada.post("/people/password", {"name": "bob", "password": PASSWORD})
    assert bob.get("/people").status == 303, "logged out by the new password"
    assert house.visitor().log_in("bob").status == 303
    ada.post("/people/remove", {"name": "bob"})
    assert house.visitor().log_in("bob").status == 401
    log = ada.get("/audit").text
    for deed in ("added a user as viewer", "made a user admin", "chose a password anew", "removed a user"):
        assert deed in log


def test_the_last_admin_stays(house: Stage) -> None:
    ada = house.visitor("ada")
    for path, form in (("/people/remove", {"name": "ada"}), ("/people/role", {"name": "ada", "role": "viewer"})):
        refused = ada.post(path, form)
        assert refused.status == 400
        assert "That is the last admin." in refused.text
    assert ada.get("/people").status == 200


@pytest.mark.parametrize(
    ("name", "password", "says"),
    [
        ("vic", OTHER, "That name is taken."),
        ("a b", OTHER, "That is no name of a user."),
        ("bob", "short", "A password has 10 to 256 characters."),
        ("bob", "aaaaaaaaaaaa", "That password is too easy to guess."),
        ("bobbybobby", "bobbybobby1", "That password is too easy to guess."),
    ],
)
def test_what_cannot_be_is_said(house: Stage, name: str, password: str, says: str) -> None:
    refused = house.visitor("ada").post("/people/add", {"name": name, "role": "viewer", "password": password})
    assert refused.status == 400
    assert says in refused.text
    assert password not in refused.text.replace(says, "")


def test_one_changes_ones_own_password_who_knows_it(house: Stage) -> None:
    vic = house.visitor("vic")
    assert "The old password does not fit." in vic.post("/password", {"old": OTHER, "password": OTHER}).text
    assert vic.post("/password", {"old": PASSWORD, "password": OTHER}).status == 303
    assert vic.get("/password").status == 303
    assert house.visitor().log_in("vic", OTHER).status == 303
    assert house.program(Role.VIEWER).ask("POST", "/password", form={"old": "x", "password": OTHER}).status == 400


def test_a_token_is_shown_once_and_revoked_at_once(house: Stage) -> None:
    ada = house.visitor("ada")
    shown = re.search(r"kiosk_[\w-]{40,}", ada.post("/people/tokens/add", {"name": "ci", "role": "editor"}).text)
    assert shown
    program = Visitor(house.url, shown[0])
    assert program.get("/api/v1/me").json == {"name": "token ci", "role": "editor"}
    assert shown[0] not in ada.get("/people").text
    with house.house.session() as session:
        assert shown[0] not in str([(token.key, token.name) for token in session.query(Token)])
    assert ada.post("/people/tokens/revoke", {"name": "ci"}).status == 303
    assert program.get("/api/v1/me").status == 401


def test_the_api_does_what_the_page_does(house: Stage) -> None:
    admin = house.program(Role.ADMIN)
    made = admin.ask("POST", "/api/v1/users", body={"name": "bob", "role": "viewer", "password": OTHER})
    assert made.status == 201
    assert admin.ask("PATCH", "/api/v1/users/bob", body={"role": "editor"}).json["role"] == "editor"
    assert {user["name"] for user in admin.get("/api/v1/users").json} == {"ada", "bob", "eve", "vic"}
    assert "password" not in admin.get("/api/v1/users").text
    assert admin.ask("DELETE", "/api/v1/users/bob").status == 204
    assert admin.ask("DELETE", "/api/v1/users/bob").json["what"] == "there is no user of that name"
    token = admin.ask("POST", "/api/v1/tokens", body={"name": "ci", "days": 1}).json["token"]
    assert Visitor(house.url, token).get("/api/v1/me").json["role"] == "viewer"
    assert admin.ask("DELETE", "/api/v1/tokens/ci").status == 204
    assert Visitor(house.url, token).get("/api/v1/me").status == 401
    assert house.program(Role.EDITOR).get("/api/v1/users").status == 403


def test_a_terminal_does_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "house" / "house.sqlite3"
    monkeypatch.setenv("KIOSK_SERVICE__HOUSE_DB", str(file))

    def kiosk(*words: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main(["service", *words])
        return code, *capsys.readouterr()

    assert kiosk("users", "add", "Ada", "--role", "admin", typed=f"{PASSWORD}\n")[0] == 0
    code, _, error = kiosk("users", "add", "bob", "--role", "viewer", typed="short\n")
    assert (code, "10 to 256 characters" in error) == (ExitCode.USAGE, True)
    assert kiosk("users", "list")[1] == "admin   ada\n"
    assert kiosk("users", "remove", "ada")[0] == ExitCode.USAGE, "the last admin"
    assert kiosk("users", "password", "ada", typed=f"{OTHER}\n")[0] == 0
    assert re.search(r"kiosk_[\w-]{40,}", kiosk("tokens", "add", "ci", "--days", "3")[1])
    assert kiosk("tokens", "add", "ci", "--days", "0")[0] == ExitCode.USAGE
    assert kiosk("tokens", "list")[1].startswith("viewer  ci")
    assert kiosk("tokens", "revoke", "ci")[0] == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    everything = file.read_bytes() + Path(f"{file}-wal").read_bytes() if Path(f"{file}-wal").exists() else b""
    assert PASSWORD.encode() not in everything
    with house_of(Service(house_db=str(file))).session() as session:
        assert session.get_one(User, "ada").password.startswith("scrypt:32768:8:1:")
        assert session.query(Login).count() == 0
