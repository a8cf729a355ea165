"""A liar has a phone's cookie, not its key: what he sends under its numbers is none of its saves.

Such numbers close no gap and stand in no receipt; the phone's own saves of them are named missing
where the phone does not keep them, and nobody is told of a loss that is none.
"""

from __future__ import annotations

import orjson
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.carried.carried_file import Import
from outreach.core.carried.carried_import import take_in
from outreach.core.exchange import gaps, receipts
from outreach.core.exchange.holds import decide_hold
from outreach.storage.sync import Mutation
from tests.features.phones.test_gaps import emptied, names, told, unclosed, unsigned
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
def phone(server: Server) -> Handset:
    """A phone that sent one save and made two more."""
    made = server.phone(KUBU_PERAHU)
    made.push(made.mutation(), recorded=3)
    return made


def test_the_same_lie_twice_proves_nothing(
    session: Session, server: Server, phone: Handset
) -> None:
    with unsigned(phone):
        lie = phone.mutation()
        assert phone.push(lie, {**lie, "mid": 3})["last_mid"] == 3
    emptied(server, session, phone, was_recorded=3)
    assert names(session) == [(2, 3, "unproven", "open")]


def test_a_save_of_the_phone_sent_again_by_a_liar_takes_no_number(
    session: Session, server: Server, phone: Handset
) -> None:
    """He has a file that the officer gave out, so he knows the phone's own saves."""
    mine = orjson.loads(session.scalars(select(Mutation.payload)).one())
    with unsigned(phone):
        answer = phone.push({**mine, "mid": 2})
    assert (answer["last_mid"], answer["results"]) == (1, [])
    emptied(server, session, phone, was_recorded=3)
    assert names(session) == [(2, 3, "emptied", "open")]


def test_many_lies_name_no_number_that_the_phone_never_gave_out(
    session: Session, server: Server, phone: Handset
) -> None:
    with unsigned(phone):
        phone.push(*(phone.mutation() for _ in range(40)))
    emptied(server, session, phone, was_recorded=2)
    assert names(session) == [(2, 3, "unproven", "open")]


def test_lies_close_no_gap_of_an_emptied_storage(
    session: Session, server: Server, phone: Handset
) -> None:
    emptied(server, session, phone, was_recorded=3)
    with unsigned(phone):
        phone.push(*(phone.mutation() for _ in range(3)))
    emptied(server, session, phone, was_recorded=3)
    assert names(session) == [(2, 3, "emptied", "open")]
    lost = gaps.lost_of(session, "18.04", phone.device, 3, False)
    assert lost is not None
    assert lost["missing"] == [(2, 3)]


def test_a_true_save_goes_on_elsewhere_when_a_lie_has_its_number(
    session: Session, server: Server, phone: Handset
) -> None:
    """Its storage came back after all."""
    emptied(server, session, phone, was_recorded=3)
    with unsigned(phone):
        phone.push(phone.mutation())
    phone.mid = 1
    assert phone.push(phone.mutation())["fork"] is True


def test_lies_fill_no_numbers_that_the_phone_let_go_of(
    session: Session, server: Server, phone: Handset
) -> None:
    """No receipt covers them, and what the phone signs under them is still taken."""
    phone.mid = 4
    phone.push(phone.mutation(), kept_from=5, first_prev="ab" * 32)
    phone.mid = 1
    with unsigned(phone):
        answer = phone.push(*(phone.mutation() for _ in range(3)))
    assert (answer["results"], answer["missing"]) == ([], [[2, 4]])
    phone.mid = 5
    told = phone.push(phone.mutation())
    assert receipts.read_receipt(told["receipt"]).last_mid == 1
    assert names(session) == [(2, 4, "not_kept", "open")]
    phone.mid = 1
    phone.push(*(phone.mutation() for _ in range(3)))
    assert names(session) == [(2, 4, "not_kept", "closed")]


