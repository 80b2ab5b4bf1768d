"""Every state fits every glass: no text leaves its place, no control is too small, too near or out of reach."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage
from PySide6.QtQuick import QQuickItem

from kiosk.core.session import Note, Phase
from kiosk.screen.gallery import geometry, ink
from kiosk.screen.gallery.draw import DARK, LIGHT, THEMES, Picture, chosen, everything, judged
from kiosk.screen.gallery.poses import TALKS, pose, poses
from kiosk.screen.gallery.studio import LANDSCAPE, PORTRAIT, SHAPES, SMALL, Shape, Studio
from kiosk.settings.places import assets
from kiosk.settings.schema import Screen, Settings

USUAL = (PORTRAIT, LANDSCAPE, SMALL)


ONCE = ("notice", "ready", "speaking", "typing", "sound", "stillthere", "staff")
INKED = ("attract", "notice", "hearing", "speaking", "interrupted", "typing", "stillthere", "farewell", "rated")


def wrong_in(pictures: tuple[Picture, ...], *, inked: bool = False) -> list[str]:
    drawn = judged(pictures, Settings(), inked=inked)
    return [f"{picture.name}: {fault}" for picture, _, faults in drawn for fault in faults]


@pytest.mark.parametrize("shape", USUAL, ids=lambda shape: shape.name)
def test_every_state_fits_in_every_language(application: QGuiApplication, shape: Shape) -> None:
    assert wrong_in(everything(["harbour-dark"], [shape])) == []


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape not in USUAL], ids=lambda shape: shape.name)
def test_what_stood_in_the_way_once_fits_every_other_glass(application: QGuiApplication, shape: Shape) -> None:
    """German's long words on a sheet of a 4K glass once brought Qt down; the others have shown the most faults."""
    pictures = everything(["harbour-dark"], [shape])
    assert wrong_in(tuple(p for p in pictures if p.language == "de" and p.pose in ONCE)) == []


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_state_fits_every_glass_in_every_language_and_theme(application: QGuiApplication, shape: Shape) -> None:
    assert wrong_in(everything(shapes=[shape]), inked=True) == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_word_and_outline_stands_out_from_what_is_behind_it(application: QGuiApplication, theme: str) -> None:
    pictures = everything([theme], [PORTRAIT, LANDSCAPE])
    assert wrong_in(tuple(p for p in pictures if p.language == "en" and p.pose in INKED), inked=True) == []


def test_every_phase_and_every_note_has_a_pose() -> None:
    shown = [one.session for one in poses()]
    assert {session.phase for session in shown} == set(Phase)
    assert {note for session in shown for note in session.notes} == set(Note)


def test_the_languages_have_the_same_poses() -> None:
    assert {tuple(one.name for one in poses(language)) for language in TALKS} == {tuple(one.name for one in poses())}


def test_the_hundred_is_a_hundred_and_has_every_pose() -> None:
    pictures = chosen()
    assert len(pictures) == len({picture.name for picture in pictures}) == 100
    assert {picture.pose for picture in pictures} == {one.name for one in poses()}


@pytest.mark.parametrize("colour", ["#FFFFFF", "#808080", "#000000"])
def test_words_are_legible_on_a_house_s_own_picture(application: QGuiApplication, tmp_path: Path, colour: str) -> None:
    picture = QImage(640, 480, QImage.Format.Format_RGB32)
    picture.fill(QColor(colour))
    assert picture.save(str(tmp_path / "lobby.png"))
    logo = '<rect width="90" height="30" fill="#C0602F"/>'
    logo = f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30">{logo}</svg>'
    (tmp_path / "logo.svg").write_text(logo, encoding="utf-8")
    for theme in (DARK, LIGHT):
        house = tmp_path / f"{theme}.toml"
        plain = (assets() / "themes" / f"{theme}.toml").read_text(encoding="utf-8")
        house.write_text(f'mark = "logo.svg"\nattract = "lobby.png"\n{plain}', encoding="utf-8")
        pictures = everything([str(house)], [PORTRAIT, LANDSCAPE])
        shown = tuple(
            p for p in pictures if p.language in {"en", "ar"} and p.pose in {"attract", "outoforder", "ready"}
        )
        assert wrong_in(shown, inked=True) == []


# --- each check can fail --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def studio(application: QGuiApplication) -> Iterator[Studio]:
    made = Studio(PORTRAIT, Settings())
    yield made
    made.close()


@pytest.fixture
def planted(studio: Studio) -> Iterator[Callable[..., list[str]]]:
    """Change properties of one item of a pose, and hear what the check says. All is put back afterwards."""
    before: list[tuple[QObject, str, object]] = []

    def plant(pose_name: str, item_name: str, text: str = "", **changes: object) -> list[str]:
        shown = pose(pose_name)
        studio.pose(shown)
        assert geometry.faults(studio.window, shown.session) == []
        item = find(studio, item_name, text)
        for name, value in changes.items():
            before.append((item, name, item.property(name)))
            item.setProperty(name, value)
        return geometry.faults(studio.window, shown.session)

    yield plant
    for item, name, value in before:
        item.setProperty(name, value)


def find(studio: Studio, name: str, text: str = "") -> QQuickItem:
    standing = geometry.look(studio.window)
    for thing in (*standing.texts, *standing.controls):
        if thing.item.objectName() == name and text in thing.name:
            return thing.item
    found = studio.window.quick.rootObject().findChild(QQuickItem, name)
    assert found is not None, name
    return found


