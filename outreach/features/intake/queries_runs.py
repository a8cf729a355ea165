"""Queries of the list of runs: each with its source, its giver and its newest job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.features.intake.run_access import readable
from outreach.features.intake.tables import ImportJob, ImportRun, Source
from outreach.storage.accounts import Office


class RunRow(NamedTuple):
    """A run with who gave its names."""

    run: ImportRun
    source: Source
    office: str


def runs_of(session: Session, actor: Actor, skip: int, most: int) -> list[RunRow]:
    """One page of runs, the newest first."""
    found = session.execute(
        select(ImportRun, Source, Office.name)
        .join(Source, (Source.id == ImportRun.source_id) & (Source.regency == ImportRun.regency))
        .join(Office, (Office.id == Source.office_id) & (Office.regency == Source.regency))
        .where(*readable(actor), Source.regency == actor.regency, Office.regency == actor.regency)
        .order_by(ImportRun.made_at.desc(), ImportRun.id.desc())
        .offset(skip)
        .limit(most)
    )
    return [RunRow(run, source, office) for run, source, office in found]


def count_runs(session: Session, actor: Actor) -> int:
    """The number of runs that the actor may see."""
    return session.scalar(select(func.count()).select_from(ImportRun).where(*readable(actor))) or 0


def newest_jobs(session: Session, regency: str, run_ids: Sequence[str]) -> dict[str, ImportJob]:
    """The newest job of each run that has one."""
    jobs = session.scalars(
        select(ImportJob)
        .where(ImportJob.regency == regency, ImportJob.run_id.in_(run_ids))
        .order_by(ImportJob.queued_at, ImportJob.id)
    )
    return {job.run_id: job for job in jobs}


def offices_of(session: Session, regency: str) -> Sequence[Office]:
    """Offices of the regency, by name."""
    return session.scalars(
        select(Office).where(Office.regency == regency).order_by(Office.name, Office.id)
    ).all()
