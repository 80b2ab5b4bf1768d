"""Which entry of the knowledge a sentence asks for, and how surely: a number for each entry, learned from its wordings.

Two readings of the same vectors. *Nearest*: the cosine of the best wording. *Learned*: kernel ridge regression over
all wordings, which knows what tells entries apart and has seen what people ask of other houses (`elsewhere`). A small
logistic rule makes one probability of both. Its weights were fitted on tests/bench/answers_tuning.txt, with every one
of those wordings taken out of the knowledge (`python -m tests.bench.answers fit`), and on nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from kiosk.service.embed import Embedder, Vectors
from kiosk.service.knowledge import Action, Knowledge

WIDTH = 4.0  # of the kernel exp(-WIDTH (1 - cosine))
RIDGE = 0.1  # how little a single wording counts
FLOOR = 0.35  # cosine under which a wording has nothing to do with a sentence
WORD_FOR_WORD = 0.999  # cosine of a wording that stands in the file: it is that entry, whatever else is near

Scores = NDArray[np.float32]


WEIGHTS = (4.43, -4.64, -4.35, 4.23, -4.21)  # of the rule, in the order of `Matcher.evidence`
CONSTANT = 0.13


class Matcher:
    """Learns a knowledge. Building takes about 1.4 ms for each wording and 1 s for the regression.

    knowledge  its entries
    elsewhere  questions about nothing that is in it: with the unknown entry's they are what the others are told from
    model      gives the vectors
    """

    def __init__(self, knowledge: Knowledge, elsewhere: Iterable[str], model: Embedder) -> None:
        self._model = model
        entries = knowledge.entries
        wordings = [(question, place) for place, entry in enumerate(entries) for question in entry.questions]
        self._unknown = next(place for place, entry in enumerate(entries) if entry.action is Action.UNKNOWN)
        own = {question for question, _ in wordings}
        wordings += [(question, self._unknown) for question in elsewhere if question not in own]
        self._rows = model.embed([question for question, _ in wordings])
        self._entry = np.array([place for _, place in wordings])
        self._count = len(entries)
        kernel = _kernel(self._rows, self._rows)
        kernel[np.diag_indices_from(kernel)] += RIDGE
        belongs = (self._entry[:, None] == np.arange(self._count)).astype(np.float32)
        self._learned: Vectors = np.linalg.solve(kernel, belongs)

    def weigh(self, sentence: str) -> tuple[Scores, Scores]:
        """For each entry the probability that it is what is asked, and its nearest wording's cosine: (entries,) each.

        The unknown entry has no probability of its own: 0. Blocks about 5 ms.
        """
        evidence, nearest = self.evidence(sentence)
        logits = evidence @ np.array(WEIGHTS, np.float32) + CONSTANT
        scores: Scores = (1 / (1 + np.exp(-logits))).astype(np.float32)
        exact = nearest >= WORD_FOR_WORD
        if exact.any():
            scores = exact.astype(np.float32)
        scores[nearest < FLOOR] = 0.0
        scores[self._unknown] = 0.0
        return scores, nearest

    def evidence(self, sentence: str) -> tuple[NDArray[np.float32], Scores]:
        """What the rule weighs, (entries, 5), and the nearest wording's cosine, (entries,).

        The columns: learned share of the entry, of the unknown one and of the strongest other; nearest wording's cosine
        of the entry and of the unknown one.
        """
        cosines = (self._rows @ self._model.embed([sentence])[0]).astype(np.float32)
        share = np.exp(-WIDTH * (1 - cosines)) @ self._learned
        nearest = np.full(self._count, -1.0, np.float32)
        np.maximum.at(nearest, self._entry, cosines)
        known = np.delete(np.arange(self._count), self._unknown)
        other = np.full(self._count, 0.0, np.float32)
        if len(known) > 1:
            first, second = known[np.argsort(-share[known])[:2]]
            other[:] = share[first]
            other[first] = share[second]
        unknown = np.full(self._count, self._unknown)
        columns = (share, share[unknown], other, nearest, nearest[unknown])
        return np.stack(columns, axis=1).astype(np.float32), nearest


def _kernel(rows: Vectors, others: Vectors) -> Vectors:
    kernel: Vectors = np.exp(WIDTH * (rows @ others.T - 1))
    return kernel
