"""A return from its file's arrival on: read and kept in one commit, decided on, or given up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.register import look_audit
from outreach.core.workbooks.books import Book
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.domain.returned_sheets import returning_fields
from outreach.features.spreadsheets import queries
from outreach.features.spreadsheets.judging import judge_rows, mark_of_value
from outreach.features.spreadsheets.leaving import words_of
from outreach.features.spreadsheets.reading import Reader, ReturnedSheet, head_in, read_return
from outreach.features.spreadsheets.seals import SealBox
from outreach.features.spreadsheets.tables import SpreadsheetReturn, SpreadsheetRow
from outreach.storage.locks import begin_write

NAME_MOST = 120
# After that long nobody takes a return back any more, and what its rows say goes.
KEPT = timedelta(days=30)


def read_file(
    session: Session, actor: Actor, book: Book, box: SealBox, today: date
) -> ReturnedSheet:
    """The file as rows. Raises BadReturn."""
    head = head_in(book, box, actor.regency)
    names = look_audit.reference(session, actor.regency, {})
    reader = Reader(
        box=box,
        regency=actor.regency,
        returning=frozenset(returning_fields(actor.role)),
        words=words_of(head.lang, names),
        today=today,
        days_1904=book.days_1904,
    )
    return read_return(book, head, reader)


def begin(
    session: Session,
    actor: Actor,
    sheet: ReturnedSheet,
    file_name: str,
    content: bytes,
    now: datetime,
) -> str:
    """The id of a new return: what its rows change is kept, the file itself is not."""
    begin_write(session)
    queries.drop_older(session, actor.regency, now - KEPT)
    counts = {"people": sheet.head.rows, "seen": sheet.seen}
    made = SpreadsheetReturn(
        id=uuid7(now),
        regency=actor.regency,
        export_id=sheet.head.export,
        exported_by=sheet.head.user,
        exported_at=datetime.fromisoformat(sheet.head.at),
        lang=sheet.head.lang,
        file_name=file_name[-NAME_MOST:],
        file_sha=hashlib.sha256(content).hexdigest(),
        state="open",
        counts=counts,
        notes={"strange": sheet.strange, "gone": sheet.gone},
        made_by=actor.user_id,
        made_at=now,
    )
    return_id = made.id
    session.add(made)
    session.flush()
    queries.add_rows(session, kept_rows(actor.regency, return_id, sheet, now))
    note_return(session, actor, return_id, "spreadsheet_upload", counts, now)
    session.commit()
    return return_id


def kept_rows(
    regency: str, return_id: str, sheet: ReturnedSheet, now: datetime
) -> list[dict[str, object]]:
    """The rows that say something, as they are kept."""
    return [
        {
            "id": uuid7(now),
            "regency": regency,
            "return_id": return_id,
            "row_no": row.row_no,
            "worker_id": row.worker_id,
            "cells": row.cells,
            "named": row.named,
            "question": row.question or None,
            "picks": {},
            "fate": None,
            "outcome": {},
        }
        for row in sheet.rows
        if row.says_something
    ]


def note_return(
    session: Session,
    actor: Actor,
    return_id: str,
    action: str,
    detail: Mapping[str, object],
    now: datetime,
) -> None:
    """One line in the audit, without a name or an answer. The caller commits."""
    audit_log.note_thing(session, actor, action, "spreadsheet_return", return_id, detail, now)


def find_return(session: Session, actor: Actor, return_id: str) -> SpreadsheetReturn:
    """The return; raises NotThere."""
    found = queries.return_of(session, actor, return_id)
    if found is None:
        raise NotThere(return_id)
    return found


def hold_open(session: Session, actor: Actor, return_id: str) -> SpreadsheetReturn:
    """The return, held until the commit, while nothing of it is ended. Raises NotThere, or
    AlreadyDecided with nothing held."""
    begin_write(session)
    found = queries.locked_return(session, actor, return_id)
    if found is None:
        raise NotThere(return_id)
    if found.state != "open":
        session.rollback()
        raise AlreadyDecided(return_id)
    return found


def decide(
    session: Session,
    actor: Actor,
    return_id: str,
    row_id: str,
    picks: Mapping[str, str],
    now: datetime,
) -> None:
    """Keep what a person chose of the row's open cells: {field: ours or theirs}. Each choice holds
    beside the value that stands now. Raises NotThere or AlreadyDecided."""
    hold_open(session, actor, return_id)
    row = queries.row_of(session, actor.regency, return_id, row_id)
    if row is None:
        raise NotThere(row_id)
    pick_cells(session, actor, [row], picks)
    detail = {"row": row.row_no, "cells": sorted(picks)}
    note_return(session, actor, return_id, "spreadsheet_decide", detail, now)
    session.commit()


def keep_all(session: Session, actor: Actor, return_id: str, now: datetime) -> int:
    """Leave the register as it is in every cell that nobody has decided; how many rows these were.
    Raises NotThere or AlreadyDecided."""
    hold_open(session, actor, return_id)
    rows = queries.rows_of(session, actor.regency, return_id)
    count = pick_cells(session, actor, rows, None)
    note_return(session, actor, return_id, "spreadsheet_keep", {"rows": count}, now)
    session.commit()
    return count


def pick_cells(
    session: Session,
    actor: Actor,
    rows: Sequence[SpreadsheetRow],
    picks: Mapping[str, str] | None,
) -> int:
    """Write choices into the rows, ``theirs`` in every open cell where ``picks`` is None; how many
    rows were chosen in."""
    chosen = 0
    for judged in judge_rows(session, actor, rows):
        made = {
            cell.field: [mark_of_value(cell.theirs), side]
            for cell in judged.cells
            if cell.kind in ("clash", "ask")
            for side in [side_of(cell.field, cell.is_open, picks)]
            if side in ("ours", "theirs")
        }
        if made:
            stored = judged.row.picks if isinstance(judged.row.picks, dict) else {}
            judged.row.picks = {**stored, **made}
            chosen += 1
    session.flush()
    return chosen


def side_of(name: str, is_open: bool, picks: Mapping[str, str] | None) -> str:
    """What is chosen for a cell; "" for nothing."""
    if picks is None:
        return "theirs" if is_open else ""
    return picks.get(name, "")


def cancel(session: Session, actor: Actor, return_id: str, now: datetime) -> None:
    """Give the return up: its rows go, nothing was saved. Raises NotThere or AlreadyDecided."""
    found = hold_open(session, actor, return_id)
    found.state, found.ended_by, found.ended_at = "cancelled", actor.user_id, now
    queries.drop_rows(session, actor.regency, return_id)
    note_return(session, actor, return_id, "spreadsheet_cancel", {}, now)
    session.commit()
