"""A correction is written, answers the very next question, is changed, undone, and is there after a restart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.core.fault import Fault
from kiosk.database.database import Away
from kiosk.service.engines import Answer, Turn
from kiosk.service.house.tables import Deed
from kiosk.service.knowledge import Action
from kiosk.service.retrain.refusal import Meanwhile, NotThere, WouldLose
from kiosk.service.retrain.suite import Kind
from tests.service.retrain.retrain_stage import DUNNO, LIFT, PRICE, House, draft, mark_right, open_house

HELMETS = "Do you have lockers for helmets?"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def test_the_next_question_gets_the_better_answer(house: House) -> None:
    assert house.said(HELMETS) == (DUNNO, "unknown")
    taught = house.retraining.corrections.save(draft(HELMETS, answer="Yes, by the door.", action=Action.PERSON), "eve")
    answer = house.retraining.layer.answer("do you have LOCKERS for helmets", (), "en")
    assert (answer.text, answer.source, answer.action) == ("Yes, by the door.", "retrained:1", "person")
    assert house.said("Hello there, do you have lockers for helmets?")[1] == "retrained:1"
    assert house.said("Thank you. Do you have lockers for helmets?")[1] == "retrained:1"
    assert house.said("Where is the lift?") == (LIFT, "lift")
    assert "Yes, by the door." in house.retraining.layer.fixed()
    assert len(house.taught) == 1, "the cache of spoken answers is told"
    (mine,) = [outcome for outcome in taught.replay.outcomes if outcome.case.kind is Kind.RETRAINED]
    assert (mine.before.text, mine.after.text) == (DUNNO, "Yes, by the door.")
    assert (mine.right_before, mine.right_after) == (False, True)
    assert taught.replay.right_after == taught.replay.known == taught.replay.right_before + 1


def test_it_wins_over_the_very_words_of_the_knowledge_and_leaves_the_others_of_that_entry(house: House) -> None:
    house.retraining.corrections.save(draft("Where is the lift?", answer="It is out of order."), "eve")
    assert house.said("where is the lift") == ("It is out of order.", "retrained:1")
    assert house.said("How do I get upstairs?") == (LIFT, "lift")


def test_a_follow_up_is_corrected_only_behind_its_question(house: House) -> None:
    house.retraining.corrections.save(draft("And on Sunday?", answer="Ten.", follows="What does a ticket cost?"), "eve")
    assert house.said("and on sunday", "what does a ticket cost") == ("Ten.", "retrained:1")
    assert house.said("and on sunday", "where is the lift")[1] != "retrained:1"
    assert house.said("and on sunday")[1] != "retrained:1"


def test_it_is_for_its_own_language(house: House) -> None:
    house.retraining.corrections.save(draft(HELMETS, answer="Sí.", language="es"), "eve")
    layer = house.retraining.layer
    assert layer.answer(HELMETS, (), "es").text == "Sí."
    assert layer.answer(HELMETS, (), "en").text == DUNNO


def test_versions_go_back_step_by_step_and_nothing_is_lost(house: House) -> None:
    corrections = house.retraining.corrections
    corrections.save(draft(HELMETS, answer="One."), "eve")
    corrections.save(draft(HELMETS, answer="Two."), "ada", id=1, seen=1)
    corrections.save(draft(HELMETS, answer="Three."), "eve", id=1, seen=2)
    assert house.said(HELMETS)[0] == "Three."
    assert corrections.undo(1, 3, "eve").saved.draft.answer == "Two."
    assert house.said(HELMETS)[0] == "Two."
    corrections.undo(1, 4, "eve")
    assert house.said(HELMETS)[0] == "One."
    undone = corrections.undo(1, 5, "eve")
    assert house.said(HELMETS) == (DUNNO, "unknown")
    assert [(o.before.text, o.after.text) for o in undone.replay.changed] == [("One.", DUNNO)]
    with pytest.raises(NotThere):
        corrections.undo(1, 6, "eve")
    corrections.restore(1, 6, 3, "ada")
    assert house.said(HELMETS)[0] == "Three."
    corrections.withdraw(1, 7, "ada")
    assert house.said(HELMETS)[0] == DUNNO
    corrections.undo(1, 8, "ada")
    assert house.said(HELMETS)[0] == "Three."
    history = [(one.correction.version, one.deed, one.correction.draft.answer) for one in corrections.history(1)]
    assert history == [
        (9, "undone", "Three."),
        (8, "withdrawn", "Three."),
        (7, "restored", "Three."),
        (6, "undone", "One."),
        (5, "undone", "One."),
        (4, "undone", "Two."),
        (3, "changed", "Three."),
        (2, "changed", "Two."),
        (1, "written", "One."),
    ]
    with house.house.session() as session:
        deeds = [(deed.who, deed.what, deed.subject) for deed in session.scalars(select(Deed).order_by(Deed.id))]
    assert deeds[1] == ("ada", "a correction was changed", "correction 1, version 2")
    assert len(deeds) == 9


def test_all_of_it_is_there_after_a_restart(house: House) -> None:
    house.retraining.corrections.save(draft(HELMETS, answer="One."), "eve")
    house.retraining.corrections.save(draft("Who was Berg?", answer="A captain."), "eve")
    house.retraining.corrections.withdraw(2, 1, "eve")
    again = house.again()
    assert again.ask(HELMETS).text == "One."
    assert again.ask("Who was Berg?").text == DUNNO
    assert [(one.correction.id, one.withdrawn) for one in again.corrections.standing()] == [(2, True), (1, False)]


def test_who_was_slower_is_told(house: House) -> None:
    corrections = house.retraining.corrections
    corrections.save(draft(HELMETS, answer="One."), "eve")
    corrections.save(draft(HELMETS, answer="Two."), "ada", id=1, seen=1)
    with pytest.raises(Meanwhile, match="version 2 is the newest"):
        corrections.save(draft(HELMETS, answer="Mine."), "eve", id=1, seen=1)
    assert house.said(HELMETS)[0] == "Two."
    with pytest.raises(NotThere, match="There is no correction 7"):
        corrections.save(draft("Why?", answer="Mine."), "eve", id=7, seen=1)


def test_two_corrections_for_the_same_words_are_refused(house: House) -> None:
    house.retraining.corrections.save(draft(HELMETS), "eve")
    with pytest.raises(Fault, match="Correction 1 has this question already"):
        house.retraining.corrections.save(draft("Why?", "do you have lockers for helmets"), "eve")


def test_what_would_lose_the_right_answer_is_shown_and_asked_about(house: House) -> None:
    """So near to what is answered rightly that it takes it: only the seal of exactly that lets it through."""
    mark_right(house, "where is the lift please", LIFT, "lift")
    corrections = house.retraining.corrections
    worse = draft("where is the lift please now", answer="No.")
    preview = corrections.preview(worse)
    (lost,) = preview.replay.regressions
    assert (lost.case.kind, lost.case.question) == (Kind.MARKED, "where is the lift please")
    assert (lost.before.text, lost.after.text) == (LIFT, "No.")
    for accept in ("", "0" * 16):
        with pytest.raises(WouldLose, match="1 question would lose the right answer") as refused:
            corrections.save(worse, "eve", accept=accept)
        assert refused.value.replay.seal == preview.replay.seal
    assert house.said("where is the lift please")[0] == LIFT
    assert corrections.standing() == []
    corrections.save(worse, "eve", accept=preview.replay.seal)
    assert house.said("where is the lift please")[0] == "No."


def test_a_correction_that_takes_a_question_of_the_knowledge_is_a_regression(house: House) -> None:
    """The same words behind an opener: the suite asks them too, and sees whose they are."""
    house.retraining.knowledge.save(
        house.retraining.knowledge.in_force().text.replace("- Where is", "- Hello there the lift please\n- Where is"),
        0,
        "eve",
    )
    with pytest.raises(WouldLose) as refused:
        house.retraining.corrections.save(draft("the lift please", answer="Which one?"), "eve")
    (lost,) = refused.value.replay.regressions
    assert (lost.case.question, lost.case.owner, lost.after.source) == (
        "Hello there the lift please",
        "lift",
        "retrained:0",
    )


def test_a_preview_shows_which_questions_of_visitors_would_move_and_changes_nothing(house: House) -> None:
    house.asked(
        ("do you have any lockers for helmets", DUNNO, "unknown"),
        ("where is the lift", LIFT, "lift"),
    )
    preview = house.retraining.corrections.preview(draft(HELMETS, answer="Yes."))
    told = [(outcome.case.question, outcome.before.text, outcome.after.text) for outcome in preview.tried]
    assert told == [("do you have any lockers for helmets", DUNNO, "Yes.")]
    assert [outcome.case.question for outcome in preview.replay.changed] == [HELMETS]
    assert house.said(HELMETS)[0] == DUNNO
    assert house.retraining.corrections.standing() == []
    assert not house.taught


def test_a_conversation_that_runs_meets_it(house: House) -> None:
    history = (Turn("user", HELMETS), Turn("agent", DUNNO))
    house.retraining.corrections.save(draft(HELMETS, answer="Yes."), "eve")
    assert house.retraining.layer.answer(HELMETS, history, "en").text == "Yes."
    assert house.retraining.layer.answer("What does a ticket cost?", history, "en").text == PRICE


def test_conversations_that_are_away_stop_nothing(house: House) -> None:
    file = house.conversations.file
    assert file is not None
    file.write_bytes(b"this is no database, and never was one")
    with pytest.raises(Away):
        house.retraining.unanswered()
    house.retraining.corrections.save(draft(HELMETS, answer="Yes."), "eve")
    assert house.said(HELMETS)[0] == "Yes."


def test_an_engine_without_a_knowledge_file_can_be_corrected_too(tmp_path: Path) -> None:
    class Parrot:
        name = "parrot"

        def __init__(self, settings: object) -> None: ...

        def answer(self, question: str, history: object, language: str) -> object:
            return Answer(f"{question}!", "parrot", 1.0)

        def fixed(self) -> object:
            return iter(())

    house = open_house(tmp_path, engine=Parrot)
    house.retraining.corrections.save(draft(HELMETS, answer="Yes."), "eve")
    assert house.said(HELMETS) == ("Yes.", "retrained:1")
    assert house.said("Hm?") == ("Hm?!", "parrot")
    with pytest.raises(Fault, match="has no knowledge file"):
        house.retraining.knowledge.in_force()


class Elsewhere:
    """Knows the house in another language."""

    name = "elsewhere"

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        return Answer("No lo sé.", "unknown", 0.0, action="unknown")

    def fixed(self) -> Iterator[str]:
        return iter(("No lo sé.",))


def test_a_correction_stands_before_every_language_and_is_met_in_its_own(house: House) -> None:
    spanish = house.retraining.layer.beside(Elsewhere())
    asked = "¿Hay taquillas para cascos?"
    assert spanish.answer(asked, (), "es").source == "unknown"
    taught = draft(asked, answer="Sí, junto a la puerta.", language="es")
    house.retraining.corrections.save(taught, "eve")
    assert spanish.answer("hay taquillas para cascos", (), "es").text == "Sí, junto a la puerta."
    assert house.retraining.layer.answer(asked, (), "en").source == "unknown"
    assert list(spanish.fixed()) == ["No lo sé."]
