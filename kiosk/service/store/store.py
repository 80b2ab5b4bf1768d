"""The store as the service opens it, and as the commands do."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.database.database import Away, Database
from kiosk.service.store.queries import delete_all
from kiosk.service.store.schema import conversations_of
from kiosk.service.store.writer import Keep, Writer, nothing
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)


@contextmanager
def kept(settings: Service) -> Iterator[Keep]:
    """Where the rows of conversations go while the service runs.

    A database that is away is waited for. Raises `Fault` for one that this program can never use.
    """
    database = conversations_of(settings)
    if settings.keep_days == 0:
        _empty(database)
        yield nothing
        return
    try:
        database.prepare()
    except Away as away:
        log.warning("conversations cannot be kept yet (%s)", away)
    writer = Writer(database, settings.keep_days, settings.longest_s)
    writer.start()
    try:
        yield writer.keep
    finally:
        writer.close()


def _empty(database: Database) -> None:
    """What was kept before the site chose to keep nothing. Nothing is made for it."""
    if not database.exists:
        return
    try:
        database.prepare()
        with database.session(write=True) as session:
            deleted = delete_all(session)
        database.forget()
    except Away as away:
        log.warning("nothing is to be kept, but what was kept before cannot be deleted (%s)", away)
    else:
        if deleted:
            log.info("nothing is to be kept: %d conversations are deleted", deleted)
