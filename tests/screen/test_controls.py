"""What a finger can reach now, by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import Glass

from kiosk.core.ports import Uplink
from kiosk.core.session import Note, Phase, Session

LIVE = Session(phase=Phase.LISTENING, visit=1, consented=True, linked=True, uplink=Uplink.GATED)
SPEAKING = replace(LIVE, phase=Phase.SPEAKING, responses=("r1",), sounding=True, uplink=Uplink.GUARDED)


def shown(glass: Glass, session: Session) -> dict[str, tuple[float, float]]:
    glass.show(session)
    return glass.window.controls()


@pytest.mark.parametrize(
    ("session", "names"),
    [
        (Session(phase=Phase.ATTRACT), {"glass"}),
        (LIVE, {"glass", "talk", "mute", "type", "person", "finish", "large", "Opening hours"}),
        (SPEAKING, {"glass", "stop", "repeat", "slower", "louder", "person", "sound"}),
        (replace(LIVE, muted=True, uplink=Uplink.CLOSED), {"unmute", "type"}),
        (replace(LIVE, notes=frozenset({Note.NO_MICROPHONE})), {"type", "slower", "finish"}),
        (Session(phase=Phase.NOTICE, visit=1), {"agree", "agree_typing", "decline"}),
        (Session(phase=Phase.FAREWELL, visit=1), {"face1", "face0", "face-1", "again"}),
    ],
)
def test_controls_are_found_by_what_they_do(glass: Glass, session: Session, names: set[str]) -> None:
    assert names <= set(shown(glass, session))


def test_what_the_keyboard_covers_cannot_be_reached(glass: Glass) -> None:
    assert "talk" in shown(glass, LIVE)
    glass.window.view.act("type")
    glass.window.quick.grabWindow()
    names = set(glass.window.controls())
    assert {"key-a", "key-send", "key-space"} <= names
    assert "talk" not in names


def test_every_middle_lies_on_its_control(glass: Glass) -> None:
    places = shown(glass, LIVE)
    pill = glass.item("pill")
    x, y = places["talk"]
    middle = pill.mapToGlobal(pill.width() / 2, pill.height() / 2)
    assert (x, y) == (pytest.approx(middle.x(), abs=1), pytest.approx(middle.y(), abs=1))
    assert len(set(places.values())) == len(places), "two controls in one place"
