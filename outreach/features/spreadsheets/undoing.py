"""A whole return taken back: each answer that still stands as it was saved gets the one it had
before. What somebody has changed since stays, and is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.merge import equal
from outreach.domain.refusals import AlreadyDecided
from outreach.domain.worker_data import Data, Pair
from outreach.features.spreadsheets import queries
from outreach.features.spreadsheets.judging import workers_of
from outreach.features.spreadsheets.returns import find_return, note_return
from outreach.features.spreadsheets.saving import (
    SavedMeanwhile,
    Work,
    pieces,
    save_piece,
    written_rows,
)
from outreach.features.spreadsheets.tables import SpreadsheetRow
from outreach.storage.locks import begin_write

FATES = {"applied": "undone", "conflict": "left", "held": "left"}


class Outlook(NamedTuple):
    """What an undo would do: rows that go back wholly or partly, and rows that stay."""

    work: list[Work]
    left: list[str]


def outlook(session: Session, actor: Actor, return_id: str) -> Outlook:
    """The work of an undo as it stands now. Raises NotThere, or AlreadyDecided where the return
    is not saved."""
    found = find_return(session, actor, return_id)
    if found.state != "written":
        raise AlreadyDecided(return_id)
    rows = written_rows(session, actor, return_id)
    workers = workers_of(session, actor.regency, sorted({str(row.worker_id) for row in rows}))
    told = Outlook([], [])
    for row in rows:
        worker = workers.get(str(row.worker_id))
        if worker is None or worker.deleted_at or worker.merged_into:
            told.left.append(row.id)
            continue
        changes = back(worker.data, changes_of(row))
        if changes:
            told.work.append((row.id, (worker.id, worker.region_code), changes))
        else:
            told.left.append(row.id)
    return told


def changes_of(row: SpreadsheetRow) -> Mapping[str, list[object]]:
    """What was saved of a row, [from, to] by field."""
    outcome = cast(dict[str, dict[str, list[object]]], row.outcome)
    return outcome["changes"]


def back(data: Data, changes: Mapping[str, list[object]]) -> dict[str, Pair]:
    """The way back of every answer that still stands as it was saved."""
    return {n: (to, before) for n, (before, to) in changes.items() if equal(data.get(n), to)}


def undo_return(
    session: Session, actor: Actor, return_id: str, now: datetime, *, production: bool = False
) -> dict[str, int]:
    """Take the return back, in pieces of one village; how many rows went back, and stayed. Done
    again after a crash, it goes on. Raises NotThere and AlreadyDecided."""
    told = outlook(session, actor, return_id)
    session.rollback()
    try:
        for piece in pieces(told.work):
            save_piece(
                session, actor, piece, now, production=production, before="written", fates=FATES
            )
    except SavedMeanwhile as other:
        raise AlreadyDecided(return_id) from other
    return end(session, actor, return_id, told.left, now)


def end(
    session: Session, actor: Actor, return_id: str, left: list[str], now: datetime
) -> dict[str, int]:
    """Say that the return was taken back."""
    begin_write(session)
    found = queries.locked_return(session, actor, return_id)
    if found is None or found.state != "written":
        session.rollback()
        raise AlreadyDecided(return_id)
    queries.save_rows(session, [{"regency": actor.regency, "id": i, "fate": "left"} for i in left])
    fates = queries.count_fates(session, actor.regency, return_id)
    counts = {name: fates.get(name, 0) for name in ("undone", "left")}
    stored = found.counts if isinstance(found.counts, dict) else {}
    found.counts = {**stored, **counts}
    found.state, found.ended_by, found.ended_at = "undone", actor.user_id, now
    note_return(session, actor, return_id, "spreadsheet_undo", counts, now)
    session.commit()
    return counts
