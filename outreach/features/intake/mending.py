"""Cells of one row mended at the desk, and the last change taken back; checked at once.

A row is judged, compared and counted by the same code as in a check of the whole file. Nobody mends
a row that is written, or one of a run on which a job works.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import cast

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.names import name_key
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.features.intake import jobs, plans, queries, queries_rows
from outreach.features.intake.checking import Check, mark_doubles, rows_of
from outreach.features.intake.lines import Line, NikState
from outreach.features.intake.matching.matching import Repairs, member_lines
from outreach.features.intake.matching.queries_decisions import find_line
from outreach.features.intake.mended_cells import (
    Base,
    Cells,
    Mended,
    cells_of,
    given_cells,
    marked,
    mended_of,
    problems_of,
    tidy,
)
from outreach.features.intake.run_access import WRITABLE, readable_run
from outreach.features.intake.run_audit import note_run
from outreach.features.intake.tables import ImportLine, ImportRun
from outreach.storage import queries_audit
from outreach.storage.locks import begin_write

# A giver who tries one number after another would learn who is registered.
CHANGES_MOST = 60
CHANGES_WITHIN = timedelta(minutes=10)
OWN = frozenset({"id", "regency", "run_id", "row_no", "given"})


class TooManyChanges(Exception):
    """A giver changed very many rows just now; ``seconds`` until the next change is taken."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def refuse_many(session: Session, actor: Actor, now: datetime) -> None:
    """Raise TooManyChanges where a giver's changes in the audit are too many and too new."""
    if actor.role == "supervisor":
        return
    first = queries_audit.newest(session, actor.user_id, "intake_mend", CHANGES_MOST)
    if first is not None and first > now - CHANGES_WITHIN:
        session.rollback()
        raise TooManyChanges(ceil((first + CHANGES_WITHIN - now).total_seconds()))


def mend(
    session: Session,
    actor: Actor,
    run_id: str,
    line_id: str,
    cells: Mapping[str, str],
    now: datetime,
    today: date,
) -> None:
    """Put these texts into cells of the row and check it again; nothing where all stay the same.

    Raises NotThere, TooManyChanges, or AlreadyDecided where the row or its run is past that.
    """
    run, line = open_line(session, actor, run_id, line_id)
    refuse_many(session, actor, now)
    before = mended_of(line.given) or Mended([], base_of(line))
    was = cells_of(line.given)
    changed = {name: tidy(text) for name, text in cells.items()}
    changed = {name: text for name, text in changed.items() if text != was.get(name, "")}
    if not changed or not may_mend(line):
        session.rollback()
        if changed:
            raise AlreadyDecided(line_id)
        return
    mended = Mended([*before.steps, {**before.cells, **changed}], before.base)
    check_again(session, actor, run, line, mended, now, today)
    detail = {"row": line.row_no, "cells": sorted(changed)}
    note_run(session, actor, run.id, "intake_mend", detail, now)
    session.commit()


def undo(
    session: Session, actor: Actor, run_id: str, line_id: str, now: datetime, today: date
) -> None:
    """Take the row's last change back and check it again; NotThere or AlreadyDecided as above."""
    run, line = open_line(session, actor, run_id, line_id)
    before = mended_of(line.given)
    if before is None:
        session.rollback()
        raise AlreadyDecided(line_id)
    mended = Mended(before.steps[:-1], before.base)
    check_again(session, actor, run, line, mended, now, today)
    note_run(session, actor, run.id, "intake_mend_undo", {"row": line.row_no}, now)
    session.commit()


def open_line(
    session: Session, actor: Actor, run_id: str, line_id: str
) -> tuple[ImportRun, ImportLine]:
    """The row with its run, held until the commit, where it may still change."""
    begin_write(session)
    readable_run(session, actor, run_id)
    run = queries.locked_run(session, actor.regency, run_id)
    line = find_line(session, actor.regency, run_id, line_id)
    if run is None or line is None:
        raise NotThere(line_id)
    working = jobs.job_alive(session, actor.regency, run_id)
    if run.state not in WRITABLE or working or line.fate == "written":
        session.rollback()
        raise AlreadyDecided(line_id)
    return run, line


