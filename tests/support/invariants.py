"""What must hold whenever everybody has been heard: the five invariants of the sync contract.

``lives`` is a tests.support.lives.Lives after a quiet sync.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import func, select

from outreach.core.exchange import gaps, journals
from outreach.domain.access import project
from outreach.extensions import db
from outreach.features.phones import phone_board
from outreach.storage import queries_worker_rows
from outreach.storage.sync import Conflict, Device, Hold, InboxRow, Mutation, NamedGap
from outreach.storage.workers import Worker
from tests.support.liar import MARK, is_lie
from tests.support.phone import SETTLED, Report

TOOK = {"applied", "conflict"}
UNSETTLED = {"held", "invalid"}
FIELDS = ("notes", "address_line", "pemangku")


def check_all(lives: Any) -> None:
    """I1 to I5 for every phone; raises AssertionError."""
    db.session.rollback()
    db.session.expire_all()
    stored = {m.key: m for m in db.session.scalars(select(Mutation))}
    honest = {key: m for key, m in stored.items() if not is_lie(m)}
    liar = lives.liar.user
    for number, phone in enumerate(lives.phones):
        report = phone.report()
        mine = own(honest, phone.user_id)
        missing = lives.said[number] - mine.keys()
        nothing_is_lost(report, missing, mine, lives.gaps_allowed(number))
        lives.tally["saves gone by name"] += len(missing)
        lives.tally["saves let go after a backup"] += report.floor
        device = db.session.get_one(Device, report.device)
        ledger_adds_up(report, device)
        if device.revoked_at is None:
            assigned, villages = lives.assigned(phone.user_id), lives.villages_of(number)
            phone_holds_its_villages(report, assigned, villages, lives.role(number))
            phone_holds_its_inbox(report, phone.user_id)
    for device in db.session.scalars(select(Device).where(Device.kind == "phone")):
        journal_is_whole(device)
    the_office_sees_what_ended(lives)
    each_key_once({k: m for k, m in honest.items() if m.user_id != liar}, lives.net.acked)
    edits_are_explained(stored, lives.merged, liar)


def nothing_was_believed(before: Report, after: Report) -> None:
    """What somebody in the middle said settles, frees, renumbers, fetches and ends nothing. A phone
    may let go meanwhile of what the server had called durable."""
    for name in ("device", "recorded", "received", "pending", "gone", "unsettled", "rows"):
        assert getattr(after, name) == getattr(before, name), name
    left = [key for key, _ in after.kept]
    assert [key for key, _ in before.kept][len(before.kept) - len(left) :] == left
    assert after.states == {key: before.states[key] for key in left}


def own(stored: dict[str, Mutation], user: str) -> dict[str, Mutation]:
    """What is stored of a user, by the keys that the phones gave it."""
    return {m.phone_key or m.key: m for m in stored.values() if m.user_id == user}


def journal_is_whole(device: Device) -> None:
    """I1: every number that the server took is stored or named as missing, and each stored one is
    as its link in the chain says; also of phones that are no more, and of a liar's."""
    found = journals.account(db.session(), device.regency, device.id, device.last_mid)
    assert not found.broken
    holes = gaps.holes(db.session(), device.regency, device.id, device.last_mid)
    assert gaps.without(found.missing, holes) == []


def the_office_sees_what_ended(lives: Any) -> None:
    """I1: a phone whose data was cleared, storage and cookie, is on the list of phones to call,
    as far as the server still knows of it."""
    for device_id in lives.ended:
        device = db.session.get(Device, device_id)
        if device is None or not device.recorded or device.revoked_at is not None:
            continue
        desk = lives.supervisor_of(device.regency)
        care = (db.session(), desk, lives.server.now, "")
        assert "ended" in phone_board.board(*care, device_id=device_id)[0].reasons


