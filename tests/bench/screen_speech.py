"""What the agent says in the screen's bench: sentences whose every word begins at a known sample."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from kiosk.wire.canonical import AgentAudio, AgentAudioEnd, Event, ResponseDone, ResponseStarted, Transcript
from tests.bench.agent_peer import RATE, AgentPeer

CLAUSES = (
    "The museum is open every day from nine in the morning until six in the evening,",
    "and on Thursdays the large hall stays open until nine.",
    "A ticket for an adult costs twelve euros; children under fourteen pay half of that.",
    "The whale skeleton hangs in the second hall, right behind the old lighthouse lamp.",
    "If you would like to see the harbour from above, take the lift to the terrace.",
    "Is there anything else that you would like to know?",
)
GAP_MS = 60  # of silence behind each word: an onset is a sample after silence
LETTER_MS, WORD_MS = 48.0, 110.0  # 170 words a minute
SPREAD = 0.35  # a voice does not give each letter the same time
PAUSE_MS = 180  # behind a comma or full stop


@dataclass(frozen=True, slots=True)
class Clause:
    """`onsets_ms`: of its words, in the clause; `pause_ms`: silence at its end, behind the words."""

    text: str
    pcm: bytes
    onsets_ms: tuple[float, ...]
    pause_ms: float = 0.0

    @property
    def ms(self) -> float:
        return len(self.pcm) / 2 / RATE * 1000


def speak(text: str, seed: int) -> Clause:
    """A voice that hums each word at a pitch of its own. `onsets_ms` are true to the sample."""
    pick = random.Random(seed)
    pieces: list[np.ndarray] = []
    onsets, at = [], 0
    for word in text.split():
        hum_ms = (WORD_MS + LETTER_MS * len(word)) * pick.uniform(1 - SPREAD, 1 + SPREAD) - GAP_MS
        times = np.arange(round(hum_ms / 1000 * RATE)) / RATE
        fall = np.minimum(1.0, (times[-1] - times) / 0.02)
        hum = 0.25 * fall * np.cos(2 * np.pi * pick.uniform(120, 400) * times)  # begins at its peak
        pieces += [hum, np.zeros(GAP_MS * RATE // 1000)]
        onsets.append(at / RATE * 1000)
        at += len(hum) + len(pieces[-1])
        if word[-1] in ",.;?":
            pieces.append(np.zeros(PAUSE_MS * RATE // 1000))
            at += len(pieces[-1])
    pcm = (np.concatenate(pieces) * 32767).astype("<i2").tobytes()
    return Clause(text, pcm, tuple(onsets), PAUSE_MS if text[-1] in ",.;?" else 0.0)


def clauses(seed: int) -> list[Clause]:
    return [speak(text, 100 * seed + number) for number, text in enumerate(CLAUSES)]


def word_by_word(clause: Clause) -> list[Clause]:
    """The same sound told in clauses of one word, which leaves nothing to interpolate."""
    bytes_at = [2 * round(ms * RATE / 1000) for ms in (*clause.onsets_ms, clause.ms)]
    return [
        Clause(word, clause.pcm[begin:end], (0.0,))
        for word, begin, end in zip(clause.text.split(), bytes_at, bytes_at[1:], strict=False)
    ]


async def say(peer: AgentPeer, number: int, said: list[Clause]) -> str:
    """A whole response as the local agent sends it: words of a clause, then its sound."""
    response_id, item, text, at_ms = f"s{number}", f"a{number}", "", 0.0
    await peer.say(ResponseStarted(response_id))
    for clause in said:
        text = f"{text} {clause.text}".strip()
        end_ms = at_ms + clause.ms
        events: list[Event] = [_words(text, item, response_id, (round(at_ms), round(end_ms - clause.pause_ms)))]
        events += [
            AgentAudio(clause.pcm[part : part + 3200], RATE, response_id) for part in range(0, len(clause.pcm), 3200)
        ]
        await peer.say(*events)
        at_ms = end_ms
    await peer.say(
        AgentAudioEnd(response_id), _words(text, item, response_id, None), ResponseDone(response_id, "completed")
    )
    return response_id


def _words(text: str, item: str, response_id: str, span: tuple[int, int] | None) -> Transcript:
    start_ms, end_ms = span or (None, None)
    return Transcript(
        "agent", text, item, response_id, final=span is None, mode="replace", start_ms=start_ms, end_ms=end_ms
    )
