"""`kiosk secrets`: puts endpoint and Client ID in their place, says where they are, tries them, exchanges them.

Neither is ever an argument, printed, or echoed. What is printed passes a gate that knows the old and the new ones.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from getpass import getpass
from pathlib import Path

from kiosk.app.checks.road import Road
from kiosk.app.doctor import report
from kiosk.core.fault import ExitCode, Fault
from kiosk.journal.log import SecretGate
from kiosk.settings.schema import Settings
from kiosk.wire import key_ring
from kiosk.wire import safekeeping as keep
from kiosk.wire.credentials import (
    FILE,
    KEY_RING,
    SYSTEMD,
    Credentials,
    checked,
    default_file,
    find_credentials,
    places,
)

LONGEST = 4096  # characters of a line; a terminal takes no more either
NO_RESTART = "A kiosk that runs takes them with its next conversation; nothing needs a restart."


class To(StrEnum):
    """The places that can be written to, by their short names."""

    KEYRING = "keyring"
    FILE = "file"
    SYSTEMD = "systemd"


PLACE = {To.KEYRING: KEY_RING, To.FILE: FILE, To.SYSTEMD: SYSTEMD}


def put(file: Path | None, to: To | None) -> int:
    """`set`. Raises `Fault`, and has changed nothing then."""
    given = _read(None)
    print(store(given, file, to))
    return in_force(given, file, to)


def in_force(given: Credentials, file: Path | None, to: To | None) -> int:
    """Whether those that were put away just now are the ones that a kiosk finds; prints it. An exit code."""
    if to is To.SYSTEMD:
        return 0  # only the unit can see whether it has them
    try:
        found = find_credentials(file)
    except Fault as fault:
        print(f"But they are not in force: {fault.sentence}")
        return fault.code
    if replace(found, source="") != replace(given, source=""):
        print(f"But others are in force, from {found.source}, which comes first: take them out there.")
        return ExitCode.CREDENTIALS
    print("`kiosk secrets test` tries them with the agent.")
    return 0


def rotate(settings: Settings, file: Path | None, to: To | None) -> int:
    """The new ones are tried with the agent first; only when it has accepted them do they replace the old."""
    old = find_credentials(file)
    if old.enrolled:
        raise Fault(
            "this kiosk is enrolled with a gateway, which has the Client ID",
            where=old.source,
            remedy="rotate it there with `kiosk gateway rotate`; `kiosk secrets enrol` gives this kiosk a new key",
            code=ExitCode.USAGE,
        )
    if to is None and file is None:
        to = next((to for to, place in PLACE.items() if place == old.source), None)  # the environment: wherever is best
    order = list(places({}))
    if file is None and to is not None and order.index(PLACE[to]) > order.index(old.source):
        raise Fault(
            f"they would not be in force there, because {old.source} comes first",
            where=PLACE[to],
            remedy="leave --to out, or take them out of the other place",
            code=ExitCode.USAGE,
        )
    new = _read(old)
    if (new.endpoint, new.client_id) == (old.endpoint, old.client_id):
        raise _usage("these are the ones that are in force already", "copy the new Client ID from the Voice API page")
    road = Road(settings, lambda: new)
    code = report(iter(road.steps()), SecretGate([*old.faces, *new.faces]), as_json=False)
    if not road.accepted:
        print("The agent did not accept them. Nothing was changed.")
        return code or ExitCode.CREDENTIALS
    print(store(new, file, to))
    return 0


def source(file: Path | None, *, as_json: bool, environ: Mapping[str, str] | None = None) -> int:
    """Where those in force come from, and which other places hold some."""
    seen = _survey(file, os.environ if environ is None else environ)
    if as_json:
        print(json.dumps([asdict(place) for place in seen], indent=2, ensure_ascii=False))
    else:
        for place in seen:
            print(f"{place.state:<9} {place.name:<28} {place.says}")
        if keep.in_credstore() and not os.environ.get("CREDENTIALS_DIRECTORY"):
            print(f"\nEncrypted ones lie in {keep.CREDSTORE}: a unit that loads them has those, whatever stands above.")
    return 0 if any(place.state == "in force" for place in seen) else ExitCode.CREDENTIALS


def test(settings: Settings, file: Path | None, *, as_json: bool) -> int:
    """The way of a conversation with those in force, to the agent's `ready`, step by step."""
    try:
        gate = SecretGate(find_credentials(file).faces)
    except Fault:
        gate = SecretGate()  # the first step says what is wrong with them
    return report(iter(Road(settings, lambda: find_credentials(file)).steps()), gate, as_json=as_json)


