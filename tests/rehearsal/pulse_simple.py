"""libpulse's own view of when a sample sounds: an independent witness for the room's timelines. Test surroundings."""

from __future__ import annotations

import ctypes
import time
from types import TracebackType
from typing import Self


class _SampleSpec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _BufferAttr(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize"))


class Playback:
    """A mono 16-bit stream to a sink of the server that PULSE_SERVER names."""

    def __init__(self, server: str, sink: str, rate: int, buffer_ms: int = 60) -> None:
        self._lib = ctypes.CDLL("libpulse-simple.so.0")
        self._lib.pa_simple_new.restype = ctypes.c_void_p
        self._lib.pa_simple_get_latency.restype = ctypes.c_uint64
        spec = _SampleSpec(3, rate, 1)
        unset = 0xFFFFFFFF
        attr = _BufferAttr(unset, rate * 2 * buffer_ms // 1000, 0, unset, unset)
        error = ctypes.c_int()
        self._stream = ctypes.c_void_p(
            self._lib.pa_simple_new(
                server.encode(), b"witness", 1, sink.encode(), b"clicks", ctypes.byref(spec), None, ctypes.byref(attr),
                ctypes.byref(error),
            )
        )  # fmt: skip
        assert self._stream, f"pa_simple_new failed with {error.value}"

    def write(self, pcm: bytes) -> float:
        """Writes, and returns when (monotonic seconds) the server says that the sample behind `pcm` will sound."""
        error = ctypes.c_int()
        assert self._lib.pa_simple_write(self._stream, pcm, ctypes.c_size_t(len(pcm)), ctypes.byref(error)) == 0
        latency = self._lib.pa_simple_get_latency(self._stream, ctypes.byref(error))
        return time.monotonic() + latency / 1e6

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lib.pa_simple_free(self._stream)
