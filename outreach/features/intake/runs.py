"""A run from its file's arrival on: begun in one commit, and cancelled before it writes."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.workbooks.books import Book
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.features.intake import jobs, plans
from outreach.features.intake.run_access import readable_run
from outreach.features.intake.run_audit import note_run
from outreach.features.intake.source_form import SourceForm
from outreach.features.intake.tables import ImportFile, ImportRun, Source
from outreach.storage.accounts import Office
from outreach.storage.locks import begin_write

NAME_MOST = 120


def begin(
    session: Session,
    actor: Actor,
    office: Office,
    form: SourceForm,
    file_name: str,
    content: bytes,
    book: Book,
    now: datetime,
) -> str:
    """The id of a new run: its source, its file, and what the file's columns seem to be."""
    office_id, credit = office.id, office.name
    begin_write(session)
    source = Source(
        id=uuid7(now),
        regency=actor.regency,
        office_id=office_id,
        kind=form.kind,
        title=form.title,
        letter_no=form.letter_no,
        letter_date=form.letter_date,
        legal_basis=form.legal_basis,
        credit=credit,
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(source)
    session.flush()
    run = make_run(session, actor, source, file_name, content, book, now)
    run_id = run.id
    note_run(
        session, actor, run_id, "intake_upload", {"kind": form.kind, "bytes": len(content)}, now
    )
    session.commit()
    return run_id


def make_run(
    session: Session,
    actor: Actor,
    source: Source,
    file_name: str,
    content: bytes,
    book: Book,
    now: datetime,
) -> ImportRun:
    """The run, read as far as its columns, with its file beside it."""
    seen = plans.propose(session, actor.regency, source.office_id, book)
    sheet = book.sheet(seen.sheet)
    run = ImportRun(
        id=uuid7(now),
        regency=actor.regency,
        source_id=source.id,
        file_name=file_name[-NAME_MOST:],
        file_sha=hashlib.sha256(content).hexdigest(),
        sheet=seen.sheet,
        header_row=seen.header_row,
        columns={ours: guess.at for ours, guess in seen.guesses.items()},
        value_maps=seen.value_maps,
        date_order=seen.date_order,
        state="read",
        counts={"rows": max(len(sheet.rows) - seen.header_row, 0) if sheet else 0},
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(run)
    session.flush()
    file = ImportFile(id=uuid7(now), regency=actor.regency, run_id=run.id, content=content)
    session.add(file)
    return run


def cancel(session: Session, actor: Actor, run_id: str, now: datetime) -> None:
    """End a run that has written nothing, its job, file and rows gone; else AlreadyDecided."""
    readable_run(session, actor, run_id)
    jobs.forget_run(session, actor, run_id, now)
    begin_write(session)
    note_run(session, actor, run_id, "intake_cancel", {}, now)
    session.commit()


def note_refused(session: Session, actor: Actor, run_id: str, rows: int, now: datetime) -> None:
    """One line in the audit for a file of refused rows."""
    begin_write(session)
    note_run(session, actor, run_id, "intake_refused_rows", {"rows": rows}, now)
    session.commit()
