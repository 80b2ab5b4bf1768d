"""The state table: every row is (phases, event, guard, next phase, effect). `machine` walks it, tests prove it.

`to=None` stays in the phase. ENTER runs when a phase is entered, whatever row led there. Rows are tried in order; a
row without a guard ends the search. The uplink stands in no row: `session.uplink_of` derives it after each step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from kiosk.core import effects as do
from kiosk.core import events as ev
from kiosk.core import guards as when
from kiosk.core import requests as ask
from kiosk.core.draft import Draft
from kiosk.core.events import Event, Timer
from kiosk.core.policy import Policy
from kiosk.core.session import TALKING, Phase, Session

Guard = Callable[[Session, "Event", Policy], bool]
Effect = Callable[[Draft], None]


@dataclass(frozen=True, slots=True)
class Row:
    phases: frozenset[Phase]
    event: type[Event]
    to: Phase | None
    effect: Effect
    guard: Guard | None = None


def row(
    phases: Phase | Iterable[Phase],
    event: type[Event],
    to: Phase | None = None,
    effect: Effect = do.nothing,
    guard: Guard | None = None,
) -> Row:
    return Row(frozenset([phases] if isinstance(phases, Phase) else phases), event, to, effect, guard)


P = Phase
CONVERSING = TALKING - {P.CONNECTING}
EVERYWHERE = frozenset(Phase)
IDLE = frozenset({P.ATTRACT, P.CLOSED})
VISITED = TALKING | {P.NOTICE, P.FAREWELL, P.OFFLINE}
RUNNING = EVERYWHERE - {P.STARTING, P.STAFF}

TABLE: tuple[Row, ...] = (
    # --- the program and the site
    row(P.STARTING, ev.Started, P.SETUP, do.take_hours, when.pin_needed),
    row(P.STARTING, ev.Started, P.ATTRACT, do.take_hours, when.open_now),
    row(P.STARTING, ev.Started, P.CLOSED, do.take_hours),
    row(P.STARTING, ev.Due, P.OUT_OF_ORDER, do.explain_start, when.due(Timer.LIMIT)),
    row(P.SETUP, ev.PinChosen, P.RESETTING),
    row(P.CLOSED, ev.HoursBegan, P.ATTRACT, do.open_hours),
    row(P.ATTRACT, ev.HoursEnded, P.CLOSED, do.close_hours),
    row(P.CLOSED, ev.HoursEnded, None, do.close_hours),  # for another reason, until another time
    row(EVERYWHERE - IDLE, ev.HoursBegan, None, do.open_hours),
    row(EVERYWHERE - IDLE, ev.HoursEnded, None, do.close_hours),
    row(EVERYWHERE - {P.SETUP, P.OUT_OF_ORDER, P.STAFF}, ev.Broke, P.OUT_OF_ORDER, do.explain_break),
    row(P.OUT_OF_ORDER, ev.Mended, P.RESETTING),
    row(EVERYWHERE, ev.SoundLost, None, do.note_sound_lost),
    row(EVERYWHERE, ev.SoundBack, None, do.note_sound_back),
    row(EVERYWHERE - {P.SETUP, P.STAFF}, ev.StaffUnlocked, P.STAFF, do.leave_visit),
    row(P.STAFF, ev.StaffLocked, P.RESETTING),
    row(P.STAFF, ev.Touched, None, do.enter_staff),  # the panel closes when nobody works at it any more
    row(P.STAFF, ev.Due, P.RESETTING, guard=when.due(Timer.LIMIT)),
    # --- a visit begins
    row(P.ATTRACT, ev.Touched, P.NOTICE, do.begin_visit, when.notice_needed),
    row(P.ATTRACT, ev.Touched, P.CONNECTING, do.begin_visit),
    row(P.ATTRACT, ev.Pressed, P.NOTICE, do.begin_visit, when.notice_needed),
    row(P.ATTRACT, ev.Pressed, P.CONNECTING, do.begin_visit_pressed),
    row(P.ATTRACT, ev.VoiceStarted, P.NOTICE, do.begin_visit, when.voice_may_start_at_notice),
    row(P.ATTRACT, ev.VoiceStarted, P.CONNECTING, do.begin_visit, when.voice_may_start),
    row(P.ATTRACT, ev.LanguageChosen, P.NOTICE, do.begin_visit_in, when.notice_needed),
    row(P.ATTRACT, ev.LanguageChosen, P.CONNECTING, do.begin_visit_in),
    row(TALKING | {P.NOTICE}, ev.LanguageChosen, None, ask.choose_language),
    row(P.NOTICE, ev.Agreed, P.CONNECTING, do.agree),
    row(P.NOTICE, ev.Declined, P.RESETTING),
    row(P.NOTICE, ev.Due, P.RESETTING, guard=when.due(Timer.LIMIT)),
    # --- the link
    row(TALKING, ev.Named, None, do.take_name),
    row({P.OFFLINE, P.OUT_OF_ORDER}, ev.Named, None, do.take_name),
    row(P.CONNECTING, ev.AgentReady, P.LISTENING, do.begin_to_listen),
    row(P.OFFLINE, ev.AgentReady, P.LISTENING, do.begin_to_listen),
    row(P.OUT_OF_ORDER, ev.AgentReady, P.RESETTING),
    row(CONVERSING, ev.AgentReady, None, do.link_up),  # a resume token was renewed
    row(P.CONNECTING, ev.LinkLost, P.OUT_OF_ORDER, do.explain_link, when.fatal),
    row(P.CONNECTING, ev.LinkLost, None, do.try_again),
    row(P.CONNECTING, ev.Due, P.OFFLINE, do.explain_offline, when.due(Timer.LIMIT)),
    row(CONVERSING, ev.LinkLost, P.FAREWELL, do.link_down, when.ending),
    row(CONVERSING, ev.LinkLost, P.OUT_OF_ORDER, do.explain_link, when.fatal),
    row(CONVERSING, ev.LinkLost, P.CONNECTING, do.reconnect),
    row(P.FAREWELL, ev.LinkLost, None, do.link_down),
    row(P.OFFLINE, ev.LinkLost, P.OUT_OF_ORDER, do.explain_link, when.fatal),
    row(P.OFFLINE, ev.LinkLost, None, do.retry_later),
    row(P.OFFLINE, ev.Due, None, do.try_now, when.due(Timer.RETRY)),
    row(P.OFFLINE, ev.Touched, None, do.try_now),
    row(P.OFFLINE, ev.Due, P.RESETTING, guard=when.due(Timer.LIMIT)),
    row(P.OUT_OF_ORDER, ev.LinkLost, None, do.retry_much_later),
    row(P.OUT_OF_ORDER, ev.Due, None, do.try_now, when.due(Timer.RETRY)),
    # --- the visitor speaks
    row(P.CONNECTING, ev.Pressed, None, ask.press),
    row(P.CONNECTING, ev.Released, None, ask.unpress),
    row(P.HANDOVER, ev.Pressed, None, ask.press_and_tell),
    row(CONVERSING - {P.HANDOVER}, ev.Pressed, P.LISTENING, ask.press_and_tell),
    row(CONVERSING, ev.Released, None, ask.discard, when.discarded),
    row(CONVERSING, ev.Released, None, ask.release, when.pressed),
    row(P.LISTENING, ev.Due, P.THINKING, ask.commit_pressed_turn, when.our_tail_is_up),
    row(CONVERSING, ev.Due, None, ask.commit_pressed_turn, when.due(Timer.TAIL)),
    row({P.LISTENING, P.THINKING, P.CHECKING}, ev.VoiceStarted, P.LISTENING, ask.begin_turn, when.turns_are_ours),
    row({P.LISTENING, P.THINKING}, ev.VoiceStopped, P.THINKING, ask.end_turn, when.our_turn_ends),
    row(P.HANDOVER, ev.VoiceStarted, None, ask.begin_turn, when.turns_are_ours),
    row(P.HANDOVER, ev.VoiceStopped, None, ask.end_turn, when.our_turn_ends),
    row(P.CHECKING, ev.VoiceStarted, P.LISTENING, do.activity),
    row({P.LISTENING, P.THINKING}, ev.VoiceStarted, None, do.activity),
    row(P.LISTENING, ev.VoiceStopped, None, do.activity),
    row({P.LISTENING, P.CHECKING}, ev.AgentHears, P.LISTENING, do.activity, when.agent_hears_start),
    row(P.THINKING, ev.AgentHears, P.LISTENING, do.activity, when.agent_hears_start),
    row(P.LISTENING, ev.AgentHears, P.THINKING, do.activity),
    row(CONVERSING - {P.SPEAKING, P.HANDOVER}, ev.Typed, P.THINKING, ask.tell_text),
    row({P.SPEAKING, P.HANDOVER}, ev.Typed, None, ask.tell_text),
    row(TALKING, ev.Muted, None, ask.mute),
    row(TALKING | {P.FAREWELL}, ev.VolumeStepped, None, ask.step_volume),
    row(CONVERSING, ev.SpeedStepped, None, ask.step_speed),
    row(VISITED - {P.NOTICE}, ev.PersonCalled, None, ask.call_person, when.no_call_yet),
    row(VISITED - {P.NOTICE}, ev.CallAnswered, None, ask.note_call, when.calling),
    row(P.LISTENING, ev.Touched, None, do.activity),
    row(P.CHECKING, ev.Touched, P.LISTENING, do.activity),
    # --- the agent answers
    row({P.LISTENING, P.CHECKING}, ev.AgentThinks, P.THINKING, do.activity),
    row(P.THINKING, ev.Words, P.LISTENING, do.take_nothing, when.nothing_understood),
    row(P.HANDOVER, ev.Words, None, do.take_persons_words, when.a_person_speaks),
    row(CONVERSING, ev.Words, None, do.take_words),
    row(CONVERSING, ev.ResponseStarted, None, do.begin_response),
    row(CONVERSING, ev.AgentShows, None, do.show),
    row({P.LISTENING, P.THINKING, P.CHECKING}, ev.PlaybackStarted, P.SPEAKING, do.sounds, when.of_this_visit),
    row({P.SPEAKING, P.HANDOVER}, ev.PlaybackStarted, None, do.sounds, when.of_this_visit),
    row(P.SPEAKING, ev.PlaybackEnded, P.FAREWELL, do.heard_out, when.last_and_ending),
    row(P.SPEAKING, ev.PlaybackEnded, P.LISTENING, do.heard_out, when.last_response),
    row(CONVERSING, ev.PlaybackEnded, None, do.heard_out, when.of_this_visit),
    row({P.THINKING, P.SPEAKING}, ev.ResponseDone, P.FAREWELL, do.silent_response, when.silent_last_and_ending),
    row({P.THINKING, P.SPEAKING}, ev.ResponseDone, P.LISTENING, do.silent_response, when.silent_last),
    row(CONVERSING, ev.ResponseDone, None, do.silent_response, when.silent),
    row(P.SPEAKING, ev.PlaybackStalled, P.LISTENING, do.stalled),
    row(P.HANDOVER, ev.PlaybackStalled, None, do.stalled),
    row(P.THINKING, ev.Due, P.LISTENING, do.no_answer, when.due(Timer.LIMIT)),
    row({P.SPEAKING, P.HANDOVER}, ev.AgentEnded, None, do.end_after_speech, when.sounding),
    row(CONVERSING, ev.AgentEnded, P.FAREWELL, do.end_after_speech),
    row(CONVERSING, ev.HandedOver, P.HANDOVER, do.hand_over, when.person_comes),
    row(P.HANDOVER, ev.AgentThinks, None, do.note_writing),
    row(P.HANDOVER, ev.HandedOver, P.SPEAKING, do.hand_back, when.sounding),
    row(P.HANDOVER, ev.HandedOver, P.LISTENING, do.hand_back),
    row(P.HANDOVER, ev.Due, P.LISTENING, do.hand_back, when.due(Timer.LIMIT)),
    # --- the visitor cuts in
    row({P.SPEAKING, P.THINKING, P.LISTENING, P.CHECKING}, ev.CutIn, P.LISTENING, do.cut_by_visitor),
    row(P.HANDOVER, ev.CutIn, None, do.cut_by_visitor),
    row({P.SPEAKING, P.THINKING}, ev.AgentCut, P.LISTENING, do.cut_by_agent),
    row(CONVERSING - {P.SPEAKING, P.THINKING}, ev.AgentCut, None, do.cut_by_agent),
    row(EVERYWHERE, ev.Due, None, do.forget_note, when.due(Timer.NOTE)),
    # --- time passes
    row(P.LISTENING, ev.Due, None, do.reprompt, when.reprompt_left),
    row(P.LISTENING, ev.Due, P.CHECKING, guard=when.due(Timer.SILENCE)),
    row(P.CHECKING, ev.Due, P.RESETTING, guard=when.due(Timer.LIMIT)),
    row(TALKING, ev.Due, P.FAREWELL, do.cut_short, when.due(Timer.VISIT)),
    # --- the visit ends
    row(CONVERSING, ev.Finished, P.FAREWELL, do.hush),
    row(VISITED - CONVERSING - {P.FAREWELL}, ev.Finished, P.RESETTING),
    row(VISITED, ev.Left, P.RESETTING),
    row(P.FAREWELL, ev.Finished, P.RESETTING),
    row(P.FAREWELL, ev.Rated, None, ask.rate, when.linked),
    row(P.FAREWELL, ev.Due, P.RESETTING, guard=when.due(Timer.LIMIT)),
    row(P.FAREWELL, ev.Touched, P.RESETTING),
    row(P.RESETTING, ev.Wiped, P.ATTRACT, do.start_clean, when.still_open),
    row(P.RESETTING, ev.Wiped, P.CLOSED, do.start_clean),
    row(P.RESETTING, ev.Due, P.OUT_OF_ORDER, do.explain_wipe, when.due(Timer.LIMIT)),
)

ENTER: MappingProxyType[Phase, Effect] = MappingProxyType(
    {
        P.STARTING: do.nothing,
        P.SETUP: do.nothing,
        P.CLOSED: do.nothing,
        P.ATTRACT: do.nothing,
        P.NOTICE: do.enter_notice,
        P.CONNECTING: do.enter_connecting,
        P.LISTENING: do.enter_listening,
        P.THINKING: do.enter_thinking,
        P.SPEAKING: do.nothing,
        P.HANDOVER: do.enter_handover,
        P.CHECKING: do.enter_checking,
        P.FAREWELL: do.enter_farewell,
        P.RESETTING: do.enter_resetting,
        P.OFFLINE: do.enter_offline,
        P.OUT_OF_ORDER: do.enter_out_of_order,
        P.STAFF: do.enter_staff,
    }
)

MAY_STAND_FOR_EVER = frozenset({P.SETUP, P.CLOSED, P.ATTRACT, P.OUT_OF_ORDER})
"""Phases in which no visitor waits for anything; every other has a time limit, its own or the visit's."""


def rows_for(phase: Phase, event: type[Event]) -> tuple[Row, ...]:
    """The rows of a phase for one kind of event, in the table's order."""
    return _INDEX.get((phase, event), ())


def _index() -> dict[tuple[Phase, type[Event]], tuple[Row, ...]]:
    index: dict[tuple[Phase, type[Event]], tuple[Row, ...]] = {}
    for r in TABLE:
        for phase in r.phases:
            index[phase, r.event] = (*index.get((phase, r.event), ()), r)
    return index


_INDEX = _index()
