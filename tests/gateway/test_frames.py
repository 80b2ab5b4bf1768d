"""The frame scanner beside the `websockets` library: what passes, what is held, and what is refused."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode
from websockets.protocol import CLIENT, OPEN, SERVER, Protocol

from kiosk.gateway.frames import (
    BINARY,
    CLOSE,
    TEXT,
    Order,
    Scanner,
    Violation,
    code_of,
    farewell,
    frame,
    head_at,
    take,
)

LARGEST = 70_000
INSIDE_A_GOODBYE = ("close frame too short", "invalid status code")
"""How the library begins what it finds wrong within a close frame. Ours passes that on, for whoever reads it to say."""
sizes = st.sampled_from([0, 1, 2, 125, 126, 127, 640, 65_535, 65_536])
control = st.tuples(st.sampled_from([Opcode.PING, Opcode.PONG]), st.binary(max_size=125))


@st.composite
def conversations(draw: st.DrawFn) -> list[TheirFrame]:
    """Whole messages, some in fragments with control frames between them."""
    frames: list[TheirFrame] = []
    for _ in range(draw(st.integers(0, 5))):
        parts = draw(st.lists(sizes, min_size=1, max_size=3).filter(lambda sizes: sum(sizes) <= LARGEST))
        opcode = draw(st.sampled_from([Opcode.TEXT, Opcode.BINARY]))
        for index, size in enumerate(parts):
            frames += [TheirFrame(kind, data) for kind, data in draw(st.lists(control, max_size=1))]
            frames.append(TheirFrame(opcode if not index else Opcode.CONT, b"a" * size, index == len(parts) - 1))
    return frames


def masked_with(mask: bytes, frame: TheirFrame) -> bytes:
    """As a client sends it. The library takes a new mask each time: what failed once could not be tried again."""
    bare = frame.serialize(mask=False)
    head = {126: 4, 127: 10}.get(bare[1], 2)
    hidden = bytes(byte ^ mask[at % 4] for at, byte in enumerate(bare[head:]))
    return bytes([bare[0], bare[1] | 0x80]) + bare[2:head] + mask + hidden


def cut(draw: st.DrawFn, data: bytes) -> list[bytes]:
    at = sorted(draw(st.lists(st.integers(0, len(data)), max_size=8)))
    return [data[a:b] for a, b in zip([0, *at], [*at, len(data)], strict=True)]


@st.composite
def streams(draw: st.DrawFn) -> tuple[bool, list[TheirFrame], list[bytes]]:
    masked, frames = draw(st.booleans()), draw(conversations())
    return masked, frames, cut(draw, b"".join(f.serialize(mask=masked) for f in frames))


@settings(max_examples=60, deadline=None)
@given(streams())
def test_what_is_right_passes_unchanged_however_it_is_cut(stream: tuple[bool, list[TheirFrame], list[bytes]]) -> None:
    masked, frames, chunks = stream
    scanner = Scanner(masked=masked, largest=LARGEST)
    passed = b"".join(scanner.feed(chunk) for chunk in chunks)
    assert passed == b"".join(chunks)
    assert scanner.between_messages
    assert scanner.frames == len(frames)
    assert scanner.bytes == len(passed)


@settings(max_examples=60, deadline=None)
@given(streams(), st.sampled_from([1000, 1001, 4001]), st.binary(max_size=30))
def test_a_goodbye_is_held_until_it_is_whole_and_nothing_passes_after_it(
    stream: tuple[bool, list[TheirFrame], list[bytes]], code: int, late: bytes
) -> None:
    masked, _, chunks = stream
    scanner = Scanner(masked=masked, largest=LARGEST)
    goodbye = TheirFrame(Opcode.CLOSE, struct.pack("!H", code) + b"bye").serialize(mask=masked)
    before = b"".join(scanner.feed(chunk) for chunk in chunks)
    assert b"".join(scanner.feed(bytes([byte])) for byte in goodbye) == b""
    assert before == b"".join(chunks)
    assert scanner.goodbye == goodbye
    assert code_of(goodbye, masked=masked) == code
    assert scanner.feed(late) == b""


@settings(max_examples=60, deadline=None)
@given(streams(), st.data())
def test_only_whole_frames_are_between_frames(
    stream: tuple[bool, list[TheirFrame], list[bytes]], data: st.DataObject
) -> None:
    masked, _, chunks = stream
    scanner, whole = Scanner(masked=masked, largest=LARGEST), b"".join(chunks)
    at = data.draw(st.integers(0, len(whole)))
    passed = scanner.feed(whole[:at])
    end = 0
    while end < len(passed) and (head := head_at(whole, end, masked=masked)) is not None:
        end += head.start + head.size
    assert scanner.between_frames == (end == len(passed))


@settings(max_examples=250, deadline=None)
@given(st.booleans(), conversations(), st.data())
def test_it_refuses_what_the_library_refuses(masked: bool, frames: list[TheirFrame], data: st.DataObject) -> None:
    """One byte of a right stream is made another, or some are put in: what they find wrong we find wrong."""
    mask = data.draw(st.binary(min_size=4, max_size=4)) if masked else b""
    whole = bytearray(b"".join(masked_with(mask, f) if masked else f.serialize(mask=False) for f in frames))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole)))
        whole[at : at + data.draw(st.integers(0, 1))] = data.draw(st.binary(min_size=1, max_size=3))
    theirs = Protocol(SERVER if masked else CLIENT, state=OPEN, max_size=LARGEST)
    theirs.receive_data(bytes(whole))
    fault = theirs.parser_exc
    ours: Violation | None = None
    scanner = Scanner(masked=masked, largest=LARGEST)
    try:
        scanner.feed(bytes(whole))
    except Violation as violation:
        ours = violation
    if isinstance(fault, ProtocolError) and not str(fault).startswith(INSIDE_A_GOODBYE):
        assert ours is not None, fault
        assert ours.code == 1002, fault
    elif isinstance(fault, PayloadTooBig):
        assert ours is not None, fault
        assert ours.code in {1002, 1009}, fault


@settings(max_examples=60, deadline=None)
@given(st.booleans(), st.sampled_from([TEXT, BINARY]), sizes)
def test_our_frames_are_read_by_the_library(masked: bool, opcode: int, size: int) -> None:
    theirs = Protocol(SERVER if masked else CLIENT, state=OPEN)
    theirs.receive_data(frame(opcode, b"x" * size, masked=masked))
    (event,) = theirs.events_received()
    assert isinstance(event, TheirFrame)
    assert (event.opcode, event.data) == (opcode, b"x" * size)


@pytest.mark.parametrize("masked", [True, False])
def test_a_long_reason_is_cut_at_a_characters_end(masked: bool) -> None:
    theirs = Protocol(SERVER if masked else CLIENT, state=OPEN)
    theirs.receive_data(farewell(4001, "ü" * 100, masked=masked))
    assert theirs.close_rcvd is not None
    assert theirs.close_rcvd.code == 4001
    assert theirs.close_rcvd.reason == "ü" * 61


def test_a_frame_is_taken_out_when_it_is_whole() -> None:
    whole = frame(TEXT, b"hello", masked=True) + frame(CLOSE, b"", masked=True)
    buffer, order = bytearray(), Order(100)
    for byte in whole[:-6]:
        assert take(buffer, order, masked=True) is None
        buffer.append(byte)
    found = take(buffer, order, masked=True)
    assert found is not None
    assert (found.opcode, found.content) == (TEXT, "hello")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(TEXT, b"x" * 101, masked=True), 1009),
        (b"\x01\xe4" + b"key!" + b"x" * 100 + b"\x80\x81key!x", 1009),  # 100 bytes, then one more in a fragment
        (frame(TEXT, b"x", masked=False), 1002),
        (b"\xc1\x80key!", 1002),  # a bit that belongs to an extension
        (b"\x83\x80key!", 1002),  # no such opcode
        (b"\x80\x80key!", 1002),  # goes on without a beginning
        (b"\x09\x80key!", 1002),  # a ping in fragments
        (b"\x89\xfe\x00\x7ekey!", 1002),  # a long ping
        (b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xffkey!", 1002),
        (b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xffkey!", 1009),
    ],
)
def test_what_breaks_the_protocol_or_the_limit(sent: bytes, code: int) -> None:
    with pytest.raises(Violation) as broken:
        Scanner(masked=True, largest=100).feed(sent)
    assert broken.value.code == code


def test_a_text_that_is_none() -> None:
    found = take(bytearray(frame(TEXT, b"\xff", masked=True)), Order(10), masked=True)
    assert found is not None
    with pytest.raises(Violation, match="UTF-8"):
        _ = found.content
