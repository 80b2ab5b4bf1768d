"""A dialect file is either right or refused with file, line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire import dialect as module
from kiosk.wire.dialect import dialect_names, load_dialect, parse_dialect

GOOD = """\
name = "mine"

[ready]
when = "open"

[responses]
begin = "audio"
quiet_s = 1

[[event]]
is = "flush"
message = { type = "stop" }

[[event]]
is = "transcript"
message = { type = "said", who = "{role:user|agent}", text = "{text}" }
"""


def refusal(old="", new="", extra=""):
    with pytest.raises(Fault) as refused:
        parse_dialect(GOOD.replace(old, new) + extra, "mine.toml")
    assert refused.value.code is ExitCode.SETTINGS
    return refused.value.sentence


def test_the_file_these_tests_spoil_is_a_good_one():
    assert parse_dialect(GOOD, "mine.toml").name == "mine"


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('name = "mine"', "name = mine", 1, "not TOML"),
        ('name = "mine"', "", 1, '"name" is missing'),
        ('name = "mine"', "name = 3", 1, "must be a text"),
        ('when = "open"', 'wen = "open"', 4, 'did you mean "when"'),
        ('when = "open"', 'when = "opn"', 4, 'did you mean "open"'),
        ('when = "open"', 'timeout_s = "a"', 4, "must be a number"),
        ('when = "open"', "timeout_s = 900", 4, "from 0.1 to 60"),
        ('when = "open"', 'when = "message"', 4, 'no [[event]] is "ready"'),
        ("[ready]", "[redy]", 3, 'did you mean "ready"'),
        ('is = "flush"', 'is = "flsh"', 11, 'did you mean "flush"'),
        ('type = "stop"', 'type = "{respons_id}"', 12, "did you mean {response_id}"),
        ('{ type = "stop" }', '{ type = "{=a?}" }', 12, "match every message"),
        ('{ type = "stop" }', '{ type = "stop" }\nwith = { scop = "all" }', 13, 'did you mean "scope"'),
        ('{ type = "stop" }', '{ type = "stop" }\nwith = { scope = 1 }', 13, "cannot be 1"),
        ('text = "{text}"', 'text = "x"', 16, "no hole for {text}"),
        ("quiet_s = 1", "", 7, "nothing ends a response"),
        ('begin = "audio"', "", 6, "response_started"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_reason(old, new, line, reason):
    sentence = refusal(old, new)
    assert f"mine.toml, line {line})" in sentence
    assert reason.lower() in sentence.lower()


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ("[close]\n99 = 'done'", "no close code"),
        ("[close]\n4001 = 'clientid'", 'did you mean "client_id"'),
        ("[up]\naudio = 'json'", 'no [[command]] is "audio"'),
        ("[up]\nmessages = 'binary'", "cannot both be binary"),
        ("[up]\nend_of_turn = 'kiosk'", "end_of_turn"),
        ("[up]\nend_of_turn = 'client'", 'no [[command]] is "speech_end"'),
        (
            "[up]\nend_of_turn = 'client'\nwhile_speaking = 'open'\n"
            "[[command]]\nis = 'speech_end'\nmessage = { type = 'commit' }",
            "the end of a turn too",
        ),
        ("[[reply]]\nto = { type = 'ping', i = '{e}' }\nsend = { i = '{f}' }", 'which "to" does not take'),
        ("[[reply]]\nto = { }\nsend = { }", "match every message"),
        ("[keepalive]\nevery_s = 5", '"message" is missing'),
        ("[before]\nurl = '{endpoint}/call'", "takes nothing"),
        ("[connect]\nurl = 'wss://{enpoint}'", "did you mean {endpoint}"),
    ],
)
def test_what_only_some_files_have_is_checked_too(extra, reason):
    assert reason.lower() in refusal(extra=extra).lower()


def test_the_shipped_dialects_are_found_by_name():
    assert {"exei-voice", "exei-bridge"} <= set(dialect_names())
    for name in dialect_names():
        assert load_dialect(name).name == name


def test_a_dialect_is_found_by_path(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(GOOD)
    assert load_dialect(str(file)).name == "mine"


def test_a_missing_dialect_offers_the_nearest():
    with pytest.raises(Fault, match='did you mean "exei-voice"'):
        load_dialect("exei-voices")
    with pytest.raises(Fault, match="No such file"):
        load_dialect("./nowhere.toml")


def test_a_package_can_bring_a_dialect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A real installed distribution: its metadata and its module lie in a directory on the path."""
    info = tmp_path / "acme_voice-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-voice\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{module.ENTRY_POINTS}]\nacme = acme_voice:DIALECT\n")
    (tmp_path / "acme.toml").write_text(GOOD)
    (tmp_path / "acme_voice.py").write_text("from pathlib import Path\nDIALECT = Path(__file__).parent / 'acme.toml'\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "acme" in dialect_names()
    assert load_dialect("acme").name == "mine"


def test_the_dialect_of_the_guide_is_a_good_one():
    guide = (Path(module.__file__).parent / "README.md").read_text()
    example = guide.split("```toml\n")[1].split("```")[0]
    dialect = parse_dialect(example, "README.md")
    assert (dialect.name, dialect.close_codes[4401]) == ("acme", "client_id")
    assert {entry.kind for entry in dialect.events} == {"ready", "agent_audio", "flush", "transcript"}
