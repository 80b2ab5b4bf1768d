from __future__ import annotations

import hashlib

import numpy as np

from kiosk.rehearsal import g722

# Of the ITU-conforming decoder in PyPI's G722 1.2.8 for the same 16,000 bytes.
REFERENCE = "12458012011dc1073af89da9ff41b200be2aa407952428a65458445ba2c2aa91"


def test_decodes_bit_for_bit_like_the_reference() -> None:
    codes = np.random.default_rng(722).integers(0, 256, 16000, dtype=np.uint8)
    codes[4000:8000] = 0xFF  # silence in the middle
    decoded = g722.decode(codes.tobytes())
    assert decoded.shape == (32000,)
    assert hashlib.sha256(decoded.astype("<i2").tobytes()).hexdigest() == REFERENCE


def test_nothing_decodes_to_nothing() -> None:
    assert len(g722.decode(b"")) == 0
