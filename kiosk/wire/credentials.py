"""Where the endpoint and the Client ID come from. Both are secrets: nothing here shows either."""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import stat
import tomllib
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.places import folder
from kiosk.wire import key_ring
from kiosk.wire.key_ring import NAMES
from kiosk.wire.shape import Dialect

ENDPOINT_VARIABLE = "EXEI_VOICE_ENDPOINT"
CLIENT_ID_VARIABLE = "EXEI_VOICE_CLIENT_ID"
SYSTEMD, KEY_RING = "systemd credentials", "key ring"
KEY_BYTES = 32  # of a device key, which is written as base64
UNIT_NAMES = ("exei-voice-endpoint", "exei-voice-client-id", "exei-voice-device-key")  # `NAMES` as systemd has them
FILE, ENVIRONMENT = "the user's credentials file", "the environment"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Credentials:
    """`source` names the kind of place they were found in. `repr` and `str` show no secret.

    device_key  of a kiosk that is enrolled with a gateway (see `proof`): the endpoint is the gateway's address then,
                and the Client ID the name under which the gateway knows this kiosk; without the key neither is of use
    """

    endpoint: str = field(repr=False)
    client_id: str = field(repr=False)
    source: str = "given"
    device_key: str = field(repr=False, default="")

    @property
    def enrolled(self) -> bool:
        """Whether a gateway stands between this kiosk and the agent."""
        return bool(self.device_key)

    @property
    def faces(self) -> tuple[str, ...]:
        """Every text that tells one of them: as they are, as a URL or JSON writes them, and the agent's host."""
        faces = {self.endpoint, self.device_key if self.enrolled else self.client_id}
        faces |= {quote(face, safe="") for face in faces} | {json.dumps(face)[1:-1] for face in faces}
        try:
            host = urlsplit(self.endpoint).hostname or ""
        except ValueError:
            host = ""
        if host and not is_loopback(host):
            faces.add(host)
        return tuple(sorted(faces - {""}))


def find_credentials(file: Path | None = None, environ: Mapping[str, str] | None = None) -> Credentials:
    """`file` alone when given; else systemd credentials, the key ring, the user's file, the environment, in this order.

    The first place that holds any of the two must hold both. Raises `Fault` (CREDENTIALS), also for an endpoint that
    no voice socket can have.
    """
    environ = os.environ if environ is None else environ
    if file is not None:
        found = _from_file(file, "the credentials file")
        if found is None:
            raise _fault("there is no such file", "the credentials file", "check the path given with --credentials")
        return checked(found)
    for look in places(environ).values():
        if (credentials := look()) is not None:
            return checked(credentials)
    raise _fault(
        "there are no credentials for a voice agent",
        "systemd credentials, key ring, credentials file, environment",
        f"copy endpoint and Client ID from the agent's Voice API page into {ENDPOINT_VARIABLE} and {CLIENT_ID_VARIABLE}"
        " or run `kiosk secrets set`, or run `kiosk demo` to talk to the local agent",
    )


def places(environ: Mapping[str, str]) -> dict[str, Callable[[], Credentials | None]]:
    """Where they may be, in the order of preference; each returns what it holds or None, and raises `Fault`."""
    return {
        SYSTEMD: lambda: _from_directory(environ.get("CREDENTIALS_DIRECTORY")),
        KEY_RING: lambda: _complete(key_ring.read(), KEY_RING),
        FILE: lambda: _from_file(default_file(environ), FILE),
        ENVIRONMENT: lambda: _complete(
            (environ.get(ENDPOINT_VARIABLE), environ.get(CLIENT_ID_VARIABLE), None), ENVIRONMENT
        ),
    }


def default_file(environ: Mapping[str, str]) -> Path:
    """The user's own file: TOML with `endpoint` and `client_id`, and the `device_key` of an enrolled kiosk."""
    return folder("config", environ) / "credentials.toml"


