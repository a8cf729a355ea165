"""When a list's names hang on the wall, and what somebody objects to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, UTCDateTime

ONE_THING = "(line_id IS NULL) <> (name IS NULL)"
WHOLE_OUTCOME = "(outcome IS NULL) = (decided_at IS NULL)"


class ListDisplay(Base):
    """One printing of the names that may hang on the wall, and the day from which they hang.

    ``named`` and ``unnamed`` count how many were named and how many were a number. The newest row
    of a list says since when it hangs.
    """

    __tablename__ = "list_display"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_list_display_list", "list_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    hung_on: Mapped[date] = mapped_column(Date)
    named: Mapped[int] = mapped_column(Integer)
    unnamed: Mapped[int] = mapped_column(Integer)
    printed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    printed_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))


class ListObjection(Base):
    """What somebody says against a name on a list, or that a name is missing.

    ``objector`` is who says so: only the village's head and the supervisor read it, and nothing
    prints or exports it. ``written`` is the day on the paper, ``arrived_at`` when it was entered.
    None is refused for being late. ``outcome`` is accepted or refused, with its reason.
    """

    __tablename__ = "list_objection"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        CheckConstraint(ONE_THING, name="one_thing"),
        CheckConstraint(WHOLE_OUTCOME, name="whole_outcome"),
        Index("ix_list_objection_list", "list_id"),
        Index("ix_list_objection_line", "line_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    line_id: Mapped[str | None] = mapped_column(ForeignKey("list_line.id"))
    name: Mapped[str | None] = mapped_column(String(100))
    objector: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(String(1000))
    written: Mapped[date] = mapped_column(Date)
    arrived_at: Mapped[datetime] = mapped_column(UTCDateTime)
    entered_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    outcome: Mapped[str | None] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
