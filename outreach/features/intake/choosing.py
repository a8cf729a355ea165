"""The sheet and columns of a run as a person chose them, remembered for the office's next file."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from outreach.core.workbooks.books import Book, Sheet, open_book
from outreach.domain.actor import Actor
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.features.intake.columns_form import Choice
from outreach.features.intake.jobs import job_alive
from outreach.features.intake.plans import remember_mapping
from outreach.features.intake.queries import content_of, locked_run, source_of
from outreach.features.intake.queries_lines import count_written
from outreach.features.intake.reading.columns import headers_at
from outreach.features.intake.run_access import UNWRITTEN, readable_run
from outreach.features.intake.run_audit import note_run
from outreach.features.intake.tables import ImportRun, Source
from outreach.storage.locks import begin_write


class OpenRun(NamedTuple):
    """A run whose columns may be chosen, with its giver and its file."""

    run: ImportRun
    source: Source
    book: Book


def opened(session: Session, actor: Actor, run_id: str) -> OpenRun:
    """The run with its file; NotThere, or AlreadyDecided where it is too late for that."""
    run = readable_run(session, actor, run_id)
    refuse_closed(session, run)
    source = source_of(session, actor.regency, run.source_id)
    content = content_of(session, actor.regency, run.id)
    if source is None or content is None:
        raise NotThere(run_id)
    return OpenRun(run, source, open_book(content, run.file_name))


def refuse_closed(session: Session, run: ImportRun) -> None:
    """Raise AlreadyDecided where a row is written, or where a job works on the run just now."""
    written = count_written(session, run.regency, run.id)
    if run.state not in UNWRITTEN or written or job_alive(session, run.regency, run.id):
        raise AlreadyDecided(run.state)


def choose(
    session: Session,
    actor: Actor,
    run_id: str,
    sheet: Sheet,
    header_row: int,
    choice: Choice,
    now: datetime,
) -> None:
    """Write the choice into the run, which waits for a new check, and keep it for the office."""
    begin_write(session)
    readable_run(session, actor, run_id)
    run = locked_run(session, actor.regency, run_id)
    source = source_of(session, actor.regency, run.source_id) if run else None
    if run is None or source is None:
        raise NotThere(run_id)
    refuse_closed(session, run)
    run.sheet, run.header_row, run.columns = sheet.name, header_row, choice.columns
    run.value_maps, run.date_order, run.state = choice.value_maps, choice.date_order, "mapped"
    remember_mapping(session, source.office_id, run, headers_at(sheet.rows, header_row), now)
    detail = {"columns": sorted(choice.columns), "header_row": header_row}
    note_run(session, actor, run.id, "intake_columns", detail, now)
    session.commit()
