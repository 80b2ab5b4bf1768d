"""Runs in the frozen program before everything else: Qt's widgets are left out of it (14 MB that every start reads).

Nothing here draws with them. `qasync` asks for their application class all the same, and takes the window's as well.
"""

import sys
import types


def __getattr__(name):
    if name != "QApplication":
        raise AttributeError(f"Qt's widgets are not in this program: {name}")
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415 - not in a process without Qt

    return QGuiApplication


widgets = types.ModuleType("PySide6.QtWidgets", __doc__)
widgets.__getattr__ = __getattr__
sys.modules["PySide6.QtWidgets"] = widgets
