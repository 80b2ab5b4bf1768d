"""A language that is written as it is spoken: its spelling is a list of rules, and so is where the stress falls.

    SPANISH = Spelling(letters="a-zá-úüñ", rules=(("ch", "ʧ"), ("ll", "ʎ"), ...), stress=..., unstressed=...)
    SPANISH.of("¿Dónde está el faro?")       # "dˈonde estˈa el fˈaɾo?"

The alphabet is that of Kokoro's voices.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise

STRESS = "ˈ"
GLIDES = {"i": "j", "u": "w"}
_ELISION = re.compile(r"(?<=\w)['’](?=\w)")  # "c'è", "l'isola": spoken as one word, and the rules look across it

Stress = Callable[[str, Sequence[int]], int]
"""Of a word as written and the places of its syllables' vowels among its sounds: the place that bears the stress."""


class Spelling:
    """
    letters     what a word is made of, as the inside of a character class
    rules       (pattern, sounds), the first that fits at a place of a lower-case word wins; None: as it is written
    accented    vowels as written with an accent -> as they sound; an accent bears the stress
    stress      where it falls in a word without an accent
    unstressed  words that lean on the next one
    apart       two vowels alone in a word are two syllables, as in Italian ("mio", "due"); else an accent tells

    Keeps nothing; any thread.
    """

    def __init__(
        self,
        letters: str,
        rules: Sequence[tuple[str, str | None]],
        accented: dict[str, str],
        stress: Stress,
        unstressed: frozenset[str],
        *,
        apart: bool = False,
    ) -> None:
        self._rules = [(re.compile(pattern), sounds) for pattern, sounds in rules]
        self._token = re.compile(rf"[{letters}]+|[.,;:!?…—]|\s+")
        self._accented = accented
        self._stress = stress
        self._unstressed = unstressed
        self._apart = apart
        self._vowels = set("aeiou") | set(accented)

    def of(self, text: str) -> str:
        """Empty for a text without words. What is neither a word nor a sign of a pause says nothing."""
        tokens = self._token.findall(_ELISION.sub("", unicodedata.normalize("NFC", text)).lower())
        if not any(token[0].isalpha() for token in tokens):
            return ""
        parts = (self.word(token) if token[0].isalpha() else " " if token.isspace() else token for token in tokens)
        return "".join(parts).strip()

    def word(self, written: str) -> str:
        """Of one word in lower case, the mark of stress before its vowel."""
        sounds = self._sounds(written)
        syllables = self._syllables(sounds)
        stressed = self._stressed(written, sounds, syllables)
        return "".join(
            (STRESS if at == stressed else "") + self._accented.get(sound, sound) for at, sound in enumerate(sounds)
        )

    def _sounds(self, written: str) -> list[str]:
        """A vowel is an item of its own, with its accent."""
        sounds: list[str] = []
        at = 0
        while at < len(written):
            rule, sound = next(
                ((fits, sound) for pattern, sound in self._rules if (fits := pattern.match(written, at))), (None, "")
            )
            if rule is None:  # a letter of another language: it says nothing
                at += 1
                continue
            sounds += [written[at]] if sound is None else [sound] if sound else []
            at = rule.end()
        return sounds

    def _syllables(self, sounds: list[str]) -> list[int]:
        """Places of the vowels that make a syllable. An i or u before another vowel glides into it, and is changed in
        `sounds` ("bien", "piano"); one behind a vowel belongs to that ("seis", "auto")."""
        vowels = [at for at, sound in enumerate(sounds) if sound in self._vowels]
        apart = self._apart and len(vowels) == 2
        pairs = [(at, after) for at, after in pairwise(vowels) if after == at + 1]
        for at, after in pairs:
            if sounds[at] in GLIDES and at in vowels and (not apart or sounds[after] in self._accented):
                sounds[at] = GLIDES[sounds[at]]
                vowels.remove(at)
            elif sounds[after] in GLIDES and at in vowels and not apart:
                vowels.remove(after)
        return vowels

    def _stressed(self, written: str, sounds: Sequence[str], syllables: Sequence[int]) -> int | None:
        marked = [at for at in syllables if sounds[at] in self._accented]
        if marked:
            return marked[-1]
        if written in self._unstressed or not syllables:
            return None
        return self._stress(written, syllables)
