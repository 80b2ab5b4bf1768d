"""The report of a rehearsal: report.json for programs, a transcript with times for people."""

from __future__ import annotations

import dataclasses
import json
import platform
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kiosk.rehearsal.figures import Figure
from kiosk.rehearsal.programs import Event
from kiosk.rehearsal.screens import Shot
from kiosk.rehearsal.visitor import Line

_NAMES = {"user": "Visitor", "agent": "Agent"}
_TOLD = {"duck": "The agent was made quieter", "stop": "The agent was stopped"}
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Turn:
    """One finished turn. `heard`: of an agent's text, what was really heard; times in ms since the session began."""

    role: str
    text: str
    heard: str
    start_ms: int
    end_ms: int
    interrupted: bool


@dataclass(slots=True)
class Session:
    id: str
    transcript: list[Turn] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Interruption:
    """The agent was made quieter for a moment (duck), or silent (stop). `at_s`: since the first conversation began."""

    what: Literal["duck", "stop"]
    by: str
    at_s: float


@dataclass
class Report:
    """What `report.json` holds, key by key. `why` are sentences, empty when `ok`; `listened_s`: of the agent's speech
    that no visitor wanted to stop."""

    ok: bool
    why: list[str]
    visit: str
    sessions: list[Session]
    interruptions: list[Interruption]
    listened_s: float
    figures: dict[str, Figure]
    recordings: dict[str, str]
    screenshots: dict[str, Shot]
    visitor: list[dict[str, Any]]
    versions: dict[str, str]
    machine: dict[str, Any]

    def write(self, folder: Path) -> Path:
        path = folder / "report.json"
        path.write_text(json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def sessions_of(events: Sequence[Event]) -> list[Session]:
    """The conversations in a kiosk's events, with the finished turns of each in the order they ended.

    A turn that was never finished is no turn; the kiosk tells the last ones when the visit is over. What was typed or
    touched has no times of its own: it stands where its words first came.
    """
    sessions: list[Session] = []
    began, shown = 0.0, dict[str, int]()
    for event in events:
        match event["event"]:
            case "session":
                sessions.append(Session(str(event["id"])))
                began = event["t"]
            case "transcript" if sessions:
                shown.setdefault(event["item"], round(1000 * (event["t"] - began)))
            case "turn" if sessions:
                at = shown.get(event.get("item", ""), 0)
                turn = Turn(
                    str(event["role"]),
                    str(event["text"]),
                    str(event.get("heard") or ""),
                    round(event.get("start_ms") or at),
                    round(event.get("end_ms") or event.get("start_ms") or at),
                    bool(event.get("interrupted")),
                )
                sessions[-1].transcript.append(turn)
    for session in sessions:
        session.transcript.sort(key=lambda turn: turn.end_ms)
    return sessions


def interruptions_of(events: Sequence[Event]) -> list[Interruption]:
    """Every duck and every stop of an agent that was speaking, in order."""
    began = next((event["t"] for event in events if event["event"] == "session"), 0.0)
    found: list[Interruption] = []
    for event in events:
        match event:
            case {"event": "probe", "name": "ducked", "at": at}:
                found.append(Interruption("duck", "voice", round(at - began, 2)))
            case {"event": "flush", "id": name, "cause": cause, "t": at} if name:
                found.append(Interruption("stop", str(cause), round(at - began, 2)))
    return found


def visitor_of(lines: Mapping[str, Line]) -> list[dict[str, Any]]:
    return [
        {"text": line.text, "voice": line.kind, "source": line.source, "seconds": line.seconds}
        for line in lines.values()
    ]


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    load = Path("/proc/loadavg")
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "python": platform.python_version(),
        "load": [float(value) for value in load.read_text().split()[:3]] if load.exists() else [],
    }


def transcript(session: Session) -> str:
    """The conversation for a terminal: when, who, what; a cut answer ends where the visitor stopped hearing it."""
    rows = []
    for turn in session.transcript:
        when = f"{_clock(turn.start_ms)} - {_clock(turn.end_ms)}"
        words = turn.text
        if turn.interrupted and turn.role == "agent":
            words = f"{turn.heard.rstrip()} – [cut at {_clock(turn.end_ms)}]"
        name = _NAMES.get(turn.role, turn.role)
        lines = textwrap.wrap(words, _WIDTH - 28) or [""]
        rows.append(f"  {when:<17} {name:<8} {lines[0]}")
        rows += [" " * 29 + line for line in lines[1:]]
    return "\n".join(rows)


def for_people(report: Report, folder: Path) -> str:
    """The whole report for a terminal."""
    parts = []
    for session in report.sessions:
        parts += [f"Conversation {session.id}", transcript(session), ""]
    if report.figures:
        parts.append(f"  {'figure':<30} {'n':>3} {'median':>9} {'95 %':>9} {'worst':>9}")
        parts += [
            f"  {name.replace('_', ' '):<30} {f.n:>3} {f.p50:>9.1f} {f.p95:>9.1f} {f.max:>9.1f} {f.unit}"
            for name, f in report.figures.items()
        ]
        parts.append("")
    for what in ("duck", "stop"):
        times = [f"{_clock(1000 * one.at_s)} ({one.by})" for one in report.interruptions if one.what == what]
        parts.append(f"  {_TOLD[what]}: {', '.join(times) or 'never'}.")
    if report.listened_s:
        parts.append(f"  Listened to the agent for {_clock(1000 * report.listened_s)} minutes.")
    human = sum(line["voice"] == "human" for line in report.visitor)
    parts.append(f"  Visitor: {human} of {len(report.visitor)} lines were recordings of a human voice.")
    if report.screenshots:
        parts.append(f"  Screenshots of {len(report.screenshots)} states, and when each began:")
        parts += [
            f"    {_clock(1000 * shot.at_s):>7}  {name:<24} {shot.file}" for name, shot in report.screenshots.items()
        ]
    parts.append(f"  Recordings and report: {folder}")
    parts.append("The visit went well." if report.ok else "The visit failed:")
    parts += [f"  - {sentence}" for sentence in report.why]
    return "\n".join(parts)


def _clock(ms: float) -> str:
    """m:ss.t"""
    tenths = round(ms / 100)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
