"""Where the controls stand that a finger can reach now: for whoever rehearses a visit, or tests one."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF
from PySide6.QtQuick import QQuickItem

GLASS = "glass"
"""The window outside of every control."""

_GENERIC = frozenset({"", "target", "pill", "disc", "chip"})  # names of kinds, not of one control
_STEPS = 24  # of the grid on which a free place of the glass is looked for


def controls(root: QQuickItem) -> dict[str, tuple[float, float]]:
    """The middle of each control by its name, in pixels of the screen. GUI thread.

    The name is what the control does (stop, talk, ...), else the object's own (key-a, face1), else the word on it.
    One that is hidden, disabled, scrolled away or covered by another in its middle cannot be touched and is left out.
    """
    stack = list(_touchable(root.window().contentItem()))  # what staff see stands above the root, not in it
    found: dict[str, tuple[float, float]] = {}
    for item in stack:
        middle = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
        name = name_of(item)
        if name and name not in found and item is not root and _topmost(stack, middle) is item:
            found[name] = _on_screen(root, middle)
    for number in range(_STEPS * _STEPS):  # from the middle of the upper half on, where controls are rare
        across, down = (0.5 + (number % _STEPS) / _STEPS) % 1, (0.3 + (number // _STEPS) / _STEPS) % 1
        place = QPointF(root.width() * across, root.height() * down)
        if _topmost(stack, place) is root:
            found[GLASS] = _on_screen(root, place)
            break
    return found


def name_of(item: QQuickItem) -> str:
    """Stable in every language and layout, as far as the item has more than a word to go by."""
    control = item.property("control")
    if control is not None and hasattr(control, "toVariant"):  # a script's object
        control = control.toVariant()
    if isinstance(control, dict) and control.get("act"):
        return str(control["act"])
    if item.objectName() not in _GENERIC:
        return item.objectName()
    return str(item.property("label") or "")


def _touchable(item: QQuickItem) -> Iterator[QQuickItem]:
    """Everything that takes a touch, in the order of painting."""
    if not (item.isVisible() and item.isEnabled()):
        return
    if any(_takes_touch(child.metaObject().className()) for child in item.children()):
        yield item
    for child in sorted(item.childItems(), key=lambda child: child.z()):
        yield from _touchable(child)


def _takes_touch(kind: str) -> bool:
    return kind.startswith(("QQuickTapHandler", "QQuickPointHandler", "QQuickMouseArea"))


def _topmost(stack: list[QQuickItem], place: QPointF) -> QQuickItem | None:
    return next((item for item in reversed(stack) if _holds(item, place)), None)


def _holds(item: QQuickItem, place: QPointF) -> bool:
    """Whether a touch there is within the item, and within whatever clips it."""
    if not item.contains(item.mapFromScene(place)):
        return False
    around: QQuickItem | None = item.parentItem()
    while around is not None:
        if around.clip() and not around.contains(around.mapFromScene(place)):
            return False
        around = around.parentItem()
    return True


def _on_screen(root: QQuickItem, place: QPointF) -> tuple[float, float]:
    """In the display's own pixels."""
    there = root.mapToGlobal(root.mapFromScene(place))
    scale = root.window().devicePixelRatio()
    return round(there.x() * scale, 1), round(there.y() * scale, 1)
