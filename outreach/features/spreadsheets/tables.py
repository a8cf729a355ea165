"""Sheets that came home, and what each of their rows changes. Rows that change nothing are counted
and not kept; what is kept goes with an erased person, and of old returns altogether."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, JsonText, UTCDateTime


class SpreadsheetReturn(Base):
    """One file that came home. ``state``: open → written → undone, or open → cancelled.

    ``export_id`` names the sheet as it left, ``exported_by`` whose hands it left in. ``counts`` is
    {"left", "seen"} and what became of rows; ``notes`` {"strange": titles, "gone": titles}.
    """

    __tablename__ = "spreadsheet_return"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_spreadsheet_return_made", "regency", "made_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    export_id: Mapped[str] = mapped_column(String(36))
    exported_by: Mapped[str] = mapped_column(String(36))
    exported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lang: Mapped[str] = mapped_column(String(2))
    file_name: Mapped[str] = mapped_column(String(120))
    file_sha: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(9))
    counts: Mapped[object] = mapped_column(JsonText)
    notes: Mapped[object] = mapped_column(JsonText)
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SpreadsheetRow(Base):
    """One row that says something. ``cells`` is {field: {"base", "ours"} or {"base", "raw",
    "fault"}}, ``named`` the changed columns that never come back.

    ``question``: no_key | forged | twice | mixed | other_regency; None for a person's row.
    ``picks`` is {field: [mark of what stood then, ours | theirs]}. ``fate`` is None until it is
    saved: written | conflict | held | refused | nothing, and after an undo undone | left;
    ``outcome`` then holds the changes that were saved and the errors.
    """

    __tablename__ = "spreadsheet_row"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("return_id", "row_no"),
        Index("ix_spreadsheet_row_worker", "worker_id", "regency"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    return_id: Mapped[str] = mapped_column(ForeignKey("spreadsheet_return.id"))
    row_no: Mapped[int] = mapped_column(Integer)
    worker_id: Mapped[str | None] = mapped_column(String(36))
    cells: Mapped[object] = mapped_column(JsonText)
    named: Mapped[object] = mapped_column(JsonText)
    question: Mapped[str | None] = mapped_column(String(16))
    picks: Mapped[object] = mapped_column(JsonText)
    fate: Mapped[str | None] = mapped_column(String(10))
    outcome: Mapped[object] = mapped_column(JsonText)
