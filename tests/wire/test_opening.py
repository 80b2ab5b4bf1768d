"""The opening message, read by a gateway and written again: other names, and nothing else, in every dialect."""

from __future__ import annotations

import json

import pytest

from kiosk.core.fault import Fault
from kiosk.wire.canonical import Start
from kiosk.wire.codec import Codec, FrameRefused
from kiosk.wire.dialect import Side, load_dialect, parse_dialect
from kiosk.wire.opening import check_relayed, has_opening, read_opening

START = Start("s-1", "lobby-1", "lobby-1", "kiosk", "0.1", 12345, "exei-voice/1", "token-of-before")
SMALL = """
name = "small"
[ready]
when = "open"
[[command]]
is = "start"
message = { hello = "{client_id}", s = "{session_id}", locale = "{locale?}" }
[[event]]
is = "response_started"
message = { type = "started", id = "{response_id}" }
"""


@pytest.mark.parametrize("name", ["exei-voice", "exei-bridge"])
def test_only_the_names_are_others(name: str) -> None:
    dialect = load_dialect(name)
    (said,) = Codec(dialect, Side.CLIENT, {"locale": "de"}).write(START)
    opening = read_opening(dialect, said)
    assert opening.client_id == "lobby-1"
    written = opening.written({"client_id": "planted-4711", "endpoint": "wss://planted"})
    assert isinstance(said, str)
    assert isinstance(written, str)
    assert "planted-4711" in written
    assert json.loads(written.replace("planted-4711", "lobby-1")) == json.loads(said)


def test_what_no_field_of_a_command_holds_is_kept_too() -> None:
    dialect = parse_dialect(SMALL, "small.toml")
    (said,) = Codec(dialect, Side.CLIENT, {"locale": "de"}).write(START)
    assert json.loads(str(read_opening(dialect, said).written({"client_id": "x"}))) == {
        "hello": "x",
        "s": "s-1",
        "locale": "de",
    }


def test_in_binary_frames() -> None:
    dialect = parse_dialect(SMALL + '[up]\nmessages = "binary"\naudio = "json"\n[[command]]\nis = "audio"\n'
                            'message = { pcm = "{pcm:b64}" }\n', "small.toml")  # fmt: skip
    opening = read_opening(dialect, b'{"hello": "lobby-1", "s": "s-1"}')
    assert opening.written({"client_id": "x"}) == b'{"hello":"x","s":"s-1"}'
    with pytest.raises(FrameRefused):
        read_opening(dialect, '{"hello": "lobby-1", "s": "s-1"}')


@pytest.mark.parametrize("frame", ["", "no JSON", "[]", '{"type": "ping"}', b"\x00\x01", '{"hello": 1}', "[" * 50_000])
def test_what_is_none(frame: str | bytes) -> None:
    with pytest.raises(FrameRefused):
        read_opening(parse_dialect(SMALL, "small.toml"), frame)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('[[command]]\nis = "text"\nmessage = { t = "{text}", who = "{client_id}" }', '{client_id} in "text"'),
        ('[keepalive]\nevery_s = 5\nmessage = { ping = "{token}" }', '{token} in "keepalive"'),
        ('[[reply]]\nto = { ping = "{n}" }\nsend = { pong = "{n}", at = "{endpoint}" }', '{endpoint} in "reply"'),
        (
            '[before]\nanswer = { s = "{session_id}" }\n[[command]]\nis = "text"\nmessage = { t = "{text}", s = '
            '"{session_id}" }',
            '{session_id} in "text"',
        ),
    ],
)
def test_a_dialect_that_says_it_elsewhere_is_refused_at_the_start(more: str, says: str) -> None:
    with pytest.raises(Fault) as refused:
        check_relayed(parse_dialect(f"{SMALL}{more}\n", "small.toml"))
    assert says in refused.value.what


def test_the_shipped_ones_pass() -> None:
    for name in ("exei-voice", "exei-bridge"):
        check_relayed(load_dialect(name))
        assert has_opening(load_dialect(name))