@dataclass(frozen=True, slots=True)
class Place:
    """One place, by what it holds. `state`: "in force", "also" (hidden by the one in force), "wrong" or "empty"."""

    name: str
    state: str
    says: str


def _survey(file: Path | None, environ: Mapping[str, str]) -> list[Place]:
    looks = {"the credentials file": lambda: find_credentials(file)} if file is not None else places(environ)
    seen: list[Place] = []
    decided = False
    for name, look in looks.items():
        try:
            found = look()
            if found is None:
                seen.append(Place(name, "empty", ""))
                continue
            mark = "" if checked(found).enrolled else keep.fingerprint(found.client_id)
            says = f"fingerprint {mark} of the Client ID, on this machine only" if mark else ""
            says = f"enrolled with a gateway as {found.client_id}" if found.enrolled else says
            seen.append(Place(name, "also" if decided else "in force", says))
        except Fault as fault:
            seen.append(Place(name, "wrong", fault.sentence))
        decided = True  # what is wrong in one place is not made good by the next: the kiosk stops there too
    return seen


def store(credentials: Credentials, file: Path | None, to: To | None) -> str:
    """In the place that was asked for, else the best that can be written to. A sentence that says which."""
    if file is not None:
        if to not in {None, To.FILE}:
            raise _usage("a file was named, and another place", "use --credentials or --to")
        keep.put_in_file(file, credentials)
        return f"They are in the file that was named, readable by its owner alone. {NO_RESTART}"
    if to is To.SYSTEMD:
        lines = keep.put_in_credstore(credentials)
        return f"They are encrypted in {keep.CREDSTORE}. In the unit's [Service]:\n{lines}\nThen restart the unit."
    instead = ""
    if to is not To.FILE:
        try:
            key_ring.write(credentials.endpoint, credentials.client_id, credentials.device_key)
        except key_ring.NoKeyRing as why:
            if to is To.KEYRING:
                raise Fault(
                    str(why),
                    where=KEY_RING,
                    remedy="log in to the desktop's session of the kiosk's user and unlock it, or use --to file",
                    code=ExitCode.CREDENTIALS,
                ) from None
            instead = f"Not in the key ring, because {why}. "
        else:
            return f"They are in the key ring. {NO_RESTART}"
    path = default_file(os.environ)
    keep.put_in_file(path, credentials)
    if os.name == "posix":
        path.parent.chmod(0o700)
    return f"{instead}They are in {path}, readable by its owner alone. {NO_RESTART}"


def _read(old: Credentials | None) -> Credentials:
    """From the terminal, without echo, or as two lines of standard input. Raises `Fault`.

    old  what an empty line for the endpoint keeps
    """
    hint = "Enter keeps it" if old is not None else "begins with wss://"
    endpoint = _line(f"Endpoint ({hint}; not shown): ") or (old.endpoint if old is not None else "")
    client_id = _line("Client ID (not shown): ")
    for name, value in (("endpoint", endpoint), ("Client ID", client_id)):
        if not value:
            raise _usage(f"there is no {name}", "give two lines: the endpoint, then the Client ID")
        if not value.isprintable() or len(value) > LONGEST:
            raise _usage(f"the {name} holds something that no {name} has", "copy it from the Voice API page again")
    return checked(Credentials(endpoint, client_id, "what was typed"))


def _line(prompt: str) -> str:
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass(prompt).strip()
    return sys.stdin.readline(LONGEST + 2).strip() if sys.stdin is not None else ""


def _usage(what: str, remedy: str) -> Fault:
    return Fault(what, where="kiosk secrets", remedy=remedy, code=ExitCode.USAGE)
