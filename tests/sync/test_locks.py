"""The order of locks: what is decided under the counter loses nothing; before it, edits vanish."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from outreach.core.exchange import push
from outreach.core.record import judge, office_device
from outreach.core.record.judgement import Judgement
from outreach.extensions import db
from outreach.storage import queries_sync, queries_worker_rows
from outreach.storage.accounts import User
from outreach.storage.sync import Device, Mutation
from outreach.storage.workers import DuplicatePair, Worker
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.sync.conftest import PERSON, Handset, Server
from tests.sync.test_verdicts import create, put, worker

ROUNDS = 3


def overlapping(phones: list[Handset], bodies: list[dict[str, Any]]) -> None:
    """Two real pushes at once, each in its own thread and connection."""

    def work(phone: Handset, body: dict[str, Any]) -> None:
        texts = [orjson.dumps(body).decode()]
        packet = {"device": phone.device, "epoch": 1, "mutations": texts}
        with phone.server.app.app_context():
            phone.client.post("/sync/v1/push", data=orjson.dumps(packet))

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(phones, bodies, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


@contextmanager
def meeting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let both pushes read at the same moment, as far as the locks allow."""
    barrier, read = threading.Barrier(2), Judgement.read

    def slow_read(judgement: Judgement, changes: Any) -> None:
        read(judgement, changes)
        try:
            barrier.wait(0.4)
        except threading.BrokenBarrierError:
            return  # the other is still waiting for the lock, as it should

    with monkeypatch.context() as patch:
        patch.setattr(Judgement, "read", slow_read)
        yield


