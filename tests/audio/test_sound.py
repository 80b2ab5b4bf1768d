"""The factory, and the whole of it on WAV files in real time."""

from __future__ import annotations

import wave
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from kiosk.audio import open_sound
from kiosk.audio.files import read_wav
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.ports import Uplink
from kiosk.settings.sound import Capture, Sound


def write_wav(path: Path, samples: np.ndarray, rate: int, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def tone(hertz: float, rate: int, seconds: float) -> np.ndarray:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.int16)


def test_an_unknown_backend_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Fault, match="portaudio, wav") as raised:
        open_sound(Sound(backend="gramophone"), Capture())
    assert raised.value.code is ExitCode.SETTINGS


def test_a_wav_file_is_heard_and_a_wav_file_is_spoken(tmp_path: Path) -> None:
    said = write_wav(tmp_path / "said.wav", tone(1000, 16000, 0.3), 16000)
    spoken = tmp_path / "spoken.wav"
    microphone, speaker = open_sound(Sound(backend="wav", wav_input=said, wav_output=spoken), Capture())
    frames: list[bytes] = []
    enough, ended = Event(), Event()

    def on_frame(pcm: bytes, captured_at: float) -> None:
        frames.append(pcm)
        if len(frames) == 14:
            enough.set()

    microphone.on_frame = on_frame
    speaker.on_ended = lambda *_: ended.set()
    microphone.set_uplink(Uplink.OPEN)
    speaker.open()
    microphone.open()
    speaker.begin("a")
    speaker.feed("a", tone(500, 24000, 0.3).tobytes(), 24000)
    speaker.end("a")
    assert enough.wait(10)
    assert ended.wait(10)
    microphone.close()
    speaker.close()
    heard = np.frombuffer(b"".join(frames), "<i2").astype(float)
    assert np.argmax(np.abs(np.fft.rfft(heard))) * 16000 / len(heard) == pytest.approx(1000, abs=8)
    with wave.open(str(spoken)) as file:
        assert file.getframerate() == 48000
        line = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    loud = np.flatnonzero(np.abs(line) > 50)
    assert (loud[-1] - loud[0]) / 48000 == pytest.approx(0.3, abs=0.002)


@pytest.mark.parametrize("content", [b"", b"RIFF no", None])
def test_a_bad_file_is_a_fault(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Fault) as raised:
        read_wav(path, 48000)
    assert raised.value.code is ExitCode.AUDIO_FORMAT
    assert str(path) in raised.value.sentence


def test_stereo_files_of_any_rate_become_mono_at_the_devices_rate(tmp_path: Path) -> None:
    mono = tone(440, 22050, 0.5)
    path = write_wav(tmp_path / "stereo.wav", np.column_stack((mono, mono)).reshape(-1), 22050, channels=2)
    assert len(read_wav(path, 48000)) == pytest.approx(24000, abs=1)


def test_an_output_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    _, speaker = open_sound(Sound(backend="wav", wav_output=tmp_path / "no" / "folder.wav"), Capture())
    with pytest.raises(Fault, match=r"folder\.wav"):
        speaker.open()
