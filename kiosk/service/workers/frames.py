"""Messages between the service and a worker: a header of plain JSON, and the bytes of a sound behind it."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

Header = dict[str, Any]

_SIZES = struct.Struct("<II")  # of header and sound, bytes
LARGEST = 64 << 20  # 17 minutes of float32 at 16 kHz; more is no message but a pipe that somebody else wrote into


def write(pipe: IO[bytes], header: Header, sound: bytes | memoryview = b"") -> None:
    """Blocks until the other side has taken it, but for what the pipe holds. Raises OSError when nobody is there."""
    words = json.dumps(header, separators=(",", ":")).encode()
    pipe.write(_SIZES.pack(len(words), len(sound)))
    pipe.write(words)
    pipe.write(sound)
    pipe.flush()


def read(pipe: IO[bytes]) -> tuple[Header, bytes]:
    """Blocks for the next message. Raises EOFError at the end, also in the middle of one, and ValueError for noise."""
    words, sound = _SIZES.unpack(_exactly(pipe, _SIZES.size))
    if words + sound > LARGEST:
        raise ValueError("that is no message of this program")
    header = json.loads(_exactly(pipe, words))
    if not isinstance(header, dict):
        raise ValueError("a message has no header")  # noqa: TRY004 - it is noise
    return header, _exactly(pipe, sound)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)  # a buffered reader gives less only at the end
    if len(data) < size:
        raise EOFError
    return data
