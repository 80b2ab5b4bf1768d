"""The Voice API as an ASGI application: one route for conversations, one that says whether it is well."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from kiosk.service.agent import Agent
from kiosk.service.clients import KnownClients
from kiosk.service.conversation import GRACE_S, Conversation
from kiosk.service.limits import INIT_WITHIN_S, Admission, Refused
from kiosk.service.live import Live
from kiosk.service.store.record import Record
from kiosk.service.store.writer import Keep, nothing
from kiosk.wire.canonical import Command, End, Error, Start
from kiosk.wire.codec import Codec, Frame, FrameRefused
from kiosk.wire.dialect import Dialect, Side

log = logging.getLogger(__name__)

VOICE_PATH = "/v1/voice"


class VoiceApi:
    """
    agent      the loaded engines, shared by all conversations
    dialect    the wire format served
    clients    those that may connect
    keep       where rows of the conversations go
    """

    def __init__(self, agent: Agent, dialect: Dialect, clients: KnownClients, keep: Keep = nothing) -> None:
        self._agent = agent
        self._dialect = dialect
        self._clients = clients
        self._keep = keep
        self._admission = Admission(agent.settings.conversations, agent.load)
        self._grace: dict[str, Conversation] = {}
        self.live = Live()
        self.application = Starlette(
            routes=[
                WebSocketRoute(VOICE_PATH, self._voice),
                Route("/healthz", self._health),
                Route(VOICE_PATH, self._not_a_page),
            ]
        )

    async def _health(self, request: Request) -> JSONResponse:
        return JSONResponse({"ok": True, "stt": self._agent.recogniser.name, "tts": self._agent.speech.name})

    async def _not_a_page(self, request: Request) -> PlainTextResponse:
        return PlainTextResponse("This is a voice socket: use ws:// or wss://, not http://.\n", status_code=426)

    async def _voice(self, socket: WebSocket) -> None:
        """One socket from its first frame to its last. The boundary for exceptions of a conversation."""
        if socket.headers.get("origin"):
            await socket.close(4003)  # a page in somebody's browser has no business here
            return
        await socket.accept()
        codec = Codec(self._dialect, Side.SERVER)
        pipe = Pipe(socket, codec)
        conversation: Conversation | None = None
        try:
            start = await self._first(socket, codec)
            conversation = self._admit(start, pipe)
            self._agent.idle.clear()
            await conversation.run(start)
            await socket.close(1000, "done")
        except Refused as refused:
            await self._refuse(pipe, refused)
        except FrameRefused as refused:
            await self._refuse(pipe, Refused(refused.close_code, refused.reason))
        except WebSocketDisconnect as gone:
            log.info("the client went away: code %s", gone.code)
        except Exception:
            log.exception("a conversation ended because of a fault of the service")
            await self._refuse(pipe, Refused(1011, "the service met a fault of its own"))
        finally:
            if conversation is not None:
                self._release(conversation)

    async def _first(self, socket: WebSocket, codec: Codec) -> Start:
        try:
            async with asyncio.timeout(INIT_WITHIN_S):
                frame = await receive(socket)
        except TimeoutError:
            raise Refused(4008, "no init within 5 s") from None
        commands = codec.read(frame, time.monotonic())
        if len(commands) != 1 or not isinstance(commands[0], Start) or not commands[0].session_id:
            raise Refused(4000, "the first frame is not an init with a session ID")
        return commands[0]

    def _admit(self, start: Start, pipe: Pipe) -> Conversation:
        if not self._clients.allow(start.client_id):
            raise Refused(4001, "the Client ID is not known here")
        if (start.input_encoding, start.input_rate) != (self._dialect.up.encoding, self._dialect.up.rate):
            raise Refused(
                1003,
                f"audio must be {self._dialect.up.encoding} at {self._dialect.up.rate} Hz, "
                f"not {start.input_encoding} at {start.input_rate} Hz",
            )
        if start.resume_token is not None:
            return self._resume(start, pipe)
        if self._admission.full:
            raise Refused(1013, "too many conversations at the moment", retry_after_ms=5000)
        if not self._admission.begin(start.session_id):
            raise Refused(4009, "this session ID is in use")
        record = Record(self._keep, start.session_id, keep_audio=self._agent.settings.keep_audio)
        return Conversation(self._agent, self._dialect, start.session_id, pipe, record=record, live=self.live)

    def _resume(self, start: Start, pipe: Pipe) -> Conversation:
        """The conversation whose link was lost, if its token is right and its grace has not run out."""
        kept = self._grace.pop(start.resume_token or "", None)
        if kept is None or kept.session_id != start.session_id or kept.grace_over(time.monotonic()):
            raise Refused(4004, "the resume token is not known or too old")
        self._admission.begin(start.session_id)
        kept.attach(pipe)
        return kept

    def _release(self, conversation: Conversation) -> None:
        """The place is free at once; what was said is kept for the grace only if the link was lost, not ended."""
        self._admission.end(conversation.session_id)
        if self._admission.empty:
            self._agent.idle.set()
        if conversation.lost:
            self._grace[conversation.resume_token] = conversation
            asyncio.get_running_loop().call_later(GRACE_S, self._forget, conversation)

    def _forget(self, conversation: Conversation) -> None:
        """Its link has not come back, or was lost anew meanwhile."""
        if conversation.grace_over(time.monotonic()):
            self._grace.pop(conversation.resume_token, None)
            conversation.over()

    @staticmethod
    async def _refuse(pipe: Pipe, refused: Refused) -> None:
        """Say why, in the dialect, then close. The other side may be gone already."""
        retryable = refused.code in {1011, 1012, 1013, 4029}
        error = Error(f"close_{refused.code}", refused.reason, True, retryable, refused.retry_after_ms)
        try:
            await pipe.send(error)
            await pipe.socket.close(refused.code, refused.reason)
        except (RuntimeError, WebSocketDisconnect):
            log.info("the client did not wait to hear why: code %s", refused.code)


class Pipe:
    """One end of a socket that speaks canonical events."""

    def __init__(self, socket: WebSocket, codec: Codec) -> None:
        self.socket = socket
        self.codec = codec

    async def send(self, event: object) -> None:
        """Frames of one event go out together, in order. Raises WebSocketDisconnect when the client is gone."""
        for frame in self.codec.write(event):  # type: ignore[arg-type]
            if isinstance(frame, str):
                await self.socket.send_text(frame)
            else:
                await self.socket.send_bytes(frame)

    async def receive(self) -> list[Command]:
        """The commands of the next frame. Raises `Refused` for one that cannot be read."""
        frame = await receive(self.socket)
        try:
            commands = self.codec.read(frame, time.monotonic())
        except FrameRefused as refused:
            raise Refused(refused.close_code, refused.reason) from None
        for reply in self.codec.take_replies():
            await (self.socket.send_text(reply) if isinstance(reply, str) else self.socket.send_bytes(reply))
        return [command for command in commands if isinstance(command, Command)]


async def receive(socket: WebSocket) -> Frame:
    message: dict[str, Any] = dict(await socket.receive())
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005), message.get("reason"))
    frame = message.get("text")
    return str(frame) if frame is not None else bytes(message["bytes"])


def ends(commands: list[Command]) -> bool:
    return any(isinstance(command, End) for command in commands)
