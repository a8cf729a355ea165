"""What a phone tells of numbers it had as earlier devices and no longer keeps (let_go).

tests/sync/test_let_go_before.py tells the same with the phone's own JavaScript.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.carried.carried_file import Import
from outreach.core.carried.carried_import import take_in
from outreach.core.exchange import gaps
from outreach.domain.ids import uuid7
from outreach.storage.accounts import User
from outreach.storage.sync import Device, Mutation
from tests.features.phones.test_gaps import names
from tests.support.carried import outbox
from tests.support.factories import KUBU_PERAHU
from tests.support.office import office
from tests.sync.conftest import Handset, Server


@pytest.fixture
def server(app: Flask, session: Session) -> Server:
    """The server with its villages."""
    office(session)
    return Server(app)


@pytest.fixture
def before(server: Server) -> Handset:
    """The earlier device: of its saves the server has one."""
    made = server.phone(KUBU_PERAHU)
    made.push(made.mutation())
    return made


@pytest.fixture
def phone(server: Server, session: Session, before: Handset) -> Handset:
    """The same phone as it goes on."""
    return Handset(server, session.get_one(User, before.user_id))


def tell(phone: Handset, let_go: Any) -> int:
    """Announce it; the status of the answer."""
    return phone.announce(let_go=let_go).status_code


def test_numbers_past_the_servers_are_named_once(
    session: Session, phone: Handset, before: Handset
) -> None:
    for _ in range(2):
        assert tell(phone, [[before.device, 1, 4], [before.device, 3, 6]]) == 200
    assert names(session) == [(2, 4, "not_kept", "open"), (5, 6, "not_kept", "open")]


def test_what_arrives_in_a_file_closes_it_for_good(
    session: Session, server: Server, phone: Handset, before: Handset
) -> None:
    link = session.scalars(select(Mutation.hash)).one().hex()
    file = outbox(before, [before.mutation() for _ in range(2)], first_prev=link)
    tell(phone, [[before.device, 1, 3]])
    parts = (server.app.extensions["blobs"], server.app.extensions["keyring"])
    take_in(Import(session, *parts, server.actor("mpp"), server.now.date(), server.now), file)
    tell(phone, [[before.device, 1, 3]])
    assert names(session) == [(2, 3, "not_kept", "closed")]


def test_what_arrives_beside_the_numbers_is_counted_and_not_named_again(
    session: Session, server: Server, phone: Handset, before: Handset
) -> None:
    """The file begins past what the server has, so that its saves stand aside."""
    before.mid = 2
    file = outbox(before, [before.mutation() for _ in range(2)], first_prev="ab" * 32)
    parts = (server.app.extensions["blobs"], server.app.extensions["keyring"])
    take_in(Import(session, *parts, server.actor("mpp"), server.now.date(), server.now), file)
    for _ in range(3):
        tell(phone, [[before.device, 3, 4]])
    assert names(session) == [(3, 4, "not_kept", "closed")]


def test_what_went_for_another_reason_is_not_named_twice(
    session: Session, phone: Handset, before: Handset
) -> None:
    said = {"recorded": 1, "was_empty": True, "was_recorded": 3, "lost_device": before.device}
    before.announce(**said)
    tell(phone, [[before.device, 2, 4]])
    assert names(session) == [(2, 3, "rolled_back", "open"), (4, 4, "not_kept", "open")]


def test_what_somebody_explained_is_not_named_again(
    session: Session, server: Server, phone: Handset, before: Handset
) -> None:
    tell(phone, [[before.device, 1, 3]])
    gap = gaps.listed(session, server.actor(), explained=False, after="", limit=9)[0][0]
    gaps.explain(session, server.actor(), gap.id, "Dicatat ulang", server.now)
    tell(phone, [[before.device, 1, 3]])
    assert names(session) == [(2, 3, "not_kept", "explained")]


def test_a_device_of_somebody_else_is_left_alone(
    session: Session, server: Server, phone: Handset
) -> None:
    other = server.phone(KUBU_PERAHU)
    assert tell(phone, [[other.device, 1, 3]]) == 200
    assert names(session) == []


def test_its_own_numbers_are_no_earlier_ones(session: Session, phone: Handset) -> None:
    assert tell(phone, [[phone.device, 1, 3]]) == 200
    assert names(session) == []


def test_what_nobody_signed_names_nothing(
    session: Session, server: Server, before: Handset
) -> None:
    """Whoever has the cookie of a phone that signs not yet must not make the board ring."""
    bare = Handset(server, session.get_one(User, before.user_id), signed=None)
    assert tell(bare, [[before.device, 1, 3], [uuid7(), 1, 3]]) == 200
    assert names(session) == []
    assert len(list(session.scalars(select(Device.id)))) == 2


def earlier(phone: Handset, *let_go: list[Any]) -> Any:
    """What the answer tells of the phone's earlier devices."""
    return phone.announce(let_go=list(let_go)).json["earlier"]


