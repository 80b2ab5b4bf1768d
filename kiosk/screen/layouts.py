"""The keys of the window's own keyboard by language, as they lie on the glass from left to right. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

SHIFT, ERASE = "shift", "erase"


@dataclass(frozen=True, slots=True)
class Layout:
    """
    letters  three rows; a key is a letter, or SHIFT or ERASE, which fill what a row leaves free
    signs    the same for digits and punctuation
    across   keys of the widest row
    comma, question, letters_label   what stands on those keys
    """

    letters: tuple[tuple[str, ...], ...]
    signs: tuple[tuple[str, ...], ...]
    across: int
    comma: str = ","
    question: str = "?"
    letters_label: str = "abc"
    leftwards: bool = False


def _row(keys: str, before: str = "", after: str = "") -> tuple[str, ...]:
    return (*filter(None, [before]), *keys.split(), *filter(None, [after]))


LATIN_SIGNS = (
    _row("1 2 3 4 5 6 7 8 9 0"),
    _row("- / : ; ( ) & @ # +"),
    _row('. , ? ! ’ " % €', after=ERASE),
)

LAYOUTS: dict[str, Layout] = {
    "en": Layout(
        letters=(_row("q w e r t y u i o p"), _row("a s d f g h j k l"), _row("z x c v b n m", SHIFT, ERASE)),
        signs=LATIN_SIGNS,
        across=10,
    ),
    "de": Layout(
        letters=(_row("q w e r t z u i o p ü"), _row("a s d f g h j k l ö ä"), _row("y x c v b n m ß", SHIFT, ERASE)),
        signs=LATIN_SIGNS,
        across=11,
    ),
    # As letters lie on a usual Arabic keyboard, the forms of hamza beside them: nothing is hidden behind a shift.
    "ar": Layout(
        letters=(
            _row("ض ص ث ق ف غ ع ه خ ح ج د ذ"),
            _row("ش س ي ب ل ا ت ن م ك ط أ إ"),
            _row("ئ ء ؤ ر ى ة و ز ظ آ", after=ERASE),
        ),
        signs=(
            _row("1 2 3 4 5 6 7 8 9 0"),
            _row("١ ٢ ٣ ٤ ٥ ٦ ٧ ٨ ٩ ٠"),
            _row(". ، ؟ ! : ؛ « »", after=ERASE),
        ),
        across=13,
        comma="،",
        question="؟",
        letters_label="أبج",
        leftwards=True,
    ),
}


def layout_of(language: str) -> Layout:
    """English keys for a language that has none of its own."""
    return LAYOUTS.get(language, LAYOUTS["en"])
