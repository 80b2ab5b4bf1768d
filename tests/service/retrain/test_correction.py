"""What a better answer has to be: rules and their sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.fault import Fault
from kiosk.service.knowledge import LONGEST_ANSWER, Action
from kiosk.service.retrain.correction import MOST_WORDINGS, Draft, checked, key


def test_spaces_are_single_and_each_wording_stands_once_in_its_order() -> None:
    draft = checked(Draft(("  Where is\tthe lift? ", "where is the LIFT", "Is there a lift?", ""), " It is \n there. "))
    assert draft.wordings == ("Where is the lift?", "Is there a lift?")
    assert draft.answer == "It is there."


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (Draft((), "Yes."), "There is no question (questions): write it as it was asked."),
        (Draft(("?!",), "Yes."), "A question has no words (questions): write it as it was asked."),
        (Draft(("a " * 150,), "Yes."), "A question has 299 characters (questions): shorten it to 200."),
        (Draft(("Why?",), " "), "There is no answer (answer): write it as it is to be spoken."),
        (
            Draft(("Why?",), "a" * (LONGEST_ANSWER + 1)),
            "The answer is too long to be listened to: 601 characters (answer): shorten it to 600.",
        ),
        (
            Draft(("Why?",), "See <b>here</b>."),
            'The answer has a "<", which cannot be spoken (answer): write it in plain words.',
        ),
        (
            Draft(("Why?",), "Yes.", Action.REPEAT),
            '"repeat" cannot happen with a better answer (action): choose one of none, person, end.',
        ),
        (
            Draft(tuple(f"Why {n}?" for n in range(MOST_WORDINGS + 1)), "Yes."),
            "There are 21 wordings (questions): leave the best 20.",
        ),
    ],
)
def test_what_has_to_be_mended_is_said(draft: Draft, sentence: str) -> None:
    with pytest.raises(Fault) as raised:
        checked(draft)
    assert raised.value.sentence == sentence


@given(st.lists(st.text(max_size=250), max_size=25), st.text(max_size=700), st.text(max_size=250))
def test_whatever_is_written_is_refused_with_a_sentence_or_fit_to_be_spoken(
    wordings: list[str], answer: str, follows: str
) -> None:
    try:
        draft = checked(Draft(tuple(wordings), answer, follows=follows))
    except Fault:
        return
    assert draft.wordings
    assert all(key(words) for words in draft.wordings)
    assert len({key(words) for words in draft.wordings}) == len(draft.wordings)
    for text in (*draft.wordings, draft.answer, draft.follows):
        assert text.isprintable()
        assert text == " ".join(text.split())
    assert checked(draft) == draft
