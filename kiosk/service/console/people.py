"""Who may enter, changed from the console: what a page and the API do alike, each with its note in the audit log."""

from __future__ import annotations

from kiosk.core.fault import ExitCode, Fault
from kiosk.database.database import Database
from kiosk.service.house import accounts, audit, passwords, tries
from kiosk.service.house.accounts import Identity, Role
from kiosk.service.house.tables import User


def add(house: Database, who: Identity, name: str, role: Role, password: str) -> None:
    """Raises `Fault`, as all of these do."""
    with house.session(write=True) as session:
        user = accounts.add_user(session, name, role, password)
        audit.note(session, who.name, f"added a user as {role}", user.name)


def change(house: Database, who: Identity, name: str, *, role: Role | None = None, password: str | None = None) -> None:
    """A new password logs out everywhere, and ends a wait after wrong ones."""
    with house.session(write=True) as session:
        if role is not None:
            accounts.set_role(session, name, role)
            audit.note(session, who.name, f"made a user {role}", name)
        if password is not None:
            accounts.set_password(session, name, password)
            tries.forget(session, tries.keys(name, "")[:1])
            audit.note(session, who.name, "chose a password anew", name)


def choose(house: Database, who: Identity, old: str, new: str) -> None:
    """One's own. Whoever has found an open browser does not know the old one."""
    counted = tries.keys(who.name, "")[:1]
    with house.session(write=True) as session:
        wait = tries.wait_s(session, counted, tries.now())
        user = session.get(User, who.name)
        if user is None:  # a token has none
            raise Fault("only a user has a password", where=who.name, remedy="log in", code=ExitCode.USAGE)
        if wait <= 0:
            tries.count(session, counted, tries.now())
        kept = user.password
    if wait > 0:
        raise Fault(
            "too many wrong passwords", where="password", remedy=f"wait for {wait:.0f} s", code=ExitCode.CREDENTIALS
        )
    if not passwords.fits(old, kept):
        raise Fault("the old password does not fit", where="password", remedy="try it again", code=ExitCode.CREDENTIALS)
    change(house, who, who.name, password=new)


def remove(house: Database, who: Identity, name: str) -> None:
    with house.session(write=True) as session:
        accounts.remove_user(session, name)
        audit.note(session, who.name, "removed a user", name)


def add_token(house: Database, who: Identity, name: str, role: Role, days: int | None) -> str:
    """The token itself, which is never seen again."""
    with house.session(write=True) as session:
        token = accounts.add_token(session, name, role, who.name, days)
        audit.note(session, who.name, f"made a token for a program, as {role}", name)
    return token


def revoke_token(house: Database, who: Identity, name: str) -> None:
    with house.session(write=True) as session:
        accounts.revoke_token(session, name)
        audit.note(session, who.name, "revoked a token", name)
