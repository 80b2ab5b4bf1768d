"""The geometry: what is wrong with what stands in the window. Needs no pixels, so every pose can be judged.

What a piece of QML tells the check by properties of its own: `main` and `down` make a control, `mayElide` allows a text
to end in dots, `pane` covers what lies under it, `key` belongs to a keyboard, `aside` stands outside of the margins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRectF
from PySide6.QtQuick import QQuickItem

from kiosk.core import legible
from kiosk.core.legible import Box, Role
from kiosk.core.session import Session
from kiosk.screen.scene_talk import lit
from kiosk.screen.window import Window

RIGHT, CENTRE = 0x0002, 0x0004  # Qt.AlignRight, Qt.AlignHCenter
LINES = frozenset({"heard", "sentence"})  # controls that are a piece of text: as high as it is
COLUMN = ("state", "heard", "sentence", "note", "chips", "row")  # what starts at the reading edge of a conversation
OVERHANG_MM = 0.4  # of the last letter of a line over its advance
WORD_SPACE = 0.3  # of the size of the letters
HALF = 0.5  # of a line that scrolls out of its place: less is not meant to be read
JUST_A_MARK = frozenset({"…", "–"})


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that stands in the window and is not covered by anything."""

    item: QQuickItem
    place: Box
    name: str

    def said(self) -> str:
        p = self.place
        return f"{self.name!r} ({p.width:.0f} x {p.height:.0f} at {p.left:.0f}, {p.top:.0f})"


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is judged of one window at one moment."""

    glass: Box
    mm: float
    margin: float
    mirrored: bool
    texts: tuple[Thing, ...]
    controls: tuple[Thing, ...]
    icons: tuple[Thing, ...]
    named: Mapping[str, Box]

    def start(self, place: Box) -> float:
        """How far it begins from the edge where reading starts."""
        return self.glass.right - place.right if self.mirrored else place.left

    def end(self, place: Box) -> float:
        return place.left if self.mirrored else self.glass.right - place.right


def look(window: Window) -> Standing:
    """What stands in the window now."""
    root, whole = window.quick.rootObject(), window.quick.contentItem()
    glass = Box(0, 0, root.width(), root.height())
    seen = list(_seen(whole))
    panes = [(number, _box(item)) for number, item in enumerate(seen) if item.property("pane")]

    def covered(number: int, item: QQuickItem, place: Box) -> bool:
        above = (pane for later, pane in panes if later > number and not seen[later].isAncestorOf(item))
        return any(pane.holds(Box(*place.middle, *place.middle)) for pane in above)

    texts, controls, icons = [], [], []
    named: dict[str, Box] = {}
    for number, item in enumerate(seen):
        place = place_of(item)
        if place is None or covered(number, item, place):
            continue
        if item.objectName():
            named.setdefault(item.objectName(), place)
        if is_text(item) and str(item.property("text")).strip():
            texts.append(Thing(item, place, str(item.property("text"))[:40]))
        elif is_control(item) and item.isEnabled():
            controls.append(Thing(item, place, _name(item)))
        elif is_icon(item):
            icons.append(Thing(item, place, f"icon {item.property('name')}"))
    view = window.view
    return Standing(
        glass,
        float(view.property("sizes")["mm"]),
        _margin(root),
        bool(view.property("mirrored")),
        tuple(texts),
        tuple(controls),
        tuple(icons),
        named,
    )


def faults(window: Window, session: Session) -> list[str]:
    """What is wrong with the geometry of what stands in the window now, which shows `session`."""
    standing = look(window)
    screen = window.settings
    found = [*_texts(standing), *_controls(standing), *_crossings(standing), *_edges(standing)]
    if window.view.property("large"):
        found += _large(standing, window, screen.viewing_distance_mm)
    if screen.bottom_mm:
        found += [
            f"the control {thing.said()} is {wrong}"
            for thing in standing.controls
            if (wrong := legible.out_of_reach(thing.place, standing.glass.bottom, standing.mm, screen.bottom_mm))
        ]
    if ("lampline" in standing.named) is not lit(session):
        found.append("the lamp line is dark and the microphone is open" if lit(session) else "the lamp line lies")
    return found


def _texts(standing: Standing) -> Iterator[str]:
    for thing in standing.texts:
        item = thing.item
        if not standing.glass.holds(thing.place):
            yield f"the text {thing.said()} leaves the screen"
        if item.property("truncated") and not item.property("mayElide"):
            yield f"the text {thing.said()} does not fit its place"
        elif float(item.property("contentWidth")) > item.width() + legible.ROUNDING_PX and not _clipped(item):
            yield f"the text {thing.said()} is wider than its place of {item.width():.0f}"
        capital = item.property("font").pixelSize() * legible.CAP_SHARE / standing.mm
        if capital < legible.SMALLEST_CAPITAL_MM - legible.ROUNDING_PX / standing.mm:
            yield f"the text {thing.said()} has capitals of {capital:.1f} mm"


def _controls(standing: Standing) -> Iterator[str]:
    for thing in standing.controls:
        main = bool(thing.item.property("main"))
        if not standing.glass.holds(thing.place):
            yield f"the control {thing.said()} leaves the screen"
        if thing.item.objectName() not in LINES and legible.too_small(thing.place, standing.mm, main=main):
            least = legible.SMALLEST_MAIN_MM if main else legible.SMALLEST_TARGET_MM
            yield f"the control {thing.said()} is smaller than {least:g} mm"
    buttons = [thing for thing in standing.controls if thing.item.objectName() not in LINES]
    for number, one in enumerate(buttons):
        for other in buttons[number + 1 :]:
            keys = bool(one.item.property("key")) and bool(other.item.property("key"))
            if legible.too_near(one.place, other.place, standing.mm, keys=keys):
                apart = one.place.apart(other.place) / standing.mm
                yield f"the controls {one.said()} and {other.said()} are {apart:.1f} mm apart"


def _crossings(standing: Standing) -> Iterator[str]:
    """Text upon other text, or under a control of another kind: sentence, note, chips and row share a column."""
    texts = [thing for thing in standing.texts if thing.name.strip() not in JUST_A_MARK]
    for number, one in enumerate(texts):
        for other in texts[number + 1 :]:
            if _cross(one.place, other.place):
                yield f"the texts {one.said()} and {other.said()} lie upon each other"
            elif one.item.objectName() == other.item.objectName() == "label" and _touch(one, other):
                yield f"the texts {one.said()} and {other.said()} read as one"
        for control in standing.controls:
            if not control.item.isAncestorOf(one.item) and _cross(one.place, control.place):
                yield f"the text {one.said()} lies under the control {control.said()}"


def _touch(one: Thing, other: Thing) -> bool:
    """On one line, and no wider apart than two words of a sentence."""
    width, height = one.place.overlap(other.place)
    line = 0.5 * min(one.place.height, other.place.height)
    return height > line and -width < WORD_SPACE * float(one.item.property("font").pixelSize())


def _cross(one: Box, other: Box) -> bool:
    """A line of type has a fifth of air above and below."""
    width, height = one.overlap(other)
    return width > 3 and height > 0.2 * min(one.height, other.height)


def _edges(standing: Standing) -> Iterator[str]:
    """Everything of a conversation starts at one line, and nothing comes nearer to a side than the margin."""
    things = (*standing.texts, *standing.controls)
    slack = max(2 * legible.ROUNDING_PX, OVERHANG_MM * standing.mm)
    inside = [thing for thing in things if thing.name not in JUST_A_MARK and not _aside(thing.item)]
    for thing in inside:
        for way, side in ((standing.start(thing.place), "start"), (standing.end(thing.place), "end")):
            if 0 <= way < standing.margin - slack:
                margin = f"the margin is {standing.margin:.0f}"
                yield f"{thing.said()} is {way:.0f} from the {side} of the glass, and {margin}"
    places = [thing.place for thing in inside] + [standing.named[name] for name in ("mark",) if name in standing.named]
    nearest = min((standing.start(place) for place in places), default=standing.margin)
    if abs(nearest - standing.margin) > slack:
        yield f"nothing stands at the margin of {standing.margin:.0f}: the first thing starts at {nearest:.0f}"
    starts = {name: standing.start(standing.named[name]) for name in COLUMN if name in standing.named}
    state = starts.get("state")
    for name, start in starts.items():
        lines = (
            (state, standing.margin) if name == "row" else (state,)
        )  # on a small glass the row takes the whole width
        if state is not None and all(abs(start - line) > legible.ROUNDING_PX for line in lines if line is not None):
            yield f"{name} starts at {start:.0f}, and the state's word at {state:.0f}"


def _large(standing: Standing, window: Window, declared_mm: float) -> Iterator[str]:
    sizes = window.view.measured
    if sizes is None:
        return
    distance = legible.reading_mm(sizes, declared_mm)
    seen = legible.capital_degrees(sizes.type[Role.LARGE], standing.mm, distance)
    if seen < legible.LARGE_DEGREES - 0.01:
        yield f"large captions have capitals of {seen:.2f} degrees from {distance:.0f} mm"


# --- what must not move from state to state -------------------------------------------------------------------------


def marks(window: Window) -> dict[str, tuple[float, ...]]:
    """Where the things stand that stay in place while the state changes."""
    standing = look(window)
    found: dict[str, tuple[float, ...]] = {}
    size = "large" if window.view.property("large") else "usual"
    if "state" in standing.named:
        found[f"the state's word ({size})"] = (round(standing.named["state"].top),)
    scene = window.view.property("scene")
    if "pill" in standing.named and scene["left"] and scene["face"] == "talk":
        pill = standing.named["pill"]
        found["the pill"] = (round(pill.left), round(pill.top), round(pill.width))
    return found


def wandering(seen: Mapping[str, Mapping[str, tuple[float, ...]]]) -> list[str]:
    """`seen`: the marks of each pose of one glass and one language."""
    first: dict[str, tuple[str, tuple[float, ...]]] = {}
    found = []
    for pose, places in seen.items():
        for name, place in places.items():
            known_pose, known = first.setdefault(name, (pose, place))
            if any(abs(a - b) > legible.ROUNDING_PX for a, b in zip(place, known, strict=True)):
                found.append(f"{pose}: {name} stands at {place}, and in {known_pose} at {known}")
    return found


# --- reading the items ----------------------------------------------------------------------------------------------


def _seen(item: QQuickItem) -> Iterator[QQuickItem]:
    """Everything visible below, in the order of painting."""
    for child in sorted(item.childItems(), key=QQuickItem.z):
        if child.isVisible() and child.opacity() > 0:
            yield child
            yield from _seen(child)


def is_text(item: QQuickItem) -> bool:
    return item.inherits("QQuickText")


def is_control(item: QQuickItem) -> bool:
    return item.property("main") is not None and item.property("down") is not None


def is_icon(item: QQuickItem) -> bool:
    """One that is drawn: `Icon.qml` has a name and a tint."""
    return item.property("tint") is not None and bool(item.property("name"))


def place_of(item: QQuickItem) -> Box | None:
    """Where it stands, a text where its letters are; None when it is clipped away or nearly so."""
    place = _box(item)
    if is_text(item) and item.property("text"):
        width = float(item.property("contentWidth"))
        align = int(item.property("aligned") or 0)
        spare = item.width() - width
        left = spare if align & RIGHT else spare / 2 if align & CENTRE else 0.0
        place = _box(item, QRectF(left, 0, width, item.height()))
    whole = place
    for clip in _clipped(item):
        edge = _box(clip)
        place = Box(
            max(place.left, edge.left),
            max(place.top, edge.top),
            min(place.right, edge.right),
            min(place.bottom, edge.bottom),
        )
    seen = place.width > 0 and place.height > whole.height * HALF
    return place if seen else None


def _clipped(item: QQuickItem) -> list[QQuickItem]:
    """What it is clipped by, from the inside out."""
    return [parent for parent in ancestors(item) if parent.clip()]


def ancestors(item: QQuickItem) -> Iterator[QQuickItem]:
    parent: QQuickItem | None = item.parentItem()
    while parent is not None:
        yield parent
        parent = parent.parentItem()


def _margin(root: QQuickItem) -> float:
    tokens = root.findChild(QObject, "tokens")
    assert tokens is not None, "Main.qml names them"
    return float(tokens.property("margin"))


def _aside(item: QQuickItem) -> bool:
    return bool(item.property("aside")) or any(parent.property("aside") for parent in ancestors(item))


def _box(item: QQuickItem, local: QRectF | None = None) -> Box:
    rect = item.mapRectToScene(local or QRectF(0, 0, item.width(), item.height()))
    return Box(rect.left(), rect.top(), rect.right(), rect.bottom())


def _name(item: QQuickItem) -> str:
    control = item.property("control")
    if hasattr(control, "toVariant"):
        control = control.toVariant()
    label = control.get("label") if isinstance(control, dict) else None
    return str(item.property("label") or label or item.objectName())[:40]
