from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal import visitor, waves
from kiosk.rehearsal.acoustics import amplitude

# Stands where `kiosk say` stands: writes a tone with silence around it, and notes that it was called.
SAY = """
import pathlib, sys, wave, numpy as np
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
with open(out.parent / "calls", "a") as calls:
    calls.write(sys.argv[-1] + "\\n")
tone = np.zeros(48000)
tone[12000:36000] = 0.3 * np.sin(np.arange(24000) * 0.2)
with wave.open(str(out), "wb") as file:
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(24000)
    file.writeframes((tone * 32767).astype("<i2").tobytes())
"""


@pytest.fixture
def say(tmp_path: Path) -> list[str]:
    (tmp_path / "say.py").write_text(SAY)
    return [sys.executable, str(tmp_path / "say.py")]


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A folder as the Debian package lays it out, with noise for a voice."""
    folder = tmp_path / "sounds"
    folder.mkdir()
    noise = np.random.default_rng(5).integers(0, 256, 8000, dtype=np.uint8)
    (folder / "hello.g722").write_bytes(noise.tobytes())
    return folder


async def test_a_recording_is_used_where_there_is_one_and_else_the_synthetic_voice(
    tmp_path: Path, say: list[str], recordings: Path
) -> None:
    cache = tmp_path / "cache"
    lines = await visitor.prepare(
        ["Hello!", "Where is the whale?"], rate=48000, dbfs=-24, say=say, recordings=recordings, cache=cache
    )
    assert lines["Hello!"].kind == "human"
    assert visitor.RECORDINGS_PACKAGE in lines["Hello!"].source
    assert (lines["Where is the whale?"].kind, lines["Where is the whale?"].source) == ("synthetic", visitor.VOICE)
    assert lines["Where is the whale?"].seconds == pytest.approx(1.0, abs=0.03)  # the silence around it is gone
    assert (cache / "calls").read_text() == "Where is the whale?\n"


async def test_a_line_is_synthesised_once(tmp_path: Path, say: list[str]) -> None:
    for _ in range(2):
        await visitor.prepare(["One"], rate=48000, dbfs=-24, say=say, recordings=tmp_path, cache=tmp_path / "cache")
    assert (tmp_path / "cache" / "calls").read_text() == "One\n"


async def test_a_voice_that_fails_is_a_fault_with_its_last_words(tmp_path: Path) -> None:
    broken = [sys.executable, "-c", "import sys; sys.exit('no such voice')"]
    with pytest.raises(Fault, match="no such voice") as caught:
        await visitor.prepare(["One"], rate=48000, dbfs=-24, say=broken, recordings=tmp_path, cache=tmp_path / "c")
    assert caught.value.code is ExitCode.MODEL


def test_speech_is_trimmed_and_brought_to_level() -> None:
    samples = np.zeros(96000, np.float32)
    samples[24000:72000] = 0.02 * np.sin(np.arange(48000) * 0.1)
    shaped = visitor.shape(samples, 48000, -24)
    assert len(shaped) == pytest.approx(48000, abs=480)
    inner = shaped[4800:-4800]
    assert np.sqrt(np.mean(inner**2)) == pytest.approx(amplitude(-24), rel=0.05)
    assert np.abs(visitor.shape(samples, 48000, 20)).max() <= 0.9001


@pytest.mark.skipif(not visitor.recording_of("hello"), reason=f"{visitor.RECORDINGS_PACKAGE} is not installed")
@pytest.mark.parametrize("text", ["Hello", "Goodbye.", "Thank you", "One moment please"])
async def test_the_packages_recordings_are_speech(text: str, tmp_path: Path) -> None:
    line = (await visitor.prepare([text], rate=48000, dbfs=-24, say=["false"], cache=tmp_path))[text]
    samples, rate = waves.read(line.file)
    assert rate == 48000
    assert 0.2 < line.seconds < 2
    assert 0.05 < np.abs(samples).max() < 0.91
