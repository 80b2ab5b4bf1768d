"""From a visitor's controls to events. What must not wait, the agent's silence, is done before anything else."""

from __future__ import annotations

from abc import ABC, abstractmethod

from kiosk.core import events as ev
from kiosk.core.events import Cause, Cut, Event


class VisitorHands(ABC):
    """The engine's side that a visitor touches; satisfies `core.ports.Hands`. Loop thread only."""

    @abstractmethod
    def dispatch(self, event: Event) -> None: ...
    @abstractmethod
    def cut(self, cause: str) -> Cut | None:
        """The agent is silent when this returns."""

    @abstractmethod
    def hush(self) -> None:
        """The kiosk's own sound stops; what the agent says goes on."""

    @abstractmethod
    def moment(self, name: str) -> None:
        """One that the figures need."""

    @property
    @abstractmethod
    def has_house(self) -> bool:
        """Whether the site has named how somebody of the house is reached."""

    def touch(self) -> None:
        self.hush()
        self.dispatch(ev.Touched())

    def press(self) -> None:
        """The talk button went down: the agent falls silent first, everything else follows."""
        self.moment("pressed")
        self.dispatch(ev.Pressed(self.cut("touch")))

    def release(self) -> None:
        self.dispatch(ev.Released())

    def discard(self) -> None:
        self.dispatch(ev.Released(discard=True))

    def silence(self) -> None:
        """The Stop button."""
        self.dispatch(ev.CutIn(Cause.TOUCH, self.cut("touch")))

    def write(self, text: str, corrects: str | None = None) -> None:
        self.dispatch(ev.Typed(text, corrects))

    def mute(self, muted: bool) -> None:
        self.dispatch(ev.Muted(muted))

    def agree(self, speaking: bool) -> None:
        self.dispatch(ev.Agreed(speaking))

    def decline(self) -> None:
        self.dispatch(ev.Declined())

    def speak_language(self, language: str) -> None:
        self.dispatch(ev.LanguageChosen(language))

    def step_volume(self, steps: int) -> None:
        self.dispatch(ev.VolumeStepped(steps))

    def step_speed(self, steps: int) -> None:
        self.dispatch(ev.SpeedStepped(steps))

    def call_person(self, plea: str) -> None:
        """The house's own way first; without one the agent knows best."""
        self.silence()
        if self.has_house:
            self.dispatch(ev.PersonCalled())
        else:
            self.write(plea)

    def rate(self, score: int) -> None:
        self.dispatch(ev.Rated(score))

    def finish(self) -> None:
        self.dispatch(ev.Finished(self.cut("finish")))

    def leave(self) -> None:
        self.cut("left")
        self.dispatch(ev.Left())
