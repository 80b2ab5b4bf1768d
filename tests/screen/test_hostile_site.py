"""A site whose words are as long as the settings allow: nothing overlaps, leaves the glass, or hides a control."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication

from kiosk.screen.gallery.geometry import faults
from kiosk.screen.gallery.poses import poses
from kiosk.screen.gallery.studio import LANDSCAPE, PORTRAIT, SMALL, Shape, Studio
from kiosk.settings.schema import Settings

LONG = {
    "place": "The Royal Skarvholm Museum of Harbours and Inland Navigation",
    "guide": "Maren-Elisabeth von Skarv",
    "choices": (
        "What are your opening hours on Sundays??",
        "Step-free route from the tram to the bay",
        "Where can I find coffee with some oatmil",
        "Can I get inside with a dog and a pram??",
    ),
}
NAMES = ("attract", "notice", "ready", "hearing", "thinking", "speaking", "answered", "offline", "farewell", "closed")


@pytest.mark.parametrize("shape", [PORTRAIT, LANDSCAPE, SMALL], ids=lambda shape: shape.name)
def test_long_words_keep_their_places(application: QGuiApplication, shape: Shape) -> None:
    site = Settings()
    words = site.words["en"].model_copy(update=LONG)
    studio = Studio(shape, site.model_copy(update={"words": {**site.words, "en": words}}))
    wrong = []
    for pose in poses():
        if pose.name in NAMES:
            studio.pose(pose)
            wrong += [f"{pose.name}: {fault}" for fault in faults(studio.window, pose.session)]
    studio.close()
    assert wrong == []
