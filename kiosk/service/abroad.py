"""Written Spanish and Italian -> words that can be spoken: numbers, times, prices and a few signs.

Less than `spoken` does for English, because a knowledge file is written as it is spoken; this is for what staff type in
a hurry, for a language model's answers, and for names that hold a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Numerals:
    """Words of one language.

    small       0 to 29
    tens        20, 30 .. 90, as the language begins them
    hundreds    100 .. 900
    and_        between tens and units
    hundred     exactly 100
    thousand    1,000; `thousands` of several
    million     one million, with its "one"; `millions` of several
    elided      tens lose their last vowel before 1 and 8, and units are written to them (Italian)
    """

    small: tuple[str, ...]
    tens: tuple[str, ...]
    hundreds: tuple[str, ...]
    and_: str
    hundred: str
    thousand: str
    thousands: str
    million: str
    millions: str
    point: str
    signs: Mapping[str, str]
    currencies: Mapping[str, tuple[str, str]]
    elided: bool = False

    def cardinal(self, number: int) -> str:
        """0 to 999,999,999."""
        if number >= 1_000_000:
            many, rest = divmod(number, 1_000_000)
            head = self.million if many == 1 else f"{self.shortened(self.cardinal(many))} {self.millions}"
            return f"{head} {self.cardinal(rest)}" if rest else head
        if number >= 1000:
            many, rest = divmod(number, 1000)
            gap = "" if self.elided else " "
            head = self.thousand if many == 1 else f"{self.shortened(self.cardinal(many))}{gap}{self.thousands}"
            return f"{head}{gap}{self.cardinal(rest)}" if rest else head
        if number >= 100:
            many, rest = divmod(number, 100)
            if not rest:
                return self.hundred if many == 1 else self.hundreds[many - 1]
            return f"{self.hundreds[many - 1]}{'' if self.elided else ' '}{self.cardinal(rest)}"
        if number < len(self.small):
            return self.small[number]
        ten, unit = divmod(number, 10)
        word = self.tens[ten - 2]
        if not unit:
            return word
        if self.elided:
            return f"{word[:-1] if unit in (1, 8) else word}{self.small[unit]}"
        return f"{word} {self.and_} {self.small[unit]}"

    def shortened(self, words: str) -> str:
        """Before a noun, Spanish says "veintiún mil"."""
        if self.elided:
            return words
        return re.sub(r"(veinti)uno$|\buno$", lambda found: "veintiún" if found[1] else "un", words)


_ES = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
)
_ES_TENS = "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_ES_HUNDREDS = "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
_IT = (
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove"
)
_IT_TENS = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta"
_IT_HUNDREDS = "cento duecento trecento quattrocento cinquecento seicento settecento ottocento novecento"

SPANISH = Numerals(
    tuple(_ES.split()),
    tuple(_ES_TENS.split()),
    tuple(_ES_HUNDREDS.split()),
    "y",
    "cien",
    "mil",
    "mil",
    "un millón",
    "millones",
    "coma",
    {"%": "por ciento", "&": "y", "@": "arroba", "+": "más", "°": "grados", "/": " "},
    {"€": ("euro", "euros"), "$": ("dólar", "dólares"), "£": ("libra", "libras")},
)
ITALIAN = Numerals(
    tuple(_IT.split()),
    tuple(_IT_TENS.split()),
    tuple(_IT_HUNDREDS.split()),
    "",
    "cento",
    "mille",
    "mila",
    "un milione",
    "milioni",
    "virgola",
    {"%": "per cento", "&": "e", "@": "chiocciola", "+": "più", "°": "gradi", "/": " "},
    {"€": ("euro", "euro"), "$": ("dollaro", "dollari"), "£": ("sterlina", "sterline")},
    elided=True,
)
LANGUAGES = {"es": SPANISH, "it": ITALIAN}

_NUMBER = r"\d{1,3}(?:\.\d{3})+|\d+"
_PRICE = re.compile(rf"([€$£])\s?({_NUMBER})(?:,(\d\d))?|({_NUMBER})(?:,(\d\d))?\s?([€$£])")
_TIME = re.compile(r"\b([01]?\d|2[0-4])[:.]([0-5]\d)\b(?!\.?\d)(?:\s?h\b)?")
_DECIMAL = re.compile(rf"({_NUMBER}),(\d+)")
_WHOLE = re.compile(_NUMBER)
LONGEST = 9  # digits of a number that is said as one; longer ones (telephones) are said digit by digit


def spoken_abroad(text: str, language: str) -> str:
    """Words and signs of a pause. `language`: one of `LANGUAGES`."""
    words = LANGUAGES[language]

    def number(digits: str) -> str:
        plain = digits.replace(".", "")
        if len(plain) > LONGEST or (plain.startswith("0") and len(plain) > 1):
            return " ".join(words.small[int(digit)] for digit in plain)
        return words.cardinal(int(plain))

    def price(found: re.Match[str]) -> str:
        sign, whole, cents = found[1] or found[6], found[2] or found[4], found[3] or found[5]
        one, several = words.currencies[sign]
        name = one if whole == "1" else several
        counted = words.shortened(number(whole))
        rest = f" {number(str(int(cents)))}" if cents and int(cents) else ""
        return f" {'un' if whole == '1' else counted} {name}{rest} "

    def time(found: re.Match[str]) -> str:
        minutes = f" {number(str(int(found[2])))}" if int(found[2]) else ""
        return f"{number(found[1].lstrip('0') or '0')}{minutes}"

    text = _PRICE.sub(price, text)
    text = _TIME.sub(time, text)
    text = _DECIMAL.sub(lambda found: f"{number(found[1])} {words.point} {number(found[2])}", text)
    text = _WHOLE.sub(lambda found: number(found[0]), text)
    for sign, word in words.signs.items():
        text = text.replace(sign, f" {word} ")
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split()))
