"""Names from lists: people to visit, of whom phones learn no more than finds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from outreach.core.record import imported_names, office_device
from outreach.core.record.changes import Body
from outreach.core.record.verdicts import Verdict
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.coverage import queries as coverage
from outreach.storage.workers import StatusHistory, Worker
from tests.domain.test_vectors import PERSON
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.sync.conftest import Handset, Server

LIST = "01a232f9-d01f-7daa-83b5-2a1ac962f319"
NAME = {
    "full_name": "SUTINI UJI",
    "village_code": KUBU_PERAHU,
    "pemangku": "2",
    "occupation_code": "TANI-KOPI",
    "birth_about": {"year": 1980, "said": "usia"},
}


@pytest.fixture
def server(app: Any) -> Iterator[Server]:
    with app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        yield Server(app)


@pytest.fixture
def phone(server: Server) -> Handset:
    return server.phone(KUBU_PERAHU)


@pytest.fixture
def giver(server: Server) -> Actor:
    """A clerk of a department, who sees nobody."""
    user = factories.make_user(db.session(), "department")
    db.session.commit()
    return Actor(user.id, "department", user.name, "18.04", None)


def hand_in(server: Server, giver: Actor, *bodies: Body) -> list[Verdict]:
    server.wait(minutes=1)
    session = db.session()
    given = office_device.submit(
        session, giver, list(bodies), server.now, origin="import", source=LIST
    )
    db.session.expire_all()
    return given


def name_body(server: Server, row: str, op: str = "put", **data: Any) -> Body:
    facts = {} if op == "delete" else {**NAME, **data}
    changes = {name: (None, value) for name, value in facts.items() if value is not None}
    return office_device.compose(row, KUBU_PERAHU, changes, server.now, op=op)


def propose(server: Server, giver: Actor, **data: Any) -> str:
    row = uuid7(server.now)
    [verdict] = hand_in(server, giver, name_body(server, row, **data))
    assert verdict.status == "applied"
    return row


def withdraw(server: Server, giver: Actor, row: str) -> Verdict:
    [verdict] = hand_in(server, giver, name_body(server, row, "delete"))
    return verdict


def stored(row: str) -> Worker:
    db.session.expire_all()
    return db.session.get_one(Worker, row)


def history(row: str) -> list[StatusHistory]:
    order = (StatusHistory.at, StatusHistory.ver, StatusHistory.place)
    found = select(StatusHistory).where(StatusHistory.worker_id == row).order_by(*order)
    return list(db.session.scalars(found))


def meet(phone: Handset, row: str, **data: Any) -> dict[str, Any]:
    """The officer registers the very person of the list."""
    whole = {**PERSON, "village_code": KUBU_PERAHU, **data}
    seen = {"village_code": KUBU_PERAHU, "full_name": NAME["full_name"]}
    changes = {
        name: (seen.get(name), value)
        for name, value in whole.items()
        if value is not None and seen.get(name) != value
    }
    sent = phone.mutation(id=row, ver=1, set=changes)
    [result] = phone.results(sent)
    return dict(result)


def test_a_listed_name_waits_for_a_visit(server: Server, giver: Actor) -> None:
    row = propose(server, giver)
    worker = stored(row)
    assert (worker.status, worker.flags, worker.region_code) == ("usulan", "", KUBU_PERAHU)
    [line] = history(row)
    assert (line.from_status, line.to_status, line.reason) == (None, "usulan", "listed")
    assert (line.origin, line.actor_id, line.evidence) == ("import", giver.user_id, {"list": LIST})


def test_phones_learn_what_finds_the_person(server: Server, giver: Actor, phone: Handset) -> None:
    row = propose(server, giver)
    pulled = phone.pull()["scopes"][KUBU_PERAHU]["rows"]
    [found] = [one for one in pulled if one["id"] == row]
    assert found["status"] == "usulan"
    assert found["data"].keys() == NAME.keys()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nik", "1804047008809001"),
        ("birth_date", "1980-08-30"),
        ("phone", "+6281200000000"),
        ("address_line", "Jalan Uji 1"),
        ("captured_at", "2026-11-22T06:05:00Z"),
    ],
)
def test_a_list_says_no_more_than_finds_the_person(
    server: Server, giver: Actor, field: str, value: str
) -> None:
    row = uuid7(server.now)
    [verdict] = hand_in(server, giver, name_body(server, row, **{field: value}))
    assert verdict.status == "invalid"
    assert verdict.errors[field][0]["code"] == "import_field"
    assert db.session.get(Worker, row) is None


def test_a_head_proposes_only_in_the_own_village(server: Server) -> None:
    user = factories.make_user(db.session(), "head", (SEBARUS,))
    db.session.commit()
    head = Actor(user.id, "head", user.name, "18.04", frozenset({SEBARUS}))
    [verdict] = hand_in(server, head, name_body(server, uuid7(server.now)))
    assert verdict.errors["village_code"][0]["code"] == "import_place"


def test_a_head_hands_in_the_own_village(server: Server) -> None:
    user = factories.make_user(db.session(), "head", (KUBU_PERAHU,))
    db.session.commit()
    propose(server, Actor(user.id, "head", user.name, "18.04", frozenset({KUBU_PERAHU})))


@pytest.mark.parametrize("role", ["officer", "mpp", "admin"])
def test_other_roles_hand_in_nothing(server: Server, role: str) -> None:
    user = factories.make_user(db.session(), role)
    db.session.commit()
    actor = Actor(user.id, role, user.name, "18.04", None)
    [verdict] = hand_in(server, actor, name_body(server, uuid7(server.now)))
    assert verdict.status == "invalid"


def test_the_same_list_again_changes_nothing(server: Server, giver: Actor, phone: Handset) -> None:
    row = propose(server, giver)
    meet(phone, row)
    before = (stored(row).ver, dict(stored(row).data))
    [verdict] = hand_in(server, giver, name_body(server, row, full_name="LAIN UJI"))
    assert verdict.status == "applied"
    assert (stored(row).ver, stored(row).data) == before


def test_who_meets_the_person_registers_the_same_record(
    server: Server, giver: Actor, phone: Handset
) -> None:
    row = propose(server, giver)
    server.wait(days=3)
    assert meet(phone, row)["status"] == "applied"
    worker = stored(row)
    assert (worker.status, worker.officer_id) == ("calon", phone.user_id)
    assert worker.created_at == server.now
    assert [line.to_status for line in history(row)] == ["usulan", "calon"]


def test_an_edit_without_a_visit_leaves_it_a_name(
    server: Server, giver: Actor, phone: Handset
) -> None:
    row = propose(server, giver)
    made = stored(row).created_at
    sent = phone.mutation(id=row, ver=1, set={"pemangku": ("2", "3")})
    assert phone.results(sent)[0]["status"] == "applied"
    worker = stored(row)
    assert (worker.status, worker.officer_id, worker.created_at) == ("usulan", giver.user_id, made)


def test_a_name_that_nobody_touched_can_be_withdrawn(
    server: Server, giver: Actor, phone: Handset
) -> None:
    row = propose(server, giver)
    assert withdraw(server, giver, row).status == "applied"
    assert stored(row).deleted_at is not None
    pulled = phone.pull()["scopes"][KUBU_PERAHU]["rows"]
    assert [one for one in pulled if one["id"] == row and "data" in one] == []
    assert withdraw(server, giver, row).status == "applied"
    assert stored(row).deleted_at is not None


def test_who_was_met_is_not_withdrawn(server: Server, giver: Actor, phone: Handset) -> None:
    row = propose(server, giver)
    meet(phone, row)
    verdict = withdraw(server, giver, row)
    assert verdict.errors["_"][0]["code"] == "import_touched"
    assert stored(row).deleted_at is None


def test_a_late_save_brings_a_withdrawn_name_back(
    server: Server, giver: Actor, phone: Handset
) -> None:
    row = propose(server, giver)
    withdraw(server, giver, row)
    assert meet(phone, row)["status"] == "applied"
    worker = stored(row)
    assert (worker.deleted_at, worker.status) == (None, "calon")


def test_names_are_no_registrations(server: Server, giver: Actor, phone: Handset) -> None:
    row = propose(server, giver)
    assert coverage.by_village_and_status(db.session(), "18.04", None) == []
    meet(phone, row)
    assert coverage.by_village_and_status(db.session(), "18.04", None) == [
        (KUBU_PERAHU, "calon", 1)
    ]


def test_the_fields_are_those_that_find_somebody() -> None:
    assert NAME.keys() <= imported_names.FIELDS
    assert not imported_names.FIELDS & {"nik", "birth_date", "phone", "heirs", "monthly_income"}
