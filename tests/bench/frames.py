"""A process of the screen's bench: the real window with moving captions; what Python and a frame cost on its thread."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QGuiApplication

from kiosk.core.ports import Heard, SpeakerFigures
from kiosk.core.session import Phase, Session
from kiosk.core.transcript import Clause, Transcript, Turn
from kiosk.screen.gallery.studio import Stillness
from kiosk.screen.window import Window
from kiosk.settings.schema import Settings

ANSWER = (
    Clause("The Alma sails at two and at half past four,", 0, 2600),
    Clause("from the stone pier.", 2600, 3900),
    Clause("There is a ramp, and the crew will help you on board.", 4100, 7000),
)


class Voice(Stillness):
    """A loudspeaker that plays the answer again and again, with a level that moves."""

    def __init__(self) -> None:
        super().__init__()
        self.began = time.monotonic()

    @property
    def figures(self) -> SpeakerFigures:  # type: ignore[override]
        return SpeakerFigures(level_dbfs=-18 + 9 * np.sin(9 * (time.monotonic() - self.began)))

    @figures.setter
    def figures(self, value: object) -> None:
        pass

    def position(self) -> Heard:
        return Heard("r1", 1000 * ((time.monotonic() - self.began) % 7.5), 1000.0)


def main() -> int:
    seconds = float(sys.argv[1])
    application = QGuiApplication(sys.argv[:1])
    voice = Voice()
    window = Window(Settings(), voice, voice, voice, windowed=False)
    ticks: list[float] = []
    view, tick = window.view, window.view.tick

    def timed() -> None:
        began = time.perf_counter()
        tick()
        ticks.append(1000 * (time.perf_counter() - began))

    # The view's own timer, with a stop-watch around what it calls.
    timer = next(child for child in view.children() if child.metaObject().className() == "QTimer")
    timer.timeout.disconnect()
    timer.timeout.connect(timed)
    frames: list[float] = []
    swaps: list[float] = []
    begun = [0.0]
    window.quick.afterAnimating.connect(lambda: begun.__setitem__(0, time.perf_counter()))

    def swapped() -> None:
        now = time.perf_counter()
        frames.append(1000 * (now - begun[0]))
        swaps.append(now)

    window.quick.frameSwapped.connect(swapped)
    window.show()
    spoken = Turn("agent", "a1", " ".join(c.text for c in ANSWER), response_id="r1", clauses=ANSWER, start_ms=0)
    session = Session(visit=1, session_id="s", consented=True, linked=True, transcript=Transcript((spoken,)))
    speaking = replace(session, phase=Phase.SPEAKING, responses=("r1",), sounding=True, entered_at=time.monotonic())
    window.changed(session, speaking)

    def turn(for_s: float) -> None:
        until = time.monotonic() + for_s
        while time.monotonic() < until:
            application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)

    turn(1.5)
    ticks.clear()
    frames.clear()
    swaps.clear()
    turn(seconds)
    between = 1000 * np.diff(swaps)
    print(
        json.dumps(
            {
                "python_per_tick": ticks,
                "frame_time": frames,
                "between_frames": between.tolist(),
                "renderer": window.quick.rendererInterface().graphicsApi().name,
            }
        )
    )
    window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
