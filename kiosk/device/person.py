"""Reaches somebody of the house for a visitor: an HTTP POST, a program of the site's own, or both.

What is told is where help is wanted, never what a visitor said. The webhook's address may carry a token, so that it
stands in no log line: what went wrong is told by its kind alone.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import signal
import subprocess
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from kiosk.core.session import Session
from kiosk.settings.places import for_children
from kiosk.settings.schema import Settings

log = logging.getLogger(__name__)

VARIABLE = "KIOSK_CALL_"  # with DEVICE, PLACE, LANGUAGE, TIME and VISIT behind it, for the command


class PersonCaller:
    """Awaited on the loop with the session of the visit; True when the house was told.

    The webhook must answer with a status of 2xx, the command must end with code 0, each within `person.timeout_s`.
    Where both are named both are tried at once, and one of them is enough.
    """

    def __init__(self, settings: Settings) -> None:
        self._person = settings.person
        self._site = settings.site
        self._place = settings.house.place

    async def __call__(self, session: Session) -> bool:
        facts = {
            "device": self._site.device_id,
            "place": self._place,
            "language": session.language or self._site.language,
            "time": datetime.now().astimezone().isoformat(timespec="seconds"),
            "visit": session.visit,
        }
        ways = []
        if self._person.webhook:
            ways.append(self._reached("webhook", "status", post(self._person.webhook, facts)))
        if self._person.command:
            ways.append(self._reached("command", "code", run(self._person.command, facts)))
        return any(await asyncio.gather(*ways))

    async def _reached(self, way: str, kind: str, errand: Coroutine[Any, Any, int]) -> bool:
        try:
            async with asyncio.timeout(self._person.timeout_s):
                result = await errand
        except TimeoutError:
            log.warning("nobody was reached: the %s took longer than %g s", way, self._person.timeout_s)
            return False
        except (OSError, ValueError) as error:  # its text may name the address
            log.warning("nobody was reached: the %s failed with %s", way, type(error).__name__)
            return False
        well = 200 <= result < 300 if way == "webhook" else result == 0
        if not well:
            log.warning("nobody was reached: the %s answered with %s %d", way, kind, result)
        return well


async def post(address: str, facts: Mapping[str, object]) -> int:
    """The status of the answer; a redirection is one, and is not followed. Raises OSError or ValueError."""
    url = urlsplit(address)
    secure = url.scheme == "https"
    body = json.dumps(facts, ensure_ascii=False).encode()
    head = [
        f"POST {url.path or '/'}{'?' + url.query if url.query else ''} HTTP/1.1",
        f"Host: {url.netloc.rpartition('@')[2]}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    if url.username is not None:
        pair = f"{unquote(url.username)}:{unquote(url.password or '')}".encode()
        head.append(f"Authorization: Basic {base64.b64encode(pair).decode()}")
    reader, writer = await asyncio.open_connection(
        url.hostname, url.port or (443 if secure else 80), ssl=secure or None
    )
    try:
        writer.write("\r\n".join([*head, "", ""]).encode("ascii") + body)
        await writer.drain()
        protocol, status = (await reader.readline()).decode("latin-1").split()[:2]
        if not protocol.startswith("HTTP/"):
            raise ValueError("that is no answer of a web server")
        return int(status)
    finally:
        writer.close()


async def run(command: Sequence[str], facts: Mapping[str, object]) -> int:
    """The exit code; no shell reads the command. Whoever gives up waiting ends it with all that it started."""
    told = {f"{VARIABLE}{name.upper()}": str(value) for name, value in facts.items()}
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**for_children(os.environ), **told},
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # on Windows a console would cover the kiosk
    )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            _end(process)
            await process.wait()


def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        if sys.platform != "win32":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
