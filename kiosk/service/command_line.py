"""`kiosk service ...` at the command line: what the service has kept, and who may enter its console.

Imports nothing heavy: `kiosk --help` answers at once, and a command imports what it runs.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiosk.settings.load import load

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]

ROLES = ("viewer", "editor", "admin")


def add_parts(parts: _Commands, common: argparse.ArgumentParser) -> None:
    """`common`: options that every command has."""
    _add_conversations(parts, common)
    _add_users(parts, common)
    _add_tokens(parts, common)


def _add_conversations(parts: _Commands, common: argparse.ArgumentParser) -> None:
    """`kiosk service conversations ...`: what the service has kept."""
    kept = parts.add_parser("conversations", help="what was said: list, show, export, delete, purge")
    what = kept.add_subparsers(dest="what", required=True, metavar="WHAT")
    listed = what.add_parser("list", parents=[common], help="the newest")
    listed.add_argument("--limit", type=int, default=50, metavar="N", help="how many (default: 50)")
    shown = what.add_parser("show", parents=[common], help="one session, turn by turn")
    export = what.add_parser("export", parents=[common], help="all, on standard output")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="default: jsonl")
    export.add_argument("--since", metavar="DATE", help="those that began on this day or later, such as 2026-01-31")
    deleted = what.add_parser("delete", parents=[common], help="everything of one session")
    purge = what.add_parser("purge", parents=[common], help="everything")
    purge.add_argument("--yes", action="store_true", help="without asking")
    for one in (shown, deleted):
        one.add_argument("session_id", metavar="ID", help="session ID")
    for one in (listed, shown, export, deleted, purge):
        one.set_defaults(go=_conversations)


def _add_users(parts: _Commands, common: argparse.ArgumentParser) -> None:
    """`kiosk service users ...`: who may log in at the console."""
    users = parts.add_parser(
        "users",
        help="who may log in at the console: add, list, role, password, remove",
        description="Passwords are asked for on the terminal without echo, or read as a line of standard input.",
    )
    what = users.add_subparsers(dest="what", required=True, metavar="WHAT")
    listed = what.add_parser("list", parents=[common], help="all, with their roles")
    added = what.add_parser("add", parents=[common], help="another one; asks for the password")
    role = what.add_parser("role", parents=[common], help="give another role")
    password = what.add_parser("password", parents=[common], help="choose anew; logs them out, ends a wait")
    removed = what.add_parser("remove", parents=[common], help="take away; logged out at once")
    for one in (added, role, password, removed):
        one.add_argument("name", metavar="NAME", help="name to log in with")
    for one in (added, role):
        one.add_argument("--role", choices=ROLES, required=True, help="a viewer reads, an editor changes what is said")
    for one in (listed, added, role, password, removed):
        one.set_defaults(go=_users)


def _add_tokens(parts: _Commands, common: argparse.ArgumentParser) -> None:
    """`kiosk service tokens ...`: which programs may use the REST API."""
    tokens = parts.add_parser("tokens", help="which programs may use the REST API: add, list, revoke")
    what = tokens.add_subparsers(dest="what", required=True, metavar="WHAT")
    listed = what.add_parser("list", parents=[common], help="all, with their roles")
    added = what.add_parser("add", parents=[common], help="another one; it is shown once, and kept as a hash only")
    revoked = what.add_parser("revoke", parents=[common], help="take away; refused with the next request")
    for one in (added, revoked):
        one.add_argument("name", metavar="NAME", help="what it is for")
    added.add_argument("--role", choices=ROLES, default="viewer", help="default: viewer")
    added.add_argument("--days", type=int, metavar="N", help="in force for so many days (default: until revoked)")
    for one in (listed, added, revoked):
        one.set_defaults(go=_tokens)


def _conversations(args: argparse.Namespace) -> int:
    from kiosk.service.store.commands import conversations

    return conversations(load(args.site).settings.service, args)


def _users(args: argparse.Namespace) -> int:
    from kiosk.service.house.commands import users

    return users(load(args.site).settings.service, args)


def _tokens(args: argparse.Namespace) -> int:
    from kiosk.service.house.commands import tokens

    return tokens(load(args.site).settings.service, args)