def check_endpoint(endpoint: str, *, where: str, web: bool = False) -> SplitResult:
    """The endpoint's parts. `web`: the dialect asks a web address for the socket's address first. Raises `Fault`."""
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _fault("the endpoint is not an address", where, _REMEDY) from None
    secure, plain = ("https", "http") if web else ("wss", "ws")
    if parts.scheme in {"http", "https"} and not web:
        raise _fault("the endpoint is a web page's address; a voice socket begins with wss://", where, _REMEDY)
    if parts.scheme not in {secure, plain} or not host:
        raise _fault(f"the endpoint does not begin with {secure}://", where, _REMEDY)
    if parts.scheme == plain and not is_loopback(host):
        raise _fault(
            f"the endpoint begins with {plain}://, so speech and Client ID would travel unencrypted",
            where,
            f"use {secure}://; only an agent on this very machine may be reached without",
        )
    if parts.username or parts.password:
        raise _fault("the endpoint holds a user name or password", where, _REMEDY)
    return parts


def asks_first(dialect: Dialect, credentials: Credentials) -> bool:
    """Whether the endpoint is a web address that is asked for the socket's; a gateway asks for its kiosks."""
    return dialect.before is not None and not credentials.enrolled


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine without asking anybody."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_REMEDY = "copy it from the agent's Voice API page again"


def _fault(what: str, where: str, remedy: str) -> Fault:
    return Fault(what, where=where, remedy=remedy, code=ExitCode.CREDENTIALS)


def _complete(values: Sequence[str | None], source: str) -> Credentials | None:
    """Endpoint and Client ID, perhaps a device key; or none. Half of it means that somebody made a mistake there,
    and the next place would hide it."""
    endpoint, client_id, device_key = ((value or "").strip() for value in values)
    if not endpoint and not client_id and not device_key:
        return None
    if not endpoint or not client_id:
        missing = "Client ID" if endpoint else "endpoint"
        raise _fault(f"there is no {missing}", source, "set endpoint and Client ID in the same place")
    if device_key and not _is_key(device_key):
        raise _fault("the device key is damaged", source, "enrol this kiosk again: `kiosk secrets enrol`")
    return Credentials(endpoint, client_id, source, device_key)


def _is_key(text: str) -> bool:
    try:
        return len(b64decode(text, validate=True)) == KEY_BYTES
    except ValueError:
        return False


def checked(credentials: Credentials) -> Credentials:
    """The same. Raises `Fault` for an endpoint that no voice socket can have."""
    # A dialect with a request before the socket has a web address as its endpoint: the link knows and refuses there.
    if not credentials.endpoint.startswith("https://"):
        check_endpoint(credentials.endpoint, where=credentials.source)
    log.debug("credentials found in %s", credentials.source)
    return credentials


def _from_directory(directory: str | None) -> Credentials | None:
    """What systemd decrypted for this unit (`LoadCredentialEncrypted=exei-voice-endpoint`, and the other two)."""
    if not directory:
        return None
    values = []
    for name in UNIT_NAMES:
        try:
            values.append((Path(directory) / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            values.append("")
        except (OSError, UnicodeDecodeError):
            raise _fault(f"{name} cannot be read", "systemd credentials", "set it again") from None
    return _complete(values, SYSTEMD)


def _from_file(path: Path, source: str) -> Credentials | None:
    try:
        with path.open("rb") as opened:
            # The mode of what was opened, not of what the path names now.
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise _fault(f"others may read it (mode {mode:04o})", source, "set its mode to 0600")
            values = tomllib.load(opened)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _fault(f"it cannot be read: {error.strerror}", source, "check its owner and mode") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise _fault("it is not TOML", source, 'write endpoint = "…" and client_id = "…" into it') from None
    unknown = sorted(set(values) - set(NAMES))
    if unknown or not all(isinstance(value, str) for value in values.values()):
        raise _fault("it holds something else", source, 'write only endpoint = "…" and client_id = "…" into it')
    return _complete([values.get(name) for name in NAMES], source)
