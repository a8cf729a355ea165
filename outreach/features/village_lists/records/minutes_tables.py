"""A signed version of a village's list, and each line exactly as it was signed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, JsonText, UTCDateTime


class ListMinutes(Base):
    """One signed version of a list: what the minutes say, who signed, and whether it counts.

    ``hash`` is the SHA-256 of the canonical list, its identity; ``n`` counts the list's versions
    as they came. ``state``: waits (the list itself has not come), broken (it is not what the
    minutes say), held (a supervisor decides: ``why``), paper (the stamped sheet is to be looked
    at), counts, declined. ``author`` and ``device_id`` are who signed in on which device.

    ``decided_by`` took a held one or declined it, with ``words``. ``seen_by`` looked at the stamped
    sheet. ``confirmed_by`` holds the office and gave an own word.
    """

    __tablename__ = "list_minutes"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("list_id", "n"),
        Index("ix_list_minutes_ver", "region_code", "ver"),
        Index("ix_list_minutes_state", "regency", "state"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    ver: Mapped[int] = mapped_column(BigInteger)
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    n: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    root: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, object]] = mapped_column(JsonText)
    kind: Mapped[str | None] = mapped_column(String(20))
    letter_no: Mapped[str | None] = mapped_column(String(60))
    day: Mapped[date] = mapped_column(Date)
    place: Mapped[str | None] = mapped_column(String(120))
    present: Mapped[int | None] = mapped_column(Integer)
    signers: Mapped[list[dict[str, object]]] = mapped_column(JsonText)
    author: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    via: Mapped[str] = mapped_column(String(13))
    on_behalf: Mapped[str | None] = mapped_column(ForeignKey("office.id"))
    device_id: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(8))
    why: Mapped[str | None] = mapped_column(String(24))
    words: Mapped[str | None] = mapped_column(String(500))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    seen_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    counted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    heads: Mapped[list[str] | None] = mapped_column(JsonText)


class SignedLine(Base):
    """One line as it was signed: the item, and its leaf in the Merkle tree.

    An erased person's item is emptied and the leaf stays, so that the root still closes. ``acted``
    is what the version did to the status: the rule, or why nothing was done.
    """

    __tablename__ = "signed_line"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("minutes_id", "no"),
        Index("ix_signed_line_line", "line_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    minutes_id: Mapped[str] = mapped_column(ForeignKey("list_minutes.id"))
    line_id: Mapped[str] = mapped_column(ForeignKey("list_line.id"))
    no: Mapped[int] = mapped_column(Integer)
    item: Mapped[dict[str, object]] = mapped_column(JsonText)
    leaf: Mapped[str] = mapped_column(String(64))
    acted: Mapped[str | None] = mapped_column(String(24))
