"""What is done with a list at a desk: the same saves as a phone's, judged in the same place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.record import office_device
from outreach.core.record.rights import NotAllowed
from outreach.core.record.verdicts import Verdict
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import NotThere
from outreach.domain.village_decisions import (
    ASKED,
    TOGETHER,
    TOLD,
    UNDECIDED,
    Line,
    over_for,
    together_lines,
)
from outreach.features.village_lists.checking import adding, deciding, meeting
from outreach.features.village_lists.checking.list_file import ListFile
from outreach.features.village_lists.records import queries, task_queries


@dataclass(frozen=True, slots=True)
class Say:
    """A decision as a form has it; ``over`` are the decisions that the page showed."""

    lines: list[str]
    verdict: str
    reason: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    how: str = "single"
    over: list[str] = field(default_factory=list)


def decide(session: Session, actor: Actor, list_id: str, say: Say, now: datetime) -> Verdict:
    """Have a decision judged and kept. Raises NotThere for a list out of sight, and NotAllowed
    with the errors by member where it is refused."""
    values = {
        "list": list_id,
        "lines": say.lines,
        "verdict": say.verdict,
        "reason": say.reason,
        "detail": dict(say.detail),
        "how": say.how,
        "over": say.over,
    }
    return submit(session, actor, list_id, deciding.TABLE, values, now)


def decide_together(
    session: Session,
    actor: Actor,
    file: ListFile,
    place: tuple[str, str],
    verdict: str,
    now: datetime,
) -> int:
    """Decide the open names of one hamlet and RT in one row; answers how many. Flagged and decided
    ones are left for somebody to look at one by one."""
    lines = open_together(file, *place)
    if not lines:
        return 0
    over = over_for(file.resolved, lines)
    say = Say(lines, verdict, how=TOGETHER, over=over)
    decide(session, actor, file.row.id, say, now)
    return len(lines)


def open_together(file: ListFile, hamlet: str, rt: str) -> list[str]:
    """The lines of a hamlet and RT that may be decided in one go."""
    return together_lines(map(as_line, file.lines), file.resolved, hamlet or None, rt or None)


def as_line(row: queries.LineRow) -> Line:
    """A line as the rules read it."""
    shown = row.snapshot
    flags = shown.get("flags")
    return {
        "id": row.id,
        "no": row.no,
        "part": row.part,
        "gone": row.gone,
        "hamlet": str(shown["hamlet"]) if shown.get("hamlet") else None,
        "rt": str(shown["rt"]) if shown.get("rt") else None,
        "sex": str(shown["sex"]) if shown.get("sex") else None,
        "flags": [str(flag) for flag in flags] if isinstance(flags, list) else [],
    }


def told_with(word: str) -> tuple[str, ...]:
    """The details that may be told with a reason, or with a verdict of the same word."""
    return ASKED.get(word, ()) + TOLD.get(word, ())


def heads_of(file: ListFile, line_id: str) -> list[str]:
    """The decisions that a new one on this line replaces."""
    return list(file.resolved.get(line_id, UNDECIDED).heads)


def add_name(
    session: Session, actor: Actor, list_id: str, said: Mapping[str, str], now: datetime
) -> Verdict:
    """Have a missing name kept; raises like ``decide``."""
    values = {name: said.get(name, "").strip() or None for name in ("name", "hamlet", "note")}
    return submit(session, actor, list_id, adding.TABLE, {"list": list_id, **values}, now)


def finish_task(
    session: Session, actor: Actor, list_id: str, task_id: str, now: datetime
) -> Verdict:
    """Have a task noted as done; raises like ``decide``."""
    values = {"state": task_queries.DONE}
    return submit(session, actor, list_id, task_queries.TABLE, values, now, row_id=task_id)


def begin_meeting(session: Session, actor: Actor, list_id: str, now: datetime) -> Verdict:
    """Have the meeting begin; raises like ``decide``."""
    values = {"state": meeting.MEETING}
    return submit(session, actor, list_id, meeting.TABLE, values, now, row_id=list_id)


def submit(
    session: Session,
    actor: Actor,
    list_id: str,
    table: str,
    values: Mapping[str, object],
    now: datetime,
    row_id: str | None = None,
) -> Verdict:
    """The verdict on a save of the desk about a list that the actor may see."""
    row = queries.list_by_id(session, actor.regency, list_id)
    if row is None or not actor.can_see(row.region_code):
        raise NotThere(list_id)
    key = uuid7(now)
    pairs = {name: (None, value) for name, value in values.items()}
    body = office_device.compose(row_id or key, row.region_code, pairs, now, key=key, table=table)
    verdict = office_device.submit(session, actor, [body], now)[0]
    if verdict.status != "applied":
        raise NotAllowed("check_refused", verdict.errors)
    return verdict
