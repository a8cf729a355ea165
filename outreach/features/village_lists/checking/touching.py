"""Which listed names a village has decided about, or stand on a printed sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.features.village_lists.records.paper_queries import PRINTS
from outreach.features.village_lists.records.queries import DECISIONS, LINES, REPORTS

DECIDED, PRINTED = "village_lists.touched.decided", "village_lists.touched.printed"


def touched(session: Session, regency: str, workers: Collection[str]) -> Mapping[str, str]:
    """Of whom a list's decision or a reported death tells, or whose line was printed."""
    own = (LINES.c.regency == regency, LINES.c.worker_id.in_(workers))
    columns = select(LINES.c.id, LINES.c.list_id, LINES.c.worker_id)
    lines = {row.id: row for row in session.execute(columns.where(*own))}
    if not lines:
        return {}
    lists = {row.list_id for row in lines.values()}
    printed = printed_lines(session, regency, lists)
    decided = decided_lines(session, regency, lists) | reported_lines(session, regency, workers)
    found = {lines[one].worker_id: PRINTED for one in lines.keys() & printed}
    return {**found, **{lines[one].worker_id: DECIDED for one in lines.keys() & decided}}


def decided_lines(session: Session, regency: str, lists: Collection[str]) -> set[str]:
    """Lines of which anything was ever decided, taken back or not."""
    own = (DECISIONS.c.regency == regency, DECISIONS.c.list_id.in_(lists))
    return {
        line for named in session.scalars(select(DECISIONS.c.lines).where(*own)) for line in named
    }


def reported_lines(session: Session, regency: str, workers: Collection[str]) -> set[str]:
    """Lines on which the death of one of these was reported."""
    own = (REPORTS.c.regency == regency, REPORTS.c.worker_id.in_(workers))
    return set(session.scalars(select(REPORTS.c.line_id).where(*own)))


def printed_lines(session: Session, regency: str, lists: Collection[str]) -> set[str]:
    """Lines that stand on a printed sheet of these lists."""
    own = (PRINTS.c.regency == regency, PRINTS.c.list_id.in_(lists))
    found = session.scalars(select(PRINTS.c.lines).where(*own))
    return {str(line["id"]) for printed in found for line in printed}
