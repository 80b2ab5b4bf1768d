"""The command line, one function a command. The main boundary for exceptions."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import __version__
from kiosk.core.fault import ExitCode, Fault
from kiosk.gateway.command_line import add_parts as add_gateway_parts
from kiosk.service.command_line import add_parts
from kiosk.settings.installed import require_agent
from kiosk.settings.load import load

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def parser() -> argparse.ArgumentParser:
    """Every command with its options. Imports nothing heavy: `kiosk --help` answers at once."""
    top = argparse.ArgumentParser(prog="kiosk", description="A voice kiosk in front of a real-time voice agent.")
    top.add_argument("--version", action="version", version=__version__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--site", type=Path, metavar="FILE", help="settings file (default: the user's site.toml)")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", parents=[common], help="the kiosk")
    kind = run.add_mutually_exclusive_group()
    kind.add_argument("--headless", action="store_true", help="without a window")
    kind.add_argument(
        "--unattended",
        action="store_true",
        help="started by a supervisor: tell it how all is, and show what goes wrong on the screen",
    )
    run.add_argument("--windowed", action="store_true", help="in a window on a desk, not full-screen")
    run.add_argument(
        "--stdio", action="store_true", help="speak the peripherals' JSON lines on standard input and output"
    )
    run.add_argument("--credentials", type=Path, metavar="FILE", help="0600 file with endpoint and Client ID")
    run.set_defaults(go=_run)

    demo = commands.add_parser("demo", parents=[common], help="the kiosk with the local agent, unlocked: Esc leaves")
    demo.add_argument("--windowed", action="store_true", help="in a window on a desk, not full-screen")
    demo.set_defaults(go=_demo)

    pin = commands.add_parser("pin", parents=[common], help="choose the staff PIN anew, on this terminal")
    pin.set_defaults(go=_pin)

    _add_secrets(commands, common)

    service = commands.add_parser("service", parents=[common], help="the local Voice API")
    service.add_argument("--port", type=int, help="port to listen on; 0 picks a free one, for the console too")
    service.set_defaults(go=_service)
    add_parts(service.add_subparsers(metavar="PART"), common)

    gateway = commands.add_parser(
        "gateway", parents=[common], help="the relay that keeps endpoint and Client ID off the kiosks"
    )
    gateway.add_argument("--credentials", type=Path, metavar="FILE", help="0600 file with endpoint and Client ID")
    gateway.set_defaults(go=_gateway)
    add_gateway_parts(gateway.add_subparsers(metavar="PART"), common, rotate=_secrets)

    rehearse = commands.add_parser(
        "rehearse", parents=[common], help="a visitor holds a whole visit with the real programs, in a virtual room"
    )
    rehearse.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for report, recordings and logs"
    )
    rehearse.add_argument(
        "--visit",
        type=Path,
        metavar="FILE",
        help="visit script, or name of a shipped one (default: the harbour museum's)",
    )
    rehearse.add_argument(
        "--display", type=_size, metavar="WxH", help="with the window, on a private display such as 1080x1920"
    )
    rehearse.set_defaults(go=_rehearse)

    check = commands.add_parser("check", parents=[common], help="every setting, its value, its layer and its meaning")
    check.add_argument("--json", action="store_true", help="as JSON")
    check.set_defaults(go=_check)

    doctor = commands.add_parser(
        "doctor", parents=[common], help="try sound, credentials and agent, and say what to do"
    )
    doctor.add_argument("--credentials", type=Path, metavar="FILE", help="0600 file with endpoint and Client ID")
    doctor.add_argument(
        "--endpoint", metavar="URL", help="try this endpoint for once; the Client ID from EXEI_VOICE_CLIENT_ID"
    )
    doctor.add_argument("--json", action="store_true", help="as JSON")
    doctor.add_argument(
        "--packaged", action="store_true", help="try the parts of the program itself instead: plug-ins, window, models"
    )
    doctor.add_argument("--only", default="", metavar="CHECKS", help="with --packaged: these alone, by commas")
    doctor.add_argument(
        "--sound", action="store_true", help="measure the room instead, with half a minute of sound, and keep a profile"
    )
    doctor.add_argument(
        "--visitor", action="store_true", help="with --sound: ask somebody to speak from where visitors stand"
    )
    doctor.add_argument(
        "--bundle",
        metavar="FILE.zip",
        help="put everything that whoever helps from afar needs into one file instead: no secret, no visitor's word",
    )
    doctor.set_defaults(go=_doctor)

    screens = commands.add_parser(
        "screens", parents=[common], help="draw the window's states without a display, and say what is wrong with them"
    )
    screens.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the pictures and sheets")
    screens.add_argument("--all", action="store_true", help="everything, not the chosen hundred (minutes)")
    screens.add_argument("--language", default="", metavar="XX", help="in this language only")
    screens.add_argument("--theme", default="", metavar="NAME", help="in this theme only: a name, or a theme file")
    screens.add_argument("--size", type=_size, metavar="WxH", help="on this glass only, such as 1080x1920")
    screens.add_argument("--only", default="", metavar="WORD", help="states with this word in their name only")
    screens.add_argument("--json", action="store_true", help="what is wrong, as JSON")
    screens.set_defaults(go=_screens)

    say = commands.add_parser(
        "say", parents=[common], help="speak a text into a WAV file with a voice of the local agent"
    )
    say.add_argument("text", help="what to say")
    say.add_argument("--out", type=Path, required=True, metavar="FILE", help="WAV file to write")
    say.add_argument("--voice", help="voice, such as af_heart or am_michael")
    say.set_defaults(go=_say)

    examine = commands.add_parser("examine", parents=[common])  # a process of the support bundle; not for people
    examine.add_argument("--credentials", type=Path)
    examine.set_defaults(go=_examine)

    glass = commands.add_parser("glass")  # a process of the doctor; not for people
    glass.add_argument("task", choices=("look", "draw"))
    glass.add_argument("renderer", nargs="?", default="auto")
    glass.set_defaults(go=_glass)

    worker = commands.add_parser("worker")  # a process of the service; not for people
    worker.add_argument("kind", choices=("stt", "tts"))
    worker.set_defaults(go=_worker)

    room = commands.add_parser("room")  # a process of the rehearsal; not for people
    room.add_argument("rest", nargs=argparse.REMAINDER)
    room.set_defaults(go=_room)
    return top


def _add_secrets(commands: _Commands, common: argparse.ArgumentParser) -> None:
    secrets = commands.add_parser(
        "secrets",
        help="endpoint and Client ID: keep them, find them, try them, exchange them",
        description="Neither is taken from the command line, where every process could read it: they are asked for on "
        "the terminal without echo, or read as two lines of standard input.",
    )
    verbs = secrets.add_subparsers(dest="verb", required=True, metavar="set|source|rotate|test|enrol")
    file = argparse.ArgumentParser(add_help=False)
    file.add_argument("--credentials", type=Path, metavar="FILE", help="this 0600 file, as in `kiosk run`")
    to = argparse.ArgumentParser(add_help=False)
    to.add_argument("--to", choices=("keyring", "file", "systemd"), help="where to (default: the best place there is)")
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="as JSON")
    verbs.add_parser("set", parents=[file, to], help="ask for both, check them, keep them")
    verbs.add_parser("source", parents=[file, as_json], help="which place they come from, and which others hold some")
    verbs.add_parser(
        "rotate", parents=[common, file, to], help="try new ones with the agent, then exchange them; a kiosk may run"
    )
    verbs.add_parser("test", parents=[common, file, as_json], help="go the way of a conversation with them, to `ready`")
    enrol = verbs.add_parser(
        "enrol", parents=[common, file, to], help="with a gateway that keeps both, by a code from whoever keeps it"
    )
    enrol.add_argument(
        "--gateway", required=True, metavar="URL", help="its address, such as wss://voice.museum.example"
    )
    secrets.set_defaults(go=_secrets)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of the process. Every `Fault` ends as one sentence; anything else is a bug and keeps its traceback."""
    args = parser().parse_args(argv)
    try:
        return int(args.go(args))
    except Fault as fault:
        print(f"kiosk: {fault.sentence}", file=sys.stderr)
        return int(fault.code)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `kiosk check | head`: whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141  # as the shell says it
    except ImportError as error:
        log.exception("a part of the program cannot be loaded")
        why = (str(error).strip() or repr(error)).splitlines()[-1]  # numpy writes a page
        print(f"kiosk: A part of the program cannot be loaded ({why}): install the program again.", file=sys.stderr)
        return ExitCode.MISSING_PACKAGE
    except Exception:
        log.exception("the program ends because of a fault of its own")
        return ExitCode.CRASH


