"""WebRTC's AEC3, from the package pywebrtc-audio: the strongest canceller, and deaf in double talk."""

from __future__ import annotations

import numpy as np
import pywebrtc_audio

from kiosk.audio.echo import RATE
from kiosk.audio.formats import Pcm


class WebRtcCanceller:
    """AEC3 with 18 dB of noise suppression: 36-44 dB less echo, 0.9 % of a core, gives the interpreter free.

    With 12 dB the guard found as many visitors and heard 1 dB more of the echo.

    For decisions, not for ears: with a visitor 5 dB below the echo it leaves no more intelligible speech than the raw
    microphone. Automatic gain stays off (it lifts the residual by 14 dB and multiplies false interruptions), and the
    delay hint is 0: near and far are aligned already, and a hint that is too large costs the first second.
    """

    delay = 224  # measured: its own filter bank and the suppressor's

    def __init__(self) -> None:
        self.linear: Pcm
        self._processor = pywebrtc_audio.AudioProcessor(
            RATE, echo_cancellation=True, noise_suppression=True, ns_level=2
        )

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        self.linear = near
        return np.asarray(self._processor.process(near, far), np.int16)

    def slipped(self) -> None:
        """It notices by itself."""

    def reset(self) -> None:
        self._processor.reset()
