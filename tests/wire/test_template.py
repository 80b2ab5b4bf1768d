# ruff: noqa: E501 - a template beside its message
"""The template language: everything the format document asks it to say, both ways."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.wire.coders import Damaged, Sound
from kiosk.wire.template import TemplateError, Unfillable, fill, match, parse

NAMES = {
    "text": "str",
    "id": "str",
    "count": "int",
    "speed": "float",
    "muted": "bool",
    "names": "strings",
    "extra": "json",
    "values": "map",
    "pcm": "pcm",
    "rate": "int",
}


def both_ways(tree, message, bindings, encoding="pcm_s16le"):
    template = parse(tree, NAMES, encoding)
    assert match(template, message) == bindings
    assert fill(template, bindings) == message


@pytest.mark.parametrize(
    ("tree", "message", "bindings"),
    [
        ({"type": "say", "text": "{text}"}, {"type": "say", "text": "hi"}, {"text": "hi"}),
        ({"bare": "{text}"}, {"bare": "hi"}, {"text": "hi"}),
        ({"n": "{count}", "s": "{speed}"}, {"n": 3, "s": 0.5}, {"count": 3, "speed": 0.5}),
        ({"n": "{count:digits}"}, {"n": "17"}, {"count": 17}),
        ({"n": "{id:int}"}, {"n": 17}, {"id": "17"}),
        ({"t": "a", "x": "{text?}"}, {"t": "a"}, {}),
        ({"t": "a", "x": {"y": "{text?}"}}, {"t": "a"}, {}),
        ({"who": "{text:user|bot>agent}"}, {"who": "bot"}, {"text": "agent"}),
        ({"l": ["{_}", {"v": "{count}"}]}, {"l": [None, {"v": 1}]}, {"count": 1}),
        ({"l": {"@any": {"kind": "b", "v": "{count}"}}}, {"l": [{"kind": "b", "v": 1}]}, {"count": 1}),
        ({"h": "Bearer {text}"}, {"h": "Bearer abc"}, {"text": "abc"}),
        ({"m": "audio/pcm;rate={rate}"}, {"m": "audio/pcm;rate=24000"}, {"rate": 24000}),
        ({"m": "{text}:{id}!"}, {"m": "a:b!"}, {"text": "a", "id": "b"}),
        ({"b": "{{literal}}", "t": "{text}"}, {"b": "{literal}", "t": ""}, {"text": ""}),
        ({"inner": {"@json": {"id": "{id}"}}}, {"inner": '{"id":"x"}'}, {"id": "x"}),
        ({"a": "{names}", "v": "{values}"}, {"a": ["x", "y"], "v": {"k": 1.5}}, {"names": ("x", "y"), "values": {"k": 1.5}}),
        ({"m": "{muted}"}, {"m": False}, {"muted": False}),
        ({"x": "{extra}"}, {"x": {"deep": [1, None]}}, {"extra": {"deep": [1, None]}}),
        ({"c": "{=1?}", "t": "{text}"}, {"c": 1, "t": "a"}, {"text": "a"}),
    ],
)  # fmt: skip
def test_it_says_and_understands_the_same(tree, message, bindings):
    if tree.get("l") == {"@any": {"kind": "b", "v": "{count}"}}:
        longer = {"l": [{"kind": "a", "v": 9}, *message["l"]]}
        assert match(parse(tree, NAMES), longer) == bindings
    both_ways(tree, message, bindings)


@pytest.mark.parametrize(("encoding", "pcm"), [("pcm_s16le", b"\x01\x02\x03\x04"), ("mulaw", b"\x00\x00\x00\x00")])
def test_audio_as_base64_of_the_dialects_encoding(encoding, pcm):
    template = parse({"d": "{pcm:b64}"}, NAMES, encoding)
    said = fill(template, {"pcm": Sound(pcm, 16000)})
    assert len(base64.b64decode(said["d"])) == (len(pcm) if encoding == "pcm_s16le" else len(pcm) // 2)
    assert match(template, said) == {"pcm": Sound(pcm)}


def test_audio_in_a_wav_container_tells_its_own_rate():
    template = parse({"d": "{pcm:b64.wav}"}, NAMES)
    said = fill(template, {"pcm": Sound(b"\x01\x02", 24000)})
    assert match(template, said) == {"pcm": Sound(b"\x01\x02", 24000)}


def test_a_wav_file_that_was_declared_as_raw_is_unwrapped():
    wav = fill(parse({"d": "{pcm:b64.wav}"}, NAMES), {"pcm": Sound(b"\x01\x02", 8000)})
    assert match(parse({"d": "{pcm:b64}"}, NAMES), wav) == {"pcm": Sound(b"\x01\x02", 8000)}


def test_audio_as_a_list_of_samples():
    template = parse({"samples": "{pcm:ints}"}, NAMES)
    assert match(template, {"samples": [1, -1]}) == {"pcm": Sound(b"\x01\x00\xff\xff")}
    assert fill(template, {"pcm": b"\x01\x00\xff\xff"}) == {"samples": [1, -1]}


@pytest.mark.parametrize("damaged", ["%%%", "AAA", base64.b64encode(b"odd").decode(), 7])
def test_damaged_audio_is_recognised_and_not_swallowed(damaged):
    with pytest.raises(Damaged):
        match(parse({"d": "{pcm:b64}"}, NAMES), {"d": damaged})


def test_extra_fields_do_not_matter_and_missing_ones_do():
    template = parse({"type": "a", "n": "{count}"}, NAMES)
    assert match(template, {"type": "a", "n": 1, "more": [1]}) == {"count": 1}
    assert match(template, {"type": "a"}) is None
    assert match(template, {"type": "b", "n": 1}) is None
    assert match(template, {"type": "a", "n": "one"}) is None
    assert match(template, [1]) is None


def test_an_optional_field_of_the_wrong_kind_does_not_cost_the_message():
    assert match(parse({"type": "a", "n": "{count?}"}, NAMES), {"type": "a", "n": "soon"}) == {}


def test_a_word_outside_of_the_listed_ones_is_another_message():
    assert match(parse({"who": "{text:user|agent=user}"}, NAMES), {"who": "system"}) is None


def test_the_first_of_several_constants_is_written_and_all_are_read():
    template = parse({"type": "{=interrupted|killAudio}"}, NAMES)
    assert fill(template, {}) == {"type": "interrupted"}
    assert match(template, {"type": "killAudio"}) == {}
    assert match(template, {"type": "other"}) is None


def test_one_is_not_true():
    assert match(parse({"on": True}, NAMES), {"on": 1}) is None
    assert match(parse({"on": True}, NAMES), {"on": True}) == {}


def test_what_is_only_sent_is_not_looked_at():
    template = parse({"type": "a", "events": {"@sent": ["x", "{text}"]}}, NAMES)
    assert fill(template, {"text": "y"}) == {"type": "a", "events": ["x", "y"]}
    assert match(template, {"type": "a", "events": 7}) == {}
    assert match(template, {"type": "a"}) == {}


def test_a_packed_text_that_a_peer_did_not_pack_is_understood():
    assert match(parse({"i": {"@json": {"id": "{id}"}}}, NAMES), {"i": {"id": "x"}}) == {"id": "x"}


def test_a_default_stands_in_on_both_sides():
    template = parse({"t": "a", "r": "{rate=16000}"}, NAMES)
    assert match(template, {"t": "a"}) == {"rate": 16000}
    assert fill(template, {}) == {"t": "a", "r": 16000}


def test_what_is_missing_cannot_be_written():
    with pytest.raises(Unfillable):
        fill(parse({"t": "{text}"}, NAMES), {})
    with pytest.raises(Unfillable):
        fill(parse({"t": "{text:a|b}"}, NAMES), {"text": "c"})


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        ({"t": "{txt}"}, "did you mean {text}"),
        ({"t": "{count:digit}"}, "did you mean digits"),
        ({"t": "{text"}, "is no hole"),
        ({"t": "{text:a|}"}, "empty word"),
        ({"t": "{count:a|b}"}, "choice of words"),
        ({"t": "{count=many}"}, "default is not a whole number"),
        ({"t": "x {pcm}"}, "cannot stand inside of a text"),
        ({"t": "x {text?}"}, "cannot be optional"),
        ({"t": "x{text}{id}"}, "nothing between"),
        ({"t": {"@jsn": 1}}, "no special table"),
        ({"t": {"@json": {}, "a": 1}}, "stand alone"),
        ({"t": object()}, "cannot hold a value"),
    ],
)
def test_a_wrong_template_is_refused_with_its_reason(tree, reason):
    with pytest.raises(TemplateError) as refused:
        parse(tree, NAMES)
    assert reason in refused.value.reason


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_no_message_breaks_a_template(message):
    for tree in (
        {"a": "{count?}", "b": ["{text}", {"@any": "{speed}"}], "c": {"@json": "{names}"}},
        {"": "{text}", "a": "x{text}y{id}", "b": "{values?}"},
    ):
        match(parse(tree, NAMES), message)


@given(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), json_values)
def test_whatever_is_written_is_read(text, count, speed, muted, extra):
    template = parse(
        {"k": {"a": "{text}", "b": "{count:digits}", "c": "{speed}"}, "m": "{muted}", "x": "{extra?}"}, NAMES
    )
    bindings = {"text": text, "count": count, "speed": speed, "muted": muted}
    if extra is not None:
        bindings["extra"] = extra
    found = match(template, fill(template, bindings))
    assert repr(found) == repr({**bindings})
