"""Settings of the sound: microphone and loudspeaker, and when the microphone's sound goes up."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from kiosk.settings.section import Section, TakesEffect, setting


class CaptureMode(StrEnum):
    PUSH_TO_TALK = "push_to_talk"
    VOICE = "voice"
    OPEN = "open"


class Engine(StrEnum):
    """An echo canceller."""

    AUTO = "auto"
    WEBRTC = "webrtc"
    SPEEX = "speex"
    KALMAN = "kalman"
    NONE = "none"


class Duplex(StrEnum):
    AUTO = "auto"
    FULL = "full"
    HALF = "half"


class UplinkGain(StrEnum):
    OFF = "off"
    AUTO = "auto"


def _as_names(value: Any) -> Any:
    """One name is a list of one; an empty one is none."""
    return ([value] if value else []) if isinstance(value, str) else value


Names = Annotated[tuple[Annotated[str, Field(max_length=200)], ...], BeforeValidator(_as_names)]
"""Names of devices, or parts of them, the one that is liked best first. A single string is a list of one."""


class Sound(Section):
    """Microphone and loudspeaker."""

    backend: str = setting(
        "portaudio", "Sound backend: portaudio, or wav for files instead of devices.", TakesEffect.RESTART
    )
    microphone: Names = setting(
        (),
        'Names, or parts of them, of microphones in order of preference; "default", or no name, is the system\'s own.',
        TakesEffect.RESTART,
        max_length=8,
    )
    loudspeaker: Names = setting(
        (), "The same for the loudspeaker. The best one that is connected is used.", TakesEffect.RESTART, max_length=8
    )
    headset: Names = setting(
        (),
        "Names of headsets or headphones: while one is connected speech is heard there, and spoken there if it can.",
        TakesEffect.RESTART,
        max_length=8,
    )
    rate_hz: int = setting(48000, "Sample rate of both devices, hertz.", TakesEffect.RESTART, ge=8000, le=96000)
    block_ms: int = setting(10, "Length of one device block, milliseconds.", TakesEffect.RESTART, ge=5, le=40)
    latency_ms: int = setting(
        40,
        "Device buffering asked of the sound system, milliseconds; below 40 it is not kept truly.",
        TakesEffect.RESTART,
        ge=20,
        le=300,
    )
    jitter_ms: int = setting(40, "Agent audio held back before a response starts, milliseconds.", ge=0, le=500)
    jitter_most_ms: int = setting(
        200,
        "The most that is held back where the agent's frames come late, milliseconds; 0 keeps to `jitter_ms`.",
        ge=0,
        le=1000,
    )
    queue_limit_s: float = setting(60.0, "Most agent audio that may wait to be played, seconds.", ge=5, le=600)
    level_agents: bool = setting(
        True, "Whether every agent is brought to the same loudness, whatever level its voice comes at."
    )
    loudness_lufs: float = setting(
        -23.0, "The loudness that agents are brought to, LUFS; 12 dB up or down at the most.", ge=-40, le=-14
    )
    earcons: bool = setting(
        True,
        "Whether short sounds tell that the kiosk listens, has taken a turn, has failed or says goodbye; the warning "
        "before a visit ends always sounds.",
    )
    earcons_db: float = setting(0.0, "How much louder or quieter the short sounds are, decibels.", ge=-20, le=6)
    warm_up: bool = setting(
        True,
        "Whether a second of soft noise is played when the sound is opened, from which the echo canceller learns the "
        "room before the first answer.",
    )
    volume_db: float = setting(
        0.0, "The site's own volume, decibels against the agent's; every visitor starts with it.", ge=-40, le=12
    )
    volume_step_db: float = setting(3.0, "How much louder or quieter one touch makes it, decibels.", ge=1, le=6)
    quietest_steps: int = setting(-6, "How many steps a visitor can go below the site's volume.", ge=-12, le=0)
    loudest_steps: int = setting(2, "How many steps a visitor can go above the site's volume.", ge=0, le=6)
    profile: Path | None = setting(
        None,
        "File that keeps what `kiosk doctor --sound` found out about the room; empty for the user's state folder.",
        TakesEffect.RESTART,
    )
    wav_input: Path | None = setting(
        None, "With the wav backend: file that is heard as the microphone.", TakesEffect.RESTART
    )
    wav_output: Path | None = setting(
        None, "With the wav backend: file that receives what the loudspeaker would play.", TakesEffect.RESTART
    )


class Capture(Section):
    """When the microphone's sound goes up."""

    mode: CaptureMode = setting(
        CaptureMode.VOICE, "How a visitor is captured: push_to_talk, voice (detected speech), or open."
    )
    pre_roll_ms: int = setting(300, "Sound from before a press that goes up with it, milliseconds.", ge=0, le=1000)
    onset_pre_roll_ms: int = setting(
        600,
        "The same before the first detected syllable, milliseconds; a short first word may pass undetected before it.",
        ge=0,
        le=1000,
    )
    barge_in_pre_roll_ms: int = setting(800, "The same before a confirmed interruption, milliseconds.", ge=0, le=1500)
    tail_ms: int = setting(
        200, "Sound that still goes up after the talk button is released, milliseconds.", ge=0, le=1000
    )
    voice_threshold: float = setting(0.5, "Probability at which the detector calls a frame speech.", ge=0.05, le=0.95)
    onset_ms: int = setting(112, "Speech needed before the voice gate opens, milliseconds.", ge=32, le=500)
    hang_over_ms: int = setting(
        1500,
        "Silence after which the voice gate closes, milliseconds; longer than the agent's end of turn.",
        ge=200,
        le=3000,
    )
    end_of_turn_ms: int = setting(
        700,
        "Silence after which the kiosk itself ends the visitor's turn, milliseconds; only with a dialect that says so.",
        ge=200,
        le=3000,
    )
    duplex: Duplex = setting(
        Duplex.AUTO,
        "Whether the kiosk listens while it speaks: full, half (touch and button still interrupt), or auto, which is "
        "what `kiosk doctor --sound` found out, and full where it has not been run.",
        TakesEffect.RESTART,
    )
    bystander_db: float = setting(
        12.0,
        "How much softer than visitors are here a voice must be to count as a bystander's, decibels; 0 lets every "
        "voice in, and so does a kiosk that has not heard three turns of visitors yet.",
        ge=0,
        le=30,
    )
    uplink_gain: UplinkGain = setting(
        UplinkGain.OFF, "Whether soft visitors are made louder for the agent: auto (up to 18 decibels, slowly), or off."
    )
    voice_barge_in: bool = setting(True, "Whether a visitor's voice interrupts the agent; touch and button always do.")
    duck_db: float = setting(
        13.0,
        "How much quieter the agent gets at the first evidence of a visitor's voice, until that is confirmed or not.",
        ge=0,
        le=30,
    )
    guard_threshold: float = setting(
        0.5, "Probability at which the guard calls a frame speech while the agent speaks.", ge=0.05, le=0.95
    )
    guard_ms: int = setting(128, "Evidence that interrupts the agent at once, milliseconds.", ge=32, le=500)
    duck_ms: int = setting(
        48, "Evidence the guard needs before it makes the agent quieter, milliseconds.", ge=16, le=300
    )
    guard_ducked_ms: int = setting(
        64, "Evidence that interrupts the agent once it is heard quieter, milliseconds.", ge=16, le=300
    )
    duck_within_ms: int = setting(
        250,
        "How long the agent stays quieter until it is interrupted or comes back, milliseconds.",
        ge=100,
        le=500,
    )
    guard_engine: Engine = setting(
        Engine.AUTO,
        "Echo canceller of the guard, that decides whether a visitor speaks: auto, webrtc, speex, kalman or none.",
        TakesEffect.RESTART,
    )
    speech_engine: Engine = setting(
        Engine.AUTO,
        "Echo canceller of what goes to the agent: auto, webrtc, speex, kalman or none.",
        TakesEffect.RESTART,
    )
