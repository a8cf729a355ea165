"""A thief has an officer's phone: unlocked, logged in, with its device cookie and its 30-day login.

He wants the people of the villages, new ones too, and to write under the officer's name. The
officer, an administrator or a supervisor ends the phone from elsewhere in each of the ways there
are. From then on the thief fetches nothing, registers nothing anew, and what he sends takes effect
on nobody's record; what the officer saved there is not lost, and comes to its place by itself once
he logs in on that phone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from outreach.core.accounts import accounts
from outreach.core.exchange import devices, holds, holds_of_phone
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.sync import Device, Hold
from tests.support.factories import KUBU_PERAHU
from tests.support.people import PASSWORD
from tests.support.pockets import Pocket, person
from tests.sync.conftest import PERSON, Server

NEW_PASSWORD = "pematang hujan sore 27"


@pytest.fixture
def stolen(server: Server) -> Pocket:
    """The officer's phone, in the thief's hands since a while."""
    phone = Pocket(server, person(server, "petugas1", KUBU_PERAHU)).ready()
    phone.push(phone.mutation())
    server.wait(hours=1)
    assert phone.ask({KUBU_PERAHU: 0}).status_code == 200, "only the ending stops him"
    return phone


def desk_of(phone: Pocket) -> Pocket:
    """The same officer at another browser."""
    desk = Pocket(phone.server, phone.username)
    assert desk.log_in().status_code == 303
    return desk


def changes_password(phone: Pocket) -> None:
    done = desk_of(phone).submit(
        "/account/password", old=PASSWORD, new=NEW_PASSWORD, repeat=NEW_PASSWORD
    )
    assert done.status_code == 303


def ends_all(phone: Pocket) -> None:
    assert desk_of(phone).submit("/account/sessions/end-all").status_code == 303


def ends_this_phone(phone: Pocket) -> None:
    assert desk_of(phone).submit("/account/phones/end", device=phone.device).status_code == 303


def gets_a_slip(phone: Pocket) -> None:
    accounts.first_password(db.session(), None, phone.user_id, phone.server.now)


def resets_by_code(phone: Pocket) -> None:
    now = phone.server.now
    code = accounts.issue_reset_code(db.session(), None, phone.user_id, now)
    accounts.redeem_reset_code(db.session(), phone.username, code, NEW_PASSWORD, now=now)


def is_lost(phone: Pocket) -> None:
    devices.lose(db.session(), "18.04", phone.server.actor(), phone.device, phone.server.now)


def account_ends(phone: Pocket) -> None:
    accounts.deactivate_user(db.session(), None, phone.user_id, phone.server.now)


def account_ended_and_opened_again(phone: Pocket) -> None:
    account_ends(phone)
    accounts.reactivate_user(db.session(), None, phone.user_id, phone.server.now)


UNTIL_LOGIN = (
    changes_password,
    ends_all,
    ends_this_phone,
    gets_a_slip,
    resets_by_code,
    account_ended_and_opened_again,
)
FOR_A_SUPERVISOR = (is_lost, account_ends)
Ending = Callable[[Pocket], None]


@pytest.mark.parametrize("ending", UNTIL_LOGIN + FOR_A_SUPERVISOR)
def test_an_ended_phone_fetches_nothing_and_registers_nothing(
    stolen: Pocket, ending: Ending
) -> None:
    ending(stolen)
    stolen.server.wait(minutes=1)
    assert stolen.ask({KUBU_PERAHU: 0}).status_code in (401, 403, 410)
    worker = uuid7()
    picture = f"/sync/v1/worker/{worker}/blob/ktp_photo?device={stolen.device}"
    assert stolen.look(picture).status_code in (401, 403, 410)
    stolen.open_app()
    assert stolen.ask({KUBU_PERAHU: 0}).status_code in (401, 403, 410)
    stolen.device = uuid7()
    assert stolen.open_app().status_code == 401


@pytest.mark.parametrize("ending", UNTIL_LOGIN + FOR_A_SUPERVISOR)
def test_what_an_ended_phone_sends_is_kept_and_touches_no_record(
    stolen: Pocket, ending: Ending
) -> None:
    ending(stolen)
    stolen.server.wait(minutes=1)
    change = stolen.mutation()
    result = stolen.results(change)[0]
    assert result["status"] == "held"
    assert result["reason"] != "signature", "the ending holds it, not a missing key"
    assert db.session.get_one(Hold, change["key"]).state == "open"


@pytest.mark.parametrize("ending", UNTIL_LOGIN)
def test_what_waited_is_judged_by_itself_once_its_user_logs_in_on_that_phone(
    stolen: Pocket, ending: Ending
) -> None:
    ending(stolen)
    stolen.server.wait(minutes=1)
    made = stolen.mutation()
    edit = stolen.mutation(id=made["id"], set={"full_name": ("SITI AMINAH", "SITI AMINAH BINTI")})
    wrong = stolen.mutation(set={**PERSON, "nik": "1"})
    before = [r["status"] for r in stolen.results(made, edit, wrong)]
    assert before == ["held", "held", "invalid"]
    back(stolen, ending)
    row = stolen.rows()[made["id"]]
    assert row["data"]["full_name"] == "SITI AMINAH BINTI"
    states = {h.key: h.state for h in db.session.query(Hold)}
    assert states == {made["key"]: "accepted", edit["key"]: "accepted", wrong["key"]: "open"}


def back(phone: Pocket, ending: Ending) -> None:
    """The officer has the phone again and logs in on it."""
    phone.server.wait(minutes=1)
    if ending is gets_a_slip:
        slip = accounts.first_password(db.session(), None, phone.user_id, phone.server.now)
        assert phone.log_in(slip).status_code == 303
        assert phone.open_app(login=True).status_code == 401, "a slip's password opens no phone"
        done = phone.submit("/account/password", new=NEW_PASSWORD, repeat=NEW_PASSWORD)
        assert done.status_code == 303
    else:
        changed = ending in (changes_password, resets_by_code)
        assert phone.log_in(NEW_PASSWORD if changed else PASSWORD).status_code == 303
    assert phone.open_app(login=True).json["ended"] is None  # type: ignore[index]


def test_a_found_slip_registers_no_phone_before_its_password_is_changed(stolen: Pocket) -> None:
    slip = accounts.first_password(db.session(), None, stolen.user_id, stolen.server.now)
    finder = Pocket(stolen.server, stolen.username)
    finder.log_in(slip)
    answer = finder.open_app()
    assert (answer.status_code, answer.json["code"]) == (401, "password_first")  # type: ignore[index]


def test_a_log_out_ends_fetching_and_holds_no_save(stolen: Pocket) -> None:
    assert stolen.submit("/logout").status_code == 303
    assert stolen.ask({KUBU_PERAHU: 0}).json["code"] == "logged_out"  # type: ignore[index]
    assert stolen.results(stolen.mutation())[0]["status"] == "applied"
    assert stolen.open_app().json["ended"] == "logout"  # type: ignore[index]
    stolen.ready()
    assert len(stolen.rows()) == 2


def test_a_phone_that_says_its_user_left_takes_the_login_with_it(stolen: Pocket) -> None:
    """A log-out without signal: told with the next contact, by the phone itself."""
    assert stolen.open_app(left=True).json == {"left": True}
    assert stolen.ask({KUBU_PERAHU: 0}).json["code"] == "logged_out"  # type: ignore[index]
    assert stolen.look("/account").status_code == 303
    assert stolen.open_app(login=True).status_code == 401


def test_the_phone_where_the_password_was_changed_goes_on(stolen: Pocket) -> None:
    form = {"old": PASSWORD, "new": NEW_PASSWORD, "repeat": NEW_PASSWORD}
    assert stolen.submit("/account/password", **form).status_code == 303
    assert len(stolen.rows()) == 1
    assert stolen.open_app().json["session"] is True  # type: ignore[index]
    assert stolen.submit("/logout").status_code == 303
    assert stolen.ask({KUBU_PERAHU: 0}).status_code == 401, "and follows its new login"


def test_ending_all_sessions_here_is_a_log_out_of_this_phone(stolen: Pocket) -> None:
    assert stolen.submit("/account/sessions/end-all").status_code == 303
    assert stolen.ask({KUBU_PERAHU: 0}).json["code"] == "logged_out"  # type: ignore[index]
    assert stolen.results(stolen.mutation())[0]["status"] == "applied"


def test_a_log_out_never_weakens_an_ending_that_holds(stolen: Pocket) -> None:
    gets_a_slip(stolen)
    stolen.open_app(left=True)
    assert stolen.results(stolen.mutation())[0]["reason"] == "login"


def test_ending_the_phone_in_ones_own_hand_is_a_log_out_here_too(stolen: Pocket) -> None:
    assert stolen.submit("/account/phones/end", device=stolen.device).status_code == 303
    assert stolen.look("/account").status_code == 303
    assert stolen.ready().rows()


def test_an_ending_takes_one_phone_of_one_person(stolen: Pocket) -> None:
    server = stolen.server
    second = Pocket(server, stolen.username).ready()
    colleague = Pocket(server, person(server, "petugas2", KUBU_PERAHU)).ready()
    done = second.submit("/account/phones/end", device=stolen.device)
    assert done.status_code == 303
    assert len(second.rows()) == len(colleague.rows()) == 1
    assert colleague.submit("/account/phones/end", device=second.device).status_code == 404
    assert second.ask({KUBU_PERAHU: 0}).status_code == 200


def test_another_users_login_does_not_open_the_phone_that_he_borrowed(stolen: Pocket) -> None:
    """B borrows A's phone, logs in as himself and opens A's address."""
    person(stolen.server, "petugas2", KUBU_PERAHU)
    assert stolen.log_in(username="petugas2").status_code == 303
    answer = stolen.open_app(login=True)
    assert (answer.status_code, answer.json["code"]) == (401, "login_needed")  # type: ignore[index]
    assert stolen.ask({KUBU_PERAHU: 0}).status_code == 401, "A's login ended with B's"
    assert stolen.open_app(fresh_login=True).status_code == 401
    assert stolen.log_in().status_code == 303
    assert stolen.open_app(login=True).status_code == 200
    assert len(stolen.rows()) == 1


def test_a_login_from_before_the_ending_brings_no_phone_back(stolen: Pocket) -> None:
    """He has copied another login of the officer's, too, which goes on."""
    desk = desk_of(stolen)
    stolen.server.wait(minutes=1)
    assert desk.submit("/account/phones/end", device=stolen.device).status_code == 303
    stolen.server.wait(minutes=1)
    name = str(stolen.server.app.config["SESSION_COOKIE_NAME"])
    copied: Any = desk.client.get_cookie(name)
    stolen.client.set_cookie(name, copied.value)
    assert stolen.look("/account").status_code == 200
    assert stolen.open_app(login=True).json["ended"] == "phone"  # type: ignore[index]
    assert stolen.ask({KUBU_PERAHU: 0}).status_code == 401


