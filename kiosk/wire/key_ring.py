"""The system's key ring, through a library whose back ends are plug-ins: whatever one raises ends here."""

from __future__ import annotations

import logging
from contextlib import suppress

SERVICE = "exei-voice-kiosk"
NAMES = ("endpoint", "client_id", "device_key")
LEAST_PRIORITY = 1  # of a back end that its library recommends; it gives 0.5 to plain text, 0 and -1 to none at all

log = logging.getLogger(__name__)


class NoKeyRing(Exception):
    """There is no key ring that would keep them. Its text says why, as a clause."""


def read() -> tuple[str | None, str | None, str | None]:
    """Endpoint, Client ID, device key. A headless machine has no key ring; that is normal and not worth a word."""
    import keyring  # noqa: PLC0415 - 45 ms, for whoever has no credentials nearer by
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        endpoint, client_id, device_key = (keyring.get_password(SERVICE, name) for name in NAMES)
    except (KeyringError, RuntimeError, OSError) as error:
        log.debug("no key ring: %s", type(error).__name__)
        return None, None, None
    except Exception:
        log.exception("the key ring's back end failed")
        return None, None, None
    return endpoint, client_id, device_key


def write(endpoint: str, client_id: str, device_key: str = "") -> None:
    """Raises `NoKeyRing` when nothing there would keep them, with the old ones back in their place.

    An entry for each that is not empty, and only those that change: a new Client ID alone is one write. A kiosk that
    reads between two writes is turned away with a mixture, looks again, and has all.
    """
    import keyring  # noqa: PLC0415 - as above
    from keyring.errors import KeyringError  # noqa: PLC0415

    if why := _unfit(keyring.get_keyring()):
        raise NoKeyRing(why)
    new = {name: value or None for name, value in zip(NAMES, (endpoint, client_id, device_key), strict=True)}
    before = dict[str, str | None]()
    try:
        for name, value in new.items():
            old = keyring.get_password(SERVICE, name)
            if old != value:
                before[name] = old
                _put(name, value)
        if any(keyring.get_password(SERVICE, name) != value for name, value in new.items()):
            raise KeyringError("it forgets what it is given")
    except Exception as error:
        log.debug("the key ring does not keep them", exc_info=True)
        for name, old in before.items():
            with suppress(Exception):
                _put(name, old)
        raise NoKeyRing(f"the key ring does not keep them ({type(error).__name__}); it may be locked") from None


def _put(name: str, value: str | None) -> None:
    import keyring  # noqa: PLC0415 - as above

    if value is None:
        keyring.delete_password(SERVICE, name)
    else:
        keyring.set_password(SERVICE, name, value)


def _unfit(ring: object) -> str:
    """Why this back end must not have them, or nothing. The library picks one even where there is none."""
    chained = getattr(ring, "backends", None)
    if chained is not None:  # several at once: the first of them is written to
        chained = list(chained)
        return _unfit(chained[0]) if chained else "this machine has no key ring"
    kind = f"{type(ring).__module__}.{type(ring).__name__}"
    if "plaintext" in kind.casefold():
        return "the only key ring here keeps everything in plain text"
    if kind.startswith("keyring.backends.null"):
        return "the key ring is switched off here and forgets everything"
    if kind.startswith("keyring.backends.fail"):
        return "this machine has no key ring, or this session is not the desktop's"
    if float(getattr(ring, "priority", 0)) < LEAST_PRIORITY:
        return "its own library does not recommend the only key ring here"
    return ""
