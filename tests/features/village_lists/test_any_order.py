"""Whatever reaches the server in whichever order it can: it ends in the same list, statuses and
tasks, and what was signed is what was shown, to the last byte.

Left out, since it tells of the order by nature: moments of arrival, numbers of rows and versions,
ids of tasks, how often a line was asked, and tasks that came and went in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.extensions import db
from tests.support.factories import SEBARUS
from tests.support.list_orders import DEVICES, WORDS, Act, Cast, Ranks, Script, live

device, word = st.sampled_from(DEVICES), st.sampled_from(sorted(WORDS))
anybody = st.integers(0, 3)
DONE = st.one_of(
    st.tuples(st.just("decide"), device, anybody, word),
    st.tuples(st.just("decide"), device, st.integers(0, 1), word),
    st.tuples(st.just("hear"), device, st.integers(0, 2), st.none()),
    st.tuples(st.just("sign"), device, st.just(0), st.none()),
    st.tuples(st.just("paper"), st.just("desk"), anybody, st.sampled_from(["layak", "tunda"])),
    # Nobody edits or moves whom a merge concerns: what becomes of that is another question.
    st.tuples(st.just("rt"), st.just("desk"), st.integers(0, 1), st.sampled_from(["008", "009"])),
    st.tuples(st.just("rename"), st.just("desk"), st.integers(0, 1), st.just("UMI KALSUM")),
    st.tuples(st.just("move"), st.just("desk"), st.just(1), st.just(SEBARUS)),
    st.tuples(st.just("merge"), st.just("desk"), st.just(3), st.just(2)),
    st.tuples(st.just("confirm"), st.just("desk"), st.integers(0, 2), st.none()),
    st.tuples(st.just("undo"), st.just("desk"), st.integers(0, 2), st.none()),
)


# Who comes first; the desk looks at sheets early or late.
RANKS = [
    ("signer", "secretary", "officer", "desk"),
    ("desk", "officer", "secretary", "signer"),
    ("officer", "desk", "signer", "secretary"),
    ("secretary", "signer", "desk", "officer"),
]


def says(device: str, one: int, word: str) -> Act:
    return ("decide", device, one, word)


def signs(device: str) -> Act:
    return ("sign", device, 0, None)


def hears(device: str, other: str) -> Act:
    return ("hear", device, DEVICES.index(other), None)


def desk(name: str, one: int, value: Any = None) -> Act:
    return (name, "desk", one, value)


# Lives that once ended otherwise in another order.
NAMED: dict[str, list[Act]] = {
    "a version rests on what its signer heard by a file": [
        says("secretary", 0, "tidak_bekerja"),
        hears("signer", "secretary"),
        signs("signer"),
    ],
    "two phones that did not hear each other sign two words": [
        says("officer", 0, "tidak_bekerja"),
        hears("secretary", "officer"),
        signs("signer"),
        signs("secretary"),
    ],
    "a version is looked at when a newer one has corrected it": [
        says("officer", 0, "tidak_bekerja"),
        says("officer", 1, "tunda"),
        says("officer", 2, "data_salah"),
        says("officer", 3, "pindah"),
        signs("officer"),
        hears("signer", "officer"),
        *(says("signer", one, "layak") for one in range(4)),
        signs("signer"),
    ],
    "a version that corrects is looked at late": [
        says("signer", 0, "tidak_bekerja"),
        says("signer", 1, "pindah"),
        says("signer", 2, "data_salah"),
        signs("signer"),
        hears("officer", "signer"),
        says("officer", 0, "layak"),
        says("officer", 1, "tidak_bekerja"),
        says("officer", 2, "tunda"),
        says("officer", 3, "tunda"),
        signs("officer"),
    ],
    "a word that moves nobody does not take back what an older version did": [
        signs("officer"),
        says("signer", 0, "punya_majikan"),
        signs("signer"),
    ],
    "somebody says otherwise of who was said to have moved": [
        says("signer", 0, "pindah"),
        signs("signer"),
        says("secretary", 0, "tunda"),
    ],
    "of a verified one a newer version says so, and somebody otherwise": [
        signs("signer"),
        says("signer", 0, "pindah"),
        signs("signer"),
        says("secretary", 0, "tunda"),
    ],
    "somebody says otherwise of a death that is undone": [
        says("secretary", 0, "meninggal"),
        desk("confirm", 0),
        desk("undo", 0),
        says("officer", 0, "tunda"),
    ],
    "a second report of a death is on its way while it is confirmed": [
        says("secretary", 0, "meninggal"),
        says("officer", 0, "meninggal"),
        desk("confirm", 0),
    ],
    "a refused one's record is corrected": [
        says("signer", 0, "tidak_bekerja"),
        says("signer", 1, "data_salah"),
        signs("signer"),
        desk("rt", 0, "008"),
        desk("rt", 1, "008"),
    ],
    "what an answer asks for stays to be done, though the line is asked again": [
        signs("signer"),
        desk("rt", 1, "008"),
        says("secretary", 1, "data_salah"),
    ],
    "a refused one moves away": [
        says("signer", 1, "tidak_bekerja"),
        signs("signer"),
        desk("move", 1, SEBARUS),
    ],
    "one who was sent back moves away": [
        says("signer", 1, "data_salah"),
        signs("signer"),
        desk("move", 1, SEBARUS),
    ],
}


def once(acts: list[Act]) -> list[Act]:
    """What the desk does to a person once: two edits of one field have an order by nature."""
    found: dict[Any, Act] = {}
    for n, act in enumerate(acts):
        found.setdefault(act[:3] if act[1] == "desk" else n, act)
    return list(found.values())


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    """Everybody on a fresh server."""
    with app.app_context():
        yield Cast(app)


HALF = st.lists(DONE, min_size=2, max_size=8).map(once)
SCRIPTS = st.builds(Script, HALF, st.sets(device).map(sorted), HALF)


def same_end(cast: Cast, script: Script, chance: int, orders: int, *, told: bool = True) -> None:
    """Assert that a life ends the same in so many orders."""
    first, *others = [live(cast, script, Random(chance + n), told=told) for n in range(orders)]
    for other in others:
        assert other == first


@pytest.mark.parametrize("name", NAMED)
def test_named_lives_end_the_same_in_any_order(cast: Cast, name: str) -> None:
    first, *others = [
        live(cast, Script((), (), NAMED[name]), Ranks(*one), told=True) for one in RANKS
    ]
    for other in others:
        assert other == first


def prove(cast: Cast, examples: int, orders: int, *, told: bool = True) -> None:
    """Assert it of so many lives."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(SCRIPTS, st.integers(0, 2**16))
    def lives(script: Script, chance: int) -> None:
        same_end(cast, script, chance, orders, told=told)

    lives()


def test_any_order_ends_in_the_same_list(cast: Cast) -> None:
    dialect = db.session().get_bind().dialect.name
    prove(cast, 10 if dialect == "sqlite" else 4, 3)


def test_versions_of_earlier_phones_end_the_same_too(cast: Cast) -> None:
    prove(cast, 4, 2, told=False)


@pytest.mark.prove
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("told", [True, False])
def test_any_order_of_many_lives(cast: Cast, told: bool) -> None:
    prove(cast, 400, 4, told=told)
