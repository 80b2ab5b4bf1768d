"""How long a visitor may pause before the turn is over. Pure.

By how it sounded, which a model judges (`turn_end`), and by the words: nobody ends on "and the". What both are worth on
recorded speech: `packaging/bench service --only pauses`.
"""

from __future__ import annotations

import re

from kiosk.service.engines import Recognition

SURE = 0.8  # from which a voice has come to its end
UNSURE = 0.5  # up to which it has not

DANGLING = {
    "en": "a an and about are at because but by can could do does for from how if in into is like my not of on or our"
    " so than that the their then these this those to um uh er was were what when where which while who why with your",
    "fr": "à au aux avec ce ces cette dans de des du elle en est et euh je la le les leur ma mais mon nous ou où par"
    " pour que qui sa sans ses son sur un une votre vous",
    "es": "a al con cuando de del donde el ella en entre es este esta la las lo los mi o para pero por que quien se sin"
    " sobre su un una y",
    "it": "a ai al alla anche che chi con da dal dalla dei del della di dove e è gli i il in la le lo ma mi nel nella o"
    " per quando quello se sono su sul un una",
    "de": "aber am an auf aus bei das dass dem den der des die ein eine einen einer für ich im in ist mein mit nach"
    " oder ob sind so um und von vom wann wenn weil wie wo zu zum zur äh ähm",
}
"""Words after which more comes, in the languages that the agent can be set to."""


def patience_ms(found: Recognition, finished_ms: int, thinking_ms: int) -> int:
    """How long a pause may last before the turn is over: `finished_ms` for who has surely finished, `thinking_ms` for
    who has surely not, and something in between."""
    if found.finished is None:
        return finished_ms
    if dangles(found.text, found.language):
        return thinking_ms
    doubt = min(1.0, max(0.0, (SURE - found.finished) / (SURE - UNSURE)))
    return round(finished_ms + doubt * (max(thinking_ms, finished_ms) - finished_ms))


def dangles(text: str, language: str) -> bool:
    """Whether nobody would leave it at that: it trails off, or ends on a word that wants another."""
    if re.search(r"(?:\.\.\.|…|[,;:–—-])\s*$", text):
        return True
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return bool(words) and not text.rstrip().endswith("?") and words[-1] in DANGLING.get(language, "").split()
