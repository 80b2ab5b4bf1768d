from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.steps import CutIn, DisplaySetting, Expect, Say, Sound, Touch
from kiosk.rehearsal.visit import load


def test_the_packaged_visit_is_whole() -> None:
    visit = load()
    assert visit.steps[0] == Touch("touch")
    assert visit.steps[-1] == Touch("leave")
    assert any(isinstance(step, CutIn) for step in visit.steps)
    assert any(isinstance(step, Expect) for step in visit.steps)
    assert visit.needs_touch
    alone = visit.without_glass()
    assert not alone.needs_touch
    assert alone.lines == visit.lines, "what is said is said without a display too"
    assert len(visit.lines) == len(set(visit.lines))


@pytest.mark.parametrize("name", ["talk_over", "six_interruptions", "cough_and_clap", "ten_minutes"])
def test_a_packaged_visit_is_found_by_its_name(name: str) -> None:
    visit = load(Path(name))
    assert visit.steps[-1] == Touch("leave")
    assert (visit.listens_s == 600) is (name == "ten_minutes")


def test_a_sound_is_found_beside_the_visit(tmp_path: Path) -> None:
    (tmp_path / "v.toml").write_text('[[step]]\ndo = "sound"\nfile = "bell.wav"\n')
    with pytest.raises(Fault, match=r"no file 'bell\.wav' beside"):
        load(tmp_path / "v.toml")
    (tmp_path / "bell.wav").touch()
    assert load(tmp_path / "v.toml").steps == (Sound(file=str(tmp_path / "bell.wav")),)


def test_every_key_arrives(tmp_path: Path) -> None:
    file = tmp_path / "v.toml"
    file.write_text(
        'name = "x"\n[room]\ngain_db = -12\nnoise_dbfs = -50.5\n'
        '[[step]]\ndo = "say"\ntext = "Hi"\nhold = true\n[[step]]\ndo = "expect"\nof = "visitor"\nany = ["hi", "ho"]\n'
    )
    visit = load(file)
    assert (visit.room.gain_db, visit.room.noise_dbfs, visit.room.rt60_s) == (-12.0, -50.5, None)
    assert visit.steps == (Say("Hi", hold=True), Expect(any=("hi", "ho"), of="visitor"))


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ('[[step]]\ndo = "touch"\n\n[[step]]\ndo = "dance"\n', 4, "cannot do 'dance'"),
        ('[[step]]\ndo = "touch"\n[[step]]\ndo = "say"\ntxt = "Hello"\n', 3, "'txt' has no meaning"),
        ('[[step]]\ndo = "say"\n', 1, "'text' is missing"),
        ('[[step]]\ndo = "say"\ntext = "  "\n', 1, "nothing to say"),
        ('[[step]]\ndo = "wait"\nfor = "godot"\n', 1, "for cannot be 'godot'"),
        ('[[step]]\ndo = "wait"\nfor = "listening"\nwithin_s = 900\n', 1, "no time to wait"),
        ('[[step]]\ndo = "cut_in"\n', 1, "either text or button"),
        ('[[step]]\ndo = "expect"\n', 1, "checks nothing"),
        ('[[step]]\ndo = "sound"\n', 1, "either a name or a file"),
        ('[[step]]\ndo = "sound"\nname = "sneeze"\n', 1, "no sound is called 'sneeze'"),
        ('[[step]]\ndo = "listen"\nminutes = 1\nask = []\n', 1, "nothing to ask"),
        ('[[step]]\ndo = "listen"\nminutes = 0\nask = ["Hi"]\n', 1, "nobody listens for 0"),
        ('[[step]]\ndo = "expect"\nall = "ten"\n', 1, "not a list"),
        ('[[step]]\ndo = "pause"\nseconds = "long"\n', 1, "no float"),
        ('[display]\nwidth = 800\n[[step]]\ndo = "touch"\n', 1, "'height' is missing"),
        ('\n[display]\nwidth = 8\nheight = 9\ntalk = [0.5]\n[[step]]\ndo = "touch"\n', 2, "talk is no place"),
        ('[display]\nwidth = 8\nheight = 9\ntalk = [1, 0]\n[[step]]\ndo = "touch"\n', 1, "1 is no place"),
        ('[[step]]\ndo = "tap"\nx = 0.5\ny = 540\n', 1, "540 is no place"),
        ('[[step]]\ndo = "slide"\nx = 0\ny = 0\nto_x = -0.1\nto_y = 0\n', 1, "-0.1 is no place"),
        ('[[step]]\ndo = "tap"\nx = 0\ny = 0\nseconds = 0\n', 1, "cannot be down"),
        ('[[step]]\ndo = "tap"\n', 1, "not told where"),
        ('[[step]]\ndo = "tap"\ncontrol = "stop"\nx = 0.5\n', 1, "not told where"),
        ('[[step]]\ndo = "slide"\ncontrol = "stop"\n', 1, "not told where"),
        ('[[step]]\ndo = "two_fingers"\ncontrols = ["stop"]\n', 1, "1 controls are not two"),
        ('[[step]]\ndo = "type"\ntext = " "\n', 1, "nothing to type"),
        ('[[step]]\ndo = "touch"\non_glass = 1\n', 1, "on_glass is 1"),
        ('[[step]]\ndo = "unplug"\npart = "fuse"\n', 1, "part cannot be 'fuse'"),
        ('[room]\nsize = 3\n[[step]]\ndo = "touch"\n', 1, "'size' has no meaning"),
    ],
)
def test_nonsense_is_refused_with_its_line(tmp_path: Path, text: str, line: int, complaint: str) -> None:
    file = tmp_path / "visit.toml"
    file.write_text(text)
    with pytest.raises(Fault) as caught:
        load(file)
    assert caught.value.code is ExitCode.USAGE
    assert complaint in caught.value.what
    assert f"visit.toml:{line}," in caught.value.where


def test_a_display_has_its_size_from_the_script_or_from_outside(tmp_path: Path) -> None:
    file = tmp_path / "v.toml"
    file.write_text('[display]\nwidth = 1024\nheight = 600\ntalk = [0.5, 0.9]\n[[step]]\ndo = "touch"\n')
    visit = load(file)
    assert visit.display == DisplaySetting(1024, 600, talk=(0.5, 0.9))
    assert visit.needs_touch
    larger = visit.on_display(1080, 1920).display
    assert larger == DisplaySetting(1080, 1920, talk=(0.5, 0.9))
    assert larger.places == {"press": (0.5, 0.9), "release": (0.5, 0.9)}

    file.write_text('[[step]]\ndo = "touch"\n')
    visit = load(file)
    assert (visit.display, visit.needs_touch) == (None, False)
    assert visit.on_display(1080, 1920).display == DisplaySetting(1080, 1920)


@pytest.mark.parametrize("text", ["", 'name = "empty"\n', "steps = 1\n", "[[step]\n"])
def test_what_is_no_visit_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "visit.toml"
    file.write_text(text)
    with pytest.raises(Fault, match=r"visit\.toml"):
        load(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml")
