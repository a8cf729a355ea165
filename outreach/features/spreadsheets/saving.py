"""The changes of a return saved through the judge like a desk's edits.

A transaction takes at most 500 rows of one village, and ends those rows with it. Whoever goes on
after a crash saves none twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.record import office_device
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict
from outreach.domain.actor import Actor
from outreach.domain.refusals import AlreadyDecided, Refusal
from outreach.domain.worker_data import Pair
from outreach.features.spreadsheets import queries
from outreach.features.spreadsheets.judging import JudgedRow, judge_rows
from outreach.features.spreadsheets.returns import hold_open, note_return
from outreach.features.spreadsheets.tables import SpreadsheetRow
from outreach.storage.statements import Values

MOST = 500
FATES = {"applied": "written", "conflict": "conflict", "held": "held"}


class Undecided(Refusal):
    """Cells wait for a person; nothing was saved. ``cells`` says how many."""

    def __init__(self, cells: int) -> None:
        super().__init__(cells)
        self.cells = cells


class SavedMeanwhile(Exception):
    """Another request has saved these rows."""


def save_return(
    session: Session, actor: Actor, return_id: str, now: datetime, *, production: bool = False
) -> Counter[str]:
    """Save every change that stands, and end the return; what became of its rows. Done again after
    a crash, it goes on with what is left. Raises NotThere, AlreadyDecided and Undecided."""
    hold_open(session, actor, return_id)
    session.rollback()
    rows = [r for r in queries.rows_of(session, actor.regency, return_id) if r.fate is None]
    judged = judge_rows(session, actor, rows)
    waiting = sum(cell.is_open for row in judged for cell in row.cells)
    if waiting:
        raise Undecided(waiting)
    work = [(row.row.id, place_of(row), row.changes()) for row in judged]
    idle = [row_id for row_id, _, changes in work if not changes]
    session.rollback()
    try:
        for piece in pieces([one for one in work if one[2]]):
            save_piece(session, actor, piece, now, production=production)
    except SavedMeanwhile as other:
        raise AlreadyDecided(return_id) from other
    return end(session, actor, return_id, idle, now)


Work = tuple[str, tuple[str, str], Mapping[str, Pair]]
"""Id of a row, its worker and village, and the changes."""


def place_of(judged: JudgedRow) -> tuple[str, str]:
    """The worker of a row and the village; blank for a row without one."""
    return (judged.worker.id, judged.worker.region_code) if judged.worker else ("", "")


def pieces(work: Sequence[Work]) -> Iterator[list[Work]]:
    """The work in pieces of one village."""
    villages: dict[str, list[Work]] = {}
    for one in work:
        villages.setdefault(one[1][1], []).append(one)
    for _, rows in sorted(villages.items()):
        for at in range(0, len(rows), MOST):
            yield rows[at : at + MOST]


def save_piece(
    session: Session,
    actor: Actor,
    piece: Sequence[Work],
    now: datetime,
    *,
    production: bool,
    before: str | None = None,
    fates: Mapping[str, str] = FATES,
) -> None:
    """Save one piece and commit. Raises SavedMeanwhile, with nothing saved, where a row has not
    the fate ``before`` any more."""
    bodies = [
        office_device.compose(worker, village, changes, now)
        for _, (worker, village), changes in piece
    ]

    def note(judgement: Judgement, verdicts: list[Verdict]) -> None:
        ids = [row_id for row_id, _, _ in piece]
        stored = queries.fates_of(judgement.session, actor.regency, ids)
        if set(stored.values()) != {before} or len(stored) != len(ids):
            raise SavedMeanwhile
        told = zip(piece, verdicts, strict=True)
        ends = [end_of(actor.regency, one, verdict, fates) for one, verdict in told]
        queries.save_rows(judgement.session, ends)

    office_device.submit(session, actor, bodies, now, production=production, also=note)


def end_of(regency: str, work: Work, verdict: Verdict, fates: Mapping[str, str]) -> Values:
    """What became of a row, as it is kept."""
    row_id, _, changes = work
    outcome = {"changes": {n: list(pair) for n, pair in changes.items()}, "errors": verdict.errors}
    fate = fates.get(verdict.status, "refused")
    return {"regency": regency, "id": row_id, "fate": fate, "outcome": outcome}


def end(
    session: Session, actor: Actor, return_id: str, idle: Sequence[str], now: datetime
) -> Counter[str]:
    """Say that the return is saved, and how many rows came to which end."""
    found = hold_open(session, actor, return_id)
    queries.save_rows(
        session, [{"regency": actor.regency, "id": i, "fate": "nothing"} for i in idle]
    )
    counts = Counter(queries.count_fates(session, actor.regency, return_id))
    told = found.counts if isinstance(found.counts, dict) else {}
    found.counts = {**told, **counts}
    found.state, found.ended_by, found.ended_at = "written", actor.user_id, now
    note_return(session, actor, return_id, "spreadsheet_save", dict(counts), now)
    session.commit()
    return counts


def written_rows(session: Session, actor: Actor, return_id: str) -> list[SpreadsheetRow]:
    """The rows that were saved and stand."""
    rows = queries.rows_of(session, actor.regency, return_id)
    return [row for row in rows if row.fate == "written"]
