"""The sentence on the screen: set in type, lit word by word with the loudspeaker's clock, turned page by page."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from kiosk.core.legible import Role, Sizes
from kiosk.core.ports import Speaker
from kiosk.screen import caption as captions
from kiosk.screen.caption import Caption, Tone
from kiosk.screen.pages import Page, Setter

LEADING = {Role.CAPTION: 1.14, Role.LARGE: 1.08}


class Reading(QObject):
    """GUI thread. `show` takes the words, `follow` what the clock says, `room` and `size` the place that they have."""

    page_changed = Signal()
    lit_changed = Signal()

    def __init__(self, speaker: Speaker) -> None:
        super().__init__()
        self.page = Page()
        self.lit = 0  # words of the whole text
        self._speaker = speaker
        self._said = Caption()
        self._sizes: Sizes | None = None
        self._role = Role.CAPTION
        self._width, self._lines = 0.0, 4
        self._leftwards = False
        self._setter: Setter | None = None
        self._set_for: tuple[object, ...] = ()

    def show(self, said: Caption) -> None:
        self._said = said
        self._renew()

    def size(self, sizes: Sizes | None, *, large: bool) -> None:
        self._sizes, self._role = sizes, Role.LARGE if large else Role.CAPTION
        self._renew()

    def begin(self, *, leftwards: bool) -> None:
        """At which edge the window's language is read from."""
        self._leftwards = leftwards
        self._renew()

    def room(self, width: float, lines: int) -> None:
        """The place that the words have: pixels, lines."""
        self._width, self._lines = width, lines
        self._renew()

    def follow(self) -> None:
        """30 times a second."""
        count = self._count()
        if count != self.lit:
            self.lit = count
            self._turn()
            self.lit_changed.emit()

    def forget(self) -> None:
        """Nothing of what was said stays here or in a cache."""
        self._setter = None
        self.page = Page()
        captions.forget()
        self._renew()

    @property
    def tracking(self) -> float:
        return self._setter.tracking(self._said.text) if self._setter else 0.0

    def _renew(self) -> None:
        if self._sizes is None or self._width <= 0:
            return
        turning = self._role is Role.LARGE and self._said.tone in {Tone.VOICE, Tone.CUT}
        wanted = (self._sizes.type[self._role], LEADING[self._role], self._width, self._lines, turning, self._leftwards)
        if self._setter is None or wanted != self._set_for:
            size, leading, width, lines, by_sentence, leftwards = wanted
            self._setter = Setter(size, leading, width, lines, by_sentence=by_sentence, leftwards=leftwards)
            self._set_for = wanted
        self.lit = self._count()
        self._turn()
        self.lit_changed.emit()

    def _turn(self) -> None:
        if self._setter is None:
            return
        said = self._said
        if said.tone is Tone.LIVE:
            page = self._setter.pages(said.text)[-1]
        elif said.tone is Tone.ASKED:
            page = self._setter.page_of(said.text, 0)
        else:
            page = self._setter.page_of(said.text, max(0, min(self.lit, said.words) - 1))
        if page is not self.page:
            self.page = page
            self.page_changed.emit()

    def _count(self) -> int:
        said = self._said
        if said.response_id is None:
            return said.settled
        heard = self._speaker.position()
        return captions.lit(said, heard.played_ms if heard.response_id == said.response_id else 0.0)
