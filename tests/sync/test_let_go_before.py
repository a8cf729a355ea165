"""What a phone had let go of under an earlier device of its own stays named after a restore.

The phone runs the product's own JavaScript against the real server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import orjson
import pytest
from sqlalchemy import select

from outreach.core.record import scopes
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.queries_sync import epoch
from outreach.storage.sync import Device, NamedGap
from outreach.storage.workers import Worker
from tests.support import snapshot
from tests.support.factories import KUBU_PERAHU
from tests.support.network import Network, Request
from tests.support.real_phone import Fetch, Node, RealPhone
from tests.sync.conftest import Server


@pytest.fixture
def node() -> Iterator[Node]:
    """The process in which the phone lives."""
    running = Node()
    yield running
    running.close()


class Life:
    """One phone of one officer, who is logged in whenever it asks."""

    def __init__(self, server: Server, node: Node) -> None:
        self.server, self.names = server, 0
        self.net = Network(server, Counter())
        self.user = server.user(KUBU_PERAHU).id
        self.phone = RealPhone(node, 0, self.user, self.fetch)

    def fetch(self, request: Request) -> object:
        user = self.user if request.path == "device" else ""
        return self.net.send(replace(request, user=user), "ok")

    @property
    def line(self) -> Fetch:
        return self.fetch  # type: ignore[return-value]

    def work(self, saves: int) -> None:
        """So many saves, sent."""
        for _ in range(saves):
            self.names += 1
            self.phone.save(KUBU_PERAHU, {"full_name": "SITI " + "A" * self.names})
        self.phone.settle(self.line)

    def verify_backup(self) -> None:
        """All that arrived is durable, so the phone lets go of it."""
        for device in db.session.scalars(select(Device)):
            device.durable_mid = device.last_mid
        db.session.commit()
        self.phone.settle(self.line)
        self.phone.settle(self.line)

    def roll_back(self, disk: int) -> str:
        """The storage as it was, which goes on as another device; answers the device before."""
        before = self.phone.device
        self.phone.roll_back(disk)
        self.phone.settle(self.line)
        assert self.phone.device != before
        return before

    def let_go_and_roll_back(self, saves: int) -> str:
        """So many saves more, all let go of; then the storage turns back to there."""
        self.work(saves)
        self.verify_backup()
        disk = self.phone.disk()
        self.work(1)
        return self.roll_back(disk)

    def let_go_and_take(self, saves: int) -> tuple[snapshot.Snapshot, str]:
        """The same with an archive of all of it; answers that and the device before."""
        before = self.let_go_and_roll_back(saves)
        return snapshot.take(db.session()), before

    def lie(self, device: str, first: int, last: int) -> None:
        """Whoever has the phone's cookie sends saves under its numbers, which nobody signed."""
        texts = [orjson.dumps(lie_of(mid)).decode() for mid in range(first, last + 1)]
        body = {"device": device, "epoch": epoch(db.session()), "mutations": texts}
        cookie = f"jk_{device}={self.net.cookies[device]}"
        headers = {"Content-Type": "application/json", "Cookie": cookie}
        client = self.server.app.test_client(use_cookies=False)
        answer = client.post("/sync/v1/push", data=orjson.dumps(body), headers=headers)
        assert answer.json["last_mid"] == last

    def restore(self, archive: snapshot.Snapshot) -> None:
        """An older archive comes back, and the phone hears of it."""
        self.put_back(archive)
        self.phone.settle(self.line)  # up to the login that it asks for
        self.phone.settle(self.line)

    def put_back(self, archive: snapshot.Snapshot) -> None:
        """The archive comes back, in a life of the server that none before had."""
        lived = epoch(db.session())
        snapshot.put_back(db.session(), archive)
        for _ in range(lived):
            scopes.begin_new_life(db.session())


def lie_of(mid: int) -> dict[str, object]:
    """A save as a phone would make it."""
    key = uuid7()
    place = {"mid": mid, "key": key, "schema": 1, "op": "put", "table": "worker", "id": key}
    said = {"set": {"full_name": [None, "BOHONG"]}, "at": "2026-11-22T06:05:00Z"}
    return {**place, "scope": KUBU_PERAHU, "ver": 0, **said}


def named(device: str) -> list[tuple[int, int, str]]:
    """The open gaps of a device."""
    db.session.expire_all()
    found = select(NamedGap).where(NamedGap.device_id == device, NamedGap.state == "open")
    rows = db.session.scalars(found.order_by(NamedGap.from_mid))
    return [(gap.from_mid, gap.to_mid, gap.reason) for gap in rows]


@pytest.fixture
def life(server: Server, node: Node) -> Life:
    """Two saves lie in an archive, three more in a verified backup; all are let go."""
    made = Life(server, node)
    made.work(2)
    return made


