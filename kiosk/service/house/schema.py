"""What the database of the house is: it always exists, whatever is kept of conversations."""

from __future__ import annotations

from pathlib import Path

from kiosk.core.fault import ExitCode, Fault
from kiosk.database.database import Away, Database, Schema
from kiosk.service.house import manners, tables
from kiosk.service.retrain import tables as retrained
from kiosk.settings.schema import Service

MODULES = (tables, manners, retrained)
"""Every module with tables of the house: they are known by being imported. A new table needs no step."""

HOUSE = Schema(
    what="the house's accounts and settings",
    where="service.house_db",
    file=Path("house", "house.sqlite3"),
    tables=tables.HouseRow.metadata,
)


def house_of(settings: Service) -> Database:
    """The one that the settings name, ready. Raises `Fault`, for one that cannot be reached too."""
    house = Database.named(settings.house_db, HOUSE)
    try:
        house.prepare()
    except Away as away:
        raise Fault(
            f"the house's database cannot be reached ({away})",
            where=HOUSE.where,
            remedy="see that it is there and that this user may use it",
            code=ExitCode.MACHINE,
        ) from None
    return house
