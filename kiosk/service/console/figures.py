"""Insights for a page and for a program."""

from __future__ import annotations

from kiosk.service.console.parts import Parts
from kiosk.service.insights.figures import Insights, insights
from kiosk.service.insights.gather import gather
from kiosk.service.store.search import Wanted


def told(parts: Parts, wanted: Wanted) -> Insights:
    with parts.conversations.session() as session:
        facts = gather(session, wanted)
    return insights(facts)
