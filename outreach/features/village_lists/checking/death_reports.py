"""A death that a village reports holds everything paid for the person at once.

The report stands as long as the decision that says it does. The status follows only what is signed
and confirmed by somebody else; whoever takes the decision back takes the report back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy.orm import Session

from outreach.core.record.judgement import Judgement
from outreach.core.register.worker_notices import Notice, Part
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.ids import uuid7
from outreach.domain.rules import is_date
from outreach.domain.village_decisions import Decision
from outreach.features.village_lists.records import paper_queries, queries
from outreach.features.village_lists.records.queries import (
    REPORTS,
    ReportRow,
    ShortLine,
    ToldReport,
)
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, update_rows

DEAD = "meninggal"
# Confirmed and undone ones are no longer a matter of the list: a second person has spoken.
OPEN, WITHDRAWN, CONFIRMED, UNDONE = "open", "withdrawn", "confirmed", "undone"
SOURCE_MAX = 100
LINK = "village_lists.death.link"


def follow(
    judgement: Judgement,
    lines: Mapping[str, ShortLine],
    heads: Mapping[str, Collection[str]],
    known: Mapping[str, Decision],
    authors: Mapping[str, str | None],
) -> None:
    """Open the reports of deaths that stand now on these lines, and withdraw the others. A clash
    holds too: one of them says that the person died. ``heads``: the decisions on each line."""
    stored = queries.reports_on(judgement.session, judgement.regency, lines)
    dead = {
        (head, line)
        for line, row in lines.items()
        if row.gone != "erased"
        for head in heads[line]
        if says_death(known[head])
    }
    there = {(row.decision_id, row.line_id) for row in stored}
    certain = certain_of(judgement, {lines[line].worker_id for _, line in dead - there})
    fresh = [
        report(judgement, known[head], lines[line], authors[head], certain)
        for head, line in sorted(dead - there)
    ]
    insert_rows(judgement.session, REPORTS, fresh)
    update_rows(judgement.session, REPORTS, ("regency", "id"), changed(judgement, stored, dead))


def says_death(decision: Decision) -> bool:
    """True for a decision by which somebody died."""
    return DEAD in (decision["verdict"], decision.get("reason"))


def certain_of(judgement: Judgement, workers: Iterable[str]) -> set[str]:
    """Those of these people whose death a second person has confirmed: another report of it, which
    was on its way meanwhile, asks nobody anything."""
    of = (judgement.session, judgement.regency)
    return {one for one in sorted(workers) if queries.told_reports(*of, one, CONFIRMED)}


def report(
    judgement: Judgement,
    said: Decision,
    line: ShortLine,
    author: str | None,
    certain: Collection[str] = (),
) -> Values:
    """A report as it is written."""
    now, detail = judgement.context.now, said.get("detail") or {}
    is_certain = line.worker_id in certain
    day, source = detail.get("date"), detail.get("source")
    return {
        "id": uuid7(now),
        "regency": judgement.regency,
        "region_code": line.region_code,
        "worker_id": line.worker_id,
        "list_id": line.list_id,
        "line_id": line.id,
        "decision_id": said["id"],
        "died_on": date.fromisoformat(day) if isinstance(day, str) and is_date(day) else None,
        "source": str(source)[:SOURCE_MAX] if source else None,
        "author": author,
        "reported_at": now,
        "state": CONFIRMED if is_certain else OPEN,
        "ended_at": now if is_certain else None,
    }


def own_part(session: Session, actor: Actor, reports: Collection[ToldReport]) -> str | None:
    """Why the actor is no second person of these reports, as the code of a sentence; None for who
    is. Whoever made a link knows both its secrets, and whoever typed a sheet knows no more than
    the paper says."""
    if any(actor.user_id in (one.author, one.link_maker) for one in reports):
        return "death_own_report"
    typists = paper_queries.who_typed(session, actor.regency, {one.line_id for one in reports})
    return "death_own_typing" if actor.user_id in typists else None


def changed(
    judgement: Judgement, stored: Iterable[ReportRow], dead: set[tuple[str, str]]
) -> list[Values]:
    """Reports whose state changes; a confirmed one is no longer a matter of the list."""
    found: list[Values] = []
    for row in stored:
        state = OPEN if (row.decision_id, row.line_id) in dead else WITHDRAWN
        if row.state in (OPEN, WITHDRAWN) and row.state != state:
            ended = None if state == OPEN else judgement.context.now
            own = {"regency": judgement.regency, "id": row.id}
            found.append({**own, "state": state, "ended_at": ended})
    return found


def notices(session: Session, actor: Actor, worker_id: str) -> list[Notice]:
    """What the worker's page says of a reported death, and of one that was confirmed."""
    found = queries.told_reports(session, actor.regency, worker_id, OPEN, CONFIRMED)
    certain = [certain_notice(row, worker_id) for row in found if row.state == CONFIRMED]
    return [notice_of(row, worker_id) for row in found if row.state == OPEN] + certain[:1]


def certain_notice(row: ToldReport, worker_id: str) -> Notice:
    """A death of which two people are certain, and the way to undo it."""
    parts: dict[str, Part] = {"at": jakarta_date(row.ended_at) if row.ended_at else None}
    args = {"worker_id": worker_id}
    return Notice("village_lists.death.certain", parts, True, "list_deaths.show", args, LINK)


def notice_of(row: ToldReport, worker_id: str) -> Notice:
    """One report as a sentence."""
    word = "known" if row.died_on and row.source else "bare"
    word = word if row.by else f"{word}_link"
    day = jakarta_date(row.reported_at)
    parts: dict[str, Part] = {"by": row.by, "at": day, "day": row.died_on, "source": row.source}
    args = {"worker_id": worker_id}
    return Notice(f"village_lists.death.{word}", parts, True, "list_deaths.show", args, LINK)


def bring_over(judgement: Judgement, loser: str, survivor: str) -> None:
    """A death reported of a record holds the one that it was merged into."""
    queries.give_reports(judgement.session, judgement.regency, loser, survivor)


def give_back(judgement: Judgement, loser: str, survivor: str) -> None:
    """What was reported on the record's own line is its own again."""
    queries.give_reports(judgement.session, judgement.regency, survivor, loser, own_lines=True)
