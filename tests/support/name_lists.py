"""A file of names that is read and checked, without its reading: its source, run and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.domain.ids import uuid7
from outreach.domain.names import name_key
from outreach.features.intake.tables import ImportLine, ImportRun, Source
from outreach.storage.accounts import User
from tests.support import factories

ALL_NEW = "new"


def make_run(
    session: Session,
    user: User,
    rows: Sequence[Mapping[str, object]],
    now: datetime,
    *,
    decision: str | None = ALL_NEW,
    regency: str = "18.04",
) -> ImportRun:
    """A checked run of these rows, committed; each row is its values."""
    office = factories.make_office(session, "dinas", factories.KUBU_PERAHU)
    session.flush()
    source = Source(
        id=uuid7(now),
        regency=regency,
        office_id=office.id,
        kind="opd",
        title="Penyadap getah",
        credit=office.name,
        made_by=user.id,
        made_at=now,
    )
    session.add(source)
    session.flush()
    run = ImportRun(
        id=uuid7(now),
        regency=regency,
        source_id=source.id,
        file_name="penyadap.xlsx",
        file_sha="0" * 64,
        state="checked",
        made_by=user.id,
        made_at=now,
    )
    session.add(run)
    session.flush()
    session.add_all(line_of(run, number, row, decision) for number, row in enumerate(rows, 2))
    session.commit()
    return run


def line_of(
    run: ImportRun, number: int, row: Mapping[str, object], decision: str | None
) -> ImportLine:
    """One row of the run."""
    return ImportLine(
        id=uuid7(run.made_at),
        regency=run.regency,
        run_id=run.id,
        row_no=number,
        given={},
        values=dict(row),
        nik=row.get("nik"),
        nik_state="whole" if row.get("nik") else "absent",
        village_code=row.get("village_code"),
        name_key=name_key(str(row["full_name"])),
        problems=[],
        matches=[],
        decision=decision,
    )
