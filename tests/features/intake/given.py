"""Stored lists for tests: a source, a run and its rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from outreach.domain.ids import uuid7
from outreach.domain.names import name_key
from outreach.domain.regency import regency_of
from outreach.features.intake.tables import ImportLine, ImportRun, Source
from tests.support.factories import KUBU_PERAHU, NOW, make_office


def make_run(
    session: Session,
    user_id: str,
    kind: str = "opd",
    state: str = "awaiting_decisions",
    region: str = "18.04",
    run_id: str = "",
    **source: Any,
) -> ImportRun:
    """A run of a list that an office of this region gave."""
    office = make_office(session, region=region)
    given = Source(
        id=uuid7(),
        regency=regency_of(region),
        office_id=office.id,
        kind=kind,
        title="Daftar penyadap",
        credit=office.name,
        made_by=user_id,
        made_at=NOW,
        **source,
    )
    run = ImportRun(
        id=run_id or uuid7(),
        regency=given.regency,
        source_id=given.id,
        file_name="daftar.xlsx",
        file_sha="0" * 64,
        state=state,
        made_by=user_id,
        made_at=NOW,
    )
    session.add(given)
    session.flush()
    session.add(run)
    session.flush()
    return run


def make_line(
    session: Session, run: ImportRun, name: str, row_no: int = 2, **more: Any
) -> ImportLine:
    """A row of the run as it was read; ``values`` add to it, other keywords are its columns."""
    values = {"full_name": name, "village_code": KUBU_PERAHU, **more.pop("values", {})}
    born = values.get("birth_date")
    line = ImportLine(
        id=uuid7(),
        regency=run.regency,
        run_id=run.id,
        row_no=row_no,
        given={"full_name": name},
        values=values,
        nik=values.get("nik"),
        village_code=values["village_code"],
        name_key=name_key(name),
        birth_date=date.fromisoformat(born) if born else None,
        problems=[],
        **{"nik_state": "whole" if values.get("nik") else "absent", "matches": [], **more},
    )
    session.add(line)
    session.flush()
    return line
