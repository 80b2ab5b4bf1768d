"""The start: from the process to the first frame on the glass, and to a kiosk that is ready for a visitor."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kiosk.rehearsal.programs import Program
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import SoundServer
from tests.bench.engine import Values, furnished


async def starts(
    out: Path,
    around: Callable[[Mapping[str, str]], Mapping[str, str]],
    command: Sequence[str],
    repeats: int,
    before: Callable[[], None] | None = None,
    within_s: float = 20,
) -> Values:
    """
    around  adds to the environment what the kiosk stands in, such as a display
    before  done before each start, such as to forget every file that was read. Without, the first start of all is left
            out: it reads what nobody has read yet
    """
    found: Values = {"start_to_first_frame": [], "start_to_ready": []}
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch, SoundServer() as sound, Room(sound, out) as room:
        room.noise(None)
        env, options = furnished(sound, Path(scratch), "ws://127.0.0.1:9/v1/voice")
        for number in range(repeats + (before is None)):
            if before is not None:
                before()
            began = time.monotonic()
            async with Program("kiosk", [*command, *options], around(env), out) as kiosk:
                for name, moment in (("start_to_first_frame", "first_frame"), ("start_to_ready", "ready")):
                    told_of = await kiosk.wait_for(lambda e, m=moment: e.get("name") == m, within_s=within_s)
                    assert told_of is not None
                    if number or before is not None:
                        found[name].append(1000 * (told_of["at"] - began))
                await kiosk.order("quit")
                await kiosk.ended(within_s=10)
    return found
