"""Python and pictures in a talking visit, by the stopwatch in the kiosk itself; and its captions against the sound."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import numpy as np

from kiosk.rehearsal.display import Display
from kiosk.rehearsal.figures import Figure, summarise
from kiosk.service.tts import open_speech
from kiosk.settings.schema import Service
from tests.bench.agent_peer import RATE
from tests.bench.engine import begin, engine, room_of
from tests.bench.screen_caption import Aligner, Said, Watched, aligned, errors, onsets
from tests.bench.screen_speech import CLAUSES, Clause, clauses, say, word_by_word

RESPONSE_S = 60.0
DRAWN_S = 0.0006  # a picture that took less was none: nothing had changed


def voiced() -> list[Clause]:
    """The sentences in the local agent's own voice, clause by clause as its service tells them. Takes seconds."""
    speech = open_speech(Service(tts="kokoro"), rate=RATE)
    pieces = speech.pieces(" ".join(CLAUSES), speed=1.0)
    return [Clause(piece.text, piece.pcm, (), piece.pause_ms) for piece in pieces]


async def watched(out: Path, display: Display, voice: list[Clause]) -> dict[str, Figure]:
    """Each kind of speech once: 41 words, 81, and 81."""
    file = out / "stopwatch.json"
    told: list[Said] = []
    command = [sys.executable, "-m", "tests.bench.stopwatch", str(file), "run"]
    hummed = clauses(1)
    exact = [word for clause in hummed[:3] for word in word_by_word(clause)]
    script = [("exact", exact), ("clause", hummed), ("voice", voice)]
    async with engine(out, command=command, around=display.env) as (kiosk, peer, _):
        await begin(kiosk, peer)
        for number, (kind, said) in enumerate(script):
            since = len(kiosk.events)
            await say(peer, number, said)
            started = await kiosk.wait_for(lambda e: e["event"] == "playback_started", since=since, within_s=5)
            ended = await kiosk.wait_for(lambda e: e["event"] == "playback_ended", since=since, within_s=RESPONSE_S)
            assert started is not None
            assert ended is not None
            told.append(Said(kind, said, started["t"], ended["t"]))
            await asyncio.sleep(0.5)
    by_stopwatch = Watched.load(file)
    return frames(by_stopwatch, told) | await asyncio.to_thread(captions, out, by_stopwatch, told)


def frames(by_stopwatch: Watched, told: list[Said]) -> dict[str, Figure]:
    """While the agent speaks: Python on the GUI thread between one picture and the next, whatever called it; from the
    beginning of a picture to its swap; from swap to swap; Python's share of the time."""
    python: list[float] = []
    draw: list[float] = []
    between: list[float] = []
    share: list[float] = []
    begun = np.array([span[0] for span in by_stopwatch.spans])
    took = np.array([span[1] for span in by_stopwatch.spans])
    for said in told:
        inside = (by_stopwatch.frames[:, 0] > said.started) & (by_stopwatch.frames[:, 1] < said.ended)
        shown = by_stopwatch.frames[inside]
        shown = shown[shown[:, 1] - shown[:, 0] > DRAWN_S]
        within = (begun > shown[0, 1]) & (begun < shown[-1, 1])
        frame = np.searchsorted(shown[:, 1], begun[within]) - 1
        python += list(1000 * np.bincount(frame, weights=took[within], minlength=len(shown) - 1))
        draw += list(1000 * (shown[:, 1] - shown[:, 0]))
        between += list(1000 * np.diff(shown[:, 1]))
        share.append(100 * float(took[within].sum()) / (shown[-1, 1] - shown[0, 1]))
    return {
        "python_per_frame": summarise(python, "ms"),
        "python_share": summarise(share, "% of a core"),
        "picture_drawn_in": summarise(draw, "ms"),
        "picture_to_picture": summarise(between, "ms"),
    }


def captions(out: Path, by_stopwatch: Watched, told: list[Said]) -> dict[str, Figure]:
    """|lit - heard| of each word; `late` with its sign, and as it stood on the glass."""
    heard, aligner = room_of(out), Aligner()
    found: dict[str, Figure] = {}
    for kind in dict.fromkeys(said.kind for said in told):
        lit: list[float] = []
        glass: list[float] = []
        for said in told:
            if said.kind == kind:
                true = aligned(said, heard, aligner) if kind == "voice" else onsets(said, heard)
                as_lit, as_shown = errors(by_stopwatch, said, true)
                lit += as_lit
                glass += as_shown
        found[f"caption_error_{kind}"] = summarise([abs(value) for value in lit], "ms")
        found[f"caption_late_{kind}"] = summarise(lit, "ms")
        found[f"caption_glass_error_{kind}"] = summarise([abs(value) for value in glass], "ms")
    return found