def test_overlapping_edits_of_one_row(
    server: Server, phone: Handset, other: Handset, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time")
    for _ in range(ROUNDS):
        row = create(phone)
        db.session.rollback()
        bodies = [
            phone.mutation(id=row, set={"notes": (None, "a")}, ver=1),
            other.mutation(id=row, set={"rt": (None, "002")}, ver=1),
        ]
        with meeting(monkeypatch):
            overlapping([phone, other], bodies)
        data = worker(row).data
        assert (data.get("notes"), data.get("rt")) == ("a", "002")
        db.session.rollback()


def test_same_nik_in_two_villages_at_once_is_paired(
    server: Server, phone: Handset, other: Handset, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time")
    barrier, look = threading.Barrier(2), queries_worker_rows.same_nik

    def slow_look(*args: Any) -> Any:
        found = look(*args)
        try:
            barrier.wait(0.6)
        except threading.BrokenBarrierError:
            barrier.reset()  # the other still waits for the number
        return found

    monkeypatch.setattr(queries_worker_rows, "same_nik", slow_look)
    nik = {"nik": "1804044708809001"}
    bodies = [
        phone.mutation(set={"full_name": "ADA", **nik}),
        other.mutation(SEBARUS, set={"full_name": "BUDI", **nik}),
    ]
    overlapping([phone, other], bodies)
    assert db.session.scalar(select(func.count()).select_from(Worker)) == 2
    pairs = db.session.scalar(select(func.count()).select_from(DuplicatePair))
    flagged = ["nik_ganda" in flags for flags in db.session.scalars(select(Worker.flags))]
    assert (pairs, flagged) == (1, [True, True])


def test_key_that_somebody_else_stores_meanwhile_takes_effect_once(
    server: Server, phone: Handset, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = create(phone)
    edit = phone.mutation(id=row, set={"notes": (None, "a")}, ver=1)
    phone.push(edit)
    twin = Handset(server, db.session.get_one(User, phone.user_id))
    look, blind = queries_sync.known_mutations, [{}]
    monkeypatch.setattr(
        queries_sync, "known_mutations", lambda *args: blind.pop() if blind else look(*args)
    )
    result = twin.results({**edit, "mid": 1})[0]
    assert (result["status"], result.get("replay")) == ("applied", True)
    assert not blind
    assert db.session.scalar(select(func.count()).select_from(Mutation)) == 2


def flags_forgotten(rows: list[str]) -> None:
    """Stored rows as an older release left them: paired, and not flagged."""
    db.session.execute(update(Worker).where(Worker.id.in_(rows)).values(flags=""))
    db.session.commit()


def test_desk_made_twice_at_once_is_one(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = server.actor()
    first = office_device.desk_of(db.session(), actor, server.now)
    look, blind = office_device.find_desk, [None]
    monkeypatch.setattr(
        office_device, "find_desk", lambda *args: blind.pop() if blind else look(*args)
    )
    assert office_device.desk_of(db.session(), actor, server.now) == first
    assert not blind
    assert db.session.scalar(select(func.count()).select_from(Device)) == 1


def test_row_that_moves_while_waiting_is_judged_where_it_is(
    server: Server, other: Handset, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = create(other)
    look, calls = judge.scopes_of, []

    def stale(*args: Any) -> set[str]:
        found = look(*args)
        calls.append(found)
        return found - {SEBARUS}

    put(other, row, village_code=(KUBU_PERAHU, SEBARUS))
    monkeypatch.setattr(push, "scopes_of", stale)
    result = put(other, row, rt=(None, "002"))
    assert (result["status"], result["scope"]) == ("applied", SEBARUS)
    assert calls


def test_counters_are_locked_in_sorted_order_after_the_device_and_before_reading(
    app: Flask, server: Server, other: Handset
) -> None:
    row = create(other)
    seen: list[str] = []
    with statements(seen):
        put(other, row, village_code=(KUBU_PERAHU, SEBARUS))
    device = next(i for i, s in enumerate(seen) if s.startswith("SELECT device.last_mid"))
    counter = next(i for i, s in enumerate(seen) if s.startswith("INSERT INTO scope_counter"))
    read = next(i for i, s in enumerate(seen) if "worker.data" in s and s.startswith("SELECT"))
    assert device < counter < read


@contextmanager
def statements(seen: list[str]) -> Iterator[None]:
    """Collect the SQL of what happens inside."""

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "BEGIN")):
            seen.append(" ".join(statement.split()))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_push_of_fifty_takes_few_statements(server: Server, phone: Handset) -> None:
    made = [phone.mutation(set=PERSON) for _ in range(50)]
    phone.announce()  # the server's keys are made
    seen: list[str] = []
    with statements(seen):
        phone.push(*made)
    # Two of them for the history of statuses: the authors' offices, and all lines in one.
    assert len(seen) <= 17, seen
    edits = [phone.mutation(id=m["id"], set={"rt": (None, "002")}, ver=1) for m in made]
    seen.clear()
    with statements(seen):
        assert {r["status"] for r in phone.results(*edits)} == {"applied"}
    # No line of history, and three others: what it may put right, and what was said of its pairs.
    assert len(seen) <= 18, seen


def test_one_that_cannot_be_written_does_not_stop_the_others(
    server: Server, phone: Handset, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outreach.core.record.worker_draft import WorkerDraft

    row = WorkerDraft.row

    def with_mark(person: WorkerDraft, context: Any) -> dict[str, Any]:
        found = row(person, context)
        if person.data.get("rt") == "666":
            raise ValueError("cannot be written")
        return found

    monkeypatch.setattr(WorkerDraft, "row", with_mark)
    good, bad, last = (
        phone.mutation(),
        phone.mutation(set={"full_name": "ADA", "rt": "666"}),
        phone.mutation(),
    )
    results = phone.results(good, bad, last)
    assert [r["status"] for r in results] == ["applied", "invalid", "applied"]
    assert results[1]["errors"]["_"][0]["code"] == "mutation_unstorable"
    assert len({r["ver"] for r in (results[0], results[2])}) == 2
    assert db.session.scalar(select(func.count()).select_from(Mutation)) == 3
    assert db.session.scalar(select(func.count()).select_from(Worker)) == 2


def test_a_crash_before_commit_leaves_nothing_half_done(server: Server, phone: Handset) -> None:
    from tests.support.network import Crash, crash_before_commit

    sent = phone.mutation()
    with pytest.raises(Crash), crash_before_commit():
        phone.push(sent)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Mutation)) == 0
    result = phone.results(sent)[0]
    assert (result["status"], result.get("replay")) == ("applied", None)


def test_what_was_answered_is_committed(server: Server, phone: Handset) -> None:
    assert phone.results(phone.mutation())[0]["status"] == "applied"
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Mutation)) == 1
