"""Who may enter the console, and what they did. Other tables of the house stand with what they are for."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kiosk.database.columns import OF_TYPES


class HouseRow(DeclarativeBase):
    """One row of any table of the house. A module that derives from it is named in `schema.MODULES`."""

    type_annotation_map: ClassVar = OF_TYPES


class User(HouseRow):
    """
    name      as it is typed, in small letters
    role      viewer, editor or admin
    password  as `passwords.hashed` makes it
    """

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    password: Mapped[str]
    made_at: Mapped[datetime]


class Login(HouseRow):
    """Somebody is logged in. `key`: SHA-256 of what the browser holds, which is never kept."""

    __tablename__ = "logins"

    key: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("users.name", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Token(HouseRow):
    """A program's way into the REST API. `key`: SHA-256 of the token, which is never kept."""

    __tablename__ = "tokens"

    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class Tries(HouseRow):
    """Wrong passwords in a row. `key`: of a name or an address, as `tries` makes it."""

    __tablename__ = "tries"

    key: Mapped[str] = mapped_column(primary_key=True)
    wrong: Mapped[int]
    until: Mapped[datetime]


class Deed(HouseRow):
    """What somebody did. `who`: a user, `token NAME`, or `terminal`. Never a visitor's words, nor a secret."""

    __tablename__ = "deeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str]