def test_the_phone_is_told_what_is_nowhere(phone: Handset, before: Handset) -> None:
    told = earlier(phone, [before.device, 1, 4])
    assert told == [{"device": before.device, "missing": [[2, 4]]}]


def test_a_phone_that_let_go_of_nothing_is_told_nothing(phone: Handset) -> None:
    assert "earlier" not in phone.announce().json


def test_where_everything_is_there_nothing_is_told(phone: Handset, before: Handset) -> None:
    assert earlier(phone, [before.device, 1, 1]) == []


def test_what_is_settled_is_told_as_settled_until_it_waits_again(
    session: Session, server: Server, phone: Handset, before: Handset
) -> None:
    earlier(phone, [before.device, 1, 3])
    actor = server.actor()
    gap = gaps.listed(session, actor, explained=False, after="", limit=9)[0][0]
    gaps.explain(session, actor, gap.id, "Dicatat ulang", server.now)
    told = earlier(phone, [before.device, 1, 5])
    assert told == [{"device": before.device, "missing": [[2, 3, 1], [4, 5]]}]
    gaps.reopen(session, actor, gap.id, server.now)
    told = earlier(phone, [before.device, 1, 5])
    assert told == [{"device": before.device, "missing": [[2, 5]]}]


def test_what_came_in_a_file_is_told_no_more(
    session: Session, server: Server, phone: Handset, before: Handset
) -> None:
    link = session.scalars(select(Mutation.hash)).one().hex()
    file = outbox(before, [before.mutation() for _ in range(2)], first_prev=link)
    assert earlier(phone, [before.device, 1, 4]) != []
    parts = (server.app.extensions["blobs"], server.app.extensions["keyring"])
    take_in(Import(session, *parts, server.actor("mpp"), server.now.date(), server.now), file)
    told = earlier(phone, [before.device, 1, 4])
    assert told == [{"device": before.device, "missing": [[4, 4]]}]


def test_what_a_storage_turned_back_from_is_told_apart(
    session: Session, phone: Handset, before: Handset
) -> None:
    said = {"recorded": 1, "was_empty": True, "was_recorded": 3, "lost_device": before.device}
    before.announce(**said)
    told = earlier(phone, [before.device, 1, 4])
    assert told == [{"device": before.device, "missing": [[4, 4]], "back": [[2, 3]]}]


def test_a_number_that_two_gaps_name_is_told_once_and_waits_while_one_does(
    session: Session, server: Server, phone: Handset, before: Handset
) -> None:
    of = (session, "18.04", before.device)
    gaps.name(*of, (2, 4), "emptied", server.now)
    gaps.name(*of, (3, 6), "restored", server.now)
    actor = server.actor()
    listed = gaps.listed(session, actor, explained=False, after="", limit=9)
    gap = min((row[0] for row in listed), key=lambda one: one.from_mid)
    gaps.explain(session, actor, gap.id, "Dicatat ulang", server.now)
    told = earlier(phone, [before.device, 1, 1])
    assert told == [{"device": before.device, "missing": [[2, 2, 1], [3, 6]]}]


