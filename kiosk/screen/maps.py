"""What QML reads, as plain maps: a script engine knows neither enums nor data classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl

from kiosk.core.legible import Sizes
from kiosk.screen.code import code_of
from kiosk.screen.pages import Page
from kiosk.screen.parts import Control, Dial, Scene
from kiosk.screen.theme import Theme
from kiosk.screen.words import Words


def scene_map(s: Scene) -> dict[str, Any]:
    return {
        "face": s.face.value,
        "mode": s.mode.value,
        "hue": s.hue,
        "word": s.word,
        "heard": s.heard,
        "hello": s.caption.text,
        "tone": s.caption.tone.value,
        "note": s.note,
        "code": _code(s.code),
        "remark": s.remark,
        "lines": list(s.lines),
        "chips": list(s.chips),
        "left": [_control(c) for c in s.left],
        "right": [_control(c) for c in s.right],
        "main": _control(s.main),
        "other": _control(s.other),
        "tools": [_control(c) for c in s.tools],
        "earlier": _control(s.earlier),
        "dials": [_dial(d) for d in s.dials],
        "more": [_control(c) for c in s.more],
        "languages": [{"code": lang.code, "name": lang.name, "chosen": lang.chosen} for lang in s.languages],
        "lamp": s.lamp,
        "correctable": s.correctable,
    }


def _control(control: Control | None) -> dict[str, Any]:
    if control is None:
        return {}
    c = control
    return {"act": c.act.value, "label": c.label, "icon": c.icon, "kind": c.kind.value, "share": c.share}


def _code(text: str) -> dict[str, Any]:
    code = code_of(text)
    return {"path": code.path, "size": code.size}


def _dial(dial: Dial) -> dict[str, Any]:
    return {"less": _control(dial.less), "more": _control(dial.more), "at": dial.at, "count": dial.count}


def page_map(page: Page, tracking: float) -> dict[str, Any]:
    words = [{"text": w.text, "x": w.x, "y": w.y, "w": w.width, "number": w.number} for w in page.words]
    return {
        "words": words,
        "first": page.first,
        "height": page.height,
        "tracking": tracking,
        "leftwards": page.leftwards,
    }


def sizes_map(s: Sizes | None) -> dict[str, Any]:
    if s is None:
        return {}
    sizes: dict[str, Any] = {role.value: pixels for role, pixels in s.type.items()}
    return {
        **sizes, "portrait": s.portrait, "unit": s.unit, "mm": s.mm,
        "disc": s.disc, "pill": s.pill, "chip": s.chip, "gap": s.gap,
    }  # fmt: skip


def theme_map(t: Theme) -> dict[str, Any]:
    return {
        "light": t.light, **t.colour, "hues": t.hue, "picture": t.picture,
        "mark": _url(t.mark), "attract": _url(t.attract),
    }  # fmt: skip


def _url(path: Path | None) -> str:
    return QUrl.fromLocalFile(str(path)).toString() if path else ""


def words_map(w: Words) -> dict[str, Any]:
    return {
        "place": w.place, "byLine": w.by_line, "footer": w.footer, "faces": list(w.faces), "rated": w.rated,
        "startAgain": w.start_again, "send": w.send, "space": w.space, "close": w.close, "typeHere": w.type_here,
        "you": w.you, "guide": w.guide, "earlierNote": w.earlier_note,
    }  # fmt: skip