def test_a_phone_known_before_logins_were_noted_takes_every_login_with_it(stolen: Pocket) -> None:
    device = db.session.get_one(Device, stolen.device)
    device.login_hash = None
    db.session.commit()
    ends_this_phone(stolen)
    stolen.server.wait(minutes=1)
    assert stolen.look("/account").status_code == 303
    assert stolen.open_app(login=True).status_code == 401


# --- lost, or the account ended: a supervisor decides, once for the whole phone -----------------


@pytest.mark.parametrize("ending", FOR_A_SUPERVISOR)
@pytest.mark.parametrize("choice", ["accept", "return", "discard"])
def test_a_supervisor_decides_about_a_whole_phone_in_one_act(
    stolen: Pocket, ending: Ending, choice: holds.Choice
) -> None:
    ending(stolen)
    server = stolen.server
    server.wait(minutes=1)
    sent = [stolen.mutation() for _ in range(3)]
    edit = stolen.mutation(id=sent[0]["id"], set={"full_name": ("SITI AMINAH", "SITI AISYAH")})
    stolen.push(*sent, edit)
    noise = Pocket(server, person(server, "petugas2", KUBU_PERAHU)).ready()
    accounts.first_password(db.session(), None, noise.user_id, server.now)
    other = noise.mutation()
    noise.push(other)
    done = holds_of_phone.decide(
        db.session(), server.actor(), stolen.device, choice, "HP-nya hilang", server.now
    )
    assert (done.decided, done.left) == (4, 0)
    states = {h.key: h.state for h in db.session.query(Hold)}
    assert {states[m["key"]] for m in [*sent, edit]} == {
        "accepted" if choice == "accept" else f"{choice}ed"
    }
    assert states[other["key"]] == "open"
    assert len(witness(server).rows()) == (4 if choice == "accept" else 1)


def test_what_cannot_be_accepted_stays_for_a_decision_of_its_own(stolen: Pocket) -> None:
    is_lost(stolen)
    stolen.server.wait(minutes=1)
    orphan = stolen.mutation(id=uuid7(), set={"full_name": ("SITI", "SITA")}, ver=3)
    stolen.push(orphan, stolen.mutation())
    done = holds_of_phone.decide(
        db.session(), stolen.server.actor(), stolen.device, "accept", "", stolen.server.now
    )
    assert (done.decided, done.left) == (1, 1)


def witness(server: Server) -> Pocket:
    """Another officer of the village, who sees what took effect."""
    return Pocket(server, person(server, "saksi", KUBU_PERAHU)).ready()


def test_only_who_decides_on_others_work_may_do_so(stolen: Pocket) -> None:
    is_lost(stolen)
    actor: Any = stolen.server.actor("mpp")
    with pytest.raises(holds.NotAllowed):
        holds_of_phone.decide(db.session(), actor, stolen.device, "accept", "", stolen.server.now)
