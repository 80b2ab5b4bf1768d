"""The parts of a support bundle by themselves: a check that never ends, logs without end, what secrets look like."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kiosk.app.checks.finding import Skipped
from kiosk.app.support import records
from kiosk.app.support.bundle import packed
from kiosk.app.support.findings import collect
from kiosk.app.support.part import Part, said, tail
from kiosk.app.support.veil import Veil
from kiosk.settings.schema import Journal, Settings

FOUND = """
import json, sys, os, signal, time
print(json.dumps({"begins": "disk"}), flush=True)
print(json.dumps({"name": "disk", "state": "ok", "sentence": "enough"}), flush=True)
print(json.dumps({"begins": "sound system"}), flush=True)
print("a library's last word", file=sys.stderr, flush=True)
"""


@pytest.fixture
def veil(tmp_path: Path) -> Veil:
    return Veil(Settings(), None, {"HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("end", "how"),
    [("os.kill(os.getpid(), signal.SIGSEGV)", "with code -11"), ("time.sleep(60)", "not within 1 s")],
)
def test_what_was_found_is_not_lost_with_a_check_that_never_ends(end: str, how: str) -> None:
    told = json.loads(collect([sys.executable, "-c", FOUND + end], 1.0))
    assert told["ended"] == how
    assert [(check["name"], check["state"]) for check in told["checks"]] == [("disk", "ok"), ("sound system", "fail")]
    assert how in told["checks"][1]["sentence"]
    assert told["said"] == ["a library's last word"]


def test_of_long_logs_the_newest_lines_are_taken(tmp_path: Path) -> None:
    for number, name in enumerate(("kiosk.log", "kiosk.log.1", "kiosk.log.2")):
        (tmp_path / name).write_text("".join(f"{2 - number} {line:07} {'x' * 90}\n" for line in range(20_000)))
    settings = Settings(journal=Journal(folder=tmp_path))
    lines = records.logs(settings, "kiosk").splitlines()
    assert sum(len(line) + 1 for line in lines) <= records.LONGEST_LOG
    assert lines[-1].startswith("2 0019999")
    assert lines == sorted(lines), "older files come first"
    assert lines[0].startswith("1 "), "the file before was cut to what was left"
    assert all(len(line) == 100 for line in lines), "a line was cut in two"
    with pytest.raises(Skipped, match=str(tmp_path)):
        records.logs(settings, "service")


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(Skipped, match="Is a directory"):
        tail(tmp_path)
    with pytest.raises(Skipped, match="not on this machine"):
        said("no-such-program")
    with pytest.raises(Skipped, match="does not answer"):
        said("sleep", "60", within_s=0.2)
    with pytest.raises(Skipped, match="code 1"):
        said("false")


def test_a_part_with_a_fault_of_its_own_costs_no_other(veil: Veil) -> None:
    def breaks() -> str:
        raise ZeroDivisionError

    data, listed = packed([Part("a.txt", "one", breaks), Part("b.txt", "two", lambda: "there")], veil)
    assert "a.txt                missing: This check ended because of a fault of its own" in listed
    assert b"b.txt" in data


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("wss://voice.example:8443/v1", "wss://..."),
        ("ws://127.0.0.1:8765/v1/voice", "ws://127.0.0.1:8765/v1/voice"),
        ("ws://127.0.0.1:8765/v1?client_id=x", "ws://127.0.0.1:8765/v1?..."),
        ("ws://127.0.0.1.example/v1", "ws://..."),
        ("https://user:pass@host/path", "https://...@host/path"),
        ('{"endpoint": "wss://a.example/b", "n": 1}', '{"endpoint": "wss://...", "n": 1}'),
        ("Authorization: Basic dXNlcg==, next", "Authorization: Basic ..., next"),
        ('"client_id": "abc-def", "other": 2', '"client_id": "...", "other": 2'),
        ("client_id=abc password: xyz", "client_id=... password: ..."),
        ("-----BEGIN " + "PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nend", "...\nend"),
        (
            "The Client ID was refused (the agent): copy it again.",
            "The Client ID was refused (the agent): copy it again.",
        ),
        ("begins with wss://, or not", "begins with wss://, or not"),
    ],
)
def test_what_secrets_look_like(veil: Veil, text: str, hidden: str) -> None:
    assert veil.hide(text) == hidden
