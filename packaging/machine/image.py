"""The disk of the machine to try: Debian with its ordinary kernel, and the kiosk's packages as `apt` installs them.

A folder is made by debootstrap once and kept, the packages are put into a copy of it, and `mkfs.ext4 -d` packs that
into a disk: no loop device, nothing mounted outside of a namespace of its own.
"""

from __future__ import annotations

import lzma
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from guest import SHELL_UNIT

DISK_SIZE = "6G"
_SYSTEM = "linux-image-amd64,systemd-sysv,udev,dbus,lz4,ca-certificates"
_BASE_S, _INSTALL_S, _PACK_S = 1800, 1800, 1200  # seconds; ten times what an idle machine takes

# Only what the emulated disk needs, and quick to unpack: the initial RAM disk is not what is tried.
_INITRAMFS = r"""
printf 'MODULES=list\nCOMPRESS=lz4\n' >/etc/initramfs-tools/conf.d/try
printf 'virtio_pci\nvirtio_blk\next4\n' >/etc/initramfs-tools/modules
update-initramfs -u"""

_IN_CHROOT = """set -eu
mount -t proc proc "$1/proc"
mount -t devpts devpts "$1/dev/pts"
mount --bind "$2" "$1/mnt"
printf '#!/bin/sh\\nexit 101\\n' >"$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
chroot "$1" env DEBIAN_FRONTEND=noninteractive sh -euc "$3"
rm "$1/usr/sbin/policy-rc.d"
"""


class ImageError(Exception):
    """A step of making the disk failed; says which and where its log is."""


@dataclass(frozen=True)
class Image:
    """disk: raw, nobody writes into it. kernel: uncompressed, since unpacking costs an emulator half a minute."""

    disk: Path
    kernel: Path
    initrd: Path


def make(folder: Path, packages: list[Path], site: str = "") -> Image:
    """The disk in `folder`, new each time; the bare system in it is kept for the next.

    packages  the .deb files
    site      what is added to site.toml
    Needs root. Raises `ImageError`.
    """
    base, root, log = folder / "base", folder / "root", folder / "image.log"
    if not (base / "made").exists():
        shutil.rmtree(base, ignore_errors=True)
        _do(
            "debootstrap",
            log,
            _BASE_S,
            ["debootstrap", "--variant=minbase", f"--include={_SYSTEM}", "bookworm", str(base)],
        )
        _chroot("initramfs", log, base, folder, _INITRAMFS)
        (base / "made").touch()
    shutil.rmtree(root, ignore_errors=True)
    _do("copy", log, _PACK_S, ["cp", "-a", "--reflink=auto", str(base), str(root)])
    with_packages = folder / "packages"
    shutil.rmtree(with_packages, ignore_errors=True)
    with_packages.mkdir()
    for package in packages:
        shutil.copy2(package, with_packages)
    _chroot("install", log, root, with_packages, "apt-get update -q; apt-get install -y -q /mnt/*.deb")
    _prepare(root, site)
    disk = folder / "disk.raw"
    disk.unlink(missing_ok=True)
    _do("pack", log, _PACK_S, ["truncate", "-s", DISK_SIZE, str(disk)])
    _do(
        "pack",
        log,
        _PACK_S,
        ["mkfs.ext4", "-q", "-F", "-L", "kiosk", "-E", "lazy_itable_init=1", "-d", str(root), str(disk)],
    )
    return existing(folder)


def existing(folder: Path) -> Image:
    """The disk that `make` has left in `folder`. Raises `ImageError`."""
    boot = folder / "root" / "boot"
    kernels, initrds = sorted(boot.glob("vmlinuz-*")), sorted(boot.glob("initrd.img-*"))
    if not kernels or not initrds or not (folder / "disk.raw").exists():
        raise ImageError(f"there is no disk in {folder} yet: start without --keep-disk")
    kernel = folder / "vmlinux"
    kernel.write_bytes(unpacked(kernels[-1].read_bytes()))
    return Image(folder / "disk.raw", kernel, initrds[-1])


def unpacked(kernel: bytes) -> bytes:
    """The ELF file in a bzImage. Raises `ImageError` where it is packed by other means than Debian's xz."""
    start = kernel.find(b"\xfd7zXZ\x00")
    elf = lzma.LZMADecompressor().decompress(kernel[start:]) if start >= 0 else b""
    if not elf.startswith(b"\x7fELF"):
        raise ImageError("the kernel is not packed by xz, as Debian 12's is")
    return elf


def _prepare(root: Path, site: str) -> None:
    system = root / "etc/systemd/system"
    (system / "try-shell.service").write_text(SHELL_UNIT)
    wants = system / "sysinit.target.wants"
    wants.mkdir(exist_ok=True)
    link = wants / "try-shell.service"
    link.unlink(missing_ok=True)
    link.symlink_to("../try-shell.service")
    (root / "etc/fstab").write_text("/dev/vda / ext4 defaults,noatime 0 1\n")
    (root / "etc/hostname").write_text("kiosk\n")
    if site:
        with (root / "etc/exei-voice-kiosk/site.toml").open("a") as settings:
            settings.write(site)


def _chroot(step: str, log: Path, root: Path, bound: Path, command: str) -> None:
    script = ["sh", "-c", _IN_CHROOT, "sh", str(root), str(bound), command]
    _do(step, log, _INSTALL_S, ["unshare", "--mount", "--propagation", "private", *script])


def _do(step: str, log: Path, limit_s: float, command: list[str]) -> None:
    with log.open("ab") as out:
        out.write(f"--- {step}\n".encode())
        out.flush()
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=limit_s, check=False
            )
        except subprocess.TimeoutExpired:
            raise ImageError(f"{step} took longer than {limit_s:.0f} s; its log: {log}") from None
        except FileNotFoundError:
            raise ImageError(f"{command[0]} is missing: apt-get install debootstrap e2fsprogs util-linux") from None
    if done.returncode:
        raise ImageError(f"{step} failed with code {done.returncode}; its log: {log}")
