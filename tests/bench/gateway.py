"""The gateway under many sessions of real-time audio both ways: processor, memory, added latency, and what limits it.

packaging/bench gateway [--sessions 25 50 100 150 300] [--tls] [--seconds 8] [--json FILE]

The real `kiosk gateway` as a process, held to one core; kiosks and agent are two more, on the other cores. Each
session sends 640 bytes every 20 ms each way. Every size is measured directly (kiosks to agent) and through the gateway,
one right after the other: `added` is the difference of the same quantile. `--tls`: encrypted on every way, as over a
network; without, as behind a proxy. The goal is 150 sessions and 20 ms at the 99th percentile. Where the two ends
themselves do not keep up (`delivered`), it is not the gateway that is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil

from kiosk.database.database import Database
from kiosk.gateway.registry import SCHEMA, Registry
from kiosk.rehearsal.report import machine
from kiosk.wire.proof import new_key, public_of
from tests.wire.own_certificate import certificate

SIZES = (25, 50, 100, 150, 300)
DEVICES = 25
SETTLE_S = 1.0
CLIENT_ID = "the client id of this bench"
GOAL_SESSIONS, GOAL_MS = 150, 20.0


@dataclass(frozen=True)
class Row:
    """One size. Latencies in ms: [p50, p95, p99, worst] of both ways together; `cpu` of the gateway in cores."""

    sessions: int
    tls: bool
    direct_ms: list[float]
    through_ms: list[float]
    cpu: float
    rss_mb: float
    delivered: float
    ends_cpu: float

    @property
    def added(self) -> tuple[float, float]:
        """p50 and p99."""
        return self.through_ms[0] - self.direct_ms[0], self.through_ms[2] - self.direct_ms[2]


class End:
    """One end's process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def do(self, do: str, **order: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **order}).encode() + b"\n")
        line = await asyncio.wait_for(self._process.stdout.readline(), 120)
        if not line:
            raise RuntimeError("an end of the bench has ended; its complaint stands above")
        found: dict[str, Any] = json.loads(line)
        return found


@asynccontextmanager
async def process(cores: list[int], *words: str, env: dict[str, str] | None = None) -> AsyncIterator[Any]:
    pipe = asyncio.subprocess.PIPE
    started = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=pipe, stdout=pipe, env=env)
    psutil.Process(started.pid).cpu_affinity(cores)
    try:
        yield started
    finally:
        started.kill()
        await started.wait()


@asynccontextmanager
async def ends(cores: list[int]) -> AsyncIterator[tuple[End, End]]:
    """Kiosks and agent."""
    module = ("-m", "tests.bench.gateway_load")
    async with process(cores, *module, "agent") as agent, process(cores, *module, "kiosks") as kiosks:
        yield End(kiosks), End(agent)


async def measured(kiosks: End, agent: End, seconds: float) -> tuple[dict[str, Any], dict[str, Any]]:
    await asyncio.sleep(SETTLE_S)
    await asyncio.gather(kiosks.do("begin"), agent.do("begin"))
    await asyncio.sleep(seconds)
    down, up = await asyncio.gather(kiosks.do("report"), agent.do("report"))
    return down, up


def both(down: dict[str, Any], up: dict[str, Any]) -> list[float]:
    """The worse of the two ways, quantile by quantile."""
    return [max(one, other) for one, other in zip(down["ms"], up["ms"], strict=True)]


async def directly(sessions: int, tls: str, seconds: float, cores: list[int]) -> list[float]:
    async with ends(cores) as (kiosks, agent):
        port = (await agent.do("open", tls=tls))["port"]
        url = f"{'wss' if tls else 'ws'}://127.0.0.1:{port}/v1/voice"
        await kiosks.do("open", sessions=sessions, url=url, tls=tls, devices=[], client_id=CLIENT_ID)
        return both(*await measured(kiosks, agent, seconds))


async def through(sessions: int, tls: str, seconds: float, folder: Path, direct_ms: list[float]) -> Row:
    """The gateway on one core, the ends on the others."""
    one, *others = sorted(os.sched_getaffinity(0))
    scheme = "wss" if tls else "ws"
    async with ends(others) as (kiosks, agent):
        port = (await agent.do("open", tls=tls))["port"]
        file = folder / "credentials.toml"
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
            opened.write(f'endpoint = "{scheme}://127.0.0.1:{port}/v1/voice"\nclient_id = "{CLIENT_ID}"\n')
        registry = folder / f"registry-{sessions}.sqlite3"
        env = settings(registry, tls, free_port())
        words = ("-m", "kiosk", "gateway", "--credentials", str(file))
        devices = enrolled(registry)
        async with process([one], *words, env=env) as gateway:
            ready = json.loads(await asyncio.wait_for(gateway.stdout.readline(), 90))
            url = f"{scheme}://127.0.0.1:{ready['port']}"
            await kiosks.do("open", sessions=sessions, url=url, tls=tls, devices=devices, client_id="")
            seen = psutil.Process(gateway.pid)
            await asyncio.sleep(SETTLE_S)
            before = sum(seen.cpu_times()[:2])
            down, up = await measured(kiosks, agent, seconds)
            cpu = (sum(seen.cpu_times()[:2]) - before) / (seconds + SETTLE_S)
            frames = (down["frames"] + up["frames"]) / (down["expected"] + up["expected"])
            rss = seen.memory_info().rss / 1e6
            return Row(sessions, bool(tls), direct_ms, both(down, up), cpu, rss, frames, down["cpu"] + up["cpu"])


