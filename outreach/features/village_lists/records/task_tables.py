"""What a village's word leaves somebody to do: rows that the village's officers pull."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, UTCDateTime

ONE_CAUSE = "(decision_id IS NULL) <> (name_id IS NULL)"


class ListTask(Base):
    """One task, which follows from a decision on a line, or from a missing name.

    ``word`` is what the village said (``domain/village_tasks``), ``owner`` whose task it is.
    ``state``: open, done, withdrawn. ``how`` says why it is no longer open. It is done because
    somebody said so, or saved what was asked for (said, saved). It is withdrawn because the
    decision no longer stands, or the person left the village (undone, gone).

    ``taken_as`` is the record that somebody began for a missing name. What was told stands in the
    decision, and is read there.
    """

    __tablename__ = "list_task"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("line_id", "decision_id", "word"),
        UniqueConstraint("name_id"),
        CheckConstraint(ONE_CAUSE, name="one_cause"),
        Index("ix_list_task_ver", "region_code", "ver"),
        Index("ix_list_task_list", "list_id"),
        Index("ix_list_task_worker", "worker_id"),
        Index("ix_list_task_taken", "taken_as"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    ver: Mapped[int] = mapped_column(BigInteger)
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    line_id: Mapped[str | None] = mapped_column(ForeignKey("list_line.id"))
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("list_decision.id"))
    name_id: Mapped[str | None] = mapped_column(ForeignKey("added_name.id"))
    worker_id: Mapped[str | None] = mapped_column(String(36))
    word: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(9))
    how: Mapped[str | None] = mapped_column(String(6))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_as: Mapped[str | None] = mapped_column(String(36))
    taken_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
