"""The two secrets stand in no `repr`, no report and no child's environment, whoever holds them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from kiosk.app.assembly import link_maker
from kiosk.app.checks import glass, machine, window
from kiosk.app.checks.road import Road
from kiosk.app.kiosk import no_probe
from kiosk.cli import main
from kiosk.core.fault import Fault
from kiosk.journal.log import SecretGate
from kiosk.settings.places import for_children
from kiosk.settings.schema import Settings
from kiosk.wire.canonical import Start
from kiosk.wire.conversation import Hooks
from kiosk.wire.credentials import Credentials
from kiosk.wire.dialect import load_dialect
from kiosk.wire.renewal import CredentialSource

PLANTED = Credentials("wss://planted.example/voice", "planted-4711")
DUMPS = '#!/bin/sh\nenv > "$(dirname "$0")/environment"\nexit 1\n'


@pytest.fixture
def dumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that writes down its environment and fails; the secrets stand in ours."""
    monkeypatch.setenv("EXEI_VOICE_ENDPOINT", PLANTED.endpoint)
    monkeypatch.setenv("EXEI_VOICE_CLIENT_ID", PLANTED.client_id)
    program = tmp_path / "timedatectl"
    program.write_text(DUMPS)
    program.chmod(0o755)
    return program


def of_the_child(program: Path) -> str:
    return (program.parent / "environment").read_text()


def test_no_child_of_the_checks_inherits_them(dumps: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{dumps.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(machine, "SYNCHRONISED", dumps.parent / "no such file")
    machine.clock()
    assert "PATH=" in of_the_child(dumps)
    assert "planted" not in of_the_child(dumps)
    monkeypatch.setattr(sys, "executable", str(dumps))
    for start in (lambda: glass.look("auto", {**os.environ, "DISPLAY": ":4711"}), window.drawn):
        (dumps.parent / "environment").unlink()
        with pytest.raises(Fault):
            start()
        assert "PATH=" in of_the_child(dumps)
        assert "planted" not in of_the_child(dumps)


def test_what_a_child_gets_is_everything_else() -> None:
    assert for_children({"EXEI_VOICE_CLIENT_ID": "planted", "EXEI_VOICE_ANY": "planted", "PATH": "/bin"}) == {
        "PATH": "/bin"
    }


def test_no_repr_of_what_holds_them() -> None:
    settings, source = Settings(), CredentialSource(lambda: PLANTED)
    link = link_maker(settings, load_dialect("exei-voice"), source, no_probe)(lambda event: None, lambda *audio: None)
    hooks = Hooks(lambda event: None, lambda *audio: None, no_probe, float, PLANTED.faces)
    held = [PLANTED, source, link, hooks, Start("s", PLANTED.client_id), SecretGate(PLANTED.faces),
            Road(settings, lambda: PLANTED)]  # fmt: skip
    for holder in held:
        assert "planted" not in f"{holder!r} {holder!s} {[holder]!r}", type(holder).__name__


def test_the_list_of_settings_does_not_show_them(
    dumps: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in glass.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert main(["check", "--json"]) == 0
    assert main(["check"]) == 0
    printed = "".join(capsys.readouterr())
    assert "agent.dialect" in printed
    assert "planted" not in printed
