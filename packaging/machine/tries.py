"""What is tried on the emulated machine, each as a person at the glass or at the keyboard would do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from machine import Machine, MachineError
from qmp import Pixels, unlike

from kiosk.rehearsal.picture import is_blank, png

UNIT = "exei-voice-kiosk.service"
PIN = "2580"
# Where the controls of the window stand on a glass of 1280 x 720, as seen there.
_COLUMNS, _ROWS = (0.675, 0.775, 0.874), (0.236, 0.413, 0.590, 0.767)
_DIGITS = {str(n + 1): (_COLUMNS[n % 3], _ROWS[n // 3]) for n in range(9)} | {"0": (_COLUMNS[1], _ROWS[3])}
_OK = (_COLUMNS[2], _ROWS[3])
_CORNER = (0.008, 0.014)
_LEAVE, _RESTART_MACHINE = (0.77, 0.764), (0.77, 0.658)  # where no version before is kept
_MIDDLE = (0.5, 0.5)
_START_S, _REACTION_S = 900.0, 20.0  # of the machine's own time, which is a slow computer's

KEYS: tuple[tuple[str, ...], ...] = (
    *(("ctrl", "alt", f"f{n}") for n in range(2, 7)),
    ("alt", "f4"),
    ("alt", "tab"),
    ("alt", "esc"),
    ("meta_l",),
    ("ctrl", "alt", "backspace"),
    ("ctrl", "alt", "delete"),
    ("ctrl", "q"),
    ("alt", "sysrq", "r"),
    ("alt", "sysrq", "k"),
    ("alt", "sysrq", "b"),
)
"""What leads out of a desktop, a terminal or a kernel."""


class Tries:
    """Does one thing after the other, prints a line for each and counts what failed. Pictures go to `folder`."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self._machine = machine
        self._folder = folder
        self.passed = self.failed = 0

    def say(self, good: bool, what: str) -> None:
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        print(f"{'ok  ' if good else 'FAIL'} {self._machine.seconds():7.1f} s  {what}", flush=True)

    # --- looking ----------------------------------------------------------------------------------------------------

    def look(self, name: str) -> Pixels:
        pixels = self._machine.picture()
        (self._folder / f"{name}.png").write_bytes(png(pixels))
        return pixels

    def ask(self, command: str) -> str:
        return self._machine.guest.run(command, timeout_s=900).text.strip()

    def unit(self, name: str = UNIT) -> dict[str, str]:
        lines = self.ask(f"systemctl show {name} -p ActiveState,SubState,MainPID,NRestarts,StatusText,Result")
        return dict(line.split("=", 1) for line in lines.splitlines() if "=" in line)

    def _active(self) -> bool:
        return self.unit().get("ActiveState") == "active"

    def _drawn(self) -> bool:
        return not is_blank(self._machine.picture())

    # --- hands ------------------------------------------------------------------------------------------------------

    def tap(self, place: tuple[float, float]) -> None:
        self._machine.qmp.move(*place)
        self._machine.pause(0.3)
        self._machine.qmp.press(True)
        self._machine.pause(0.15)
        self._machine.qmp.press(False)
        self._machine.pause(0.3)

    def type_pin(self) -> None:
        for digit in PIN:
            self.tap(_DIGITS[digit])
        self.tap(_OK)
        self._machine.pause(_REACTION_S / 2)  # a hash that is meant to take its time

    def open_panel(self) -> None:
        self._machine.qmp.move(*_CORNER)
        self._machine.pause(0.2)
        for _ in range(7):
            self._machine.qmp.press(True)
            self._machine.pause(0.12)
            self._machine.qmp.press(False)
            self._machine.pause(0.12)
        self._machine.pause(2)
        self.look("pin-asked")
        self.type_pin()

    # --- tries ------------------------------------------------------------------------------------------------------

    def starts(self) -> None:
        """From power to the PIN's question, and to attract once it is answered on the glass."""
        came = self._machine.wait("the kiosk's unit", self._active, within_s=_START_S)
        self.say(self._drawn(), f"power → the unit is up and something is drawn: {came:.0f} s of the machine's time")
        question = self.look("first-start")
        terminal = self.ask("cat /sys/class/tty/tty0/active")
        self.say(terminal == "tty1", f"the terminal in front is {terminal}")
        getty = self.unit("getty@tty1.service").get("ActiveState")
        self.say(getty != "active", f"no login on it: getty@tty1 is {getty}")
        sound = self.ask(
            "runuser -u exei-kiosk -- env PULSE_SERVER=unix:/run/exei-voice-kiosk-sound/native pactl list short sinks"
        )
        self.say("alsa_output" in sound, f"the sound server has found the card: {sound or 'nothing'}")
        for _ in range(2):
            self.type_pin()
        self.say(unlike(question, self.look("attract")) > 0.02, "the PIN was chosen by touching the glass")

    def survives(self, keys: tuple[str, ...]) -> None:
        before, shown = self.unit(), self._machine.picture()
        boot = self.ask("cat /proc/sys/kernel/random/boot_id")
        self._machine.qmp.keys(*keys)
        self._machine.pause(3)
        name = "+".join(keys)
        now, terminal = self.unit(), self.ask("cat /sys/class/tty/tty0/active")
        same = all(before.get(key) == now.get(key) for key in ("ActiveState", "MainPID", "NRestarts"))
        same_boot = boot == self.ask("cat /proc/sys/kernel/random/boot_id")
        changed = unlike(shown, self.look(f"keys-{name}"))
        self.say(
            same and same_boot and terminal == "tty1" and changed < 0.2,
            f"{name}: unit {'as before' if same else now}, terminal {terminal}, {changed:.0%} of the picture differs",
        )

    def ignores_power_button(self) -> None:
        self._machine.qmp.do("system_powerdown")
        self._machine.pause(5)
        jobs = self.ask("systemctl is-system-running; systemctl list-jobs --no-legend | grep -c poweroff")
        self.say("stopping" not in jobs, f"the power button turns nothing off ({jobs.splitlines()[:1]})")

    def stays_lit(self, seconds: float) -> None:
        self._machine.pause(seconds)
        pixels = self.look("later")
        lit = self.ask("cat /sys/class/drm/card0-*/dpms /sys/module/kernel/parameters/consoleblank").split()
        self.say(not is_blank(pixels) and "Off" not in lit, f"lit after {seconds:.0f} s without a touch ({lit})")

    def answers_touch(self) -> None:
        before = self._machine.picture()
        self.tap(_MIDDLE)
        self._machine.pause(_REACTION_S)
        self.say(unlike(before, self.look("touched")) > 0.02, "a touch begins a visit")

    def staff_leave(self) -> None:
        self.open_panel()
        self.look("staff")
        self.tap(_LEAVE)
        self._waits("the login after staff left", lambda: self.unit("getty@tty1.service")["ActiveState"] == "active")
        self._machine.pause(10)
        self.look("staff-left")
        state = self.unit()
        self.say(state["ActiveState"] == "inactive", f"staff left: the unit is {state['ActiveState']}, a login on tty1")

    def staff_restart(self) -> None:
        boot = self.ask("cat /proc/sys/kernel/random/boot_id")
        self.open_panel()
        for _ in range(2):  # "Sure? Touch again"
            self.tap(_RESTART_MACHINE)
            self._machine.pause(1)
        self._waits("the restart", lambda: "RESET" in self._machine.qmp.events)
        self._machine.guest.wait_until_up(3600)
        self._waits("the kiosk after the restart", self._active)
        again = self.ask("cat /proc/sys/kernel/random/boot_id")
        self.look("restarted")
        self.say(boot != again, "staff restarted the machine; the kiosk is back by itself")

    def is_woken(self) -> None:
        """A program that hangs is killed by the watchdog and started again."""
        restarts = int(self.unit().get("NRestarts", "0"))
        self.ask("kill -STOP $(cat /run/exei-voice-kiosk/program)")
        self._waits("the watchdog", lambda: int(self.unit().get("NRestarts", "0")) > restarts)
        self._waits("the kiosk after it hung", self._active)
        self.look("woken")
        self.say(True, "a program that was stopped is killed by the watchdog, and is back")

    def _waits(self, what: str, ready: Callable[[], bool]) -> None:
        self._machine.wait(what, ready, within_s=_START_S)


def attempt(tries: Tries, name: str, what: Callable[[], None]) -> None:
    """One try; what stops it counts as failed and leaves a picture."""
    try:
        what()
    except MachineError as error:
        tries.look(f"stopped-{name}")
        tries.say(False, str(error))
