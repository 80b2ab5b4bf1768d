"""Who may do what: users with their roles, who is logged in, and the tokens of programs.

Each function works in the session that it is given; whoever opened it commits. Times are UTC.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.house import passwords
from kiosk.service.house.tables import Login, Token, User

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
TOKEN_BEGINS = "kiosk_"  # so that a scanner of secrets knows one


class Role(StrEnum):
    """What somebody may do. Each may what those before it may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"

    def may(self, role: Role) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(role)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks.

    name   of the user, or `token NAME`; as it stands in the audit log
    login  what the browser holds, a secret; empty for a program
    """

    name: str
    role: Role
    login: str = ""

    @property
    def proof(self) -> str:
        """What a form carries to show that it is ours: another site can send the cookie along, and not know this."""
        return hashlib.sha256(f"form:{self.login}".encode()).hexdigest()


# --- users --------------------------------------------------------------------------------------------------------


def users(session: Session) -> list[User]:
    return list(session.scalars(select(User).order_by(User.name)))


def nobody_yet(session: Session) -> bool:
    return session.scalar(select(func.count()).select_from(User)) == 0


def add_user(session: Session, name: str, role: Role, password: str) -> User:
    """Raises `Fault` for a name or a password that cannot be, or a name that is taken."""
    name = name.lower()
    if not NAME.fullmatch(name):
        raise Fault(
            "that is no name of a user",
            where=name[:64],
            remedy="take up to 64 letters, digits and . _ @ -, the first a letter or digit",
            code=ExitCode.USAGE,
        )
    if session.get(User, name):
        raise Fault("that name is taken", where=name, remedy="choose another", code=ExitCode.USAGE)
    kept = passwords.hashed(passwords.checked(password, name))
    user = User(name=name, role=role, password=kept, made_at=datetime.now(UTC))
    session.add(user)
    return user


def set_password(session: Session, name: str, password: str) -> None:
    """Whoever is logged in with the old one is logged out. Raises `Fault`."""
    user = _user(session, name)
    user.password = passwords.hashed(passwords.checked(password, user.name))
    session.execute(delete(Login).where(Login.user == user.name))


def set_role(session: Session, name: str, role: Role) -> None:
    """Raises `Fault` for the last admin."""
    user = _user(session, name)
    _not_the_last_admin(session, user, role)
    user.role = role


def remove_user(session: Session, name: str) -> None:
    """Logged out at once. Raises `Fault` for the last admin."""
    user = _user(session, name)
    _not_the_last_admin(session, user, None)
    session.execute(delete(Login).where(Login.user == user.name))
    session.delete(user)


def _user(session: Session, name: str) -> User:
    user = session.get(User, name.lower())
    if user is None:
        raise Fault(
            "there is no user of that name",
            where=name[:64],
            remedy="see kiosk service users list",
            code=ExitCode.USAGE,
        )
    return user


def _not_the_last_admin(session: Session, user: User, becomes: Role | None) -> None:
    admins = session.scalar(select(func.count()).where(User.role == Role.ADMIN))
    if user.role == Role.ADMIN and becomes != Role.ADMIN and admins == 1:
        raise Fault(
            "that is the last admin", where=user.name, remedy="make another user an admin first", code=ExitCode.USAGE
        )


# --- who is logged in -----------------------------------------------------------------------------------------------


def log_in(session: Session, name: str, length: timedelta) -> str:
    """What the browser is to hold. Whether the password fits was asked before."""
    secret = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    session.execute(delete(Login).where(Login.ends_at < now))
    session.add(Login(key=_key(secret), user=name, began_at=now, ends_at=now + length))
    return secret


def logged_in(session: Session, secret: str) -> Identity | None:
    found = session.execute(
        select(User.name, User.role).join(Login).where(Login.key == _key(secret), Login.ends_at > datetime.now(UTC))
    ).one_or_none()
    return found and Identity(found.name, Role(found.role), secret)


def log_out(session: Session, secret: str) -> None:
    session.execute(delete(Login).where(Login.key == _key(secret)))


# --- tokens -------------------------------------------------------------------------------------------------------


def tokens(session: Session) -> list[Token]:
    return list(session.scalars(select(Token).order_by(Token.name)))


def add_token(session: Session, name: str, role: Role, by: str, days: int | None = None) -> str:
    """The token itself, which is never seen again. Raises `Fault`."""
    if not NAME.fullmatch(name):
        raise Fault(
            "that is no name of a token",
            where=name[:64],
            remedy="take up to 64 small letters, digits and . _ @ -, the first a letter or digit",
            code=ExitCode.USAGE,
        )
    if session.get(Token, name):
        raise Fault("that name is taken", where=name, remedy="choose another, or revoke it", code=ExitCode.USAGE)
    secret = TOKEN_BEGINS + secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    ends = None if days is None else now + timedelta(days=days)
    session.add(Token(name=name, key=_key(secret), role=role, made_by=by, made_at=now, ends_at=ends))
    return secret


def bearer(session: Session, secret: str) -> Identity | None:
    token = session.scalar(select(Token).where(Token.key == _key(secret)))
    if token is None or (token.ends_at is not None and token.ends_at <= datetime.now(UTC)):
        return None
    return Identity(f"token {token.name}", Role(token.role))


def revoke_token(session: Session, name: str) -> None:
    """In force with the next request. Raises `Fault`."""
    token = session.get(Token, name)
    if token is None:
        raise Fault(
            "there is no token of that name",
            where=name[:64],
            remedy="see kiosk service tokens list",
            code=ExitCode.USAGE,
        )
    session.delete(token)


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
