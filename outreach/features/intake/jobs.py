"""Long work on a file of names, done by a thread of the served app under a lease.

Whoever asks for a job, or looks at one that waits, wakes the thread of this process. So does the
app when it begins to serve. A job that a process held when it died is taken up again when its lease
has ended: a check begins anew, writing goes on with the rows that are not written. The state here
is the job's alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.extensions import db
from outreach.features.intake import holding, queries, queries_lines
from outreach.features.intake.checking import check_run
from outreach.features.intake.holding import (
    AccountEnded,
    Cancelled,
    Hold,
    alone,
    held_job,
    keep_hold,
)
from outreach.features.intake.matching.queries_decisions import count_under
from outreach.features.intake.run_access import ENDED, UNDOABLE, UNWRITTEN, WRITABLE
from outreach.features.intake.run_audit import note_run
from outreach.features.intake.run_files import let_go_of_file
from outreach.features.intake.tables import ImportJob, ImportRun
from outreach.features.intake.undoing import listed_run, undo_run
from outreach.features.intake.writing import WrittenAlready, write_piece
from outreach.storage.accounts import User
from outreach.storage.locks import begin_write

log = logging.getLogger(__name__)
Kind = Literal["check", "write", "undo"]
# A job that says nothing for so long is shown as stuck.
SILENT = timedelta(seconds=20)
# Seconds between two looks at a job that another process has.
PAUSE = 1.0
LIVE = ("queued", "running")
BEFORE: dict[str, tuple[str, ...]] = {
    "check": UNWRITTEN,
    "write": WRITABLE,
    "undo": UNDOABLE,
}
_threads: dict[str, threading.Thread] = {}
_guard = threading.Lock()


class StillWorking(AlreadyDecided):
    """Another job of the run waits or runs."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time and the regency's day; passed in."""

    now: Callable[[], datetime]
    today: Callable[[datetime], date]


def enqueue(session: Session, actor: Actor, run_id: str, kind: Kind, now: datetime) -> str:
    """Id of the job for this run, the one that is alive already or a new one; committed.

    Raises NotThere, AlreadyDecided where the run is past this work or has none of it to do, and
    StillWorking where another job is at work.
    """
    begin_write(session)
    run = queries.locked_run(session, actor.regency, run_id)
    if run is None:
        raise NotThere(run_id)
    alive = job_alive(session, actor.regency, run_id)
    if alive is not None and alive.kind == kind:
        alive_id = alive.id
        session.rollback()
        return alive_id
    refused = refusal(session, run, kind)
    if refused is not None:
        session.rollback()
        raise refused
    job = ImportJob(
        id=uuid7(now),
        regency=actor.regency,
        run_id=run_id,
        user_id=actor.user_id,
        kind=kind,
        state="queued",
        done=0,
        total=0,
        queued_at=now,
    )
    session.add(job)
    job_id = job.id
    session.commit()
    return job_id


def refusal(session: Session, run: ImportRun, kind: Kind) -> AlreadyDecided | None:
    """Why a run cannot have this done now, or None."""
    alive = job_alive(session, run.regency, run.id)
    if alive is not None:
        return StillWorking(alive.kind)
    return None if has_work(session, run, kind) else AlreadyDecided(run.state)


def has_work(session: Session, run: ImportRun, kind: Kind) -> bool:
    """True where a run stands so that this can be done. What is written is not checked anew, for
    its rows would be forgotten; of what never was there is nothing to take back."""
    if run.state not in BEFORE[kind]:
        return False
    if kind == "write" or run.state in ("written", "done"):
        return True
    written = queries_lines.count_written(session, run.regency, run.id) > 0
    return written == (kind == "undo")


def job_alive(session: Session, regency: str, run_id: str) -> ImportJob | None:
    """The run's job that waits or runs."""
    own = (ImportJob.regency == regency, ImportJob.run_id == run_id, ImportJob.state.in_(LIVE))
    return session.scalar(select(ImportJob).where(*own))


