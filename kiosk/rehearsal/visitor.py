"""The visitor's voice: each line of a visit as a WAV file, spoken by a human where a Debian package holds a recording.

Recordings are used where they are installed and never copied into the project; without them, and for every other line,
a synthetic voice that is not the agent's speaks. Finished lines are kept in the user's cache folder.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from kiosk import __version__
from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal import g722, waves
from kiosk.rehearsal.acoustics import Samples, amplitude
from kiosk.rehearsal.children import tethered
from kiosk.settings import places

VOICE = "am_michael"
RECORDINGS_PACKAGE = "asterisk-core-sounds-en-g722"
RECORDINGS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
# Spoken by Allison Smith, CC BY-SA 3.0; what each says was checked by recognising it.
_SPOKEN = {
    "hello": "hello",
    "goodbye": "goodbye",
    "thank you": "auth-thankyou",
    "thank you for your patience": "queue-thankyou",
    "one moment please": "one-moment-please",
    "please try again": "please-try-again",
    "i'm sorry": "im-sorry",
    "i'm sorry i did not understand your response": "vm-sorry",
    "no": "vm-no",
}
_SYNTHESIS_S = 120.0
_EDGE_S = 0.002  # fade at both ends of a trimmed line


@dataclass(frozen=True, slots=True)
class Line:
    """One text, ready to be said. `file` begins with the first sample of speech and ends with the last."""

    text: str
    file: Path
    kind: Literal["human", "synthetic"]
    source: str
    seconds: float


async def prepare(
    lines: Sequence[str],
    *,
    rate: int,
    dbfs: float,
    say: Sequence[str],
    recordings: Path = RECORDINGS,
    cache: Path | None = None,
) -> dict[str, Line]:
    """Every line at `rate` Hz, its speech at `dbfs` (RMS while speaking). One synthesis at a time.

    say  command line of the product's `say`; voice, file and text are added
    Raises `Fault` MODEL when a line has no recording and the synthetic voice fails.
    """
    cache = cache or places.cache() / "rehearsal"
    cache.mkdir(parents=True, exist_ok=True)
    prepared = {}
    for text in lines:
        recording = recording_of(text, recordings)
        if recording is not None:
            kind: Literal["human", "synthetic"] = "human"
            source = f"{RECORDINGS_PACKAGE}: {recording.name}"
            key = f"{recording.name} {recording.stat().st_size}"
        else:
            kind, source = "synthetic", VOICE
            key = f"{text}|{VOICE}|{__version__}"
        name = hashlib.sha256(f"{key}|{rate}|{dbfs}".encode()).hexdigest()[:16]
        file = cache / f"{name}.wav"
        if not file.exists():
            samples, source_rate = _decode(recording) if recording else await _synthesise(text, cache, say)
            shaped = shape(waves.resample(samples, source_rate, rate), rate, dbfs)
            unfinished = cache / f"{name}.{os.getpid()}.part"
            waves.write(unfinished, shaped, rate)
            unfinished.replace(file)
        samples, _ = waves.read(file)
        prepared[text] = Line(text, file, kind, source, round(len(samples) / rate, 3))
    return prepared


def recording_of(text: str, recordings: Path = RECORDINGS) -> Path | None:
    """The installed recording that says exactly this, if there is one."""
    name = _SPOKEN.get(re.sub(r"[^a-z' ]", "", text.lower()).strip())
    file = recordings / f"{name}.g722"
    return file if name and file.exists() else None


def shape(samples: Samples, rate: int, dbfs: float) -> Samples:
    """Speech without the silence around it, at a level of `dbfs` RMS over its louder half, never clipping."""
    first, end = waves.speech_span(samples, rate)
    speech = samples[first:end].copy()
    edge = min(round(_EDGE_S * rate), len(speech) // 2)
    ramp = np.linspace(0, 1, edge, endpoint=False, dtype=np.float32)
    speech[:edge] *= ramp
    speech[len(speech) - edge :] *= ramp[::-1]
    step = rate // 50
    windows = np.sort(np.mean(speech[: max(len(speech) // step, 1) * step].reshape(-1, min(step, len(speech))) ** 2, 1))
    active = float(np.sqrt(np.mean(windows[len(windows) // 2 :])))
    gain = min(amplitude(dbfs) / max(active, 1e-6), 0.9 / max(float(np.abs(speech).max()), 1e-6))
    return speech * np.float32(gain)


def _decode(recording: Path) -> tuple[Samples, int]:
    return g722.decode(recording.read_bytes()).astype(np.float32) / np.float32(32768), 16000


async def _synthesise(text: str, cache: Path, say: Sequence[str]) -> tuple[Samples, int]:
    """Asks the product's own `kiosk say`, in a process: the rehearsal imports none of the programs."""
    file = cache / f"say.{os.getpid()}.wav"
    process = await asyncio.create_subprocess_exec(
        *tethered([*say, "--voice", VOICE, "--out", str(file), text]),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _SYNTHESIS_S)
    except TimeoutError:
        raise _mute(f"it took more than {_SYNTHESIS_S:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not file.exists():
        said = output.decode(errors="replace").strip().splitlines()
        raise _mute(said[-1] if said else f"exit code {process.returncode}")
    try:
        return waves.read(file)
    finally:
        file.unlink()


def _mute(why: str) -> Fault:
    return Fault(
        f"the visitor's synthetic voice does not speak: {why}",
        where=f"kiosk say --voice {VOICE}",
        remedy="install the `service` extra, and see that `kiosk say` works by itself",
        code=ExitCode.MODEL,
    )
