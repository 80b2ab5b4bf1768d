"""The orchestration, with stand-ins for the programs and everything else real: sound server, room, visitor, figures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from displays import APT, HAS_DISPLAY, needs_display
from PySide6.QtGui import QImage

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.rehearse import rehearse
from kiosk.settings.schema import Settings

STANDINS = Path(__file__).with_name("standins.py")

VISIT = """
name = "short"
[room]
noise_dbfs = -70
[[step]]
do = "touch"
[[step]]
do = "wait"
for = "agent_done"
within_s = 15
[[step]]
do = "say"
text = "When do you open?"
[[step]]
do = "wait"
for = "agent_done"
within_s = 15
[[step]]
do = "expect"
all = ["{word}"]
[[step]]
do = "say"
text = "Tell me a story."
[[step]]
do = "cut_in"
text = "Wait!"
after_ms = 600
[[step]]
do = "wait"
for = "agent_done"
within_s = 15
[[step]]
do = "leave"
"""

pytestmark = pytest.mark.rig


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "visit.toml"
    file.write_text(VISIT.format(word="ten"))
    return file


def command(*words: str) -> list[str]:
    return [sys.executable, str(STANDINS), *words] if words[0] != "room" else [sys.executable, "-m", "kiosk", *words]


def hold(tmp_path: Path, visit: Path) -> tuple[int, dict, str]:
    told: list[str] = []
    code = rehearse(tmp_path / "out", visit, Settings(), command=command, say=told.append)
    return code, json.loads((tmp_path / "out" / "report.json").read_text()), "\n".join(told)


def test_a_visit_is_held_measured_and_told(tmp_path: Path, visit: Path) -> None:
    code, report, told = hold(tmp_path, visit)
    assert report["why"] == []
    assert (code, report["ok"]) == (0, True)
    (session,) = report["sessions"]
    assert [(turn["role"], turn["interrupted"]) for turn in session["transcript"]] == [
        ("agent", False),
        ("user", False),
        ("agent", False),
        ("user", False),
        ("agent", True),
        ("user", False),
        ("agent", False),
    ]
    figures = report["figures"]
    # What the stand-in does by design: it stops after 50 ms of voice and answers after 300 ms of silence.
    assert figures["voice_to_silence"]["n"] == 1
    assert 40 <= figures["voice_to_silence"]["p50"] < 400
    assert figures["interrupt_to_silence"]["p50"] < 200
    assert figures["end_of_speech_to_first_sound"]["n"] == 3
    assert 290 <= figures["end_of_speech_to_first_sound"]["p50"] < 1500
    assert figures["turn_start_error"]["p95"] < 200
    assert figures["kiosk_memory"]["p50"] > 1
    assert {line["voice"] for line in report["visitor"]} == {"synthetic"}
    assert report["versions"]["service tts"] == "tone"
    for name in report["recordings"].values():
        assert (tmp_path / "out" / name).stat().st_size > 200
    assert "[cut at" in told
    assert "The visit went well." in told


def test_an_answer_without_the_expected_words_fails_the_visit(tmp_path: Path, visit: Path) -> None:
    visit.write_text(VISIT.format(word="noon"))
    code, report, told = hold(tmp_path, visit)
    assert (code, report["ok"]) == (ExitCode.VISIT_FAILED, False)
    assert report["why"] == ["Step 5: the agent was expected to say 'noon', and said: \"We open at ten.\""]
    assert "The visit failed:" in told


@pytest.mark.slow
def test_an_agent_that_talks_on_fails_the_visit(tmp_path: Path, visit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN", "deaf")
    code, report, _ = hold(tmp_path, visit)
    assert code == ExitCode.VISIT_FAILED
    assert report["why"][0] == "Step 7: the agent was not silenced when the visitor cut in."


def test_a_kiosk_that_dies_is_reported_with_its_last_words(
    tmp_path: Path, visit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN", "kiosk-dies")
    code, report, _ = hold(tmp_path, visit)
    assert code == ExitCode.VISIT_FAILED
    assert "the sound card is on fire" in report["why"][0]
    assert len(report["sessions"]) == 1


def test_a_service_that_dies_keeps_the_visit_from_beginning(
    tmp_path: Path, visit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN", "service-dies")
    with pytest.raises(Fault, match="the model is missing"):
        hold(tmp_path, visit)


BY_FINGER = """
name = "by finger"
[display]
width = 1024
height = 600
talk = [0.25, 0.75]
leave = [0.25, 0.125]
[[step]]
do = "touch"
[[step]]
do = "wait"
for = "agent_done"
[[step]]
do = "pause"
seconds = 1.0
[[step]]
do = "tap"
x = 0.125
y = 0.25
[[step]]
do = "say"
text = "When do you open?"
hold = true
[[step]]
do = "wait"
for = "agent_done"
[[step]]
do = "slide"
x = 0.125
y = 0.25
to_x = 0.375
to_y = 0.25
[[step]]
do = "leave"
"""


@needs_display
def test_a_visit_by_finger_is_held_on_a_display_and_photographed(tmp_path: Path, visit: Path) -> None:
    visit.write_text(BY_FINGER)
    code, report, told = hold(tmp_path, visit)
    assert report["why"] == []
    assert code == 0
    assert [turn["role"] for turn in report["sessions"][0]["transcript"]] == ["agent", "user", "agent"]

    lines = (tmp_path / "out" / "kiosk.events.jsonl").read_text().splitlines()
    fingers = [event for event in map(json.loads, lines) if event["event"] == "finger"]
    touch, tap, talk, slide, leave = zip(fingers[::2], fingers[1::2], strict=True)
    assert all((down["kind"], up["kind"]) == ("press", "release") for down, up in (touch, tap, talk, slide, leave))
    assert [(down["x"], down["y"]) for down, _ in (touch, tap, talk, leave)] == [
        pytest.approx(place, abs=0.1) for place in ((256, 300), (128, 150), (256, 450), (256, 75))
    ]
    assert talk[1]["t"] - talk[0]["t"] > 0.4  # a tap is 0.08 s; down for as long as the visitor spoke
    assert slide[1]["x"] == pytest.approx(384, abs=0.1)

    pictures = report["screenshots"]
    assert set(pictures) >= {"attract", "listening"}
    colours = {"attract": (0x40, 0x20, 0), "listening": (0, 0x40, 0x60), "speaking": (0, 0x60, 0x30)}
    for state, shot in pictures.items():
        image = QImage(str(tmp_path / "out" / shot["file"]))
        assert (image.width(), image.height()) == (1024, 600)
        assert image.pixelColor(5, 5).getRgb()[:3] == colours[state.split()[0]]
    assert "Screenshots of" in told


@needs_display
@pytest.mark.slow
def test_a_kiosk_without_a_window_fails_the_visit_on_a_display(
    tmp_path: Path, visit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN", "blind")
    visit.write_text('[[step]]\ndo = "touch"\n[[step]]\ndo = "wait"\nfor = "agent_done"\n[[step]]\ndo = "leave"\n')
    code = rehearse(tmp_path / "out", visit, Settings(), display=(1024, 600), command=command, say=lambda _: None)
    assert code == ExitCode.VISIT_FAILED
    no_control, blank, _ = json.loads((tmp_path / "out" / "report.json").read_text())["why"]
    assert "Step 1: The kiosk shows no control 'glass' in phase attract; it shows none" in no_control
    assert blank == "The kiosk's display was blank in 'attract'."


def test_fingers_without_a_display_are_refused(tmp_path: Path, visit: Path) -> None:
    visit.write_text('[[step]]\ndo = "tap"\nx = 0.5\ny = 0.5\n')
    with pytest.raises(Fault, match="--display 1080x1920") as caught:
        hold(tmp_path, visit)
    assert caught.value.code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("number", "display"),
    [
        (signal.SIGINT, None),
        (signal.SIGTERM, None),
        pytest.param(signal.SIGTERM, (1024, 600), marks=pytest.mark.skipif(not HAS_DISPLAY, reason=APT)),
    ],
)
@pytest.mark.slow
def test_being_told_to_stop_leaves_nothing_behind(
    tmp_path: Path, visit: Path, number: signal.Signals, display: tuple[int, int] | None
) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(STANDINS.parent)!r})\n"
        "from pathlib import Path; from test_rehearse import command; from kiosk.rehearsal.rehearse import rehearse\n"
        "from kiosk.settings.schema import Settings\n"
        "try: rehearse(Path(sys.argv[1]), Path(sys.argv[2]), Settings(), command=command,\n"
        f"              display={display}, say=lambda line: print(line, flush=True))\n"
        "except KeyboardInterrupt: sys.exit(130)\n"
    )
    temporary = tmp_path / "t"
    temporary.mkdir()
    rehearsal = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "out"), str(visit)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert rehearsal.stdout is not None
    with rehearsal.stdout:
        while "visitor:" not in rehearsal.stdout.readline():
            assert rehearsal.poll() is None
        family = psutil.Process(rehearsal.pid).children(recursive=True)
        # Sound server, room, its listener, service, kiosk; X server, window manager, window.
        assert len(family) >= (8 if display else 5)
        rehearsal.send_signal(number)
        assert rehearsal.wait(20) == 130
    _, alive = psutil.wait_procs(family, timeout=5)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    assert list(temporary.iterdir()) == []
