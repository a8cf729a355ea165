"""What must hold of a village's list whenever everybody has been heard.

``lives`` is a tests.support.list_lives.ListLives after a quiet sync.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import select

from outreach.domain.list_document import root_of
from outreach.domain.village_decisions import UNDECIDED, Resolution, resolve
from outreach.extensions import db
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.records.minutes_tables import ListMinutes, SignedLine
from outreach.features.village_lists.records.tables import (
    AddedName,
    ListDecision,
    ListLine,
    VillageList,
)
from outreach.features.village_lists.records.task_tables import ListTask
from outreach.storage.accounts import Office
from outreach.storage.sync import Device, Mutation
from outreach.storage.workers import StatusHistory
from tests.support.factories import KUBU_PERAHU
from tests.support.phone import Report

PULLED = {
    "village_list": VillageList,
    "list_line": ListLine,
    "list_decision": ListDecision,
    "added_name": AddedName,
    "list_minutes": ListMinutes,
    "list_task": ListTask,
}
RECEIPTED = {"list_decision": ListDecision, "added_name": AddedName, "list_minutes": ListMinutes}
AS_SAID = ("lines", "verdict", "reason", "detail", "how", "over")


SIGNED_AS_SAID = ("hash", "root", "counts", "kind", "letter_no", "place", "present", "signers")
BY_SYSTEM = {"list_opened", "list_closed", "list_changed", "list_clash", "list_anew"}


def check_lists(lives: Any) -> None:
    """Everything that is promised of lists; raises AssertionError."""
    db.session.rollback()
    db.session.expire_all()
    for table, model in RECEIPTED.items():
        stored_is_what_was_receipted(lives, table, model)
    each_word_is_its_authors(lives)
    resolved = lists_say_what_was_said(lives)
    versions_are_what_was_shown(lives)
    versions_count_by_the_heads_word(lives)
    no_status_moved_without_a_version()
    for number, phone in enumerate(lives.phones):
        device = db.session.get_one(Device, phone.device)
        if device.revoked_at is None:
            assigned = lives.assigned(phone.user_id)
            phone_holds_its_lists(phone.report(), assigned, lives.villages, lives.role(number))
            if KUBU_PERAHU in assigned:
                phone_shows_what_stands(lives, phone, resolved)


def stored_is_what_was_receipted(lives: Any, table: str, model: Any) -> None:
    """I1, I3: the rows are those of the applied saves, each once and its author's: nothing lost,
    doubled or stolen."""
    own = select(Mutation).where(Mutation.table_name == table, Mutation.status == "applied")
    authors: dict[str, set[str]] = {}
    for save in db.session.scalars(own):
        authors.setdefault(str(save.row_id), set()).add(save.user_id)
    asked = model.via != "record" if model is ListDecision else True
    rows = {row.id: row for row in db.session.scalars(select(model).where(asked))}
    assert rows.keys() == authors.keys()
    liar, offices = lives.liar.user, offices_by_village()
    for row in rows.values():
        assert row.author in authors[row.id]
        assert row.author in (lives.authors.get(row.id, liar), liar), "stolen"
        own_phone = row.author == lives.users[-1]
        assert row.via == ("own" if own_phone else "officer_phone")
        assert row.on_behalf == (None if own_phone else offices.get(row.region_code))
        assert db.session.get_one(VillageList, row.list_id).region_code == row.region_code
    lives.tally[f"rows of {table} compared"] += len(rows)


def offices_by_village() -> dict[str, str]:
    """The head's office of each village that has one."""
    return {o.region_code: o.id for o in db.session.scalars(select(Office)) if o.region_code}


def each_word_is_its_authors(lives: Any) -> None:
    """I1: whatever took effect for whoever said it stands in that name, word by word."""
    took = select(Mutation).where(Mutation.status == "applied", Mutation.table_name.in_(RECEIPTED))
    for save in db.session.scalars(took):
        body = orjson.loads(save.payload)
        row = db.session.get_one(RECEIPTED[str(save.table_name)], str(save.row_id))
        if "list" not in body["set"]:
            continue  # a word about a version, not the version
        assert row.author == save.user_id, "counts under another's name"
        said = {name: new for name, (_, new) in body["set"].items()}
        if isinstance(row, ListDecision):
            assert decision_of(row) == {"id": row.id, **UNSAID, **said_of(said)}
        elif isinstance(row, AddedName):
            assert (row.name, row.note) == (said["name"], said.get("note"))
        else:
            assert {n: getattr(row, n) for n in SIGNED_AS_SAID} == {
                n: said[n] for n in SIGNED_AS_SAID
            }


UNSAID: dict[str, Any] = {"reason": None, "detail": {}, "how": "single", "over": []}


