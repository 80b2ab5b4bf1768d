"""The blind set in a room: each question is spoken, reverberates, lies in noise, and is recognised as in the service.

Voices are not the agent's: Kokoro's am_michael and bf_emma, Piper's joe, in turn. They are synthetic, and easier than
people. The rooms are the sound bench's test rooms (0.25 to 0.48 s of reverberation, a mouth at 70 to 95 cm); the noise
is pink or ventilation, 15 dB below the speech. The microphone's own path (cancellers, gate) is not part of it:
packaging/bench sound measures that. Recognition is the service's Whisper, its final pass.
"""

from __future__ import annotations

import zlib
from functools import cache

import numpy as np
from scipy.signal import resample_poly

from kiosk.service.engines import Samples, Voice
from kiosk.service.kokoro import Kokoro
from kiosk.service.piper import Piper
from kiosk.service.spoken import spoken
from kiosk.service.whisper import Whisper
from kiosk.settings.schema import Service
from tests.bench.sound_room import ROOMS, pink, response, ventilation, visitor_at, wet

RATE = 16_000
SNR_DB = 15.0
SILENCE_S = 0.4  # around the words, as an end of turn leaves it
LEVEL = 0.06  # RMS of the speech: what a microphone with its gain set hears


class Room:
    """Recognises what was said in it. The same question is heard in the same way every time."""

    def __init__(self) -> None:
        settings = Service(threads=1)
        kokoro = Kokoro(settings)
        self._voices: list[tuple[Voice, str | None]] = [(kokoro, "am_michael"), (kokoro, "bf_emma")]
        self._voices.append((Piper(Service(threads=1, voice="")), None))
        self._whisper = Whisper(settings)
        self._echoes = [response(place, visitor_at(place), 7) for place in ROOMS["test"]]
        self.heard = cache(self._heard)

    def _heard(self, question: str) -> str:
        seed = zlib.crc32(question.encode())
        engine, voice = self._voices[seed % len(self._voices)]
        said = engine.speak(spoken(question), voice=voice)
        at_mouth = resample_poly(said, RATE, engine.rate).astype(np.float32)
        echo = self._echoes[seed // 3 % len(self._echoes)]
        return self._whisper.recognise(self._in_noise(wet(at_mouth, echo), seed), final=True, language="en").text

    @staticmethod
    def _in_noise(speech: Samples, seed: int) -> Samples:
        rng = np.random.default_rng(seed)
        speech = speech * (LEVEL / float(np.sqrt(np.mean(speech**2))))
        silence = np.zeros(round(SILENCE_S * RATE), np.float32)
        whole = np.concatenate([silence, speech, silence])
        noise = (pink if seed % 2 else ventilation)(len(whole), rng)  # RMS 1/10
        return np.asarray(whole + noise * (LEVEL / 0.1) * 10 ** (-SNR_DB / 20), np.float32)