def last_job(session: Session, regency: str, run_id: str) -> ImportJob | None:
    """The run's newest job."""
    own = (ImportJob.regency == regency, ImportJob.run_id == run_id)
    return session.scalar(
        select(ImportJob).where(*own).order_by(ImportJob.queued_at.desc(), ImportJob.id.desc())
    )


def stuck_since(job: ImportJob, now: datetime) -> datetime | None:
    """Since when a running job says nothing; None while it lives."""
    heard = job.beat_at or job.started_at
    return heard if job.state == "running" and heard and now - heard > SILENT else None


def cancel(session: Session, actor: Actor, run_id: str, now: datetime) -> None:
    """Stop the run's job; what is written stays written, and writing can go on later. A list is
    taken back to its end."""
    begin_write(session)
    job = job_alive(session, actor.regency, run_id)
    if job is not None and job.kind != "undo":
        job.state, job.ended_at = "cancelled", now
    session.commit()


def serve(app: Flask) -> None:
    """Have this process work on what waits, by the time of day and the regency's days."""
    wake(app, clock_of(app))


def clock_of(app: Flask) -> Clock:
    """The time of day, and the days of the server's time zone."""
    zone = ZoneInfo(app.config["OUTREACH"].timezone)
    return Clock(lambda: datetime.now(UTC), lambda now: now.astimezone(zone).date())


def wake(app: Flask, clock: Clock) -> None:
    """Have this process work on what waits, in one thread; nothing where it does already."""
    key = str(app.config["SQLALCHEMY_DATABASE_URI"])
    with _guard:
        working = _threads.get(key)
        if working is not None and working.is_alive():
            return
        thread = threading.Thread(target=work, args=(app, clock), name="intake", daemon=True)
        _threads[key] = thread
        thread.start()


def work(app: Flask, clock: Clock, pause: Callable[[float], None] = time.sleep) -> None:
    """Do one job after another until none is left. What another process has is waited for, so
    that it goes on here where that process has died."""
    holder = uuid7(clock.now())
    with app.app_context():
        while any_alive(db.session()):
            if not do_next(db.session(), holder, clock):
                pause(PAUSE)


def any_alive(session: Session) -> bool:
    """True where a job of any regency waits or runs."""
    found = session.scalar(select(ImportJob.id).where(ImportJob.state.in_(LIVE)).limit(1))
    session.rollback()
    return found is not None


def do_next(session: Session, holder: str, clock: Clock) -> bool:
    """Do the next job; False when none waits."""
    job = take_next(session, holder, clock.now())
    if job is None:
        return False
    regency, job_id = job.regency, job.id
    try:
        do_job(session, job, holder, clock)
    except Cancelled:
        session.rollback()
    except AccountEnded:
        session.rollback()
        finish(session, regency, job_id, holder, "cancelled", clock.now())
    except Exception:
        log.exception("a job of the intake failed")
        session.rollback()
        finish(session, regency, job_id, holder, "failed", clock.now())
    else:
        finish(session, regency, job_id, holder, "done", clock.now())
    return True


@dataclass(frozen=True, slots=True)
class Leased:
    """A job that this holder does."""

    id: str
    regency: str
    run_id: str
    user_id: str
    kind: str


def take_next(session: Session, holder: str, now: datetime) -> Leased | None:
    """The oldest job of any regency that waits or whose lease has ended, leased to this holder."""
    begin_write(session)
    free = or_(ImportJob.state == "queued", ImportJob.lease_until < now)
    statement = select(ImportJob).where(ImportJob.state.in_(LIVE), free)
    statement = statement.order_by(ImportJob.queued_at, ImportJob.id).limit(1)
    job = session.scalar(statement.with_for_update(skip_locked=True))
    if job is None:
        session.rollback()
        return None
    job.state, job.leased_by, job.lease_until = "running", holder, now + holding.LEASE
    job.started_at, job.beat_at = job.started_at or now, now
    leased = Leased(job.id, job.regency, job.run_id, job.user_id, job.kind)
    session.commit()
    return leased


