"""Makes what the agent knows: an engine that answers from a knowledge, with the corrections in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from kiosk.service.embed import Embedder
from kiosk.service.engines import Answers
from kiosk.service.knowledge import Action, Knowledge
from kiosk.service.openers import Openers
from kiosk.service.retrain.correction import Correction
from kiosk.service.retrain.layer import Minds, parts
from kiosk.service.retrain.memory import Remembering
from kiosk.service.retrain.nearest import Nearest
from kiosk.service.retrain.shelf import Shelf
from kiosk.service.retrain.suite import Own
from kiosk.settings.schema import Service


@dataclass(frozen=True, slots=True)
class Learnt:
    """A knowledge and what was made of it once.

    knowledge  None where the engine has none
    engine     answers from it
    model      knows its wordings by heart
    own        what it says to its own wordings
    """

    knowledge: Knowledge | None
    engine: Answers
    model: Remembering
    openers: Openers
    own: Own = field(repr=False)

    @property
    def rivals(self) -> Iterator[str]:
        """Wordings that no correction may take; the unknown entry's have no answer that could be taken away."""
        for entry in self.knowledge.entries if self.knowledge else ():
            if entry.action is not Action.UNKNOWN:
                yield from entry.questions


class Making:
    """
    settings  of the service
    engine    the class behind `kiosk.answers`. One with `reads_knowledge` is built anew for each knowledge, with it and
              with a model, and says an entry's answer to the very words of its wordings; any other is built once, and
              knows by itself what it says
    model     whatever gives sentences their vectors
    shelf     keeps those of the knowledge for the next start
    """

    def __init__(
        self, settings: Service, engine: Callable[..., Answers], model: Embedder, shelf: Shelf | None = None
    ) -> None:
        self.reads_knowledge = bool(getattr(engine, "reads_knowledge", False))
        self._settings = settings
        self._engine = engine
        self._model = model
        self._shelf = shelf

    def learn(self, knowledge: Knowledge | None, before: Learnt | None = None) -> Learnt:
        """Seconds: it embeds what `before` does not know, and builds the engine. Raises `Fault` as the engine does."""
        model = Remembering(self._model, recall=before.model.known if before else self._shelf)
        openers = Openers.of(knowledge) if knowledge else Openers(())
        if knowledge is None:
            return Learnt(None, self._engine(self._settings), model, openers, Own())
        with model.learning():
            engine = self._engine(self._settings, knowledge, model)
            model.embed([part for entry in knowledge.entries for q in entry.questions for part in parts(q, openers)])
        if self._shelf is not None:
            self._shelf.keep(model.known)
        return Learnt(knowledge, engine, model, openers, Own.of(knowledge, openers))

    def minds(
        self, learnt: Learnt, corrections: Sequence[Correction], before: Minds | None = None, also: Sequence[str] = ()
    ) -> Minds:
        """The corrections in front of what is learnt: 5 ms for each wording that `before` does not know.

        also  questions that it will be asked; for a preview, with which they are forgotten
        """
        recall = before.nearest.model.known if before else None
        model = Remembering(self._model, learnt.model.known, recall)
        with model.learning():
            nearest = Nearest(corrections, list(learnt.rivals), model)
            model.embed(also)
        return Minds(nearest, learnt.openers, learnt.engine)
