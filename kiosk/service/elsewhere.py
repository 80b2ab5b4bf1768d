"""What visitors ask and no house knows: capitals, poems, pizza. The agent learns from it where its own subjects end.

A recogniser of meanings alone finds something near for everything: "Where is the lion?" is near to "Where is the
lift?". `foreign` gives several hundred such questions, without those that use a word of the house's own.
"""

from __future__ import annotations

import tomllib

from kiosk.service.knowledge import Action, Knowledge
from kiosk.service.openers import words
from kiosk.settings.places import assets

ELSEWHERE = assets() / "knowledge" / "elsewhere.toml"
SHORTEST_WORD = 4  # letters of a word that tells what a name is about; "the" and "of" do not


def foreign(knowledge: Knowledge) -> list[str]:
    """English questions about nothing that is in `knowledge`, evenly from the shipped file, as many as it has wordings.

    More of them than its own would make a young house, with two wordings an entry, decline nearly everything.
    """
    read = tomllib.loads(ELSEWHERE.read_text("utf-8"))
    own = {
        word
        for entry in knowledge.entries
        if entry.action is not Action.UNKNOWN
        for text in (*entry.questions, entry.answer)
        for word in words(text)
    }
    filled = [
        asked.replace("*", name)
        for kind in read["kind"]
        for name in kind["names"]
        if not own.intersection(word for word in words(name) if len(word) >= SHORTEST_WORD)
        for asked in kind["asked"]
    ]
    all_of_them = list(dict.fromkeys([*filled, *read["plain"]["asked"]]))
    count = min(len(all_of_them), sum(len(entry.questions) for entry in knowledge.entries))
    return [all_of_them[place * len(all_of_them) // count] for place in range(count)]
