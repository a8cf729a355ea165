"""A village's list, its lines, what was decided of them, the names that were missing, and links.

All lie in the village's scope: ``region_code`` is the village, ``ver`` a number of its counter.
What phones may read of a row, and of whom, is ``rows``.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, JsonText, UTCDateTime

NOT_CLOSED = text("state <> 'closed'")
NUMBERED = text("part <> 'visit'")
TO_VISIT = text("part = 'visit'")
REPORTED = text("state = 'open'")
ONE_SAYS_IT = "(author IS NULL) <> (link_id IS NULL)"


class VillageList(Base):
    """One list of one village, for the fund of a year or for a month (``matter`` names which).

    ``state``: open, meeting (the numbered part is frozen), closed. ``no`` counts the village's
    lists, ``last_no`` the numbers that its lines have. ``heard_at`` is when the server last heard
    a decision; phones are not told.
    """

    __tablename__ = "village_list"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("region_code", "no"),
        Index(
            "uq_village_list_open",
            "region_code",
            "matter",
            unique=True,
            sqlite_where=NOT_CLOSED,
            postgresql_where=NOT_CLOSED,
        ),
        Index("ix_village_list_ver", "region_code", "ver"),
        Index("ix_village_list_state", "regency", "state"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    ver: Mapped[int] = mapped_column(BigInteger)
    no: Mapped[int] = mapped_column(Integer)
    matter: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(8))
    fund: Mapped[str | None] = mapped_column(String(20))
    year: Mapped[int] = mapped_column(Integer)
    month: Mapped[int | None] = mapped_column(Integer)
    forum: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(8))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    due: Mapped[date | None] = mapped_column(Date)
    objection_days: Mapped[int] = mapped_column(Integer, default=0)
    frozen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_no: Mapped[int] = mapped_column(Integer, default=0)
    heard_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ListLine(Base):
    """One person on a list. ``no`` is given once and never again; a line "to visit" has none.

    ``snapshot`` is what the list shows of the record, and follows it until the list is closed.
    ``nik_no`` rises with every change of the NIK, for the hidden digits must show too. ``salt``
    keeps a proof of one line from telling anything of its neighbours. ``gone`` says why the person
    is off the list: merged (``into`` another), moved, withdrawn, erased, left.

    ``verdict``, ``reason``, ``clash`` and ``together`` are what the line's decisions amount to;
    they are worked out from those alone, again with each that arrives.
    """

    __tablename__ = "list_line"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("list_id", "no"),
        Index(
            "uq_list_line_person",
            "list_id",
            "worker_id",
            unique=True,
            sqlite_where=NUMBERED,
            postgresql_where=NUMBERED,
        ),
        Index(
            "uq_list_line_visit",
            "list_id",
            "worker_id",
            unique=True,
            sqlite_where=TO_VISIT,
            postgresql_where=TO_VISIT,
        ),
        Index("ix_list_line_worker", "worker_id"),
        Index("ix_list_line_ver", "region_code", "ver"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    ver: Mapped[int] = mapped_column(BigInteger)
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    no: Mapped[int | None] = mapped_column(Integer)
    part: Mapped[str] = mapped_column(String(10))
    worker_id: Mapped[str] = mapped_column(String(36))
    snapshot: Mapped[dict[str, object]] = mapped_column(JsonText)
    nik_no: Mapped[int] = mapped_column(Integer)
    salt: Mapped[str] = mapped_column(String(32))
    gone: Mapped[str | None] = mapped_column(String(10))
    into: Mapped[str | None] = mapped_column(String(36))
    verdict: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    clash: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    together: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class SaidByVillage:
    """Columns of who said something of a list, and from where; ``saying.Voice`` fills them.

    ``author`` and ``device_id`` are who signed in on which device; ``via`` is own, officer_phone,
    desk or link, ``on_behalf`` the village's head office where somebody else held the device.
    ``at`` is the phone's moment. What came by a link has no author, for nobody signed in:
    ``link_id`` names the link, and so does ``device_id``.
    """

    author: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    link_id: Mapped[str | None] = mapped_column(ForeignKey("list_link.id"))
    via: Mapped[str] = mapped_column(String(13))
    on_behalf: Mapped[str | None] = mapped_column(ForeignKey("office.id"))
    device_id: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ListDecision(SaidByVillage, Base):
    """What somebody decided of lines of a list, in one row that is never written over.

    ``over`` names the decisions that it replaces or takes back. ``paper`` tells of what was read
    from paper which sheet it was, and how often that was entered (``domain/paper_entry``).
    """

    __tablename__ = "list_decision"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        CheckConstraint(ONE_SAYS_IT, name="said_by"),
        Index("ix_list_decision_list", "list_id"),
        Index("ix_list_decision_ver", "region_code", "ver"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    ver: Mapped[int] = mapped_column(BigInteger)
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    lines: Mapped[list[str]] = mapped_column(JsonText)
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    detail: Mapped[dict[str, object]] = mapped_column(JsonText)
    how: Mapped[str] = mapped_column(String(8))
    over: Mapped[list[str]] = mapped_column(JsonText)
    paper: Mapped[dict[str, object] | None] = mapped_column(JsonText)


class AddedName(SaidByVillage, Base):
    """A person who is missing on a list, as the village says: somebody to visit."""

    __tablename__ = "added_name"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        CheckConstraint(ONE_SAYS_IT, name="said_by"),
        Index("ix_added_name_list", "list_id"),
        Index("ix_added_name_ver", "region_code", "ver"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    ver: Mapped[int] = mapped_column(BigInteger)
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    name: Mapped[str] = mapped_column(String(100))
    hamlet: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(Text)


class DeathReport(Base):
    """A village says on its list that somebody died: from that moment everything paid waits.

    ``state``: open, withdrawn (the decision was taken back), confirmed (a second person said so
    too). One row for each decision and person; the status itself is not touched. ``author`` is the
    decision's, none for one that came by a link.
    """

    __tablename__ = "death_report"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("decision_id", "line_id"),
        Index(
            "ix_death_report_open",
            "worker_id",
            sqlite_where=REPORTED,
            postgresql_where=REPORTED,
        ),
        Index("ix_death_report_line", "line_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    worker_id: Mapped[str] = mapped_column(String(36))
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    line_id: Mapped[str] = mapped_column(ForeignKey("list_line.id"))
    decision_id: Mapped[str] = mapped_column(ForeignKey("list_decision.id"))
    died_on: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str | None] = mapped_column(String(100))
    author: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10), default="open")
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ListLink(Base):
    """An address by which one list can be checked without an account, until it ends.

    Neither the address's token nor the code told by telephone is stored, only what either fits.
    ``tries`` counts wrong codes, ``slowed_until`` is when the next one is looked at; ``opened``
    counts right ones. A revoked or expired link stays as a row: decisions name it.
    """

    __tablename__ = "list_link"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_list_link_list", "list_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    slowed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    opened: Mapped[int] = mapped_column(Integer, default=0)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