def test_a_lie_before_what_the_phone_let_go_of_is_named_with_it(
    session: Session, server: Server, phone: Handset
) -> None:
    """The server came back from an older archive, and the liar was there before the phone."""
    with unsigned(phone):
        phone.push(phone.mutation())
    phone.mid = 10
    answer = phone.push(phone.mutation(), kept_from=11, first_prev="ab" * 32, receipts=2)
    assert names(session) == [(2, 2, "unproven", "open"), (3, 10, "not_kept", "open")]
    assert answer["missing"] == [[2, 2], [3, 10]]
    assert receipts.read_receipt(answer["receipt"]).gaps == ((2, 10),)


def test_a_storage_that_went_back_hears_of_it(
    session: Session, server: Server, phone: Handset
) -> None:
    with unsigned(phone):
        phone.push(phone.mutation())
    said = {"recorded": 1, "was_empty": True, "was_recorded": 3, "lost_device": phone.device}
    assert told(phone, phone.device, **said)["lost"]["missing"] == [[2, 3]]
    assert names(session) == [(2, 2, "unproven", "open"), (3, 3, "rolled_back", "open")]


def test_what_such_a_storage_still_keeps_is_not_named(
    session: Session, server: Server, phone: Handset
) -> None:
    with unsigned(phone):
        phone.push(phone.mutation())
    said = {"recorded": 2, "was_empty": True, "was_recorded": 3, "lost_device": phone.device}
    assert told(phone, phone.device, **said)["lost"]["missing"] == [[3, 3]]


def test_the_true_save_in_a_carried_file_closes_it(
    session: Session, server: Server, phone: Handset
) -> None:
    link = session.scalars(select(Mutation.hash)).one().hex()
    file = outbox(phone, [phone.mutation() for _ in range(2)], first_prev=link)
    phone.mid = 1
    with unsigned(phone):
        phone.push(phone.mutation())
    emptied(server, session, phone, was_recorded=3)
    assert names(session) == [(2, 2, "unproven", "open"), (3, 3, "emptied", "open")]
    parts = (server.app.extensions["blobs"], server.app.extensions["keyring"])
    take_in(Import(session, *parts, server.actor("mpp"), server.now.date(), server.now), file)
    assert {row[3] for row in names(session)} == {"closed"}
    assert gaps.lost_of(session, "18.04", phone.device, 3, False) is None


def test_a_save_that_came_signed_after_all_is_not_named(
    session: Session, server: Server, phone: Handset
) -> None:
    """A proxy took the signature away, once."""
    save = phone.mutation()
    with unsigned(phone):
        phone.push(save)
    assert phone.results(save)[0]["status"] == "applied"
    emptied(server, session, phone, was_recorded=2)
    assert names(session) == [(3, 3, "emptied", "open")]


@pytest.mark.parametrize("first", ["accepted", "named"])
def test_what_somebody_accepts_has_arrived(
    session: Session, server: Server, phone: Handset, first: str
) -> None:
    save = phone.mutation()
    with unsigned(phone):
        phone.push(save)
    if first == "named":
        emptied(server, session, phone, was_recorded=2)
    decide_hold(session, server.actor(), save["key"], "accept", "", server.now)
    emptied(server, session, phone, was_recorded=2)
    still = [row for row in names(session) if row[3] == "open"]
    assert still == [(3, 3, "emptied", "open")]
    assert unclosed(session, phone.device) == 1


def test_what_somebody_discards_has_not(session: Session, server: Server, phone: Handset) -> None:
    lie = phone.mutation()
    with unsigned(phone):
        phone.push(lie)
    decide_hold(session, server.actor(), lie["key"], "discard", "bohong", server.now)
    emptied(server, session, phone, was_recorded=2)
    assert names(session)[0] == (2, 2, "unproven", "open")


def test_a_phone_without_a_key_signs_nothing_and_is_not_accused(
    session: Session, server: Server
) -> None:
    phone = server.phone(KUBU_PERAHU, signed=None)
    phone.push(phone.mutation(), phone.mutation())
    emptied(server, session, phone, was_recorded=2)
    assert names(session) == []
