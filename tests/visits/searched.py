"""A whole kiosk, as its command starts it, whose process can be searched for a word from inside.

    python searched.py ORDER_FILE run --stdio ...

On SIGUSR1 it reads ORDER_FILE, {"word": ..., "plant": ...}, looks for the word in everything that its own objects hold,
in what its window shows and keeps, and in the clipboard, and tells {"event": "searched", "found": [where, ...]}. With
`plant`, a leak of that kind is made first: a search that does not find it proves nothing.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtQuick import QQuickItem, QQuickView

from kiosk.cli import main

WORDED = {"QString", "QStringList", "QVariant", "QVariantList", "QVariantMap", "QJSValue", "QByteArray", "QUrl"}
"""Types of properties that can hold a word; objects behind other types are looked at by themselves."""

KEPT: list[object] = []


class Drawer:
    """Where a careless line of code could put a visitor's words."""

    __slots__ = ("inside",)

    def __init__(self, inside: object) -> None:
        self.inside = inside


def holds(value: object, word: str) -> bool:
    if isinstance(value, str):
        return word in value.casefold()
    if isinstance(value, bytes | bytearray):
        low = bytes(value).lower()
        return any(word.encode(code) in low for code in ("utf-8", "utf-16-le", "utf-32-le"))
    return False


def in_objects(word: str, own: set[int]) -> Iterator[str]:
    """Breadth first through everything that the interpreter knows, with the path by which it is held."""
    gc.unfreeze()  # what was frozen at the start is not looked at else
    here = sys._getframe()
    frames = [frame for frame in sys._current_frames().values() if frame is not here]
    rounds: list[object] = [*gc.get_objects(), *frames, *sys.modules.values()]
    parents: dict[int, object] = {}
    seen = {id(item) for item in rounds} | own | {id(rounds), id(parents), id(frames)}
    while rounds:
        later: list[object] = []
        own_now = {id(rounds), id(later), id(parents), id(seen)}
        for item in rounds:
            if isinstance(item, FrameType) and item.f_code.co_filename == __file__:
                continue
            for held in gc.get_referents(item):
                if id(held) in seen or id(held) in own_now:
                    continue
                seen.add(id(held))
                parents[id(held)] = item
                if holds(held, word):
                    yield "object: " + " < ".join(chain(held, parents))
                later.append(held)
        rounds = later


def chain(held: object, parents: dict[int, object]) -> list[str]:
    """What holds it, and what holds that, as far as it can be told."""
    names = []
    item: object | None = held
    while item is not None and len(names) < 6:
        names.append(f"{type(item).__module__}.{type(item).__qualname__}{of(item)}")
        above = parents.get(id(item))
        if above is None and len(names) > 1:
            around = [one for one in gc.get_referrers(item) if not isinstance(one, FrameType) and one is not parents]
            above = next((one for one in around if not isinstance(one, list) or len(one) < 10_000), None)
        item = above
    return names


def of(item: object) -> str:
    """A frame and a function say which they are; nothing else may say what it holds."""
    if isinstance(item, FrameType):
        return f"({item.f_code.co_qualname})"
    if hasattr(item, "cr_code"):
        return f"({item.cr_code.co_qualname})"
    return f"({item.__qualname__})" if callable(item) and hasattr(item, "__qualname__") else ""


def everything(thing: QObject) -> Iterator[QObject]:
    yield thing
    for child in thing.children():
        yield from everything(child)
    if isinstance(thing, QQuickView):
        yield from everything(thing.contentItem())
    if isinstance(thing, QQuickItem):
        for item in thing.childItems():
            yield from everything(item)


def plain(value: Any) -> Iterator[object]:
    if hasattr(value, "toVariant"):
        value = value.toVariant()
    if isinstance(value, dict):
        for part in (*value, *value.values()):
            yield from plain(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from plain(part)
    else:
        yield value


def in_window(word: str) -> Iterator[str]:
    """Every property of every object of the window, shown or not."""
    seen: dict[int, QObject] = {}  # kept: Python's own wrappers come and go, and so do their ids
    for window in QGuiApplication.topLevelWindows():
        for thing in everything(window):
            if id(thing) in seen:
                continue
            seen[id(thing)] = thing
            about = thing.metaObject()
            for number in range(about.propertyCount()):
                name = about.property(number).name()
                if about.property(number).typeName() not in WORDED:
                    continue
                if any(holds(part, word) for part in plain(thing.property(name))):
                    yield f"window: {about.className()} {thing.objectName()!r}.{name}"


def in_clipboard(word: str) -> Iterator[str]:
    board = QGuiApplication.clipboard()
    for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
        if holds(board.text(mode), word):
            yield f"clipboard: {mode.name}"


def plant(kind: str, word: str) -> None:
    text = f"they said {word} twice"
    match kind:
        case "object":
            KEPT.append(Drawer({"deep": (text,)}))
        case "window":
            things = [thing for window in QGuiApplication.topLevelWindows() for thing in everything(window)]
            next(thing for thing in things if thing.objectName() == "note").setProperty("text", text)
        case "clipboard":
            QGuiApplication.clipboard().setText(text)
        case "file":
            (Path(tempfile.gettempdir()) / "leak.txt").write_text(text)
        case "log":
            logging.getLogger("kiosk.leak").debug("the visitor said: %s", text)


def search(number: int, frame: FrameType | None) -> None:
    order = json.loads(ORDER.read_text())
    word = order["word"]
    if order.get("plant"):
        plant(order["plant"], word)
    started = time.monotonic()
    found = [*in_window(word), *in_clipboard(word)]
    found += in_objects(word, {id(word), id(order), id(order.get("plant"))})
    line = {"event": "searched", "found": found, "seconds": time.monotonic() - started}
    gc.collect()  # of what the search itself left: the next one would walk through it
    os.write(1, (json.dumps(line) + "\n").encode())


if __name__ == "__main__":
    ORDER = Path(sys.argv[1])
    signal.signal(signal.SIGUSR1, search)
    sys.exit(main(sys.argv[2:]))