def test_of_a_device_of_somebody_else_nothing_is_told(
    session: Session, server: Server, phone: Handset
) -> None:
    other = server.phone(KUBU_PERAHU)
    gaps.name(session, "18.04", other.device, (1, 3), "emptied", server.now)
    session.commit()
    assert earlier(phone, [other.device, 1, 3]) == []


def emptied(server: Server, session: Session, lost: Handset, recorded: int) -> Any:
    """What a phone is told whose storage was emptied, after it had been this device."""
    fresh = Handset(server, session.get_one(User, lost.user_id))
    said = {"was_empty": True, "lost_device": lost.device, "was_recorded": recorded}
    return fresh.announce(**said).json["lost"]


def test_an_emptied_phone_hears_of_the_devices_before_the_one_it_remembers(
    session: Session, server: Server, phone: Handset, before: Handset
) -> None:
    """That it had gone on as another device went with the storage."""
    phone.announce(was=before.device, let_go=[[before.device, 1, 4]])
    phone.push(phone.mutation())
    lost = emptied(server, session, phone, 3)
    assert lost["missing"] == [[2, 4], [2, 3]]
    assert lost["after"]
    actor = server.actor()
    listed = gaps.listed(session, actor, explained=False, after="", limit=9)
    for gap_id in [row[0].id for row in listed if row[0].device_id == phone.device]:
        gaps.explain(session, actor, gap_id, "Dicatat ulang", server.now)
    assert emptied(server, session, phone, 3) == {"missing": [[2, 4]], "after": None}
    for gap_id in [row[0].id for row in listed if row[0].device_id == before.device]:
        gaps.explain(session, actor, gap_id, "Dicatat ulang", server.now)
    assert emptied(server, session, phone, 3) is None


def test_an_emptied_phone_hears_nothing_of_somebody_else_nor_without_end(
    session: Session, server: Server, phone: Handset, before: Handset
) -> None:
    other = server.phone(KUBU_PERAHU)
    for device in (other.device, before.device):
        gaps.name(session, "18.04", device, (2, 4), "emptied", server.now)
    session.get_one(Device, phone.device).was = other.device
    session.commit()
    assert emptied(server, session, phone, 0) is None
    session.get_one(Device, phone.device).was = before.device
    session.get_one(Device, before.device).was = phone.device
    session.commit()
    assert emptied(server, session, phone, 0) == {"missing": [[2, 4]], "after": None}


def test_what_nobody_signed_is_told_nothing(
    session: Session, server: Server, before: Handset
) -> None:
    gaps.name(session, "18.04", before.device, (2, 3), "emptied", server.now)
    session.commit()
    bare = Handset(server, session.get_one(User, before.user_id), signed=None)
    assert "earlier" not in bare.announce(let_go=[[before.device, 1, 3]]).json


@pytest.mark.parametrize(
    "told",
    [
        5,
        "x",
        {},
        [5],
        [["x", 1, 2]],
        [[]],
        [[None, 1, 2]],
        "over",
        "turned",
        "none",
        "many",
        "text",
    ],
)
def test_anything_else_is_refused(
    session: Session, phone: Handset, before: Handset, told: Any
) -> None:
    wrong = {
        "over": [[before.device, 1, 2**60]],
        "turned": [[before.device, 3, 2]],
        "none": [[before.device, 0, 2]],
        "many": [[before.device, 1, 2]] * 21,
        "text": [[before.device, "1", "2"]],
    }
    assert tell(phone, wrong.get(told, told) if isinstance(told, str) else told) == 422
    assert names(session) == []


def test_the_largest_number_is_borne(session: Session, phone: Handset, before: Handset) -> None:
    assert tell(phone, [[before.device, 1, 2**53]]) == 200
    assert names(session) == [(2, 2**53, "not_kept", "open")]