def _run(args: argparse.Namespace) -> int:
    gc.disable()  # 70 ms of the start went into collections; the engine collects once, when everything is there
    try:
        return _run_kiosk(args)
    finally:
        gc.enable()


def _run_kiosk(args: argparse.Namespace) -> int:
    if args.unattended:
        from kiosk.app.unattended import Unattended

        return Unattended(args.site, args.credentials, stdio=args.stdio, windowed=args.windowed).run()
    from kiosk.app.run import run_headless, run_windowed
    from kiosk.wire.dialect import load_dialect
    from kiosk.wire.renewal import credentials_in

    settings = load(args.site).settings
    source = credentials_in(args.credentials, load_dialect(settings.agent.dialect))
    if args.headless:
        return run_headless(settings, source, stdio=args.stdio)
    from kiosk.app.instance import only_instance

    with only_instance():
        return run_windowed(
            settings,
            source,
            stdio=args.stdio,
            windowed=args.windowed,
            site_file=args.site,
            credentials_file=args.credentials,
        )


def _demo(args: argparse.Namespace) -> int:
    from kiosk.app.demo import demo

    require_agent("demo")
    return demo(load(args.site).settings, site_file=args.site, windowed=args.windowed)


def _pin(args: argparse.Namespace) -> int:
    """For whoever forgot it: who may use this account of the machine may choose another. A running kiosk takes it."""
    from getpass import getpass

    from kiosk.settings.pin import StaffPin

    pin = StaffPin(load(args.site).settings.staff.pin_file)
    typed = getpass("New staff PIN, 4 to 12 digits: ")
    if getpass("Once more: ") != typed:
        print("kiosk: Those two were not the same. Nothing has changed.", file=sys.stderr)
        return ExitCode.USAGE
    if not pin.choose(typed).ok:
        print("kiosk: That is too easy to guess: 4 to 12 digits, not all the same, not in a row.", file=sys.stderr)
        return ExitCode.USAGE
    print(f"The new PIN is in force ({pin.file}).")
    return 0


