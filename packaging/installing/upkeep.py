"""Years of a kiosk in five minutes: a newer version, back to the one before by staff and by apt, and gone."""

from __future__ import annotations

import hashlib
import shutil
import time

import packages
import root as debian
from installed import AGAIN_S, ATTRACT, HERE, PIN, SETTINGS, Scene, running, sees

# What any package would leave: logs, databases of packages and users, caches.
_NOISE = (
    "/var/cache/", "/var/lib/apt/", "/var/lib/dpkg/", "/var/log/", "/var/lib/systemd/", "/var/tmp/", "/var/lib/ucf/",
    "/var/lib/dbus/", "/var/lib/pam/", "/var/lib/virtual-card", "/srv/packages", "/etc/ld.so.cache", "/etc/machine-id",
    "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-", "/etc/.pwd.lock",
    "/etc/resolv.conf", "/etc/pulse/default.pa.d", "/etc/systemd/system/", "/usr/share/mime", "/var/lib/private",
)  # fmt: skip


def upgrade(scene: Scene) -> None:
    """To a higher version and back, twice: by staff at the glass (exit code 12), and by apt."""
    record, machine = scene.record, scene.machine
    old, new = scene.pair, _higher(scene)
    settings = _settings(scene)
    old_process = running(scene)
    since = len(machine.journal.lines)
    seconds = _apt(scene, new)
    record.figure("upgrade (apt)", seconds, "s")
    sees(scene, ATTRACT, since, AGAIN_S, f"after the upgrade to {new.version} the kiosk is back")
    record.claim("it is another process", running(scene) != old_process)
    versions = machine.run("exei-voice-kiosk", "version").stdout.split("\n")
    record.claim(
        "it says so, and keeps the one before",
        new.version in versions[0] and old.version in versions[1],
        " · ".join(versions).strip(" ·"),
    )
    record.claim("the settings are kept", _settings(scene) == settings)

    time.sleep(2)
    since = len(machine.journal.lines)
    scene.glass.let_staff_in(PIN)
    scene.glass.picture("staff-with-a-version-before")
    scene.glass.staff("before")
    scene.glass.staff("before")  # it asks whether it is meant
    sees(scene, ATTRACT, since, AGAIN_S, "exit code 12: staff go back to the version before")
    versions = machine.run("exei-voice-kiosk", "version").stdout.split("\n")
    record.claim("the version before runs", old.version in versions[0], " · ".join(versions).strip(" ·"))

    since = len(machine.journal.lines)
    seconds = _apt(scene, old)
    record.figure("downgrade (apt)", seconds, "s")
    sees(scene, ATTRACT, since, AGAIN_S, f"after the downgrade to {old.version} the kiosk is back")
    record.claim("the settings are kept over the downgrade", _settings(scene) == settings)
    told = machine.run("dpkg-query", "-W", "-f", "${Version}", packages.KIOSK).stdout
    record.claim("apt knows the old version", told == old.version, told)


def purge(scene: Scene) -> None:
    """As if it had never been there."""
    record, machine = scene.record, scene.machine
    root = machine.root
    line = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    began = time.monotonic()
    machine.run(*line, "purge", packages.KIOSK, packages.SERVICE, within_s=180)
    record.figure("purge", round(time.monotonic() - began, 1), "s")
    ours = [
        path
        for path in debian.files(root)
        if "exei" in path and not path.startswith((f"{HERE}/", "/etc/systemd/system/", "/var/log/journal"))
    ]
    record.claim("no file with its name is left", not ours, ", ".join(ours[:8]))
    people = [
        line
        for name in ("passwd", "group", "shadow")
        for line in (root / "etc" / name).read_text().splitlines()
        if "exei" in line
    ]
    record.claim("nor a user or group", not people, ", ".join(people))
    machine.run("systemctl", "daemon-reload")
    units = machine.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "exei*", ok=None).stdout.strip()
    record.claim("nor a unit that runs", " running " not in units, units)
    left = [name for name in _processes(scene) if "exei" in name]
    record.claim("nor a process", not left, ", ".join(left))
    machine.run(*line, "autoremove", "--purge", within_s=240)
    before = set((record.out / "files-before.txt").read_text().splitlines())
    after = debian.files(root)
    rest = sorted(path for path in set(after) - before if not path.startswith(_NOISE))
    (record.out / "files-left.txt").write_text("\n".join(rest) + "\n")
    # apt keeps what a package of the bare system recommends; whose files those are is not ours to say.
    record.figure("files of Debian's packages that autoremove keeps, since others recommend them", len(rest))
    missing = sorted(path for path in before - set(after) if not path.startswith(_NOISE))
    record.claim("and nothing of the bare system is gone", not missing, ", ".join(missing[:5]))


def _higher(scene: Scene) -> packages.Pair:
    version = f"{scene.pair.version}+1"
    folder = scene.words.cache / "debs-higher"
    shutil.rmtree(folder, ignore_errors=True)
    return packages.make(folder, scene.record, version=version, frozen=scene.words.frozen)


def _apt(scene: Scene, pair: packages.Pair) -> int:
    """Seconds. The same command as in the guide, with what a downgrade needs."""
    inside = scene.machine.root / HERE[1:]
    for file in pair.files:
        shutil.copy(file, inside)
    names = [f"{HERE}/{file.name}" for file in pair.files]
    began = time.monotonic()
    line = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "--allow-downgrades", "install", *names]
    scene.machine.run(*line, within_s=300)
    return round(time.monotonic() - began)


def _settings(scene: Scene) -> str:
    """What must not change: the settings' text, and the PIN's file."""
    root = scene.machine.root
    held = [(root / SETTINGS).read_bytes(), (root / "var/lib/exei-voice-kiosk/staff-pin.json").read_bytes()]
    return hashlib.sha256(b"\0".join(held)).hexdigest()


def _processes(scene: Scene) -> list[str]:
    told = scene.machine.run("sh", "-c", "for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; echo; done", ok=None)
    return [line for line in told.stdout.splitlines() if line.strip() and "for p in" not in line]
