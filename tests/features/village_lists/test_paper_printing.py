"""A list on paper: its pages, versions, codes, and who may print it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records.paper_sheets import item_hash, read_code
from outreach.features.village_lists.records.paper_tables import PaperPrint
from outreach.storage.audit import AuditLine
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA, SEBARUS, make_user, quick_hash
from tests.support.lists import FUND, MONTHLY, edit, lines_of, opened, register, worker
from tests.support.office import PASSWORD
from tests.sync.conftest import Handset, Server

PEKON = re.compile(r"\b(?:pekon|pemangku|peratin)\b", re.IGNORECASE)


def browser(server: Server, role: str = "supervisor", *villages: str) -> FlaskClient:
    """A browser of a new user with this role."""
    user = make_user(db.session(), role, villages, password_hash=quick_hash(PASSWORD))
    db.session.commit()
    begin_request()
    client = server.app.test_client()
    answer = client.post("/login", data={"username": user.username, "password": PASSWORD})
    assert answer.status_code == 303
    return client


def begin_request() -> None:
    """Forget who asked before: the fixture's app context outlives each request."""
    for name in ("office_waiting", "_login_user", "actor"):
        g.pop(name, None)


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    begin_request()
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    return answer.get_data(as_text=True)


def print_list(client: FlaskClient, list_id: str, size: str = "a4") -> str:
    """The address of the pages that a press on the button leads to."""
    begin_request()
    answer = client.post(f"/village-lists/{list_id}/paper/print", data={"size": size})
    assert answer.status_code == 303
    return answer.location


def versions(list_id: str) -> list[PaperPrint]:
    db.session.expire_all()
    own = select(PaperPrint).where(PaperPrint.list_id == list_id)
    return list(db.session.scalars(own.order_by(PaperPrint.n)))


class TestPages:
    def test_25_numbered_lines_a_page_with_code_version_and_page(
        self, server: Server, phone: Handset
    ) -> None:
        for _ in range(27):
            register(phone)
        made, client = opened(server), browser(server)
        address = print_list(client, made.id, "f4")
        assert address.endswith(f"/village-lists/{made.id}/paper/print/1?size=f4")
        text = page(client, address)
        assert "worksheet_f4" in text
        assert text.count('data-testid="sheet"') == 2
        assert text.count('data-testid="sheet-line"') == 27
        first, second = text.split('data-testid="sheet"')[1:]
        assert re.findall(r'class="no">(\d+)<', first) == [str(n) for n in range(1, 26)]
        assert re.findall(r'class="no">(\d+)<', second) == ["26", "27"]
        [version] = versions(made.id)
        whole = " ".join(re.findall("....", version.hash))
        for no, sheet in enumerate((first, second), start=1):
            assert "Versi 1" in sheet
            assert f"Halaman {no} dari 2" in sheet
            assert whole in sheet

    def test_line_shows_what_finds_the_person_and_masks_the_nik(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone, full_name="SUTINI UJI", pemangku="3", rt="002")
        nik = str(worker(row).nik)
        client = browser(server)
        text = page(client, print_list(client, opened(server).id))
        assert "SUTINI UJI" in text
        assert "Pemangku 3 / RT 002" in text
        assert f"{nik[:2]}••••••••••{nik[-4:]}" in text
        assert nik not in text
        age = server.now.year - int(str(worker(row).data["birth_date"])[:4])
        assert f'class="age">{age}<' in text

    def test_kelurahan_has_no_word_of_a_pekon(self, server: Server, phone: Handset) -> None:
        register(phone, village_code=PASAR_LIWA, pemangku="2")
        client = browser(server)
        text = page(client, print_list(client, opened(server, village=PASAR_LIWA).id))
        assert "Kelurahan Pasar Liwa" in text
        assert "Lingkungan 2" in text
        assert not PEKON.search(text.split("<body")[1])

    def test_month_asks_whether_people_are_still_there(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone)
        worker(row).status = "aktif"
        db.session.commit()
        client = browser(server)
        text = page(client, print_list(client, opened(server, MONTHLY).id))
        assert "Masih ada" in text
        assert "Layak" not in text

    def test_code_names_list_version_page_and_hash_and_nobody(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone)
        made, client = opened(server), browser(server)
        print_list(client, made.id)
        from outreach.features.village_lists.paper.paper_printing import open_print

        printed = open_print(db.session(), server.actor(), made.id, 1, "a4", server.now)
        assert printed is not None
        text = printed.code(1)
        code = read_code(text)
        assert code is not None
        assert (code.list_id, code.version, code.page) == (made.id, 1, 1)
        assert code.hash == versions(made.id)[0].hash
        assert worker(row).full_name not in text
        for other in ("", "JK1.x", text[:-1], text.replace(made.id.upper(), "X" * 36)):
            assert read_code(other) is None


