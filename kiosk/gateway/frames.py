"""WebSocket frames as bytes (RFC 6455, section 5), without I/O: where they begin, what may pass, who says goodbye.

A relay needs no more of them. A client's frame is masked with a key that stands in its own header, so it is right for
the next server too, byte for byte. No extension is ever agreed upon, so none is allowed.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

MORE, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
LONGEST_CONTROL = 125  # bytes of a control frame's payload
_FIN, _RESERVED, _MASKED = 0x80, 0x70, 0x80
_KNOWN = frozenset({MORE, TEXT, BINARY, CLOSE, PING, PONG})


class Violation(Exception):
    """The peer broke the protocol or a limit. Close with `code` and `reason`."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Head:
    """A frame's header. `start`: bytes of it, mask included; `size`: bytes of the payload behind it."""

    opcode: int
    final: bool
    start: int
    size: int


def head_at(data: bytes | bytearray, at: int, *, masked: bool) -> Head | None:
    """The header that begins at `data[at]`; None while some of it is missing. Raises `Violation` (1002)."""
    end = len(data)
    if end - at < 2:
        return None
    first, second = data[at], data[at + 1]
    opcode, size, start = first & 0x0F, second & 0x7F, 6 if masked else 2
    if first & _RESERVED or opcode not in _KNOWN:
        raise Violation(1002, "a frame of an unknown kind")
    if bool(second & _MASKED) != masked:
        raise Violation(1002, "a client's frames are masked, a server's are not")
    if opcode >= CLOSE and (size > LONGEST_CONTROL or not first & _FIN):
        raise Violation(1002, "a control frame is short and whole")
    if size >= 126:
        wide = 2 if size == 126 else 8
        start += wide
        if end - at < start:
            return None
        size = int.from_bytes(data[at + 2 : at + 2 + wide], "big")
        if size >> 63:
            raise Violation(1002, "a frame's length has no sign")
    elif end - at < start:
        return None
    return Head(opcode, bool(first & _FIN), start, size)


class Order:
    """Which frame may follow which, and how large a message may become. For one direction."""

    def __init__(self, largest: int) -> None:
        self._largest = largest  # bytes of one message, all its frames together
        self._message = -1  # bytes of the message that is under way, -1: none is

    @property
    def within(self) -> bool:
        """Whether a message has begun and not ended."""
        return self._message >= 0

    def allows(self, head: Head) -> None:
        """Raises `Violation`: 1002 out of order, 1009 too big."""
        if head.opcode >= CLOSE:
            return
        if (head.opcode == MORE) != (self._message >= 0):
            raise Violation(1002, "a message began or went on in another")
        if max(self._message, 0) + head.size > self._largest:
            raise Violation(1009, f"a message may hold {self._largest} bytes")

    def take(self, head: Head) -> None:
        """It came. Raises as `allows`."""
        self.allows(head)
        if head.opcode < CLOSE:
            self._message = -1 if head.final else max(self._message, 0) + head.size


class Scanner:
    """What may pass in one direction, unchanged. `goodbye` is the close frame once it came; nothing passes after it.

    frames, bytes  of them, headers included
    """

    def __init__(self, *, masked: bool, largest: int) -> None:
        self.goodbye = b""
        self.frames = 0
        self.bytes = 0
        self._masked = masked
        self._order = Order(largest)
        self._held = b""  # the beginning of a header, or of a close frame
        self._left = 0  # of the payload that is passing

    @property
    def between_frames(self) -> bool:
        """Whether what has passed so far ends with a whole frame: another may be put behind it."""
        return not self._left

    @property
    def between_messages(self) -> bool:
        return not self._left and not self._order.within

    def feed(self, data: bytes) -> bytes:
        """What of it, and of what was held, passes now. Raises `Violation`."""
        if self.goodbye:
            return b""
        if self._held:
            data, self._held = self._held + data, b""
        at, end = self._left, len(data)
        while at < end:
            head = head_at(data, at, masked=self._masked)
            if head is None:
                return self._hold(data, at)
            if head.opcode == CLOSE:
                whole = at + head.start + head.size
                if whole <= end:
                    self.goodbye = data[at:whole]
                    self.frames += 1
                return self._hold(data, at)
            self._order.take(head)
            self.frames += 1
            at += head.start + head.size
        self._left = at - end
        self.bytes += end
        return data

    def _hold(self, data: bytes, at: int) -> bytes:
        self._left = 0
        self._held = data[at:]
        self.bytes += at
        return data[:at]


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame, unmasked."""

    opcode: int
    final: bool
    payload: bytes

    @property
    def content(self) -> str | bytes:
        """As a text frame or a binary frame has it. Raises `Violation` for a text that is none."""
        try:
            return self.payload.decode() if self.opcode == TEXT else self.payload
        except UnicodeDecodeError:
            raise Violation(1007, "this text is not UTF-8") from None


def take(buffer: bytearray, order: Order, *, masked: bool) -> Frame | None:
    """Takes the first frame out of `buffer`; None while it is not whole. Raises `Violation`."""
    head = head_at(buffer, 0, masked=masked)
    if head is None:
        return None
    order.allows(head)
    whole = head.start + head.size
    if len(buffer) < whole:
        return None
    order.take(head)
    payload = bytes(buffer[head.start : whole])
    if masked:
        payload = _masked(payload, bytes(buffer[head.start - 4 : head.start]))
    del buffer[:whole]
    return Frame(head.opcode, head.final, payload)


def frame(opcode: int, payload: bytes, *, masked: bool = False) -> bytes:
    """A whole frame. `masked`: as a client sends it."""
    size, mask = len(payload), _MASKED if masked else 0
    if size < 126:
        head = struct.pack("!BB", _FIN | opcode, mask | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", _FIN | opcode, mask | 126, size)
    else:
        head = struct.pack("!BBQ", _FIN | opcode, mask | 127, size)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + _masked(payload, key)


def farewell(code: int, reason: str, *, masked: bool) -> bytes:
    """A close frame. `reason` is cut to what fits, at a character's end."""
    words = reason.encode()[: LONGEST_CONTROL - 2].decode("utf-8", "ignore").encode()
    return frame(CLOSE, struct.pack("!H", code) + words, masked=masked)


def code_of(goodbye: bytes, *, masked: bool) -> int:
    """The code of a whole close frame; 1005 where it has none."""
    said = take(bytearray(goodbye), Order(0), masked=masked)
    return int.from_bytes(said.payload[:2], "big") if said is not None and len(said.payload) >= 2 else 1005


def _masked(data: bytes, key: bytes) -> bytes:
    """Masked or unmasked with the key: the same."""
    size = len(data)
    keys = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(keys, "big")).to_bytes(size, "big")
