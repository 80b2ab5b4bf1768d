"""`kiosk doctor`: tries each thing that a technician can get wrong, and says what to do about it."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from kiosk import __version__
from kiosk.app.checks.finding import Examination, Finding, State, examine
from kiosk.app.checks.list import all_checks
from kiosk.app.checks.packaged import packaged_checks
from kiosk.app.survey import examinations
from kiosk.core.fault import ExitCode, Fault
from kiosk.journal.log import SecretGate
from kiosk.settings.schema import Settings
from kiosk.wire.credentials import CLIENT_ID_VARIABLE, Credentials, find_credentials

MARKS = {State.OK: "ok  ", State.FAIL: "FAIL", State.SKIPPED: "skip"}


def doctor(settings: Settings, credentials_file: Path | None, *, endpoint: str | None = None, as_json: bool) -> int:
    """Runs every check, whatever the others found. Returns the exit code of the first that failed, or 0.

    endpoint  instead of the one in the credentials, for this once
    """

    def credentials() -> Credentials:
        if endpoint is None:
            return find_credentials(credentials_file)
        return Credentials(endpoint, client_id(credentials_file, os.environ), "the command line")

    return report(all_checks(settings, credentials), _gate(endpoint, credentials_file), as_json=as_json)


def tell(settings: Settings, credentials_file: Path | None) -> int:
    """The child of a support bundle: a line of JSON before each check and one behind it, so that what was found is not
    lost with a check that hangs, or that ends the process."""
    gate = _gate(None, credentials_file)
    _say_through(gate)
    for name, attempt in all_checks(settings, lambda: find_credentials(credentials_file)):
        print(json.dumps({"begins": name}), flush=True)
        print(gate.hide(json.dumps(asdict(examine(name, attempt)), ensure_ascii=False)), flush=True)
    return 0


def sound(settings: Settings, *, visitor: bool, as_json: bool) -> int:
    """Measures the room with the settings' devices: half a minute of sound. The profile is kept.

    visitor  somebody stands where visitors stand, and is asked to speak
    """
    return report(examinations(settings, visitor=visitor), SecretGate(), as_json=as_json)


def packaged(only: str = "", *, as_json: bool) -> int:
    """Whether every part of the program itself is there. No settings, no credentials, no devices.

    only  names of checks, by commas; empty for all
    """
    checks = list(packaged_checks())
    chosen = [name.strip() for name in only.split(",")] if only else [name for name, _ in checks]
    if unknown := sorted(set(chosen) - {name for name, _ in checks}):
        raise Fault(
            f"there is no check {unknown[0]!r}",
            where="--only",
            remedy=f"name some of these, by commas: {', '.join(name for name, _ in checks)}",
            code=ExitCode.USAGE,
        )
    return report((check for check in checks if check[0] in chosen), SecretGate(), as_json=as_json)


def client_id(file: Path | None, environ: Mapping[str, str]) -> str:
    """For an endpoint of the command line: from the environment, else from wherever credentials are. A secret."""
    return environ.get(CLIENT_ID_VARIABLE, "").strip() or find_credentials(file).client_id


def report(attempts: Iterator[Examination], gate: SecretGate, *, as_json: bool) -> int:
    """Prints each finding as soon as it is made (JSON: all at the end). The exit code of the first failure."""
    _say_through(gate)
    findings: list[Finding] = []
    for name, attempt in attempts:
        found = examine(name, attempt)
        findings.append(found)
        if not as_json:
            print(gate.hide(f"{MARKS[found.state]}  {found.name:<14} {found.sentence}"), flush=True)
    failures = [found for found in findings if found.state is State.FAIL]
    if as_json:
        result = {"version": __version__, "ok": not failures, "checks": [asdict(found) for found in findings]}
        print(gate.hide(json.dumps(result, indent=2, ensure_ascii=False)))
    else:
        print(
            f"\n{len(findings)} checks: {_count(findings, State.OK)} ok, {_count(findings, State.SKIPPED)} skipped, "
            f"{len(failures)} failed."
        )
    return failures[0].code if failures else 0


def _say_through(gate: SecretGate) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(gate)
    logging.basicConfig(level="WARNING", handlers=[handler])


def _count(findings: list[Finding], state: State) -> int:
    return sum(found.state is state for found in findings)


def _gate(endpoint: str | None, credentials_file: Path | None) -> SecretGate:
    """The last one that everything printed passes: no check says a secret, and if one did, it would end here."""
    gate = SecretGate(Credentials(endpoint or "", os.environ.get(CLIENT_ID_VARIABLE, "").strip()).faces)
    with suppress(Fault):  # the check of the credentials says what is wrong with them
        gate.add(find_credentials(credentials_file).faces)
    return gate
