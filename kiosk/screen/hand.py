"""From a touched control to the engine's hands. Knows no Qt, so that hold and tap can be tested by the clock."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.core.ports import Hands
from kiosk.core.session import Session
from kiosk.screen.parts import Act
from kiosk.screen.words import Words

TAP_S = 0.4  # a shorter touch of the talk button leaves it on until the next


class Hand:
    """The talk button can be held (on while down) or tapped (on until tapped again); the rest act on release.

    Whether the button counts as down is the session's `pressed`, nobody else's.
    """

    def __init__(
        self,
        hands: Hands,
        words: Callable[[], Words],
        open_up: Callable[[Act], None],
    ) -> None:
        """
        words    the window's, as they stand when something is asked in them
        open_up  what only changes the window: keyboard, sheets, large captions
        """
        self._hands = hands
        self._words = words
        self._open_up = open_up
        self._down_at: float | None = None

    def talk_down(self, session: Session, now: float) -> None:
        """Acts at once: speech may begin with the touch, and pre-roll only covers so much."""
        if session.pressed:
            self._down_at = None  # the second tap: it acts on release
            return
        self._down_at = now
        self._hands.press()

    def talk_up(self, session: Session, now: float, *, inside: bool) -> None:
        """Slid off (`inside` False) cancels: the microphone is off, and what was said is not answered."""
        down_at, self._down_at = self._down_at, None
        if down_at is None:
            if inside and session.pressed:
                self._hands.release()
        elif not inside:
            self._hands.discard()
        elif now - down_at >= TAP_S:
            self._hands.release()

    def act(self, act: Act) -> None:
        """Whatever a visitor does, the agent stops speaking for it; louder and slower are about its speech."""
        hands, words = self._hands, self._words()
        match act:
            case Act.STOP:
                hands.silence()
            case Act.MUTE | Act.UNMUTE:
                hands.silence()
                hands.mute(act is Act.MUTE)
            case Act.TYPE | Act.HISTORY | Act.LANGUAGE:
                hands.silence()
                self._open_up(act)
            case Act.LARGE | Act.SOUND:
                self._open_up(act)
            case Act.LOUDER | Act.SOFTER:
                hands.step_volume(1 if act is Act.LOUDER else -1)
            case Act.FASTER | Act.SLOWER:
                hands.step_speed(1 if act is Act.FASTER else -1)
            case Act.REPEAT:
                self.say(words.ask_repeat)
            case Act.PERSON:
                hands.call_person(words.ask_person)
            case Act.FINISH:
                hands.finish()
            case Act.LEAVE:
                hands.leave()
            case Act.AGREE | Act.AGREE_TYPING:
                hands.agree(act is Act.AGREE)
            case Act.DECLINE:
                hands.decline()
            case Act.TOUCH:
                hands.touch()
            case Act.TALK:
                pass  # down and up are its two halves

    def say(self, text: str, corrects: str | None = None) -> None:
        """A request or question in the visitor's name: the agent falls silent and answers it."""
        if text.strip():
            self._hands.silence()
            self._hands.write(text.strip(), corrects)
