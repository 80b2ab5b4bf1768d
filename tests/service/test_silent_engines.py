"""What runs the models tells nobody that it does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

RUN = """
from pathlib import Path
from kiosk.service.inference import open_session
from kiosk.service.turn_end import MODEL
from kiosk.settings.places import assets
import onnxruntime
onnxruntime.InferenceSession(str(assets() / MODEL), providers=["CPUExecutionProvider"])
"""


def test_the_engine_keeps_no_id_of_the_machine_and_no_events(tmp_path: Path) -> None:
    """It would lay both down in the cache before it sends them."""
    environ = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environ |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", RUN], env=environ, check=True, timeout=60)
    assert list(tmp_path.rglob("*")) == []
