"""`kiosk screens`: a chosen hundred pictures of the window, or all there are, each of them judged on its way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from PySide6.QtGui import QImage

from kiosk.core.fault import ExitCode, Fault
from kiosk.screen.gallery import geometry, ink
from kiosk.screen.gallery.poses import TALKS, pose, poses
from kiosk.screen.gallery.sheets import Print, print_of, sheets
from kiosk.screen.gallery.studio import LANDSCAPE, PORTRAIT, SHAPES, SMALL, Shape, Studio
from kiosk.settings.languages import SOURCE
from kiosk.settings.schema import Settings

DARK, LIGHT, HIGH = "harbour-dark", "harbour-light", "high-contrast"
THEMES = (DARK, LIGHT, HIGH)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn: a pose, in a language, on a glass, in a theme."""

    shape: Shape
    theme: str
    language: str
    pose: str

    @property
    def name(self) -> str:
        return f"{self.pose}-{self.language}-{self.shape.name}-{Path(self.theme).stem}"

    @property
    def caption(self) -> str:
        return f"{self.pose} · {self.language} · {Path(self.theme).stem}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of it: how many pictures, where, and what is wrong with each."""

    pictures: int
    sheets: tuple[Path, ...]
    faults: tuple[tuple[str, str], ...] = field(default=())


def chosen() -> tuple[Picture, ...]:
    """The hundred: every pose once, and what a language, a glass or a theme is most likely to break."""
    every = tuple(one.name for one in poses())
    words = ("attract", "notice", "ready", "hearing", "thinking-long", "speaking", "speaking-large", "interrupted")
    rest = ("typing", "person", "stillthere", "offline", "nosound", "farewell")
    rows: tuple[tuple[Shape, str, str, tuple[str, ...]], ...] = (
        (PORTRAIT, DARK, "en", every),
        (LANDSCAPE, DARK, "de", (*words, *rest)),
        (PORTRAIT, DARK, "ar", (*words, *rest)),
        (LANDSCAPE, LIGHT, "en", words[:2]),
        (PORTRAIT, LIGHT, "de", rest[4:]),
        (SMALL, DARK, "de", (*words, "staff", "stillthere")),
        (LANDSCAPE, DARK, "ar", ("attract", "speaking")),
        (PORTRAIT, HIGH, "en", ("attract", "speaking", "farewell")),
        (LANDSCAPE, HIGH, "ar", ("notice", "speaking")),
        (SMALL, LIGHT, "ar", ("notice", "speaking")),
    )
    return tuple(Picture(shape, theme, language, name) for shape, theme, language, names in rows for name in names)


def everything(themes: Iterable[str] = THEMES, shapes: Iterable[Shape] = SHAPES) -> tuple[Picture, ...]:
    return tuple(
        Picture(shape, theme, language, one.name)
        for shape in shapes
        for theme in themes
        for language in TALKS
        for one in poses(language)
    )


def select(
    *, whole: bool, language: str = "", theme: str = "", size: tuple[int, int] | None = None, only: str = ""
) -> tuple[Picture, ...]:
    """Of the hundred, or of the whole; and of the whole too where the hundred has none of that kind.

    theme  a shipped one's name, or a file
    only   part of a pose's name
    Raises `Fault` where there is none at all.
    """
    known = next((shape for shape in SHAPES if (shape.width, shape.height) == size), None)
    shapes = SHAPES if size is None else (known or Shape(f"{size[0]}x{size[1]}", *size, diagonal_in=0.0),)
    every = everything((theme,) if theme else THEMES, shapes)
    for pictures in (every,) if whole else (chosen(), every):
        found = tuple(
            picture
            for picture in pictures
            if picture.shape in shapes
            and picture.theme == (theme or picture.theme)
            and picture.language == (language or picture.language)
            and only in picture.pose
        )
        if found:
            return found
    raise Fault(
        "there is no such picture",
        where=" ".join(word for word in (language, theme, only) if word),
        remedy=f"languages are {', '.join(TALKS)}; poses are {', '.join(one.name for one in poses())}",
        code=ExitCode.USAGE,
    )


def draw(out: Path, pictures: Iterable[Picture], site: Settings) -> Drawn:
    """Draw and judge them, write each as PNG and sheets by orientation. Those in languages that the site has no words
    in are left out. Raises `Fault` as the window does, and where nothing is left."""
    pictures = [picture for picture in pictures if picture.language in site.words]
    if not pictures:
        raise Fault(
            "the site has no words in the languages of these pictures",
            where=f"settings words.{', words.'.join(site.words)}",
            remedy=f"choose one of the site's own languages with --language, or write a table [words.{SOURCE}]",
            code=ExitCode.USAGE,
        )
    _make(out)
    prints: dict[bool, list[Print]] = {True: [], False: []}
    faults: list[tuple[str, str]] = []
    for picture, image, wrong in judged(pictures, site):
        if image is not None:
            _save(image, out / f"{picture.name}.png")
            prints[picture.shape.upright].append(print_of(image, picture.caption))
        faults += [(picture.name, fault) for fault in wrong]
    written = []
    for upright, some in prints.items():
        for number, sheet in enumerate(sheets(some), 1):
            written.append(out / f"sheet-{'portrait' if upright else 'landscape'}-{number}.png")
            _save(sheet, written[-1])
    return Drawn(sum(map(len, prints.values())), tuple(written), tuple(faults))


def judged(
    pictures: Iterable[Picture], site: Settings, *, inked: bool = True
) -> Iterator[tuple[Picture, QImage | None, list[str]]]:
    """Each picture with what is wrong with it; at the end of a glass, a theme and a language, without an image, what
    moved between its states. One window serves the pictures of a glass, a theme and a language that follow each other.

    inked  contrast is measured on the pixels too, which takes three times as long
    """
    for (shape, theme, language), of_window in groupby(pictures, key=lambda p: (p.shape, p.theme, p.language)):
        screen = site.screen.model_copy(update={"theme": theme})
        studio = Studio(shape, site.model_copy(update={"screen": screen}), language)
        places: dict[str, dict[str, tuple[float, ...]]] = {}
        for picture in of_window:
            posed = pose(picture.pose, language)
            studio.pose(posed)
            places[picture.pose] = geometry.marks(studio.window)
            image = studio.image()
            wrong = geometry.faults(studio.window, posed.session)
            yield picture, image, wrong + (ink.faint(studio.window) if inked else [])
        yield picture, None, geometry.wandering(places)
        studio.close()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Fault(
            "the folder for the pictures cannot be made",
            where=f"{folder}: {error.strerror}",
            remedy="name another folder",
            code=ExitCode.USAGE,
        ) from error


def _save(image: QImage, path: Path) -> None:
    if not image.save(str(path)):
        raise Fault(
            "the picture cannot be written",
            where=str(path),
            remedy="check the folder and the disk",
            code=ExitCode.USAGE,
        )
