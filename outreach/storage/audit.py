"""The append-only audit. Phone writes are audited by their mutation; the rest stands here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, JsonText, UTCDateTime

BIG = BigInteger().with_variant(Integer, "sqlite")


class AuditLine(Base):
    """One act of one person: a look-up, an unmasking, an export, a change of an account."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_object", "object_type", "object_id"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_id: Mapped[str | None] = mapped_column(String(36), index=True)
    action: Mapped[str] = mapped_column(String(40))
    object_type: Mapped[str] = mapped_column(String(24))
    object_id: Mapped[str | None] = mapped_column(String(64))
    region_code: Mapped[str | None] = mapped_column(String(13))
    detail: Mapped[dict[str, object]] = mapped_column(JsonText)


class AuditSeal(Base):
    """A link of the chain over committed lines: ``root`` covers lines first_id..last_id."""

    __tablename__ = "audit_seal"

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    first_id: Mapped[int] = mapped_column(BigInteger)
    last_id: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    prev: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
