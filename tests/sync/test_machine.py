"""Random lives of three phones over the real server: nothing lost, nothing twice, all agree."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.sync import Mutation
from outreach.storage.workers import Worker
from tests.support.invariants import (
    edits_are_explained,
    edits_of,
    no_save_is_doubled,
    the_office_sees_what_ended,
)
from tests.support.lives import Lives
from tests.support.middle_box import SHAPES
from tests.support.network import Boxed
from tests.support.real_lives import RealLives
from tests.support.real_phone import Node
from tests.support.regency_lives import AWAY, RegencyLives
from tests.sync.conftest import Server

EVERY = 50


def run(
    kind: type[Lives],
    examples: int,
    steps: int,
    told: Callable[[int], None] | None = None,
    **parts: Any,
) -> Counter[str]:
    """So many random lives on this server; answers what happened in them.

    Without ``told`` they are drawn from a fixed seed: the suite says the same twice.
    """
    tally: Counter[str] = Counter()
    if told is not None:

        def teardown(machine: Lives) -> None:
            kind.teardown(machine)
            told(tally["lives"])

        parts["teardown"] = teardown
    run_state_machine_as_test(
        type("LivesHere", (kind,), {**parts, "tally": tally}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=told is None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return tally


def prove(
    kind: type[Lives],
    capfd: pytest.CaptureFixture[str],
    examples: int,
    steps: int,
    **parts: Any,
) -> Counter[str]:
    """The same with a line now and then, and the figures at the end."""
    name, began = f"{kind.__name__} on {db.engine.dialect.name}", time.monotonic()

    def told(lives: int) -> None:
        if lives % EVERY == 0:
            with capfd.disabled():
                print(f"{name}: {lives} lives in {time.monotonic() - began:.0f} s", flush=True)

    tally = run(kind, examples, steps, told, **parts)
    with capfd.disabled():
        print(f"\n{name}, {time.monotonic() - began:.0f} s:")
        for what, count in sorted(tally.items()):
            print(f"  {count:>8,} {what}")
        print(flush=True)
    for what in ("conflict", "held", "invalid", "replays", "server crashes"):
        assert tally[what], what
    for what in ("accident: server_is_restored", "saves let go after a backup", "office: merge"):
        assert tally[what], what
    return tally


# Saves that every life begins with. How many more come is chance; none would be an empty proof.
BEGUN = 3


@pytest.fixture
def node() -> Iterator[Node]:
    """The process of phones that run the product's JavaScript."""
    process = Node()
    yield process
    process.close()


def test_random_lives_of_three_phones(server: Server) -> None:
    tally = run(Lives, 50, 8, server=server)
    assert tally["saves"] > 50 * BEGUN
    assert tally["requests that went wrong"] > 5


def test_random_lives_of_two_regencies(server: Server) -> None:
    tally = run(RegencyLives, 8, 12, server=server)
    assert tally["saves"] > 8 * (BEGUN + 2)
    assert tally["edits of the other regency's records"]


def test_a_record_of_the_other_regency_is_like_nothing_to_a_phone(server: Server) -> None:
    tally: Counter[str] = Counter()
    life = type("LifeHere", (RegencyLives,), {"server": server, "tally": tally})()
    life.begin()
    for number in (0, 2, AWAY):
        for pick in range(3):
            life.edit_across(number, pick, "notes")
    life.teardown()
    assert tally["held"] == tally["edits of the other regency's records"] == 9


def test_random_lives_of_the_products_own_phones(server: Server, node: Node) -> None:
    assert run(RealLives, 5, 8, server=server, node=node)["saves"] > 5 * BEGUN


def test_the_products_own_phone_rolled_back_goes_on_as_another(server: Server, node: Node) -> None:
    tally: Counter[str] = Counter()
    parts = {"server": server, "node": node, "tally": tally}
    life = type("LifeHere", (RealLives,), parts)()
    life.begin()
    for often in range(3):
        was = life.phones[0].device
        life.disk_is_copied(0)
        life.work(0, [("new", life.villages[0], 0, "")])
        life.disk_rolls_back(1)  # once everything was sent
        life.phones[0].settle(life.line(0, "ok"))
        assert life.phones[0].device != was
        assert tally["new device ids"] == often + 1
    life.teardown()
    assert tally["applied"] == tally["saves"] == 6


def test_the_products_own_phone_says_what_went_of_the_devices_before(
    server: Server, node: Node
) -> None:
    """Everything was in a verified backup and let go; then the phone went on as another device,
    and an older archive came back, twice."""
    tally: Counter[str] = Counter()
    life = type("LifeHere", (RealLives,), {"server": server, "node": node, "tally": tally})()
    life.begin()
    life.server_is_backed_up(0)
    for _ in range(2):
        was = life.phones[0].device
        life.work(0, [("new", life.villages[0], 0, "")] * 2)
        life.settle()
        life.server_is_backed_up(0)
        life.settle()
        life.settle()
        life.disk_is_copied(0)
        life.work(0, [("new", life.villages[0], 0, "")])
        life.disk_rolls_back(1)  # once everything was sent
        life.settle()
        assert life.phones[0].device != was
    assert life.phones[0].report().floor == 0
    for gone in (2, 4):
        assert life.older_backup_is_restored(0)
        life.quiet()
        assert life.phones[0].report().gone == gone
    assert life.phones[0].report().recorded == 6
    life.teardown()


