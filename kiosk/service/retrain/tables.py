"""What was taught, in the house's database. Rows are only ever added: the newest version is the one in force."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from kiosk.service.house.tables import HouseRow


class CorrectionVersion(HouseRow):
    """One version of one correction.

    base       the version that an undo of this one goes back to; 0 for none at all
    deed       how it came to be: written, changed, withdrawn, undone or restored
    withdrawn  it answers nothing; its words are those of the version before
    wordings   one a line
    by         who, as the audit log names them
    """

    __tablename__ = "correction_versions"

    correction: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    base: Mapped[int]
    deed: Mapped[str]
    withdrawn: Mapped[bool]
    wordings: Mapped[str]
    answer: Mapped[str]
    action: Mapped[str]
    follows: Mapped[str]
    language: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class KnowledgeVersion(HouseRow):
    """One version of the knowledge, whole.

    base    the version that an undo of this one goes back to; 0 for the site's own file
    deed    edited, undone, restored or given up (the site's file is in force again)
    text    empty where the site's own file is in force
    digest  SHA-256 of the site's file when this was written: whether somebody has edited it since
    """

    __tablename__ = "knowledge_versions"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    base: Mapped[int]
    deed: Mapped[str]
    text: Mapped[str]
    digest: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
