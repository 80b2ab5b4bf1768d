"""What one conversation leaves in the store: the conversation reports, this makes rows of it.

Runs on the event loop and costs microseconds: `keep` only queues.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.websockets import WebSocketDisconnect

from kiosk.core.transcript import heard_text
from kiosk.service.engines import Answer, Recognition
from kiosk.service.limits import Refused
from kiosk.service.response import Response as Spoken
from kiosk.service.store.tables import Conversation, Event, Rating, Response, Turn, Voice
from kiosk.service.store.writer import Keep
from kiosk.service.stt import TurnEnded
from kiosk.service.wav import pcm16

DOUBTFUL = 0.4  # confidence under which a turn counts as badly heard; as `junk` has it
GOODBYES = frozenset({"completed", "user", "idle", "shutdown"})
TIME_OUTS = frozenset({4010, 4031})  # close codes
LARGEST = 2**31 - 1  # what an integer column of any database holds; a client may report anything


class Record:
    """
    keep        takes the rows
    session_id  as the client named it
    keep_audio  the visitor's voice too

    One for each conversation, resumed ones go on. Numbers of turns and responses count from 1.
    """

    def __init__(self, keep: Keep, session_id: str, *, keep_audio: bool = False) -> None:
        self.id = uuid.uuid4().hex
        self._keep = keep
        self._keep_audio = keep_audio
        self.session_id = session_id
        self.how = ""  # it ended; see `tables.Conversation`
        self._turns = 0
        self._events = 0
        self._ratings = 0
        self._responses: dict[str, int] = {}  # number of each on the wire
        self._last: Spoken | None = None

    def began(self, device: str, language: str, engines: Mapping[str, str]) -> None:
        """`engines`: names of the `recogniser`, the `speech` and the `answers`."""
        self._keep(
            Conversation(
                id=self.id,
                session_id=self.session_id,
                device=device,
                language=language,
                began_at=_now(),
                **engines,
            )
        )

    def resumed(self) -> None:
        self.how = ""
        self._keep(Conversation(id=self.id, ended=None, ended_at=None))
        self.event("resumed")

    def goodbye(self, how: str) -> None:
        """One side has said it: `completed` by the agent, anything else by the client. The first counts."""
        self.how = self.how or (how if how in GOODBYES else "user")

    def broke_off(self, ending: BaseException) -> None:
        """It ends by a limit, a lost link or a fault of the service. After a goodbye, a lost link is none."""
        match ending:
            case Refused():
                self.how = "time_out" if ending.code in TIME_OUTS else "refused"
                self.event(self.how, str(ending.code))
            case WebSocketDisconnect():
                if not self.how:
                    self.how = "lost"
                    self.event("link_lost", str(ending.code))
            case _:
                self.how = "error"
                self.event("error", type(ending).__name__)

    def ended(self) -> None:
        self._keep(Conversation(id=self.id, ended=self.how or "unknown", ended_at=_now()))

    def spoke(
        self,
        item: str,
        text: str,
        found: Recognition | None,
        turn: TurnEnded,
        *,
        endpoint_ms: int,
        recognise_ms: float,
    ) -> int:
        """A turn by voice; its number. `text` is empty when nothing was understood."""
        self._turns += 1
        confidence = found.confidence if found is not None and text else None
        words = found.words if found is not None and text else ()
        self._keep(
            Turn(
                conversation_id=self.id,
                number=self._turns,
                item=item,
                at=_now(),
                how="voice",
                text=text,
                language=found.language if found is not None else "",
                confidence=confidence,
                words=json.dumps(words, ensure_ascii=False) if words else None,
                start_ms=turn.start_ms,
                end_ms=turn.end_ms,
                endpoint_ms=endpoint_ms,
                recognise_ms=round(recognise_ms),
            )
        )
        if self._keep_audio and len(turn.audio):
            self._keep(Voice(conversation_id=self.id, number=self._turns, pcm=pcm16(turn.audio)))
        if not text:
            self.event("nothing_understood", f"turn {self._turns}")
        elif confidence is not None and confidence < DOUBTFUL:
            self.event("low_confidence", f"turn {self._turns}")
        return self._turns

    def typed(self, item: str, text: str, language: str, *, correction: bool) -> int:
        """A turn without a voice; its number."""
        self._turns += 1
        how = "correction" if correction else "text"
        self._keep(
            Turn(
                conversation_id=self.id,
                number=self._turns,
                item=item,
                at=_now(),
                how=how,
                text=text,
                language=language,
            )
        )
        return self._turns

    def answered(self, spoken: Spoken, turn: int | None, answer_ms: float | None) -> None:
        """What the agent is about to say. `turn` None: nobody has asked."""
        number = self._responses[spoken.id] = len(self._responses) + 1
        self._last = spoken
        answer: Answer = spoken.answer
        self._keep(
            Response(
                conversation_id=self.id,
                number=number,
                turn=turn,
                at=_now(),
                text=answer.text,
                source=answer.source,
                score=float(answer.score),
                action=answer.action,
                answer_ms=None if answer_ms is None else round(answer_ms),
                status="speaking",
            )
        )
        if answer.action == "unknown":
            self.event("unknown_question", f"turn {turn}")

    def said(self, spoken: Spoken) -> None:
        """It is sent, or was cut."""
        progress = spoken.progress
        self._keep(
            Response(
                conversation_id=self.id,
                number=self._responses[spoken.id],
                text=spoken.answer.text,  # an answer that is worded anew has its words only now
                sound_ms=None if progress.first_at is None else round((progress.first_at - spoken.asked_at) * 1000),
                sent_ms=round(progress.sent_ms),
                status="interrupted" if progress.cut else "completed",
            )
        )
        if progress.instead_of:
            self.event("engine_fallback", progress.instead_of)
        if progress.voiceless:
            self.event("engine_fallback", "voice")
        if progress.cut:
            self.event("interrupted", f"response {self._responses[spoken.id]}")

    def heard(self, response_id: str, played_ms: int) -> None:
        """The client's report of what left its loudspeaker. One about a response that never was is no report."""
        number = self._responses.get(response_id)
        if number is None:
            return
        row = Response(conversation_id=self.id, number=number, heard_ms=_bounded(played_ms))
        last = self._last
        if last is not None and last.id == response_id:
            words = heard_text(last.answer.text, tuple(last.clauses), played_ms)
            row.heard = None if words.split() == last.answer.text.split() else words
        self._keep(row)

    def rated(self, score: int, item: str | None, comment: str | None) -> None:
        self._ratings += 1
        self._keep(
            Rating(
                conversation_id=self.id,
                number=self._ratings,
                at=_now(),
                score=_bounded(score),
                item=item or "",
                comment=comment or "",
            )
        )

    def event(self, kind: str, detail: str = "") -> None:
        """`kind`: unknown_question, low_confidence, nothing_understood, interrupted, discarded, time_out, refused,
        engine_fallback, reprompt, link_lost, resumed, taken_over, handed_back, person_left or error. `detail`: numbers,
        codes and names; never a visitor's words."""
        self._events += 1
        self._keep(Event(conversation_id=self.id, number=self._events, at=_now(), kind=kind, detail=detail))


def _now() -> datetime:
    return datetime.now(UTC)


def _bounded(number: int) -> int:
    return min(LARGEST, max(-LARGEST, number))