def nothing_is_lost(
    report: Report, missing: set[str], stored: dict[str, Mutation], gaps_allowed: bool
) -> None:
    """I1: what a screen called saved is on the server, with one of four verdicts, as written.

    Only where an older backup than the newest came back may saves be missing that the phone no
    longer keeps; then their numbers are named.
    """
    assert report.unsettled == 0
    no_verdict_is_false(report, stored)
    kept = {key for key, _ in report.kept}
    for key, body in report.kept:
        assert stored[key].status in SETTLED
        if body["op"] == "put":
            assert orjson.loads(stored[key].payload)["set"] == body["set"]
    if not gaps_allowed:
        assert not missing
        return
    assert not missing & kept
    named = db.session.scalar(
        select(func.sum(NamedGap.to_mid - NamedGap.from_mid + 1)).where(
            NamedGap.device_id.in_([report.device, *report.line])
        )
    )
    assert len(missing) <= (named or 0)


def the_phone_says_what_is_gone(report: Report, user: str, said: set[str]) -> None:
    """I1 and I5: of what its screens called saved, the phone itself counts as gone, and not as
    received, whatever nobody has any more."""
    stored = own({m.key: m for m in db.session.scalars(select(Mutation))}, user)
    assert len(said - stored.keys()) <= report.gone


def no_verdict_is_false(report: Report, stored: dict[str, Mutation]) -> None:
    """What a phone believes to have taken effect has."""
    took = {key for key, state in report.states.items() if state in TOOK}
    assert {stored[key].status for key in took} <= TOOK


def ledger_adds_up(report: Report, device: Device) -> None:
    """I5: recorded is received and pending, on the phone and as the server counts."""
    assert report.recorded == report.received + report.pending + report.gone
    assert report.pending == 0
    assert device.last_mid == report.floor + len(report.kept)


def each_key_once(stored: dict[str, Mutation], acked: set[str]) -> None:
    """I3 and I5: exactly what was answered is there, each key once, with one verdict."""
    phones = [m.phone_key or m.key for m in stored.values() if m.origin == "phone"]
    assert len(set(phones)) == len(phones)
    assert set(phones) == acked
    assert {mutation.status for mutation in stored.values()} <= set(SETTLED)


def phone_holds_its_villages(report: Report, assigned: set[str], villages: Any, role: str) -> None:
    """I2: a phone holds exactly the server's rows of its villages, and nothing of the others. Rows
    of features, under table/id, are for whoever drives them (list_invariants.py)."""
    for scope in villages:
        living = (Worker.deleted_at.is_(None), Worker.merged_into.is_(None))
        rows = db.session.scalars(select(Worker).where(Worker.region_code == scope, *living))
        truth = {row.id: (row.ver, project(row.data, role)) for row in rows}
        rows_held = report.rows.get(scope, {})
        held = {place: row for place, row in rows_held.items() if "/" not in place}
        assert held == (truth if scope in assigned else {})


def phone_holds_its_inbox(report: Report, user: str) -> None:
    """I2: and what waits for its officer."""
    rows = db.session.scalars(
        select(InboxRow).where(InboxRow.user_id == user, InboxRow.gone.is_(False))
    )
    truth = {
        row.id: (
            row.ver,
            {**row.data, "kind": row.kind, "worker_id": row.worker_id, **name_in_save(row.id)},
        )
        for row in rows
    }
    assert report.rows.get(f"u:{user}", {}) == truth


def name_in_save(key: str) -> dict[str, str]:
    """The name that a save which is held or refused gave its person, as its note tells it."""
    save = db.session.scalar(select(Mutation).filter_by(key=key))
    if save is None or save.table_name != "worker" or save.status not in UNSETTLED:
        return {}
    name = orjson.loads(save.payload).get("set", {}).get("full_name", [None, None])[1]
    return {"name": name} if isinstance(name, str) else {}


@dataclass(frozen=True)
class Edit:
    """One answer of a stored save: what its author had seen of it, and what it shall be."""

    save: Mutation
    name: str
    base: Any
    mine: Any

    def is_by(self, user: str) -> bool:
        """True for what this user wrote."""
        return bool(self.save.user_id == user)


def edits_of(stored: dict[str, Mutation]) -> list[Edit]:
    """Every edit of what the lives write; confirming what stands (base = mine) changes nothing."""
    return [
        Edit(save, name, base, mine)
        for save in stored.values()
        if save.op == "put"
        for name, (base, mine) in orjson.loads(save.payload)["set"].items()
        if name in FIELDS and base != mine
    ]


