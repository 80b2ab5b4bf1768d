"""The one object that QML sees: properties made from the session, levels and the speaker clock; touches handed on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot

from kiosk.core.legible import Sizes
from kiosk.core.ports import Hands, Microphone, Speaker, Uplink
from kiosk.core.session import CALL_NOTES, Note, Phase, Session
from kiosk.screen import maps
from kiosk.screen.caption import Tone
from kiosk.screen.greeting import Greeting
from kiosk.screen.hand import Hand
from kiosk.screen.keyboard import Keyboard
from kiosk.screen.parts import Act, House, Mode, Scene, Sheet
from kiosk.screen.reading import Reading
from kiosk.screen.scene import scene_of
from kiosk.screen.sheets import Sheets
from kiosk.screen.theme import Theme
from kiosk.screen.words import Words

TICK_MS = 33  # levels, speaker clock
STILL_AFTER_S = 10.0  # the first screen's lamp stops breathing
LEVEL_RANGE_DB = 32.0  # between the room's floor and a voice close by
QUIETEST_DBFS = -46.0  # of the loudspeaker that still moves the water
MOVING = frozenset({Mode.CONNECTING, Mode.LISTENING, Mode.THINKING, Mode.SPEAKING, Mode.INTERRUPTED})
ALONE = frozenset({Phase.ATTRACT, Phase.CLOSED, Phase.OUT_OF_ORDER})  # nobody is here: the clocks stand too
NO_VISITOR = frozenset({Phase.ATTRACT, Phase.RESETTING, Phase.STAFF, Phase.FAREWELL, Phase.OUT_OF_ORDER})
SHIFT_MS = 60_000
SHIFTS = ((0, 0), (2, 0), (2, 2), (0, 2), (-2, 2), (-2, 0), (-2, -2), (0, -2), (2, -2))  # pixels: against burn-in
TOUCHED_S = 1.0  # scrolling is told to the engine no oftener


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
    sheet_changed = Signal()
    shift_changed = Signal()
    lowered_changed = Signal()

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
        house: House | None = None,
    ) -> None:
        """
        words    by language, two letters; empty: the site's own
        reduced  nothing moves but a level bar
        simple   there is no GPU: no cross-fades, fewer points, half the frames
        still    time stands still, so that a picture of the same state is always the same picture
        house    what the site allows, as far as it shows
        """
        super().__init__()
        self._session = session
        self._hands = hands
        self._microphone = microphone
        self._speaker = speaker
        self._words_in = words
        self._words = words("")
        self._house = house or House()
        self._theme = theme
        self._reduced = reduced
        self._simple = simple
        self._still = still
        self.board = Keyboard(self._hand_over, self._note_typing)
        self.board.setParent(self)
        self.board.speak(self._words.language, self._words.languages)
        self.board.changed.connect(self._one_at_a_time)
        self.sheets = Sheets()
        self.sheets.setParent(self)
        self.sheets.changed.connect(self.sheet_changed)
        self.greeting = Greeting(words, turning=not (reduced or still))
        self.greeting.setParent(self)
        self.greeting.turned.connect(self._show)
        self.reading = Reading(speaker)
        self.reading.setParent(self)
        self.reading.begin(leftwards=self._words.leftwards)
        self.reading.page_changed.connect(self.caption_changed)
        self.reading.lit_changed.connect(self.lit_changed)
        self._hand = Hand(hands, lambda: self._words, self._open_up)
        self._told_at = 0.0
        self._touched_at = 0.0
        self._scene = self._scene_now(time.monotonic())
        self._sizes: Sizes | None = None
        self._level = 0.0
        self._remaining = 1.0
        self._moving = not still
        self._still_at = time.monotonic() + STILL_AFTER_S
        self._rated = -2
        self._large = False
        self._lowered = False
        self._shift = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._drift = QTimer(self)
        self._drift.setInterval(SHIFT_MS)
        self._drift.timeout.connect(self.drift)
        if not still:
            self._timer.start()
            self._drift.start()

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
            if not self._still:
                self._timer.start()
        if (session.notes & CALL_NOTES) != (old.notes & CALL_NOTES) or Note.CALL_FAILED in session.notes - old.notes:
            self._told_at = time.monotonic()
        if session.visit != old.visit or session.phase in NO_VISITOR:
            self.board.shut()
        self.greeting.stand(session.phase is Phase.ATTRACT, session.language)
        if session.phase is Phase.ATTRACT and self._large:
            self._set_large(False)
        self._show()
        self.sheets.renew(old, session, self._scene)

    def _speak(self, language: str) -> None:
        """The window speaks another language from now on."""
        self._words = self._words_in(language)
        self.board.speak(self._words.language, self._words.languages)
        self.reading.begin(leftwards=self._words.leftwards)
        self.words_changed.emit()

    def forget(self) -> None:
        """The visit is wiped and the new session is shown: nothing of the old one stays here or in a cache."""
        self.board.shut()
        self.sheets.shut()
        self.reading.forget()

    def rest(self) -> None:
        """Nothing is read any more: the window closes."""
        self._timer.stop()
        self._drift.stop()
        self.greeting.stand(False)

    def _scene_now(self, now: float) -> Scene:
        greeting = self.greeting.words if self.greeting.standing else None
        return scene_of(self._session, now, self._words, self._house, told_at=self._told_at, greeting=greeting)

    def _show(self) -> None:
        now = time.monotonic()
        scene = self._scene_now(now)
        if scene != self._scene:
            self._scene = scene
            self.scene_changed.emit()
        self.reading.show(scene.caption)
        self._clocks(now)

    def set_sizes(self, sizes: Sizes) -> None:
        if sizes != self._sizes:
            self._sizes = sizes
            self.sizes_changed.emit()
            self.reading.size(sizes, large=self._large)

    @property
    def measured(self) -> Sizes | None:
        """The sizes that the window is drawn in; None before it has any."""
        return self._sizes

    def tick(self) -> None:
        """30 times a second, while anybody may be here."""
        now = time.monotonic()
        if self._scene.renew_at is not None and now >= self._scene.renew_at:
            self._show()
            return
        self._clocks(now)
        if self._session.phase in ALONE and not self._moving:
            self._timer.stop()  # until the next phase

    def drift(self) -> None:
        """The picture moves by two pixels a minute."""
        self._shift = self._shift % (len(SHIFTS) - 1) + 1
        self.shift_changed.emit()

    def _clocks(self, now: float) -> None:
        self.reading.follow()
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

    # --- what QML reads ---------------------------------------------------------------------------------------------

    def _caption_map(self) -> dict[str, Any]:
        return maps.page_map(self.reading.page, self.reading.tracking)

    def _shift_map(self) -> dict[str, int]:
        x, y = SHIFTS[self._shift]
        return {"x": x, "y": y}

    def _set_lowered(self, lowered: bool) -> None:
        if lowered != self._lowered:
            self._lowered = lowered
            self.lowered_changed.emit()

    scene = Property("QVariantMap", lambda self: maps.scene_map(self._scene), notify=scene_changed)  # type: ignore[arg-type]
    caption = Property("QVariantMap", _caption_map, notify=caption_changed)  # type: ignore[arg-type]
    sizes = Property("QVariantMap", lambda self: maps.sizes_map(self._sizes), notify=sizes_changed)  # type: ignore[arg-type]
    theme = Property("QVariantMap", lambda self: maps.theme_map(self._theme), constant=True)  # type: ignore[arg-type]
    words = Property("QVariantMap", lambda self: maps.words_map(self._words), notify=words_changed)  # type: ignore[arg-type]
    lit = Property(int, lambda self: self.reading.lit, notify=lit_changed)
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
    sheet = Property(str, lambda self: self.sheets.open.value, notify=sheet_changed)
    history = Property(QObject, lambda self: self.sheets.history, constant=True)
    shift = Property("QVariantMap", _shift_map, notify=shift_changed)  # type: ignore[arg-type]
    lowered = Property(bool, lambda self: self._lowered, _set_lowered, notify=lowered_changed)

    # --- what a visitor does ----------------------------------------------------------------------------------------

    @Slot(float, int)
    def room(self, width: float, lines: int) -> None:
        """The place that the caption has: pixels, lines."""
        self.reading.room(width, lines)

    @Slot()
    def touch(self) -> None:
        """The screen outside of any control. On the last screen it would wipe a face that was missed by a hair."""
        if self._session.phase is not Phase.FAREWELL:
            self._hands.touch()

    @Slot(str)
    def act(self, act: str) -> None:
        self.sheets.touched()
        self._hand.act(Act(act))

    @Slot(str)
    def speakLanguage(self, language: str) -> None:  # noqa: N802
        self.sheets.shut()
        self._hands.speak_language(language)

    @Slot()
    def closeSheet(self) -> None:  # noqa: N802
        self.sheets.shut()

    @Slot()
    def scrolled(self) -> None:
        """Reading what was said counts as activity, like speech and touch."""
        self.sheets.touched()
        now = time.monotonic()
        if now - self._touched_at >= TOUCHED_S:
            self._touched_at = now
            self._note_typing()

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

    @Slot(str)
    def correctLine(self, item_id: str) -> None:  # noqa: N802
        """The same for a line of what was said earlier."""
        said = self.sheets.history.text_of(item_id)
        if said:
            self._hands.silence()
            self.board.open(said, item_id)

    @Slot()
    def toggleLarge(self) -> None:  # noqa: N802
        self._set_large(not self._large)

    def _open_up(self, act: Act) -> None:
        match act:
            case Act.TYPE:
                self.board.open()
            case Act.LARGE:
                self._set_large(not self._large)
            case _:
                self.board.shut()
                self.sheets.toggle(Sheet(act.value), self._session)

    def _one_at_a_time(self) -> None:
        if self.board.is_up:
            self.sheets.shut()

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
        self.large_changed.emit()
        self.reading.size(self._sizes, large=large)
