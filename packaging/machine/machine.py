"""The emulated machine: processor, screen, pointer, keyboard, sound card, power button, and nothing of the host's.

It is emulated instruction by instruction (no KVM), and its clock counts instructions while it works: one nanosecond
each. So its seconds are those of a slow computer however busy the host is, and no limit in it is missed for that; only
the wait is longer. `seconds` and `pause` are in the machine's own time, and ask its shell.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from guest import PORT, Guest, GuestSilent
from image import Image
from qmp import Pixels, Qmp

WIDTH, HEIGHT = 1280, 720
_PATIENCE_S = 600.0  # of this computer: a busy one gives the emulator a thirtieth of a core
MEMORY_MB = 4096
_SLOWEST = 40  # seconds of this computer for one of the machine
# It is heavy, so whatever else runs on this computer goes first.
_LAST_IN_LINE = ("sh", "-c", 'echo 19 >/proc/self/autogroup 2>/dev/null; exec nice -n 19 "$@"', "sh")


class MachineError(Exception):
    """QEMU is missing, did not start, or ended."""


class Machine:
    """Starts with the `with` statement and is ended with it; leaves `console.log` and `heard.wav` in `folder`."""

    def __init__(self, image: Image, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._image = image

    def __enter__(self) -> Self:
        overlay = self._folder / "overlay.qcow2"
        overlay.unlink(missing_ok=True)
        try:
            subprocess.run(
                ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(self._image.disk), str(overlay)],
                check=True,
                timeout=60,
            )
            with (self._folder / "qemu.log").open("wb") as log:
                self._process = subprocess.Popen(
                    [*_LAST_IN_LINE, *self.command(overlay)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except FileNotFoundError:
            raise MachineError("QEMU is missing: apt-get install qemu-system-x86 qemu-utils") from None
        try:
            self.qmp = Qmp(self._folder / "qmp")
            self.guest = Guest(self._folder / "shell")
        except Exception:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.guest.close()
        self.qmp.close()
        self._end()

    def _end(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def command(self, overlay: Path) -> list[str]:
        """QEMU with all of its parts."""
        here = self._folder
        parts = (
            "qemu-system-x86_64 -name kiosk -machine q35 -cpu max -smp 1 -nodefaults -display none",
            # One thread and a clock of instructions. Two processors would share the same clock: no gain, longer boots.
            f"-accel tcg,thread=single -icount shift=0,sleep=on -rtc clock=vm -m {MEMORY_MB}",
            f"-device virtio-vga,xres={WIDTH},yres={HEIGHT} -device virtio-tablet-pci -device virtio-keyboard-pci",
            # What the loudspeaker plays is kept; the microphone is a second card, and hears silence.
            f"-audiodev wav,id=heard,path={here}/heard.wav",
            "-device intel-hda,id=out -device hda-output,bus=out.0,audiodev=heard",
            "-audiodev none,id=silence -device intel-hda,id=in -device hda-micro,bus=in.0,audiodev=silence",
            f"-device virtio-serial-pci -chardev socket,id=shell,path={here}/shell,server=on,wait=off",
            f"-device virtserialport,chardev=shell,name={PORT}",
            f"-chardev file,id=console,path={here}/console.log -serial chardev:console",
            f"-qmp unix:{here}/qmp,server=on,wait=off -device virtio-rng-pci",
            f"-drive file={overlay},if=virtio,cache=unsafe -kernel {self._image.kernel} -initrd {self._image.initrd}",
        )
        words = " ".join(parts).split()
        return [*words, "-append", "root=/dev/vda rw console=tty0 console=ttyS0 nokaslr mitigations=off"]

    def seconds(self) -> float:
        """The machine's own time since its kernel began; 0 while its shell does not answer. Idle time counts too, which
        is why QEMU's count of instructions does not serve."""
        try:
            return float(self.guest.run("cat /proc/uptime", timeout_s=_PATIENCE_S).text.split()[0])
        except GuestSilent:
            return 0.0

    def picture(self) -> Pixels:
        return self.qmp.picture(self._folder / "glass.ppm")

    def wait(self, what: str, ready: Callable[[], bool], *, within_s: float) -> float:
        """Until `ready` says so, within so much of the machine's time, which is returned. Raises `MachineError`."""
        end, patience = self.seconds() + within_s, time.monotonic() + within_s * _SLOWEST
        while not ready():
            if self._process.poll() is not None:
                raise MachineError(f"QEMU ended while waiting for {what}; see {self._folder}/qemu.log")
            if self.seconds() > end or time.monotonic() > patience:
                raise MachineError(f"{what} did not come within {within_s:.0f} s of the machine's time")
            time.sleep(1)
        return self.seconds()

    def pause(self, seconds: float) -> None:
        """Lets the machine run for so long, in its own time. Raises `GuestSilent`."""
        self.guest.run(f"sleep {seconds}", timeout_s=seconds + _PATIENCE_S)

    # --- snapshots: what costs minutes is done once ------------------------------------------------------------------

    def keep(self, name: str) -> None:
        self.qmp.monitor(f"savevm {name}")

    def back_to(self, name: str) -> None:
        self.qmp.monitor(f"loadvm {name}")
