"""The style vectors that make Kokoro one speaker or another. Where they came from stands in assets/voices."""

from __future__ import annotations

import difflib
import hashlib
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.places import assets

AGENT = "af_heart"
VISITORS = ("am_michael", "bf_emma")

LANGUAGES = {"a": "en", "b": "en", "e": "es", "i": "it"}
"""First letter of a voice's name -> what it speaks. Those that Kokoro has beyond these need phonemes of their own."""

ROWS = 510  # one style for each length of the phoneme string
STYLE = 256
SHA256 = {
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "am_michael": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    "bf_emma": "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
    "ef_dora": "f66ec66bd295acb18372e37008533a9a3228483ccd294e7538d5d9294ac9a532",
    "if_sara": "409b69248798fcdc2542330c76953d230710f19b057e59cb82fdc3c4cf71265c",
}

ACCENTS = {"a": "American English", "b": "British English", "e": "Castilian Spanish", "i": "Italian"}
SEXES = {"f": "woman", "m": "man"}
"""Second letter of a voice's name."""

Styles = NDArray[np.float32]


def language_of(voice: str) -> str:
    """Two letters, by the names of Kokoro's voices ("ef_dora") and Piper's ("en_US-joe-medium"). Any other speaks
    English: a site may have added it."""
    if re.match(r"[a-z]{2}_[A-Z]{2}-", voice):
        return voice[:2]
    return LANGUAGES.get(voice[:1], "en") if re.match(r"[a-z][fm]_", voice) else "en"


class Voices:
    """A folder of voices, read when first asked for. Used by one thread."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or assets() / "voices"
        self._read: dict[str, Styles] = {}

    def names(self) -> list[str]:
        """The voices of the folder, sorted."""
        return sorted(path.stem for path in self._folder.glob("*.bin"))

    def styles(self, name: str) -> Styles:
        """float32 (510, 256): row n is the style for a string of n + 1 phonemes. Raises `Fault` (`MODEL`)."""
        if name not in self._read:
            self._read[name] = self._load(name)
        return self._read[name]

    def _load(self, name: str) -> Styles:
        names = self.names()
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1) or [", ".join(names) or "a complete installation"]
            raise Fault(
                f'there is no voice "{name}"',
                where=str(self._folder),
                remedy=f"use {near[0]}",
                code=ExitCode.MODEL,
            )
        path = self._folder / f"{name}.bin"
        data = path.read_bytes()
        wrong = len(data) != ROWS * STYLE * 4 or (name in SHA256 and hashlib.sha256(data).hexdigest() != SHA256[name])
        if wrong:
            raise Fault(
                f'the voice "{name}" is damaged', where=str(path), remedy="restore the file", code=ExitCode.MODEL
            )
        return np.frombuffer(data, "<f4").reshape(ROWS, STYLE)
