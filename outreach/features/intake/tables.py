"""Files of names: who gave them, each run of one file, its job, and every row of it.

A row's NIK, birth date, phone and address stay here on the server. What phones get of a person
lies in the worker's own record, and holds no more than a name to visit.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, JsonText, UTCDateTime


class Source(Base):
    """Where names come from: an office's list with its letter, and who is thanked for it.

    ``kind``: opd | pekon | membership | dukcapil | bpjs | kobo. Letter and legal basis are asked
    before files of the state's own registers are read.
    """

    __tablename__ = "import_source"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_import_source_office", "office_id", "regency"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    office_id: Mapped[str] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    letter_no: Mapped[str | None] = mapped_column(String(80))
    letter_date: Mapped[date | None] = mapped_column(Date)
    legal_basis: Mapped[str | None] = mapped_column(String(200))
    credit: Mapped[str] = mapped_column(String(120))
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ImportRun(Base):
    """One file on its way in. ``state`` is the document's, never its job's:
    uploaded → read → mapped → checked → awaiting_decisions → written → done, or refused,
    cancelled, withdrawn.

    ``columns`` is {our field: column of the file, from 0}, ``value_maps`` is
    {"village": {their word: code}, "occupation": {…}}. ``date_order`` is dmy, mdy or ymd.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_import_run_made", "made_at", "regency"),
        Index("ix_import_run_source", "source_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    source_id: Mapped[str] = mapped_column(ForeignKey("import_source.id"))
    file_name: Mapped[str] = mapped_column(String(120))
    file_sha: Mapped[str] = mapped_column(String(64))
    sheet: Mapped[str | None] = mapped_column(String(120))
    header_row: Mapped[int | None] = mapped_column(Integer)
    columns: Mapped[object] = mapped_column(JsonText, nullable=True)
    value_maps: Mapped[object] = mapped_column(JsonText, nullable=True)
    date_order: Mapped[str | None] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(20))
    counts: Mapped[object] = mapped_column(JsonText, nullable=True)
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    written_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))


class ImportFile(Base):
    """The file itself, while its run is on the way; it goes when the run ends."""

    __tablename__ = "import_file"
    __table_args__ = (UniqueConstraint("id", "regency"), UniqueConstraint("run_id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    run_id: Mapped[str] = mapped_column(ForeignKey("import_run.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportJob(Base):
    """One piece of work for a run: check | write | undo. ``state`` is the job's alone: queued |
    running | failed | cancelled | done.

    A worker that runs it holds it until ``lease_until`` and says at ``beat_at`` that it lives;
    whoever finds an old lease takes the job up again.
    """

    __tablename__ = "import_job"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_import_job_run", "run_id"),
        Index("ix_import_job_state", "state", "lease_until"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    run_id: Mapped[str] = mapped_column(ForeignKey("import_run.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(36))
    done: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(String(200))
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    beat_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ImportMapping(Base):
    """What an office's files with this header mean; learned at the first, used at the next."""

    __tablename__ = "import_mapping"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("office_id", "fingerprint"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    office_id: Mapped[str] = mapped_column(ForeignKey("office.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    columns: Mapped[object] = mapped_column(JsonText)
    value_maps: Mapped[object] = mapped_column(JsonText)
    date_order: Mapped[str | None] = mapped_column(String(3))
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ImportLine(Base):
    """One row of a file: as ``given`` ({our field: their text}, with what was mended at the desk
    under ``mended_cells.MARK``), and as read (``values``).

    ``nik`` is a whole number only; ``nik_restored`` one that was mended, with the witness in
    ``restored_from``. ``decision``: new | same | skip | later. ``fate``: written | refused | same |
    withdrawn | left; None while nothing has become of it.
    """

    __tablename__ = "import_line"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_import_line_run", "run_id", "row_no"),
        Index("ix_import_line_nik", "nik", "regency"),
        Index("ix_import_line_worker", "worker_id", "regency"),
        Index("ix_import_line_name", "name_key", "regency"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    run_id: Mapped[str] = mapped_column(ForeignKey("import_run.id"))
    row_no: Mapped[int] = mapped_column(Integer)
    given: Mapped[object] = mapped_column(JsonText)
    values: Mapped[object] = mapped_column(JsonText)
    nik: Mapped[str | None] = mapped_column(String(16))
    nik_state: Mapped[str] = mapped_column(String(16))
    nik_restored: Mapped[str | None] = mapped_column(String(16))
    restored_from: Mapped[object] = mapped_column(JsonText, nullable=True)
    village_code: Mapped[str | None] = mapped_column(String(13))
    name_key: Mapped[str] = mapped_column(String(120))
    birth_date: Mapped[date | None] = mapped_column(Date)
    problems: Mapped[object] = mapped_column(JsonText)
    matches: Mapped[object] = mapped_column(JsonText)
    decision: Mapped[str | None] = mapped_column(String(5))
    worker_id: Mapped[str | None] = mapped_column(String(36))
    fate: Mapped[str | None] = mapped_column(String(10))


class ImportPair(Base):
    """What a person decided of a row and a worker: same | different. ``line_key`` is a mark of what
    the row says of the person, so that the same row in another file is not asked about again."""

    __tablename__ = "import_pair"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        UniqueConstraint("worker_id", "line_key"),
        Index("ix_import_pair_line", "line_key", "regency"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    worker_id: Mapped[str] = mapped_column(String(36))
    line_key: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(9))
    decided_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MembershipBaseline(Base):
    """How many members a place had on one day, as somebody typed it from a named source."""

    __tablename__ = "membership_baseline"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_membership_baseline_place", "region_code", "regency"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    members: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(200))
    as_of: Mapped[date] = mapped_column(Date)
    entered_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
