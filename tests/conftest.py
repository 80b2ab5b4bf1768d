"""For every test: no display and no model hub, whatever the machine has."""

from __future__ import annotations

import os

# Read by Qt and by huggingface_hub when they are imported, so before any test module is.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["HF_HUB_OFFLINE"] = "1"
