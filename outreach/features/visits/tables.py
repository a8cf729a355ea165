"""Visits as they are stored: rows that the village's officers pull."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, JsonText, UTCDateTime


class DoorVisit(Base):
    """One visit to one person: planned, and later what came of it.

    The supervisor's part (``assigned_*``) and the officer's (``own_day``, then outcome to
    ``device_id``) are edited apart, so that both stand where both moved it. The officer's part is
    ``author``'s alone. What another officer, or another phone, says of the same visit becomes a row
    of its own, which stands ``beside`` it.

    ``ended`` says why nobody is to go any more, or no longer counts it: gone (left the village),
    met (a save of the person told of the visit), dropped (taken out of the plan), erased.
    ``merged_from`` is the record that the visit was to, where it was merged. Of a death ``death``
    says how certain it is: open, confirmed, denied; ``death_by`` who said so.
    """

    __tablename__ = "door_visit"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_door_visit_ver", "region_code", "ver"),
        Index("ix_door_visit_worker", "worker_id"),
        Index("ix_door_visit_assigned", "assigned_to"),
        Index("ix_door_visit_beside", "beside"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    ver: Mapped[int] = mapped_column(BigInteger)
    worker_id: Mapped[str | None] = mapped_column(String(36))
    merged_from: Mapped[str | None] = mapped_column(String(36))
    beside: Mapped[str | None] = mapped_column(String(36))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    assigned_to: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    assigned_day: Mapped[date | None] = mapped_column(Date)
    assigned_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    assigned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    author: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    own_day: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str | None] = mapped_column(String(16))
    detail: Mapped[dict[str, object] | None] = mapped_column(JsonText)
    note: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    device_id: Mapped[str | None] = mapped_column(String(36))
    ended: Mapped[str | None] = mapped_column(String(8))
    death: Mapped[str | None] = mapped_column(String(9))
    death_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    death_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
