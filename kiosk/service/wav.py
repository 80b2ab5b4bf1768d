"""Sound of the wire's kind (16-bit little-endian mono at 16 kHz) from samples, and as a WAV file."""

from __future__ import annotations

import io
import wave

import numpy as np

from kiosk.service.engines import WIRE_RATE, Samples


def pcm16(audio: Samples) -> bytes:
    """`audio`: float32, -1..1."""
    return (np.clip(audio, -1.0, 1.0) * 32767).round().astype("<i2").tobytes()


def wav(pcm: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(WIRE_RATE)
        file.writeframes(pcm)
    return out.getvalue()
