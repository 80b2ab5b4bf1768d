"""The limits and manners of a visit: plain numbers, taken from the settings by `app`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class CaptureRule(StrEnum):
    """How a visitor is captured while the kiosk listens."""

    PUSH_TO_TALK = "push_to_talk"
    VOICE = "voice"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Policy:
    """Times in seconds. See `settings.schema.Visit` for the sentence behind each."""

    capture: CaptureRule = CaptureRule.VOICE
    voice_barge_in: bool = True
    uplink_while_speaking_open: bool = False
    client_ends_turn: bool = False
    consent: bool = False
    start_by_voice: bool = False
    volume_db: float = 0.0
    volume_step_db: float = 3.0
    quietest_steps: int = -6
    loudest_steps: int = 2
    speed_step: float = 0.1
    slowest_steps: int = -3
    fastest_steps: int = 2
    start_limit: float = 30.0
    notice: float = 60.0
    connect_limit: float = 20.0
    silence: float = 12.0
    reprompts: int = 2
    thinking_limit: float = 20.0
    checking: float = 20.0
    farewell: float = 12.0
    handover_limit: float = 600.0
    staff_limit: float = 300.0
    reset_limit: float = 5.0
    offline_limit: float = 60.0
    retry: float = 30.0
    fatal_retry: float = 60.0
    longest: float = 1800.0
    tail: float = 0.2
    interrupted_note: float = 0.6
    stall: float = 3.0

    def patient(self, factor: float) -> Policy:
        """The same policy with every limit that presses a visitor made longer ("take your time")."""
        return replace(
            self,
            notice=self.notice * factor,
            silence=self.silence * factor,
            checking=self.checking * factor,
            farewell=self.farewell * factor,
            offline_limit=self.offline_limit * factor,
        )
