"""Holds one thread of a process as a debugger does, for as long as this program runs: `python hold.py THREAD`.

A process of its own, since whoever holds a thread has to wait for its end, or it stays as a zombie.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_SEIZE, _INTERRUPT = 0x4206, 0x4207


def main(thread: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    for request in (_SEIZE, _INTERRUPT):
        if libc.ptrace(ctypes.c_long(request), ctypes.c_long(thread), None, None):
            raise SystemExit(f"the thread cannot be held: {os.strerror(ctypes.get_errno())}")
    print("held", flush=True)
    signal.pause()


if __name__ == "__main__":
    main(int(sys.argv[1]))
