"""A root's shell inside of an emulated machine, over a virtio port: asks for what no picture shows."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from pathlib import Path

PORT = "try.shell"
_DEVICE = f"/dev/virtio-ports/{PORT}"

SHELL_UNIT = f"""[Unit]
Description=A root's shell for packaging/try-machine, in its own disk image only
DefaultDependencies=no
After=systemd-udevd.service systemd-tmpfiles-setup-dev.service
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/sh -c 'until [ -c {_DEVICE} ]; do sleep 1; done; exec /bin/bash <>{_DEVICE} >&0 2>&0'
Restart=always
RestartSec=1

[Install]
WantedBy=sysinit.target
"""


class GuestSilent(Exception):
    """The shell did not answer in time."""


@dataclass(frozen=True)
class Answer:
    """code: exit code. text: what the command said, both streams."""

    code: int
    text: str


class Guest:
    """One shell. Blocking; one thread. The machine may be reset or put back to a snapshot in between: every command has
    a number of its own, and what came from before is thrown away."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._number = 0

    def close(self) -> None:
        self._socket.close()

    def run(self, command: str, *, timeout_s: float = 120.0) -> Answer:
        """`command` in a shell of its own. timeout_s: of this machine's time. Raises `GuestSilent`."""
        self._number += 1
        begin, end = f"<<{self._number}-{time.monotonic_ns()}", f"{self._number}-{time.monotonic_ns()}>>"
        quoted = command.replace("'", "'\\''")
        inside = f"timeout {timeout_s:.0f} bash -c '{quoted}' </dev/null 2>&1"
        self._socket.sendall(f"\necho '{begin}'; {inside}; printf '\\n%d%s\\n' $? '{end}'\n".encode())
        deadline = time.monotonic() + timeout_s
        said = b""
        while end.encode() not in said:
            left = deadline - time.monotonic()
            if left <= 0:
                raise GuestSilent(f"no answer within {timeout_s:.0f} s to: {command}")
            self._socket.settimeout(left)
            try:
                part = self._socket.recv(65536)
            except TimeoutError:
                continue
            if not part:
                raise GuestSilent("the machine is gone")
            said += part
        text = said.decode(errors="replace").split(begin, 1)[-1].split(end, 1)[0]
        body, _, code = text.rpartition("\n")
        return Answer(int(code), body.strip("\n"))

    def wait_until_up(self, timeout_s: float) -> None:
        """Until the shell answers. Raises `GuestSilent`."""
        end = time.monotonic() + timeout_s
        while True:
            if self.answers():
                return
            if time.monotonic() > end:
                raise GuestSilent(f"the machine's shell did not come up within {timeout_s:.0f} s")

    def answers(self) -> bool:
        try:
            self.run("true", timeout_s=20)
        except GuestSilent:
            return False
        return True
