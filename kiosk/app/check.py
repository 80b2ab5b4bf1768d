"""`kiosk check`: every setting with its value, layer and meaning, and what follows from them."""

from __future__ import annotations

import json
from typing import Any

from kiosk.app.checks import glass, sound
from kiosk.app.checks.finding import Skipped, examine
from kiosk.core.fault import Fault
from kiosk.core.legible import contrast
from kiosk.screen import theme as themes
from kiosk.settings.load import HIDDEN, Loaded
from kiosk.settings.schema import Settings

UNSHOWN = "(set, and not shown)"


def check(loaded: Loaded, *, as_json: bool) -> int:
    """Prints; returns the exit code. Raises `Fault` for a theme that cannot be used."""
    told = explained(loaded)
    if as_json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    for row in told["settings"]:
        print(f"{row['key']} = {json.dumps(row['value'], ensure_ascii=False)}    [{row['layer']}]")
        print(f"    {row['meaning']} Takes effect: {row['takes_effect']}.")
    print("\nWhat follows from them:")
    for name, value in told["derived"].items():
        print(f"    {name}: {value}")
    return 0


def explained(loaded: Loaded) -> dict[str, Any]:
    """All of it as JSON can say it, with what is a secret hidden. Raises `Fault` for a theme that cannot be used."""
    rows = [{**row, "value": _shown(row["key"], row["value"])} for row in loaded.explain()]
    return {"settings": rows, "derived": derived(loaded.settings)}


def derived(settings: Settings) -> dict[str, str]:
    """Contrast from the theme; text and controls from the screen, where there is one whose size is known."""
    try:
        seen = glass.look(settings.screen.renderer)
    except (Skipped, Fault):
        seen = None  # the doctor says what is wrong with it
    return {
        **least_contrast(settings.screen.theme),
        **dict(glass.derived(seen, settings.screen)),
        "calibration": examine("calibration", lambda: sound.calibration(settings)).sentence,
    }


def least_contrast(name: str) -> dict[str, str]:
    """The weakest pair of the theme, and that of its main text."""
    theme = themes.load(name)
    named = {**theme.colour, **{f"hue.{hue}": colour for hue, colour in theme.hue.items()}}
    ratios = {(front, back): contrast(named[front], named[back]) for front, back, _ in themes.pairs()}
    needed = {(front, back): least for front, back, least in themes.pairs()}
    weakest = min(ratios, key=lambda pair: ratios[pair] / needed[pair])
    return {
        "contrast of text": f"{ratios['text', 'ground']:.1f}:1 (7:1 is needed)",
        "least contrast": f"{ratios[weakest]:.1f}:1, {weakest[0]} on {weakest[1]} ({needed[weakest]:g}:1 is needed)",
    }


def _shown(key: str, value: Any) -> Any:
    """Of a hidden list the first stays: a program may be known, the token among its arguments may not."""
    if key not in HIDDEN or not value:
        return _plain(value)
    return UNSHOWN if isinstance(value, str) else [_plain(value[0]), *([UNSHOWN] if value[1:] else [])]


def _plain(value: Any) -> Any:
    """As JSON can say it; paths as text."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
