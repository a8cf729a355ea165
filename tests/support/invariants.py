"""What must hold whenever everybody has been heard: the five invariants of the sync contract.

``lives`` is a tests.support.lives.Lives after a quiet sync.
"""

from __future__ import annotations

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


def edits_are_explained(stored: dict[str, Mutation], merged: set[str], liar: str) -> None:
    """I4: a value that took effect leads, seen by seen, to the current one.

    What the supervisor discarded may stand between: the same phone wrote on, having seen it.
    """
    clashes = {(c.key, c.field) for c in db.session.scalars(select(Conflict))}
    discarded = set(db.session.scalars(select(Hold.key).where(Hold.state == "discarded")))
    edits: dict[tuple[str, str], dict[Any, Any]] = {}
    between: dict[tuple[str, str], dict[Any, Any]] = {}
    honest_first = sorted(stored.values(), key=lambda mutation: mutation.user_id == liar)
    for mutation in honest_first:
        counts = mutation.status in ("applied", "conflict")
        if mutation.op != "put" or not (counts or mutation.key in discarded):
            continue
        for name, (base, mine) in orjson.loads(mutation.payload)["set"].items():
            # Confirming what stands (base = mine) changes nothing.
            told_again = mutation.user_id == liar and not str(mine).startswith(MARK)
            if told_again or base == mine or (mutation.key, name) in clashes:
                continue
            if name in FIELDS:
                kind = edits if counts else between
                known = kind.setdefault((str(mutation.row_id), name), {})
                if mutation.user_id == liar and mine in known:
                    continue  # he says again what the office decided for: it stands already
                assert mine not in known
                known[mine] = base
    merged_edits_are_explained(stored, merged, liar)
    for (row_id, name), known in edits.items():
        row = db.session.get(Worker, row_id)
        if row is None or row_id in merged:
            continue
        value, explained = row.data.get(name), set()
        links = between.get((row_id, name), {}) | known
        while value in links and value not in explained:
            explained.add(value)
            value = links[value]
        assert known.keys() <= explained


def merged_edits_are_explained(stored: dict[str, Mutation], merged: set[str], liar: str) -> None:
    """I4 through merges and partings: a value that took effect stands on the record that the row
    is now part of, was written over by somebody who had seen it, or is a recorded conflict."""
    noted = list(db.session.scalars(select(Conflict).where(Conflict.state != "moved")))
    clashes = {(c.key, c.field) for c in noted}
    told = {
        (c.field, c.mine) for c in noted
    }  # by whoever brought it: a desk may have chosen it since
    discarded = set(db.session.scalars(select(Hold.key).where(Hold.state == "discarded")))
    edits = [
        (mutation, name, base, mine)
        for mutation in stored.values()
        if mutation.op == "put"
        and (mutation.status in ("applied", "conflict") or mutation.key in discarded)
        for name, (base, mine) in orjson.loads(mutation.payload)["set"].items()
        if name in FIELDS and base != mine
    ]
    seen = {(name, base) for _, name, base, _ in edits}
    for mutation, name, _, mine in edits:
        if mutation.row_id not in merged or mutation.key in discarded or mutation.user_id == liar:
            continue
        row = queries_worker_rows.surviving_row(db.session(), mutation.regency, mutation.row_id)
        stands = row is not None and row.data.get(name) == mine
        known = (mutation.key, name) in clashes or (name, mine) in seen | told
        assert stands or known
