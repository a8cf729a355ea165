"""Who stands on a list of members, as a flag with its date.

The flag changes no status: that is for the card, the KPJ or a supervisor. Whoever's membership has
ended can be registered again, and the notice says so.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from outreach.core.register.worker_notices import Notice
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.features.intake.matching.facts import text
from outreach.features.intake.matching.queries_people import DEAD_RUNS, MEMBERS
from outreach.features.intake.tables import ImportLine, ImportRun, Source
from outreach.storage.workers import Worker

ENDED, RUNNING = "intake.member.ended", "intake.member.notice"
# Who was merged since is flagged as whom they became, and parted again as themselves.
SURVIVOR: ColumnElement[str] = func.coalesce(Worker.merged_into, Worker.id)


def members(regency: str) -> Select[str]:
    """The ids of workers whom somebody recognised on a list of members."""
    return select(SURVIVOR).where(*on_lists(regency))


def on_lists(regency: str) -> tuple[ColumnElement[bool], ...]:
    """Decided rows of lists of members that were not withdrawn, each with its worker."""
    return (
        Worker.regency == regency,
        ImportLine.regency == regency,
        ImportLine.worker_id == Worker.id,
        ImportLine.decision == "same",
        ImportRun.regency == regency,
        ImportRun.id == ImportLine.run_id,
        ImportRun.state.not_in(DEAD_RUNS),
        Source.regency == regency,
        Source.id == ImportRun.source_id,
        Source.kind.in_(MEMBERS),
    )


def notices(session: Session, actor: Actor, worker_id: str) -> list[Notice]:
    """The newest list of members on which the person stands, with its date."""
    columns = (ImportLine.values, Source.title, Source.letter_date, ImportRun.made_at)
    rows = select(*columns).where(*on_lists(actor.regency), SURVIVOR.in_([worker_id]))
    found = session.execute(rows.order_by(ImportRun.made_at.desc()).limit(1)).first()
    if found is None:
        return []
    values, title, letter_date, made_at = found
    day = letter_date or jakarta_date(made_at)
    return [notice(values if isinstance(values, dict) else {}, title, day)]


def notice(values: dict[str, object], title: str, day: date) -> Notice:
    """One sentence: on which list, of which day, and whether the membership had ended by then."""
    until = text(values, "member_until")
    if until and until < day.isoformat():
        ended = date.fromisoformat(until)
        return Notice(ENDED, {"list": title, "day": day, "until": ended})
    return Notice(RUNNING, {"list": title, "day": day})
