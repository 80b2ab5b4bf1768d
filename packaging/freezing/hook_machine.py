"""Runs in the frozen program before everything else: what is different there from a checkout."""

import ctypes.util
import os
import sys

# PyInstaller's starter points the loader at our folder. The programs that we start (sound server, X server, the
# site's own command) must find the machine's libraries; this process has read the variable already.
before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if before is None:
    os.environ.pop("LD_LIBRARY_PATH", None)
else:
    os.environ["LD_LIBRARY_PATH"] = before
# And when we start ourselves (service, room, doctor's child), that one must set the variable again for itself. Without
# this it believes to be a part of us, and on a machine without OpenSSL of its own it did not start.
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"

# `sounddevice` asks for PortAudio by name, and that search does not look into our folder: on a machine without
# PortAudio of its own there was no sound.
_search = ctypes.util.find_library


def find_library(name):
    ours = os.path.join(sys._MEIPASS, f"lib{name}.so.2")
    return ours if name == "portaudio" and os.path.exists(ours) else _search(name)


ctypes.util.find_library = find_library