def settings(registry: Path, tls: str, port: int) -> dict[str, str]:
    table = {
        "PORT": port,
        "STATUS_PORT": 0,
        "REGISTRY": registry,
        "CONVERSATIONS": 1000,
        "CONVERSATIONS_PER_HOUR": 100_000,
        "ALL_CONVERSATIONS": 1000,
        "URL": f"{'wss' if tls else 'ws'}://127.0.0.1:{port}",
    }
    table |= {"CERTIFICATE_FILE": tls, "CERTIFICATE_KEY_FILE": tls} if tls else {}
    env = (
        os.environ
        | {"KIOSK_JOURNAL__LEVEL": "warning"}
        | {f"KIOSK_GATEWAY__{name}": str(value) for name, value in table.items()}
    )
    return env | ({"KIOSK_AGENT__EXTRA_CA_FILE": tls} if tls else {})


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def enrolled(file: Path) -> list[tuple[str, str]]:
    """Names and keys of kiosks that this registry knows."""
    registry = Registry(Database.named(str(file), SCHEMA))
    registry.prepare()
    devices = [(f"kiosk-{number}", new_key()) for number in range(DEVICES)]
    for name, key in devices:
        registry.enrol(registry.add(name, timedelta(minutes=5)), public_of(key))
    return devices


def table(rows: list[Row]) -> str:
    lines = [
        "| sessions | TLS | gateway, % of its core | memory, MB | direct p50 / p99, ms | through p50 / p99, ms "
        "| added p50 / p99, ms | delivered | both ends, % of a core |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        p50, p99 = row.added
        lines.append(
            f"| {row.sessions} | {'yes' if row.tls else 'no'} | {100 * row.cpu:.0f} | {row.rss_mb:.0f} "
            f"| {row.direct_ms[0]:.2f} / {row.direct_ms[2]:.2f} | {row.through_ms[0]:.2f} / {row.through_ms[2]:.2f} "
            f"| {p50:.2f} / {p99:.2f} | {100 * row.delivered:.1f} % | {100 * row.ends_cpu:.0f} |"
        )
    return "\n".join(lines)


def limit(rows: list[Row]) -> str:
    """What gives first, in a sentence."""
    last = rows[-1]
    per_frame = last.cpu / (last.sessions * 100) * 1e6
    told = f"{per_frame:.0f} us of the gateway's core for each frame at {last.sessions} sessions"
    if last.delivered < 0.98 and last.cpu < 0.9:
        return f"The ends did not keep up ({100 * last.delivered:.0f} % delivered): not the gateway's limit. {told}."
    return f"The processor: {told}; one core is full at about {last.sessions / last.cpu:.0f}."


async def bench(sizes: list[int], seconds: float, tls: bool, folder: Path) -> list[Row]:
    pem = str(certificate(folder)[0]) if tls else ""
    rows = []
    for sessions in sizes:
        others = sorted(os.sched_getaffinity(0))[1:]
        direct = await directly(sessions, pem, seconds, others)
        rows.append(await through(sessions, pem, seconds, folder, direct))
        print(table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, nargs="+", default=list(SIZES), metavar="N")
    parser.add_argument("--seconds", type=float, default=8.0, help="measured for each size and way (default: 8)")
    parser.add_argument("--tls", action="store_true", help="encrypted on every way")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        print("This bench needs two cores: one for the gateway alone.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(bench(args.sessions, args.seconds, args.tls, Path(folder)))
    print(table(rows))
    print(limit(rows))
    goal = next((row for row in rows if row.sessions >= GOAL_SESSIONS), None)
    if goal is not None:
        kept = "kept" if goal.added[1] <= GOAL_MS and goal.cpu < 1 else "MISSED"
        print(f"Goal, {GOAL_SESSIONS} sessions on one core with at most {GOAL_MS:g} ms added at p99: {kept}.")
    if args.json:
        found = {"machine": machine(), "seconds": args.seconds, "rows": [asdict(row) for row in rows]}
        args.json.write_text(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