@pytest.mark.parametrize(
    ("pose_name", "item", "text", "changes", "said"),
    [
        ("ready", "pill", "", {"x": -4000}, "the control 'Talk' .* leaves the screen"),
        ("ready", "pill", "", {"width": 20}, "the control 'Talk' .* is smaller than 20 mm"),
        ("ready", "target", "Mute", {"width": 40}, "the control 'Mute' .* is smaller than 12 mm"),
        ("ready", "pill", "", {"x": 250}, "the controls .*'Talk' .* mm apart"),
        ("ready", "label", "Skarvholm", {"width": 60}, "the text 'Skarvholm.* does not fit its place"),
        ("ready", "label", "Ready", {"width": 60}, "the text 'Ready.* is wider than its place"),
        ("ready", "note", "", {"x": 900}, "the text 'Hold Talk.* leaves the screen"),
        ("ready", "note", "", {"y": 20}, "the texts .*Hold Talk.* lie upon each other"),
        ("ready", "note", "", {"y": 720}, "the text 'Hold Talk.* lies under the control 'Talk'"),
        ("ready", "label", "Mute", {"x": 84}, "the texts 'Mute.* and 'Type.* read as one"),
        ("ready", "note", "", {"x": -50}, "is 23 from the start of the glass, and the margin is 73"),
        ("ready", "note", "", {"font": QFont("Readex Pro", 9)}, "the text 'Hold Talk.* has capitals of"),
        ("ready", "chips", "", {"x": 100}, "chips starts at 100, and the state's word at 73"),
        ("ready", "lampline", "", {"visible": True}, "the lamp line lies"),
        ("listening", "lampline", "", {"visible": False}, "the lamp line is dark and the microphone is open"),
    ],
)
def test_a_planted_fault_is_found(
    planted: Callable[..., list[str]], pose_name: str, item: str, text: str, *, changes: dict[str, object], said: str
) -> None:
    found = planted(pose_name, item, text, **changes)
    assert any(re.search(said, fault) for fault in found), found


@pytest.mark.parametrize(
    ("pose_name", "item", "text", "changes", "said"),
    [
        ("ready", "note", "", {"color": QColor("#3A4048")}, "Hold Talk.* in #3a4048 has a contrast of 1.*4.5:1"),
        ("ready", "note", "", {"opacity": 0.4}, "Hold Talk.* has a contrast of"),
        ("ready", "note", "", {"color": QColor("#0A0F14")}, "Hold Talk.* cannot be seen"),
        ("attract", "label", "Touch", {"y": -560.0}, "Touch here.* has a contrast of"),  # upon the lamp
        ("ready", "target", "Mute", {"opacity": 0.3}, "the outline of 'Mute.*3:1 is needed"),
        ("ready", "target", "Mute", {"opacity": 0.2}, "icon mute.* has a contrast of .*3:1 is needed"),
    ],
)
def test_planted_faintness_is_found(
    planted: Callable[..., list[str]],
    studio: Studio,
    *,
    pose_name: str,
    item: str,
    text: str,
    changes: dict[str, object],
    said: str,
) -> None:
    planted(pose_name, item, text, **changes)
    QGuiApplication.processEvents()
    found = ink.faint(studio.window)
    assert any(re.search(said, fault) for fault in found), found


def test_what_moves_between_states_is_found() -> None:
    seen = {"ready": {"the pill": (100.0, 200.0)}, "thinking": {"the pill": (100.4, 200.0)}}
    assert geometry.wandering(seen) == []
    seen["speaking"] = {"the pill": (100.0, 212.0)}
    assert geometry.wandering(seen) == ["speaking: the pill stands at (100.0, 212.0), and in ready at (100.0, 200.0)"]


def test_the_state_s_word_and_the_pill_are_watched(studio: Studio) -> None:
    studio.pose(pose("ready"))
    assert geometry.marks(studio.window) == {"the state's word (usual)": (890,), "the pill": (339, 1606, 402)}
    studio.pose(pose("speaking-large"))
    assert "the state's word (large)" in geometry.marks(studio.window)


def test_large_captions_that_are_not_large_from_afar_are_found(application: QGuiApplication) -> None:
    wrong = []
    for distance_mm in (0, 3000):
        glass = Studio(PORTRAIT, Settings(screen=Screen(viewing_distance_mm=distance_mm)))
        glass.pose(pose("speaking-large"))
        wrong.append(geometry.faults(glass.window, pose("speaking-large").session))
        glass.close()
    assert wrong[0] == []
    assert wrong[1] == ["large captions have capitals of 0.34 degrees from 3000 mm"]


def test_controls_out_of_reach_are_found(application: QGuiApplication) -> None:
    wrong = []
    for bottom_mm, lowered in ((0, False), (700, False), (800, False), (800, True)):
        glass = Studio(PORTRAIT, Settings(screen=Screen(bottom_mm=bottom_mm, lowered=lowered)))
        glass.pose(pose("ready"))
        wrong.append(geometry.faults(glass.window, pose("ready").session))
        glass.close()
    unknown, low, high, high_and_lowered = wrong
    assert unknown == low == high_and_lowered == []
    assert high
    assert all(fault.endswith("is too high") for fault in high)
