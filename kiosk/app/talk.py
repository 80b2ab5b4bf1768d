"""The conversation's doer: one link at a time, canonical events to core events, core orders to canonical commands."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.app.shows import shown
from kiosk.core import events as ev
from kiosk.core import orders as od
from kiosk.core.events import Cut
from kiosk.core.fault import ExitCode
from kiosk.wire import canonical as wire
from kiosk.wire.backoff import Backoff
from kiosk.wire.link import Link

if TYPE_CHECKING:
    from kiosk.app.kiosk import Kiosk

log = logging.getLogger(__name__)

RESUME_REFUSED = 4004
"""Close code for a resume token that is too old. Without a token it means that there is no such agent: final."""
TOO_MANY = 1013
"""Close code of an agent that talks with as many as it can."""

CALL_PERSON = "call_person"
"""Name of the tool by which an agent has a person of the house called."""

MakeLink = Callable[[Callable[[wire.Event], None], Callable[[str, bytes, int], None]], Link]


class Talk:
    """
    make_link  builds a link from (on_event, on_audio); raises `Fault` when the endpoint must not be used
    backoff    how long to wait after a loss

    All methods on the loop thread but `push_audio`. Events of a link that is no longer the current one are dropped:
    the goodbye of the last visit must not end the next. Agents count their responses and lines anew in each
    conversation, so inside of the kiosk an id carries the number of its link: "r1" cut in one visit would else be
    refused by the loudspeaker in the next.
    """

    def __init__(self, make_link: MakeLink, backoff: Backoff) -> None:
        self._make_link = make_link
        self._backoff = backoff
        self._kiosk: Kiosk
        self._tasks: asyncio.TaskGroup
        self._link: Link | None = None
        self._task: asyncio.Task[None] | None = None
        self._lost: wire.Closed | None = None
        self._fed: set[str] = set()
        self._number = 0  # of the current link
        self._goodbyes: set[asyncio.Task[None]] = set()

    def attach(self, kiosk: Kiosk, tasks: asyncio.TaskGroup) -> None:
        self._kiosk = kiosk
        self._tasks = tasks

    # --- opening and closing --------------------------------------------------------------------------------------

    def connect(self, session_id: str | None, resume_token: str | None) -> None:
        """A new conversation has a new session ID; the old one only comes back with its token."""
        self._drop("idle")
        name = session_id if session_id is not None and resume_token is not None else str(uuid.uuid4())
        self._kiosk.dispatch(ev.Named(name))
        self._number += 1
        link = self._link = self._make_link(
            lambda event: self._on_event(link, event),
            lambda response_id, pcm, rate: self._on_audio(link, response_id, pcm, rate),
        )
        self._task = self._tasks.create_task(self._hold(link, name, resume_token), name="conversation")

    def disconnect(self, reason: str) -> None:
        self._drop(reason)
        self._lost = None
        self._fed.clear()

    async def finish(self, reason: str) -> None:
        """Say goodbye and wait for it."""
        self._drop(reason)
        if self._goodbyes:
            await asyncio.wait(self._goodbyes, timeout=4)

    def _drop(self, reason: str) -> None:
        link, task, self._link, self._task = self._link, self._task, None, None
        if link is None or task is None:
            return
        goodbye = self._tasks.create_task(self._say_goodbye(link, task, reason), name="goodbye")
        self._goodbyes.add(goodbye)
        goodbye.add_done_callback(self._goodbyes.discard)

    @staticmethod
    async def _say_goodbye(link: Link, task: asyncio.Task[None], reason: str) -> None:
        await link.close(reason)
        task.cancel()

    async def _hold(self, link: Link, session_id: str, resume_token: str | None) -> None:
        if self._lost is not None:
            await asyncio.sleep(self._backoff.delay(self._lost, time.monotonic()))
        closed = await link.run(session_id, resume_token)
        # The agent may know a Client ID no more that was rotated a moment ago: with the new one the visit goes on.
        renewed = link is self._link and _turned_away(closed) and await link.renewed()
        if link is not self._link:
            return
        self._lost = None if renewed else closed
        self._link = self._task = None
        sentence = closed.fault.sentence if closed.fault is not None else ""
        forgotten = resume_token is not None and closed.code == RESUME_REFUSED
        retryable = closed.retryable or forgotten or renewed
        log.warning("the link is gone: code %s, %s", closed.code, "retryable" if retryable else "final")
        if forgotten:
            self._lost = None  # a new conversation may begin at once
        cut = self._kiosk.cut("link")
        self._kiosk.dispatch(ev.LinkLost(retryable, sentence, cut, forgotten, busy=closed.code == TOO_MANY))

    # --- up -------------------------------------------------------------------------------------------------------

    def push_audio(self, pcm: bytes) -> bool:
        """Any thread."""
        link = self._link
        return link is not None and link.push_audio(pcm)

    def hold_audio(self) -> Callable[[], None]:
        """Any thread: what is pushed from now on follows what is told before the release, which the loop calls."""
        link = self._link
        return link.hold_audio() if link is not None else _nothing

    def tell(self, order: od.Order) -> None:
        link = self._link
        if link is None:
            return
        match order:
            case od.TellInterrupted():
                link.send(wire.Interrupt(self._theirs(order.response_id), order.played_ms, order.reason))
            case od.TellPlayback():
                link.send(wire.Playback(self._theirs(order.response_id), order.state, order.played_ms))
            case od.TellSpeech(begins=True):
                link.send(wire.SpeechStart())
            case od.TellSpeech(begins=False, discard=True):
                link.send(wire.SpeechEnd(discard=True))
            case od.TellSpeech(begins=False):
                link.send(wire.SpeechEnd())
                link.expect_answer()
            case od.TellText():
                corrects = self._theirs(order.corrects) if order.corrects else None
                link.send(wire.Text(order.text, corrects))
                link.expect_answer()
            case od.TellLanguage():
                link.send(wire.Context(locale=order.language))
            case od.TellPage():
                link.send(wire.Context(page=order.page))
            case od.TellSpeed():
                link.send(wire.Rate(order.speed))
            case od.TellMuted():
                link.send(wire.Mute(order.muted))
            case od.TellRating():
                link.send(wire.Feedback(order.score))
            case _:
                raise TypeError(f"no doer for {type(order).__name__}")

    # --- down -----------------------------------------------------------------------------------------------------

    def _on_audio(self, link: Link, response_id: str, pcm: bytes, rate: int) -> None:
        if link is self._link and self._kiosk.speaker.feed(self._ours(response_id), pcm, rate):
            self._fed.add(response_id)  # without a loudspeaker nothing is

    def _on_event(self, link: Link, event: wire.Event) -> None:
        if link is not self._link:
            return
        kiosk = self._kiosk
        match event:
            case wire.Ready():
                self._lost = None
                self._backoff.ready(time.monotonic())
                kiosk.dispatch(ev.AgentReady(event.resume_token, event.resume_grace_s, event.language[:2].lower()))
            case wire.UserSpeechStarted():
                kiosk.dispatch(ev.AgentHears(True))
            case wire.UserSpeechStopped():
                link.expect_answer()
                kiosk.dispatch(ev.AgentHears(False))
            case wire.Thinking():
                kiosk.dispatch(ev.AgentThinks())
            case wire.Transcript():
                kiosk.dispatch(self._words(event))
            case wire.ResponseStarted():
                kiosk.dispatch(ev.ResponseStarted(self._ours(event.response_id)))
            case wire.AgentAudioEnd():
                if event.response_id is not None:
                    kiosk.speaker.end(self._ours(event.response_id))
            case wire.ResponseDone():
                kiosk.speaker.end(self._ours(event.response_id))
                silent = event.response_id not in self._fed
                self._fed.discard(event.response_id)
                kiosk.dispatch(ev.ResponseDone(self._ours(event.response_id), event.status, silent))
            case wire.Flush():
                self._flush(event)
            case wire.Handover():
                kiosk.dispatch(ev.HandedOver(event.active, event.name))
            case wire.Show():
                if (shows := shown(event.kind, event.content)) is not None:
                    kiosk.dispatch(shows)
                else:
                    log.debug("cannot be shown here: %s", event.kind)
            case wire.ToolCall():
                self._use(link, event)
            case wire.Ended():
                kiosk.dispatch(ev.AgentEnded())
            case wire.ResumeUpdate():
                kiosk.dispatch(ev.AgentReady(event.token, event.grace_s))
            case wire.Error():
                log.warning("the agent reports an error: %s", event.code)
            case wire.GoAway():
                log.info("the agent goes away in %d ms", event.time_left_ms)
            case _:
                log.debug("not used here: %s", type(event).__name__)

    def _use(self, link: Link, call: wire.ToolCall) -> None:
        """The agent asks for something to be done. One thing can be: that a person comes."""
        known = call.name == CALL_PERSON
        if known:
            self._kiosk.dispatch(ev.PersonCalled())
        link.send(wire.ToolResult(call.call_id, {"done": known}))

    def _flush(self, event: wire.Flush) -> None:
        """Silence first. Of a scope `up_to`, the codec has dropped what was still to come."""
        ordered = time.monotonic()
        one = self._ours(event.response_id) if event.scope == "response" and event.response_id else None
        heard = self._kiosk.speaker.flush(one)
        self._kiosk.note_flush("agent", heard, ordered)
        self._kiosk.dispatch(ev.AgentCut(Cut(heard.response_id, heard.played_ms) if heard.response_id else None))

    def _words(self, event: wire.Transcript) -> ev.Words:
        start_ms, end_ms = event.start_ms, event.end_ms
        if event.role == "user":
            start_ms, end_ms = self._session_ms(start_ms), self._session_ms(end_ms)
        response_id = self._ours(event.response_id) if event.response_id else None
        return ev.Words(
            event.role,
            self._ours(event.item_id),
            event.text,
            event.final,
            response_id,
            start_ms,
            end_ms,
            event.speaker or "",
        )

    def _ours(self, id: str) -> str:
        return f"{self._number}/{id}"

    @staticmethod
    def _theirs(id: str) -> str:
        return id.partition("/")[2]

    def _session_ms(self, audio_ms: int | None) -> int | None:
        """The agent counts the audio it received; turns are told in ms of the visit."""
        at = None if audio_ms is None else self._kiosk.uplink_clock.at(audio_ms)
        return None if at is None else self._kiosk.session.since_began_ms(at)


def _turned_away(closed: wire.Closed) -> bool:
    return closed.fault is not None and closed.fault.code is ExitCode.CREDENTIALS


def _nothing() -> None:
    """Nothing is held where nobody listens."""
