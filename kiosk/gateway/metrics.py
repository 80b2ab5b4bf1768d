"""What the gateway counts, in the text format that Prometheus reads. Never a name, an address or a secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

PREFIX = "kiosk_gateway_"
OPENING_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # upper bounds of the histogram's buckets

COUNTERS: Mapping[str, tuple[str, str]] = {
    "connections_total": ("how", "Connections that came, by what became of them."),
    "conversations_total": ("by", "Conversations that ended, by who ended them: kiosk, agent or gateway."),
    "closed_total": ("code", "Close codes that kiosks were told by the gateway itself."),
    "bytes_total": ("way", "Bytes passed on in ended conversations, up or down."),
    "frames_total": ("way", "Frames passed on in ended conversations, up or down."),
    "agent_refusals_total": ("", "Conversations for which the agent's socket could not be opened, or closed again."),
    "credentials_total": ("", "Endpoints with Client IDs that came into force, the first among them."),
}
"""Each with its label, which may be empty, and its meaning."""


class Metrics:
    """On the loop thread."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._gauges: dict[str, tuple[str, Callable[[], float]]] = {}
        self._openings: Counter[float] = Counter()
        self._opening_s = 0.0

    def count(self, name: str, label: str = "", by: int = 1) -> None:
        """`name`: one of `COUNTERS`."""
        assert name in COUNTERS
        self._counts[name, label] += by

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Asked for its value each time somebody looks."""
        self._gauges[name] = (meaning, value)

    def opened(self, took_s: float) -> None:
        """The agent's socket stood after this long."""
        self._openings[next((bound for bound in OPENING_S if took_s <= bound), float("inf"))] += 1
        self._opening_s += took_s

    def text(self) -> str:
        lines: list[str] = []
        for name, (meaning, ask) in self._gauges.items():
            lines += [*_head(name, "gauge", meaning), f"{PREFIX}{name} {ask():g}"]
        for name, (label, meaning) in COUNTERS.items():
            lines += _head(name, "counter", meaning)
            found = sorted((value, count) for (counted, value), count in self._counts.items() if counted == name)
            for value, count in found or ([] if label else [("", 0)]):
                labels = f'{{{label}="{value}"}}' if label else ""
                lines.append(f"{PREFIX}{name}{labels} {count}")
        lines += _head("opening_seconds", "histogram", "From a kiosk's opening message to the agent's standing socket.")
        total = 0
        for bound in (*OPENING_S, float("inf")):
            total += self._openings[bound]
            at = "+Inf" if bound == float("inf") else f"{bound:g}"
            lines.append(f'{PREFIX}opening_seconds_bucket{{le="{at}"}} {total}')
        lines += [f"{PREFIX}opening_seconds_sum {self._opening_s:.6f}", f"{PREFIX}opening_seconds_count {total}"]
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str, meaning: str) -> list[str]:
    return [f"# HELP {PREFIX}{name} {meaning}", f"# TYPE {PREFIX}{name} {kind}"]
