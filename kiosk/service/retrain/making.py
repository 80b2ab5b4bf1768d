"""Makes what the agent knows: an engine that answers from a knowledge, with the corrections in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from kiosk.service.elsewhere import foreign
from kiosk.service.embed import Embedder
from kiosk.service.engines import Answers
from kiosk.service.knowledge import Action, Knowledge
from kiosk.service.openers import Openers
from kiosk.service.retrain.correction import Correction
from kiosk.service.retrain.layer import Minds
from kiosk.service.retrain.memory import Remembering
from kiosk.service.retrain.nearest import Nearest
from kiosk.settings.schema import Service


class Making:
    """
    settings  of the service
    engine    the class behind `kiosk.answers`; one with `reads_knowledge` is built anew for each knowledge, any other
              once, and knows by itself what it says
    model     whatever gives sentences their vectors

    One thread at a time.
    """

    def __init__(self, settings: Service, engine: Callable[..., Answers], model: Embedder) -> None:
        self.reads_knowledge = bool(getattr(engine, "reads_knowledge", False))
        self._settings = settings
        self._engine = engine
        self._model = Remembering(model)
        self._stranger = None if self.reads_knowledge else engine(settings)

    def learn(self, *knowledge: Knowledge | None, corrections: Iterable[Correction]) -> None:
        """Embeds their wordings, so that what is made of them costs nothing more; others are forgotten."""
        self._model.learn([*_wordings(knowledge), *(words for each in corrections for words in each.draft.wordings)])

    def engine(self, knowledge: Knowledge | None, model: Embedder | None = None) -> Answers:
        """What answers from it. Raises `Fault` as the engine does."""
        return self._stranger or self._engine(self._settings, knowledge, model or self._model)

    def minds(
        self,
        knowledge: Knowledge | None,
        corrections: Sequence[Correction],
        engine: Answers,
        model: Embedder | None = None,
    ) -> Minds:
        """`engine`: of the same knowledge."""
        rivals = [question for entry in _known(knowledge) for question in entry]
        openers = Openers.of(knowledge) if knowledge else Openers(())
        return Minds(Nearest(corrections, rivals, model or self._model), openers, engine)

    def scratch(self, questions: Iterable[str]) -> Remembering:
        """A model for one preview, which knows these questions too; they are forgotten with it."""
        model = Remembering(self._model)
        model.learn(questions)
        return model


def _wordings(several: Iterable[Knowledge | None]) -> Iterator[str]:
    for knowledge in several:
        for entry in knowledge.entries if knowledge else ():
            yield from entry.questions
        if knowledge:
            yield from foreign(knowledge)


def _known(knowledge: Knowledge | None) -> Iterator[tuple[str, ...]]:
    """Questions of every entry but the unknown one: what stands there has no answer that could be taken away."""
    for entry in knowledge.entries if knowledge else ():
        if entry.action is not Action.UNKNOWN:
            yield entry.questions
