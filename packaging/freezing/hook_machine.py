"""Runs in the frozen program before everything else: what is different there from a checkout."""

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

# Windows starts a program without a console without standard streams, too, and a worker would fall over the first word
# that it was to print. These lead nowhere.
for number, name in enumerate(("stdin", "stdout", "stderr")):
    if getattr(sys, name) is None:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
        else:
            os.set_inheritable(number, True)
        setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
