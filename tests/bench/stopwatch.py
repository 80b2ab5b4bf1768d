"""The kiosk itself with a stopwatch at every door between Qt and its Python.

python -m tests.bench.stopwatch FILE run ...

What stands between the doors is the product, untouched: no profiler, which would cost more than what it measures. A
door costs 1 us. On the way out FILE is written: `spans` [when, seconds, door] on the GUI thread, outermost doors only;
`frames` [begun, swapped] of each picture; `lit` [when, words] as the caption lights them. Monotonic seconds.
"""

from __future__ import annotations

import functools
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qasync
from PySide6 import QtCore

clock = time.monotonic
spans: list[tuple[float, float, str]] = []
frames: list[tuple[float, float]] = []
lit: list[tuple[float, int]] = []
_inside: list[str] = []  # the door that is open


def door(function: Callable[..., Any]) -> Callable[..., Any]:
    name = getattr(function, "__qualname__", repr(function))

    @functools.wraps(function)
    def timed(*args: Any, **more: Any) -> Any:
        if _inside or threading.get_ident() != _gui:
            return function(*args, **more)
        _inside.append(name)
        began = clock()
        try:
            return function(*args, **more)
        finally:
            _inside.clear()
            spans.append((began, clock() - began, name))

    return timed


_gui = threading.get_ident()
_property, _slot = QtCore.Property, QtCore.Slot


def timed_property(kind: Any, *accessors: Any, **more: Any) -> Any:
    """Getter and setter, as given by place or by name; as a decorator, the getter comes last."""
    by_name = {name: door(given) if name in {"fget", "fset"} else given for name, given in more.items()}
    if not accessors and "fget" not in more:
        return lambda function: _property(kind, **by_name)(door(function))
    return _property(kind, *map(door, accessors), **by_name)


def timed_slot(*kinds: Any, **more: Any) -> Callable[..., Any]:
    return lambda function: _slot(*kinds, **more)(door(function))


def hang_doors() -> None:
    QtCore.Property, QtCore.Slot = timed_property, timed_slot  # type: ignore[assignment,misc]
    qasync._SimpleTimer.timerEvent = door(qasync._SimpleTimer.timerEvent)
    ready = "_QEventLoop__on_notifier_ready"
    loop = qasync._QEventLoop
    for kind in (loop, *loop.__subclasses__()):
        if ready in vars(kind):
            setattr(kind, ready, door(vars(kind)[ready]))
    from kiosk.screen import lockdown, view, window

    for owner, names in {view.View: ("tick",), window.Window: ("_renew", "_measure", "_first_frame")}.items():
        for name in names:
            setattr(owner, name, door(getattr(owner, name)))
    lockdown.Lockdown.eventFilter = door(lockdown.Lockdown.eventFilter)  # type: ignore[method-assign]
    make = window.Window.__init__

    @functools.wraps(make)
    def made(self: window.Window, *args: Any, **more: Any) -> None:
        make(self, *args, **more)
        begun = [0.0]
        self.quick.beforeSynchronizing.connect(lambda: begun.__setitem__(0, clock()))
        self.quick.frameSwapped.connect(lambda: frames.append((begun[0], clock())))
        self.view.lit_changed.connect(lambda: lit.append((clock(), self.view.property("lit"))))

    window.Window.__init__ = made  # type: ignore[method-assign]


def main() -> int:
    hang_doors()
    from kiosk.cli import main as kiosk

    try:
        return kiosk(sys.argv[2:])
    finally:
        Path(sys.argv[1]).write_text(json.dumps({"spans": spans, "frames": frames, "lit": lit}))


if __name__ == "__main__":
    sys.exit(main())