def edits_are_explained(stored: dict[str, Mutation], merged: set[str], liar: str) -> None:
    """I4: a value that took effect leads, seen by seen, to the current one.

    What the supervisor discarded may stand between: the same phone wrote on, having seen it.
    """
    edits = edits_of(stored)
    noted = list(db.session.scalars(select(Conflict)))
    no_save_is_doubled(edits, noted, liar)
    holds = dict(db.session.execute(select(Hold.key, Hold.state)).all())
    gone = {key for key, state in holds.items() if state == "discarded"}
    wrote = [edit for edit in edits if edit.save.status in TOOK or edit.save.key in gone]
    merged_edits_are_explained(wrote, noted, merged, liar)
    clashes = {(c.key, c.field) for c in noted}
    fields: dict[tuple[str, str], list[Edit]] = defaultdict(list)
    for edit in wrote:
        if (edit.save.key, edit.name) not in clashes:
            fields[str(edit.save.row_id), edit.name].append(edit)
    for (row_id, name), found in fields.items():
        row = db.session.get(Worker, row_id)
        if row is not None and row_id not in merged:
            all_lead_to(row.data.get(name), found, holds.keys(), liar)


def no_save_is_doubled(edits: list[Edit], noted: list[Conflict], liar: str) -> None:
    """I3: no phone's save is stored under two keys. Each writes a value that its record never had;
    again it is said only by a liar, and by the office where it decides a conflict for it."""
    wrote = Counter(
        (edit.save.row_id, edit.name, edit.mine)
        for edit in edits
        if edit.save.origin == "phone" and not edit.is_by(liar)
    )
    assert set(wrote.values()) <= {1}
    decided = {(edit.name, edit.mine) for edit in edits if edit.save.origin != "phone"}
    assert decided <= {(c.field, c.mine) for c in noted}


def all_lead_to(current: Any, edits: list[Edit], held: Collection[str], liar: str) -> None:
    """Each value of one answer is the current one or was written over by somebody who had seen it,
    and so on to the current one; as often as it surely took effect.

    What a liar sends again of somebody's changes something or nothing: it may be the way on, and
    asks for none. So does a save that was ``held`` and accepted, which may have come after it.
    """
    before: dict[Any, set[Any]] = defaultdict(set)
    for edit in edits:
        before[edit.mine].add(edit.base)
    explained, ahead = set(), {current}
    while ahead:
        value = ahead.pop()
        explained.add(value)
        ahead |= before[value] - explained
    counts = [edit for edit in edits if edit.save.status in TOOK and not is_copy(edit, liar)]
    assert {edit.mine for edit in counts} <= explained
    sure = [edit for edit in counts if edit.save.key not in held and not edit.is_by(liar)]
    left = Counter([current, *(edit.base for edit in edits)])
    assert Counter(edit.mine for edit in sure) <= left


def is_copy(edit: Edit, liar: str) -> bool:
    """True where a liar sends as his own what somebody else wrote."""
    return edit.is_by(liar) and not str(edit.mine).startswith(MARK)


def merged_edits_are_explained(
    edits: list[Edit], noted: list[Conflict], merged: set[str], liar: str
) -> None:
    """I4 through merges and partings: a value that took effect stands on the record that the row
    is now part of, was written over by somebody who had seen it, or is a recorded conflict."""
    still = [c for c in noted if c.state != "moved"]
    clashes = {(c.key, c.field) for c in still}
    told = {
        (c.field, c.mine) for c in still
    }  # by whoever brought it: a desk may have chosen it since
    seen = {(edit.name, edit.base) for edit in edits}
    for edit in edits:
        save, what = edit.save, (edit.name, edit.mine)
        if save.row_id not in merged or save.status not in TOOK or edit.is_by(liar):
            continue
        row = queries_worker_rows.surviving_row(db.session(), save.regency, save.row_id)
        stands = row is not None and row.data.get(edit.name) == edit.mine
        assert stands or (save.key, edit.name) in clashes or what in seen | told
