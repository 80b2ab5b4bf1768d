"""One console for a module's tests, and one browser for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service.console.console_stage import Stage, stage


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """With the users ada (admin), eve (editor) and vic (viewer)."""
    with stage(tmp_path_factory.mktemp("console")) as one:
        yield one
