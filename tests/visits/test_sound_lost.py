"""The sound is pulled out in the middle of a visit: the visit goes on in text, says so, and takes the sound back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from product import RunningService
from stage import Stage, Visitor

from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import SoundServer
from kiosk.rehearsal.steps import Hold, Part, Plug, Touch, Type, Unplug, Wait

pytestmark = [pytest.mark.rig, pytest.mark.models]


@pytest.fixture(scope="module")
def fragile(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The same display with a sound server of its own, to be pulled at."""
    with SoundServer() as sound, Room(sound, tmp_path_factory.mktemp("fragile")) as room:
        room.noise(-66.0)
        yield replace(stage, sound=sound, room=room)


async def asks_in_text(visitor: Visitor) -> None:
    """The answer is read, heard or not."""
    since = visitor.now
    await visitor.do(Type("When do you open"))
    told = await visitor.program.wait_for(
        lambda e: e["event"] == "transcript" and e["role"] == "agent" and "ten" in e["text"].lower(),
        since=since,
        within_s=25,
    )
    assert told is not None, "no answer was shown"
    await visitor.sees("listening")
    assert not [e for e in visitor.since(since, "note") if e["note"] == "no_answer"], "it waited for a sound"


@pytest.mark.parametrize(
    ("part", "notes"),
    [
        # The server takes both away in the quick run; the microphone alone is in tests/app/test_devices_rig.
        pytest.param("microphone", {"no_microphone"}, marks=pytest.mark.slow),
        pytest.param("loudspeaker", {"no_speaker"}, marks=pytest.mark.slow),
        ("server", {"no_microphone", "no_speaker"}),
    ],
)
async def test_the_visit_goes_on_in_text(
    fragile: Stage, service: RunningService, tmp_path: Path, part: Part, notes: set[str]
) -> None:
    async with fragile.kiosk(tmp_path, service.endpoint) as visitor:
        await visitor.do(Touch("touch"), Wait("agent_speaking"), Unplug(part))
        for note in notes:
            await visitor.hears("note", since=0, note=note)
        await visitor.sees("listening")
        await visitor.looks(f"without {part}")
        await asks_in_text(visitor)
        await visitor.looks(f"answered without {part}")

        since = visitor.now
        await visitor.do(Plug(part))
        if part == "server":
            fragile.room.noise(-66.0)
        for _ in notes:
            await visitor.hears("note_gone", since=since, within_s=15)
        await visitor.looks(f"{part} is back")
        since = visitor.now
        await visitor.do(Hold("talk", text="How much is a ticket for a child?"))
        answer = await visitor.answered(since=since)
        assert "sixty" in answer or "60" in answer
