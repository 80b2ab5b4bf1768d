"""What the codec promises whatever the agent sends, in whatever order: random conversations."""

from __future__ import annotations

import base64
import json
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.wire.canonical import (
    AgentAudio,
    Audio,
    Closed,
    Event,
    Flush,
    Interrupt,
    ResponseDone,
    ResponseStarted,
    Start,
    Transcript,
)
from kiosk.wire.codec import Codec, FrameRefused
from kiosk.wire.dialect import Side, load_dialect

EXEI, BRIDGE = load_dialect("exei-voice"), load_dialect("exei-bridge")

ids = st.sampled_from(["r1", "r2", "r3", "7", "8"])
maybe_id = st.none() | ids


def message(kind, **members):
    return json.dumps({"type": kind, **{key: value for key, value in members.items() if value is not None}})


# Each sample of audio says whose it is, so that late audio can be told from the right one.
def play(name):
    data = {"audioContent": base64.b64encode((name or "--").encode().ljust(4)[:4]).decode()}
    return message("playAudio", responseId=name, data=data)


frames = st.one_of(
    ids.map(lambda i: message("responseStarted", responseId=i)),
    st.just(message("responseStarted")),
    maybe_id.map(play),
    st.just(b"bina"),
    maybe_id.map(lambda i: message("audioEnd", responseId=i)),
    maybe_id.map(lambda i: message("responseDone", responseId=i)),
    maybe_id.map(lambda i: message("interrupted", responseId=i)),
    st.just('{"type":"killAudio"}'),
    st.just('{"type":"ready"}'),
    st.builds(
        lambda role, item, text, mode, final: message(
            "transcript", role=role, itemId=item, text=text, mode=mode, final=final
        ),
        st.sampled_from(["user", "agent"]),
        st.none() | st.sampled_from(["i1", "i2"]),
        st.sampled_from(["a", "ab", ""]),
        st.sampled_from(["replace", "delta", "cumulative"]),
        st.booleans(),
    ),
    st.text(max_size=5),
    st.binary(max_size=5),
)
steps = st.lists(
    st.one_of(
        frames.map(lambda f: ("read", f)),
        st.floats(0.01, 3).map(lambda s: ("tick", s)),
        ids.map(lambda i: ("cut", i)),
        st.just(("audio", None)),
    ),
    max_size=40,
)


def play_out(dialect, walk):
    """Every event in order, with ("cut", id) and ("sent", ready) marks between them."""
    codec = Codec(dialect, Side.CLIENT, {"session_id": "s"})
    now = 0.0
    log: list[object] = list(codec.opened(now))
    codec.write(Start("s"))
    for what, value in walk:
        if what == "read":
            log += codec.read(value, now)
        elif what == "tick":
            now += value
            log += codec.tick(now)
        elif what == "cut":
            codec.write(Interrupt(value, 0))
            log.append(("cut", value))
        else:
            ready = codec.ready
            assert bool(codec.write(Audio(b"\0\0"))) == ready  # nothing goes up before ready
    log += codec.closed(Closed(1006))
    log += codec.closed(Closed(1000)) + codec.read("{}", now) + codec.tick(now + 100)
    return log


@settings(max_examples=300, deadline=None)
@given(steps, st.sampled_from([EXEI, BRIDGE]))
def test_flushed_audio_never_comes_out(walk, dialect):
    dead: set[str] = set()
    begun: list[str] = []
    for event in play_out(dialect, walk):
        match event:
            case ResponseStarted(response_id=name):
                assert name not in dead
                begun.append(name)
            case Flush(scope="all"):
                dead.update(begun)
            case Flush(scope="response", response_id=name) | ("cut", name):
                dead.add(name)
            case AgentAudio(response_id=name):
                assert name in begun
                assert name not in dead


@settings(max_examples=300, deadline=None)
@given(steps, st.sampled_from([EXEI, BRIDGE]))
def test_every_response_begins_once_and_ends_once(walk, dialect):
    log = play_out(dialect, walk)
    begun = [event.response_id for event in log if isinstance(event, ResponseStarted)]
    done = [event.response_id for event in log if isinstance(event, ResponseDone)]
    assert len(begun) == len(set(begun))
    assert len(done) == len(set(done))
    assert set(done) <= set(begun)
    for name in done:
        start = log.index(ResponseStarted(name))
        end = next(n for n, event in enumerate(log) if isinstance(event, ResponseDone) and event.response_id == name)
        assert start < end
        assert not any(isinstance(e, AgentAudio) and e.response_id == name for e in log[end:])


@settings(max_examples=300, deadline=None)
@given(steps, st.sampled_from([EXEI, BRIDGE]))
def test_closed_is_the_last_event_and_the_only_one(walk, dialect):
    log = play_out(dialect, walk)
    assert sum(isinstance(event, Closed) for event in log) == 1
    assert isinstance(log[-1], Closed)


@settings(max_examples=300, deadline=None)
@given(steps, st.sampled_from([EXEI, BRIDGE]))
def test_an_update_replaces_its_line_and_every_line_ends(walk, dialect):
    lines: dict[str, Transcript] = {}
    for event in play_out(dialect, walk):
        if isinstance(event, Transcript):
            assert event.mode == "replace"
            before = lines.get(event.item_id)
            assert before is None or not before.final or event.final
            lines[event.item_id] = event
    assert all(line.final for line in lines.values())


@given(
    st.lists(st.sampled_from(["a", "ab", "abc"]), min_size=1, max_size=20), st.sampled_from(["replace", "cumulative"])
)
def test_whole_updates_never_grow_the_log(texts, mode):
    codec = Codec(EXEI, Side.CLIENT)
    codec.opened(0.0)
    heard = [e for t in texts for e in codec.read(message("transcript", role="user", text=t, mode=mode))]
    assert len({event.item_id for event in heard}) == 1
    assert [event.text for event in heard] == texts


@given(st.text(max_size=30) | st.binary(max_size=30) | frames, st.booleans())
def test_no_frame_breaks_either_side(frame, opened):
    client = Codec(EXEI, Side.CLIENT)
    assert all(isinstance(event, Event) for event in client.read(frame))
    server = Codec(EXEI, Side.SERVER)
    if opened:
        server.read(Codec(EXEI, Side.CLIENT).write(Start("s"))[0])
    with suppress(FrameRefused):  # its one way to say no
        server.read(frame)
