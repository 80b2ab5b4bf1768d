"""An OpenAI Realtime server that says exactly what the bench wants: the agent of both peers."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

RATE = 24000
DELTA_S = 0.1


@dataclass
class RealtimeServer:
    """The newest connection. `audio` keeps (arrival, pcm) of every microphone frame, both at `rate`."""

    rate: int = RATE
    audio: list[tuple[float, bytes]] = field(default_factory=list)
    heard_ms: dict[str, float] = field(default_factory=dict)
    """What the program said was heard of a response that was cut, by the response's id."""
    cancelled: list[float] = field(default_factory=list)
    """When the program itself cut a response."""
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first frame of the microphone."""
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _socket: ServerConnection | None = None

    # --- what the agent does --------------------------------------------------------------------------------------

    async def burst(self, pcm: bytes) -> tuple[str, float]:
        """A whole response as fast as it goes. Its id, and the time just before its first sound was sent."""
        response = await self._begin()
        step = 2 * round(DELTA_S * RATE)
        at = time.monotonic()
        for first in range(0, len(pcm), step):
            await self._delta(response, pcm[first : first + step])
        await self._end(response)
        return response, at

    async def paced(self, pcm: bytes, delays: Sequence[float] | None = None) -> tuple[str, float]:
        """The same in 20 ms frames at real time, each late by its delay (s)."""
        response = await self._begin()
        step = 2 * round(0.02 * RATE)
        began = time.monotonic()
        for number, first in enumerate(range(0, len(pcm), step)):
            late = delays[number] if delays else 0.0
            if (wait := began + number * 0.02 + late - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            await self._delta(response, pcm[first : first + step])
        await self._end(response)
        return response, began

    async def interrupt(self, response: str) -> float:
        """The server's voice detection: somebody began to speak. The time just before it was sent."""
        at = await self._send("input_audio_buffer.speech_started", audio_start_ms=0, item_id=f"user_{response}")
        await asyncio.sleep(0.2)
        await self._send("input_audio_buffer.speech_stopped", audio_end_ms=0, item_id=f"user_{response}")
        return at

    # --- the wire -------------------------------------------------------------------------------------------------

    async def _begin(self) -> str:
        response = f"resp_{next(self._numbers)}"
        item = _item(response, "in_progress")
        place = {"response_id": response, "output_index": 0}
        await self._send("response.created", response=_response(response, "in_progress"))
        await self._send("response.output_item.added", **place, item=item)
        await self._send("conversation.item.added", previous_item_id=None, item=item)
        part = {"type": "audio", "transcript": ""}
        await self._send("response.content_part.added", **place, item_id=item["id"], content_index=0, part=part)
        return response

    async def _delta(self, response: str, pcm: bytes) -> None:
        await self._send("response.output_audio.delta", **_part(response), delta=base64.b64encode(pcm).decode())

    async def _end(self, response: str) -> None:
        item = _item(response, "completed")
        await self._send("response.output_audio.done", **_part(response))
        await self._send("response.output_item.done", response_id=response, output_index=0, item=item)
        await self._send("conversation.item.done", previous_item_id=None, item=item)
        await self._send("response.done", response=_response(response, "completed", item))

    async def _send(self, kind: str, **fields: Any) -> float:
        assert self._socket is not None
        at = time.monotonic()
        message = {"type": kind, "event_id": f"event_{next(self._numbers)}", **fields}
        await self._socket.send(json.dumps(message))
        return at

    async def hold(self, socket: ServerConnection) -> None:
        self._socket = socket
        try:
            await self._send("session.created", session=_session({}))
            async for frame in socket:
                await self._read(json.loads(frame), time.monotonic())
        except ConnectionClosed:
            return

    async def _read(self, message: Mapping[str, Any], at: float) -> None:
        match message["type"]:
            case "input_audio_buffer.append":
                self.audio.append((at, base64.b64decode(message["audio"])))
                self.listening.set()
            case "session.update":
                await self._send("session.updated", session=_session(message["session"]))
            case "conversation.item.create":
                item = {"status": "completed", **message["item"]}
                await self._send("conversation.item.added", previous_item_id=None, item=item)
                await self._send("conversation.item.done", previous_item_id=None, item=item)
            case "conversation.item.truncate":
                self.heard_ms[message["item_id"].removeprefix("item_")] = float(message["audio_end_ms"])
                fields = {key: message[key] for key in ("item_id", "content_index", "audio_end_ms")}
                await self._send("conversation.item.truncated", **fields)
            case "response.cancel":
                self.cancelled.append(at)
            case "response.create":  # the bench alone says when the agent speaks
                pass


def _part(response: str) -> dict[str, Any]:
    return {"response_id": response, "item_id": f"item_{response}", "output_index": 0, "content_index": 0}


def _item(response: str, status: str) -> dict[str, Any]:
    return {
        "id": f"item_{response}",
        "object": "realtime.item",
        "type": "message",
        "status": status,
        "role": "assistant",
        "content": [] if status == "in_progress" else [{"type": "output_audio", "transcript": ""}],
    }


def _response(response: str, status: str, *output: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": response, "object": "realtime.response", "status": status, "output": list(output)}


def _session(wanted: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in wanted.items() if value is not None}
    return {"id": "sess_1", "object": "realtime.session", "model": "gpt-realtime", **known, "type": "realtime"}


@asynccontextmanager
async def realtime_server() -> AsyncIterator[tuple[RealtimeServer, int]]:
    """The server and the local port at which it listens."""
    server = RealtimeServer()
    async with serve(server.hold, "127.0.0.1", 0, compression=None, close_timeout=0.5, max_size=None) as listening:
        yield server, listening.sockets[0].getsockname()[1]
