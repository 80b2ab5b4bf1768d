"""Which knowledge is in force: the site's own file, or what the house has made of it."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from kiosk.core.fault import Fault
from kiosk.service.knowledge import Knowledge, knowledge_file, read
from kiosk.service.retrain import editions
from kiosk.service.retrain.blocks import checked
from kiosk.service.retrain.editions import Edition
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InForce:
    """
    text      as it is written
    edition   the newest of the house; None when nothing was ever edited
    digest    SHA-256 of the site's file as it is now; empty when it cannot be read
    unusable  why the edition of the house is not in force although it should be; empty when all is well
    """

    text: str
    knowledge: Knowledge
    edition: Edition | None
    digest: str
    unusable: str = ""

    @property
    def version(self) -> int:
        return self.edition.version if self.edition else 0

    @property
    def edited(self) -> bool:
        """The house's edition answers, not the site's file."""
        return self.edition is not None and bool(self.edition.text) and not self.unusable

    @property
    def file_changed(self) -> bool:
        """The site's file is another than when the edition was written, and what it says now is not answered."""
        return self.edited and self.edition is not None and self.edition.digest != self.digest


def file_of(settings: Service) -> Path:
    """The site's own file. It is read, never written."""
    return knowledge_file(settings, settings.language)


def digest_of(path: Path) -> str:
    """Empty when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def in_force(session: Session, settings: Service) -> InForce:
    """Raises `Fault` when there is neither an edition nor a file that can be used.

    An edition that this program cannot read (it was written by another version) gives way to the file, loudly: an agent
    that answers from the file is better than one that does not start.
    """
    edition = editions.newest(session)
    file = file_of(settings)
    unusable = ""
    if edition is not None and edition.text:
        try:
            text, knowledge = checked(edition.text)
        except Fault as fault:
            unusable = fault.sentence
            log.warning(
                "version %d of the knowledge is not in force, the site's file is: %s", edition.version, unusable
            )
        else:
            log.info("version %d of the knowledge is in force, not the site's file", edition.version)
            return InForce(text, knowledge, edition, digest_of(file))
    knowledge = read(file)
    return InForce(file.read_text(encoding="utf-8-sig"), knowledge, edition, digest_of(file), unusable)
