"""The one object that QML sees: properties made from the session, levels and the speaker clock; touches handed on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from kiosk.core.legible import Role, Sizes
from kiosk.core.ports import Hands, Microphone, Speaker, Uplink
from kiosk.core.session import Phase, Session
from kiosk.screen import caption as captions
from kiosk.screen.caption import Tone
from kiosk.screen.hand import Hand
from kiosk.screen.keyboard import Keyboard
from kiosk.screen.pages import Page, Setter
from kiosk.screen.scene import Act, Control, Mode, Scene, scene_of
from kiosk.screen.theme import Theme
from kiosk.screen.words import Words

TICK_MS = 33  # levels, speaker clock
STILL_AFTER_S = 10.0  # the first screen's lamp stops breathing
LEVEL_RANGE_DB = 32.0  # between the room's floor and a voice close by
QUIETEST_DBFS = -46.0  # of the loudspeaker that still moves the water
MOVING = frozenset({Mode.CONNECTING, Mode.LISTENING, Mode.THINKING, Mode.SPEAKING, Mode.INTERRUPTED, Mode.PERSON})


class View(QObject):
    """Lives on the GUI thread. `renew` takes what the session says, `tick` what the clocks say."""

    scene_changed = Signal()
    caption_changed = Signal()
    lit_changed = Signal()
    level_changed = Signal()
    remaining_changed = Signal()
    moving_changed = Signal()
    sizes_changed = Signal()
    words_changed = Signal()
    rated_changed = Signal()
    large_changed = Signal()

    def __init__(
        self,
        session: Session,
        *,
        hands: Hands,
        microphone: Microphone,
        speaker: Speaker,
        words: Callable[[str], Words],
        theme: Theme,
        reduced: bool,
        simple: bool,
        still: bool = False,
    ) -> None:
        """
        words    by language, two letters; empty: the site's own
        reduced  nothing moves but a level bar
        simple   there is no GPU: no cross-fades, fewer points, half the frames
        still    time stands still, so that a picture of the same state is always the same picture
        """
        super().__init__()
        self._session = session
        self._hands = hands
        self._microphone = microphone
        self._speaker = speaker
        self._words_in = words
        self._words = words("")
        self._theme = theme
        self._reduced = reduced
        self._simple = simple
        self._still = still
        self.board = Keyboard(self._hand_over, self._note_typing)
        self.board.setParent(self)
        self.board.speak(self._words.language, self._words.languages)
        self._hand = Hand(hands, lambda: self._words, self.board.open, lambda: None)
        self._scene = scene_of(session, time.monotonic(), self._words)
        self._sizes: Sizes | None = None
        self._setter: Setter | None = None
        self._room = (0.0, 4)
        self._page = Page()
        self._lit = 0
        self._level = 0.0
        self._remaining = 1.0
        self._moving = not still
        self._still_at = time.monotonic() + STILL_AFTER_S
        self._rated = -2
        self._large = False
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        if not still:
            self._timer.start()

    # --- what changes -----------------------------------------------------------------------------------------------

    def renew(self, session: Session) -> None:
        """A step of the engine was made, or several."""
        old, self._session = self._session, session
        if session.language != old.language:
            self._speak(session.language)
        if session.phase is not old.phase:
            self._still_at = time.monotonic() + STILL_AFTER_S
            if session.phase is not Phase.FAREWELL:
                self._set_rated(-2)
        if session.visit != old.visit or session.phase in {Phase.ATTRACT, Phase.RESETTING, Phase.STAFF, Phase.FAREWELL}:
            self.board.shut()
        if session.phase is Phase.ATTRACT and self._large:
            self._set_large(False)
        self._show()

    def _speak(self, language: str) -> None:
        """The window speaks another language from now on."""
        self._words = self._words_in(language)
        self.board.speak(self._words.language, self._words.languages)
        self._setter = None
        self.words_changed.emit()

    def forget(self) -> None:
        """The visit is wiped and the new session is shown: nothing of the old one stays here or in a cache."""
        self._setter = None
        self._page = Page()
        captions.forget()
        self.board.shut()
        self._set_words()

    def rest(self) -> None:
        """Nothing is read any more: the window closes."""
        self._timer.stop()

    def _show(self) -> None:
        now = time.monotonic()
        scene = scene_of(self._session, now, self._words)
        if scene != self._scene:
            if self._large and scene.caption.tone is not self._scene.caption.tone:
                self._setter = None
            self._scene = scene
            self.scene_changed.emit()
        self._set_words()
        self._clocks(now)

    def set_sizes(self, sizes: Sizes) -> None:
        if sizes != self._sizes:
            self._sizes = sizes
            self._setter = None
            self.sizes_changed.emit()
            self._set_words()

    @property
    def measured(self) -> Sizes | None:
        """The sizes that the window is drawn in; None before it has any."""
        return self._sizes

    def tick(self) -> None:
        """30 times a second."""
        now = time.monotonic()
        if self._scene.renew_at is not None and now >= self._scene.renew_at:
            self._show()
            return
        self._clocks(now)

    def _clocks(self, now: float) -> None:
        self._set_lit()
        mode = self._scene.mode
        frozen = self._reduced or self._still
        moving = not frozen and (mode in MOVING or (mode in {Mode.ATTRACT, Mode.READY} and now < self._still_at))
        if moving != self._moving:
            self._moving = moving
            self.moving_changed.emit()
        level = self._read_level(mode)
        if abs(level - self._level) > 0.004:
            self._level = level
            self.level_changed.emit()
        if self._scene.ring is not None:
            begin, until = self._scene.ring
            flutes = round(60 * max(0.0, min(1.0, (until - now) / max(0.001, until - begin))))
            if flutes / 60 != self._remaining:
                self._remaining = flutes / 60
                self.remaining_changed.emit()

    def _read_level(self, mode: Mode) -> float:
        if mode is Mode.SPEAKING or (mode is Mode.PERSON and self._session.sounding):
            share = 1 - self._speaker.figures.level_dbfs / QUIETEST_DBFS
        elif self._scene.lamp or self._session.uplink is Uplink.HELD:
            heard = self._microphone.figures
            share = (heard.level_dbfs - max(heard.floor_dbfs, -90.0) - 4) / LEVEL_RANGE_DB
        else:
            return 0.0
        return max(0.0, min(1.0, share))

    def _set_words(self) -> None:
        if self._sizes is None or self._room[0] <= 0:
            return
        if self._setter is None:
            size = self._sizes.type[Role.LARGE if self._large else Role.CAPTION]
            width, lines = self._room
            turning = self._large and self._scene.caption.tone in {Tone.VOICE, Tone.CUT}
            self._setter = Setter(size, 1.08 if self._large else 1.14, width, lines, by_sentence=turning)
        self._lit = self._count_lit()
        self._turn_page()
        self.lit_changed.emit()

    def _turn_page(self) -> None:
        if self._setter is None:
            return
        said = self._scene.caption
        if said.tone is Tone.LIVE:
            page = self._setter.pages(said.text)[-1]
        elif said.tone is Tone.ASKED:
            page = self._setter.pages(said.text)[0]
        else:
            page = self._setter.page_of(said.text, max(0, min(self._lit, said.words) - 1))
        if page is not self._page:
            self._page = page
            self.caption_changed.emit()

    def _count_lit(self) -> int:
        said = self._scene.caption
        if said.response_id is None:
            return said.settled
        heard = self._speaker.position()
        return captions.lit(said, heard.played_ms if heard.response_id == said.response_id else 0.0)

    def _set_lit(self) -> None:
        count = self._count_lit()
        if count != self._lit:
            self._lit = count
            self._turn_page()
            self.lit_changed.emit()

    # --- what QML reads ---------------------------------------------------------------------------------------------

    def _as_map(self) -> dict[str, Any]:
        s: Scene = self._scene
        return {
            "face": s.face.value,
            "mode": s.mode.value,
            "hue": s.hue,
            "word": s.word,
            "heard": s.heard,
            "hello": s.caption.text,
            "tone": s.caption.tone.value,
            "note": s.note,
            "lines": list(s.lines),
            "chips": list(s.chips),
            "left": [_control(c) for c in s.left],
            "right": [_control(c) for c in s.right],
            "main": _control(s.main),
            "other": _control(s.other),
            "lamp": s.lamp,
            "correctable": s.correctable,
        }

    def _caption_map(self) -> dict[str, Any]:
        words = [{"text": w.text, "x": w.x, "y": w.y, "w": w.width} for w in self._page.words]
        tracking = self._setter.tracking(self._scene.caption.text) if self._setter else 0.0
        return {"words": words, "first": self._page.first, "height": self._page.height, "tracking": tracking}

    def _sizes_map(self) -> dict[str, Any]:
        s = self._sizes
        if s is None:
            return {}
        sizes: dict[str, Any] = {role.value: pixels for role, pixels in s.type.items()}
        return {
            **sizes, "portrait": s.portrait, "unit": s.unit, "mm": s.mm,
            "disc": s.disc, "pill": s.pill, "chip": s.chip, "gap": s.gap,
        }  # fmt: skip

    def _theme_map(self) -> dict[str, Any]:
        t = self._theme
        return {"light": t.light, **t.colour, "hues": t.hue, "picture": t.picture}

    def _words_map(self) -> dict[str, Any]:
        w = self._words
        return {
            "place": w.place, "byLine": w.by_line, "footer": w.footer, "faces": list(w.faces), "rated": w.rated,
            "startAgain": w.start_again, "send": w.send, "space": w.space, "close": w.close, "typeHere": w.type_here,
        }  # fmt: skip

    scene = Property("QVariantMap", _as_map, notify=scene_changed)  # type: ignore[arg-type]
    caption = Property("QVariantMap", _caption_map, notify=caption_changed)  # type: ignore[arg-type]
    sizes = Property("QVariantMap", _sizes_map, notify=sizes_changed)  # type: ignore[arg-type]
    theme = Property("QVariantMap", _theme_map, constant=True)  # type: ignore[arg-type]
    words = Property("QVariantMap", _words_map, notify=words_changed)  # type: ignore[arg-type]
    lit = Property(int, lambda self: self._lit, notify=lit_changed)
    level = Property(float, lambda self: self._level, notify=level_changed)
    remaining = Property(float, lambda self: self._remaining, notify=remaining_changed)
    moving = Property(bool, lambda self: self._moving, notify=moving_changed)
    reduced = Property(bool, lambda self: self._reduced, constant=True)
    simple = Property(bool, lambda self: self._simple, constant=True)
    still = Property(bool, lambda self: self._still, constant=True)
    mirrored = Property(bool, lambda self: self._words.leftwards, notify=words_changed)
    keyboard = Property(QObject, lambda self: self.board, constant=True)
    rated = Property(int, lambda self: self._rated, notify=rated_changed)
    large = Property(bool, lambda self: self._large, notify=large_changed)

    # --- what a visitor does ----------------------------------------------------------------------------------------

    @Slot(float, int)
    def room(self, width: float, lines: int) -> None:
        """The place that the caption has: pixels, lines."""
        if (width, lines) != self._room:
            self._room = width, lines
            self._setter = None
            self._set_words()

    @Slot()
    def touch(self) -> None:
        """The screen outside of any control. On the last screen it would wipe a face that was missed by a hair."""
        if self._session.phase is not Phase.FAREWELL:
            self._hands.touch()

    @Slot(str)
    def act(self, act: str) -> None:
        self._hand.act(Act(act))

    @Slot()
    def talkDown(self) -> None:  # noqa: N802
        self._hand.talk_down(self._session, time.monotonic())

    @Slot(bool)
    def talkUp(self, inside: bool) -> None:  # noqa: N802
        self._hand.talk_up(self._session, time.monotonic(), inside=inside)

    @Slot(str)
    def choose(self, text: str) -> None:
        self._hand.say(text)

    @Slot(int)
    def rate(self, score: int) -> None:
        self._set_rated(score)
        self._hands.rate(score)

    @Slot()
    def startAgain(self) -> None:  # noqa: N802
        self._hands.finish()

    @Slot()
    def correct(self) -> None:
        """What was heard is not what was said: it is put into the keyboard."""
        scene = self._scene
        if scene.correctable:
            said = scene.heard or (scene.caption.text if scene.caption.tone is Tone.ASKED else "")
            self._hands.silence()
            self.board.open(said, scene.heard_id)

    @Slot()
    def toggleLarge(self) -> None:  # noqa: N802
        self._set_large(not self._large)

    def _hand_over(self, text: str, corrects: str | None) -> None:
        self._hand.say(text, corrects)

    def _note_typing(self) -> None:
        """Typing counts as activity, like speech and touch: the silence starts anew."""
        if self._session.phase in {Phase.LISTENING, Phase.CHECKING}:
            self._hands.touch()

    def _set_rated(self, score: int) -> None:
        if score != self._rated:
            self._rated = score
            self.rated_changed.emit()

    def _set_large(self, large: bool) -> None:
        self._large = large
        self._setter = None
        self.large_changed.emit()
        self._set_words()


def _control(control: Control | None) -> dict[str, str]:
    if control is None:
        return {}
    return {"act": control.act.value, "label": control.label, "icon": control.icon, "kind": control.kind.value}
