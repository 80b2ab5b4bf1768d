"""Parts put together from the settings: what the engine, the doctor and later the window share."""

from __future__ import annotations

from collections.abc import Callable

from kiosk import __version__
from kiosk.app.kiosk import Probe
from kiosk.audio.profile import Profile
from kiosk.core.policy import CaptureRule, Policy
from kiosk.settings.schema import Settings
from kiosk.settings.sound import Capture, Duplex
from kiosk.wire import canonical as wire
from kiosk.wire.dialect import Dialect
from kiosk.wire.link import Link
from kiosk.wire.renewal import CredentialSource


def full_duplex(settings: Settings, profile: Profile | None) -> bool:
    """Whether the kiosk listens while it speaks: as set, else as measured in this room, else yes."""
    if settings.capture.duplex is Duplex.AUTO:
        return profile is None or profile.full_duplex
    return settings.capture.duplex is Duplex.FULL


def policy_of(settings: Settings, dialect: Dialect, profile: Profile | None = None) -> Policy:
    """The limits and manners that the settings ask for, in a room that is known so far."""
    visit, capture = settings.visit, settings.capture
    return Policy(
        capture=CaptureRule(capture.mode.value),
        voice_barge_in=capture.voice_barge_in and full_duplex(settings, profile),
        uplink_while_speaking_open=dialect.up.while_speaking == "open",
        client_ends_turn=dialect.up.end_of_turn == "client",
        consent=visit.consent,
        start_by_voice=visit.start_by_voice,
        volume_db=settings.sound.volume_db,
        volume_step_db=settings.sound.volume_step_db,
        quietest_steps=settings.sound.quietest_steps,
        loudest_steps=settings.sound.loudest_steps,
        notice=visit.notice_s,
        connect_limit=visit.connect_limit_s,
        silence=visit.silence_s,
        reprompts=visit.reprompts,
        thinking_limit=visit.thinking_limit_s,
        checking=visit.checking_s,
        farewell=visit.farewell_s,
        handover_limit=visit.handover_limit_s,
        staff_limit=visit.staff_limit_s,
        retry=visit.offline_retry_s,
        longest=visit.longest_s,
        tail=(capture.tail_ms + 40) / 1000,  # two more frames, so that the commit goes up behind the tail
        stall=visit.stall_s,
    ).patient(visit.patience)


def capture_of(settings: Settings, dialect: Dialect, profile: Profile | None = None) -> Capture:
    """What the microphone is to do.

    The gate's hang-over ends the turn where the dialect leaves that to the kiosk; else it outlasts the agent's. Where
    no canceller works the guard is never asked, not even over a sound of the kiosk's own.
    """
    capture = settings.capture
    ours = dialect.up.end_of_turn == "client"
    return capture.model_copy(
        update={
            "hang_over_ms": capture.end_of_turn_ms if ours else capture.hang_over_ms,
            "voice_barge_in": capture.voice_barge_in and full_duplex(settings, profile),
        }
    )


def link_maker(
    settings: Settings, dialect: Dialect, source: CredentialSource, probe: Probe
) -> Callable[[Callable[[wire.Event], None], Callable[[str, bytes, int], None]], Link]:
    def make(on_event: Callable[[wire.Event], None], on_audio: Callable[[str, bytes, int], None]) -> Link:
        return Link(
            dialect,
            source,
            on_event=on_event,
            on_audio=on_audio,
            device_id=settings.site.device_id,
            app="exei-voice-kiosk",
            version=__version__,
            settings=settings.agent,
            locale=settings.site.language,
            probe=probe,
        )

    return make
