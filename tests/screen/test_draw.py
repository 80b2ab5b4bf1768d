"""`kiosk screens`: what it writes, what it says, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage

from kiosk.cli import main
from kiosk.core.fault import ExitCode, Fault
from kiosk.screen.gallery.draw import chosen, select
from kiosk.screen.gallery.sheets import MOST, print_of, sheets


def test_pictures_a_sheet_and_no_fault(
    application: QGuiApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "pictures"
    ended = main(["screens", "--out", str(out), "--only", "off", "--language", "ar", "--size", "1080x1920", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (ended, told["pictures"], told["faults"]) == (0, 1, [])
    assert {file.name for file in out.iterdir()} == {"offline-ar-portrait-harbour-dark.png", "sheet-portrait-1.png"}
    assert QImage(str(out / "offline-ar-portrait-harbour-dark.png")).height() == 1920
    assert told["sheets"] == [str(out / "sheet-portrait-1.png")]


def test_faults_are_said_and_end_the_command(
    application: QGuiApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A glass on which nothing fits."""
    site = tmp_path / "site.toml"
    site.write_text("[screen]\ndiagonal_in = 4.0\n", encoding="utf-8")
    wishes = ["--only", "notice", "--language", "de", "--size", "480x320", "--theme", "harbour-dark"]
    ended = main(["screens", "--site", str(site), "--out", str(tmp_path / "out"), *wishes])
    said = capsys.readouterr()
    assert ended == ExitCode.SETTINGS
    assert "notice-de-480x320-harbour-dark: " in said.err
    assert "1 pictures" in said.out


def test_a_house_that_speaks_one_language_is_drawn_in_that(
    application: QGuiApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site.toml"
    site.write_text('[words.en]\nplace = "Hotel Linden"\nguide = "Nora"\n', encoding="utf-8")
    words = ["screens", "--site", str(site), "--out", str(tmp_path / "out"), "--only", "notice"]
    assert main(words) == 0, capsys.readouterr().err
    assert all("-en-" in file.name for file in (tmp_path / "out").glob("notice-*"))
    assert main([*words, "--language", "de"]) == ExitCode.USAGE
    assert "no words" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["screens", "--out", str(tmp_path / "file" / "out"), "--only", "offline"]) == ExitCode.USAGE
    assert "cannot be made" in capsys.readouterr().err


@pytest.mark.parametrize("wish", [{"language": "xx"}, {"only": "nowhere"}])
def test_what_is_not_among_the_pictures_is_said_with_what_is(wish: dict[str, str]) -> None:
    with pytest.raises(Fault, match="languages are en, de, ar; poses are attract, notice") as fault:
        select(whole=False, **wish)
    assert fault.value.code is ExitCode.USAGE


def test_wishes_choose_from_the_hundred_and_beyond_it_only_where_they_must() -> None:
    assert select(whole=False) == chosen()
    german = select(whole=False, language="de")
    assert {picture.language for picture in german} == {"de"}
    assert len(german) < 50
    laptops = select(whole=False, size=(1366, 768), only="attract")
    assert {picture.shape.name for picture in laptops} == {"laptop"}
    assert len(laptops) == 9  # three languages, three themes
    assert len(select(whole=True)) > 2000


def test_a_sheet_holds_so_many_and_then_another_begins() -> None:
    image = QImage(1080, 1920, QImage.Format.Format_RGB32)
    image.fill(0)
    one, other = sheets([print_of(image, f"picture {number}") for number in range(MOST + 1)])
    assert one.height() > 4 * 640
    assert other.height() < 800
