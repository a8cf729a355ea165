"""Decisions on oneself or the own household: marked, by what the server knows alone."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import url_for
from flask.testing import FlaskClient

from outreach.core.accounts import accounts
from outreach.extensions import db
from outreach.features.village_lists.records.tables import ListDecision
from outreach.storage.accounts import User
from tests.features.village_lists.test_minutes import address, text_of
from tests.features.village_lists.test_minutes_pdf import pdf
from tests.support import factories
from tests.support.desk_pages import forget_request, log_in, page
from tests.support.factories import KUBU_PERAHU
from tests.support.list_saying import decision, say
from tests.support.lists import begin_meeting, edit, line_of, lines_of, opened, register, worker
from tests.support.office import PASSWORD
from tests.support.signed_lists import give_term, head_signer, head_with_term, sign, standing
from tests.sync.conftest import Handset, Server

NAME, NUMBER = "SUPARMAN", "+6281200009001"
HOUSE = "01890000-0000-7000-8000-000000009001"
MARK = re.compile(r'data-testid="self-mark">([^<]*)<')
FLAG = re.compile(r'data-testid="self-flag">([^<]*)<')


@pytest.fixture
def desk(server: Server) -> FlaskClient:
    """A supervisor at the desk, who took no part in any list."""
    return log_in(server, "supervisor")


def named(user_id: str, name: str = NAME, phone: str | None = NUMBER) -> None:
    """Have the account tell this name and number, as an administrator recorded them."""
    user = db.session.get_one(User, user_id)
    user.name, user.phone = name, phone
    db.session.commit()


@pytest.fixture
def head(server: Server) -> Handset:
    """The head's own phone, with a term of the office."""
    phone, _ = head_with_term(server)
    named(phone.user_id)
    return phone


def marks(desk: FlaskClient, list_id: str) -> list[str]:
    """The marks in the list's file; its page has as many in short."""
    forget_request()
    sent = desk.post(f"/lists/{list_id}/export", data={"kind": "csv"}).text
    found = [row[-1] for row in csv.reader(sent.splitlines()[1:]) if row[-1]]
    assert len(FLAG.findall(page(desk, f"/lists/{list_id}"))) == len(found)
    return found


FAMILY: list[tuple[dict[str, Any], str, str]] = [
    ({"full_name": "Soeparman"}, "diri sendiri (nama sama)", "Diri sendiri?"),
    ({"phone": NUMBER}, "diri sendiri atau keluarga (nomor HP sama)", "Diri/keluarga?"),
    ({"heirs": [{"name": NAME, "relation": "pasangan"}]}, "keluarga", "Keluarga?"),
]


@pytest.mark.parametrize(("data", "tie", "flag"), FAMILY)
def test_head_who_decides_on_himself_or_family_is_marked(
    server: Server,
    phone: Handset,
    head: Handset,
    desk: FlaskClient,
    data: Any,
    tie: str,
    flag: str,
) -> None:
    own, other = register(phone, **data), register(phone, phone="+6281200009005")
    list_id = opened(server).id
    assert marks(desk, list_id) == []
    for one in (own, other):
        say(head, list_id, line_of(list_id, one).id)
    assert marks(desk, list_id) == [f"{NAME} memutuskan tentang {tie}: periksa"]
    shown = page(desk, f"/lists/{list_id}?only=self")
    assert FLAG.findall(shown) == [flag]
    assert shown.count('data-testid="line"') == 1
    assert re.search(r"Tentang diri sendiri <b>1</b>", shown)
    assert worker(own).status == worker(other).status


def test_wife_of_the_house_is_marked_once_his_own_record_is_known(
    server: Server, phone: Handset, head: Handset, desk: FlaskClient
) -> None:
    wife = register(phone, full_name="SRI LESTARI", phone=None, no_phone=True, household_id=HOUSE)
    list_id = opened(server).id
    say(head, list_id, line_of(list_id, wife).id)
    assert marks(desk, list_id) == []
    register(phone, full_name=NAME, household_id=HOUSE)
    assert marks(desk, list_id) == [f"{NAME} memutuskan tentang keluarga serumah: periksa"]


