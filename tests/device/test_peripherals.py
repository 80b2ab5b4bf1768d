"""The peripherals' pipe: what is said of a visit, and that nonsense is answered and not fatal."""

from __future__ import annotations

import io
import json
import threading

import pytest

from kiosk.core import events as ev
from kiosk.core.machine import initial, step
from kiosk.core.policy import Policy
from kiosk.core.ports import Fate
from kiosk.core.session import Session
from kiosk.device.peripherals import Lines, Reporter

POLICY = Policy()


def walk(reporter: Reporter, events: list[tuple[float, ev.Event]]) -> Session:
    session = initial(0.0, POLICY)
    for now, event in events:
        old = session
        session, _ = step(old, event, now, POLICY)
        reporter.changed(old, session)
    return session


def test_a_visit_is_told_with_the_cut() -> None:
    out = io.StringIO()
    walk(
        Reporter(Lines(io.StringIO(), out)),
        [
            (0.1, ev.Started()),
            (10.0, ev.Touched()),
            (10.1, ev.Named("s-1")),
            (10.2, ev.AgentReady()),
            (11.0, ev.Words("user", "u1", "When do you", False, None, 800, None)),
            (12.0, ev.Words("user", "u1", "When do you open?", True, None, 800, 1900)),
            (12.1, ev.ResponseStarted("r1")),
            (12.2, ev.Words("agent", "a1", "We open at ten", False, "r1", 0, 1000)),
            (12.3, ev.PlaybackStarted("r1")),
            (12.4, ev.Words("agent", "a1", "We open at ten and close at five.", False, "r1", 1000, 2400)),
            (13.0, ev.CutIn(ev.Cause.VOICE, ev.Cut("r1", 1040.0))),
            (14.0, ev.PlaybackEnded("r1", 1040.0, Fate.FINISHED)),
            (15.0, ev.Left()),
            (15.1, ev.Wiped()),
        ],
    )
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    turns = [line for line in lines if line["event"] == "turn"]
    assert [(t["role"], t["text"], t["interrupted"]) for t in turns] == [
        ("user", "When do you open?", False),
        ("agent", "We open at ten and close at five.", True),
    ]
    assert turns[0]["start_ms"] == 800
    assert turns[1]["heard"] == "We open at ten"
    assert turns[1]["start_ms"] == 2300
    assert [line["phase"] for line in lines if line["event"] == "phase"] == [
        "attract",
        "connecting",
        "listening",
        "speaking",
        "listening",
        "resetting",
        "attract",
    ]
    assert {"event": "session", "id": "s-1"}.items() <= next(x for x in lines if x["event"] == "session").items()
    assert [line["id"] for line in lines if line["event"] == "ended"] == ["s-1"]


@pytest.mark.parametrize("line", ["nonsense", "[1]", "{}", '"touch"'])
def test_nonsense_is_answered_with_a_sentence(line: str) -> None:
    out, ended, heard = io.StringIO(), threading.Event(), []
    lines = Lines(io.StringIO(line + '\n{"do": "touch"}\n'), out)
    lines.listen(heard.append, ended.set)
    assert ended.wait(5)
    assert heard == [{"do": "touch"}]
    answer = json.loads(out.getvalue())
    assert answer["event"] == "fault"
    assert '{"do": "touch"}' in answer["sentence"]
