"""What the pages call what the store knows by a code."""

from __future__ import annotations

from kiosk.service.store.search import Mark

ENDED = {
    "open": "not ended",
    "user": "by the visitor",
    "completed": "by the agent",
    "idle": "walked away",
    "lost": "link lost",
    "time_out": "too long",
    "refused": "refused",
    "shutdown": "kiosk closed",
    "error": "fault",
    "unknown": "service broke off",
}
MARKS = {
    Mark.UNKNOWN: "not known",
    Mark.DOUBT: "badly heard",
    Mark.NOTHING: "nothing understood",
    Mark.CUT: "cut in",
    Mark.FALLBACK: "other engine",
    Mark.LOST: "link lost",
    Mark.ERROR: "fault",
    Mark.RATED: "rated",
    Mark.POOR: "rated poor",
}
EVENTS = {
    **{mark.value: name for mark, name in MARKS.items()},
    "discarded": "slid off the talk button",
    "time_out": "too long",
    "refused": "refused",
    "resumed": "link came back",
    "taken_over": "a person took it",
    "handed_back": "handed back to the agent",
    "person_left": "the person had gone",
}
STAGES = {
    "pause": "end of turn",
    "recognise": "recognised",
    "answer": "answer found",
    "sound": "first sound",
    "total": "all together",
}
SCORES = {1: "good", 0: "fair", -1: "poor"}
