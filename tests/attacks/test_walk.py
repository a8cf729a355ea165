"""Somebody of each role, and somebody of none, at every address of the office.

The attacker has an account, or a colleague's browser, and sends what no page of ours would: names
and values of every kind, headers of htmx that no htmx made, ids of other regencies.

What is sent is dealt, not drawn (tests/support/forged.py). On SQLite the first role that may open
an address sends half as many requests as there are values, in a form a quarter, the next address
goes on with the others; further roles send one. On PostgreSQL every tenth of these is sent.
"""

from __future__ import annotations

import pytest
from flask import Flask

from outreach.domain.ids import uuid7
from tests.support.addresses import rules
from tests.support.attack_walk import VILLAGER, AttackWalk
from tests.support.forged import VALUES
from tests.support.list_links import Villager, linked
from tests.support.second_regency import IDS_OF_ACCOUNTS, copy_day
from tests.sync.conftest import Server


@pytest.fixture
def walk(app: Flask, busy_day: dict[str, str]) -> AttackWalk:
    """Browsers at an office whose database holds another regency's day too."""
    each = 1 if "sqlite" in app.config["SQLALCHEMY_DATABASE_URI"] else 10
    with app.app_context():
        foreign = copy_day(busy_day)
        villager = Villager(Server(app))
        villager.open(linked(Server(app), busy_day["list_id"]))
    made = AttackWalk(app, busy_day, foreign, each)
    made.clients[VILLAGER] = villager.client
    return made


def test_no_address_gives_way(walk: AttackWalk, capsys: pytest.CaptureFixture[str]) -> None:
    walk.plain()
    walk.hostile("GET", len(VALUES) // 2, 1)
    walk.hostile("POST", len(VALUES) // 4, 1)
    said = capsys.readouterr()
    walk.fail_at_faults()
    assert walk.seen > 1_000
    assert not [nik for nik in walk.niks if nik in said.out + said.err]


def test_ids_of_another_regency_are_ids_of_nobody(walk: AttackWalk) -> None:
    walk.plain("GET")
    seen = 0
    for rule, method in rules(walk.app):
        for name in sorted(rule.arguments & walk.foreign.keys()):
            if walk.foreign[name] != walk.there[name] and name not in IDS_OF_ACCOUNTS:
                walk.compare(rule, method, name, walk.foreign[name], uuid7())
                seen += 1
    walk.fail_at_faults()
    assert seen > 60
