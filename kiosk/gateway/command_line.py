"""`kiosk gateway ...` at the command line: which kiosks may come in, and new credentials for all of them.

Imports nothing heavy, as `kiosk.service.command_line`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.settings.load import load

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parts(parts: _Commands, common: argparse.ArgumentParser, rotate: Callable[[argparse.Namespace], int]) -> None:
    """`common`: options that every command has; `rotate`: what `kiosk secrets rotate` does."""
    rotated = parts.add_parser(
        "rotate", parents=[common], help="try a new endpoint and Client ID with the agent, then exchange them for all"
    )
    rotated.add_argument("--credentials", type=Path, metavar="FILE", help="this 0600 file, as in `kiosk gateway`")
    rotated.add_argument("--to", choices=("keyring", "file", "systemd"), help="where to (default: where they are)")
    rotated.set_defaults(go=rotate, verb="rotate")
    devices = parts.add_parser("devices", help="the kiosks that may come in: add, list, revoke, remove")
    what = devices.add_subparsers(dest="what", required=True, metavar="WHAT")
    added = what.add_parser("add", parents=[common], help="make a code with which a kiosk enrols, once")
    listed = what.add_parser("list", parents=[common], help="all, and when each talked")
    listed.add_argument("--json", action="store_true", help="as JSON")
    revoked = what.add_parser("revoke", parents=[common], help="shut one out, in mid-sentence if it talks")
    removed = what.add_parser("remove", parents=[common], help="forget one")
    for one in (added, revoked, removed):
        one.add_argument("name", metavar="NAME", help="the kiosk's name")
    for one in (added, listed, revoked, removed):
        one.set_defaults(go=_devices)


def _devices(args: argparse.Namespace) -> int:
    from kiosk.gateway.commands import devices  # noqa: PLC0415

    return devices(load(args.site).settings.gateway, args)
