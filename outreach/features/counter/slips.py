"""The slip on paper: one original a person, every later print a copy, each a line of the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.domain.slips import has_slip
from outreach.domain.worker_data import Data
from outreach.features.counter import queries
from outreach.features.counter.queries import PRINTED, Printed
from outreach.storage.locks import begin_write

# Long enough for a printer that jams, too short for a second visitor.
LASTS = timedelta(minutes=5)


class NoSlip(Exception):
    """Nothing may be handed over: nobody met the person, or the words are not true any more."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One print; ``number`` 1 is the original."""

    number: int
    at: datetime


def prints_of(session: Session, actor: Actor, worker_id: str) -> list[Printed]:
    """Every print of the person's slip in the actor's regency, the oldest first."""
    return queries.prints(session, actor.regency, worker_id)


class Record(Protocol):
    """What of a record decides about its slip."""

    @property
    def status(self) -> str: ...
    @property
    def data(self) -> Data: ...
    @property
    def deleted_at(self) -> datetime | None: ...
    @property
    def merged_into(self) -> str | None: ...


def may_print(worker: Record) -> bool:
    """True where the person has a slip and the record stands for itself."""
    gone = worker.deleted_at is not None or worker.merged_into is not None
    return not gone and has_slip(worker.status, worker.data)


def note_print(session: Session, actor: Actor, worker_id: str, now: datetime) -> int:
    """The number of a new print, noted and committed; two clerks at once get two numbers.

    Raises NotThere outside the actor's villages, NoSlip where nothing may be handed over. A
    repetition is a print of its own.
    """
    begin_write(session)
    worker = queries.locked_worker(session, actor.regency, worker_id)
    if worker is None or not actor.can_see(worker.region_code):
        session.rollback()
        raise NotThere(worker_id)
    if not may_print(worker):
        session.rollback()
        raise NoSlip
    number = len(queries.prints(session, actor.regency, worker_id)) + 1
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action=PRINTED,
        object_type="worker",
        object_id=worker_id,
        region_code=worker.region_code,
        detail={"number": number},
        now=now,
    )
    session.commit()
    return number


def open_sheet(
    session: Session, actor: Actor, worker_id: str, number: int, now: datetime
) -> Sheet | None:
    """The actor's own print of this number while it is fresh; None for any other, which is then
    asked for anew and becomes a copy."""
    for printed in queries.prints(session, actor.regency, worker_id):
        own = printed.actor_id == actor.user_id and printed.number == number
        if own and now - printed.at <= LASTS:
            return Sheet(number, printed.at)
    return None
