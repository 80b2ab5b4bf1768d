"""`kiosk demo`: the kiosk in front of the local agent, with nothing to set up. The agent is a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from kiosk.app.instance import only_instance
from kiosk.app.run import require_display, run_windowed
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.places import SETUP_KEY_VARIABLE, for_children
from kiosk.settings.schema import Settings
from kiosk.wire.credentials import CLIENT_ID_VARIABLE, Credentials
from kiosk.wire.renewal import fixed


def demo(settings: Settings, *, site_file: Path | None, windowed: bool) -> int:
    """Starts the service on a free port of this machine, then the window. Raises `Fault` as both do."""
    require_display()
    # The conversations of a demo are gone with it.
    with only_instance(), tempfile.TemporaryDirectory(prefix="kiosk-demo-") as folder:
        return _demo(settings, site_file, Path(folder), windowed=windowed)


def _demo(settings: Settings, site_file: Path | None, folder: Path, *, windowed: bool) -> int:
    client_id = f"demo-{secrets.token_urlsafe(16)}"
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "kiosk"]
    site = [] if site_file is None else ["--site", str(site_file)]
    print("Starting the local agent; this takes a few seconds.", flush=True)
    setup_key = secrets.token_urlsafe(16)
    service = subprocess.Popen(
        [*program, "service", "--port", "0", *site],
        env={
            **for_children(os.environ),
            CLIENT_ID_VARIABLE: client_id,
            SETUP_KEY_VARIABLE: setup_key,
            "KIOSK_SERVICE__CONVERSATIONS_DB": str(folder / "conversations.sqlite3"),
            "KIOSK_SERVICE__HOUSE_DB": str(folder / "house.sqlite3"),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        ready = _ready(service)
        endpoint = f"ws://127.0.0.1:{ready['port']}{ready['path']}"
        credentials = Credentials(endpoint, client_id, "this demo")
        if "console" in ready:
            print(f"What the agent does, in a browser: {ready['console']}/setup?key={setup_key}", flush=True)
        print("The demo is unlocked: Esc leaves, and so do Ctrl-C here and the staff corner.", flush=True)
        return run_windowed(
            settings, fixed(credentials), stdio=False, windowed=windowed, locked=False, site_file=site_file
        )
    finally:
        service.terminate()
        try:
            service.wait(10)
        except subprocess.TimeoutExpired:
            service.kill()
            service.wait()


def _ready(service: subprocess.Popen[str]) -> dict[str, Any]:
    """Waits for the service's ready line. It has said by itself, on standard error, why there is none."""
    assert service.stdout is not None
    line = service.stdout.readline()
    if not line:
        code = service.wait()
        known = code in set(ExitCode)
        raise Fault(
            "the local agent did not start",
            where="kiosk service",
            remedy="mend what it says above, or run `kiosk service` by itself",
            code=ExitCode(code) if known else ExitCode.CRASH,
        )
    ready: dict[str, Any] = json.loads(line)
    return ready