def _secrets(args: argparse.Namespace) -> int:
    from kiosk.app import secrets
    from kiosk.app.enrol import enrol

    if args.verb == "source":
        return secrets.source(args.credentials, as_json=args.json)
    if args.verb == "test":
        return secrets.test(load(args.site).settings, args.credentials, as_json=args.json)
    to = secrets.To(args.to) if args.to else None
    if args.verb == "enrol":
        return enrol(load(args.site).settings, args.gateway, args.credentials, to)
    if args.verb == "set":
        return secrets.put(args.credentials, to)
    return secrets.rotate(load(args.site).settings, args.credentials, to)


def _service(args: argparse.Namespace) -> int:
    require_agent("service")
    from kiosk.service.serve import serve

    settings = load(args.site).settings
    if args.port is not None:
        settings = settings.model_copy(update={"service": settings.service.model_copy(update={"port": args.port})})
    if args.port == 0:
        settings = settings.model_copy(update={"console": settings.console.model_copy(update={"port": 0})})
    return serve(settings)


def _gateway(args: argparse.Namespace) -> int:
    from kiosk.gateway.serve import serve

    return serve(load(args.site).settings, args.credentials)


def _rehearse(args: argparse.Namespace) -> int:
    from kiosk.rehearsal.rehearse import rehearse

    require_agent("rehearse")
    return rehearse(args.out, args.visit, load(args.site).settings, site_file=args.site, display=args.display)


def _doctor(args: argparse.Namespace) -> int:
    from kiosk.app.doctor import doctor, packaged, sound

    if args.bundle:
        from kiosk.app.support.bundle import bundle

        return bundle(args.bundle, site_file=args.site, credentials_file=args.credentials)
    if args.sound:
        return sound(load(args.site).settings, visitor=args.visitor, as_json=args.json)
    if args.packaged:
        return packaged(args.only, as_json=args.json)
    return doctor(load(args.site).settings, args.credentials, endpoint=args.endpoint, as_json=args.json)


def _examine(args: argparse.Namespace) -> int:
    from kiosk.app.doctor import tell

    return tell(load(args.site).settings, args.credentials)


def _glass(args: argparse.Namespace) -> int:
    from kiosk.app.checks import glass, window

    return glass.tell(args.renderer) if args.task == "look" else window.draw()


def _screens(args: argparse.Namespace) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from kiosk.screen.gallery.draw import draw, select

    pictures = select(whole=args.all, language=args.language, theme=args.theme, size=args.size, only=args.only)
    drawn = draw(args.out, pictures, load(args.site).settings)
    if args.json:
        faults = [{"picture": picture, "fault": fault} for picture, fault in drawn.faults]
        sheets = [str(sheet) for sheet in drawn.sheets]
        print(
            json.dumps({"pictures": drawn.pictures, "sheets": sheets, "faults": faults}, indent=2, ensure_ascii=False)
        )
    else:
        for picture, fault in drawn.faults:
            print(f"{picture}: {fault}", file=sys.stderr)
        print(f"{drawn.pictures} pictures and {len(drawn.sheets)} sheets: {args.out}")
        print(f"{len(drawn.faults) or 'No'} faults.")
    return ExitCode.SETTINGS if drawn.faults else 0


def _say(args: argparse.Namespace) -> int:
    require_agent("say")
    from kiosk.service.say import say

    say(load(args.site).settings.service, args.text, args.voice, args.out)
    return 0


def _worker(args: argparse.Namespace) -> int:
    from kiosk.service.workers.work import work

    return work(args.kind)


def _room(args: argparse.Namespace) -> int:
    from kiosk.rehearsal.room import main as room

    return room(args.rest)


def _check(args: argparse.Namespace) -> int:
    from kiosk.app.check import check

    return check(load(args.site), as_json=args.json)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write it as 1080x1920")
    return int(width), int(height)
