"""Random lives in which a village checks its list: no decision lost, doubled or stolen."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.list_liar import LIST_LIES
from tests.support.list_lives import HEAD, ListLives
from tests.sync.conftest import Server
from tests.sync.test_machine import prove, run

BEGUN = 2  # decisions that every life begins with


def test_random_lives_of_a_villages_list(server: Server) -> None:
    tally = run(ListLives, 6, 8, server=server)
    assert tally["saves of list_decision"] > 6 * BEGUN
    assert tally["rows of list_decision compared"]


def a_life(server: Server) -> ListLives:
    """A life that has just begun; an officer and the head have each said something unsent."""
    life = type("LifeHere", (ListLives,), {"server": server, "tally": Counter()})()
    life.begin()
    return life


def test_a_version_that_was_signed_elsewhere_counts_once_its_holder_says_so(server: Server) -> None:
    life = a_life(server)
    officer, head = life.phones[0], life.phones[HEAD]
    assert life.all_fit(0, officer, 0, 0)
    assert life.sign(0, officer, 0, 0)
    life.quiet()
    assert life.versions() == {"paper": 1}
    assert life.confirm(HEAD, head, 0, 0)
    life.teardown()
    assert life.versions() == {"counts": 1}
    assert life.tally["signed lines compared"]


def test_what_a_liar_says_of_a_list_counts_as_his_own_or_not_at_all(server: Server) -> None:
    life = a_life(server)
    for first in ("said_first", "altered_first"):
        for pick in range(2):
            life.list_liar.lie_of_list(first, life, pick)
    life.quiet()
    assert life.tally["invalid"] == 2  # their own words came second, and their phones say so
    assert life.all_fit(0, life.phones[0], 0, 0)
    life.quiet()
    assert life.sign(0, life.phones[0], 0, 0)
    life.quiet()
    for kind in LIST_LIES:
        life.list_liar.lie_of_list(kind, life, 0)
        life.quiet()
    assert life.versions()["counts"] == 0
    assert life.confirm(HEAD, life.phones[HEAD], 0, 0)
    life.teardown()


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_many_long_lives_of_a_villages_list(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    tally = prove(ListLives, capfd, 200, 30, server=server)
    for what in ("list: sign", "list: undo", "list: name", "versions that count"):
        assert tally[what], what