def may_mend(line: ImportLine) -> bool:
    """True for a row that was refused or has a doubt; one that was mended before may be again."""
    return mended_of(line.given) is not None or (
        line.fate in (None, "refused") and line.problems != []
    )


def base_of(line: ImportLine) -> Base:
    """The row as the file told it, before anything in it was mended."""
    values, state = cast(dict[str, object], line.values), cast(NikState, line.nik_state)
    return Base(dict(values), problems_of(line.problems), state)


def check_again(
    session: Session,
    actor: Actor,
    run: ImportRun,
    line: ImportLine,
    mended: Mended,
    now: datetime,
    today: date,
) -> None:
    """Judge and compare the row anew, and move it in the run's counts. The caller commits."""
    source = queries.source_of(session, actor.regency, run.source_id)
    assert source is not None, "a run's source stays"
    given, before = given_cells(line.given), stand_before(session, line)
    taken_back = {line.row_no: line.restored_from} if line.nik_restored is None else {}
    silence(session, line)
    read = read_again(session, actor, run, line.row_no, given, mended, today)
    check = Check(session, actor, run.id, source.kind, source.office_id, now, today)
    mark_doubles(check, [*rivals(session, run, line, read), read])
    noted = {row: note for row, note in taken_back.items() if note}
    [row] = rows_of(check, [read], Repairs(session, actor.regency), noted)
    for name, value in row.items():
        if name not in OWN:
            setattr(line, name, value)
    line.given = marked(given, mended)
    run.counts = moved(run.counts, before, check.counts)
    if line.fate is None and line.decision is None and run.state == "checked":
        run.state = "awaiting_decisions"
    session.flush()


def silence(session: Session, line: ImportLine) -> None:
    """Have the row be no witness of itself while it is compared."""
    line.nik, line.nik_restored, line.name_key = None, None, ""
    session.flush()


def read_again(
    session: Session,
    actor: Actor,
    run: ImportRun,
    row_no: int,
    given: Cells,
    mended: Mended,
    today: date,
) -> Line:
    """The row as it counts now; as the file told it where no change is left."""
    if mended.steps:
        return plans.mender_of(session, actor, run, today).read(row_no, given, mended)
    values, problems, state = mended.base
    return Line(row_no, dict(given), dict(values), state, list(problems))


def rivals(session: Session, run: ImportRun, line: ImportLine, read: Line) -> Sequence[Line]:
    """Other rows of the file that may tell of the same person."""
    key = name_key(str(read.values.get("full_name") or ""))[:120]
    return [
        line_of(one)
        for one in queries_rows.rows_like(session, run, line.id, key, read.values.get("nik"))
    ]


def line_of(stored: ImportLine) -> Line:
    """A stored row as it was judged."""
    values, problems, state = base_of(stored)
    return Line(stored.row_no, {}, values, state, problems)


def stand_before(session: Session, line: ImportLine) -> Counter[str]:
    """How the run's counts have the row so far."""
    counts = Counter({stand_of(line): 1, "restored": int(line.nik_restored is not None)})
    if line.fate != "refused":
        counts["member"] = len(member_lines(session, line.regency, [line_of(line)]))
    return counts


def stand_of(line: ImportLine) -> str:
    """The count that has the row."""
    if line.fate in ("refused", "same"):
        return str(line.fate)
    if line.fate == "left":
        codes = [problem[1] for problem in cast(list[list[str]], line.problems)]
        return "double_in_file" if "double_in_file" in codes else "unknown"
    return "maybe" if line.matches else "new"


def moved(stored: object, before: Counter[str], after: Counter[str]) -> dict[str, object]:
    """The run's counts with one row elsewhere."""
    told = dict(stored) if isinstance(stored, dict) else {}
    for name in (before.keys() | after.keys()) - {"rows"}:
        told[name] = max(0, int(told.get(name) or 0) + after[name] - before[name])
    return told
