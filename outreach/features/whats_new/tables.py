"""Which user has read what changed in a version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, UTCDateTime


class ReleaseRead(Base):
    """One user has read of one version; ``ver`` is a number of the user's own scope.

    ``read_at`` is the server's time, when it heard of it.
    """

    __tablename__ = "release_read"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("user_id", "version"),
        Index("ix_release_read_user_ver", "user_id", "ver"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[str] = mapped_column(String(16))
    read_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ver: Mapped[int] = mapped_column(BigInteger)
