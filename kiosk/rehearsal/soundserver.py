"""A private sound server with one virtual loudspeaker and one virtual microphone.

PulseAudio as a plain child process: no D-Bus, no system-wide mode, nothing of the machine's or the user's sound
configuration read or written; works as root and as a user. Programs started with `env()` meet three PortAudio
devices: `kiosk_speaker`, `kiosk_mic` and `default`. What is played to the loudspeaker can be read from its monitor,
what is written to `pipe` is what the microphone hears; `kiosk.rehearsal.room` stands between the two.

    with SoundServer() as sound:
        subprocess.run([...], env=sound.env())
"""

from __future__ import annotations

import glob
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.children import end, missing_packages, need, punctual, tethered
from kiosk.settings.places import for_children

log = logging.getLogger(__name__)

LOUDSPEAKER = "kiosk_speaker"
MICROPHONE = "kiosk_mic"
MONITOR = f"{LOUDSPEAKER}.monitor"
NOTHING = "nothing"

_START_S = 15.0
_SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un
_ALSA_TO_PULSE = tuple(f"/usr/{lib}/alsa-lib/libasound_module_pcm_pulse.so" for lib in ("lib", "lib64", "lib/*"))
_FOREIGN = ("PULSE_", "PIPEWIRE_", "DBUS_SESSION", "ALSA_")

# A device each, and nothing from /etc/alsa: whatever other packages put there would decide the default.
_ALSA = "".join(
    f'pcm.{name} {{ type pulse {device} hint {{ show on description "{name.strip("!")}" }} }}\n'
    for name, device in (
        ("!default", ""),
        (LOUDSPEAKER, f"device {LOUDSPEAKER}"),
        (MICROPHONE, f"device {MICROPHONE}"),
    )
)