def do_job(session: Session, job: Leased, holder: str, clock: Clock) -> None:
    """Do what the job is for, as the person who asked for it."""
    regency, run_id, job_id = job.regency, job.run_id, job.id
    user = session.get_one(User, job.user_id)
    actor = actor_for(session, user, regency, clock.today(clock.now()))

    def beat(done: int, total: int) -> None:
        note_beat(session, regency, job_id, holder, done, total, clock.now())

    def hold() -> None:
        keep_hold(session, regency, job_id, holder, clock.now())

    if job.kind == "check":
        check_run(session, actor, run_id, clock.now(), clock.today(clock.now()), beat, hold)
    elif job.kind == "write":
        write_run(session, actor, run_id, clock, beat, hold)
    else:
        run = queries.run_of(session, regency, run_id)
        assert run is not None, "a job's run stays"
        undo_run(session, actor, listed_run(session, run), clock.now, beat, hold)


def write_run(
    session: Session,
    actor: Actor,
    run_id: str,
    clock: Clock,
    beat: Callable[[int, int], None],
    hold: Hold = alone,
) -> None:
    """Write every row that is decided as new, piece by piece, and end the run."""
    run = queries.run_of(session, actor.regency, run_id)
    assert run is not None, "a job's run stays"
    source_id = run.source_id
    done = queries_lines.count_written(session, actor.regency, run_id)
    total = done + queries_lines.count_waiting(session, actor.regency, run_id)
    while True:
        beat(done, total)
        try:
            piece = write_piece(session, actor, run_id, source_id, clock.now(), hold=hold)
        except WrittenAlready:
            continue
        if piece is None:
            break
        done += piece.rows
    end_run(session, actor, run_id, clock.now(), hold)


def end_run(session: Session, actor: Actor, run_id: str, now: datetime, hold: Hold) -> None:
    """Say that the run is written, and leave the audit line. It is done, and lets go of its file,
    once no row waits for a decision any more."""
    begin_write(session)
    hold()
    run = queries.run_of(session, actor.regency, run_id)
    assert run is not None, "a job's run stays"
    fates = queries_lines.fates(session, actor.regency, run_id)
    waits = count_under(session, actor.regency, run_id, "open")
    run.state, run.written_at = "written" if waits else "done", now
    told = run.counts if isinstance(run.counts, dict) else {}
    run.counts = {**told, "written": fates.get("written", 0)}
    if not waits:
        let_go_of_file(session, actor.regency, run_id)
    note_run(session, actor, run_id, "names_written", {"rows": fates.get("written", 0)}, now)
    session.commit()


def note_beat(
    session: Session, regency: str, job_id: str, holder: str, done: int, total: int, now: datetime
) -> None:
    """Say how far the job is, in a transaction of its own; raises as ``keep_hold``."""
    begin_write(session)
    job = keep_hold(session, regency, job_id, holder, now)
    job.done, job.total = done, total
    session.commit()


def finish(
    session: Session, regency: str, job_id: str, holder: str, state: str, now: datetime
) -> None:
    """End the job, where this holder still has it."""
    begin_write(session)
    job = held_job(session, regency, job_id, holder)
    if job is not None:
        job.state, job.ended_at, job.lease_until = state, now, None
        if state == "failed":
            job.error = "job_failed"
    session.commit()


def forget_run(session: Session, actor: Actor, run_id: str, now: datetime) -> None:
    """Give a run up before it is written: its job stops, its file and its rows go.

    Raises NotThere, or AlreadyDecided where it has ended or is partly written.
    """
    begin_write(session)
    run = queries.run_of(session, actor.regency, run_id)
    if run is None:
        raise NotThere(run_id)
    if run.state in ENDED or queries_lines.count_written(session, actor.regency, run_id):
        raise AlreadyDecided(run.state)
    job = job_alive(session, actor.regency, run_id)
    if job is not None:
        job.state, job.ended_at = "cancelled", now
        session.flush()  # the job before its run, as whoever works on it locks them
    run.state = "cancelled"
    let_go_of_file(session, actor.regency, run_id)
    session.commit()
    while queries_lines.forget_rows(session, actor.regency, run_id, 500):
        session.commit()
    session.commit()
