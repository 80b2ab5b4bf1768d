"""Speex's echo canceller, from the system's libspeexdsp: it leaves a visitor whole in double talk."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import numpy as np

from kiosk.audio.echo import FRAME, RATE
from kiosk.audio.formats import Pcm

TAIL = RATE // 4
"""Samples of echo path: the room's and 30 ms of time stamps that may be wrong. With a fifth of a second a visitor 5 dB
below the echo was 0.02 STOI less intelligible."""
SUPPRESSION_DB = -40  # of what echo is left while nobody else speaks
DOUBLE_TALK_SUPPRESSION_DB = -5  # ...while somebody does: at -15, as the library has it, 0.02 STOI less
NOISE_SUPPRESSION_DB = -3  # cannot be off: the library would leave the echo's suppression out too

# `ctypes.util.find_library` would ask compilers for the name, as processes.
_FILE = {"darwin": "libspeexdsp.1.dylib", "win32": "libspeexdsp-1.dll"}
# From speex_echo.h and speex_preprocess.h.
_ECHO_SET_SAMPLING_RATE = 24
_PREPROCESS_SET_NOISE_SUPPRESS = 18
_PREPROCESS_SET_ECHO_SUPPRESS = 20
_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE = 22
_PREPROCESS_SET_ECHO_STATE = 24


class SpeexCanceller:
    """An adaptive filter in the frequency domain with two paths (MDF), and a suppressor tied to it; 0.65 % of a core.

    ctypes gives the interpreter free for the time of a call. Raises `OSError` where the library is missing.
    """

    delay = FRAME  # the suppressor's overlap

    def __init__(self) -> None:
        self.linear: Pcm = np.zeros(FRAME, np.int16)
        self._lib = _library()
        self._near, self._far, self._out = (np.zeros(FRAME, np.int16) for _ in range(3))
        self._echo = ctypes.c_void_p(self._lib.speex_echo_state_init(FRAME, TAIL))
        self._lib.speex_echo_ctl(self._echo, _ECHO_SET_SAMPLING_RATE, _int(RATE))
        self._suppressor = ctypes.c_void_p(self._lib.speex_preprocess_state_init(FRAME, RATE))
        self._lib.speex_preprocess_ctl(self._suppressor, _PREPROCESS_SET_ECHO_STATE, self._echo)
        for what, decibels in (
            (_PREPROCESS_SET_NOISE_SUPPRESS, NOISE_SUPPRESSION_DB),
            (_PREPROCESS_SET_ECHO_SUPPRESS, SUPPRESSION_DB),
            (_PREPROCESS_SET_ECHO_SUPPRESS_ACTIVE, DOUBLE_TALK_SUPPRESSION_DB),
        ):
            self._lib.speex_preprocess_ctl(self._suppressor, what, _int(decibels))

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        self._near[:], self._far[:] = near, far
        self._lib.speex_echo_cancellation(self._echo, _at(self._near), _at(self._far), _at(self._out))
        self.linear = self._out.copy()
        self._lib.speex_preprocess_run(self._suppressor, _at(self._out))
        return self._out.copy()

    def slipped(self) -> None:
        """Its second path finds the new one within a second; a reset would cost two."""

    def reset(self) -> None:
        self._lib.speex_echo_state_reset(self._echo)

    def __del__(self) -> None:
        if hasattr(self, "_suppressor"):
            self._lib.speex_preprocess_state_destroy(self._suppressor)
            self._lib.speex_echo_state_destroy(self._echo)


def _library() -> Any:
    lib = ctypes.CDLL(_FILE.get(sys.platform, "libspeexdsp.so.1"))
    for name in ("speex_echo_state_init", "speex_preprocess_state_init"):
        getattr(lib, name).restype = ctypes.c_void_p
    return lib


def _int(value: int) -> Any:
    return ctypes.byref(ctypes.c_int(value))


def _at(samples: Pcm) -> ctypes.c_void_p:
    return ctypes.c_void_p(samples.ctypes.data)
