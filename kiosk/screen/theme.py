"""Theme files: colours and a house's own pictures, read and checked before the first visitor sees them."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.core.fault import ExitCode, Fault
from kiosk.core.legible import OUTLINE_CONTRAST, TEXT_CONTRAST, contrast, read_colour
from kiosk.screen import artwork
from kiosk.settings.places import assets

COLOURS = ("ground", "ground_deep", "surface", "line", "text", "muted", "coming", "lamp", "on_hue", "brand")
HUES = ("rest", "listening", "thinking", "speaking", "needs_you")
PICTURE = ("hills", "land", "boat", "beacon")
BANDS = ("sky", "water")

TABLES = {"colour": COLOURS, "hue": HUES, "picture": (*PICTURE, *BANDS)}
MAIN_TEXT = 7.0  # in every theme, the house's own among them


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme that was read and found legible; colours as `#RRGGBB`.

    mark     the house's own mark in the bar on top, instead of the harbour's
    attract  the house's own picture behind the first screen, instead of the harbour
    """

    name: str
    light: bool
    colour: dict[str, str]
    hue: dict[str, str]
    picture: dict[str, str | list[str]]
    mark: Path | None = None
    attract: Path | None = None


def pairs() -> tuple[tuple[str, str, float], ...]:
    """(foreground, background, contrast needed) of everything that is drawn upon something."""
    grounds = ("ground", "ground_deep")
    words = [
        ("text", MAIN_TEXT),
        ("muted", TEXT_CONTRAST),
        ("coming", TEXT_CONTRAST),
        *((f"hue.{hue}", TEXT_CONTRAST) for hue in HUES),
    ]
    found = [(word, ground, needed) for word, needed in words for ground in grounds]
    found += [("text", "surface", MAIN_TEXT), ("muted", "surface", TEXT_CONTRAST)]
    found += [("ground", "text", TEXT_CONTRAST)]  # the words of an ivory pill
    found += [("line", ground, OUTLINE_CONTRAST) for ground in (*grounds, "surface")]
    found += [("brand", ground, OUTLINE_CONTRAST) for ground in grounds]
    found += [("on_hue", f"hue.{hue}", TEXT_CONTRAST) for hue in HUES]
    return tuple(found)


def load(name: str) -> Theme:
    """A shipped theme by its name, or a file by its path.

    Raises `Fault` (`ExitCode.SETTINGS`) when the file cannot be read, a colour is missing or unreadable, a key is
    unknown, a picture cannot be shown, or two colours that meet on the screen are too much alike.
    """
    path = Path(name) if name.endswith(".toml") else assets() / "themes" / f"{name}.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        shipped = ", ".join(sorted(file.stem for file in (assets() / "themes").glob("*.toml")))
        raise _fault(
            "the theme file cannot be read", str(path), f"name one of {shipped}, or give a file's path"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise _fault(
            "the theme is not valid TOML", f"{path}: {error}", "correct it, or choose another theme"
        ) from error
    _refuse_strangers(raw, path)
    light = raw.get("light", False)
    if not isinstance(light, bool):
        raise _fault(f"light = {light!r} is neither true nor false", str(path), "write light = true or light = false")
    theme = Theme(
        name=path.stem,
        light=light,
        colour=_colours(raw, "colour", COLOURS, path),
        hue=_colours(raw, "hue", HUES, path),
        picture={**_colours(raw, "picture", PICTURE, path), **_bands(raw, path)},
        mark=artwork.picture(raw.get("mark"), artwork.MARK, path),
        attract=artwork.picture(raw.get("attract"), artwork.ATTRACT, path),
    )
    check(theme, str(path))
    if theme.mark is not None:
        artwork.check_mark(theme.mark, theme.colour["ground"])
    return theme


def check(theme: Theme, where: str) -> None:
    """Raises `Fault` naming theme, pair, ratio and what is needed."""

    def named(token: str) -> str:
        return theme.hue[token[4:]] if token.startswith("hue.") else theme.colour[token]

    for front, back, needed in pairs():
        ratio = contrast(named(front), named(back))
        if ratio < needed:
            raise _fault(
                f"in theme {theme.name}, {front} {named(front)} on {back} {named(back)} has a contrast of"
                f" {ratio:.2f}:1, and {needed:g}:1 is needed",
                where,
                "make one of the two lighter or darker",
            )


def _refuse_strangers(raw: dict[str, Any], path: Path) -> None:
    """A key with a slip of the pen would be a colour that nobody sees."""
    known = ["light", "mark", "attract", *TABLES]
    known += [f"{table}.{name}" for table, names in TABLES.items() for name in names]
    said = list(raw)
    said += [f"{table}.{name}" for table in TABLES if isinstance(raw.get(table), dict) for name in raw[table]]
    for key in said:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known[:6])}"
            raise _fault(f"the key {key} is unknown in a theme", str(path), hint)


def _colours(raw: dict[str, Any], table: str, names: tuple[str, ...], path: Path) -> dict[str, str]:
    rows = raw.get(table)
    return {
        name: _colour(rows.get(name) if isinstance(rows, dict) else None, f"{table}.{name}", path) for name in names
    }


def _bands(raw: dict[str, Any], path: Path) -> dict[str, list[str]]:
    found = {}
    for band in BANDS:
        rows = raw["picture"].get(band)
        if not isinstance(rows, list) or len(rows) != 4:
            raise _fault(
                f"the band picture.{band} is not a list of four colours", str(path), "write four colours as #RRGGBB"
            )
        found[band] = [_colour(row, f"picture.{band}", path) for row in rows]
    return found


def _colour(value: object, key: str, path: Path) -> str:
    if value is None:
        raise _fault(f"the colour {key} is missing", str(path), "add it as #RRGGBB")
    try:
        read_colour(str(value))
    except ValueError as error:
        raise _fault(
            f"the colour {key} = {str(value)[:40]!r} cannot be read", str(path), "write it as #RRGGBB"
        ) from error
    return str(value)


def _fault(what: str, where: str, remedy: str) -> Fault:
    return Fault(what, where=where, remedy=remedy, code=ExitCode.SETTINGS)
