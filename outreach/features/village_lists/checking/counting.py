"""Whether a signed version counts.

Its list has come and is what the minutes say, and whoever signs holds the office. What was signed
on somebody else's phone waits for the stamped sheet, or for the holder's own word.

Each step runs under the village's lock and may be asked again; nothing depends on the order in
which list, photo and word arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.audit import audit_log
from outreach.core.record import judge, office_device
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import JudgingContext
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.list_document import NotDocument, leaf, merkle_root, read_document
from outreach.domain.village_decisions import Decision, Line, Resolution, blocking_lines, counts
from outreach.features.village_lists.checking import after_signing
from outreach.features.village_lists.checking.acting import Acting
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.entitling import Count, day_of
from outreach.features.village_lists.records import after_queries, minutes_queries, queries
from outreach.features.village_lists.records.minutes_queries import (
    BROKEN,
    COUNTS,
    DECLINED,
    HELD,
    LIST_FILE,
    MINUTES,
    PAPER,
    SIGNED,
    WAITS,
    MinutesRow,
)
from outreach.features.village_lists.records.queries import LineRow
from outreach.storage import queries_blobs, queries_worker_rows
from outreach.storage.accounts import User
from outreach.storage.blobs_port import Blobs
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, update_rows

# The numbers that the items themselves give; who was decided together they do not tell.
TOLD = ("lines", "gone", "undecided", "clashes", "verdicts", "reasons")

Document = dict[str, object]
Items = Sequence[Mapping[str, object]]


def settle(session: Session, blobs: Blobs, regency: str, minutes_id: str, now: datetime) -> None:
    """Take in the list of a version, where it has come; otherwise nothing changes."""
    for row in minutes_queries.minutes_by_id(session, regency, [minutes_id]):
        data = own_list(session, blobs, row) if row.state == WAITS else None
        if data is not None:
            take_in(session, row, data, now)


def take_in(session: Session, row: MinutesRow, data: bytes, now: datetime) -> None:
    """Have the version's own author bring the list, which is here now."""
    author = session.get_one(User, row.author)
    actor = actor_for(session, author, row.regency, day_of(now))

    def act(judgement: Judgement, fresh: MinutesRow) -> None:
        if fresh.state == WAITS:
            take_list(judgement, fresh, data)

    under_lock(session, actor, row, now, act)


def under_lock(
    session: Session,
    actor: Actor,
    row: MinutesRow,
    now: datetime,
    act: Callable[[Judgement, MinutesRow], None],
) -> None:
    """Act on the version as it stands under its village's lock, and commit."""
    context = JudgingContext(actor, "", "office", now)

    def work(locked: frozenset[str]) -> None:
        seqs = office_device.lock(session, row.regency, locked, 1)
        judgement = Judgement.over(session, context, seqs, 1)
        [fresh] = minutes_queries.minutes_by_id(session, row.regency, [row.id])
        act(judgement, fresh)
        conclude(judgement)

    judge.run_locked(session, {row.region_code, context.own_scope}, work)


def own_list(session: Session, blobs: Blobs, row: MinutesRow) -> bytes | None:
    """The list that the version names, once its author has sent it."""
    for file in queries_blobs.files_of(session, row.regency, {row.id}):
        proved = queries_worker_rows.proved_owner(session, row.regency, file.sha256, file.owner_id)
        if file.field == LIST_FILE and proved:
            return blobs.get(file.sha256, "original")
    return None


def take_list(judgement: Judgement, row: MinutesRow, data: bytes) -> None:
    """Keep each line as it was signed, and see whether the version counts."""
    try:
        document = read_document(data)
    except NotDocument:  # it came while less was asked of a list
        note(judgement, row, BROKEN, "other_list")
        return
    items = cast(Items, document["items"])
    found = minutes_queries.whole_lines(judgement.session, row.regency, row.list_id)
    lines = {line.no: line for line in found if line.no is not None}
    why = difference(row, document, items, lines)
    if why is not None:
        note(judgement, row, BROKEN, why)
        return
    rows = [signed_line(judgement, row, item, lines) for item in items]
    ids = {line.id for line in lines.values()}
    before = after_signing.changes(judgement.session, row.regency, lines.values())
    insert_rows(judgement.session, SIGNED, rows)
    move_on(judgement, row)
    after = after_signing.changes(judgement.session, row.regency, lines.values())
    after_signing.tell_phones(judgement, before.keys() | after.keys())
    after_signing.ask_again(judgement, ids)


def take_word(judgement: Judgement, row: MinutesRow, user_id: str) -> None:
    """Whoever holds the office says that the version is theirs."""
    say(judgement, row, confirmed_by=user_id, confirmed_at=judgement.context.now)


