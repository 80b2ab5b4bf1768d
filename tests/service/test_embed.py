"""The embedding model, as it is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.service import embed
from kiosk.service.embed import DIMENSIONS, MiniLm

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def model() -> MiniLm:
    return MiniLm()


def test_rows_have_length_one_and_their_meaning(model: MiniLm) -> None:
    toilet, restroom, ferry = rows = model.embed(
        ["Where is the toilet?", "Is there a restroom?", "The ferry sails at two"]
    )
    assert rows.shape == (3, DIMENSIONS)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert toilet @ restroom > 0.5
    assert toilet @ ferry < 0.3


def test_a_sentence_means_the_same_in_any_company(model: MiniLm) -> None:
    alone = model.embed(["Where is the lift?"])[0]
    among = model.embed(["A much longer sentence about the ferry and the pier", "Where is the lift?"])[1]
    np.testing.assert_array_equal(alone, among)


def test_nothing_and_too_much(model: MiniLm) -> None:
    assert model.embed([]).shape == (0, DIMENSIONS)
    assert np.isfinite(model.embed(["", "word " * 1000])).all()


def test_another_tokenizer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "tokenizer.json"
    monkeypatch.setattr(embed, "TOKENIZER", other)
    with pytest.raises(Fault, match="cannot be read"):
        MiniLm()
    other.write_text("{}")
    with pytest.raises(Fault, match="not the one") as caught:
        MiniLm()
    assert caught.value.code is ExitCode.MODEL
