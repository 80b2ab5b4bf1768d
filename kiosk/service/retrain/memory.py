"""Vectors of the house's own sentences, kept: an edited knowledge costs only what is new in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from kiosk.service.embed import Embedder, Vectors

Known = dict[str, Vectors]


class Recall(Protocol):
    """Vectors that were made before, by their sentence: a `Known` or a `Shelf`."""

    def get(self, sentence: str, /) -> Vectors | None: ...


class Remembering:
    """An embedder that knows by heart what was asked of it while it was `learning`. Any thread.

    What a visitor says is not learnt: who asks for it gets its vector, and nothing of it stays.

    known   what another has learnt; not changed
    recall  what may be learnt without asking the model; not changed, and forgotten after the learning
    """

    def __init__(self, model: Embedder, known: Known | None = None, recall: Recall | None = None) -> None:
        self.known: Known = dict(known or {})
        self._recall: Recall = {} if recall is None else recall
        self._model = model
        self._learning = False

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """One row of length 1 per sentence. Blocks as the model does for those that are not known."""
        found: dict[str, Vectors] = {}
        new: list[str] = []
        for sentence in dict.fromkeys(sentences):
            vector = self.known.get(sentence)
            if vector is None and (vector := self._recall.get(sentence)) is not None and self._learning:
                self.known[sentence] = vector
            if vector is None:
                new.append(sentence)
            else:
                found[sentence] = vector
        if new:
            for sentence, vector in zip(new, self._model.embed(new), strict=True):
                found[sentence] = vector
                if self._learning:
                    self.known[sentence] = vector.copy()
        return np.stack([found[sentence] for sentence in sentences]) if sentences else self._model.embed([])

    @contextmanager
    def learning(self) -> Iterator[None]:
        """What is asked now is the house's. Only by the thread that builds, before anybody else has this one."""
        self._learning = True
        try:
            yield
        finally:
            self._learning = False
            self._recall = {}