def test_whoever_is_in_the_middle_changes_nothing_on_the_products_own_phone(
    server: Server, node: Node
) -> None:
    tally: Counter[str] = Counter()
    life = type("LifeHere", (RealLives,), {"server": server, "node": node, "tally": tally})()
    life.begin()
    for shape in SHAPES:
        life.work(0, [("new", life.villages[0], 0, "")])
        lies = [Boxed(status, shape, status == 200) for status in (200, 403, 410)]
        life.talk(0, [(lie, "push", 50) for lie in lies])
    assert tally["requests that went wrong"] >= 3 * len(SHAPES)
    life.teardown()
    assert tally["applied"] + tally["replays"] >= tally["saves"] == 3 + len(SHAPES)


def test_a_phone_that_believed_somebody_in_the_middle_is_noticed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = type("LifeHere", (Lives,), {"server": server, "tally": Counter()})()
    life.begin()
    life.work(0, [("new", life.villages[0], 0, "")])
    monkeypatch.setattr(life.net, "is_servers", lambda *_: True)
    with pytest.raises(AssertionError):
        life.talk(0, [(Boxed(200, "ours", through=False), "push", 50)])
    life.counted.stop()


def test_data_cleared_with_its_cookies_is_missed_by_the_office(server: Server) -> None:
    life = type("LifeHere", (Lives,), {"server": server, "tally": Counter()})()
    life.begin()
    life.work(0, [("new", life.villages[0], 0, "")])
    old = life.phones[0].device
    assert life.site_data_is_cleared(0)
    assert (life.ended, life.said[0]) == ({old: 1}, set())
    life.teardown()
    life.ended["01930000-0000-7000-8000-000000000000"] = 1  # of it the server knows nothing
    the_office_sees_what_ended(life)
    life.ended[life.phones[2].device] = 1  # alive, and replaced by none
    with pytest.raises(AssertionError):
        the_office_sees_what_ended(life)


def decided_for_again(server: Server) -> Any:
    """A liar says an answer again that was written over; the office decides for it, having seen
    what stood."""
    life = type("LifeHere", (Lives,), {"server": server, "tally": Counter()})()
    life.begin()
    life.work(0, [("edit", life.villages[0], 0, "notes")])
    life.settle()
    life.lies([("copied", 0, life.villages[0])])  # the first save of all
    life.office([("resolve", 0, 0, 0, life.villages[0])])
    assert life.tally["office: resolve"] == 1
    return life


def stored() -> dict[str, Mutation]:
    """Every save that the server has, by key."""
    return {m.key: m for m in db.session.scalars(select(Mutation))}


def misses(life: Any, lost: str, stands: str) -> None:
    """Once the first record says ``stands`` in place of ``lost``, the life's account fails."""
    life.quiet()
    row = db.session.get_one(Worker, life.phones[0].shown()[0][1])
    assert row.data["notes"] == lost
    row.data = {**row.data, "notes": stands}
    db.session.commit()
    with pytest.raises(AssertionError):
        edits_are_explained(stored(), life.merged, life.liar.user)
    life.counted.stop()


def test_an_answer_that_the_office_decided_for_again_took_effect_twice(server: Server) -> None:
    decided_for_again(server).teardown()


@pytest.mark.parametrize("stands", ["nilai 4", "nilai 9"])
def test_a_decision_for_an_earlier_answer_that_got_lost_is_missed(
    server: Server, stands: str
) -> None:
    misses(decided_for_again(server), "nilai 1", stands)


def test_an_answer_that_the_office_wrote_with_nobody_disputing_it_is_noticed(
    server: Server,
) -> None:
    life = decided_for_again(server)
    life.counted.stop()
    with pytest.raises(AssertionError):
        no_save_is_doubled(edits_of(stored()), [], life.liar.user)


def test_a_held_save_that_was_accepted_and_got_lost_is_missed(server: Server) -> None:
    life = type("LifeHere", (Lives,), {"server": server, "tally": Counter()})()
    life.begin()
    life.office([("device", 0, 0, 0, life.villages[0])])
    life.work(0, [("edit", life.villages[0], 0, "notes")])
    life.settle()
    life.office([("device", 0, 0, 0, life.villages[0]), ("decide", 0, 0, 0, life.villages[0])])
    misses(life, "nilai 4", "nilai 1")


def test_a_held_save_that_a_liar_sends_as_his_own_leads_on(server: Server) -> None:
    """The phone was stopped; of its save the liar makes one of his own, by his own right. What
    stood before was written over by somebody who had seen it."""
    life = type("LifeHere", (Lives,), {"server": server, "tally": Counter()})()
    life.begin()
    life.office([("device", 0, 0, 0, life.villages[0])])
    life.work(0, [("edit", life.villages[0], 0, "notes")])
    life.settle()
    life.lies([("copied", 3, life.villages[0])])  # the newest save of all
    assert life.tally["held"] == 1
    life.teardown()


def test_a_phone_that_sends_a_save_under_two_keys_is_noticed(server: Server) -> None:
    life = type("LifeHere", (Lives,), {"server": server, "tally": Counter()})()
    life.begin()
    life.office([("device", 0, 0, 0, life.villages[0])])  # nothing takes effect: it counts as well
    life.work(0, [("edit", life.villages[0], 0, "notes")])
    phone, key = life.phones[0], uuid7()
    phone.number(key, {**phone.journal[-1].body, "key": key})
    life.said[0].add(key)
    with pytest.raises(AssertionError):
        life.quiet()
    life.counted.stop()


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_many_long_lives_of_three_phones(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    assert prove(Lives, capfd, 700, 40, server=server)["new device ids"]


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_many_long_lives_of_two_regencies(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    prove(RegencyLives, capfd, 150, 40, server=server)


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_many_long_lives_of_the_products_own_phones(
    server: Server, node: Node, capfd: pytest.CaptureFixture[str]
) -> None:
    prove(RealLives, capfd, 150, 30, server=server, node=node)
