"""Sheets of paper: which version was printed, what was entered of each page, and by whom.

Nothing of people stands in a print. Answers hold what was written beside a line.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, JsonText, UTCDateTime

STANDING = text("replaced_at IS NULL")


class PaperPrint(Base):
    """One version of a list on paper: the ``n``-th of the list, known by the hash of what is
    printed. ``lines`` has for each line its id, number, page and short hash. Phones pull it."""

    __tablename__ = "paper_print"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("list_id", "n"),
        UniqueConstraint("list_id", "hash"),
        Index("ix_paper_print_ver", "region_code", "ver"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    ver: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    n: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int] = mapped_column(Integer)
    lines: Mapped[list[dict[str, object]]] = mapped_column(JsonText)
    printed_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    printed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PaperEntry(Base):
    """One sheet while it is entered: a page of a version, or a sheet without a code, which has a
    ``label`` instead.

    ``state``: first, first_done, second, differs, done, once (``paper_entry``). ``first_login``
    is the hash of the login under which the first entry was finished; ``second_same`` says that the
    second entry was made by somebody who made the first.
    """

    __tablename__ = "paper_entry"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("print_id", "page"),
        Index("ix_paper_entry_list", "list_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    list_id: Mapped[str] = mapped_column(ForeignKey("village_list.id"))
    print_id: Mapped[str | None] = mapped_column(ForeignKey("paper_print.id"))
    page: Mapped[int | None] = mapped_column(Integer)
    label: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    first_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    first_done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    first_login: Mapped[str | None] = mapped_column(String(64))
    second_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    second_same: Mapped[bool] = mapped_column(Boolean, default=False)
    done_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PaperAnswer(Base):
    """What stands beside a line on a sheet, as one entry read it. ``turn`` 1 and 2 are the two
    entries, 3 what a person decided where they differ; without a verdict nothing was ticked.

    Its id becomes the decision's, so that a sheet counts once. An answer is never written over: one
    that was replaced (``replaced_at``) stays, so that everybody who typed is known.
    """

    __tablename__ = "paper_answer"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index(
            "uq_paper_answer_standing",
            "entry_id",
            "turn",
            "line_id",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
        Index("ix_paper_answer_line", "line_id"),
        Index("ix_paper_answer_author", "author", "at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    entry_id: Mapped[str] = mapped_column(ForeignKey("paper_entry.id"))
    turn: Mapped[int] = mapped_column(Integer)
    line_id: Mapped[str] = mapped_column(ForeignKey("list_line.id"))
    no: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    detail: Mapped[dict[str, object]] = mapped_column(JsonText)
    author: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
