"""The voice that the house has chosen, and all that it had before. The newest row is in force.

Each function works in the session that it is given; whoever opened it commits.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kiosk.service.house.tables import HouseRow
from kiosk.service.manner import Manner


class VoiceVersion(HouseRow):
    """One choice. Its columns are those of a `Manner`; `by` chose it."""

    __tablename__ = "voice_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    language: Mapped[str]
    voice: Mapped[str]
    style: Mapped[str]
    speed: Mapped[float]
    engine: Mapped[str]

    @property
    def manner(self) -> Manner:
        return Manner(self.language, self.voice, self.style, self.speed, self.engine)


def newest(session: Session, limit: int = 1) -> list[VoiceVersion]:
    return list(session.scalars(select(VoiceVersion).order_by(VoiceVersion.id.desc()).limit(limit)))


def version(session: Session, id: int) -> VoiceVersion | None:
    return session.get(VoiceVersion, id)


def add(session: Session, manner: Manner, by: str) -> VoiceVersion:
    row = VoiceVersion(
        at=datetime.now(UTC),
        by=by,
        language=manner.language,
        voice=manner.voice,
        style=manner.style,
        speed=manner.speed,
        engine=manner.engine,
    )
    session.add(row)
    session.flush()
    return row
