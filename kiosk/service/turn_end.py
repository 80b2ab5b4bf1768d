"""Whether a voice that pauses has come to its end, by how it sounded: smart-turn v3.2, a small model over the last 8 s.

31 ms of processor time. Where it came from stands in assets/turn.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.engines import WIRE_RATE, Samples
from kiosk.service.inference import open_session
from kiosk.service.mel import LogMel
from kiosk.settings.places import assets

MODEL = "turn/smart-turn-v3.2-cpu.onnx"
SHA256 = "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f"
HEARD_S = 8  # what the model was trained on: the last 8 s, silence before them if there is less
PAUSE_S = 0.2  # that it wants to hear behind the last word


class TurnEnd:
    """One call at a time; a call holds one thread of the processor. Raises `Fault` (`MODEL`)."""

    def __init__(self) -> None:
        path = assets() / MODEL
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != SHA256:
            raise Fault(
                "the model that hears the end of a turn is missing or damaged",
                where=str(path),
                remedy="restore the file",
                code=ExitCode.MODEL,
            )
        self._session = open_session(data, 1, {"input_features"})
        self._mel = LogMel()

    def probability(self, audio: Samples) -> float:
        """That who spoke last in `audio` has finished. 16 kHz, up to the pause and with as much of it as there was."""
        heard = np.concatenate([audio, np.zeros(int(PAUSE_S * WIRE_RATE) // 2, np.float32)])[-HEARD_S * WIRE_RATE :]
        whole: NDArray[np.float32] = np.zeros(HEARD_S * WIRE_RATE, np.float32)
        whole[len(whole) - len(heard) :] = heard
        whole = ((whole - whole.mean()) / np.sqrt(whole.var() + 1e-7)).astype(np.float32)
        out: Any = self._session.run(None, {"input_features": self._mel(whole)[None]})[0]
        return float(out.ravel()[0])
