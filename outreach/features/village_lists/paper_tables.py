"""Sheets of paper: which version was printed, what was entered of each page, and by whom.

Nothing of people stands in a print. Answers hold what was written beside a line.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, JsonText, UTCDateTime


class PaperPrint(Base):
    """One version of a list on paper: the ``n``-th of the list, known by the hash of what is
    printed. ``lines`` has for each line its id, number, page and short hash."""

    __tablename__ = "paper_print"
    __table_args__ = (
        UniqueConstraint("regency", "id"),
        UniqueConstraint("list_id", "n"),
        UniqueConstraint("list_id", "hash"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    n: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int] = mapped_column(Integer)
    lines: Mapped[list[dict[str, object]]] = mapped_column(JsonText)
    printed_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    printed_at: Mapped[datetime] = mapped_column(UTCDateTime)
