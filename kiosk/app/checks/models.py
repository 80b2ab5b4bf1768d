"""The local agent's weights and voices: there, and the ones that were measured."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.app.checks.finding import needs_agent
from kiosk.service.weights import Packaged


def models() -> str:
    """Reads and hashes all of them: half a second for each 100 MB when the disk is warm."""
    needs_agent()
    read_mb = {packaged.name: 0.0 for packaged in packaged_weights()}
    for packaged in packaged_weights():
        read_mb[packaged.name] += len(packaged.read()) / 1e6
    listed = ", ".join(f"{name} {size:.0f} MB" for name, size in read_mb.items())
    speakers = voices()
    turn_end()
    return f"{listed}; each file is the one that was measured. Voices: {', '.join(speakers)}"


def packaged_weights() -> Iterator[Packaged]:
    # Here: the engines bring 0.5 s of imports, which a kiosk without an agent of its own does not even have.
    from kiosk.service import embed, kokoro, piper, whisper  # noqa: PLC0415

    yield from whisper.WEIGHTS.values()
    yield kokoro.WEIGHTS
    yield piper.WEIGHTS
    yield piper.CONFIG
    yield embed.WEIGHTS


def voices() -> list[str]:
    """Names of the voices, each read and compared with what was measured."""
    from kiosk.service.voices import Voices  # noqa: PLC0415

    folder = Voices()
    for name in folder.names():
        folder.styles(name)
    return folder.names()


def turn_end() -> None:
    """The model that hears the end of a turn loads."""
    from kiosk.service.turn_end import TurnEnd  # noqa: PLC0415

    TurnEnd()