def test_officers_phone_speaks_for_the_holder_and_for_the_officer(
    server: Server, phone: Handset, head: Handset, desk: FlaskClient
) -> None:
    named(phone.user_id, "BUDI SANTOSO", "+6281200009003")
    people = [register(phone, full_name=name) for name in (NAME, "BUDI SANTOSO", "WATI")]
    list_id = opened(server).id
    for one in people:
        say(phone, list_id, line_of(list_id, one).id)
    assert sorted(marks(desk, list_id)) == [
        f"{who} memutuskan tentang diri sendiri (nama sama): periksa"
        for who in ("BUDI SANTOSO", NAME)
    ]


def test_clock_set_back_before_the_term_hides_no_holder(
    server: Server, phone: Handset, head: Handset, desk: FlaskClient
) -> None:
    own = register(phone, full_name=NAME)
    list_id = opened(server).id
    early = (server.now - timedelta(days=900)).isoformat()
    made = decision(phone, list_id, [line_of(list_id, own).id], parts={"at": early})
    assert phone.results(made)[0]["status"] == "applied"
    assert len(marks(desk, list_id)) == 1


def test_paper_is_marked_for_the_office_for_which_it_was_entered(
    server: Server, phone: Handset, head: Handset, desk: FlaskClient
) -> None:
    own = register(phone, full_name=NAME)
    list_id = opened(server).id
    one = say(phone, list_id, line_of(list_id, own).id)
    row = db.session.get_one(ListDecision, one)
    clerk = factories.make_user(db.session(), "mpp")
    row.how, row.via, row.author = "paper", "desk", clerk.id
    db.session.commit()
    assert marks(desk, list_id) == [f"{NAME} memutuskan tentang diri sendiri (nama sama): periksa"]
    row.on_behalf = None
    db.session.commit()
    assert marks(desk, list_id) == []


def test_what_was_taken_back_is_marked_in_the_history_alone(
    server: Server, phone: Handset, head: Handset, desk: FlaskClient
) -> None:
    own = register(phone, full_name=NAME)
    list_id = opened(server).id
    line = line_of(list_id, own).id
    one = say(head, list_id, line)
    say(head, list_id, line, "batal", over=[one])
    assert marks(desk, list_id) == []
    assert "memutuskan tentang diri sendiri" in page(desk, f"/lists/{list_id}/lines/{line}")


def test_erased_merged_or_foreign_record_marks_nobody(
    server: Server, phone: Handset, head: Handset, desk: FlaskClient
) -> None:
    own = register(phone, full_name=NAME)
    list_id = opened(server).id
    say(head, list_id, line_of(list_id, own).id)
    row = worker(own)
    row.merged_into, before = own, row.merged_into
    db.session.commit()
    assert marks(desk, list_id) == []
    row = worker(own)
    row.merged_into, row.regency = before, "18.05"
    db.session.commit()
    assert marks(desk, list_id) == []


def test_head_changes_neither_own_name_nor_number(server: Server, head: Handset) -> None:
    user = db.session.get_one(User, head.user_id)
    user.password_hash, before = factories.quick_hash(PASSWORD), (user.name, user.phone)
    db.session.commit()
    client = server.app.test_client()
    forget_request()
    said = {"username": user.username, "password": PASSWORD}
    assert client.post("/login", data=said).status_code == 303
    other = {"name": "ORANG LAIN", "phone": "081200009009", "role": "head", "lang": "id"}
    tried = 0
    for rule in server.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.arguments - {"user_id"}:
            continue
        if not rule.rule.startswith(("/account", "/me", "/admin", "/settings", "/profile")):
            continue
        forget_request()
        values = dict.fromkeys(rule.arguments, head.user_id)
        with server.app.test_request_context():
            target = url_for(rule.endpoint, **values)
        client.post(target, data={**other, "username": user.username})
        tried += 1
    assert tried > 3
    db.session.expire_all()
    user = db.session.get_one(User, head.user_id)
    assert (user.name, user.phone) == before


