"""A setting that nothing reads is a promise that nobody keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kiosk
from kiosk.settings.schema import Settings

PACKAGE = Path(kiosk.__file__).parent
CODE = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.parent.name != "settings")
FIELDS = sorted(
    {f"{table.split('.')[0]}.{name}" for table, section in Settings().tables() for name in type(section).model_fields}
)


@pytest.mark.parametrize("key", FIELDS)
def test_it_is_read_somewhere(key: str) -> None:
    assert re.search(rf"\.{key.split('.')[1]}\b", CODE), f"nothing reads {key}"
