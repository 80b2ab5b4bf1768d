"""The local agent's engines: each in a process of its own, that starts and understands what the other says."""

from __future__ import annotations

import time

import numpy as np

from kiosk.app.checks.finding import Skipped
from kiosk.app.checks.machine import has_agent
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.schema import Service

WORDS = "Where are the toilets?"


def workers() -> str:
    """Loads both models: seconds, and 800 MB for as long."""
    if not has_agent():
        raise Skipped("the local agent is not installed (profile `kiosk`): it has no engines")
    from kiosk.service.workers.process import Died, Failed, Process  # noqa: PLC0415 - with the agent only

    told = Service(tts="kokoro").model_dump(mode="json")
    voice, recogniser = Process("tts", told), Process("stt", told)
    began = time.monotonic()
    try:
        recogniser.start()
        voice.start()
        loaded_s = time.monotonic() - began
        _, pcm = voice.ask({"clause": WORDS, "voice": None, "speed": 1.0})
        sound = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
        found, _ = recogniser.ask({"final": True, "language": "en", "guess": True}, sound.tobytes())
    except (Died, Failed) as error:
        raise _fault("an engine's process ended, or failed, at its first task") from error
    finally:
        voice.stop()
        recogniser.stop()
    if "toilets" not in found["text"].lower():
        raise _fault("the recogniser did not understand what the voice said")
    return f"both processes started within {loaded_s:.1f} s, and one understands what the other says"


def _fault(what: str) -> Fault:
    return Fault(
        what,
        where="kiosk worker",
        remedy="look for its own words above, and whether this machine has memory enough",
        code=ExitCode.MODEL,
    )