def test_export_has_the_mark(
    server: Server, phone: Handset, head: Handset, desk: FlaskClient
) -> None:
    own = register(phone, full_name=NAME)
    list_id = opened(server).id
    say(head, list_id, line_of(list_id, own).id)
    forget_request()
    lines = desk.post(f"/lists/{list_id}/export", data={"kind": "csv"}).text.splitlines()
    assert lines[0].endswith('"self_mark"')
    assert "diri sendiri (nama sama)" in lines[1]


class TestSigned:
    """A version: what was decided, and who signed."""

    def signed(self, server: Server, phone: Handset, /, by: str = "phone", **more: Any) -> str:
        """The list of a version that one who is on it signs; somebody else decided every line."""
        head, term = head_with_term(server)
        named(head.user_id, phone=None)
        people = [register(phone, full_name=name) for name in (NAME, "WATI", "BU RT")]
        list_id = opened(server).id
        secretary = server.phone(KUBU_PERAHU, role="head")
        for one in people:
            say(secretary, list_id, line_of(list_id, one).id)
        begin_meeting(list_id)
        told = more.pop("name", "PERATIN UJI")
        signers = [head_signer(term, name=told), *more.pop("beside", [])]
        hand = {"phone": phone, "head": head, "secretary": secretary}[by]
        version = sign(hand, list_id, term, signers=signers, **more)
        assert standing(version)[0] in ("paper", "counts")
        return list_id

    @pytest.mark.parametrize("by", ["phone", "secretary"])
    def test_holder_of_the_term_is_marked_whatever_name_the_minutes_say(
        self, server: Server, phone: Handset, desk: FlaskClient, by: str
    ) -> None:
        list_id = self.signed(server, phone, by=by)
        assert marks(desk, list_id) == []
        said = f"{NAME} menandatangani tentang diri sendiri (nama sama): periksa"
        assert MARK.findall(page(desk, address(list_id))) == [said]
        assert "1 nama mungkin diputuskan" in text_of(page(desk, address(list_id)))

    def test_any_signer_under_a_name_of_the_list_is_marked(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        beside = [{"role": "secretary", "name": "WATI", "method": "wet"}]
        list_id = self.signed(server, phone, by="head", beside=beside)
        assert sorted(MARK.findall(page(desk, address(list_id)))) == [
            f"{NAME} menandatangani tentang diri sendiri (nama sama): periksa",
            "WATI menandatangani tentang diri sendiri (nama sama): periksa",
        ]

    def test_full_minutes_say_it_and_the_copy_for_those_present_does_not(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id = self.signed(server, phone, by="head", name=NAME)
        [no] = [line.no for line in lines_of(list_id) if line.snapshot["name"] == NAME]
        said = f"Nama penanda tangan juga ada pada daftar ini, nomor {no}."
        full, copy = pdf(desk, list_id), pdf(desk, list_id, "copy")
        assert said in full.text
        assert "juga ada pada daftar" not in copy.text
        for one in (full, copy):
            one.close()

    def test_mark_refuses_nothing_and_counts_as_before(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id = self.signed(server, phone, by="head")
        own = next(line for line in lines_of(list_id) if line.snapshot["name"] == NAME)
        assert worker(own.worker_id).status == "terverifikasi"

    def test_paper_says_the_same_after_a_record_or_an_account_changed(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id = self.signed(server, phone, by="head", name=NAME)
        first = pdf(desk, list_id)
        own = next(line for line in lines_of(list_id) if line.snapshot["name"] == "WATI")
        edit(server, own.worker_id, phone=NUMBER)
        named(give_term(server.user(KUBU_PERAHU, role="head").id).user_id, "WATI")
        again = pdf(desk, list_id)
        assert again.text == first.text
        for one in (first, again):
            one.close()


def test_renaming_an_account_is_in_the_audit(server: Server, head: Handset) -> None:
    """Who could take a mark away is an administrator, and that is written down."""
    admin = server.user(role="admin")
    user = db.session.get_one(User, head.user_id)
    profile = accounts.Profile(user.username, "NAMA LAIN", user.role, None, "id", None)
    changed = accounts.edit_user(db.session(), "18.04", admin.id, user.id, profile, server.now)
    assert {"name", "phone"} <= set(changed)
