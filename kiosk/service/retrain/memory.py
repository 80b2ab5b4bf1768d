"""Vectors of the house's own sentences, kept: an edited knowledge costs only what is new in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from kiosk.service.embed import DIMENSIONS, Embedder, Vectors

Known = dict[str, Vectors]


class Remembering:
    """An embedder that knows by heart what was asked of it while it was `learning`. Any thread.

    What a visitor says is not learnt: who asks for it gets its vector, and nothing of it stays.

    known   what another has learnt; not changed
    recall  what may be learnt without asking the model; not changed, and forgotten after the learning
    """

    def __init__(self, model: Embedder, known: Known | None = None, recall: Known | None = None) -> None:
        self.known: Known = dict(known or {})
        self._recall: Known = recall or {}
        self._model = model
        self._learning = False

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """One row of length 1 per sentence. Blocks as the model does for those that are not known."""
        rows = np.empty((len(sentences), DIMENSIONS), np.float32)
        new: dict[str, list[int]] = {}
        for place, sentence in enumerate(sentences):
            vector = self.known.get(sentence)
            if vector is None and (vector := self._recall.get(sentence)) is not None and self._learning:
                self.known[sentence] = vector
            if vector is None:
                new.setdefault(sentence, []).append(place)
            else:
                rows[place] = vector
        if new:
            for sentence, vector in zip(new, self._model.embed(list(new)), strict=True):
                rows[new[sentence]] = vector
                if self._learning:
                    self.known[sentence] = vector.copy()
        return rows

    @contextmanager
    def learning(self) -> Iterator[None]:
        """What is asked now is the house's. Only by the thread that builds, before anybody else has this one."""
        self._learning = True
        try:
            yield
        finally:
            self._learning = False
            self._recall = {}
