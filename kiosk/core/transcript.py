"""The words of a visit: who said what, which of it is settled, and what of the agent's was truly heard aloud."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

BREATH = 4
"""Letters that a voice could say in the pause at a comma."""
SIGNS = frozenset(",;:.?!…–—،؛؟。、")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the agent's words and where it stands in the response's audio, ms."""

    text: str = field(repr=False)
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One side's words in one go.

    heard       of an agent's turn: the words that left the loudspeaker; equals `text` when it was not cut
    start_ms    ms since the session began; for the agent: when its first sample was heard
    speaker     the person who said it in the agent's place; empty for the agent itself
    """

    role: str
    item_id: str
    text: str = field(repr=False, default="")
    final: bool = False
    response_id: str | None = None
    clauses: tuple[Clause, ...] = ()
    start_ms: int | None = None
    end_ms: int | None = None
    played_ms: int | None = None
    interrupted: bool = False
    speaker: str = ""

    @property
    def heard(self) -> str:
        return heard_text(self.text, self.clauses, self.played_ms) if self.interrupted else self.text

    @property
    def over(self) -> bool:
        """Nothing of this turn will change any more, but for a correction."""
        return self.end_ms is not None and (self.final or self.interrupted)


def word_spans(clause: Clause) -> list[tuple[float, float]]:
    """When each word of a clause sounds, from and to, ms of its response.

    Proportional to its letters, which is what one can know when the voice reports no word times. A space is worth
    nothing and a sign between words is worth a breath: with every character counted alike, one word in six of the
    local agent's voice was more than 250 ms off (measured against an alignment of the sound), so one in eleven.
    """
    words = clause.text.split()
    letters = [sum(map(str.isalnum, word)) for word in words]
    breaths = [BREATH if word[-1] in SIGNS else 0 for word in words[:-1]] + [0]
    share = (clause.end_ms - clause.start_ms) / max(1, sum(letters) + sum(breaths))
    spans: list[tuple[float, float]] = []
    at = float(clause.start_ms)
    for long, breath in zip(letters, breaths, strict=False):
        spans.append((at, at + share * long))
        at += share * (long + breath)
    return spans


def heard_text(text: str, clauses: tuple[Clause, ...], played_ms: int | None) -> str:
    """The words of `text` of which at least half had sounded when playback was cut.

    Without any clause times nothing is claimed.
    """
    if played_ms is None or not clauses:
        return ""
    heard: list[str] = []
    for clause in clauses:
        if played_ms >= clause.end_ms:
            heard.append(clause.text)
            continue
        words = [
            word
            for word, (begin, end) in zip(re.finditer(r"\S+", clause.text), word_spans(clause), strict=True)
            if (begin + end) / 2 <= played_ms
        ]
        if words:
            heard.append(clause.text[: words[-1].end()])
        break
    return " ".join(part.strip() for part in heard if part.strip())


@dataclass(frozen=True, slots=True)
class Transcript:
    """All turns of a visit in the order in which they began."""

    turns: tuple[Turn, ...] = ()

    def find(self, item_id: str) -> Turn | None:
        return next((turn for turn in reversed(self.turns) if turn.item_id == item_id), None)

    def of_response(self, response_id: str) -> Turn | None:
        return next((turn for turn in reversed(self.turns) if turn.response_id == response_id), None)

    def words(
        self,
        role: str,
        item_id: str,
        text: str,
        *,
        final: bool,
        response_id: str | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
        speaker: str = "",
    ) -> Transcript:
        """The item's words so far are `text`; the agent's times place what is new of it in the response's audio."""
        old = self.find(item_id)
        if old is None and response_id is not None:
            old = self.of_response(response_id)  # its sound was faster than its words
        turn = replace(old, item_id=item_id) if old else Turn(role=role, item_id=item_id, response_id=response_id)
        if turn.interrupted and not final:
            return self  # words of a response that was cut: nobody will hear them
        if role == "agent":
            clauses = turn.clauses
            new = text[len(turn.text) :] if text.startswith(turn.text) else text
            if new.strip() and start_ms is not None and end_ms is not None and not final:
                clauses = (*clauses, Clause(new.strip(), start_ms, end_ms))
            if turn.interrupted:
                text = turn.text
            turn = replace(
                turn,
                text=text,
                clauses=clauses,
                final=turn.final or final,
                response_id=response_id or turn.response_id,
                speaker=speaker or turn.speaker,
            )
        else:
            turn = replace(
                turn,
                text=text,
                final=turn.final or final,
                start_ms=turn.start_ms if start_ms is None else start_ms,
                end_ms=turn.end_ms if end_ms is None else end_ms,
            )
        return self._put(old, turn)

    def playing(self, response_id: str, at_ms: int) -> Transcript:
        """The first sample of the response left the loudspeaker."""
        old = self.of_response(response_id)
        if old is None:
            return self._put(None, Turn(role="agent", item_id=response_id, response_id=response_id, start_ms=at_ms))
        return self._put(old, replace(old, start_ms=at_ms))

    def played(self, response_id: str, at_ms: int, played_ms: float, *, cut: bool) -> Transcript:
        """The response was heard to its end, or cut after `played_ms` of its audio."""
        old = self.of_response(response_id)
        if old is None or old.interrupted:
            return self
        return self._put(old, replace(old, end_ms=at_ms, played_ms=round(played_ms), interrupted=cut))

    def _put(self, old: Turn | None, new: Turn) -> Transcript:
        if old is None:
            return Transcript((*self.turns, new))
        return Transcript(tuple(new if turn is old else turn for turn in self.turns))
