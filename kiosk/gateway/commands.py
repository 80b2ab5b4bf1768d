"""`kiosk gateway devices`: who may come in. A gateway that runs knows at once."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import asdict
from datetime import datetime, timedelta

from kiosk.core.fault import ExitCode, Fault
from kiosk.gateway.registry import SCHEMA, Listed, Registry
from kiosk.gateway.serve import registry_of
from kiosk.settings.gateway import Gateway

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")  # as `site.device_id`


def devices(settings: Gateway, args: argparse.Namespace) -> int:
    """Raises `Fault`."""
    registry = registry_of(settings)
    match args.what:
        case "add":
            return _add(registry, settings, args.name)
        case "list":
            return _list(registry, as_json=args.json)
        case "revoke":
            registry.revoke(args.name)
            print(f"{args.name} may not come in any more; what it was saying is cut off.")
        case "remove":
            registry.remove(args.name)
            print(f"{args.name} is forgotten.")
    return 0


def _add(registry: Registry, settings: Gateway, name: str) -> int:
    if not NAME.fullmatch(name):
        raise Fault(
            "that is no name for a kiosk",
            where="kiosk gateway devices add",
            remedy="use 1 to 64 letters, digits, dots, hyphens and underscores",
            code=ExitCode.USAGE,
        )
    code = registry.add(name, timedelta(minutes=settings.code_minutes))
    url = settings.url or f"ws://127.0.0.1:{settings.port}"
    print(f"Code for {name}: {code}\nGood once, for {settings.code_minutes:g} minutes. On the kiosk, as its user:")
    print(f"\n    kiosk secrets enrol --gateway {url}\n")
    return 0


def _list(registry: Registry, *, as_json: bool) -> int:
    listed = registry.listed()
    if as_json:
        print(json.dumps([asdict(one) for one in listed], indent=2, default=lambda at: at.isoformat()))
    for one in () if as_json else listed:
        print(_line(one))
    if not listed and not as_json:
        print(f"No kiosk is known yet ({SCHEMA.where}). `kiosk gateway devices add NAME` makes a code for one.")
    return 0


def _line(one: Listed) -> str:
    last = f"last talk {_local(one.last_talk)}" if one.last_talk else "no talk in the last days"
    now = f", talking now ({one.talking})" if one.talking else ""
    return f"{one.name:<24} {one.state:<9} since {_local(one.since)}, {last}, {one.minutes_today:.0f} min today{now}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
