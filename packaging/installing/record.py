"""What the proof claims and what it measured: said on the way, and written down for people and for programs."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


class Broken(Exception):
    """A claim that does not hold, or a step that could not be done; its text is the sentence for people."""


@dataclass(frozen=True, slots=True)
class Claim:
    sentence: str
    holds: bool
    detail: str
    at_s: float


class Record:
    """Claims and figures of one run. `out` receives installer.json, installer.md and whatever the steps put there."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.claims: list[Claim] = []
        self.figures: dict[str, Any] = {}
        self._began = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._began

    def say(self, text: str) -> None:
        print(f"[{self.elapsed_s:6.1f} s] {text}", file=sys.stderr, flush=True)

    def claim(self, sentence: str, holds: bool, detail: str = "") -> None:
        """Raises `Broken` when it does not hold: what comes after a wrong foundation proves nothing."""
        self.claims.append(Claim(sentence, holds, detail, round(self.elapsed_s, 1)))
        told = f"{sentence}{f': {detail}' if detail else ''}"
        if not holds:
            raise Broken(told)
        self.say(f"ok    {told}")

    def figure(self, name: str, value: float | str, unit: str = "") -> None:
        self.figures[name] = {"value": value, "unit": unit}
        self.say(f"      {name}: {value}{f' {unit}' if unit else ''}")

    def write(self, fault: str = "") -> None:
        report = {
            "proved": not fault and all(claim.holds for claim in self.claims),
            "fault": fault,
            "seconds": round(self.elapsed_s, 1),
            "claims": [asdict(claim) for claim in self.claims],
            "figures": self.figures,
        }
        (self.out / "installer.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
        (self.out / "installer.md").write_text(self._table(fault), "utf-8")

    def _table(self, fault: str) -> str:
        lines = ["# The installer, proved on a bare Debian 12", ""]
        lines += [f"**Not proved:** {fault}" if fault else f"Every claim held; {self.elapsed_s / 60:.1f} minutes.", ""]
        lines += ["| figure | value |", "|---|---|"]
        lines += [f"| {name} | {what['value']} {what['unit']} |" for name, what in self.figures.items()]
        lines += ["", "| at | claim | seen |", "|---|---|---|"]
        lines += [
            f"| {claim.at_s:.0f} s | {'' if claim.holds else '**NOT** '}{claim.sentence} | {claim.detail} |"
            for claim in self.claims
        ]
        return "\n".join(lines) + "\n"
