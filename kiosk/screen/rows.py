"""Which controls stand where: only what does something now, and everything that does within two touches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kiosk.core.session import CALL_NOTES, TALKING, Note, Phase, Session
from kiosk.screen.parts import Act, Control, Dial, House, Kind, Language, Scene
from kiosk.screen.words import Words

CONVERSING = TALKING - {Phase.CONNECTING}
DISCS = 2  # on either side of the pill

VISITOR_LEFT = ((Act.MUTE, Act.UNMUTE), (Act.TYPE,), (Act.REPEAT,), (Act.SLOWER, Act.FASTER), (Act.LOUDER, Act.SOFTER))
VISITOR_RIGHT = ((Act.PERSON, Act.LOUDER, Act.SOFTER, Act.SLOWER), (Act.FINISH,))
AGENT_LEFT = ((Act.REPEAT,), (Act.SLOWER, Act.FASTER), (Act.TYPE,), (Act.MUTE, Act.UNMUTE))
AGENT_RIGHT = ((Act.LOUDER, Act.SOFTER), (Act.PERSON,), (Act.FINISH,))
"""One of each group at most, the first that does something; of the groups as many as there are discs."""

ELSEWHERE = frozenset({Act.LOUDER, Act.SOFTER, Act.SLOWER, Act.FASTER})  # the dials have them


def deaf(session: Session) -> bool:
    """The visitor cannot be heard: types, or the microphone is gone."""
    return session.text_only or Note.NO_MICROPHONE in session.notes


def acting(s: Session, w: Words, house: House) -> dict[Act, Control]:
    """Every control that does something now."""
    conversing, steps = s.phase in CONVERSING, _steps(s, w, house)
    asked = house.calls and not s.notes.isdisjoint(CALL_NOTES)  # a second touch does not ring a second time
    person = s.phase is not Phase.HANDOVER and not asked and (house.calls or conversing)
    answered = bool(s.responses) or any(turn.role == "agent" and turn.text.strip() for turn in s.transcript.turns)
    mute = Control(Act.UNMUTE, w.unmute, "mic") if s.muted else Control(Act.MUTE, w.mute, "mute")
    found = [
        (not deaf(s), mute),
        (conversing, Control(Act.TYPE, w.type, "keyboard")),
        (conversing and answered, Control(Act.REPEAT, w.repeat, "repeat")),
        *((True, side) for dial in steps for side in (dial.less, dial.more) if side is not None),
        (person, Control(Act.PERSON, w.a_person, "person")),
        (True, Control(Act.FINISH, w.finish, "end")),
    ]
    return {control.act: control for there, control in found if there}


def _steps(s: Session, w: Words, house: House) -> tuple[Dial, ...]:
    """A voice that is not heard, and one that is a person's, cannot be made slower."""
    if Note.NO_SPEAKER in s.notes:
        return ()
    softer, louder = Control(Act.SOFTER, w.softer, "softer"), Control(Act.LOUDER, w.louder, "louder")
    slower, faster = Control(Act.SLOWER, w.slower, "slower"), Control(Act.FASTER, w.faster, "faster")
    dials = [_dial(softer, louder, s.volume, house.volume)]
    if s.phase in CONVERSING - {Phase.HANDOVER}:
        dials.append(_dial(slower, faster, s.speed, house.speed))
    return tuple(dial for dial in dials if dial.count > 1)


def _dial(less: Control, more: Control, at: int, bounds: tuple[int, int]) -> Dial:
    lowest, highest = bounds
    filled, count = at - lowest + 1, highest - lowest + 1
    if at:  # a touch beside the pill is seen too, not only heard
        less, more = replace(less, share=filled / count), replace(more, share=filled / count)
    return Dial(less if at > lowest else None, more if at < highest else None, filled, count)


def _first(acts: dict[Act, Control], groups: Iterable[tuple[Act, ...]], taken: set[Act]) -> tuple[Control, ...]:
    found: list[Control] = []
    for group in groups:
        act = next((act for act in group if act in acts and act not in taken), None)
        if act is not None and len(found) < DISCS:
            found.append(acts[act])
            taken.add(act)
    return tuple(found)


def with_controls(scene: Scene, s: Session, w: Words, house: House, *, discs: bool = True) -> Scene:
    """The scene with its row of discs, the tools of the bar, and what the sound sheet holds.

    `discs` False: a pair of pills is all of the row.
    """
    acts = acting(s, w, house)
    taken = {c.act for c in (scene.main, scene.other) if c is not None}
    left: tuple[Control, ...] = ()
    right: tuple[Control, ...] = ()
    if discs:
        agent = scene.main is not None and scene.main.act is Act.STOP and s.phase is not Phase.THINKING
        right = _first(acts, AGENT_RIGHT if agent else VISITOR_RIGHT, taken)
        left = _first(acts, AGENT_LEFT if agent else VISITOR_LEFT, taken)
    more = tuple(control for act, control in acts.items() if act not in taken | ELSEWHERE)
    dials = _steps(s, w, house)
    return replace(
        scene,
        left=left,
        right=right,
        dials=dials,
        more=more,
        earlier=_earlier(s, w),
        tools=tools(s, w, sound=bool(dials or more)),
        languages=languages(w),
    )


def _earlier(s: Session, w: Words) -> Control | None:
    """Once there is more than stands on the screen anyway."""
    said = sum(1 for turn in s.transcript.turns if turn.text.strip())
    return Control(Act.HISTORY, w.earlier, "up") if said > 1 else None


def tools(s: Session, w: Words, *, sound: bool) -> tuple[Control, ...]:
    found = [Control(Act.LARGE, "Aa")] if s.phase is not Phase.NOTICE else []
    if sound:
        found.append(Control(Act.SOUND, "", "sound"))
    if languages(w):
        found.append(Control(Act.LANGUAGE, w.own_name))
    return tuple(found)


def languages(w: Words) -> tuple[Language, ...]:
    """Nothing where the site offers one alone."""
    return tuple(Language(code, name, code == w.language) for code, name in w.languages)


def talk_pill(s: Session, w: Words, *, lamp: bool) -> Control:
    """The pill while the visitor has the word."""
    if deaf(s):
        return Control(Act.TYPE, w.type, "keyboard", Kind.SOLID)
    if s.muted:
        return Control(Act.UNMUTE, w.unmute, "mic", Kind.SOLID)
    if s.pressed:
        return Control(Act.TALK, w.tap_to_send, "mic", Kind.LIVE)
    return Control(Act.TALK, w.talk, "mic", Kind.LIVE if lamp else Kind.SOLID)
