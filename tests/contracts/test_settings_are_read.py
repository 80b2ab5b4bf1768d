"""A setting that nothing reads is a promise that nobody keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kiosk
from kiosk.settings.schema import Settings

PACKAGE = Path(kiosk.__file__).parent
CODE = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.parent.name != "settings")
FIELDS = [
    f"{section}.{name}"
    for section, field in Settings.model_fields.items()
    for name in field.annotation.model_fields  # type: ignore[union-attr]
]


@pytest.mark.parametrize("key", FIELDS)
def test_it_is_read_somewhere(key: str) -> None:
    assert re.search(rf"\.{key.split('.')[1]}\b", CODE), f"nothing reads {key}"
