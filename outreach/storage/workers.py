"""Workers and what hangs on them. The whole record is ``data``; the other columns are taken
from it by core.record so that lists, searches and duplicate checks have indexes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
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

NOT_HERE = text("arrived_at IS NULL")
PAIR_OPEN = text("state = 'open'")
PAIR_DECIDED = text("state <> 'open'")


class Worker(Base):
    """One person's current record. ``ver`` is the scope's seq at its last change."""

    __tablename__ = "worker"
    __table_args__ = (
        Index("ix_worker_region_ver", "region_code", "ver"),
        Index("ix_worker_region_created", "region_code", "created_at", "id"),
        Index("ix_worker_created", "created_at", "id"),
        Index("ix_worker_status_created", "status", "created_at", "id"),
        Index("ix_worker_officer_created", "officer_id", "created_at", "id"),
        Index("ix_worker_name", "name_key", "birth_date"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    ver: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(24))
    code: Mapped[str] = mapped_column(String(7), index=True)
    nik: Mapped[str | None] = mapped_column(String(16), index=True)
    full_name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(100))
    birth_date: Mapped[date | None] = mapped_column(Date)
    sex: Mapped[str | None] = mapped_column(String(1))
    occupation_code: Mapped[str | None] = mapped_column(String(20))
    flags: Mapped[str] = mapped_column(String(200), default="")
    has_conflict: Mapped[bool] = mapped_column(Boolean, default=False)
    officer_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    device_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    merged_into: Mapped[str | None] = mapped_column(String(36))
    data: Mapped[dict[str, object]] = mapped_column(JsonText)


class WorkerBlob(Base):
    """A worker's picture or signature by field; the permission to read it is the row's.

    ``owner_id`` is the user who set the reference: the bytes are shown only when that user's
    own device has sent them, so naming somebody else's hash opens nothing. ``since`` is when the
    reference came, ``arrived_at`` when its owner's bytes did.
    """

    __tablename__ = "worker_blob"
    __table_args__ = (
        Index(
            "ix_worker_blob_missing",
            "owner_id",
            "since",
            sqlite_where=NOT_HERE,
            postgresql_where=NOT_HERE,
        ),
    )

    worker_id: Mapped[str] = mapped_column(ForeignKey("worker.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(24), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    owner_id: Mapped[str | None] = mapped_column(String(36))
    since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class StatusHistory(Base):
    """One change of a worker's status, written by the transaction that changed it, never changed.

    ``actor_id`` did it from ``office_id``; nobody where ``origin`` is before (the status that stood
    when the history began) and in steps of the system. ``reason`` is the rule of the table of
    steps, ``evidence`` what it asked for. ``mutation_key`` is the save that caused it. Changes of
    one moment are told apart by ``ver``, the worker's number then, and ``place``.
    """

    __tablename__ = "status_history"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_status_history_worker", "worker_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    worker_id: Mapped[str] = mapped_column(String(36))
    from_status: Mapped[str | None] = mapped_column(String(24))
    to_status: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[str | None] = mapped_column(String(36))
    office_id: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    ver: Mapped[int] = mapped_column(BigInteger)
    place: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(24))
    origin: Mapped[str] = mapped_column(String(8))
    mutation_key: Mapped[str | None] = mapped_column(String(36))
    evidence: Mapped[dict[str, object] | None] = mapped_column(JsonText)


class WorkerMerge(Base):
    """Two records made one: the survivor's data ``before``, and what it ``inherited`` from the
    loser, so that they can be parted again."""

    __tablename__ = "worker_merge"
    __table_args__ = (UniqueConstraint("id", "regency"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    loser_id: Mapped[str] = mapped_column(String(36), index=True)
    survivor_id: Mapped[str] = mapped_column(String(36), index=True)
    before: Mapped[dict[str, object]] = mapped_column(JsonText)
    inherited: Mapped[dict[str, object]] = mapped_column(JsonText)
    merged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    merged_by: Mapped[str] = mapped_column(String(36))
    split_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    split_by: Mapped[str | None] = mapped_column(String(36))


class DuplicatePair(Base):
    """Two records that may be one person; ``reason`` is nik or name_birth, ``state`` open, merged
    or different. ``decided_on`` holds the marks of the facts that a person decided on, separated
    by blanks: others bring the pair back."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        Index(
            "ix_duplicate_pair_open",
            "a",
            "b",
            sqlite_where=PAIR_OPEN,
            postgresql_where=PAIR_OPEN,
        ),
        Index(
            "ix_duplicate_pair_decided",
            "decided_at",
            "a",
            "b",
            sqlite_where=PAIR_DECIDED,
            postgresql_where=PAIR_DECIDED,
        ),
    )

    a: Mapped[str] = mapped_column(String(36), primary_key=True)
    b: Mapped[str] = mapped_column(String(36), primary_key=True, index=True)
    regency: Mapped[str] = mapped_column(String(5))
    reason: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="open")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(36))
    decided_on: Mapped[str] = mapped_column(Text, default="", server_default="")


class Tombstone(Base):
    """A ``gone`` marker: the row left this scope (deleted, moved or merged)."""

    __tablename__ = "tombstone"
    __table_args__ = (Index("ix_tombstone_scope_ver", "scope", "ver"),)

    scope: Mapped[str] = mapped_column(String(40), primary_key=True)
    row_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    table_name: Mapped[str] = mapped_column(String(16))
    ver: Mapped[int] = mapped_column(BigInteger)
    into: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Reference(Base):
    """Dated reference data a supervisor can correct: occupation, tariff, benefit, text, setting."""

    __tablename__ = "reference"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5), primary_key=True)
    ver: Mapped[int] = mapped_column(BigInteger, index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    gone: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    data: Mapped[dict[str, object]] = mapped_column(JsonText)
