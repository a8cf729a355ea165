"""Random lives: what officers, network, office and accidents do to one server, step by step.

``Lives`` knows phones only by what they can be asked (tests/support/phone.py); which make of
phone it drives is decided by ``make_phone``. What must hold is in tests/support/invariants.py.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from unittest.mock import patch

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import delete, select

from outreach.core.exchange import devices
from outreach.core.exchange.holds import decide_hold
from outreach.core.keys.server_keys import Keyring
from outreach.core.record import scopes, worker_edits
from outreach.core.record.conflicts import resolve_conflict
from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.core.record.rights import NotAllowed
from outreach.domain import ids
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.accounts import Assignment
from outreach.storage.sync import Conflict, Device, Hold, Mutation, ServerState
from outreach.storage.workers import Worker
from tests.support import snapshot
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.invariants import FIELDS, check_all, nothing_was_believed
from tests.support.liar import LIES, UNPROVEN, Liar
from tests.support.middle_box import SHAPES, STATUSES
from tests.support.network import DAMAGE, Boxed, Network, Request
from tests.support.phone import Phone, Wire

VILLAGES = st.sampled_from((KUBU_PERAHU, SEBARUS))
PHONES = st.integers(0, 2)
PICK = st.integers(0, 50)
SAVES = st.sampled_from(["new", "new", "broken", "edit", "edit", "edit", "repair", "remove"])
WORK = st.lists(st.tuples(SAVES, VILLAGES, PICK, st.sampled_from(FIELDS)), min_size=1, max_size=4)
BOXED = st.builds(Boxed, st.sampled_from(STATUSES), st.sampled_from(SHAPES), st.booleans())
FARES = st.sampled_from(["ok"] * len(DAMAGE) + [*DAMAGE, "boxed", "boxed"])
MODES: Any = FARES.flatmap(lambda fare: BOXED if fare == "boxed" else st.just(fare))
TALK = st.lists(
    st.tuples(MODES, st.sampled_from(["push", "push", "pull"]), st.sampled_from([1, 2, 50, 50])),
    min_size=1,
    max_size=4,
)
ACTS = st.sampled_from(
    [
        "village",
        "device",
        "move",
        "merge",
        "merge",
        "split",
        "merged_again",
        "decide",
        "decide",
        "resolve",
        "resolve",
    ]
)
FALSE = st.lists(
    st.tuples(st.sampled_from(LIES + UNPROVEN), PICK, VILLAGES), min_size=1, max_size=3
)
ACCIDENTS = st.sampled_from(
    [
        "request_arrives_late",
        "answer_arrives_late",
        "cookies_are_cleared",
        "site_data_is_cleared",
        "disk_is_copied",
        "disk_rolls_back",
        "server_is_backed_up",
        "server_is_restored",
        "older_backup_is_restored",
    ]
)


class Counted:
    """What stands for chance in new ids: a count, so that a life drawn again is the same life."""

    def __init__(self) -> None:
        self.last = 0

    def urandom(self, size: int) -> bytes:
        """The next count, in so many bytes."""
        self.last += 1
        return self.last.to_bytes(size, "big")


class Lives(RuleBasedStateMachine):
    """Two officers, three phones (two of one officer), two villages, one supervisor, one liar."""

    server: Any
    villages = (KUBU_PERAHU, SEBARUS)
    refusals: tuple[type[Exception], ...] = (NotAllowed,)  # what a supervisor may hear
    tally: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.counted = patch.object(ids, "os", Counted())

    @initialize()
    def begin(self) -> None:
        self.clean()
        self.net = Network(self.server, self.tally)
        self.disks: dict[int, tuple[Any, set[str]]] = {}
        self.backups: list[tuple[snapshot.Snapshot, set[str], set[str]]] = []
        self.older = False  # an older backup than the newest came back
        self.said: list[set[str]] = [set(), set(), set()]  # by phone, as far as its disk goes
        self.ended: dict[
            str, int
        ] = {}  # by device whose site data was cleared: saves it took along
        self.merged: set[str] = set()
        self.values, self.epoch, self.stirred = 0, 1, True
        self.supervisor = self.server.actor()
        one, two = self.server.user(*self.villages), self.server.user(*self.villages)
        self.users = [one.id, one.id, two.id]
        self.liar = Liar(self.net, self.server.user(*self.villages).id, self.tally)
        self.phones = [self.make_phone(number) for number in range(3)]
        for number, scope in ((0, KUBU_PERAHU), (0, SEBARUS), (2, KUBU_PERAHU)):
            self.work(number, [("new", scope, 0, "")])
        self.settle()
        self.gather()
        self.tally["lives"] += 1

    def gather(self) -> None:
        """What a life of another kind begins with besides."""

    def clean(self) -> None:
        """Nothing is left of the life before; its keys are gone also from the server's memory."""
        self.counted.start()
        snapshot.empty(db.session())
        config = self.server.app.config["OUTREACH"]
        self.server.app.extensions["keyring"] = Keyring(config.secret_key)

    # --- phones --------------------------------------------------------------------------------

    def role(self, _number: int) -> str:
        """The role of whose phone it is."""
        return "officer"

    def make_phone(self, number: int) -> Any:
        """A registered phone of the officer whose it is."""
        user, device = self.users[number], uuid7()
        self.net.log_in(user, device)

        def registered(new: str, was: str | None) -> None:
            self.net.log_in(user, new, was)

        return Phone(user, device, (*self.villages_of(number), f"u:{user}"), registered)

    def villages_of(self, _number: int) -> tuple[str, ...]:
        """Where whoever has this phone may work at most."""
        return self.villages

    def line(self, number: int, mode: str | Boxed) -> Wire:
        """How a phone's next requests fare; where it must log in to send, its officer does."""

        def send(path: str, body: dict[str, Any]) -> dict[str, Any] | None:
            answer = self.net.ask(Request(body["device"], path, orjson.dumps(body)), mode)
            if answer is None:
                return None
            if answer.status_code == 401:
                self.net.log_in(self.users[number], body["device"])
            found: dict[str, Any] | None = answer.json
            return found if answer.status_code == 200 else None

        return send

    def fresh(self) -> str:
        """A value nobody has written before."""
        self.values += 1
        return f"nilai {self.values}"

    def save(self, number: int, *what: Any, **how: Any) -> None:
        """Save on a phone; from here on its screen says so."""
        made = self.phones[number].save(*what, **how)
        if made is not None:
            self.said[number].add(made.key)
            self.tally["saves"] += 1

    # --- what officers do ----------------------------------------------------------------------

    @rule(number=PHONES, saves=WORK, exchanges=TALK)
    def morning(self, number: int, saves: list[Any], exchanges: list[Any]) -> None:
        """A few saves in a row, then a few tries to send them."""
        self.work(number, saves)
        self.talk(number, exchanges)

    @rule(numbers=st.permutations(range(3)), saves=WORK)
    def apart(self, numbers: list[int], saves: list[Any]) -> None:
        """Each phone in its own valley: the same rows, and no network."""
        for number in numbers:
            self.work(number, saves)

    def work(self, number: int, saves: list[tuple[str, str, int, str]]) -> None:
        """Saves on one phone, of whatever its screen shows."""
        phone, self.stirred = self.phones[number], True
        for kind, scope, pick, name in saves:
            rows = phone.broken() if kind == "repair" else phone.shown()
            if kind in ("new", "broken"):
                nik = {"nik": "123"} if kind == "broken" else {}
                self.save(number, scope, {"full_name": "ADA", "notes": self.fresh(), **nik})
            elif rows:
                where, row = rows[pick % len(rows)]
                change = {"edit": {name: self.fresh()}, "repair": {"nik": None}}.get(kind, {})
                self.save(number, where, change, row, op="put" if change else "delete")

    @rule(number=PHONES, exchanges=TALK)
    def talk(self, number: int, exchanges: list[tuple[str | Boxed, str, int]]) -> None:
        """A few exchanges with the server, some of which fail or end at somebody in the middle."""
        self.stirred = True
        phone = self.phones[number]
        for mode, what, size in exchanges:
            before = phone.report() if isinstance(mode, Boxed) else None
            phone.talk(self.line(number, mode), what, size)
            if before is not None:
                nothing_was_believed(before, phone.report())

    # --- what a liar does ----------------------------------------------------------------------

    @rule(lies=FALSE)
    def lies(self, lies: list[tuple[str, int, str]]) -> None:
        """Somebody who knows every key, also of what is not yet sent, sends in others' names."""
        self.stirred = True
        for kind, pick, scope in lies:
            number = pick % 3
            keys = sorted(set().union(*self.said) | set(db.session.scalars(select(Mutation.key))))
            about = (keys[pick % len(keys)], self.users[number], scope)
            if kind in UNPROVEN:
                self.liar.forge(kind, self.phones[number].device, *about)
            else:
                self.liar.lie(kind, *about)

    def cookies_are_cleared(self, pick: int) -> bool:
        """A browser forgets who it is to the server; its officer logs in again."""
        return self.net.cookies.pop(self.phones[pick % len(self.phones)].device, None) is not None

    def site_data_is_cleared(self, pick: int) -> bool:
        """A browser forgets everything of the app, storage and cookies; its officer begins anew.
        What had not been sent is gone, and only the office can name it."""
        number = pick % len(self.phones)
        old = self.phones[number].device
        unsent = self.said[number] - self.net.acked
        self.server.wait(seconds=1)
        self.net.cookies.pop(old, None)
        self.phones[number] = self.make_phone(number)
        self.ended[old] = len(unsent)
        self.tally["saves gone with cleared site data"] += len(unsent)
        self.disks.pop(number, None)
        self.said[number] = set()
        return True

    # --- what the office does ------------------------------------------------------------------

    @rule(acts=st.lists(st.tuples(ACTS, PICK, PICK, PHONES, VILLAGES), min_size=1, max_size=3))
    def office(self, acts: list[tuple[str, int, int, int, str]]) -> None:
        """Some decisions of the supervisor, where there is anything to decide."""
        self.stirred = True
        for act, one, two, number, scope in acts:
            try:
                done = getattr(self, act)(one, two, number, scope)
            except self.refusals:
                done = False
            self.tally[f"office: {act}"] += bool(done)

    def village(self, _one: int, _two: int, number: int, scope: str) -> bool:
        """Take a village from an officer, or give it back."""
        user = self.users[number]
        if scope in self.assigned(user):
            mine = Assignment.user_id == user
            db.session.execute(delete(Assignment).where(mine, Assignment.region_code == scope))
            db.session.commit()
        else:
            self.server.assign(user, scope)
        return True

    def supervisor_of(self, _regency: str) -> Any:
        """Who sees the phones of a regency."""
        return self.supervisor

    def assigned(self, user: str) -> set[str]:
        """The villages a user has now."""
        return set(
            db.session.scalars(select(Assignment.region_code).where(Assignment.user_id == user))
        )

    def device(self, _one: int, _two: int, number: int, _scope: str) -> bool:
        """Stop a phone, or let it go on."""
        device, now = self.phones[number].device, self.server.now
        this = (db.session(), "18.04", self.supervisor, device, now)
        return devices.revoke(*this) or devices.restore(*this)

    def move(self, one: int, _two: int, _number: int, scope: str) -> bool:
        """A worker lives in the other village now."""
        for row in self.pick(select(Worker.id), one):
            worker_edits.move_worker(db.session(), self.supervisor, row, scope, self.server.now)
            return True
        return False

    def merge(self, one: int, two: int, _number: int, _scope: str) -> bool:
        """Two records are one person."""
        pair = [*self.pick(select(Worker.id), one), *self.pick(select(Worker.id), two)]
        if len(set(pair)) < 2:
            return False
        merge_workers(db.session(), self.supervisor, *pair, self.server.wait(seconds=1))
        self.merged |= set(pair)
        return True

    def split(self, one: int, _two: int, _number: int, _scope: str) -> bool:
        """Two records that were made one are two people after all."""
        for row in self.pick(select(Worker.id).where(Worker.merged_into.is_not(None)), one):
            split_worker(db.session(), self.supervisor, row, self.server.wait(seconds=1))
            return True
        return False

    def merged_again(self, one: int, two: int, number: int, scope: str) -> bool:
        """Merged, edited under the name that went, parted, and merged again: the supervisor
        changes his mind while an officer without signal goes on."""
        phone = self.phones[number]
        before = {row for _, row in phone.shown()}
        if not self.merge(one, two, number, scope):
            return False
        gone = set(db.session.scalars(select(Worker.id).where(Worker.merged_into.is_not(None))))
        for where, row in phone.shown():
            if row in gone & before:
                self.save(number, where, {FIELDS[one % 3]: self.fresh()}, row)
        phone.talk(self.line(number, "ok"), "push", 50)
        survivors = dict(db.session.execute(select(Worker.id, Worker.merged_into)).all())
        for row in sorted(gone & before):
            survivor, now = survivors[row], self.server.wait(seconds=1)
            split_worker(db.session(), self.supervisor, row, now)
            again = self.server.wait(seconds=1)
            merge_workers(db.session(), self.supervisor, row, survivor, again)
        return bool(gone & before)

    def decide(self, one: int, two: int, _number: int, _scope: str) -> bool:
        """A held save is accepted, returned or discarded."""
        choice: Any = ("accept", "accept", "return", "discard")[two % 4]
        for key in self.pick(select(Hold.key).where(Hold.state == "open"), one):
            decide_hold(db.session(), self.supervisor, key, choice, "cek", self.server.now)
            return True
        return False

    def resolve(self, one: int, two: int, _number: int, _scope: str) -> bool:
        """A conflict ends, either way."""
        choice: Any = ("mine", "theirs")[two % 2]
        for conflict in self.pick(select(Conflict.id).where(Conflict.state == "open"), one):
            resolve_conflict(db.session(), self.supervisor, conflict, choice, self.server.now)
            return True
        return False

    def pick(self, query: Any, number: int) -> list[str]:
        """One of what a query finds, or nothing."""
        found = sorted(db.session.scalars(query))
        return [found[number % len(found)]] if found else []

    # --- accidents -----------------------------------------------------------------------------

    @rule(kind=ACCIDENTS, pick=PICK)
    def accident(self, kind: str, pick: int) -> None:
        """Something nobody wanted."""
        self.stirred = True
        self.tally[f"accident: {kind}"] += bool(getattr(self, kind)(pick))

    def request_arrives_late(self, pick: int) -> bool:
        """A request that wandered: others have overtaken it, and nobody waits for the answer."""
        if self.net.parked:
            self.net.arrive(self.net.parked.pop(pick % len(self.net.parked)))
            return True
        return False

    def answer_arrives_late(self, pick: int) -> bool:
        """An answer long thought lost, for the device and the life in which it was asked."""
        if not self.net.late:
            return False
        request, answer = self.net.late.pop(pick % len(self.net.late))
        for phone in self.phones:
            known = phone.device == request.device and phone.epoch == answer.get("epoch")
            if known and answer["last_mid"] >= phone.received:
                take = phone.take_push if request.path == "push" else phone.take_pull
                take(answer)
        return True

    def disk_is_copied(self, pick: int) -> bool:
        """The phone makes a backup of itself."""
        number = pick % len(self.phones)
        self.disks[number] = (self.phones[number].disk(), set(self.said[number]))
        return True

    def disk_rolls_back(self, pick: int) -> bool:
        """A phone's storage is again what it once was, often after all of it was sent."""
        if not self.disks:
            return False
        number = sorted(self.disks)[pick % len(self.disks)]
        if pick % 4:
            self.phones[number].settle(self.line(number, "ok"))
        disk, said = self.disks[number]
        self.phones[number].roll_back(disk)
        self.said[number] = set(said)
        return True

    def server_is_backed_up(self, _pick: int) -> bool:
        """A verified backup: only now may phones let go of what it holds."""
        kept = snapshot.take(db.session())
        self.backups.append((kept, set(self.net.acked), set(self.merged)))
        for device in db.session.scalars(select(Device)):
            device.durable_mid = device.last_mid
        db.session.commit()
        return True

    def older_backup_is_restored(self, _pick: int) -> bool:
        """The newest backup cannot be read: the one before it comes back."""
        if len(self.backups) < 2:
            return False
        self.backups.pop()
        self.older = True
        return self.server_is_restored(0)

    def server_is_restored(self, _pick: int) -> bool:
        """The newest backup comes back."""
        if not self.backups:
            return False
        kept, acked, merged = self.backups[-1]
        self.net.acked, self.merged = set(acked), set(merged)
        snapshot.put_back(db.session(), kept)
        self.begin_new_life()
        return True

    def begin_new_life(self) -> None:
        """Another epoch than any before, also when the same backup came back twice."""
        scopes.begin_new_life(db.session())
        state = db.session.get_one(ServerState, "epoch")
        self.epoch = max(self.epoch + 1, int(state.value))
        state.value = str(self.epoch)
        db.session.commit()

    # --- what must hold ------------------------------------------------------------------------

    def gaps_allowed(self, number: int) -> bool:
        """True where saves may be gone by name: a phone kept less than an older backup needed."""
        return self.older

    def open(self, number: int) -> None:
        """The app is opened: its phone hears of its villages."""
        phone = self.phones[number]
        phone.follow(self.assigned(phone.user_id))

    def settle(self) -> None:
        """Each phone says and hears everything once."""
        for number, phone in enumerate(self.phones):
            self.open(number)
            phone.settle(self.line(number, "ok"))

    @precondition(lambda self: self.stirred)
    @rule()
    def quiet(self) -> None:
        """Everybody has a good network for a while; then everything must add up."""
        self.stirred = False
        self.settle()
        self.settle()
        self.check()
        self.tally["times everything was checked"] += 1

    def check(self) -> None:
        """Everything that must hold, does."""
        check_all(self)

    def teardown(self) -> None:
        try:
            if hasattr(self, "phones"):
                self.end()
        finally:
            self.counted.stop()

    def end(self) -> None:
        """Everything adds up, also once everybody has every village again."""
        self.quiet()
        for number, user in enumerate(self.users):
            for scope in set(self.villages_of(number)) - self.assigned(user):
                self.server.assign(user, scope)
        self.quiet()
