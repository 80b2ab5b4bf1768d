"""`kiosk service users` and `kiosk service tokens`: who may enter the console, at a terminal of its machine."""

from __future__ import annotations

import argparse
import sys
from getpass import getpass

from sqlalchemy.orm import Session

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.house import accounts, passwords, tries
from kiosk.service.house.accounts import Role
from kiosk.service.house.audit import TERMINAL, note
from kiosk.service.house.schema import house_of
from kiosk.settings.schema import Service


def users(settings: Service, args: argparse.Namespace) -> int:
    """Exit code. Raises `Fault`, and has changed nothing then."""
    house = house_of(settings)
    if args.what == "list":
        with house.session() as session:
            for user in accounts.users(session):
                print(f"{user.role:8}{user.name}")
        return 0
    password = _ask(args.name.lower()) if args.what in ("add", "password") else ""
    with house.session(write=True) as session:
        print(_change_user(session, args, password))
    return 0


def _change_user(session: Session, args: argparse.Namespace, password: str) -> str:
    name: str = args.name.lower()
    match args.what:
        case "add":
            accounts.add_user(session, name, Role(args.role), password)
            note(session, TERMINAL, f"added a user as {args.role}", name)
            return f"{name} may log in, as {args.role}."
        case "role":
            accounts.set_role(session, name, Role(args.role))
            note(session, TERMINAL, f"made a user {args.role}", name)
            return f"{name} is {args.role} from the next click on."
        case "password":
            accounts.set_password(session, name, password)
            tries.forget(session, tries.keys(name, "")[:1])
            note(session, TERMINAL, "chose a password anew", name)
            return f"{name} has another password, and is logged out everywhere."
    accounts.remove_user(session, name)
    note(session, TERMINAL, "removed a user", name)
    return f"{name} is removed, and logged out everywhere."


def tokens(settings: Service, args: argparse.Namespace) -> int:
    """Exit code. Raises `Fault`, and has changed nothing then."""
    house = house_of(settings)
    with house.session(write=True) as session:
        match args.what:
            case "list":
                for token in accounts.tokens(session):
                    ends = f"until {token.ends_at.astimezone():%Y-%m-%d %H:%M}" if token.ends_at else ""
                    print(f"{token.role:8}{token.name:24}{ends}".rstrip())
            case "add":
                if args.days is not None and not 1 <= args.days <= 3650:
                    raise Fault("that is no number of days", where="--days", remedy="1 to 3650", code=ExitCode.USAGE)
                secret = accounts.add_token(session, args.name, Role(args.role), TERMINAL, args.days)
                note(session, TERMINAL, f"made a token for a program, as {args.role}", args.name)
                print(f"This is shown once: {secret}")
            case _:
                accounts.revoke_token(session, args.name)
                note(session, TERMINAL, "revoked a token", args.name)
                print("It is refused from the next request on.")
    return 0


def _ask(name: str) -> str:
    """Never an argument, which every process could read. Raises `Fault` for one that cannot be."""
    if not sys.stdin.isatty():
        return passwords.checked(sys.stdin.readline(passwords.LONGEST + 2).rstrip("\r\n"), name)
    typed = passwords.checked(getpass(f"Password for {name}, {passwords.SHORTEST} characters or more: "), name)
    if getpass("Once more: ") != typed:
        raise Fault("those two were not the same", where="password", remedy="try it again", code=ExitCode.USAGE)
    return typed
