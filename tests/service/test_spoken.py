"""How written things are said."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.service.spoken import spoken

SAID = {
    # times
    "at 9:30 AM": "at nine thirty A.M.",
    "closes at 17:00.": "closes at five P.M.",
    "10:00": "ten o'clock",
    "12:00": "twelve o'clock",
    "24:00": "midnight",
    "0:30": "twelve thirty A.M.",
    "9:05": "nine oh five",
    "7.30 pm": "seven thirty P.M.",
    "10:00–17:00": "ten o'clock to five P.M.",
    "9:30-11 AM": "nine thirty to eleven A.M.",
    "9 a.m. to 5 p.m.": "nine A.M. to five P.M.",
    "9-5 pm": "nine to five P.M.",
    # dates
    "2026-05-17": "the seventeenth of May, twenty twenty-six",
    "17.05.2026": "the seventeenth of May, twenty twenty-six",
    "3/5/1905": "the third of May, nineteen oh five",
    "on May 3": "on the third of May",
    "on the 3rd of May 2001": "on the third of May, two thousand and one",
    "12 September": "the twelfth of September",
    "Sept. 12": "the twelfth of September",
    # years and decades
    "in 1905": "in nineteen oh five",
    "in 1900": "in nineteen hundred",
    "1890–1905": "eighteen ninety to nineteen oh five",
    "the 1890s": "the eighteen nineties",
    "the '70s": "the seventies",
    # money
    "kr 150": "one hundred and fifty crowns",
    "150 kr": "one hundred and fifty crowns",
    "150,- kr": "one hundred and fifty crowns",
    "kr. 60,-": "sixty crowns",
    "NOK 1,200": "one thousand two hundred crowns",
    "1 200 kr": "one thousand two hundred crowns",
    "100–150 kr": "one hundred to one hundred and fifty crowns",
    "€12.50": "twelve euros and fifty cents",
    "12,50 €": "twelve euros and fifty cents",
    "$1.01": "one dollar and one cent",
    "£0.50": "fifty pence",
    "$3.5 million": "three point five million dollars",
    # numbers
    "0": "zero",
    "115": "one hundred and fifteen",
    "1,001": "one thousand and one",
    "12.5": "twelve point five",
    "3.14": "three point one four",
    "-4": "minus four",
    "10–17": "ten to seventeen",
    "21st": "twenty-first",
    "12th, 20th": "twelfth, twentieth",
    "1/2": "one half",
    "3/4": "three quarters",
    "50%": "fifty percent",
    "10-20%": "ten to twenty percent",
    "No. 5": "number five",
    "#5": "number five",
    "A4": "A four",
    "code 0471": "code zero four seven one",
    "123456789": "one two three four five six seven eight nine",
    # telephone
    "+47 22 33 44 55": "plus four seven, two two, three three, four four, five five",
    "22 33 44 55": "two two, three three, four four, five five",
    "555-123-4567": "five five five, one two three, four five six seven",
    # addresses
    "www.exei.ai": "exei dot A.I.",
    "https://exei.ai/voice-api?x=1": "exei dot A.I. slash voice dash api",
    "See skarvholm.no/tickets.": "See skarvholm dot N.O. slash tickets.",
    "example.com": "example dot com",
    "post@skarvholm.no": "post at skarvholm dot N.O.",
    # units
    "3 km": "three kilometres",
    "1 m": "one metre",
    "120 m²": "one hundred and twenty square metres",
    "-5 °C": "minus five degrees",
    "60 km/h": "sixty kilometres an hour",
    "3–4 m": "three to four metres",
    "15 min": "fifteen minutes",
    # short forms, names, signs
    "Dr. Smith & Mrs. Jones": "Doctor Smith and Missus Jones",
    "St. Olav": "Saint Olav",
    "Haakon VII": "Haakon the seventh",
    "World War II": "World War two",
    "James I think": "James I think",
    "e.g. boats, nets etc.": "for example boats, nets and so on",
    "door A": "door ay",
    "A door": "A door",
    "Tromsø café": "Tromso cafe",
    "**Bold** [words](http://x.no)": "Bold words",
    "Hello, what can I show you?": "Hello, what can I show you?",
    # nothing to say
    "": "",
    "?!…": "",
}


@pytest.mark.parametrize(("written", "said"), SAID.items())
def test_said(written: str, said: str) -> None:
    assert spoken(written) == said


@given(st.text(alphabet=st.sampled_from("0123456789 .,:/-–%€$°@+#'()abkmrAPM\n"), max_size=40))
def test_no_digit_and_no_sign_is_left(written: str) -> None:
    said = spoken(written)
    assert not re.search(r"[0-9@#%€$°+/*_]", said)
    assert said == " ".join(said.split())


@given(st.text(max_size=200))
def test_any_text_gives_some_text(written: str) -> None:
    assert spoken(written).strip() == spoken(written)
