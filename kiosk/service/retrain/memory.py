"""Vectors of the house's own sentences, kept: an edited knowledge costs only what is new in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from kiosk.service.embed import DIMENSIONS, Embedder, Vectors


class Remembering:
    """An embedder that knows by heart what it was told to learn. Any thread.

    What a visitor says is never learnt: who asks for it gets its vector, and nothing of it stays.
    """

    def __init__(self, model: Embedder) -> None:
        self._model = model
        self._known: dict[str, Vectors] = {}

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """One row of length 1 per sentence. Blocks 5 ms for each that was not learnt."""
        known = self._known  # one read: `learn` puts another in its place
        rows = np.empty((len(sentences), DIMENSIONS), np.float32)
        for row, sentence in zip(rows, sentences, strict=True):
            row[:] = known[sentence] if sentence in known else self._model.embed([sentence])[0]
        return rows

    def learn(self, sentences: Iterable[str]) -> None:
        """From now on these are known and no others. Blocks 5 ms for each that is new. One thread at a time."""
        known = self._known
        self._known = {
            sentence: known[sentence] if sentence in known else self._model.embed([sentence])[0]
            for sentence in sentences
        }
