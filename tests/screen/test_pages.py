"""Text set into lines and pages: no word is lost or moves, and each alone looks as it does in its sentence."""

from __future__ import annotations

import statistics
import time

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter, QTextLayout, QTextOption

from kiosk.screen import caption as captions
from kiosk.screen.pages import ARABIC_MARK, LATIN_MARK, MOST_WORDS, Page, Setter, joined
from kiosk.screen.window import load_fonts

BEHIND_EMOJI = "\U0001f60a\U0001f44b\U0001f3fd " + "The ferry leaves at two from the stone pier. " * 3 + "Welcome"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f ok"
WIDTH, LINES, PIXELS = 934.0, 4, 66
ARABIC = "تُبحر «ألما» في الثانية ثم في الرابعة والنصف من الرصيف الحجري. يوجد منحدر، وسيساعدك الطاقم على الصعود."
MIXED = "تُبحر السفينة Alma في 12:30 (أو 14-16) من رصيف Nordbrygge, Skarvholm. اسأل مارين! سعر التذكرة 45,50 kr."
ENGLISH = (
    "The Alma sails at two and at half past four, from the stone pier. There is a ramp, and the crew will help you."
)


@pytest.fixture(autouse=True, scope="module")
def fonts(application: QGuiApplication) -> None:
    load_fonts()


def setter(*, by_sentence: bool = False, leftwards: bool = False, lines: int = LINES) -> Setter:
    return Setter(PIXELS, 1.14, WIDTH, lines, by_sentence=by_sentence, leftwards=leftwards)


def bare(page: Page) -> list[str]:
    """Its words, put together of their pieces."""
    numbers = range(page.end - page.first)
    return ["".join(p.text.strip(ARABIC_MARK + LATIN_MARK) for p in page.words if p.number == n) for n in numbers]


def rows(page: Page) -> list[list[tuple[float, float]]]:
    """(left, right) of each word, line by line."""
    found: dict[float, list[tuple[float, float]]] = {}
    for word in page.words:
        found.setdefault(word.y, []).append((word.x, word.x + word.width))
    return list(found.values())


@pytest.mark.parametrize("by_sentence", [False, True])
@pytest.mark.parametrize("text", [ARABIC, MIXED, ENGLISH, "one", " ".join(["word"] * 400), "Yes. No. " * 90])
def test_every_word_stands_once_and_in_its_order(text: str, by_sentence: bool) -> None:
    s = setter(by_sentence=by_sentence)
    pages = s.pages(text)
    assert [word for page in pages for word in bare(page)] == text.split()
    assert [page.first for page in pages[1:]] == [page.end for page in pages[:-1]]
    assert all(len(rows(page)) <= LINES and len(page.words) <= MOST_WORDS for page in pages)
    for number in range(len(text.split())):
        page = setter(by_sentence=by_sentence).page_of(text, number)
        assert page.first <= number < page.end
        assert page in pages


def test_a_page_of_large_captions_is_one_sentence_or_a_clause() -> None:
    long = "The Alma sails at two and at half past four from the old stone pier behind the anchor, " * 3 + "and so on."
    assert [bare(page)[-1] for page in setter(by_sentence=True).pages(ENGLISH)] == ["pier.", "you."]
    assert [bare(page)[-1] for page in setter(by_sentence=True).pages(long)][:2] == ["anchor,", "anchor,"]


@pytest.mark.parametrize("text", [ENGLISH, ARABIC, MIXED])
def test_a_growing_text_moves_no_word(text: str) -> None:
    """What was set before stays where it is, until its line is full."""
    s, words = setter(), text.split()
    before: list[tuple[str, float, float]] = []
    for count in range(1, len(words) + 1):
        page = s.pages(" ".join(words[:count]))[-1]
        now = [(word.text, word.x, word.y) for word in page.words]
        if not joined(text):
            assert all(old in now for old in before if page.first == 0)
        before = now
    whole = setter().pages(text)
    assert [bare(page) for page in s.pages(text)] == [bare(page) for page in whole]
    assert s.pages(text) == whole, "set bit by bit or at once"


def test_arabic_begins_at_the_right_edge_and_its_words_go_left() -> None:
    for leftwards in (False, True):
        (page,) = setter(leftwards=leftwards).pages(ARABIC.partition(".")[0])
        assert page.leftwards
        for row in rows(page):
            assert abs(row[0][1] - WIDTH) < PIXELS * 0.15
            assert [left for left, _ in row] == sorted((left for left, _ in row), reverse=True)


def test_mixed_text_runs_from_the_window_s_own_edge() -> None:
    name_first = "Alma تُبحر في الثانية"
    (here,) = setter(leftwards=True).pages(name_first)
    (there,) = setter(leftwards=False).pages(name_first)
    assert (here.leftwards, there.leftwards) == (True, False)
    assert here.words[0].x > here.words[-1].x
    assert there.words[0].x == 0


