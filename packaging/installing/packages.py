"""The two packages: made where they are missing, described, and made once more under a higher version."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from record import Broken, Record

ROOT = Path(__file__).resolve().parents[2]
KIOSK, SERVICE = "exei-voice-kiosk", "exei-voice-kiosk-service"


@dataclass(frozen=True, slots=True)
class Pair:
    """Both packages of one version."""

    version: str
    kiosk: Path
    service: Path

    @property
    def files(self) -> tuple[Path, Path]:
        return self.kiosk, self.service


def find(folder: Path) -> Pair | None:
    """The pair in a folder. Raises `Broken` where there are several, or half of one."""
    found = {name: sorted(folder.glob(f"{name}_*.deb")) for name in (KIOSK, SERVICE)}
    if not any(found.values()):
        return None
    for name, files in found.items():
        if len(files) != 1:
            raise Broken(f"{folder} holds {len(files)} packages {name}_*.deb, and one is wanted: leave one pair there")
    versions = {field(files[0], "Version") for files in found.values()}
    if len(versions) != 1:
        raise Broken(f"the two packages in {folder} are of different versions: {', '.join(sorted(versions))}")
    return Pair(versions.pop(), found[KIOSK][0], found[SERVICE][0])


def make(out: Path, record: Record, *, version: str = "", frozen: Path | None = None) -> Pair:
    """By packaging/deb, which freezes the program first where that is missing."""
    out.mkdir(parents=True, exist_ok=True)
    command = [str(ROOT / "packaging/deb"), "--out", str(out)]
    command += ["--version", version] if version else []
    command += ["--from", str(frozen)] if frozen else []
    record.say(f"packaging/deb{f' --version {version}' if version else ''}")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Broken(f"packaging/deb failed: {' / '.join(said[-2:])}")
    pair = find(out)
    if pair is None:
        raise Broken(f"packaging/deb has put no packages into {out}")
    return pair


def field(package: Path, name: str) -> str:
    done = subprocess.run(
        ["dpkg-deb", "-f", str(package), name], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def describe(pair: Pair, record: Record) -> None:
    for name, file in ((KIOSK, pair.kiosk), (SERVICE, pair.service)):
        record.figure(f"package {name}", round(file.stat().st_size / 1e6, 1), "MB")
        record.figure(f"{name} installed", round(int(field(file, "Installed-Size")) * 1024 / 1e6), "MB")
