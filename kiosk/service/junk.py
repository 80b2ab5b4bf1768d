"""What a recogniser hears in noise: Whisper learned from subtitles, and fills what has no words with their habits."""

from __future__ import annotations

import re

from kiosk.service.engines import Recognition

BRIEF_MS = 200  # of speech; two words take longer
DOUBTFUL = 0.4  # confidence

# Words that are no turn alone or in pairs. "Yes", "no", "hello", "stop", "help", "thanks", "where" and "why" are one.
_FILLERS = frozenset(
    (
        *("a", "about", "all", "also", "am", "an", "and", "are", "as", "at", "be", "been", "but", "by", "for", "from"),
        *("had", "has", "have", "he", "her", "his", "i", "if", "in", "into", "is", "it", "its", "just", "me", "my"),
        *(
            "of",
            "on",
            "or",
            "our",
            "she",
            "so",
            "than",
            "that",
            "the",
            "their",
            "them",
            "then",
            "there",
            "they",
            "this",
        ),
        *("those", "to", "us", "was", "we", "were", "with", "would", "you", "your"),
        *("ah", "er", "hm", "hmm", "huh", "mhm", "mm", "oh", "uh", "um"),
    )
)

# Credits and farewells of videos; never said to a kiosk.
_SUBTITLES = re.compile(
    "|".join(
        (
            r"(?:thanks?|thank you)(?: (?:so|very) much)? for (?:watching|listening|viewing)",
            r"subscribe",
            r"subtitles? (?:by|made)",
            r"(?:captions?|transcription|transcribed|translated) by",
            r"amara\.org",
            r"castingwords",
            r"see you (?:in the )?next (?:video|time)",
            r"like and share",
            r"all rights reserved",
            r"^(?:bell|music|applause|laughter|silence|blank audio|inaudible)$",
        )
    )
)
# True words, and also what comes out when there were none: believed only when speech was there.
_OFTEN_FALSE = frozenset({"thank you", "thanks", "bye", "bye bye", "okay", "ok", "yeah", "thank you very much"})


def is_junk(found: Recognition, voiced_ms: int) -> bool:
    """Whether these words answer no visitor. `voiced_ms`: how much of the turn the detector called speech."""
    if re.fullmatch(r"\s*(?:[\[(♪*].*[\])♪*]\.?)?\s*", found.text, re.DOTALL):
        return True  # [Music], (sighs), ♪ la la ♪
    words = re.findall(r"[^\W_]+(?:['’.][^\W_]+)*", found.text.casefold())
    if not words:
        return True
    plain = " ".join(words)
    if found.language == "en":
        if len(words) <= 2 and all(word in _FILLERS for word in words):
            return True
        if _SUBTITLES.search(plain):
            return True
    if len(words) >= 4 and len(set(words)) == 1:
        return True  # one word over and over
    return plain in _OFTEN_FALSE and (voiced_ms < BRIEF_MS or found.confidence < DOUBTFUL)
