"""The few audio encodings a voice socket may carry, to and from signed 16-bit little-endian mono PCM."""

from __future__ import annotations

import struct
import sys
from array import array

import numpy as np

ENCODINGS = ("pcm_s16le", "mulaw", "wav")
_BIAS = 132  # ITU-T G.711: added to the magnitude before its logarithm is cut
_CLIP = 32635


def decode(encoding: str, data: bytes) -> tuple[bytes, int | None]:
    """PCM, and the rate in Hz where the container tells it. Raises ValueError for data that cannot be this."""
    if encoding == "mulaw":
        return _from_mulaw(data), None
    # A server that declares raw PCM and sends WAV files was seen; 44 bytes of header are a loud click when played.
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _from_wav(data)
    if encoding == "wav":
        raise ValueError("audio that is not a WAV file")
    if len(data) % 2:
        raise ValueError("16-bit audio of an odd length")
    return data, None


def encode(encoding: str, pcm: bytes, rate: int) -> bytes:
    """`pcm` in the wire's encoding. `rate` (Hz) is written into a WAV header."""
    if encoding == "mulaw":
        return _to_mulaw(pcm)
    if encoding == "wav":
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", len(pcm),
        ) + pcm  # fmt: skip
    return pcm


def samples(pcm: bytes) -> list[int]:
    return [int(value) for value in np.frombuffer(pcm, dtype="<i2")]


def little_endian(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def _from_wav(data: bytes) -> tuple[bytes, int]:
    channels = rate = bits = form = 0
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        at += 8
        if name == b"fmt " and size >= 16 and at + 16 <= len(data):
            form, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, at)
        elif name == b"data":
            if form not in (1, 0xFFFE) or bits != 16 or channels < 1 or rate < 1:
                raise ValueError("a WAV file that is not 16-bit PCM")
            # A file that is still being written has a size of 0 or 0xFFFFFFFF: what is there counts.
            body = data[at:] if size == 0 else data[at : at + size]
            body = body[: len(body) - len(body) % (2 * channels)]
            if channels > 1:
                frames = np.frombuffer(body, dtype="<i2").reshape(-1, channels)
                body = frames.mean(axis=1).astype("<i2").tobytes()
            return body, rate
        at += size + size % 2
    raise ValueError("a WAV file without sound")


def _from_mulaw(data: bytes) -> bytes:
    code = ~np.frombuffer(data, dtype=np.uint8)
    exponent = ((code >> 4) & 7).astype(np.int32)
    magnitude = ((((code & 15).astype(np.int32) << 3) + _BIAS) << exponent) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype("<i2").tobytes()


def _to_mulaw(pcm: bytes) -> bytes:
    value = np.frombuffer(pcm, dtype="<i2").astype(np.int32)
    magnitude = np.minimum(np.abs(value), _CLIP) + _BIAS
    exponent = np.frexp(magnitude.astype(np.float64))[1].astype(np.int32) - 8  # 132..32767: 0..7
    mantissa = (magnitude >> (exponent + 3)) & 15
    sign = np.where(value < 0, 0x80, 0)
    return bytes(np.asarray(~(sign | (exponent << 4) | mantissa) & 0xFF, dtype=np.uint8))