def test_english_in_an_arabic_window_stands_at_its_edge() -> None:
    (page,) = setter(leftwards=True).pages("Where is the ferry?")
    assert abs(page.words[-1].x + page.words[-1].width - WIDTH) < 2
    assert [word.text for word in page.words] == ["Where", "is", "the", "ferry?"]


def test_letters_that_touch_are_not_tracked() -> None:
    s = setter()
    assert s.tracking(ENGLISH) < 0
    assert s.tracking(ARABIC) == s.tracking(MIXED) == 0
    short = "Alma sails. تُبحر «ألما» الآن."
    alone, among = setter().pages("Alma sails.")[0], s.pages(short)[0]
    assert among.words[1].width > alone.words[1].width, "one text, one setting"


def drawn(layouts: list[tuple[QTextLayout, QPointF]], height: float) -> QImage:
    image = QImage(round(WIDTH), round(height) + PIXELS, QImage.Format.Format_Grayscale8)
    image.fill(QColor("black"))
    painter = QPainter(image)
    painter.setPen(QColor("white"))
    for layout, place in layouts:
        layout.draw(painter, place)
    painter.end()
    return image


def laid(text: str, font: QFont, width: float, direction: Qt.LayoutDirection | None = None) -> QTextLayout:
    side = Qt.AlignmentFlag.AlignLeft if direction is None else Qt.AlignmentFlag.AlignRight
    option = QTextOption()
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto if direction is None else direction)
    option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
    layout = QTextLayout(text, font)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    layout.endLayout()
    return layout


@pytest.mark.parametrize(
    "text",
    [
        "تُبحر «ألما» في الثانية",
        "السفينة Alma. ثم",
        "في 12:30 (أو 14-16)،",
        "قرب Oslo, Bergen!",
        "«Alma»، (Alma): 45,50 kr.",
        "مُدَّ الحَبْلَ وَالشِّراعَ",
        "C++ و HTML5؟",
    ],
)
def test_words_drawn_one_by_one_look_as_in_their_sentence(text: str) -> None:
    (page,) = setter(leftwards=True).pages(text)
    font = QFont("Readex Pro")
    font.setPixelSize(PIXELS)
    whole = drawn([(laid(text, font, WIDTH, Qt.LayoutDirection.RightToLeft), QPointF(0, 0))], page.height)
    apart = drawn([(_alone(word.text, font), QPointF(word.x, word.y)) for word in page.words], page.height)
    assert sum(_ink(whole)) > 1000
    wrong = sum(abs(a - b) for a, b in zip(_ink(whole), _ink(apart), strict=True)) / sum(_ink(whole))
    assert wrong < 0.12, f"{wrong:.0%} of the ink stands elsewhere"


def _alone(text: str, font: QFont) -> QTextLayout:
    """As the QML's text element draws it: from its left edge, in the direction of its first letter."""
    return laid(text, font, 4000.0)


def _ink(image: QImage) -> list[int]:
    """Light in columns of eight pixels, so that half a pixel of rounding is no difference."""
    small = image.scaled(image.width() // 8, image.height() // 8, mode=Qt.TransformationMode.SmoothTransformation)
    return [small.pixelColor(x, y).red() for y in range(small.height()) for x in range(small.width())]


@pytest.mark.parametrize("sample", [ENGLISH, ARABIC, "no sentence ever ends here"])
def test_three_thousand_words_stay_fast(sample: str) -> None:
    """Each partial is under 50 ms by far; what the first takes grows with the text, and with nothing else."""
    words = (sample.split() * 3000)[:3000]
    s = setter()
    s.pages(captions.plain(" ".join(words)))
    taken = []
    for number in range(20):
        words = [*words[:-1], "perhaps", f"word{number}"]
        began = time.perf_counter()
        s.pages(captions.plain(" ".join(words)))
        taken.append(time.perf_counter() - began)
    assert statistics.median(taken) < 0.05
    began = time.perf_counter()
    setter().page_of(" ".join(words), 0)
    assert time.perf_counter() - began < 0.5, "the first page does not wait for the rest"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<b>bold</b> &lt;&amp; <img src=x>", "<b>bold</b> &lt;&amp; <img src=x>"),
        ("a\x00b\x07c\x1b[31m", "a b c [31m"),
        ("\u202egnp.exe\u2066 \ufeffx\u00ad", "gnp.exe x"),
        ("two\n\nlines\tand\u2028more", "two lines and more"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f ok",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f ok",
        ),
        (BEHIND_EMOJI, BEHIND_EMOJI),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\ud800 half", "half"),
    ],
)
def test_what_was_said_is_shown_as_it_is_and_controls_nothing(said: str, shown: str) -> None:
    assert captions.plain(said) == shown
    assert [word for page in setter().pages(shown) for word in bare(page)] == shown.split()
