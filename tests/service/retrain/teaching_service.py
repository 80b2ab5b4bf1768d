"""The real service with its console, as a process of its own: real knowledge, real meaning, real databases; only ear
and voice are quick stand-ins. Run as a program it is that service; settings come from the environment, as ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.journal import log as journal
from kiosk.service.clients import KnownClients
from kiosk.service.serve import bind, console_of, retraining_of, serve_agent
from kiosk.settings.load import load
from tests.service.doors import agent_here
from tests.service.retrain.retrain_stage import KNOWLEDGE
from tests.service.store_stage import CLIENT_ID, HearsOneThing, Hums

SETUP_KEY = "the first one in"


def main() -> int:
    settings = load().settings
    journal.start("debug")
    retraining = retraining_of(settings.service)
    agent = agent_here(settings.service, HearsOneThing(), Hums(), retraining.layer)
    return serve_agent(agent, bind("127.0.0.1", 0), KnownClients((CLIENT_ID,)), retraining, console_of(settings))


@dataclass
class Teaching:
    """The running process. `endpoint` is the voice socket's, `url` the console's."""

    endpoint: str
    url: str
    folder: Path

    @property
    def setup(self) -> str:
        return f"{self.url}/setup?key={SETUP_KEY.replace(' ', '%20')}"


@contextmanager
def teaching(folder: Path) -> Iterator[Teaching]:
    (folder / "knowledge.md").write_text(KNOWLEDGE)
    own = {
        "KIOSK_SERVICE__KNOWLEDGE": str(folder / "knowledge.md"),
        "KIOSK_SERVICE__GREETING": "",
        "KIOSK_SERVICE__KEEP_DAYS": "30",
        "KIOSK_SERVICE__CACHE": str(folder / "cache"),
        "KIOSK_SERVICE__CONVERSATIONS_DB": str(folder / "kept" / "conversations.sqlite3"),
        "KIOSK_SERVICE__HOUSE_DB": str(folder / "house" / "house.sqlite3"),
        "KIOSK_CONSOLE__PORT": "0",
        "EXEI_VOICE_SETUP_KEY": SETUP_KEY,
    }
    root = Path(__file__).resolve().parents[3]
    with (folder / "service.log").open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, __file__],
            env={**os.environ, "PYTHONPATH": str(root), **own},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=root,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, (folder / "service.log").read_text()
        ready = json.loads(line)
        yield Teaching(f"ws://127.0.0.1:{ready['port']}{ready['path']}", ready["console"], folder)
    finally:
        process.terminate()
        process.wait(15)
        process.stdout.close()


if __name__ == "__main__":
    sys.exit(main())
