"""A network of our own, in which there is nobody: what runs now reaches nothing outside, and no port is taken."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct

from record import Broken

_NEW_NETWORK = 0x40000000
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1


def leave_the_network() -> None:
    """For this thread, and all processes and threads that it starts from now on. Only the loopback is there."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK):
        raise Broken(f"no network of its own for the machine: {os.strerror(ctypes.get_errno())}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        name = b"lo".ljust(16, b"\0")
        flags = struct.unpack_from("H", fcntl.ioctl(asked, _GET_FLAGS, name + bytes(24)), 16)[0]
        fcntl.ioctl(asked, _SET_FLAGS, name + struct.pack("H", flags | _UP) + bytes(22))
