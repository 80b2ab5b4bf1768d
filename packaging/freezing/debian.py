"""Makes the two Debian packages from a frozen folder and the sources in packaging/debian. Called by packaging/deb.

Each package has a folder there: `control`, maintainer scripts, and `files`, which is the root of what it installs. In
control and scripts, and in files whose name ends with .in, @VERSION@ and the like are filled in. Two runs over the same
frozen folder give the same bytes: sorted, owned by root, no time later than SOURCE_DATE_EPOCH. Standard library only.
"""

from __future__ import annotations

import argparse
import email.utils
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import contents
import division

SOURCES = contents.ROOT / "packaging" / "debian"
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
TREE = "opt/exei-voice-kiosk"
MAINTAINER = "The Voice Kiosk authors <voice-kiosk@exei.example>"
DOCS = {"README.md": "packaging/README.md", "examples/site.toml": "assets/sites/example.toml"}
DOCS |= {f"privacy/{name}.md": f"packaging/privacy/{name}.md" for name in ("README", "notice", "record")}
"""In the doc folder of the kiosk's package, and where each stands in the checkout."""


def build(frozen: Path, version: str, out: Path, epoch: int) -> list[Path]:
    """The two packages, in `out`. Raises `CalledProcessError` when dpkg-deb refuses."""
    made = []
    for name, files in division.divide(frozen).items():
        package = f"{name}_{version}_{_said('dpkg', '--print-architecture')}.deb"
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=out) as aside:
            tree = {file: frozen / file for file in files}
            _package(name, version, tree, Path(aside) / package, epoch=epoch, root=Path(aside) / "root")
            made.append((Path(aside) / package).replace(out / package))
    return made


