"""Queries of runs, their sources and files. Those of lines stand in ``queries_lines``."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.features.intake.tables import (
    ImportFile,
    ImportJob,
    ImportLine,
    ImportMapping,
    ImportPair,
    ImportRun,
    MembershipBaseline,
    Source,
)
from outreach.storage.statements import table_of

SOURCES = table_of(Source)
RUNS = table_of(ImportRun)
FILES = table_of(ImportFile)
JOBS = table_of(ImportJob)
MAPPINGS = table_of(ImportMapping)
LINES = table_of(ImportLine)
PAIRS = table_of(ImportPair)
BASELINES = table_of(MembershipBaseline)


def run_of(session: Session, regency: str, run_id: str) -> ImportRun | None:
    """The run, where this regency has it."""
    own = (ImportRun.regency == regency, ImportRun.id == run_id)
    return session.scalar(select(ImportRun).where(*own))


def locked_run(session: Session, regency: str, run_id: str) -> ImportRun | None:
    """The same, held against others until the commit."""
    own = (ImportRun.regency == regency, ImportRun.id == run_id)
    statement = select(ImportRun).where(*own).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def source_of(session: Session, regency: str, source_id: str) -> Source | None:
    """The source, where this regency has it."""
    own = (Source.regency == regency, Source.id == source_id)
    return session.scalar(select(Source).where(*own))


def content_of(session: Session, regency: str, run_id: str) -> bytes | None:
    """The bytes of a run's file; None once the run has ended."""
    own = (ImportFile.regency == regency, ImportFile.run_id == run_id)
    return session.scalar(select(ImportFile.content).where(*own))
