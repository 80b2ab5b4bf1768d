"""What was understood once is not understood again at the next start, and whatever becomes of the file, it starts."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from retrain_stage import KNOWLEDGE, LIFT, Bag

from kiosk.service.answers import KnowledgeAnswers
from kiosk.service.embed import Vectors
from kiosk.service.knowledge import Knowledge, parse
from kiosk.service.retrain.making import Learnt, Making
from kiosk.service.retrain.shelf import Shelf
from kiosk.settings.schema import Service

HOUSE = parse(KNOWLEDGE, "house.md")


class Counting(Bag):
    """Keeps what it was asked, and may be as wide as another model."""

    def __init__(self, width: int | None = None) -> None:
        self.asked: list[str] = []
        self._width = width

    def embed(self, sentences: Sequence[str]) -> Vectors:
        self.asked += sentences
        rows = super().embed(sentences)
        return rows if self._width is None else np.pad(rows, ((0, 0), (0, self._width - rows.shape[1])))


def start(folder: Path, knowledge: Knowledge = HOUSE, model: Counting | None = None) -> tuple[Learnt, Counting]:
    model = model or Counting()
    return Making(Service(), KnowledgeAnswers, model, Shelf(folder, "bag")).learn(knowledge), model


def answers(learnt: Learnt) -> str:
    return learnt.engine.answer("Where is the lift please?", [], "en").text


def test_the_second_start_asks_the_model_nothing_and_knows_the_same(tmp_path: Path) -> None:
    first, asked = start(tmp_path)
    assert "Where is the lift?" in asked.asked
    again, idle = start(tmp_path)
    assert idle.asked == []
    assert answers(first) == answers(again) == LIFT
    assert all((again.model.known[sentence] == vector).all() for sentence, vector in first.model.known.items())


def test_what_is_no_longer_known_is_no_longer_kept_and_no_word_is_in_the_file(tmp_path: Path) -> None:
    start(tmp_path)
    start(tmp_path, parse(KNOWLEDGE.replace("- How do I get upstairs?", "- Is there an elevator?"), "house.md"))
    (file,) = tmp_path.iterdir()
    assert b"lift" not in file.read_bytes()
    shelf = Shelf(tmp_path, "bag")
    assert shelf.get("How do I get upstairs?") is None
    assert shelf.get("Is there an elevator?") is not None


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 and no more", b"\x93NUMPY"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    start(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    learnt, asked = start(tmp_path)
    assert "made anew" in caplog.text
    assert asked.asked
    assert answers(learnt) == LIFT
    assert start(tmp_path)[1].asked == []


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    with caplog.at_level(logging.WARNING):
        learnt, _ = start(blocked / "vectors")
    assert answers(learnt) == LIFT
    assert "cannot be" in caplog.text


def test_a_house_whose_model_has_wider_vectors_starts(tmp_path: Path) -> None:
    """A service whose own language was Spanish did not: the vectors of its model are 512 wide, those of English 384."""
    learnt, _ = start(tmp_path, model=Counting(512))
    assert answers(learnt) == LIFT
    assert learnt.model.embed([]).shape == (0, 512)