def test_an_older_archive_names_what_the_device_before_had_let_go(life: Life) -> None:
    older = snapshot.take(db.session())
    before = life.let_go_and_roll_back(3)
    assert named(before) == []
    life.restore(older)
    assert named(before) == [(3, 5, "restored")]


def spoken(phone: RealPhone) -> tuple[int, int, int, int]:
    """What the phone's own screen says: recorded, received, waiting, gone."""
    said = phone.report()
    return said.recorded, said.received, said.pending, said.gone


def test_the_phone_says_what_went_of_the_device_before(life: Life) -> None:
    older = snapshot.take(db.session())
    newest, before = life.let_go_and_take(3)
    assert spoken(life.phone) == (5, 5, 0, 0)
    life.restore(older)
    assert spoken(life.phone) == (5, 2, 0, 3)
    life.phone.open(life.line)
    assert spoken(life.phone) == (5, 2, 0, 3)
    life.restore(newest)
    assert spoken(life.phone) == (5, 5, 0, 0)
    assert named(before) == []
    life.restore(older)
    assert spoken(life.phone) == (5, 2, 0, 3)


def test_what_somebody_settled_stays_gone_and_is_not_received(life: Life) -> None:
    older = snapshot.take(db.session())
    life.let_go_and_roll_back(3)
    life.restore(older)
    for gap in db.session.scalars(select(NamedGap)):
        gap.state = "explained"
    db.session.commit()
    life.phone.settle(life.line)
    assert spoken(life.phone) == (5, 2, 0, 3)


def test_a_restore_is_heard_of_without_a_login(life: Life) -> None:
    """The archive knows the phone, so that nothing asks it to register again."""
    older = snapshot.take(db.session())
    before = life.let_go_and_roll_back(3)
    knows = {**older, "device": snapshot.take(db.session())["device"]}
    knows["device"] = [
        {**row, "last_mid": 2, "durable_mid": 2} if row["id"] == before else row
        for row in knows["device"]
    ]
    life.put_back(knows)
    life.user = ""
    life.phone.settle(life.line)
    assert spoken(life.phone) == (5, 2, 0, 3)


def test_told_again_it_is_named_once(life: Life) -> None:
    older = snapshot.take(db.session())
    before = life.let_go_and_roll_back(3)
    life.restore(older)
    life.phone.open(life.line)
    life.phone.open(life.line)
    assert named(before) == [(3, 5, "restored")]


def test_what_the_phone_keeps_is_named_nowhere(life: Life) -> None:
    """Only five of seven lay in the verified backup: the rest goes again, as another's."""
    older = snapshot.take(db.session())
    life.work(3)
    life.verify_backup()
    life.work(2)
    disk = life.phone.disk()
    life.work(1)
    before = life.roll_back(disk)
    life.restore(older)
    assert named(before) == [(3, 5, "restored")]
    assert named(life.phone.device) == []
    said = set(db.session.scalars(select(Worker.full_name)))
    assert {"SITI AAAAAA", "SITI AAAAAAA"} <= said


def test_a_device_that_the_archive_never_knew_is_put_down_again(server: Server, node: Node) -> None:
    older = snapshot.take(db.session())
    life = Life(server, node)
    people = snapshot.take(db.session())
    older = {**older, "user_account": people["user_account"], "assignment": people["assignment"]}
    life.work(2)
    before = life.let_go_and_roll_back(1)
    life.restore(older)
    assert named(before) == [(1, 3, "restored")]
    assert db.session.get_one(Device, life.phone.device).was == before


def test_every_device_before_is_remembered(life: Life) -> None:
    older = snapshot.take(db.session())
    first = life.let_go_and_roll_back(3)
    life.work(2)
    second = life.let_go_and_roll_back(0)
    life.restore(older)
    assert named(first) == [(3, 5, "restored")]
    assert named(second) == [(1, 2, "restored")]
    assert spoken(life.phone) == (7, 2, 0, 5)


def test_a_liar_who_takes_the_numbers_up_to_there_hides_nothing(life: Life) -> None:
    """He has the phone's cookie: after the restore he sends its next numbers, unsigned, so that
    the phone goes on as another device with none left to name."""
    older = snapshot.take(db.session())
    life.work(3)
    life.verify_backup()
    before = life.phone.device
    assert life.phone.report().floor == 5
    snapshot.put_back(db.session(), older)
    scopes.begin_new_life(db.session())
    life.lie(before, 3, 5)
    life.phone.settle(life.line)
    assert life.phone.device != before
    assert named(before) == [(3, 5, "unproven")]


def test_without_a_restore_nothing_is_named(life: Life) -> None:
    before = life.let_go_and_roll_back(3)
    life.phone.open(life.line)
    assert named(before) == named(life.phone.device) == []