class SoundServer:
    """Starts with the `with` statement, or `start()`; `stop()` leaves no process and no file behind.

    rate         of both devices, Hz
    spare_input  another, silent input besides, for streams that lose the microphone; without it they are handed the
                 loudspeaker's monitor, as on a machine that has one microphone only, and so is a `Room`'s own stream
    watchers     called before the loudspeaker goes and after it came back, with whether it is there
    Blocking; use it from one thread that lives as long as the server does (see `tethered`).
    Raises `Fault`: MISSING_PACKAGE, NO_DEVICE when the server does not come up.
    """

    def __init__(self, *, rate: int = 48000, spare_input: bool = True) -> None:
        self.rate = rate
        self._spare_input = spare_input
        self.watchers: list[Callable[[bool], None]] = []
        self._root: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._modules: dict[str, int] = {}

    # --- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Server and both devices up; 0.1 s on an idle machine."""
        need(
            {"pulseaudio": "pulseaudio", "pactl": "pulseaudio-utils", "parec": "pulseaudio-utils"},
            where="the rehearsal's sound server",
        )
        if not any(glob.glob(pattern) for pattern in _ALSA_TO_PULSE):
            raise missing_packages(
                ["ALSA's PulseAudio device"], ["libasound2-plugins"], where="the rehearsal's sound server"
            )
        self._root = Path(tempfile.mkdtemp(prefix="kiosk-sound-"))
        try:
            if len(os.fsencode(self.socket)) > _SOCKET_PATH_LIMIT:
                raise Fault(
                    "the temporary folder's path is too long for a socket",
                    where=str(self._root),
                    remedy="set TMPDIR to a shorter one",
                    code=ExitCode.USAGE,
                )
            self._lay_out()
            self._spawn()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self._server is not None:
            end(self._server)
            self._server = None
        self._modules.clear()
        if self._root is not None:
            shutil.rmtree(self._root)
            self._root = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- for those who use it -----------------------------------------------------------------------------------

    @property
    def root(self) -> Path:
        if self._root is None:
            raise RuntimeError("the sound server is not started")
        return self._root

    @property
    def socket(self) -> Path:
        return self.root / "run" / "native"

    @property
    def pipe(self) -> Path:
        """FIFO of the microphone: signed 16-bit little-endian mono at `rate`. Gone while that is unplugged."""
        return self.root / "microphone.fifo"

    @property
    def pid(self) -> int:
        if self._server is None:
            raise RuntimeError("the sound server does not run")
        return self._server.pid

    def env(self, **extra: str) -> dict[str, str]:
        """Environment for a program that shall use this sound server and no other. Caches stay the user's own."""
        env = {name: value for name, value in for_children(os.environ).items() if not name.startswith(_FOREIGN)}
        env.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))
        env.update(
            HOME=str(self.root / "home"),
            XDG_RUNTIME_DIR=str(self.root / "run"),
            XDG_CONFIG_HOME=str(self.root / "config"),
            XDG_STATE_HOME=str(self.root / "state"),
            DBUS_SESSION_BUS_ADDRESS=f"unix:path={self.root / 'no-bus'}",
            PULSE_SERVER=f"unix:{self.socket}",
            PULSE_RUNTIME_PATH=str(self.root / "run"),
            PULSE_COOKIE=str(self.root / "cookie"),
            PULSE_CLIENTCONFIG=str(self.root / "client.conf"),
            ALSA_CONFIG_PATH=str(self.root / "alsa.conf"),
        )
        env.update(extra)
        return env

    def pactl(self, *words: str, timeout_s: float = 10.0) -> str:
        """One `pactl` command; its output. Raises `Fault` NO_DEVICE when the server refuses or does not answer."""
        try:
            done = subprocess.run(
                ["pactl", *words], env=self.env(), capture_output=True, text=True, timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise self._fault(f"no answer to pactl {words[0]} in {timeout_s:g} s") from late
        if done.returncode:
            raise self._fault(f"pactl {' '.join(words)} failed: {done.stderr.strip()}")
        return done.stdout.strip()

    # --- what can happen to a sound system ------------------------------------------------------------------------

    def unplug_loudspeaker(self) -> None:
        """Streams to it end, there being no other one. Streams *from its monitor* would silently become streams from
        the microphone, PulseAudio's way since version 14, and the room would hear itself: so watchers let go first."""
        for watcher in self.watchers:
            watcher(False)
        self.pactl("unload-module", str(self._modules.pop(LOUDSPEAKER)))

    def plug_loudspeaker(self) -> None:
        # Without norewinds a fresh null sink runs blocks of 2 s, and a program's first frames came 1.0-1.5 s late.
        self._load(
            LOUDSPEAKER,
            "module-null-sink",
            f"sink_name={LOUDSPEAKER}",
            f"rate={self.rate}",
            "channels=2",
            "norewinds=1",
        )
        self.pactl("set-default-sink", LOUDSPEAKER)
        for watcher in self.watchers:
            watcher(True)

    def unplug_microphone(self) -> None:
        """A program that records it goes on without a word and hears silence, as from a machine's other input."""
        self.pactl("unload-module", str(self._modules.pop(MICROPHONE)))

    def plug_microphone(self) -> None:
        self._load(
            MICROPHONE,
            "module-pipe-source",
            f"source_name={MICROPHONE}",
            f"file={self.pipe}",
            "format=s16le",
            f"rate={self.rate}",
            "channels=1",
        )
        self.pactl("set-default-source", MICROPHONE)

    def add(self, name: str, module: str, *words: str) -> None:
        """One more device of this name, until `remove`; by a module of the sound server's own."""
        self._load(name, module, *words)

    def remove(self, name: str) -> None:
        self.pactl("unload-module", str(self._modules.pop(name)))

    def unplug(self, part: str) -> None:
        """`part`: microphone, loudspeaker, or server, which is killed."""
        {"microphone": self.unplug_microphone, "loudspeaker": self.unplug_loudspeaker, "server": self.kill}[part]()

    def plug(self, part: str) -> None:
        """What was unplugged, again."""
        {"microphone": self.plug_microphone, "loudspeaker": self.plug_loudspeaker, "server": self.restart}[part]()

    def freeze(self) -> None:
        """Streams stand still and report nothing, until `thaw`."""
        if sys.platform != "win32":
            os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        if sys.platform != "win32":
            os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """The server is gone as in a crash; `restart` brings an empty one back at the same address."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
        self._modules.clear()

    def restart(self) -> None:
        self.kill()
        for left in (self.socket, self.pipe):
            left.unlink(missing_ok=True)
        self._spawn()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for folder in ("run", "home", "config", "state"):
            (self.root / folder).mkdir(mode=0o700)
        (self.root / "alsa.conf").write_text(_ALSA + "ctl.!default { type pulse }\n")
        # Shared memory would leave files in /dev/shm after a kill.
        (self.root / "client.conf").write_text("autospawn = no\nenable-shm = no\n")
        script = f".fail\nload-module module-native-protocol-unix auth-anonymous=1 socket={self.socket}\n"
        # Another input, for streams that lose the microphone. Without it the loudspeaker's monitor would become the
        # default, and the room's own stream from there would move with the default to the next microphone.
        if self._spare_input:
            script += f"load-module module-null-source source_name={NOTHING}\n"
        (self.root / "default.pa").write_text(script)

    def _spawn(self) -> None:
        command = ["pulseaudio", "-n", "-F", str(self.root / "default.pa")]
        command += ["--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"]
        command += [f"--log-target=file:{self.root / 'pulse.log'}", "--log-level=notice"]
        started = time.monotonic()
        with (self.root / "pulse.out").open("ab") as out:
            self._server = subprocess.Popen(
                tethered(command),
                env=self.env(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._punctual(self._server.pid)
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() - started > _START_S:
                raise self._fault("the sound server does not come up")
            time.sleep(0.01)
        self.plug_loudspeaker()
        self.plug_microphone()
        log.debug("sound server up after %.0f ms", 1000 * (time.monotonic() - started))

    @staticmethod
    def _punctual(pid: int) -> None:
        """Real-time scheduling where it is allowed, inherited by the threads of the devices.

        A real device is served by hardware. The pipe source's thread is an ordinary one, and lost up to 70 ms of the
        microphone while a recogniser held both cores.
        """
        if not punctual(pid):
            log.info("no real-time scheduling for the sound server: expect late sound under load")

    def _answers(self) -> bool:
        """`pactl info` is asked only once the socket is there: each try is a process."""
        if not self.socket.exists():
            return False
        try:
            self.pactl("info", timeout_s=5.0)
        except Fault:
            return False
        return True

    def _load(self, key: str, *words: str) -> None:
        self._modules[key] = int(self.pactl("load-module", *words))

    def _fault(self, what: str) -> Fault:
        said = [path.read_text(errors="replace").strip() for path in self.root.glob("pulse.*") if path.is_file()]
        last = " / ".join(line for text in said for line in text.splitlines()[-2:])
        return Fault(
            what + (f"; it said: {last}" if last else ""),
            where="the rehearsal's sound server",
            remedy="look whether `pulseaudio --version` works on this machine and try again",
            code=ExitCode.NO_DEVICE,
        )
