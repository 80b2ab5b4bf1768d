"""The root as a running machine: a real systemd as its first process, commands in it, and its journal.

systemd-nspawn needs no daemon of the host. /run is a fresh tmpfs in a mount namespace of its own, because nspawn
refuses to start where /run is the disk. It has a process namespace of its own, too: a machine outlives an nspawn that
is killed, but not the namespace, whose first process the kernel kills with this program, however that ends.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import control_groups
from record import Broken

from kiosk.rehearsal.children import end, tethered

LOG_FILES = {
    "kiosk": "/var/log/exei-voice-kiosk/kiosk.log",
    "agent": "/var/log/exei-voice-agent/service.log",
}
_ASKS_FOR_RESTART = 133  # of nspawn that is kept in its unit: whoever started it shall start it again
_BOOT_S = 60.0
_ASK_S = 0.5
_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/root",
}
_IN_PRIVATE = """\
while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs" || exit; shift; done
shift
mount -t tmpfs tmpfs /run && mkdir /run/systemd && systemd-nspawn "$@"
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal or a log file. `at`: seconds of the wall clock, which host and machine share."""

    at: float
    by: str
    text: str


class Journal:
    """Collects the machine's journal and the programs' own log files, each on a thread; every line is kept.

    journalctl  prints this start's journal as JSON. It is asked again and again: `-f`, begun while a machine starts,
                falls silent when journald moves to the disk (seen in every second start)
    tails       by the name of a program: prints its log file and goes on
    log         file that gets it all
    since       wall clock; what a log file holds from before is left out
    """

    def __init__(self, journalctl: Sequence[str], tails: Mapping[str, Sequence[str]], log: Path, since: float) -> None:
        self.lines: list[Line] = []
        self._since = since
        self._news = threading.Condition()
        self._closed = threading.Event()
        self._log = log.open("a", encoding="utf-8")
        self._tails: list[subprocess.Popen[bytes]] = []
        self._readers = [threading.Thread(target=self._ask, args=(journalctl,), name="journal", daemon=True)]
        for name, command in tails.items():
            tail = subprocess.Popen(
                tethered(command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
            )
            self._tails.append(tail)
            self._readers.append(threading.Thread(target=self._follow, args=(tail, name), name=name, daemon=True))
        for reader in self._readers:
            reader.start()

    def close(self) -> None:
        self._closed.set()
        for tail in self._tails:
            end(tail)
        for reader in self._readers:
            reader.join()
        self._log.close()

    def wait_for(self, pattern: str, *, since: int = 0, within_s: float) -> Line | None:
        """The first line from number `since` on in which `pattern` is found; None when there was none in time."""
        wanted, number = re.compile(pattern), since
        deadline = time.monotonic() + within_s
        with self._news:
            while True:
                while number < len(self.lines):
                    if wanted.search(self.lines[number].text):
                        return self.lines[number]
                    number += 1
                if (left := deadline - time.monotonic()) <= 0:
                    return None
                self._news.wait(left)

    def last(self, count: int = 12) -> str:
        return "\n".join(f"{line.by}: {line.text}" for line in self.lines[-count:])

    def _ask(self, journalctl: Sequence[str]) -> None:
        cursor: list[str] = []
        while not self._closed.wait(_ASK_S):
            try:
                done = subprocess.run([*journalctl, *cursor], capture_output=True, timeout=60, check=False)
            except subprocess.TimeoutExpired:
                continue
            for raw in done.stdout.splitlines():
                with suppress(ValueError):
                    entry = json.loads(raw)
                    cursor = [f"--after-cursor={entry['__CURSOR']}"]
                    self._keep(_of_journal(entry))

    def _follow(self, tail: subprocess.Popen[bytes], name: str) -> None:
        assert tail.stdout is not None
        for raw in tail.stdout:
            self._keep(_of_log_file(name, raw))

    def _keep(self, line: Line | None) -> None:
        if line is None or line.at < self._since:
            return
        with self._news:
            self._log.write(f"{line.at:.3f} {line.by}: {line.text}\n")
            self._log.flush()
            self.lines.append(line)
            self._news.notify_all()


def _of_journal(entry: Mapping[str, Any]) -> Line:
    text = entry.get("MESSAGE") or ""
    if isinstance(text, list):  # a line with bytes that are no text
        text = bytes(text).decode(errors="replace")
    by = entry.get("UNIT") or entry.get("_SYSTEMD_UNIT") or entry.get("SYSLOG_IDENTIFIER", "")
    return Line(int(entry["__REALTIME_TIMESTAMP"]) / 1e6, by, text)


def _of_log_file(name: str, raw: bytes) -> Line | None:
    """One line as `kiosk.journal` writes it; its time is that of the machine, which has no time zone."""
    text = raw.decode(errors="replace").rstrip("\n")
    try:
        at = datetime.strptime(text[:23], "%Y-%m-%d %H:%M:%S,%f").replace(tzinfo=UTC).timestamp()
    except ValueError:  # the further lines of a traceback
        return None
    return Line(at, name, text)


class Machine:
    """`with Machine(root, out): ...` boots, and pulls the plug at the end. Its network is that of this process.

    binds  (folder of the host, place in the machine), so that what was fetched once is not fetched again
    """

    def __init__(self, root: Path, out: Path, *, binds: Sequence[tuple[Path, str]] = ()) -> None:
        self.root, self.out = root, out
        self._binds = binds
        self._process: subprocess.Popen[bytes] | None = None
        self._leader = 0
        self._groups: list[Path] = []
        self.powered_at = 0.0
        self._journal: Journal | None = None

    def __enter__(self) -> Self:
        self.power_on()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pull_the_plug()

    # --- power ------------------------------------------------------------------------------------------------------

    def power_on(self) -> None:
        words = ["-q", "-b", "-D", str(self.root), "--register=no", "--keep-unit", "--machine=kiosk-proof"]
        words += ["--console=pipe", "--link-journal=no", "--resolv-conf=copy-host", "--timezone=off"]
        words += [f"--bind={outside}:{inside}" for outside, inside in self._binds]
        command = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"]
        self._groups = control_groups.make(f"kiosk-proof-{os.getpid()}")
        command += ["sh", "-c", _IN_PRIVATE, "nspawn", *map(str, self._groups), "--", *words]
        self.powered_at = time.time()
        with (self.out / "console.log").open("ab") as console:
            self._process = subprocess.Popen(
                tethered(command), stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True
            )
        self._boot()

    def _boot(self) -> None:
        """Until systemd answers; the journal is followed then."""
        assert self._process is not None
        deadline = time.monotonic() + _BOOT_S
        old = self._leader
        while (leader := self._first_process()) in {0, old}:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Broken(f"the machine does not boot: see {self.out / 'console.log'}")
            time.sleep(0.02)
        self._leader = leader
        while self.run("test", "-S", "/run/systemd/private", ok=None).returncode:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Broken(f"systemd does not come up: see {self.out / 'console.log'}")
            time.sleep(0.05)
        journalctl = self._beside("journalctl", "-b", "-o", "json", "--no-pager")
        tails = {name: self._beside("tail", "-n", "+1", "-F", path) for name, path in LOG_FILES.items()}
        self._journal = Journal(journalctl, tails, self.out / "journal.log", since=self.powered_at)

    def comes_back(self, within_s: float) -> None:
        """It asks for its restart, as nspawn tells by its exit code, and gets it. Raises `Broken` when it does not."""
        assert self._process is not None
        try:
            code = self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise Broken(f"the machine does not restart within {within_s:g} s:\n{self.journal.last()}") from None
        if code != _ASKS_FOR_RESTART:
            raise Broken(f"the machine ended with {code} and did not ask for its restart")
        self._process, self._leader = None, 0
        self._put_away()
        self.power_on()

    def pull_the_plug(self) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        deadline = time.monotonic() + _BOOT_S
        # The kernel takes the rest along.
        while self._leader and Path(f"/proc/{self._leader}").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        self._put_away()
        self._process, self._leader = None, 0

    def shut_down(self, within_s: float = 60.0) -> float:
        """Orderly; seconds until it was off."""
        assert self._process is not None
        began = time.monotonic()
        subprocess.run(self._beside("systemctl", "poweroff", "--no-block"), timeout=30, check=False)
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise Broken(f"the machine did not go off within {within_s:g} s") from None
        self._process, self._leader = None, 0
        self._put_away()
        return time.monotonic() - began

    # --- at its keyboard ----------------------------------------------------------------------------------------------

    def run(
        self, *command: str, within_s: float = 60.0, text: str = "", ok: Sequence[int] | None = (0,)
    ) -> subprocess.CompletedProcess[str]:
        """As root in the machine. Raises `Broken` for an exit code that is not in `ok`; None takes every one."""
        process = subprocess.Popen(
            self._enter(*command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            told, errors = process.communicate(text, within_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # nsenter's child holds the pipes, too
            told, errors = process.communicate()
            raise Broken(
                f"`{' '.join(command)}` has not ended within {within_s:g} s: {(errors or told).strip()[-300:]}"
            ) from None
        if ok is not None and process.returncode not in ok:
            said = (errors or told).strip().splitlines()
            raise Broken(f"`{' '.join(command)}` ended with {process.returncode}: {' / '.join(said[-3:])}")
        return subprocess.CompletedProcess(command, process.returncode, told, errors)

    def show(self, unit: str, name: str) -> str:
        """One property of a unit."""
        return self.run("systemctl", "show", "--value", "-p", name, unit).stdout.strip()

    def wait_until(self, what: str, holds: Callable[[], bool], within_s: float) -> None:
        """Raises `Broken` with `what` when it does not come true in time."""
        deadline = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > deadline:
                raise Broken(f"{what}: not within {within_s:g} s. The journal's last lines:\n{self.journal.last()}")
            time.sleep(0.2)

    def processes(self, unit: str) -> Iterator[tuple[int, list[str]]]:
        """(process number as the host has it, command line) of everything in a unit's control group."""
        place = self.show(unit, "ControlGroup")
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if place and f"{place}\n" in (entry / "cgroup").read_text() and self._is_inside(int(entry.name)):
                        yield int(entry.name), (entry / "cmdline").read_text().rstrip("\0").split("\0")
                except OSError:  # it has ended meanwhile
                    continue

    @property
    def journal(self) -> Journal:
        """Of this start."""
        if self._journal is None:
            raise RuntimeError("the machine is off")
        return self._journal

    # --- inside -----------------------------------------------------------------------------------------------------

    def _beside(self, *command: str) -> list[str]:
        """With the machine's files, but not among its processes, which it stops and kills when it goes off. (nsenter
        stops with its child, does not reap it, and the machine would never be gone.)"""
        into = ["nsenter", "-t", str(self._leader), "-m", "-u", "-i", "-C", "--"]
        return [*into, "env", "-i", *(f"{name}={value}" for name, value in _ENVIRONMENT.items()), *command]

    def _enter(self, *command: str) -> list[str]:
        into = ["nsenter", "-t", str(self._leader), "-m", "-u", "-i", "-p", "-C", "--"]
        return [*into, "env", "-i", *(f"{name}={value}" for name, value in _ENVIRONMENT.items()), *command]

    def _put_away(self) -> None:
        """Once the machine is off, so that nothing prints any more."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        control_groups.remove(self._groups)
        self._groups = []

    def _first_process(self) -> int:
        """What has become systemd below nspawn; 0 while there is none."""
        assert self._process is not None
        line = [str(self._process.pid)]
        while line:
            number = line.pop()
            try:
                if Path(f"/proc/{number}/comm").read_text().strip() == "systemd":
                    return int(number)
                line += Path(f"/proc/{number}/task/{number}/children").read_text().split()
            except OSError:  # it has ended meanwhile
                continue
        return 0

    def _is_inside(self, number: int) -> bool:
        return os.readlink(f"/proc/{number}/ns/pid") == os.readlink(f"/proc/{self._leader}/ns/pid")
