"""What stands in for the hardware that the test machine has not: a first terminal, a screen with touch, a sound card.

A drop-in of the unit takes the terminal away and lets cage draw into a window of a private X server outside, whose
fingers are real touch events; a file of PulseAudio gives the kiosk's own sound server one loudspeaker and one
microphone, in a folder that a second drop-in lets it write to; the login of the first terminal only pretends to wait
for somebody. Everything else is what the packages bring.
"""

from __future__ import annotations

from pathlib import Path

from kiosk.rehearsal.soundserver import LOUDSPEAKER, MICROPHONE, SoundServer

UNIT, SOUND, AGENT = "exei-voice-kiosk.service", "exei-voice-kiosk-sound.service", "exei-voice-agent.service"
LOGIN = "getty@tty1.service"
PORTRAIT = (1080, 1920)

_CARD = "var/lib/virtual-card"
_NO_TERMINAL = """\
[Unit]
ConditionPathExists=
[Service]
StandardInput=null
TTYPath=
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
Environment=WLR_BACKENDS=x11 DISPLAY={display} WLR_RENDERER=pixman
"""
# A null sink without norewinds runs blocks of 2 s at first. Whoever may reach the folder may use the second socket.
_LOGIN = """\
[Unit]
ConditionPathExists=
[Service]
ExecStart=
ExecStart=/bin/sleep infinity
Type=exec
StandardInput=null
StandardOutput=null
TTYPath=
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
"""
_FOLDER = "[Service]\nReadWritePaths=/{card}\n"
_DEVICES = """\
load-module module-null-sink sink_name={loudspeaker} rate={rate} channels=2 norewinds=1
load-module module-pipe-source source_name={microphone} file={pipe} format=s16le rate={rate} channels=1
set-default-sink {loudspeaker}
set-default-source {microphone}
load-module module-native-protocol-unix auth-anonymous=1 socket={socket}
"""


class VirtualCard(SoundServer):
    """The sound server that runs in the machine, as the rehearsal's room sees it. Starts and stops nothing."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._inside = root
        self._root = root / _CARD

    def start(self) -> None:
        """Puts its files into the machine. Before its sound server starts."""
        self.root.mkdir(parents=True)
        self._lay_out()
        for folder in (self.root, self.socket.parent):  # the kiosk's user does not exist yet
            folder.chmod(0o777)
        devices = self._inside / "etc/pulse/default.pa.d/virtual-card.pa"
        devices.parent.mkdir(parents=True, exist_ok=True)
        place = {"pipe": f"/{_CARD}/{self.pipe.name}", "socket": f"/{_CARD}/run/{self.socket.name}"}
        devices.write_text(_DEVICES.format(loudspeaker=LOUDSPEAKER, microphone=MICROPHONE, rate=self.rate, **place))

    def clear(self) -> None:
        """Before the machine is turned on: what is left where the plug was pulled. PulseAudio takes no used pipe."""
        self.pipe.unlink(missing_ok=True)
        self.socket.unlink(missing_ok=True)

    def stop(self) -> None:
        """It belongs to the machine."""

    @property
    def is_there(self) -> bool:
        return self.socket.exists() and self.pipe.exists()


def take_hardware_away(root: Path, display: str) -> None:
    """`display`: of the X server outside, which the machine reaches by its abstract socket."""
    texts = {UNIT: _NO_TERMINAL.format(display=display), SOUND: _FOLDER.format(card=_CARD), LOGIN: _LOGIN}
    for unit, text in texts.items():
        drop_in = root / f"etc/systemd/system/{unit}.d/no-hardware.conf"
        drop_in.parent.mkdir(parents=True, exist_ok=True)
        drop_in.write_text(text)
