"""Opens a database: SQLite in a file of its own, or whatever a URL names, with its tables up to date.

    database = Database.named(settings.conversations_db, CONVERSATIONS)
    with database.session() as session: ...     # one transaction

Raises `Fault` for what a person must mend (a URL that is none, a driver that is missing, a newer schema), and
`Away` while the database cannot be reached.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import NullPool

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings import places

LOCKED_S = 2.0  # how long another program may hold the file

BEGIN_TO_WRITE = "BEGIN IMMEDIATE"  # a transaction that reads first and writes later can be refused without a wait

Step = Callable[[Connection], None]


@dataclass(frozen=True)
class Schema:
    """What one database is for.

    what    is kept in it, for messages ("the conversations")
    where   setting that names it
    file    in the user's state folder, when the setting names none; in a folder of its own, which is closed to others
    tables  as they are today. One that is missing is made; it needs no step
    steps   the step at index n takes a table that stands from version n + 1 to n + 2. A new database starts at the
            last version. A step that has shipped is never changed
    """

    what: str
    where: str
    file: Path
    tables: MetaData
    steps: Sequence[Step] = ()

    @property
    def version(self) -> int:
        return 1 + len(self.steps)


def adds(row: type[DeclarativeBase], name: str) -> Step:
    """A step: this column, which may be empty, in the table that stands."""

    def step(connection: Connection) -> None:
        kind = row.__table__.c[name].type.compile(connection.dialect)
        connection.execute(text(f"ALTER TABLE {row.__tablename__} ADD COLUMN {name} {kind}"))

    return step


class Away(Exception):
    """The database cannot be used at the moment. Says why without a word of what was to be written."""

    @classmethod
    def because(cls, error: OSError | DBAPIError) -> Away:
        if isinstance(error, OSError):
            return cls(error.strerror or type(error).__name__)
        kind = getattr(error.orig, "sqlite_errorname", "") or type(error.orig).__name__
        return cls(kind)


class Database:
    """One transaction at a time for each `session()`; any thread. No connection is kept between them, so that a file
    that was moved away or replaced is met anew."""

    def __init__(self, url: URL, schema: Schema) -> None:
        self._schema = schema
        self.file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        try:
            # Without `hide_parameters` an error tells what it could not write.
            self._engine: Engine = create_engine(url, hide_parameters=True, poolclass=NullPool)
        except (NoSuchModuleError, ImportError) as error:
            raise Fault(
                f"the driver of that database is not installed ({error})",
                where=schema.where,
                remedy="install the package it names, or leave the setting empty",
                code=ExitCode.MISSING_PACKAGE,
            ) from error
        if self.file is not None:
            event.listen(self._engine, "connect", _pragmas)
            event.listen(self._engine, "begin", _begin)

    @classmethod
    def named(cls, name: str, schema: Schema) -> Database:
        """`name`: path of an SQLite file, URL of a database, or empty for the schema's own file."""
        if "://" not in name:
            file = Path(name) if name else places.state() / schema.file
            return cls(URL.create("sqlite", database=str(file.expanduser().absolute())), schema)
        try:
            return cls(make_url(name), schema)
        except ArgumentError:
            raise Fault(
                "that is no URL of a database",
                where=schema.where,
                remedy="write it as postgresql+psycopg://USER@HOST/NAME, or give the path of a file",
                code=ExitCode.SETTINGS,
            ) from None

    @property
    def exists(self) -> bool:
        """Whether there may be anything in it. A file that nobody has made is not made by looking."""
        return self.file is None or self.file.exists()

    def prepare(self) -> None:
        """Makes the file (0600, its folder 0700) and brings the tables to this version. Raises `Fault`, `Away`."""
        with _away():
            if self.file is not None:
                self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))
                self.file.chmod(0o600)  # -wal and -shm take it over
            with self._engine.execution_options(begin=BEGIN_TO_WRITE).begin() as connection:
                self._migrate(connection)

    def _migrate(self, connection: Connection) -> None:
        new = not inspect(connection).has_table("schema_version")
        if new:
            connection.execute(text("CREATE TABLE schema_version (version INTEGER NOT NULL)"))
        version: int = connection.execute(text("SELECT coalesce(max(version), 0) FROM schema_version")).scalar_one()
        if version > self._schema.version:
            raise Fault(
                f"{self._schema.what} were kept by a newer version of this program (schema {version})",
                where=self._schema.where,
                remedy="update the program, or name another database",
                code=ExitCode.SETTINGS,
            )
        for step in () if new else self._schema.steps[version - 1 :]:
            step(connection)
        self._schema.tables.create_all(connection)
        if version < self._schema.version:
            connection.execute(
                text("INSERT INTO schema_version (version) VALUES (:number)"), {"number": self._schema.version}
            )

    @contextmanager
    def session(self, *, write: bool = False) -> Iterator[Session]:
        """A transaction: committed at its end, rolled back by an exception. Raises `Away`, and `Fault` as `prepare`."""
        if not self.exists:
            self.prepare()
        engine = self._engine.execution_options(begin=BEGIN_TO_WRITE) if write else self._engine
        with _away(), Session(engine) as session, session.begin():
            yield session

    def forget(self) -> None:
        """After a deletion: nothing of it stays in the write-ahead log either (`secure_delete` cares for the file)."""
        if self.file is not None:
            with _away(), self._engine.execution_options(begin="").connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, OSError) as error:
        raise Away.because(error) from None
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # the others blame what was asked
            raise
        raise Away.because(error) from None  # a damaged file, or one that is none


def _pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # or the driver leaves table changes out of the transaction; see `_begin`
    # SQLite's own knows no capitals but those of English, and a search would miss "Öl" for "öl".
    connection.create_function("lower", 1, lambda value: value.lower() if isinstance(value, str) else value)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {LOCKED_S * 1000:.0f}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a turn outlives a power cut, not only a killed process
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # deleted words are overwritten
    cursor.close()


def _begin(connection: Connection) -> None:
    if how := connection.get_execution_options().get("begin", "BEGIN"):
        connection.exec_driver_sql(how)
