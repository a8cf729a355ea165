"""Files that rows of features name: a signed list, a photo of a paper. A worker's own stand in
``worker_blob``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, UTCDateTime

NOT_HERE = text("arrived_at IS NULL")


class RowBlob(Base):
    """A file that a row of a feature's table names, by field; who may read it, the feature says.

    ``owner_id`` is who named it: its bytes count only once a device of that user has sent them.
    ``since`` is when it was named, ``arrived_at`` when the owner's bytes were here.
    """

    __tablename__ = "row_blob"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("row_id", "field"),
        Index("ix_row_blob_sha256", "sha256"),
        Index(
            "ix_row_blob_missing",
            "owner_id",
            "since",
            sqlite_where=NOT_HERE,
            postgresql_where=NOT_HERE,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str | None] = mapped_column(String(13))
    table_name: Mapped[str] = mapped_column(String(16))
    row_id: Mapped[str] = mapped_column(String(36))
    field: Mapped[str] = mapped_column(String(24))
    sha256: Mapped[str] = mapped_column(String(64))
    owner_id: Mapped[str] = mapped_column(String(36))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
