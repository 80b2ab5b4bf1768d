"""Environments of the peers: each its own, made by the bench outside of the checkout, at exact versions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).parent


@dataclass(frozen=True)
class Peer:
    """A program that is measured beside ours.

    requirements    exact versions of what its users install by name; what those need is resolved by pip
    driver          script in this folder, run with its environment's Python
    tells           packages whose versions are reported
    decides         whether it has a voice detector of its own for interruptions
    needs           Debian packages without which pip cannot build one of its own
    """

    name: str
    requirements: tuple[str, ...]
    driver: str
    tells: tuple[str, ...]
    decides: bool
    needs: str = ""

    def command(self, python: Path, *words: str) -> list[str]:
        # Safe path: this folder's modules would be found before the peer's own.
        return [str(python), "-P", str(BENCH / self.driver), *words]


PEERS = (
    Peer(
        "pipecat",
        ("pipecat-ai[openai,local,websocket]==1.14.0",),
        "peer_pipecat.py",
        ("pipecat-ai", "PyAudio", "websockets"),
        True,
        "portaudio19-dev python3-dev gcc",
    ),
    Peer(
        "openai-agents",
        ("openai-agents==0.24.0", "sounddevice==0.5.5", "numpy>=2,<3"),
        "peer_openai_agents.py",
        ("openai-agents", "sounddevice", "websockets"),
        False,
    ),
)


class CannotInstall(Exception):
    """One sentence why."""


def install(peer: Peer) -> tuple[Path, dict[str, str]]:
    """The Python of the peer's environment, and the versions in it; made at the first call, a minute or two.

    It stands in the user's cache folder, one for each set of versions. Raises `CannotInstall`.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    first = peer.requirements[0].partition("==")[2]
    folder = cache / "exei-voice-kiosk" / "bench-peers" / f"{peer.name}-{first}-python{minor}"
    python, done = folder / "bin" / "python", folder / "complete"
    if not done.exists() or done.read_text() != "\n".join(peer.requirements):
        print(f"installing {peer.name} {first} in {folder}", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True, symlinks=True)
        _pip(python, peer, "install", "--quiet", "--disable-pip-version-check", *peer.requirements)
        done.write_text("\n".join(peer.requirements))
    listed = json.loads(_pip(python, peer, "list", "--format=json", "--disable-pip-version-check"))
    versions = {package["name"]: package["version"] for package in listed}
    return python, {name: versions[name] for name in peer.tells}


def _pip(python: Path, peer: Peer, *words: str) -> str:
    done = subprocess.run(
        [str(python), "-m", "pip", *words], capture_output=True, text=True, check=False, timeout=900, cwd="/"
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip failed"]
        remedy = f"; it may need `apt-get install --no-install-recommends {peer.needs}`" if peer.needs else ""
        raise CannotInstall(f"{said[-1].removeprefix('ERROR: ')}{remedy}")
    return done.stdout
