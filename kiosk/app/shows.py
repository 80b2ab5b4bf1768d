"""What an agent shows beside its words, from the wire to the screen: whatever it sends, only short plain texts."""

from __future__ import annotations

from typing import Any

from kiosk.core import events as ev

MOST_CHOICES = 3  # the screen has room for so many
MOST_LINES = 5
LONGEST = 60  # characters of a choice or a line; what is longer is no button
MOST_CODE = 300  # characters; what is longer has modules too fine for a phone (`screen.code`)


def shown(kind: str, content: Any) -> ev.AgentShows | None:
    """None for what this screen cannot show: images, maps, and anything of another form than

    choices  {"choices": ["Opening hours", ...]}
    card     {"title": "Tickets", "lines": ["Adults 120 kr", ...]}
    qr       {"text": "https://tickets.example/today", "title": "Tickets on your phone"}, the title if it likes
    """
    if not isinstance(content, dict):
        return None
    if kind == "choices":
        choices = _texts(content.get("choices"))[:MOST_CHOICES]
        return ev.AgentShows(choices=choices) if choices else None
    if kind == "card":
        title = _texts([content.get("title")])
        card = (*title, *_texts(content.get("lines"))[:MOST_LINES])
        return ev.AgentShows(card=card) if title else None
    if kind == "qr":
        text = content.get("text")
        if isinstance(text, str) and 0 < len(text) <= MOST_CODE and text.isprintable():
            return ev.AgentShows(card=_texts([content.get("title")]) or None, code=text)
    return None


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        return ()
    texts = (" ".join(value.split()) for value in values if isinstance(value, str))
    return tuple(text for text in texts if text and len(text) <= LONGEST)
