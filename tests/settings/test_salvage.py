"""What is taken from a settings file that is wrong somewhere."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kiosk.settings.salvage import keep, salvage
from kiosk.settings.schema import Settings

PLACE = "Stadtarchiv"
SITE = f"""
[words.de]
place = "{PLACE}"
guide = "Ada"
offer = "Fragen Sie nach Akten."
invitation = "Guten Tag."
choices = ["Akten"]
notice = ["Sie sprechen mit einer KI."]
desk = "Bitte fragen Sie an der Kasse."
footer = "Nichts wird behalten."
[site]
language = "de"
[screen]
viewing_distance_mm = 900
[staff]
corner_taps = 5
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "site.toml"


@pytest.fixture
def last(tmp_path: Path) -> Path:
    return tmp_path / "site.toml.last"


SLIPS = (
    "[visit]\nsilence_s = 1200\n",
    "[visit]\nsilnce_s = 12\n",
    "[nonsense]\nx = 1\n",
    "[capture]\nmode = 3\n",
)


@pytest.mark.parametrize("slip", SLIPS)
def test_the_screen_is_the_sites_own(file: Path, slip: str) -> None:
    file.write_text(SITE + slip)
    settings = salvage(file)
    assert settings.site.language == "de"
    assert settings.words["de"].place == PLACE
    assert settings.staff.corner_taps == 5
    assert settings.visit == Settings().visit


def test_a_table_that_is_wrong_itself_is_left_out(file: Path) -> None:
    file.write_text(SITE.replace("corner_taps = 5", "corner_taps = 5000").replace('language = "de"', 'language = "xx"'))
    settings = salvage(file)
    assert settings.staff == Settings().staff
    assert settings.site == Settings().site
    assert settings.screen.viewing_distance_mm == 900


@pytest.mark.parametrize("content", [b"", b"[site\n", b"\xff\xfe", b"site = 3\n"])
def test_nothing_is_raised(file: Path, last: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert salvage(file, last) == Settings()


def test_a_file_that_is_none_gives_way_to_what_was_right_before(file: Path, last: Path) -> None:
    file.write_text(SITE)
    keep(file, last)
    assert stat.S_IMODE(last.stat().st_mode) == 0o600
    file.write_text("[site\n")
    assert salvage(file, last).words["de"].place == PLACE
    file.write_text(SITE.replace("corner_taps = 5", "corner_taps = 5000").replace("= 900", "= 800"))
    settings = salvage(file, last)
    assert (settings.staff.corner_taps, settings.screen.viewing_distance_mm) == (5, 800)


def test_the_environment_lies_above_where_it_is_right(file: Path, last: Path) -> None:
    file.write_text("[site\n")
    logs = {"KIOSK_JOURNAL__FOLDER": "/var/log/kiosk"}
    assert salvage(file, environment=logs).journal.folder == Path("/var/log/kiosk")
    file.write_text(SITE)
    found = salvage(file, environment={**logs, "KIOSK_STAFF__CORNER_TAPS": "5000"})
    assert (found.staff.corner_taps, found.journal.folder) == (5, Path("/var/log/kiosk"))
    assert salvage(file, environment={**logs, "KIOSK_SITE__NONSENSE": "1"}).words["de"].place == PLACE


def test_what_was_taken_out_of_the_file_does_not_come_back(file: Path, last: Path) -> None:
    file.write_text(SITE)
    keep(file, last)
    file.write_text("[visit]\nsilence_s = 1200\n")
    assert salvage(file, last) == Settings()
    file.unlink()
    keep(file, last)
    assert not last.exists()
