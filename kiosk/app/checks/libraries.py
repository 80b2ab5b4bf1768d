"""What is no Python in the program: PortAudio, echo cancellers, voice detectors, cryptography, the key ring. Each loads
and does once what it is for."""

from __future__ import annotations

import ctypes.util
import ssl
import sys
from importlib import import_module
from pathlib import Path

import numpy as np

from kiosk.app.checks.window import broken
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Engine, Sound

KEY_RINGS = {
    "linux": ("keyring.backends.SecretService", "secretstorage", "jeepney.io.blocking"),
    "darwin": ("keyring.backends.macOS",),
    "win32": ("keyring.backends.Windows", "win32ctypes.core"),
}


def portaudio() -> str:
    """The system's on Linux: it must fit ALSA's."""
    from kiosk.audio.sound import load_backend  # noqa: PLC0415 - brings in the engines

    if sys.platform == "linux" and ctypes.util.find_library("portaudio") is None:
        raise Fault(
            "PortAudio is not on this machine: the kiosk would be deaf and mute",
            where="libportaudio.so.2",
            remedy="install it (on Debian: libportaudio2)",
            code=ExitCode.MISSING_PACKAGE,
        )
    load_backend(Sound(backend="portaudio"))
    return f"{import_module('sounddevice').get_portaudio_version()[1]} loads"


def hearing() -> str:
    """Every canceller and every detector, also those that only stand in for others, on 100 ms of noise."""
    from kiosk.audio.echo import FRAME  # noqa: PLC0415 - brings in numpy's random numbers
    from kiosk.audio.engines import GUARD_ORDER, canceller  # noqa: PLC0415

    try:
        from kiosk.audio.vad import Akiki, Earshot, Silero  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise broken(f"a voice detector cannot be loaded: {error}", Path("kiosk/audio")) from None
    noise = (np.random.default_rng(1).standard_normal(10 * FRAME) * 1000).astype(np.int16)
    for engine in GUARD_ORDER:
        made = canceller(engine, (), "the program itself")
        for start in range(0, len(noise), FRAME):
            frame = noise[start : start + FRAME]
            if len(made.process(frame, frame)) != FRAME:
                raise broken(f"the echo canceller {engine.value} gives back something else than sound", Path(engine))
    for kind in (Akiki, Silero, Earshot):
        try:
            found = kind().probability(noise[: kind.hop])
        except (ImportError, OSError, RuntimeError) as error:
            raise broken(f"the voice detector {kind.__name__} does not run: {error}", Path(kind.__name__)) from None
        if not 0 <= found <= 1:
            raise broken(f"the voice detector {kind.__name__} answers with no probability", Path(kind.__name__))
    cancellers = ", ".join(Engine(engine).value for engine in GUARD_ORDER)
    return f"echo cancellers {cancellers} and voice detectors Akiki, Silero, Earshot run"


def tls() -> str:
    """The program signs as it does to a gateway, and the machine has authorities by which an agent is believed."""
    try:
        from kiosk.wire.proof import CONVERSE, Claim, new_key, new_nonce, public_of  # noqa: PLC0415
        from kiosk.wire.tls import client_context  # noqa: PLC0415
    except ImportError as error:
        raise broken(f"nothing can be signed or encrypted: {error}", Path("cryptography")) from None

    key, claim = new_key(), Claim(CONVERSE, "gateway.example", "a kiosk", new_nonce())
    if not claim.proven(public_of(key), claim.signed(key)):
        raise broken("a signature is not proven", Path("cryptography"))
    read = client_context(None).cert_store_stats()["x509_ca"]
    places = ssl.get_default_verify_paths()
    listed = sum(1 for _ in Path(places.capath).iterdir()) if places.capath and Path(places.capath).is_dir() else 0
    if not read and not listed:
        raise Fault(
            "this machine has no certificate authorities: every agent would be refused",
            where=str(places.openssl_capath),
            remedy="install them (on Debian: ca-certificates)",
            code=ExitCode.MISSING_PACKAGE,
        )
    return f"{ssl.OPENSSL_VERSION}, a device's signature is proven, the machine's certificate authorities are found"


def key_ring() -> str:
    """What speaks with the desktop's key ring loads. Whether there is one is the machine's matter."""
    import keyring.backend  # noqa: PLC0415 - 45 ms, for whoever asks

    for module in KEY_RINGS.get(sys.platform, ()):
        try:
            import_module(module)
        except ImportError as error:
            raise broken(f"the key ring cannot be reached: {error}", Path(module)) from None
    names = sorted({type(ring).__module__.rpartition(".")[2] for ring in keyring.backend.get_all_keyring()})
    return f"the key ring's way is there; on this machine: {', '.join(names)}"
