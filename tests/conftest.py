"""For every test: no display and no model hub, whatever the machine has."""

from __future__ import annotations

import os

import pytest

# Read by Qt and by huggingface_hub when they are imported, so before any test module is.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["HF_HUB_OFFLINE"] = "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew", action="store_true", help="draw the pictures of tests/screens anew, compare nothing")


@pytest.fixture
def renew(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--renew"))
