"""The tables of the registry. A new column needs a step in `registry.SCHEMA`."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kiosk.database.columns import OF_TYPES


class RegistryRow(DeclarativeBase):
    """One row of any table."""

    type_annotation_map: ClassVar = OF_TYPES


class Device(RegistryRow):
    """A kiosk that may come in, or may enrol.

    key         its public key; empty until it has enrolled
    code        hash of the code with which it may enrol, until `code_until`; empty once it was used
    revoked_at  since when it may not come in; its key is kept, so that it can be told
    """

    __tablename__ = "devices"

    name: Mapped[str] = mapped_column(primary_key=True)
    added_at: Mapped[datetime]
    key: Mapped[str | None]
    enrolled_at: Mapped[datetime | None]
    code: Mapped[str | None] = mapped_column(index=True)
    code_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Talk(RegistryRow):
    """Who conversed when. `seen_at`: when its gateway last said that it goes on; one that was killed says no more."""

    __tablename__ = "talks"

    id: Mapped[str] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(ForeignKey("devices.name", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
