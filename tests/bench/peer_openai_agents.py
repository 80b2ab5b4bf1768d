"""A conversation with openai-agents' own parts, run by its own environment: peer_openai_agents.py URL.

The library has no sound of its own. Its documentation asks the program for three things, done here with sounddevice in
blocks of 40 ms, as in its example: send what the microphone hears, play `audio` events and tell the
RealtimePlaybackTracker what was played, and stop at once at `audio_interrupted`.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from typing import Any

import sounddevice as sd
from agents.realtime import RealtimeAgent, RealtimePlaybackTracker, RealtimeRunner, RealtimeSession

RATE = 24000
BLOCK = RATE * 40 // 1000


class Player:
    """Plays from the device's callback what `play` was given; `stop` empties it from the next block on."""

    def __init__(self, tracker: RealtimePlaybackTracker) -> None:
        self._tracker = tracker
        self._waiting: deque[tuple[bytes, str, int]] = deque()
        self._stream = sd.RawOutputStream(RATE, BLOCK, channels=1, dtype="int16", callback=self._fill)
        self._stream.start()

    def play(self, pcm: bytes, item_id: str, content_index: int) -> None:
        self._waiting.append((pcm, item_id, content_index))

    def stop(self) -> None:
        self._waiting.clear()

    def _fill(self, out: Any, frames: int, _times: Any, _status: Any) -> None:
        at, size = 0, 2 * frames
        while at < size:
            try:
                pcm, item_id, content_index = self._waiting.popleft()
            except IndexError:
                out[at:] = bytes(size - at)
                return
            now, later = pcm[: size - at], pcm[size - at :]
            if later:
                self._waiting.appendleft((later, item_id, content_index))
            out[at : at + len(now)] = now
            at += len(now)
            self._tracker.on_play_bytes(item_id, content_index, now)


async def hear(session: RealtimeSession) -> None:
    """Everything that the microphone hears goes up."""
    loop = asyncio.get_running_loop()
    blocks: asyncio.Queue[bytes] = asyncio.Queue()

    def captured(data: Any, _frames: int, _times: Any, _status: Any) -> None:
        loop.call_soon_threadsafe(blocks.put_nowait, bytes(data))

    with sd.RawInputStream(RATE, BLOCK, channels=1, dtype="int16", callback=captured):
        while True:
            await session.send_audio(await blocks.get())


async def converse(url: str) -> None:
    tracker = RealtimePlaybackTracker()
    player = Player(tracker)
    runner = RealtimeRunner(RealtimeAgent(name="Guide", instructions="Be brief."))
    settings = {"turn_detection": {"type": "semantic_vad", "interrupt_response": True}}
    session = await runner.run(
        model_config={"url": url, "api_key": "bench", "playback_tracker": tracker, "initial_model_settings": settings}
    )
    async with session:
        hearing = asyncio.create_task(hear(session))
        async for event in session:
            match event.type:
                case "audio":
                    player.play(event.audio.data, event.item_id, event.content_index)
                case "audio_interrupted":
                    player.stop()
                case "error":
                    print("error:", event.error, file=sys.stderr, flush=True)
        hearing.cancel()


if __name__ == "__main__":
    asyncio.run(converse(sys.argv[1]))
