"""The child of `kiosk doctor --packaged`: the real window, offscreen, with everything that it is made of.

A process of its own, because Qt ends the whole process where one of its plug-ins is missing.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.places import for_children

FIRST_FRAME_S = 10.0
WITHIN_S = 60.0
SIZE = (540, 960)


def draw() -> int:
    """The child: says as a line of JSON what it saw, or what is wrong and where."""
    try:
        print(json.dumps(_see()))
    except Fault as fault:
        print(json.dumps({"what": fault.what, "where": fault.where}))
        return int(fault.code)
    return 0


def _see() -> dict[str, Any]:
    """Loads every QML file by itself, speaks every language, opens the window, waits for a frame."""
    import qasync  # noqa: F401, PLC0415 - `kiosk run` needs it beside Qt
    from PySide6.QtCore import QEventLoop, QUrl  # noqa: PLC0415
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415
    from PySide6.QtQml import QQmlComponent, QQmlEngine  # noqa: PLC0415

    from kiosk.app.assembly import policy_of  # noqa: PLC0415
    from kiosk.app.earcons import Earcons  # noqa: PLC0415
    from kiosk.app.kiosk import Kiosk  # noqa: PLC0415
    from kiosk.app.run import DarkLamp  # noqa: PLC0415
    from kiosk.app.talk import Talk  # noqa: PLC0415
    from kiosk.audio import open_sound  # noqa: PLC0415
    from kiosk.screen import window as screen  # noqa: PLC0415
    from kiosk.screen.tongue import FOLDER, spoken  # noqa: PLC0415
    from kiosk.settings.languages import of_window  # noqa: PLC0415
    from kiosk.settings.schema import Settings  # noqa: PLC0415
    from kiosk.settings.sound import Sound  # noqa: PLC0415
    from kiosk.wire.backoff import Backoff  # noqa: PLC0415
    from kiosk.wire.dialect import load_dialect  # noqa: PLC0415

    application = QGuiApplication(sys.argv[:1])
    engine = QQmlEngine()
    pages = sorted(screen.QML.parent.glob("*.qml"))
    for page in pages:
        component = QQmlComponent(engine, QUrl.fromLocalFile(str(page)))
        if component.isError():
            raise broken(component.errors()[0].toString(), page)
    settings = Settings(sound=Sound(backend="wav"))
    languages = sorted({*of_window(), *settings.words})  # the example house's words name what comes with the program
    for language in languages:
        if spoken(language) is None:
            raise broken(f"the translation {language} cannot be read or is not whole", FOLDER / f"{language}.qm")
    microphone, speaker = open_sound(settings.sound, settings.capture)
    kiosk = Kiosk(
        policy=policy_of(settings, load_dialect(settings.agent.dialect)),
        microphone=microphone,
        speaker=speaker,
        talk=Talk(_no_link, Backoff(random.random)),
        lamp=DarkLamp(),
        earcons=Earcons(settings.sound),
    )
    window = screen.Window(settings, kiosk, microphone, speaker, windowed=True, size=SIZE)
    window.show()
    until = time.monotonic() + FIRST_FRAME_S
    while window.first_frame_at is None and time.monotonic() < until:
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
    picture = window.quick.grabWindow()
    colours = {picture.pixel(x, y) for x in range(0, picture.width(), 9) for y in range(0, picture.height(), 9)}
    if window.first_frame_at is None or len(colours) < 8:
        raise broken("the window stays empty", screen.QML)
    window.close()
    if foreign := of_the_system(bundle()):
        raise broken(f"{foreign[0]} of the system was loaded instead of the package's own", Path(foreign[0]))
    return {"pages": len(pages), "languages": languages, "colours": len(colours)}


def bundle() -> Path | None:
    """The folder of the frozen program's parts; None in a checkout."""
    inside = getattr(sys, "_MEIPASS", None)
    return Path(inside) if inside else None


def of_the_system(inside: Path | None) -> list[str]:
    """Libraries that this process has loaded from elsewhere though the package brings them. (On the machine that built
    it everything is found twice, so a package that cannot find its own would be noticed only on another.)
    """
    maps = Path("/proc/self/maps")
    if inside is None or not maps.exists():
        return []
    own = {_library(file.name) for file in inside.glob("*.so*")}
    loaded = {line.split(maxsplit=5)[-1] for line in maps.read_text().splitlines() if ".so" in line}
    return sorted(file for file in loaded if _library(Path(file).name) in own and inside not in Path(file).parents)


def _library(name: str) -> str:
    return name.split(".so", maxsplit=1)[0]


def drawn() -> str:
    """The parent. Raises `Fault` with what the child said."""
    program = [sys.executable, *([] if getattr(sys, "frozen", False) else ["-m", "kiosk"]), "glass", "draw"]
    environment = {**for_children(os.environ), "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*.warning=true"}
    try:
        done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        raise broken(f"the window did not open within {WITHIN_S:.0f} s", Path("kiosk glass draw")) from None
    if not done.stdout.strip():  # Qt has ended it, and its last words say why
        said = done.stderr.strip().splitlines() or [f"it ended with code {done.returncode}"]
        raise broken(f"the window cannot be drawn: {said[-1]}", Path("kiosk glass draw"))
    seen = json.loads(done.stdout.splitlines()[-1])
    if "what" in seen:
        raise broken(seen["what"], Path(seen["where"]))
    return f"{seen['pages']} QML files load, the window draws offscreen, and speaks {', '.join(seen['languages'])}"


def _no_link(*_: object) -> Any:
    raise AssertionError("this window talks with nobody")


def broken(what: str, where: Path) -> Fault:
    return Fault(what, where=str(where), remedy="freeze or install the program again", code=ExitCode.MISSING_PACKAGE)