def _package(name: str, version: str, tree: dict[str, Path], made: Path, *, epoch: int, root: Path) -> None:
    """`tree`: path below /opt/exei-voice-kiosk -> file. `root`: an empty place to put everything together."""
    words = {
        "VERSION": version,
        "ARCHITECTURE": _said("dpkg", "--print-architecture"),
        "GLIBC": _said("getconf", "GNU_LIBC_VERSION").split()[-1],
        "MAINTAINER": MAINTAINER,
        "VERSIONS": (SOURCES / "versions").read_text("utf-8").rstrip("\n"),
    }
    for inside, file in tree.items():
        _put(file, root / TREE / inside)
    for source in sorted((SOURCES / name / "files").rglob("*")):
        if source.is_file() or source.is_symlink():
            place = root / source.relative_to(SOURCES / name / "files")
            _put(source, place.with_name(place.name.removesuffix(".in")), words if source.suffix == ".in" else None)
    if name == division.KIOSK:
        (root / TREE / "VERSION").write_text(f"{version}\n", "utf-8")
        _compile(SOURCES / "touch_frames.c", root / "usr/lib/exei-voice-kiosk/touch-frames.so")
    _documents(name, root / "usr" / "share" / "doc" / name, version, epoch)
    _modes(root)
    _control(name, root, words)
    for place in (root, *root.rglob("*")):
        if not place.is_symlink():
            os.utime(place, (epoch, epoch))
    subprocess.run(
        ["dpkg-deb", "-Zzstd", "-z10", "--root-owner-group", "--build", root, made],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _compile(source: Path, library: Path) -> None:
    """Ends the program with a sentence where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise SystemExit("packaging/deb: there is no C compiler for touch_frames.c: apt-get install gcc libc6-dev")
    library.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-s", source, "-o", library, "-ldl"], check=True)


def _documents(name: str, folder: Path, version: str, epoch: int) -> None:
    folder.mkdir(parents=True)
    shutil.copy(SOURCES / "copyright", folder / "copyright")
    head = f"{name} ({version}) stable; urgency=medium\n\n  * What changed stands in the project's CHANGELOG.md.\n\n"
    text = f"{head} -- {MAINTAINER}  {email.utils.formatdate(epoch)}\n"
    (folder / "changelog.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    if name == division.KIOSK:
        for place, source in DOCS.items():
            _put(contents.ROOT / source, folder / place)


def _control(name: str, root: Path, words: dict[str, str]) -> None:
    control = root / "DEBIAN"
    control.mkdir()
    installed = [place for place in sorted(root.rglob("*")) if place.is_symlink() or place.is_file()]
    size = sum(-(-place.lstat().st_size // 1024) for place in installed)
    fields = _filled(SOURCES / name / "control", {**words, "SIZE": str(size)})
    # Folded for people; in a package the field has to be one line.
    one_line = re.sub(r"^Depends:.*(\n .*)*", lambda field: field[0].replace("\n ", " "), fields, flags=re.M)
    (control / "control").write_text(one_line, "utf-8")
    paths = {place.relative_to(root).as_posix(): place for place in installed}
    settings = [f"/{path}\n" for path in paths if path.startswith("etc/")]
    if settings:
        (control / "conffiles").write_text("".join(settings), "utf-8")
    sums = (
        f"{_md5(place)}  {path}\n"
        for path, place in paths.items()
        if not place.is_symlink() and not path.startswith("etc/")
    )
    (control / "md5sums").write_text("".join(sums), "utf-8")
    for script in SCRIPTS:
        if (SOURCES / name / script).exists():
            (control / script).write_text(_filled(SOURCES / name / script, words), "utf-8")
            (control / script).chmod(0o755)


def _put(source: Path, place: Path, words: dict[str, str] | None = None) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if words is None:
        shutil.copy(source, place, follow_symlinks=False)
    else:
        place.write_text(_filled(source, words), "utf-8")
        shutil.copymode(source, place)


def _modes(root: Path) -> None:
    """0755 for folders and programs, 0644 for the rest: what a wheel brings has the modes of whoever packed it."""
    ours = (root / TREE / "kiosk", *(root / "usr" / "bin").glob("*"), *(root / "usr/lib/exei-voice-kiosk").glob("*"))
    for place in (root, *root.rglob("*")):
        if not place.is_symlink():
            runs = place.is_dir() or (place in ours and place.stat().st_mode & 0o100)
            place.chmod(0o755 if runs else 0o644)


def _filled(source: Path, words: dict[str, str]) -> str:
    return re.sub(r"@([A-Z]+)@", lambda found: words[found[1]], source.read_text("utf-8"))


def _md5(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "md5").hexdigest()


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def version_of_program() -> str:
    text = (contents.ROOT / "kiosk" / "__init__.py").read_text("utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    assert found
    return found[1]


def main() -> int:
    options = argparse.ArgumentParser(prog="packaging/deb", description=(__doc__ or "").split("\n")[0])
    options.add_argument("--version", default=version_of_program())
    options.add_argument("--from", dest="frozen", type=Path, default=contents.ROOT / "dist" / "kiosk")
    options.add_argument("--out", type=Path, default=contents.ROOT / "dist")
    given = options.parse_args()
    if not re.fullmatch(r"[0-9][A-Za-z0-9.+~]*(-[A-Za-z0-9.+~]+)?", given.version):
        print(f"packaging/deb: {given.version} is no version of a Debian package: such as 1.2.3", file=sys.stderr)
        return 2
    if not (given.frozen / "kiosk").is_file():
        print(f"packaging/deb: {given.frozen} has no frozen program: make it with packaging/freeze", file=sys.stderr)
        return 2
    commit = ["git", "-C", str(contents.ROOT), "log", "-1", "--format=%ct"]
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or _said(*commit))
    given.out.mkdir(parents=True, exist_ok=True)
    for made in build(given.frozen, given.version, given.out, epoch):
        size_mb = made.stat().st_size / 1e6
        print(f"{made.relative_to(contents.ROOT) if made.is_relative_to(contents.ROOT) else made}: {size_mb:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
