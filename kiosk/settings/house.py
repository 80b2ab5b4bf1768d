"""The site's own words, a table for each language: `[words.en]`, `[words.de]`. Site staff write them.

Only place and guide must be given. What is left empty is said in the window's own words of that language, so a site
never shows a sentence of the museum's, nor one of another language. The bounds are what the smallest glass can show.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kiosk.settings.section import Section, TakesEffect, setting

RESTART = TakesEffect.RESTART
Choice = Annotated[str, Field(min_length=1, max_length=40)]
Line = Annotated[str, Field(min_length=1, max_length=90)]


class HouseWords(Section):
    """One language."""

    place: str = setting(..., "Name of the house, in the bar on top.", RESTART, min_length=1, max_length=60)
    guide: str = setting(..., "Name of the guide.", RESTART, min_length=1, max_length=24)
    by_line: str = setting(
        "",
        "The line below the name of the house, which says that the guide is an AI; empty says so by name.",
        RESTART,
        max_length=40,
    )
    speaking: str = setting(
        "", "What stands over an answer; empty says that the guide, by name, is speaking.", RESTART, max_length=30
    )
    hello: str = setting("", "The large words of the first screen; empty asks for a touch.", RESTART, max_length=40)
    offer: str = setting("", "What the guide can help with, on the first screen.", RESTART, max_length=90)
    invitation: str = setting(
        "", "What stands on the screen before anybody has spoken; empty greets.", RESTART, max_length=120
    )
    choices: tuple[Choice, ...] = setting(
        (), "Questions that a visitor can touch instead of speaking; at most four.", RESTART, max_length=4
    )
    notice: tuple[Line, ...] = setting(
        (),
        "The notice before the microphone opens: who, why, how long; empty says only what is true of every kiosk.",
        RESTART,
        max_length=3,
    )
    more_link: str = setting(
        "",
        "Address that the notice shows as a code for the visitor's own phone, such as the house's privacy page; empty "
        "for none.",
        RESTART,
        pattern=r"^(|https?://\S{1,190})$",
    )
    footer: str = setting(
        "", "One line under the controls, such as what is kept; empty for none.", RESTART, max_length=48
    )
    desk: str = setting(
        "",
        "Where a visitor finds a person when the guide cannot answer; empty names no place.",
        RESTART,
        max_length=100,
    )
    out_of_order_text: str = setting(
        "", "What an out-of-order screen says; empty says that the guide cannot help.", RESTART, max_length=60
    )


MUSEUM = {
    "en": HouseWords(
        place="Skarvholm Harbour Museum",
        guide="Maren",
        offer="Ask me about the tide, tickets, the old ferry, or where to find a coffee.",
        invitation="Hello. What can I show you?",
        choices=("Opening hours", "Step-free route", "Find a coffee"),
        notice=(
            "You talk with an AI guide. It listens only while the line on top of the screen is lit.",
            "Your words go to the guide, so that it can answer.",
            "When you leave, this kiosk forgets everything you said.",
        ),
        more_link="https://skarvholm.example/privacy",
        footer="This kiosk keeps nothing you say",
        desk="Please ask at the front desk, on your left past the anchor.",
    ),
    "de": HouseWords(
        place="Hafenmuseum Skarvholm",
        guide="Maren",
        offer="Fragen Sie mich nach den Gezeiten, nach Karten, der alten Fähre oder einem Kaffee.",
        invitation="Guten Tag. Was suchen Sie?",
        choices=("Öffnungszeiten", "Barrierefrei", "Café finden"),
        notice=(
            "Sie sprechen mit einer KI. Sie hört nur zu, solange die Linie oben am Bildschirm leuchtet.",
            "Ihre Worte gehen an die KI, damit sie antworten kann.",
            "Wenn Sie gehen, vergisst dieses Gerät alles, was Sie gesagt haben.",
        ),
        more_link="https://skarvholm.example/privacy",
        footer="Dieses Gerät behält nichts, was Sie sagen",
        desk="Bitte fragen Sie am Empfang, links hinter dem Anker.",
    ),
    "ar": HouseWords(
        place="متحف ميناء سكارفهولم",
        guide="مارين",
        offer="اسألني عن المدّ والجزر، أو التذاكر، أو العبّارة القديمة، أو أين تجد فنجان قهوة.",
        invitation="أهلًا بك. ماذا تحبّ أن أريك؟",
        choices=("مواعيد الزيارة", "طريق بلا درج", "أين أجد قهوة؟"),
        notice=(
            "أنت تتحدّث مع مرشدة بالذكاء الاصطناعي. لا تسمعك إلا حين يضيء الخطّ في أعلى الشاشة.",
            "تصل كلماتك إلى المرشدة كي تستطيع أن تجيبك.",
            "حين تغادر، ينسى هذا الجهاز كلّ ما قلته.",
        ),
        more_link="https://skarvholm.example/privacy",
        footer="لا نحتفظ بأي شيء تقوله",
        desk="يُرجى سؤال مكتب الاستقبال، إلى يسارك بعد المرساة.",
    ),
}
"""Of the fictional harbour museum. A site that gives any words replaces all of these."""
