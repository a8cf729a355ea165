"""A phone upgraded from a version without keys: what it sent meanwhile passes after the login.

The phone runs the product's own JavaScript against the real server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from outreach.extensions import db
from outreach.storage.sync import Device, Hold, Mutation
from outreach.storage.workers import Worker
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


def line(net: Network, user: str = "") -> Fetch:
    """The phone's way to the server; ``user`` is who has just logged in on that browser."""

    def fetch(request: Request) -> object:
        return net.send(replace(request, user=user if request.path == "device" else ""), "ok")

    return fetch  # type: ignore[return-value]


def forget_keys(device: str) -> None:
    """The server knows the phone as an earlier version announced it: without keys."""
    row = db.session.get_one(Device, device)
    row.public_key = row.fetch_key = None
    db.session.commit()


def reasons() -> list[str]:
    """Why saves are held now."""
    db.session.expire_all()
    open_ones = select(Hold.reason).where(Hold.state == "open")
    return list(db.session.scalars(open_ones))


def test_saves_held_for_want_of_a_key_pass_after_the_login(server: Server, node: Node) -> None:
    user = server.user(KUBU_PERAHU).id
    net = Network(server, Counter())
    phone = RealPhone(node, 0, user, line(net, user))
    forget_keys(phone.device)
    first = phone.save(KUBU_PERAHU, {"full_name": "SITI", "rt": "001"})
    phone.settle(line(net))
    phone.save(KUBU_PERAHU, {"rt": "002"}, first.key)
    phone.settle(line(net))
    assert set(reasons()) == {"signature"}
    assert set(phone.report().states.values()) == {"held"}
    assert db.session.get(Worker, first.key) is None

    phone.do("enter", line(net, user))
    phone.settle(line(net))
    assert reasons() == []
    assert "held" not in phone.report().states.values()
    worker = db.session.get_one(Worker, first.key)
    assert (worker.full_name, worker.data["rt"]) == ("SITI", "002")
    told = set(db.session.scalars(select(Mutation.status)))
    assert told == {"applied"}


def test_without_a_login_nothing_is_offered_again(server: Server, node: Node) -> None:
    """The server would only hold it once more."""
    user = server.user(KUBU_PERAHU).id
    net = Network(server, Counter())
    phone = RealPhone(node, 0, user, line(net, user))
    forget_keys(phone.device)
    phone.save(KUBU_PERAHU, {"full_name": "SITI"})
    phone.settle(line(net))
    pushed = net.seen[phone.device]
    phone.do("register", line(net))
    phone.settle(line(net))
    assert net.seen[phone.device] is pushed
    assert reasons() == ["signature"]
