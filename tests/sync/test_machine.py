"""Random lives of three phones over the real server: nothing lost, nothing twice, all agree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from outreach.domain.access import project
from outreach.extensions import db
from outreach.services import devices, workers
from outreach.storage.accounts import Assignment, User
from outreach.storage.base import Base
from outreach.storage.sync import Conflict, Device, Hold, Mutation
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.phone import SETTLED, Phone
from tests.sync.conftest import Server

SCOPES = (KUBU_PERAHU, SEBARUS)
FIELDS = ("notes", "address_line", "pemangku")
KEPT = {"region", "alembic_version"}
PHONES = st.integers(0, 2)
MODES = st.sampled_from(["ok", "ok", "ok", "lost", "unanswered", "crash", "twice", "late"])


class Crash(RuntimeError):
    """The server's process dies."""


@contextmanager
def crash_before_commit() -> Iterator[None]:
    """The next commit kills the server instead."""

    def die(_session: Session) -> None:
        raise Crash

    event.listen(Session, "before_commit", die)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", die)


class Lives(RuleBasedStateMachine):
    """Two users, three phones, two villages, one supervisor."""

    server: Server

    @initialize()
    def begin(self) -> None:
        session = db.session()
        session.rollback()
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in KEPT:
                session.execute(delete(table))
        session.commit()
        session.expunge_all()
        self.cookies: dict[str, str] = {}
        self.late: list[tuple[int, str, dict[str, Any]]] = []
        self.disks: dict[int, Any] = {}
        self.said: set[str] = set()
        self.merged: set[str] = set()
        self.values = 0
        self.client = self.server.app.test_client(use_cookies=False)
        self.supervisor = self.server.actor()
        one, two = self.server.user(*SCOPES), self.server.user(*SCOPES)
        self.users = [one.id, one.id, two.id]
        self.phones = [self.make_phone(number) for number in range(3)]

    def make_phone(self, number: int) -> Phone:
        from outreach.domain.ids import uuid7

        user = self.users[number]
        device = uuid7()
        scopes = (*SCOPES, f"u:{user}")

        def registered(new: str, was: str | None) -> None:
            said = devices.Announcement(new, was=was)
            account = db.session.get_one(User, user)
            self.cookies[new] = devices.register(db.session(), account, said, self.server.now)

        registered(device, None)
        return Phone(user, device, scopes, registered)

    # --- the network ---------------------------------------------------------------------------

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        cookie = f"jk_{body['device']}={self.cookies[body['device']]}"
        try:
            answer = self.client.post(
                f"/sync/v1/{path}", data=orjson.dumps(body), headers={"Cookie": cookie}
            )
        except Crash:
            return None
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.json  # type: ignore[assignment]
        return found

    def wire(self, number: int, mode: str) -> Any:
        def send(path: str, body: dict[str, Any]) -> dict[str, Any] | None:
            if mode == "lost":
                return None
            if mode == "crash":
                with crash_before_commit():
                    self.post(path, body)
                return None
            answer = self.post(path, body)
            if mode == "twice":
                answer = self.post(path, body)
            if mode == "late" and answer is not None:
                self.late.append((number, body["device"], {"path": path, "answer": answer}))
            return answer if mode in ("ok", "twice") else None

        return send

    # --- what people do ------------------------------------------------------------------------

    def fresh(self) -> str:
        self.values += 1
        return f"nilai {self.values}"

    def rows(self) -> list[str]:
        return sorted(db.session.scalars(select(Worker.id)))

    def shown(self, phone: Phone) -> list[tuple[str, str]]:
        own = {(e.body["scope"], e.body["id"]) for e in phone.journal}
        base = {(s, r) for s in SCOPES for r in phone.rows.get(s, {})}
        return sorted(own | base)

    @rule(number=PHONES, scope=st.sampled_from(SCOPES), bad=st.booleans())
    def register_worker(self, number: int, scope: str, bad: bool) -> None:
        data = {"full_name": "ADA", "notes": self.fresh()}
        if bad:
            data["nik"] = "123"
        self.said.add(self.phones[number].save(scope, data).key)

    @rule(number=PHONES, pick=st.integers(0, 50), name=st.sampled_from(FIELDS))
    def edit(self, number: int, pick: int, name: str) -> None:
        phone = self.phones[number]
        if rows := self.shown(phone):
            scope, row = rows[pick % len(rows)]
            self.said.add(phone.save(scope, {name: self.fresh()}, row).key)

    @rule(number=PHONES, pick=st.integers(0, 50))
    def repair(self, number: int, pick: int) -> None:
        phone = self.phones[number]
        broken = [e for e in phone.journal if e.status == "invalid" and "nik" in e.body["set"]]
        if broken:
            body = broken[pick % len(broken)].body
            self.said.add(phone.save(body["scope"], {"nik": None}, body["id"]).key)

    @rule(number=PHONES, pick=st.integers(0, 50))
    def remove(self, number: int, pick: int) -> None:
        phone = self.phones[number]
        if rows := self.shown(phone):
            scope, row = rows[pick % len(rows)]
            self.said.add(phone.save(scope, {}, row, op="delete").key)

    @rule(number=PHONES, mode=MODES, size=st.sampled_from([1, 2, 50]))
    def push(self, number: int, mode: str, size: int) -> None:
        self.phones[number].push(self.wire(number, mode), size)

    @rule(number=PHONES, mode=MODES, limit=st.sampled_from([1, 500]))
    def pull(self, number: int, mode: str, limit: int) -> None:
        self.phones[number].pull(self.wire(number, mode), limit)

    @rule(pick=st.integers(0, 50))
    def late_answer(self, pick: int) -> None:
        """An answer long thought lost, for the device the phone still is."""
        if self.late:
            number, device, kept = self.late.pop(pick % len(self.late))
            phone = self.phones[number]
            if phone.device == device and kept["answer"].get("last_mid", 0) >= phone.received:
                take = phone.take_push if kept["path"] == "push" else phone.take_pull
                take(kept["answer"])

    @rule(number=PHONES)
    def back_up_disk(self, number: int) -> None:
        self.disks[number] = self.phones[number].disk()

    @rule(number=PHONES)
    def roll_disk_back(self, number: int) -> None:
        if number in self.disks:
            self.phones[number].roll_back(self.disks[number])

    # --- what the office does ------------------------------------------------------------------

    @rule(user=st.sampled_from([0, 2]), scope=st.sampled_from(SCOPES))
    def revoke(self, user: int, scope: str) -> None:
        db.session.execute(
            delete(Assignment).where(
                Assignment.user_id == self.users[user], Assignment.region_code == scope
            )
        )
        db.session.commit()

    @rule(user=st.sampled_from([0, 2]), scope=st.sampled_from(SCOPES))
    def grant(self, user: int, scope: str) -> None:
        self.server.assign(self.users[user], scope)
        for phone in self.phones:
            if phone.user_id == self.users[user]:
                phone.cursors.setdefault(scope, 0)

    @rule(pick=st.integers(0, 50), scope=st.sampled_from(SCOPES))
    def move(self, pick: int, scope: str) -> None:
        if rows := self.rows():
            row = rows[pick % len(rows)]
            workers.move_worker(db.session(), self.supervisor, row, scope, self.server.now)

    @rule(one=st.integers(0, 50), two=st.integers(0, 50))
    def merge(self, one: int, two: int) -> None:
        rows = self.rows()
        if len(rows) > 1:
            loser, survivor = rows[one % len(rows)], rows[two % len(rows)]
            try:
                workers.merge_workers(
                    db.session(), self.supervisor, loser, survivor, self.server.now
                )
            except workers.NotAllowed:
                return
            self.merged |= {loser, survivor}

    @rule(pick=st.integers(0, 50))
    def accept(self, pick: int) -> None:
        keys = sorted(db.session.scalars(select(Hold.key).where(Hold.state == "open")))
        if keys:
            key = keys[pick % len(keys)]
            try:
                workers.decide_hold(
                    db.session(), self.supervisor, key, "accept", "", self.server.now
                )
            except workers.NotAllowed:
                return

    # --- what must hold in the end -------------------------------------------------------------

    def teardown(self) -> None:
        if not hasattr(self, "phones"):
            return
        for user in {0, 2}:
            for scope in SCOPES:
                self.grant(user, scope)
        for _ in range(3):
            for number, phone in enumerate(self.phones):
                for _ in range(60):
                    phone.push(self.wire(number, "ok"))
                    if all(e.status != "waiting" for e in phone.journal):
                        break
                phone.pull(self.wire(number, "ok"))
        db.session.expire_all()
        stored = {m.key: m for m in db.session.scalars(select(Mutation))}
        self.nothing_is_lost(stored)
        self.all_agree()
        self.edits_are_explained(stored)

    def nothing_is_lost(self, stored: dict[str, Mutation]) -> None:
        """I1 and I5: what is on a disk is on the server, with one of four verdicts."""
        for phone in self.phones:
            for entry in phone.journal:
                assert stored[entry.key].status in SETTLED
                if entry.body["op"] == "put":
                    assert orjson.loads(stored[entry.key].payload)["set"] == entry.body["set"]
            device = db.session.get_one(Device, phone.device)
            waiting = [e for e in phone.journal if e.status == "waiting"]
            assert not waiting
            assert device.last_mid == phone.received == len(phone.journal)
        for key in stored.keys() & self.said:
            assert stored[key].status in SETTLED

    def all_agree(self) -> None:
        """I2: each phone holds exactly the server's rows of its villages."""
        for phone in self.phones:
            for scope in SCOPES:
                truth = {
                    row.id: (row.ver, project(row.data, "officer"))
                    for row in db.session.scalars(
                        select(Worker).where(
                            Worker.region_code == scope,
                            Worker.deleted_at.is_(None),
                            Worker.merged_into.is_(None),
                        )
                    )
                }
                held = {i: (r["ver"], r["data"]) for i, r in phone.rows.get(scope, {}).items()}
                assert held == truth

    def edits_are_explained(self, stored: dict[str, Mutation]) -> None:
        """I3 and I4: a value that took effect leads, seen by seen, to the current one."""
        clashes = {(c.key, c.field) for c in db.session.scalars(select(Conflict))}
        edits: dict[tuple[str, str], dict[Any, Any]] = {}
        for mutation in stored.values():
            if mutation.status not in ("applied", "conflict") or mutation.op != "put":
                continue
            for name, (base, mine) in orjson.loads(mutation.payload)["set"].items():
                if name in FIELDS and (mutation.key, name) not in clashes:
                    known = edits.setdefault((str(mutation.row_id), name), {})
                    assert mine not in known
                    known[mine] = base
        for (row_id, name), known in edits.items():
            row = db.session.get(Worker, row_id)
            if row is None or row_id in self.merged:
                continue
            value, explained = row.data.get(name), set()
            while value in known and value not in explained:
                explained.add(value)
                value = known[value]
            assert explained == known.keys()


def run(server: Server, examples: int, steps: int) -> None:
    """Run so many random lives on this server."""
    machine = type("LivesHere", (Lives,), {"server": server})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_lives_of_three_phones(server: Server) -> None:
    run(server, 25, 25)


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_many_long_lives_of_three_phones(server: Server) -> None:
    run(server, 700, 40)
