"""What the guides name is there: files and headings of their links, commands with their options, settings."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.cli import parser
from kiosk.settings.house import HouseWords
from kiosk.settings.schema import Settings

ROOT = Path(__file__).parents[2]
GUIDES = [
    ROOT / "README.md",
    *sorted(path for path in (ROOT / "packaging").glob("**/*.md") if "node_modules" not in path.parts),
    *sorted(path for path in (ROOT / "kiosk").glob("**/*.md") if "dialects" not in path.parts),
]
SETTING = re.compile(r"`([a-z]+)\.([a-z_]+)(?: = [^`]+)?`")
INSTALLED = re.compile(r"(?:^ *|`)exei-voice-kiosk ([^`\n#|]*)", re.MULTILINE)
OF_THE_PACKAGE = {"version"}  # the wrapper's own


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(path: Path) -> Iterator[tuple[str, str]]:
    """(file, heading) of each link that leads to no web page."""
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            name, _, heading = target.partition("#")
            yield name, heading


@pytest.mark.parametrize("guide", GUIDES, ids=ids)
def test_links_lead_somewhere(guide: Path) -> None:
    for name, heading in links(guide):
        file = guide.parent / name if name else guide
        assert file.exists(), f"{name} is not there"
        assert not heading or heading in anchors(file), f"{name or guide.name} has no heading #{heading}"


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if "packaging" in guide.parts], ids=ids)
def test_settings_exist(guide: Path) -> None:
    for section, name in SETTING.findall(guide.read_text(encoding="utf-8")):
        if section == "words":
            assert name in HouseWords.model_fields or len(name) == 2, f"there is no setting {section}.{name}"
        elif section in Settings.model_fields and name != "toml":
            model = Settings.model_fields[section].annotation
            assert name in model.model_fields, f"there is no setting {section}.{name}"  # type: ignore[union-attr]


def test_the_operators_commands_are_understood(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "packaging" / "README.md").read_text(encoding="utf-8")
    lines = [found.strip() for found in INSTALLED.findall(text)]
    assert len(lines) > 15
    for line in lines:
        words = shlex.split(line.split(">")[0])
        if words[0] in OF_THE_PACKAGE:
            continue
        with contextlib.suppress(SystemExit):  # it has printed why, or the version
            parser().parse_args(words)
        assert (said := capsys.readouterr().err) == "", f"kiosk {line}: {said}"