def say(judgement: Judgement, row: MinutesRow, **said: object) -> None:
    """Write down what a person says of the version, and what follows."""
    own = {"regency": row.regency, "id": row.id}
    update_rows(judgement.session, MINUTES, ("regency", "id"), [{**own, **said}])
    [fresh] = minutes_queries.minutes_by_id(judgement.session, row.regency, [row.id])
    if fresh.state in (HELD, PAPER):
        move_on(judgement, fresh)


def move_on(judgement: Judgement, row: MinutesRow) -> None:
    """The next state of a version whose list is here; statuses move when it begins to count."""
    count = Count(judgement, row)
    state, why = count.state()
    if state == row.state:
        return
    note(judgement, row, state, why)
    if state == COUNTS and count.holder() is not None:
        act(judgement, row)


def act(judgement: Judgement, row: MinutesRow) -> None:
    """Take the steps of every line, as far as what it rests on is known here."""
    session, regency = judgement.session, row.regency
    signed = minutes_queries.signed_lines(session, regency, row.id)
    known: dict[str, dict[str, Decision]] = {}
    for decision in map(decision_of, queries.decisions(session, regency, {row.list_id})):
        for line in decision["lines"]:
            known.setdefault(line, {})[decision["id"]] = decision
    acting = Acting(judgement, row, signed)
    acting.begin(known)
    acting.write()


def note(judgement: Judgement, row: MinutesRow, state: str, why: str | None) -> None:
    """Write a state down under a new number."""
    now = judgement.context.now
    values: Values = {
        "regency": row.regency,
        "id": row.id,
        "ver": judgement.number(row.region_code),
        "state": state,
        "why": why,
    }
    counted = {"counted_at": now} if state == COUNTS else {}
    update_rows(judgement.session, MINUTES, ("regency", "id"), [{**values, **counted}])
    if state == DECLINED:
        ids = after_queries.lines_of_version(judgement.session, row.regency, row.id)
        after_signing.tell_phones(judgement, ids)
    audit_log.record(
        judgement.session,
        actor_id=judgement.context.actor.user_id,
        action=f"minutes_{state}",
        object_type="list_minutes",
        object_id=row.id,
        region_code=row.region_code,
        now=now,
        detail={"why": why} if why else {},
    )


def difference(
    row: MinutesRow,
    document: Document,
    items: Items,
    lines: Mapping[int, LineRow],
) -> str | None:
    """What of the list is not as the minutes say, or as the list on the server is."""
    if (document["list"], document["village"]) != (row.list_id, row.region_code):
        return "other_list"
    if merkle_root(items) != row.root:
        return "other_root"
    shown, resolved = shown_lines(items), resolved_items(items)
    if blocking_lines(shown, resolved):
        return "undecided"
    found = cast(Mapping[str, object], counts(shown, resolved))
    if any(found[name] != row.counts.get(name) for name in TOLD):
        return "other_counts"
    return None if all(is_same_line(one, lines) for one in items) else "other_lines"


def is_same_line(item: Mapping[str, object], lines: Mapping[int, LineRow]) -> bool:
    """True for an item of a line that the list has under this number, for this person."""
    line = lines.get(cast(int, item["no"]))
    return line is not None and (line.worker_id, line.salt) == (item["worker"], item["salt"])


def shown_lines(items: Items) -> list[Line]:
    """The items as lines, each under its number."""
    return [
        cast(
            Line,
            {
                "id": str(item["no"]),
                "no": item["no"],
                "part": "main",
                "sex": item["sex"],
                "gone": item.get("gone"),
            },
        )
        for item in items
    ]


def resolved_items(items: Items) -> dict[str, Resolution]:
    """What the items say of each line."""
    return {
        str(item["no"]): Resolution(
            verdict=cast(str | None, item["verdict"]), reason=cast(str | None, item["reason"])
        )
        for item in items
    }


def signed_line(
    judgement: Judgement,
    row: MinutesRow,
    item: Mapping[str, object],
    lines: Mapping[int, LineRow],
) -> Values:
    """A line as it was signed, as it is written."""
    number = cast(int, item["no"])
    return {
        "id": uuid7(judgement.context.now),
        "regency": row.regency,
        "region_code": row.region_code,
        "minutes_id": row.id,
        "line_id": lines[number].id,
        "no": number,
        "item": dict(item),
        "leaf": leaf(item).hex(),
        "acted": None,
    }


def settle_waiting(
    session: Session, blobs: Blobs, regency: str, villages: frozenset[str] | None, now: datetime
) -> None:
    """Take in lists that came while nobody was told: asked before a page shows versions."""
    for row in minutes_queries.in_states(session, regency, (WAITS,), villages):
        settle(session, blobs, regency, row.id, now)
