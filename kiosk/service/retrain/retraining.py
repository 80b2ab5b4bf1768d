"""The room's door: everything that the house teaches its agent, opened once when the service starts.

    retraining = open_retraining(settings, house, conversations)
    agent = load_agent(settings, retraining.layer)
    retraining.corrections.save(draft, who)         # the next question meets it

Everything blocks, for a second or two where a suite is replayed: call it on a thread of its own, never on the event
loop and not on the thread that answers visitors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.database.database import Database
from kiosk.service.embed import Embedder
from kiosk.service.engines import Answer, Answers, Turn
from kiosk.service.multilingual import embedder
from kiosk.service.retrain import visitors
from kiosk.service.retrain.correction import key, one_line
from kiosk.service.retrain.corrections import Corrections
from kiosk.service.retrain.editing import Editing
from kiosk.service.retrain.layer import Retrained
from kiosk.service.retrain.live import Live
from kiosk.service.retrain.making import Making
from kiosk.service.retrain.shelf import Shelf
from kiosk.service.retrain.unanswered import Group, counted, grouped
from kiosk.settings.places import cache
from kiosk.settings.schema import Service

SORTED = 1000  # wordings of unanswered questions that are looked at: each costs 5 ms


@dataclass(frozen=True)
class Retraining:
    """
    live         what is in force
    corrections  better answers to single questions
    knowledge    the knowledge file, edited
    """

    live: Live
    corrections: Corrections
    knowledge: Editing

    @property
    def layer(self) -> Retrained:
        """What answers visitors."""
        return self.live.layer

    def ask(self, question: str, before: str = "") -> Answer:
        """What a visitor would be told now. `before`: what they asked last."""
        history = (Turn("user", one_line(before)),) if key(before) else ()
        return self.layer.answer(one_line(question), history, self.live.settings.language)

    def unanswered(self) -> list[Group]:
        """What visitors asked and would not be told today either, in groups, most asked first.

        Raises `Away`. Blocks up to 10 s where a thousand wordings wait for an answer.
        """
        if not self.live.conversations.exists:
            return []
        with self.live.conversations.session() as session:
            asked = visitors.unknown(session)
        still = [
            question
            for question in counted(asked)[:SORTED]
            if self.ask(question.words, question.asked.before).action == "unknown"
        ]
        return grouped(still, self.live.layer.minds.nearest.model.embed([question.words for question in still]))


def open_retraining(
    settings: Service,
    house: Database,
    conversations: Database,
    engine: Callable[..., Answers],
    model: Embedder | None = None,
) -> Retraining:
    """Seconds: it embeds all that the agent knows, but for what was kept of the last start.

    engine  the class behind `kiosk.answers`
    model   None loads the one that the service has

    Raises `Fault` for a missing model and for a knowledge that cannot be used, and `Away`.
    """
    shelf = None
    if model is None:
        model = embedder(settings.language)
        shelf = Shelf((settings.cache or cache()) / "vectors", model.name)
    live = Live(settings, house, conversations, Making(settings, engine, model, shelf))
    return Retraining(live, Corrections(live), Editing(live))