class TestVersions:
    def test_same_list_keeps_its_version_and_a_changed_one_gets_the_next(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone)
        made, client = opened(server), browser(server)
        first = print_list(client, made.id)
        assert print_list(client, made.id) == first
        edit(server, row, full_name="NAMA LAIN")
        assert client.get(first).status_code == 303
        assert "Daftar berubah sejak versi 1" in page(client, f"/village-lists/{made.id}/paper")
        assert "/print/2" in print_list(client, made.id)
        assert [one.n for one in versions(made.id)] == [1, 2]

    def test_hidden_digits_make_another_version(self, server: Server, phone: Handset) -> None:
        row = register(phone, nik="1804044708809501")
        made, client = opened(server), browser(server)
        print_list(client, made.id)
        edit(server, row, nik="1804044708819501")
        assert "/print/2" in print_list(client, made.id)

    def test_who_is_gone_is_not_printed_and_numbers_stay(
        self, server: Server, phone: Handset
    ) -> None:
        rows = [register(phone) for _ in range(3)]
        made, client = opened(server), browser(server)
        gone = next(line for line in lines_of(made.id) if line.no == 2)
        assert gone.worker_id in rows
        edit(server, gone.worker_id, village_code=SEBARUS)
        text = page(client, print_list(client, made.id))
        assert re.findall(r'class="no">(\d+)<', text) == ["1", "3"]

    @pytest.mark.parametrize("state", ["closed", "empty"])
    def test_closed_or_empty_list_is_not_printed(
        self, server: Server, phone: Handset, state: str
    ) -> None:
        if state == "closed":
            register(phone)
        made, client = opened(server), browser(server)
        if state == "closed":
            close_list(db.session(), server.actor(), made.id, server.now)
        assert print_list(client, made.id).endswith("/paper")
        words = {"closed": "sudah ditutup", "empty": "belum punya nama"}[state]
        assert words in page(client, f"/village-lists/{made.id}/paper")
        assert versions(made.id) == []

    def test_erased_person_leaves_no_hash(self, server: Server, phone: Handset) -> None:
        from outreach.core.backup.erased_rows import erase_rows

        row, other = register(phone), register(phone)
        made, client = opened(server), browser(server)
        print_list(client, made.id)
        erase_rows(db.session(), "18.04", [row], server.now)
        db.session.commit()
        own = {line.id: line.worker_id for line in lines_of(made.id)}
        kept = {own[str(one["line"])]: one["hash"] for one in versions(made.id)[0].lines}
        assert kept[row] == ""
        assert kept[other]


class TestWho:
    @pytest.mark.parametrize(
        ("role", "villages", "status"),
        [
            ("supervisor", (), 200),
            ("mpp", (), 200),
            ("head", (KUBU_PERAHU,), 200),
            ("head", (SEBARUS,), 404),
            ("officer", (KUBU_PERAHU,), 403),
            ("department", (), 403),
            ("admin", (), 403),
        ],
    )
    def test_only_who_may_see_the_village_prints(
        self, server: Server, phone: Handset, role: str, villages: tuple[str, ...], status: int
    ) -> None:
        register(phone)
        made = opened(server)
        address = print_list(browser(server), made.id)
        client = browser(server, role, *villages)
        assert client.get(address).status_code == status
        assert client.get(f"/village-lists/{made.id}/paper").status_code == status
        answer = client.post(f"/village-lists/{made.id}/paper/print", data={"size": "a4"})
        assert answer.status_code == (303 if status == 200 else status)
        if status != 403:
            shown = made.id in page(client, "/village-lists/paper")
            assert shown == (status == 200)

    def test_list_of_another_regency_is_not_there(self, server: Server, phone: Handset) -> None:
        from outreach.features.village_lists.records.tables import VillageList

        register(phone)
        made, client = opened(server), browser(server)
        db.session.get_one(VillageList, made.id).regency = "18.05"
        db.session.commit()
        page(client, f"/village-lists/{made.id}/paper", 404)
        assert made.id not in page(client, "/village-lists/paper")

    def test_every_look_at_the_pages_is_audited(self, server: Server, phone: Handset) -> None:
        register(phone)
        made, client = opened(server), browser(server)
        address = print_list(client, made.id, "f4")
        page(client, address)
        page(client, address)
        asked = select(AuditLine).where(AuditLine.action == "list_printed")
        lines: list[Any] = list(db.session.scalars(asked))
        assert [(x.object_id, x.region_code) for x in lines] == [(made.id, KUBU_PERAHU)] * 2
        assert lines[0].detail == {"version": 1, "size": "f4", "names": 1}


def test_lists_of_a_supervisor_show_what_they_are_for(server: Server, phone: Handset) -> None:
    register(phone)
    opened(server)
    opened(server, replace(FUND, fund="dbh_sawit"))
    text = page(browser(server), "/village-lists/paper")
    assert "APBD kabupaten" in text
    assert "DBH sawit" in text
    assert text.count('data-testid="paper-list"') == 2


SHARED = json.loads((Path(__file__).parents[2] / "shared" / "paper_sheets.json").read_text())


@pytest.mark.parametrize(("line", "expected"), SHARED["lines"])
def test_line_has_the_hash_that_phones_work_out_too(line: dict[str, Any], expected: str) -> None:
    own = {name: line[name] for name in ("id", "no", "nik_no", "salt")}
    made = SimpleNamespace(**own, snapshot=line, gone=None, into=None)
    assert item_hash(made) == expected


@pytest.mark.parametrize(("text", "expected"), SHARED["codes"])
def test_code_reads_as_phones_read_it(text: str, expected: dict[str, Any] | None) -> None:
    found = read_code(text)
    told = found and {"list": found.list_id, **asdict(found)}
    assert expected == (told and {name: told[name] for name in ("list", "version", "page", "hash")})
