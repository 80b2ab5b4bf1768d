"""The local agent's engines: each does once what it is for. The recogniser and the voice in processes of their own."""

from __future__ import annotations

import time

import numpy as np

from kiosk.app.checks.finding import needs_agent
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.schema import Service

WORDS = "Where are the toilets?"
ALIKE = ("Where are the toilets?", "Is there a bathroom here?", "The ship was built in 1911.")
ALIKE_ABROAD = ("Wo sind die Toiletten?", "Dove sono i bagni?", "Das Schiff wurde 1911 gebaut.")


def workers() -> str:
    """Loads both models, lets every voice speak: seconds, and 800 MB for as long."""
    needs_agent()
    from kiosk.service.voices import Voices  # noqa: PLC0415 - with the agent only
    from kiosk.service.workers.process import Died, Failed, Process  # noqa: PLC0415

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
        for name in Voices().names():
            _, pcm = voice.ask({"clause": "2", "voice": name, "speed": 1.0})
            if not np.frombuffer(pcm, "<i2").any():
                raise _fault(f"the voice {name} says nothing")
    except (Died, Failed) as error:
        raise _fault("an engine's process ended, or failed, at its first task") from error
    finally:
        voice.stop()
        recogniser.stop()
    if "toilets" not in found["text"].lower():
        raise _fault("the recogniser did not understand what the voice said")
    return f"both processes started within {loaded_s:.1f} s, one understands what the other says, every voice speaks"


def understanding() -> str:
    """The smaller models, in this process: the second voice, the end of a turn, what a sentence means."""
    needs_agent()
    from kiosk.service.embed import Embedder, MiniLm  # noqa: PLC0415 - with the agent only
    from kiosk.service.engines import WIRE_RATE  # noqa: PLC0415
    from kiosk.service.multilingual import Multilingual  # noqa: PLC0415
    from kiosk.service.piper import Piper  # noqa: PLC0415
    from kiosk.service.turn_end import TurnEnd  # noqa: PLC0415

    piper = Piper(Service())
    sound = piper.speak(WORDS)
    if not sound.any():
        raise _fault("the voice of Piper says nothing")
    heard = np.interp(np.arange(0, len(sound), piper.rate / WIRE_RATE), np.arange(len(sound)), sound)
    if not 0 <= TurnEnd().probability(heard.astype(np.float32)) <= 1:
        raise _fault("the model that hears the end of a turn answers with no probability")
    understood: tuple[tuple[Embedder, tuple[str, str, str], str], ...] = (
        (MiniLm(), ALIKE, "MiniLM"),
        (Multilingual(), ALIKE_ABROAD, "the sentence encoder"),
    )
    for embedder, sentences, name in understood:
        one, same, other = embedder.embed(sentences)
        if one @ same <= one @ other:
            raise _fault(f"{name} does not tell sentences apart by their meaning")
    return "Piper speaks, the end of a turn is heard, and sentences are told apart by meaning, in other languages too"


def _fault(what: str) -> Fault:
    return Fault(
        what,
        where="kiosk worker",
        remedy="look for its own words above, and whether this machine has memory enough",
        code=ExitCode.MODEL,
    )
