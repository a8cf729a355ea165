"""A sheet counts: its answers become the village's decisions, once, however often it is tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.record import office_device
from outreach.core.record.changes import Body
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed
from outreach.core.record.verdicts import Verdict
from outreach.domain.actor import Actor
from outreach.domain.paper_entry import (
    ENDS,
    FIRST,
    SECOND,
    SETTLED,
    Answer,
    deaths,
    final,
    same_name,
)
from outreach.domain.village_decisions import asks_again, resolve
from outreach.features.village_lists.checking import deciding
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.list_audit import note
from outreach.features.village_lists.paper.paper_entering import (
    Sheet,
    move,
    open_sheet,
    writing,
)
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.paper_sheets import changes_since

SIGNERS = frozenset({"head"})


def finish_second(
    session: Session, actor: Actor, list_id: str, entry_id: str, now: datetime
) -> str:
    """The state after the second entry: done, or differs where a person has to decide. Raises
    NotAllowed where no second entry is open, or where it has nothing."""
    sheet = open_sheet(session, actor, list_id, entry_id)
    if sheet.entry.state != "second":
        raise NotAllowed("paper_turn")
    if not sheet.turns[SECOND]:
        raise NotAllowed("paper_nothing")
    count(session, actor, sheet, now, "differs" if sheet.differing else "done")
    return "differs" if sheet.differing else "done"


def finish_settling(
    session: Session, actor: Actor, list_id: str, entry_id: str, now: datetime
) -> None:
    """Have the sheet count once every difference is decided; raises NotAllowed before."""
    sheet = open_sheet(session, actor, list_id, entry_id)
    if sheet.entry.state != "differs":
        raise NotAllowed("paper_turn")
    if sheet.open_lines:
        raise NotAllowed("paper_open")
    count(session, actor, sheet, now, "done")


def waive(
    session: Session,
    actor: Actor,
    list_id: str,
    entry_id: str,
    names: Mapping[str, str],
    now: datetime,
) -> None:
    """Have a sheet count that was entered once. Only the signer may, and types the full name of
    each person who is said to have died (``names`` by line). Raises NotAllowed."""
    sheet = open_sheet(session, actor, list_id, entry_id)
    if actor.role not in SIGNERS:
        raise NotAllowed("paper_waive_signer")
    if sheet.entry.state != "first_done":
        raise NotAllowed("paper_turn")
    shown = {line.id: str(line.snapshot.get("name") or "") for line in sheet.lines.values()}
    for answer in deaths(final(sheet.turns[FIRST], {})):
        if not same_name(names.get(answer.line_id, ""), shown.get(answer.line_id, "")):
            raise NotAllowed("paper_death_name")
    count(session, actor, sheet, now, "once")


def count(session: Session, actor: Actor, sheet: Sheet, now: datetime, state: str) -> None:
    """Move the sheet on, and have it count where this is its end. All of it, or nothing."""
    before, list_id, entry_id = sheet.entry.state, sheet.entry.list_id, sheet.entry.id
    answers = final(sheet.turns[FIRST], sheet.turns[SETTLED]) if state in ENDS else []

    def step() -> None:
        fresh = open_sheet(session, actor, list_id, entry_id, lock=True)
        if fresh.entry.state != before or fresh.turns != sheet.turns:
            raise NotAllowed("paper_turn")
        done = {"done_by": actor.user_id, "done_at": now} if state in ENDS else {}
        move(session, fresh, state, **done)
        detail = {"entry": entry_id, "state": state, "lines": len(answers)}
        note(session, actor, fresh.list, "paper_entered", detail, now)

    def also(_judgement: Judgement, verdicts: list[Verdict]) -> None:
        step()
        require_taken(verdicts)

    if answers:
        seen = asked_on(session, sheet)
        told = told_of(sheet, state)
        bodies = [
            body_of(sheet, answer, told, now, seen.get(answer.line_id, ())) for answer in answers
        ]
        office_device.submit(session, actor, bodies, now, also=also)
        return
    with writing(session):
        step()


def require_taken(verdicts: list[Verdict]) -> None:
    """Raise NotAllowed where a decision was not taken: the list is closed, or anything else."""
    if all(verdict.status == "applied" for verdict in verdicts):
        return
    faults = [one for verdict in verdicts for found in verdict.errors.values() for one in found]
    if any(one["code"] == "list_closed" for one in faults):
        raise NotAllowed("paper_closed")
    raise NotAllowed("paper_not_taken")


def asked_on(session: Session, sheet: Sheet) -> dict[str, list[str]]:
    """The rows that ask lines again, of lines that stand on this paper as they are now: who ticked
    it has seen the change. Of a sheet without a version nobody knows what it says."""
    if sheet.version is None:
        return {}
    others = changes_since(sheet.version.lines, sheet.lines.values())
    rows = queries.decisions(session, sheet.list.regency, {sheet.list.id})
    said = {row.id: decision_of(row) for row in rows}
    resolved = resolve(said.values())
    return {
        line.id: [head for head in resolved[line.id].heads if asks_again(said[head])]
        for no, line in sheet.lines.items()
        if line.id in resolved and no not in others.changed
    }


def told_of(sheet: Sheet, state: str) -> dict[str, object]:
    """What the decisions tell of the sheet: which it was, and how often it was entered."""
    entry, version = sheet.entry, sheet.version
    once = state == "once"
    return {
        "sheet": entry.id,
        "n": version.n if version else None,
        "page": entry.page,
        "entries": 1 if once else 2,
        **({} if once else {"same": entry.second_same}),
    }


def body_of(
    sheet: Sheet,
    answer: Answer,
    told: Mapping[str, object],
    now: datetime,
    over: Sequence[str] = (),
) -> Body:
    """The save by which an answer becomes a decision; the same answer has the same id."""
    said: dict[str, object] = {
        "list": sheet.entry.list_id,
        "lines": [answer.line_id],
        "verdict": answer.verdict,
        "reason": answer.reason,
        "detail": answer.detail or None,
        "how": "paper",
        "over": list(over) or None,
        "paper": dict(told),
    }
    pairs = {name: (None, value) for name, value in said.items() if value is not None}
    return office_device.compose(
        answer.id, sheet.entry.region_code, pairs, now, table=deciding.TABLE
    )
