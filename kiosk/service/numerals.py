"""English number words, for `spoken`. Pure. Hyphens are left out where the pronunciation does not need them."""

from __future__ import annotations

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_IRREGULAR = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
LARGEST = 10**15 - 1

_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}


def cardinal(number: int) -> str:
    """120 -> "one hundred and twenty". Up to `LARGEST` in words; beyond it digit by digit."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number > LARGEST:
        return digits(str(number))
    words: list[str] = []
    rest = number
    for scale, name in _SCALES:
        if rest >= scale:
            words += [_below_thousand(rest // scale), name]
            rest %= scale
    if rest or not words:
        if words and rest < 100:
            words.append("and")
        words.append(_below_thousand(rest))
    return " ".join(words)


def ordinal(number: int) -> str:
    """21 -> "twenty-first"."""
    head, joint, last = cardinal(number).rpartition("-")
    if not joint:
        head, joint, last = cardinal(number).rpartition(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith("y"):
        last = f"{last[:-1]}ieth"
    else:
        last = f"{last}th"
    return f"{head}{joint}{last}"


def year(number: int) -> str:
    """1905 -> "nineteen oh five", 1900 -> "nineteen hundred", 2005 -> "two thousand and five"."""
    century, rest = divmod(number, 100)
    if number < 1000 or number > 9999 or (century % 10 == 0 and rest < 10):
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {f'oh {cardinal(rest)}' if rest < 10 else cardinal(rest)}"


def decade(number: int) -> str:
    """1890 -> "eighteen nineties", 90 -> "nineties", 1900 -> "nineteen hundreds"."""
    words = cardinal(number) if number < 100 else year(number)
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def digits(text: str) -> str:
    """ "0471" -> "zero four seven one"; other characters are left out."""
    return " ".join(_ONES[int(character)] for character in text if character.isdigit() and character.isascii())


def decimal(text: str) -> str:
    """ "4.50" -> "four point five zero". The text has one point and no grouping."""
    whole, _, fraction = text.partition(".")
    return f"{cardinal(int(whole))} point {digits(fraction)}" if fraction else cardinal(int(whole))


def roman(text: str) -> int:
    """ "VIII" -> 8. Numerals of I, V, X and L; 0 when it is none."""
    total = 0
    largest = 0
    for character in reversed(text):
        value = _ROMAN.get(character, 0)
        if value == 0:
            return 0
        total += value if value >= largest else -value
        largest = max(largest, value)
    return total


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest or not hundreds:
        tens, ones = divmod(rest, 10)
        word = _ONES[rest] if rest < 20 else _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
        parts.append(word)
    return " and ".join(parts)
