"""`kiosk rehearse`: a whole visit with the real service and the real kiosk, in a virtual room, and its report.

Everything it starts ends with it: when it is done, when something fails half-way, on Ctrl-C and on SIGTERM.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import uuid
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from importlib import metadata
from pathlib import Path
from typing import Any

from kiosk import __version__
from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal import figures, noises, report, waves
from kiosk.rehearsal.children import own_program
from kiosk.rehearsal.display import Display
from kiosk.rehearsal.hand import Hand
from kiosk.rehearsal.performance import Course, Performance
from kiosk.rehearsal.programs import Event, Program
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.screens import Screens
from kiosk.rehearsal.soundserver import LOUDSPEAKER, MICROPHONE, SoundServer
from kiosk.rehearsal.steps import RoomSetting
from kiosk.rehearsal.visit import Visit, load
from kiosk.rehearsal.visitor import Line, prepare
from kiosk.settings import places
from kiosk.settings.pin import StaffPin
from kiosk.settings.places import for_children
from kiosk.settings.schema import Settings

log = logging.getLogger(__name__)

SERVICE_READY_S = 180.0  # a first start loads and times the speech models
KIOSK_READY_S = 30.0
STAFF_PIN = "274961"  # of the rehearsed kiosk, so that it lets visitors in at once
VISIT_S = 300.0
LISTENING = 3.0  # times as long as the agent speaks: questions, and thinking about them, come between
QUIT_S = 10.0
DRAWN_S = 15.0  # until the kiosk's first picture is on the display

_MEASURED_WITH = ("numpy", "sounddevice", "websockets", "ctranslate2", "onnxruntime", "psutil")


def rehearse(
    out: Path,
    visit_file: Path | None,
    settings: Settings,
    *,
    site_file: Path | None = None,
    display: tuple[int, int] | None = None,
    command: Callable[..., list[str]] = own_program,
    say: Callable[[str], None] = print,
) -> int:
    """One visit; writes recordings, logs and report.json to `out`. Returns 0, or VISIT_FAILED with the reasons told.

    site_file  settings for both programs; None: the user's own site.toml, if there is one
    display    width and height in pixels: the kiosk shows its window on a private display of that size, and a picture
               of every state lands in `out`/screens; None: what the visit says, else no window
    command    makes the command line of a subcommand of the product

    Call it on the main thread. Raises `Fault` for everything that keeps the visit from beginning, `KeyboardInterrupt`
    when it was told to stop.
    """
    visit = load(visit_file)
    if display is not None:
        visit = visit.on_display(*display)
    if visit.display is None:
        visit = visit.without_glass()
    if visit.needs_touch and visit.display is None:
        raise Fault(
            "the visit touches a display, and there is none",
            where=str(visit_file),
            remedy="add --display 1080x1920, or a [display] with width and height to the visit",
            code=ExitCode.USAGE,
        )
    out = out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    if site_file is None and (own := places.config() / "site.toml").exists():
        site_file = own
    rehearsal = Rehearsal(out, visit, settings=settings, site_file=site_file, command=command, say=say)
    try:
        finished = asyncio.run(rehearsal.run())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finished.write(out)
    say("\n" + report.for_people(finished, out))
    return ExitCode.STAFF_LEFT if finished.ok else ExitCode.VISIT_FAILED


class Rehearsal:
    """The order in which things come up, happen and go down again."""

    def __init__(
        self,
        out: Path,
        visit: Visit,
        *,
        settings: Settings,
        site_file: Path | None,
        command: Callable[..., list[str]],
        say: Callable[[str], None],
    ) -> None:
        self._out, self._visit, self._settings = out, visit, settings
        self._site = [] if site_file is None else ["--site", str(site_file.absolute())]
        self._command, self._say = command, say
        self._course = Course()
        self._troubles: list[str] = []
        self._screens: Screens | None = None
        self._versions = {"kiosk": __version__}

    async def run(self) -> report.Report:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        lines = await prepare(
            self._visit.lines,
            rate=self._settings.sound.rate_hz,
            dbfs=self._visit.room.visitor_dbfs,
            say=self._command("say", *self._site),
        )
        self._say(f"Visit {self._visit.name!r}: starting the sound server, the room, the service and the kiosk.")
        async with AsyncExitStack() as stack:
            # Both are started and stopped on this very thread: their processes are tied to it.
            sound = stack.enter_context(SoundServer(rate=self._settings.sound.rate_hz))
            room = stack.enter_context(Room(sound, self._out))
            room.on_trouble = self._trouble
            furnish(room, self._visit.room, sound)
            display = None
            if setting := self._visit.display:
                display = stack.enter_context(Display(setting.width, setting.height))
                if not display.has_touch:
                    self._visit = self._visit.without_glass()
                if self._visit.needs_touch:
                    _ = display.touch  # said before anything slow is started
            client_id = f"rehearsal-{uuid.uuid4()}"
            service = await stack.enter_async_context(self._service(client_id, sound.root))
            ready = await _ready(service, "ready", SERVICE_READY_S)
            kiosk = await stack.enter_async_context(self._kiosk(sound, display, client_id, ready))
            await _ready(kiosk, "attract", KIOSK_READY_S)
            self._versions.update(await asyncio.to_thread(versions, ready))
            hand = Hand(display.touch, kiosk, setting) if display is not None and display.has_touch else None
            await self._watched(display, kiosk, self._hold(kiosk, room, lines, hand, sound))
        return self._report(kiosk, service, room, lines)

    async def _watched(self, display: Display | None, kiosk: Program, visit: Coroutine[Any, Any, None]) -> None:
        """The visit, with pictures of it where there is a display."""
        if display is None:
            await visit
            return
        self._screens = Screens(display, kiosk, self._out / "screens", self._troubles.append)
        async with asyncio.TaskGroup() as tasks:
            follower = tasks.create_task(self._screens.follow(), name="follow the kiosk's screens")
            await visit
            follower.cancel()

    async def _drawn(self) -> None:
        """The state that the kiosk is in has been seen: before the first touch, and before it is told to quit."""
        if self._screens is not None:
            await self._screens.caught_up(within_s=DRAWN_S)

    async def _hold(
        self, kiosk: Program, room: Room, lines: Mapping[str, Line], hand: Hand | None, sound: SoundServer
    ) -> None:
        """The visit itself, and the kiosk's own end. What goes wrong from here on is told in the report."""
        look = self._screens.look if self._screens is not None else None
        sounds = noises.prepare(sound.rate, sound.root)
        performance = Performance(kiosk, room, lines, self._say, hand, sound=sound, look=look, noises=sounds)
        self._course = performance.course
        try:
            await self._drawn()
            limit_s = VISIT_S + LISTENING * self._visit.listens_s
            await asyncio.wait_for(performance.perform(self._visit), limit_s)
            await self._drawn()
            await kiosk.order("quit")
            if await kiosk.ended(within_s=QUIT_S) is None:
                self._troubles.append(f"The kiosk did not end within {QUIT_S:g} s of being told to.")
        except Fault as fault:
            self._troubles.append(fault.sentence)
        except TimeoutError:
            self._troubles.append(f"The visit took more than {limit_s:g} s.")

    def _service(self, client_id: str, folder: Path) -> Program:
        # The site's own cloud agent is not what is rehearsed: the service answers, so its Client ID is ours. Nor are
        # its conversations: they go with `folder`.
        env = {
            **for_children(os.environ),
            "EXEI_VOICE_CLIENT_ID": client_id,
            "KIOSK_SERVICE__CONVERSATIONS_DB": str(folder / "conversations.sqlite3"),
            "KIOSK_SERVICE__HOUSE_DB": str(folder / "house.sqlite3"),
        }
        return Program("service", self._command("service", "--port", "0", *self._site), env, self._out)

    def _kiosk(self, sound: SoundServer, display: Display | None, client_id: str, ready: Event) -> Program:
        # A file given by name wins over key ring and user's file, which may hold the site's real credentials.
        credentials = sound.root / "credentials.toml"
        endpoint = f"ws://127.0.0.1:{ready['port']}{ready.get('path', '/v1/voice')}"
        with os.fdopen(os.open(credentials, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"endpoint = {json.dumps(endpoint)}\nclient_id = {json.dumps(client_id)}\n")
        pin = StaffPin(sound.root / "staff-pin.json")
        pin.choose(STAFF_PIN)
        env = sound.env(
            KIOSK_AGENT__DIALECT="exei-voice",
            KIOSK_SOUND__BACKEND="portaudio",
            KIOSK_SOUND__MICROPHONE=MICROPHONE,
            KIOSK_SOUND__LOUDSPEAKER=LOUDSPEAKER,
            KIOSK_STAFF__PIN_FILE=str(pin.file),
            KIOSK_HOURS__WEEK="[]",  # a house is rehearsed before it opens, too
            KIOSK_HOURS__DAYS="[]",
        )
        words = ["run", "--stdio", "--credentials", str(credentials), *self._site]
        if display is None:
            words.append("--headless")
        else:
            env = display.env(env)
        return Program("kiosk", self._command(*words), env, self._out)

    def _trouble(self, event: Mapping[str, Any]) -> None:
        match event:
            case {"event": "lost", "what": what} if not self._visit.unplugs:
                self._troubles.append(f"The room lost the {what}.")
            case {"event": "refused", "why": why}:
                self._troubles.append(f"The room refused an order: {why}.")

    def _report(self, kiosk: Program, service: Program, room: Room, lines: Mapping[str, Line]) -> report.Report:
        events = kiosk.events
        sessions = report.sessions_of(events)
        why = [*self._course.problems, *self._troubles]
        why += [f"The kiosk reported: {event['sentence']}" for event in events if event["event"] == "fault"]
        if kiosk.exit_code not in {None, 0}:
            why.append(f"The kiosk ended with code {kiosk.exit_code}; see {kiosk.log_file.name}.")
        if not sessions:
            why.append("No conversation took place.")

        recordings = room.recordings()
        samples, _ = waves.read(recordings.loudspeaker)
        found = figures.of_visit(figures.Heard(samples, recordings.heard), recordings.captured, events, self._course)
        for program in (kiosk, service):
            if program.memory_mb:
                found[f"{program.name}_memory"] = figures.summarise(program.memory_mb, "MB")
                found[f"{program.name}_cpu"] = figures.summarise(program.cpu_percent, "% of a core")
        return report.Report(
            ok=not why,
            why=why,
            visit=self._visit.name,
            sessions=sessions,
            interruptions=report.interruptions_of(events),
            listened_s=round(self._course.listened_s, 1),
            figures=found,
            recordings={
                "microphone": recordings.microphone.name,
                "loudspeaker": recordings.loudspeaker.name,
                "timeline": "room.json",
            },
            screenshots={} if self._screens is None else self._screens.taken,
            visitor=report.visitor_of(lines),
            versions=self._versions,
            machine=report.machine(),
        )


def furnish(room: Room, setting: RoomSetting, sound: SoundServer) -> None:
    room.echo(gain_db=setting.gain_db, delay_ms=setting.delay_ms, rt60_s=setting.rt60_s)
    room.noise(setting.noise_dbfs)
    room.drive(setting.drive_db)
    if setting.babble_dbfs is not None:
        people = sound.root / "babble.wav"
        waves.write(people, noises.babble(sound.rate), sound.rate)
        room.babble(people, gain_db=setting.babble_dbfs - noises.BABBLE_DBFS)


def versions(ready: Event) -> dict[str, str]:
    """Packages, sound server and speech engines that the figures depend on. Blocks for a process."""
    found = {}
    for package in _MEASURED_WITH:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:  # a frozen program, or the service without its extra
            continue
    told = subprocess.run(["pulseaudio", "--version"], capture_output=True, text=True, timeout=10, check=False)
    found["pulseaudio"] = told.stdout.strip().removeprefix("pulseaudio ")
    found.update({f"service {engine}": str(ready[engine]) for engine in ("stt", "tts", "answers") if engine in ready})
    return found


async def _ready(program: Program, sign: str, within_s: float) -> Event:
    """The event, or the event with the phase, that says that the program can be used."""
    ready = await program.wait_for(lambda event: sign in {event["event"], event.get("phase")}, within_s=within_s)
    if ready is None:
        raise Fault(
            f"the {program.name} was not ready within {within_s:g} s",
            where=str(program.log_file),
            remedy="read that log, and run the program by itself",
            code=ExitCode.VISIT_FAILED,
        )
    return ready
