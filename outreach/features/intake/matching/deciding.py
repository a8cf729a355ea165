"""What a supervisor decides on rows that may be somebody registered: new, same, skip or later.

The answer is remembered by what the row tells of the person, so that the same row in another file
is not asked about again. Nothing is written to the register here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.features.intake.lines import Match
from outreach.features.intake.matching import queries_decisions
from outreach.features.intake.matching.doubles import line_key
from outreach.features.intake.matching.queries_people import facts_of_values
from outreach.features.intake.matching.scorer import SURE
from outreach.features.intake.run_access import WRITABLE, readable_run
from outreach.features.intake.run_audit import note_run
from outreach.features.intake.tables import ImportLine, ImportRun
from outreach.storage.locks import begin_write

DECISIONS = ("new", "same", "skip", "later")


def matches_of(line: ImportLine) -> list[Match]:
    """The row's matches as they were found."""
    stored = line.matches if isinstance(line.matches, list) else []
    return [Match(one[0], one[1], tuple(one[2])) for one in stored]


def open_run(session: Session, actor: Actor, run_id: str) -> ImportRun:
    """The run, locked for a decision; raises AlreadyDecided once it is written."""
    begin_write(session)
    run = readable_run(session, actor, run_id)
    if run.state not in WRITABLE:
        raise AlreadyDecided(run.state)
    return run


def decide(
    session: Session,
    actor: Actor,
    run_id: str,
    line_id: str,
    decision: str,
    worker_id: str,
    now: datetime,
) -> None:
    """Decide on one row; ``worker_id`` is who it is, where the decision is "same"."""
    run = open_run(session, actor, run_id)
    line = queries_decisions.find_line(session, actor.regency, run.id, line_id)
    if line is None or decision not in DECISIONS:
        raise NotThere(line_id)
    settle(session, actor, line, decision, worker_id, now)
    note_decision(session, actor, run, decision, 1, now)
    session.commit()


def decide_clear(session: Session, actor: Actor, run_id: str, now: datetime) -> int:
    """Answer "same" for every open row with one clear match, and tell how many they were."""
    run = open_run(session, actor, run_id)
    lines = queries_decisions.open_lines(session, actor.regency, run.id)
    clear = [(line, one) for line in lines for one in clear_match(matches_of(line))]
    for line, match in clear:
        settle(session, actor, line, "same", match.worker_id, now)
    note_decision(session, actor, run, "same", len(clear), now)
    session.commit()
    return len(clear)


def clear_match(matches: Collection[Match]) -> list[Match]:
    """The one match that is clear; none where two are, or none is."""
    clear = [one for one in matches if one.score >= SURE]
    return clear if len(clear) == 1 else []


def settle(
    session: Session, actor: Actor, line: ImportLine, decision: str, worker_id: str, now: datetime
) -> None:
    """Write the decision into the row and remember it of each person who was shown."""
    shown = [match.worker_id for match in matches_of(line)]
    if decision == "same" and worker_id not in shown:
        raise NotThere(worker_id)
    line.decision = decision
    line.worker_id = worker_id if decision == "same" else None
    key = line_key(facts_of_values(line.values))
    queries_decisions.forget(session, actor.regency, key, shown)
    if decision in ("new", "same"):
        verdicts = {one: "same" if one == line.worker_id else "different" for one in shown}
        queries_decisions.remember(
            session,
            [
                {
                    "id": uuid7(now),
                    "regency": actor.regency,
                    "worker_id": worker,
                    "line_key": key,
                    "verdict": verdict,
                    "decided_by": actor.user_id,
                    "decided_at": now,
                }
                for worker, verdict in verdicts.items()
            ],
        )


def take_back_repair(
    session: Session, actor: Actor, run_id: str, line_id: str, now: datetime
) -> None:
    """Take a mended number away again; the row says by whom, and stays damaged."""
    run = open_run(session, actor, run_id)
    line = queries_decisions.find_line(session, actor.regency, run.id, line_id)
    if line is None or line.nik_restored is None:
        raise NotThere(line_id)
    line.nik_restored = None
    line.restored_from = {"taken_back_by": actor.user_id, "at": now.isoformat()}
    note_decision(session, actor, run, "take_back", 1, now)
    session.commit()


def note_decision(
    session: Session, actor: Actor, run: ImportRun, decision: str, lines: int, now: datetime
) -> None:
    """One line in the audit for each act."""
    note_run(session, actor, run.id, "intake_decide", {"decision": decision, "lines": lines}, now)
