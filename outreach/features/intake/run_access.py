"""Who reads which run, and what a run's state lets people do with it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from outreach.domain.actor import PROPOSING_ROLES, Actor
from outreach.domain.refusals import NotThere
from outreach.features.intake.tables import ImportRun

READERS = PROPOSING_ROLES
# Who says whether a row is somebody registered.
DECIDER = "supervisor"
# Nothing is written yet, so that the file may be read anew or given up.
UNWRITTEN = ("uploaded", "read", "mapped", "checked", "awaiting_decisions")
# Rows are there to be decided and written.
WRITABLE = ("checked", "awaiting_decisions", "written")
# Names may have been written, which can be taken back.
UNDOABLE = (*WRITABLE, "done")
ENDED = ("done", "refused", "cancelled", "withdrawn")


def readable(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Runs that the actor may see: a supervisor those of the regency, others their own."""
    here = (ImportRun.regency == actor.regency,)
    return here if actor.role == "supervisor" else (*here, ImportRun.made_by == actor.user_id)


def readable_run(session: Session, actor: Actor, run_id: str) -> ImportRun:
    """The run, where the actor may see it; or NotThere."""
    run = session.scalar(select(ImportRun).where(*readable(actor), ImportRun.id == run_id))
    if run is None:
        raise NotThere(run_id)
    return run
