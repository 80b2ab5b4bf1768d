"""Vectors of the house's own sentences, kept on disk: a start need not understand again what the last one understood.

A file holds digests of sentences and their vectors, and no words. Its name says which model made them.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.service.embed import Vectors

log = logging.getLogger(__name__)

_DIGEST = 32


class Shelf:
    """One file. A damaged one, or a folder that cannot be written, is logged and costs the time that it would save.

    model   which model with which weights: another's vectors mean nothing
    """

    def __init__(self, folder: Path, model: str) -> None:
        self._file = folder / f"{model}.npz"
        self._rows: dict[bytes, Vectors] = {}
        try:
            with self._file.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                digests, rows = kept["digests"], kept["rows"]
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
            log.warning("the kept vectors cannot be read and are made anew: %s", type(error).__name__)
            return
        if digests.dtype != np.uint8 or digests.shape != (len(rows), _DIGEST) or rows.dtype != np.float32:
            log.warning("the kept vectors are of another form and are made anew")
            return
        self._rows = {bytes(digest): row for digest, row in zip(digests, rows, strict=True)}

    def get(self, sentence: str) -> Vectors | None:
        return self._rows.get(_digest(sentence))

    def keep(self, known: Mapping[str, Vectors]) -> None:
        """These and no others, where there is one that was not kept or is no longer known."""
        rows = {_digest(sentence): vector for sentence, vector in known.items()}
        if rows.keys() == self._rows.keys():
            return
        digests: NDArray[np.uint8] = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), _DIGEST)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(file, digests=digests, rows=np.stack(list(rows.values())))
                Path(name).replace(self._file)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            log.warning("the vectors cannot be kept: %s", error.strerror or type(error).__name__)
            return
        self._rows = rows


def _digest(sentence: str) -> bytes:
    return hashlib.sha256(sentence.encode()).digest()
