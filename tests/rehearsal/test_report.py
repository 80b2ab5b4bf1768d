from __future__ import annotations

import json
from pathlib import Path

from kiosk.rehearsal import report
from kiosk.rehearsal.figures import Figure
from kiosk.rehearsal.report import Report, Session, Turn

EVENTS = [
    {"event": "session", "t": 1.0, "id": "5e55"},
    {"event": "turn", "t": 2, "role": "agent", "text": "Hello.", "heard": "Hello.", "start_ms": 0, "end_ms": 900},
    {
        "event": "turn",
        "t": 8,
        "role": "agent",
        "text": "It is a real fin whale, nineteen metres long.",
        "heard": "It is a real fin",
        "start_ms": 3000,
        "end_ms": 5230,
        "interrupted": True,
    },
    {"event": "turn", "t": 9, "role": "user", "text": "Where?", "heard": "Where?", "start_ms": 1000, "end_ms": 1800},
]


def a_report(*, why: list[str]) -> Report:
    return Report(
        ok=not why,
        why=why,
        visit="harbour",
        sessions=report.sessions_of(EVENTS),
        interruptions=report.interruptions_of(EVENTS),
        listened_s=0.0,
        figures={"interrupt_to_silence": Figure(1, 8.4, 8.4, 8.4, "ms")},
        recordings={"microphone": "microphone.wav", "loudspeaker": "loudspeaker.wav"},
        screenshots={},
        visitor=[{"text": "Where?", "voice": "synthetic", "source": "am_michael", "seconds": 0.5}],
        versions={"kiosk": "0"},
        machine={},
    )


def test_sessions_hold_their_finished_turns_in_order() -> None:
    (session,) = report.sessions_of(EVENTS)
    assert session.id == "5e55"
    assert [turn.text[:5] for turn in session.transcript] == ["Hello", "Where", "It is"]
    assert session.transcript[2] == Turn(
        "agent", "It is a real fin whale, nineteen metres long.", "It is a real fin", 3000, 5230, True
    )


def test_the_file_has_the_promised_keys(tmp_path: Path) -> None:
    data = json.loads(a_report(why=[]).write(tmp_path).read_text())
    assert data["ok"] is True
    assert set(data) >= {"ok", "sessions", "figures", "screenshots", "recordings", "visitor", "versions"}
    assert data["figures"]["interrupt_to_silence"] == {"n": 1, "p50": 8.4, "p95": 8.4, "max": 8.4, "unit": "ms"}
    assert set(data["sessions"][0]["transcript"][0]) == {"role", "text", "heard", "start_ms", "end_ms", "interrupted"}


def test_a_cut_answer_ends_where_it_was_cut() -> None:
    told = report.transcript(Session("s", report.sessions_of(EVENTS)[0].transcript))
    assert "0:03.0 - 0:05.2   Agent    It is a real fin – [cut at 0:05.2]" in told
    assert "metres long" not in told


def test_times_roll_over_at_the_minute() -> None:
    assert "0:59.9 - 1:00.0" in report.transcript(Session("s", [Turn("user", "x", "x", 59_940, 59_980, False)]))


def test_people_are_told_why_it_failed() -> None:
    assert "went well" in report.for_people(a_report(why=[]), Path("out"))
    told = report.for_people(a_report(why=["Step 3: nothing was heard."]), Path("out"))
    assert told.endswith("The visit failed:\n  - Step 3: nothing was heard.")
    assert "0 of 1 lines were recordings" in told


def test_ducks_and_stops_are_told_with_their_times() -> None:
    happened = [
        EVENTS[0],
        {"event": "probe", "t": 3.1, "name": "ducked", "at": 3.0},
        {"event": "flush", "t": 4.5, "id": "r1", "cause": "voice", "played_ms": 900.0},
        {"event": "flush", "t": 5.0, "id": "", "cause": "left", "played_ms": 0.0},  # nothing was being said
    ]
    assert [(one.what, one.by, one.at_s) for one in report.interruptions_of(happened)] == [
        ("duck", "voice", 2.0),
        ("stop", "voice", 3.5),
    ]
