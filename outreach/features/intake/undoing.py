"""A list taken back: its names that nobody has touched go, everybody else loses this source alone.

It goes village by village in pieces of at most 500 rows, so that no push waits for it. Each piece
is one transaction with its rows: whoever goes on after a crash takes nobody back twice. Whether
somebody has begun with a person is asked again under the village's lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.record import office_device
from outreach.core.record.changes import Body
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict
from outreach.core.record.worker_touches import touched_among
from outreach.domain.actor import Actor
from outreach.domain.lifecycle import LISTED
from outreach.features.intake import queries, queries_lines, queries_undo
from outreach.features.intake.checking import MARKING
from outreach.features.intake.holding import Hold, alone
from outreach.features.intake.queries_undo import NamedPerson
from outreach.features.intake.run_audit import note_run
from outreach.features.intake.run_files import let_go_of_file
from outreach.features.intake.tables import ImportRun
from outreach.storage.locks import begin_write
from outreach.storage.queries_touches import saved_by_somebody
from outreach.storage.statements import update_rows

MOST = 500
KEY = ("regency", "id")
# Why somebody stays, as keys of words; features add their own.
KNOWN, SAVED, LISTED_TOO = (f"intake.undo.why.{name}" for name in ("known", "saved", "listed"))


class TouchedMeanwhile(Exception):
    """Somebody began with one of these people, or another process took these rows back."""


@dataclass(slots=True)
class Outlook:
    """What an undo would do: how many people go, how many stay for which reason, and where the
    people live who go."""

    goes: int = 0
    stays: Counter[str] = field(default_factory=Counter)
    villages: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run with what its undo needs of it."""

    id: str
    regency: str
    marks: bool


def listed_run(session: Session, run: ImportRun) -> ListedRun:
    """The run; ``marks`` where its list names people who are known elsewhere."""
    source = queries.source_of(session, run.regency, run.source_id)
    return ListedRun(run.id, run.regency, source is not None and source.kind in MARKING)


def outlook(session: Session, run: ListedRun) -> Outlook:
    """Who would go and who would stay, as it stands now."""
    told, after = Outlook(), ""
    while rows := queries_undo.people_after(session, run.regency, run.id, after, MOST):
        after = rows[-1].id
        why = why_stay(session, run, rows)
        people = {row.worker_id: row for row in rows if not row.gone}
        told.stays.update(why[one] for one in people if one in why)
        going = [row for one, row in people.items() if one not in why]
        told.goes += len(going)
        told.villages |= {row.village for row in going}
    return told


def why_stay(session: Session, run: ListedRun, rows: Iterable[NamedPerson]) -> dict[str, str]:
    """Why people of these rows stay, by worker; who is not among them goes, or is gone."""
    fates = {row.worker_id: row for row in rows if not row.gone}
    if run.marks:
        return dict.fromkeys(fates, KNOWN)
    why = {one: reason_of(row) for one, row in fates.items() if not is_name(row)}
    return {**why, **begun_with(session, run, fates.keys() - why.keys())}


def is_name(row: NamedPerson) -> bool:
    """True for a name that waits for its visit."""
    return row.status == LISTED and row.merged_into is None


def reason_of(row: NamedPerson) -> str:
    """Why somebody who is more than a name stays."""
    return SAVED if row.fate == "written" else KNOWN


def begun_with(session: Session, run: ListedRun, workers: Collection[str]) -> dict[str, str]:
    """With whom of these anybody has begun, or whom another list names too."""
    if not workers:
        return {}
    elsewhere = queries_undo.named_elsewhere(session, run.regency, run.id, workers)
    saved = saved_by_somebody(session, run.regency, workers)
    return {
        **dict.fromkeys(elsewhere, LISTED_TOO),
        **dict.fromkeys(saved, SAVED),
        **touched_among(session, run.regency, workers),
    }


def undo_run(
    session: Session,
    actor: Actor,
    run: ListedRun,
    now: Callable[[], datetime],
    beat: Callable[[int, int], None],
    hold: Hold = alone,
) -> None:
    """Take every row of the run back, piece by piece, and end the run as withdrawn."""
    fates = queries_lines.fates(session, run.regency, run.id)
    done, total = 0, sum(fates.get(name, 0) for name in queries_undo.STANDS)
    while True:
        beat(done, total)
        try:
            rows = undo_piece(session, actor, run, now(), hold=hold)
        except TouchedMeanwhile:
            continue
        if not rows:
            break
        done += rows
    end_undo(session, actor, run, now(), hold)


def undo_piece(
    session: Session,
    actor: Actor,
    run: ListedRun,
    now: datetime,
    most: int = MOST,
    *,
    hold: Hold = alone,
) -> int:
    """Take the next rows of one village back and commit; how many they were, 0 when none is left.

    Raises TouchedMeanwhile, with nothing changed: the same again finds what is true now.
    """
    rows = queries_undo.people_of_next_village(session, run.regency, run.id, most)
    why = why_stay(session, run, rows)
    going = {
        row.worker_id: row.village for row in rows if not row.gone and row.worker_id not in why
    }
    bodies = [body_of(worker, village, now) for worker, village in sorted(going.items())]

    def note(session: Session, gone: Collection[str]) -> None:
        ids = {row.id for row in rows}
        hold()
        if queries_undo.still_standing(session, run.regency, run.id, ids) != ids:
            raise TouchedMeanwhile(run.id)
        if begun_with(session, run, going):
            raise TouchedMeanwhile(run.id)
        update_rows(session, queries.LINES, KEY, [end_of(run.regency, row, gone) for row in rows])

    def judged(judgement: Judgement, verdicts: list[Verdict]) -> None:
        applied = (verdict.status == "applied" for verdict in verdicts)
        told = zip(sorted(going), applied, strict=True)
        note(judgement.session, {worker for worker, went in told if went})

    if bodies:
        office_device.submit(session, actor, bodies, now, origin="import", also=judged)
    elif rows:
        begin_write(session)
        note(session, set())
        session.commit()
    return len(rows)


def body_of(worker_id: str, village: str, now: datetime) -> Body:
    """The save that takes a name back."""
    return office_device.compose(worker_id, village, {}, now, op="delete")


def end_of(regency: str, row: NamedPerson, gone: Collection[str]) -> Mapping[str, object]:
    """What became of a row."""
    went = row.gone or row.worker_id in gone
    return {"regency": regency, "id": row.id, "fate": "withdrawn" if went else "left"}


def end_undo(
    session: Session, actor: Actor, run: ListedRun, now: datetime, hold: Hold = alone
) -> None:
    """Say that the run is withdrawn, let go of its file, and leave the audit line."""
    begin_write(session)
    hold()
    stored = queries.locked_run(session, run.regency, run.id)
    assert stored is not None, "a job's run stays"
    if stored.state == "withdrawn":
        session.rollback()
        return
    fates = queries_lines.fates(session, run.regency, run.id)
    told = stored.counts if isinstance(stored.counts, dict) else {}
    stayed = queries_undo.count_stayed(session, run.regency, run.id)
    ends = {"withdrawn": fates.get("withdrawn", 0), "stayed": stayed}
    stored.counts = {**told, **ends}
    stored.state, stored.undone_at, stored.undone_by = "withdrawn", now, actor.user_id
    let_go_of_file(session, run.regency, run.id)
    note_run(session, actor, run.id, "intake_undo", ends, now)
    session.commit()