def said_of(said: dict[str, Any]) -> dict[str, Any]:
    """What a save of a decision names of it."""
    return {name: said[name] for name in AS_SAID if said.get(name) is not None}


def lists_say_what_was_said(lives: Any) -> dict[str, Resolution]:
    """The stored rows amount to what was said, in any order, and each line has what its rows
    amount to; answers it for the list of the life."""
    found: dict[str, Resolution] = {}
    for scope, list_id in lives.lists.items():
        own = select(ListDecision).where(ListDecision.list_id == list_id)
        rows = sorted(db.session.scalars(own), key=lambda row: row.id)
        stored = resolve(decision_of(row) for row in rows)
        orders = (rows[::-1], sorted(rows, key=lambda row: row.id[::-1]))
        assert all(resolve(map(decision_of, order)) == stored for order in orders)
        for line in db.session.scalars(select(ListLine).where(ListLine.list_id == list_id)):
            state = stored.get(line.id, UNDECIDED)
            shown = (line.verdict, line.reason, line.clash, line.together)
            assert shown == (state.verdict, state.reason, state.clash, state.together)
        found = stored if scope == KUBU_PERAHU else found
    return found


def versions_are_what_was_shown(lives: Any) -> None:
    """I1: each version whose list was sent has that list, byte by byte, under its hash, and every
    line as the screen showed it when it was signed."""
    for version in db.session.scalars(select(ListMinutes)):
        if version.id not in lives.signed or version.author == lives.liar.user:
            continue
        number, shown = lives.signed[version.id]
        assert version.hash == sha256(shown).hexdigest()
        if db.session.get_one(Device, lives.phones[number].device).revoked_at is not None:
            continue  # of a stopped phone no file is taken
        assert lives.blobs().get(version.hash, "original") == shown
        assert version.state in ("counts", "paper", "held", "broken")
        if version.state == "broken":
            continue  # its phone had not heard of something: it says so, and moves nothing
        own = select(SignedLine).where(SignedLine.minutes_id == version.id)
        lines = list(db.session.scalars(own.order_by(SignedLine.no)))
        assert [line.item for line in lines] == orjson.loads(shown)["items"]
        leaves = [bytes.fromhex(line.leaf) for line in lines]
        assert root_of(leaves).hex() == version.root
        lives.tally["signed lines compared"] += len(lines)


def versions_count_by_the_heads_word(lives: Any) -> None:
    """A version counts only where the head signed in for it, or says so."""
    head = lives.users[-1]
    for version in db.session.scalars(select(ListMinutes)):
        assert version.confirmed_by in (None, head)
        assert version.seen_by is None
        if version.state == "counts":
            assert head in (version.author, version.confirmed_by)


def no_status_moved_without_a_version() -> None:
    """A step in the name of a list follows from the person's line on a version that counts."""
    own = select(ListMinutes).where(ListMinutes.counted_at.is_not(None))
    counted = {(row.list_id, row.n): row.id for row in db.session.scalars(own)}
    for step in db.session.scalars(select(StatusHistory)):
        if step.origin != "list" or step.reason in BY_SYSTEM:
            continue
        evidence: Any = step.evidence or {}
        version = counted.get((evidence.get("list"), evidence.get("version")))
        assert version is not None
        signed = select(SignedLine.item).where(SignedLine.minutes_id == version)
        words = {
            item["reason"] or item["verdict"]
            for item in db.session.scalars(signed)
            if item["worker"] == step.worker_id
        }
        assert words == {step.reason}


def phone_shows_what_stands(lives: Any, phone: Any, resolved: dict[str, Resolution]) -> None:
    """I2: a phone that has heard everything shows the same verdicts as the server, but for what
    waits for a supervisor."""
    pulled = lives.rows_of(phone, "list_decision").keys()
    held = {entry.body["id"] for entry in phone.journal if entry.status == "held"}
    if not held - pulled:
        assert lives.resolved(phone) == resolved


def phone_holds_its_lists(report: Report, assigned: set[str], villages: Any, role: str) -> None:
    """I2: exactly the server's rows, and of decisions every word; a head's phone has no tasks."""
    for scope in villages:
        held = {p: row for p, row in report.rows.get(scope, {}).items() if "/" in p}
        truth: dict[str, Any] = {}
        for table, model in PULLED.items():
            if scope in assigned and (table != "list_task" or role == "officer"):
                own = select(model).where(model.region_code == scope)
                truth |= {f"{table}/{row.id}": row for row in db.session.scalars(own)}
        assert {p: ver for p, (ver, _) in held.items()} == {p: r.ver for p, r in truth.items()}
        for place, row in truth.items():
            if place.startswith("list_decision/"):
                assert {n: held[place][1][n] for n in AS_SAID} == {
                    n: getattr(row, n) for n in AS_SAID
                }
