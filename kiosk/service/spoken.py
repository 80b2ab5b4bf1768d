"""Written English -> words that can be spoken: the phoneme dictionary knows words, and numbers and addresses badly.

`spoken` is a list of rules, applied in order; each looks for one kind of writing (an address, a date, a price ...) and
puts words in its place, so that later rules no longer see its digits. Dates are day first, as in Europe. After it no
digit and no sign but punctuation is left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from kiosk.service.numerals import cardinal, decade, decimal, digits, ordinal, roman, year
from kiosk.service.signs import (
    ABBREVIATIONS,
    COINS,
    COUNTED,
    CURRENCIES,
    LETTERED,
    LETTERS,
    MONTHS,
    RULERS,
    SIGNS,
    UNITS,
)

Words = Callable[[re.Match[str]], str]
Rule = tuple[re.Pattern[str], Words]


def spoken(text: str) -> str:
    """One line of speakable English. Any text gives some text; only what has no words at all gives ""."""
    text = unicodedata.normalize("NFC", text)
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    text = "".join(LETTERS.get(character, character) for character in text)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    text = re.sub(r"[^\w\s.,;:!?'\"()…—-]|_", " ", text)
    text = re.sub(r"\s+([.,;:!?…)])", r"\1", re.sub(r"\s+", " ", text)).strip()
    text = re.sub(r"(?<=[A-Z]\.)\.(?!\.)", "", text)  # the end of a sentence after P.M.
    return text if re.search(r"\w", text) else ""


# --- numbers ------------------------------------------------------------------------------------------------------

_NUMBER = r"\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:[.,]\d+)?"  # 1,200  1 200  12.50  12,50
_MINUS = r"(?<![\w.)])[-−](?=\d)"


def _plain(number: str) -> str:
    """Digits with one decimal point at most: a comma before three digits groups, any other is a decimal comma."""
    number = re.sub(r"[\u00a0\u202f ]", "", number)
    number = re.sub(r",(?=\d{3}(?:\D|$))", "", number)
    return number.replace(",", ".")


def _number(number: str) -> str:
    return decimal(_plain(number))


def _bare(match: re.Match[str]) -> str:
    """A number that no other rule took: a long one is a code, one of four digits a year."""
    number = match["number"]
    if number.isdigit() and (len(number) > 6 or (len(number) > 1 and number[0] == "0")):
        words = digits(number)
    elif number.isdigit() and len(number) == 4 and 1000 < int(number) < 2100:
        words = year(int(number))
    else:
        words = _number(number)
    return f" {words} "  # a letter may stand beside it: B12


# --- addresses and codes ------------------------------------------------------------------------------------------

_WORDLIKE = frozenset({"com", "org", "net", "info", "museum", "edu", "gov", "app", "shop", "travel"})


def _host(host: str) -> str:
    labels = host.split(".")
    if labels[0].casefold() == "www":
        labels = labels[1:]
    last = labels[-1].casefold()
    ending = last if last in _WORDLIKE else ".".join(last.upper()) + "."  # the dots make the dictionary spell it
    return " dot ".join([*(_label(label) for label in labels[:-1]), ending])


def _label(label: str) -> str:
    parts = re.findall(r"\d+|[-_.+]|[^\W\d_]+", label)
    names = {"-": "dash", "_": "underscore", ".": "dot", "+": "plus"}
    return " ".join(names.get(part) or (digits(part) if part[0].isdigit() else part) for part in parts)


def _address(match: re.Match[str]) -> str:
    path = [_label(part) for part in (match["path"] or "").split("/") if _label(part)]
    return " slash ".join([_host(match["host"]), *path])


def _mail(match: re.Match[str]) -> str:
    return f"{_label(match['user'])} at {_host(match['host'])}"


def _phone(match: re.Match[str]) -> str:
    return ("plus " if "+" in match[0] else "") + ", ".join(digits(group) for group in re.findall(r"\d+", match[0]))


# --- dates and times ----------------------------------------------------------------------------------------------

_MONTH = "|".join(f"{name}|{name[:3]}\\.?" for name in MONTHS) + r"|Sept\.?"
_HALF = r"(?:[ \u00a0]?(?P<half>[ap])\.?m\b\.?)"
_HALF1, _HALF2 = _HALF.replace("half", "half1"), _HALF.replace("half", "half2")


def _clock_at(end: str) -> str:
    """Pattern of hour and minute; `end` tells the two ends of a range apart."""
    return rf"(?<![\w:.,])(?P<hour{end}>[01]?\d|2[0-4])[:.](?P<minute{end}>[0-5]\d)(?::[0-5]\d)?"


def _hour_at(end: str) -> str:
    """The same with the minute left out, or not."""
    return rf"(?<![\w:.,])(?P<hour{end}>[01]?\d|2[0-4])(?:[:.](?P<minute{end}>[0-5]\d))?"


def _date(day: int, month: int, in_year: str | None) -> str:
    words = f"the {ordinal(day)} of {MONTHS[month - 1]}"
    return f"{words}, {year(int(in_year))}" if in_year else words


def _numeric_date(match: re.Match[str]) -> str:
    day, month = int(match["day"]), int(match["month"])
    return _date(day, month, match["year"]) if 1 <= day <= 31 and 1 <= month <= 12 else match[0]


def _named_date(match: re.Match[str]) -> str:
    month = next(place for place, name in enumerate(MONTHS, 1) if name.startswith(match["month"][:3].capitalize()))
    return _date(int(match["day"]), month, match["year"])


def _clock(hour: int, minute: int, half: str | None, *, alone: bool = True) -> str:
    """Hours after twelve are said as afternoon. `alone` False: the other end of a range says which half of the day."""
    hour %= 24
    if hour == 0 and minute == 0:
        return "midnight"
    if half is None and (hour > 12 or hour == 0):
        half = "p" if hour else "a"
    words = cardinal((hour - 1) % 12 + 1)
    if minute:
        words += f" oh {cardinal(minute)}" if minute < 10 else f" {cardinal(minute)}"
    elif half is None and alone:
        words += " o'clock"
    return f"{words} {half.upper()}.M." if half else words


def _time(match: re.Match[str]) -> str:
    part = match.groupdict()
    return _clock(int(part["hour"]), int(part.get("minute") or 0), part.get("half"))


def _time_range(match: re.Match[str]) -> str:
    first = _clock(int(match["hour1"]), int(match["minute1"] or 0), match["half1"], alone=match["half2"] is None)
    return f"{first} to {_clock(int(match['hour2']), int(match['minute2'] or 0), match['half2'])}"


# --- amounts ------------------------------------------------------------------------------------------------------

_MONEY = "|".join(sorted((re.escape(sign) for sign in CURRENCIES), key=len, reverse=True))
_UNIT = "|".join(sorted((re.escape(unit) for unit in UNITS), key=len, reverse=True))


def _money(match: re.Match[str]) -> str:
    one, many = CURRENCIES[match["sign"]]
    amount = _plain(match["amount"])
    if match["scale"]:
        return f"{decimal(amount)} {match['scale']} {many}"
    whole, _, small = amount.partition(".")
    words = f"{cardinal(int(whole))} {one if int(whole) == 1 else many}"
    if len(small) != 2 or int(small) == 0:
        return words if not small or int(small) == 0 else f"{decimal(amount)} {many}"
    if match["sign"] not in COINS:
        return f"{words} {cardinal(int(small))}"
    coin, coins = COINS[match["sign"]]
    coin_words = f"{cardinal(int(small))} {coin if int(small) == 1 else coins}"
    return coin_words if int(whole) == 0 else f"{words} and {coin_words}"


def _money_range(match: re.Match[str]) -> str:
    return f"{_number(match['first'])} to {_number(match['last'])} {CURRENCIES[match['sign']][1]}"


def _quantity(match: re.Match[str]) -> str:
    one, many = UNITS[match["unit"]]
    amount = _plain(match["number"])
    return f"{'minus ' if match['minus'] else ''}{decimal(amount)} {one if amount == '1' else many}"


def _range(match: re.Match[str]) -> str:
    first, last = match["first"], match["last"]
    as_years = all(len(n) == 4 and 1000 < int(n) < 2100 for n in (first, last))
    return f"{year(int(first))} to {year(int(last))}" if as_years else f"{_number(first)} to {_number(last)}"


def _open_range(match: re.Match[str]) -> str:
    """The last number is left to the rule of the unit that follows it."""
    return f"{_number(match['first'])} to {match['last']}"


def _decade(match: re.Match[str]) -> str:
    return decade(int(match["number"]))


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(int(match["number"].replace(",", "")))


def _fraction(match: re.Match[str]) -> str:
    top, bottom = int(match["top"]), int(match["bottom"])
    if bottom == 2:
        return "one half" if top == 1 else f"{cardinal(top)} halves"
    part = "quarter" if bottom == 4 else ordinal(bottom) if 2 < bottom <= 20 else ""
    if not part or not 0 < top < bottom:
        return f"{cardinal(top)}{' out of' if top < bottom else ''} {cardinal(bottom)}"
    return f"{cardinal(top)} {part}{'' if top == 1 else 's'}"


def _version(match: re.Match[str]) -> str:
    return " point ".join(cardinal(int(part)) for part in match["version"].split("."))


def _ruler(match: re.Match[str]) -> str:
    return f"{match['name']} the {ordinal(roman(match['numeral']))}"


def _counted(match: re.Match[str]) -> str:
    return f"{match['head']} {cardinal(roman(match['numeral']))}"


def _rule(pattern: str, words: str | Words, flags: int = 0) -> Rule:
    return re.compile(pattern, flags), (lambda match: match.expand(words)) if isinstance(words, str) else words


_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:,? (?P<year>[12]\d{3})\b)?"
_HOST = r"(?P<host>(?:[\w-]+\.)+[a-z]{2,})"
_PATH = r"(?::\d+)?(?P<path>/[^\s,;!?)\"']*[\w/])?/?(?:[?#][\w=&%.-]*[\w=])?"
_DASH = r"[ \u00a0]?[-–—][ \u00a0]?"
_SPAN = rf"(?<![\w.,–-])(?P<first>{_NUMBER}){_DASH}(?P<last>{_NUMBER})"
_SCALE = r"(?: (?P<scale>thousand|million|billion))?"

_RULES: tuple[Rule, ...] = (
    # Markdown and quotes
    _rule(r"!?\[([^\]]+)\]\([^)]*\)", r"\1"),
    _rule(r"[*`>~|]+|#(?!\d)", " "),
    _rule(r"[‘’ʼ]", "'"),
    _rule(r"[“”«»„]", '"'),
    # Addresses, before anything takes their dots and digits
    _rule(rf"(?:mailto:)?\b(?P<user>[\w.+-]+)@{_HOST}", _mail, re.IGNORECASE),
    _rule(rf"\b(?:https?://|www\.)(?:[^\s/@]+@)?{_HOST}{_PATH}", _address, re.IGNORECASE),
    _rule(
        rf"\b(?P<host>(?:[a-z0-9-]+\.)+(?:com|org|net|no|ai|museum|info|eu|se|dk|de|uk|fr))\b(?!\.\w){_PATH}", _address
    ),
    # Dates and times
    _rule(r"\b(?P<year>\d{4})-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b", _numeric_date),
    _rule(rf"\b{_DAY}[./](?P<month>0?[1-9]|1[0-2])[./](?P<year>\d{{4}})\b", _numeric_date),
    _rule(rf"(?:\b[Tt]he )?\b{_DAY}(?:st|nd|rd|th|\.)?(?: of)? (?P<month>{_MONTH})(?!\w){_YEAR}", _named_date),
    _rule(rf"\b(?P<month>{_MONTH}) {_DAY}(?:st|nd|rd|th)?\b(?![:.,]?\d){_YEAR}", _named_date),
    _rule(_clock_at("1") + f"{_HALF1}?{_DASH}" + _clock_at("2") + rf"{_HALF2}?(?![\d:])", _time_range, re.IGNORECASE),
    _rule(_hour_at("1") + f"{_HALF1}?{_DASH}" + _hour_at("2") + _HALF2, _time_range, re.IGNORECASE),
    _rule(_hour_at("") + _HALF, _time, re.IGNORECASE),
    _rule(_clock_at("").replace("[:.]", ":") + r"(?![\d:])", _time),
    # Money before ranges and quantities
    _rule(rf"(?<!\w)(?P<sign>{_MONEY})[ \u00a0]?{_SPAN}(?![\w–-])", _money_range),
    _rule(rf"{_SPAN}[ \u00a0]?(?P<sign>{_MONEY})(?!\w)", _money_range),
    _rule(rf"(?<!\w)(?P<sign>{_MONEY})[ \u00a0]?(?P<amount>{_NUMBER})(?:[,.][-–])?{_SCALE}(?![\w–-])", _money),
    _rule(rf"(?<![\w.,–-])(?P<amount>{_NUMBER})(?:[,.][-–])?{_SCALE}[ \u00a0]?(?P<sign>{_MONEY})(?!\w)", _money),
    # Telephone numbers: with a country code, or in groups of a usual form
    _rule(r"(?<!\w)\+\d{1,3}(?:[ \u00a0-]?\(?\d{1,4}\)?){2,6}(?!\d)", _phone),
    _rule(r"(?<![\w.,])(?:\d{2}[ \u00a0]){3}\d{2}(?!\w)", _phone),
    _rule(r"(?<![\w.,])\(?\d{3}\)?[ -]\d{3}-\d{4}(?!\w)|(?<![\w.,])\d{3}[ \u00a0]\d{2}[ \u00a0]\d{3}(?!\w)", _phone),
    # Ranges, ordinals, decades, fractions, quantities
    _rule(rf"{_SPAN}(?=[ \u00a0]?(?:{_UNIT})(?!\w))", _open_range),
    _rule(rf"{_SPAN}(?![\w–-])", _range),
    _rule(r"\b(?P<number>\d{1,3}(?:,\d{3})*)(?:st|nd|rd|th)\b", _ordinal, re.IGNORECASE),
    _rule(r"(?<!\w)'?(?P<number>\d{2}|\d{3}0)'?s\b", _decade),
    _rule(r"(?<![\w/.,])(?P<top>\d{1,2})/(?P<bottom>\d{1,3})(?![\w/])", _fraction),
    _rule(rf"(?P<minus>{_MINUS})?(?<![\w.])(?P<number>{_NUMBER})[ \u00a0]?(?P<unit>{_UNIT})(?!\w)", _quantity),
    # Words
    _rule(rf"\b(?P<name>{'|'.join(RULERS)}) (?P<numeral>[IVX]{{2,}}|[VX]|I(?=[.,;:!?)]|$))(?!\w)", _ruler),
    _rule(rf"\b(?P<head>{'|'.join(COUNTED)}) (?P<numeral>[IVXL]+)\b", _counted),
    _rule(r"\b[Nn]o\. ?(?=\d)|№ ?(?=\d)|#(?=\d)", "number "),
    _rule(r"\bSt\.? (?=[A-ZÆØÅ])", "Saint "),
    _rule(rf"(?<!\w)(?:{'|'.join(map(re.escape, ABBREVIATIONS))})(?!\w)", lambda match: ABBREVIATIONS[match[0]]),
    _rule(rf"\b(?P<before>{'|'.join(LETTERED)}) A\b", r"\g<before> ay", re.IGNORECASE),
    # What is left
    _rule(r"(?<!\w)v?(?P<version>\d+(?:\.\d+){2,})", _version, re.IGNORECASE),
    _rule(r"(?<=\d)-(?=[A-Za-z])", " "),
    _rule(_MINUS, "minus "),
    _rule(rf"(?P<number>{_NUMBER})", _bare),
    _rule(r" [-–] ", ", "),
    _rule(r"(?<=\w)–(?=\w)", " to "),
    _rule("|".join(map(re.escape, SIGNS)), lambda match: f" {SIGNS[match[0]]} "),
)
