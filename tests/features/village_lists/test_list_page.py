"""One list at the desk."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.domain import catalogue
from outreach.extensions import db
from outreach.features.village_lists.records.tables import AddedName, ListDecision, VillageList
from outreach.storage.accounts import Office, Term, User
from outreach.storage.audit import AuditLine
from tests.support import factories
from tests.support.desk_pages import forget_request, log_in, page, post
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA
from tests.support.lists import FUND, line_of, lines_of, opened, register, worker
from tests.support.office import PASSWORD, counted
from tests.sync.conftest import Handset, Server


@pytest.fixture
def head(server: Server) -> FlaskClient:
    """The head of Kubu Perahu at a desk."""
    return log_in(server, "head", KUBU_PERAHU)


class TestList:
    def test_shows_lines_and_hides_what_a_list_never_shows(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        register(phone, full_name="SITI AMINAH", nik="1804044708809001", monthly_income=912_345)
        made = opened(server)
        text = page(desk, f"/lists/{made.id}")
        assert "SITI AMINAH" in text
        assert "18••••••••••9001" in text
        for secret in ("1804044708809001", "912345", "912.345", "Penghasilan", "Desil", "waris"):
            assert secret not in text
        [line] = db.session.scalars(select(AuditLine).where(AuditLine.action == "list"))
        assert line.detail == {"list": made.id, "lines": 1}

    def test_kelurahan_has_no_word_of_a_pekon(self, server: Server, phone: Handset) -> None:
        register(phone, village_code=PASAR_LIWA, pemangku="2", rt="001")
        register(phone, village_code=PASAR_LIWA, consent=None, pemangku="2")
        made = opened(server, village=PASAR_LIWA)
        lurah = log_in(server, "head", PASAR_LIWA)
        line = lines_of(made.id)[0].id
        texts = [
            page(lurah, address)
            for address in ("/lists", f"/lists/{made.id}", f"/lists/{made.id}/lines/{line}")
        ]
        exported = lurah.post(f"/lists/{made.id}/export", data={"kind": "csv"})
        texts.append(exported.get_data(as_text=True))
        for text in texts:
            shown = re.sub(r"<[^>]*>", " ", text).lower()
            for word in ("pekon", "pemangku", "peratin"):
                assert word not in shown.replace("kepala pekon/kelurahan", ""), word
        assert "Lingkungan 2 · RT 001" in texts[1]

    def test_head_decides_and_takes_back(
        self, server: Server, phone: Handset, head: FlaskClient
    ) -> None:
        row = register(phone)
        made = opened(server)
        line = line_of(made.id, row)
        address = f"/lists/{made.id}/lines/{line.id}"
        assert post(head, address, verdict="layak", only="todo") == f"/lists/{made.id}?only=todo"
        [said] = db.session.scalars(select(ListDecision))
        assert (said.via, said.verdict, said.how) == ("own", "layak", "single")
        text = page(head, address)
        assert "Layak" in text
        post(head, address, verdict="batal", over=said.id)
        assert line_of(made.id, row).verdict is None

    def test_reason_needs_its_details_and_the_field_is_marked(
        self, server: Server, phone: Handset, head: FlaskClient
    ) -> None:
        row = register(phone)
        made = opened(server)
        address = f"/lists/{made.id}/lines/{line_of(made.id, row).id}"
        dead = {"verdict": "tidak_masuk", "reason": "meninggal"}
        text = post(head, address, 422, **dead, source="anaknya")
        assert 'id="e-date"' in text
        assert 'value="anaknya"' in text
        # Details of another reason that a form without script sends along are left out.
        post(head, address, **dead, date="2026-11-01", source="anaknya", to="Liwa", field="nik")
        [said] = db.session.scalars(select(ListDecision))
        assert said.detail == {"date": "2026-11-01", "source": "anaknya"}
        text = page(head, address)
        assert "1 November 2026, menurut anaknya" in text

    def test_number_of_the_same_person_is_the_line(
        self, server: Server, phone: Handset, head: FlaskClient
    ) -> None:
        register(phone)
        register(phone)
        made = opened(server)
        one, other = lines_of(made.id)
        address = f"/lists/{made.id}/lines/{one.id}"
        post(head, address, verdict="tidak_masuk", reason="ganda", same_as=str(other.no))
        [said] = db.session.scalars(select(ListDecision))
        assert said.detail == {"same_as": other.id}

    @pytest.mark.parametrize("whom", ["1", "001", "44"])
    def test_number_of_nobody_else_marks_its_field_and_keeps_what_was_typed(
        self, server: Server, phone: Handset, head: FlaskClient, whom: str
    ) -> None:
        register(phone)
        register(phone)
        made = opened(server)
        address = f"/lists/{made.id}/lines/{lines_of(made.id)[0].id}"
        told = {"verdict": "tidak_masuk", "reason": "ganda", "same_as": whom}
        text = post(head, address, 422, **told)
        [field] = re.findall(r'<input[^>]*name="same_as"[^>]*>', text)
        assert f'value="{whom}"' in field
        assert 'aria-invalid="true"' in field
        assert catalogue.translate("id", "error.check_twin") in text
        assert db.session.scalars(select(ListDecision)).all() == []

    def test_clash_shows_both_and_a_new_answer_ends_it(
        self, server: Server, phone: Handset, head: FlaskClient, desk: FlaskClient
    ) -> None:
        row = register(phone)
        made = opened(server)
        line = line_of(made.id, row).id
        address = f"/lists/{made.id}/lines/{line}"
        post(head, address, verdict="layak")
        values = {"list": made.id, "lines": [line], "verdict": "tunda"}
        phone.push(phone.mutation(KUBU_PERAHU, table="list_decision", set=values))
        assert "Jawaban berbeda" in page(desk, f"/lists/{made.id}?only=clash")
        text = page(head, address)
        assert 'data-testid="clash"' in text
        assert "lewat HP petugas" in text
        heads = re.search(r'name="over" value="([^"]+)"', text)
        assert heads
        assert len(heads.group(1).split(",")) == 2
        post(head, address, verdict="layak", over=heads.group(1))
        assert line_of(made.id, row).verdict == "layak"

    def test_history_names_office_and_term_of_that_day(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        office = factories.make_office(db.session(), "pekon", KUBU_PERAHU)
        user = factories.make_user(
            db.session(), "head", (KUBU_PERAHU,), password_hash=factories.quick_hash(PASSWORD)
        )
        term = {"user_id": user.id, "office_id": office.id, "regency": "18.04"}
        db.session.add(
            Term(id="t1", capacity="pj", title="Pj. Peratin", starts=date(2026, 1, 1), **term)
        )
        db.session.commit()
        client = server.app.test_client()
        forget_request()
        client.post("/login", data={"username": user.username, "password": PASSWORD})
        row = register(phone)
        made = opened(server)
        address = f"/lists/{made.id}/lines/{line_of(made.id, row).id}"
        post(client, address, verdict="layak")
        name = db.session.get_one(Office, office.id).name
        db.session.get_one(Term, "t1").ends = date(2026, 11, 22)  # handed over since
        db.session.commit()
        text = page(desk, address)
        assert f"Pj. Peratin, {name}" in text
        assert db.session.get_one(User, user.id).name in text

    def test_rt_is_decided_together(
        self, server: Server, phone: Handset, head: FlaskClient
    ) -> None:
        for n in range(3):
            register(phone, pemangku="2", rt="001" if n else "002")
        flagged = register(phone, pemangku="2", rt="001", domicile_same_as_ktp=False)
        made = opened(server)
        post(head, f"/lists/{made.id}/together", hamlet="2", rt="001")
        [said] = db.session.scalars(select(ListDecision))
        assert (len(said.lines), said.how) == (2, "together")
        assert line_of(made.id, flagged).verdict is None
        assert "2 diputuskan bersama" in page(head, f"/lists/{made.id}")

    def test_missing_name_and_meeting(self, server: Server, head: FlaskClient) -> None:
        made = opened(server)
        post(head, f"/lists/{made.id}/names", name="PAK SLAMET", hamlet="2", note="")
        [row] = db.session.scalars(select(AddedName))
        assert (row.name, row.hamlet, row.note) == ("PAK SLAMET", "2", None)
        post(head, f"/lists/{made.id}/names", name="12")
        assert "tulis nama orangnya dengan huruf." in page(head, f"/lists/{made.id}")
        post(head, f"/lists/{made.id}/meeting")
        db.session.expire_all()
        assert db.session.get_one(VillageList, made.id).state == "meeting"
        assert "Mulai rapat" not in page(head, f"/lists/{made.id}").split('data-testid="acts"')[1]

    def test_row_comes_back_alone_to_htmx(
        self, server: Server, phone: Handset, head: FlaskClient
    ) -> None:
        row = register(phone)
        made = opened(server)
        address = f"/lists/{made.id}/lines/{line_of(made.id, row).id}"
        answer = head.post(address, data={"verdict": "layak"}, headers={"HX-Request": "true"})
        text = answer.get_data(as_text=True)
        assert text.lstrip().startswith("<tr")
        assert 'hx-swap-oob="true"' in text
        assert "1 dari 1 nama sudah diputuskan" in text

    def test_closing_asks_first(self, server: Server, phone: Handset, desk: FlaskClient) -> None:
        row = register(phone)
        made = opened(server)
        assert "Tutup daftar Kubu Perahu?" in page(desk, f"/lists/{made.id}/close")
        assert worker(row).status == "verifikasi_pekon"
        post(desk, f"/lists/{made.id}/close")
        assert worker(row).status == "calon"
        text = page(desk, f"/lists/{made.id}")
        assert "1 nama kembali menjadi calon peserta" in text
        assert f'href="/lists/{made.id}/close"' not in text
        post(desk, f"/lists/{made.id}/close")
        assert "Daftar ini sudah ditutup." in page(desk, f"/lists/{made.id}")

    def test_reminder_names_nobody(self, server: Server, phone: Handset, desk: FlaskClient) -> None:
        register(phone, full_name="SITI AMINAH")
        made = opened(server)
        text = page(desk, f"/lists/{made.id}")
        [reminder] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", text, re.S)
        assert "0 dari 1 nama sudah diputuskan" in reminder
        assert "Yth. Peratin Kubu Perahu." in reminder
        assert "SITI" not in reminder

    def test_two_lists_are_compared(
        self, server: Server, phone: Handset, desk: FlaskClient, head: FlaskClient
    ) -> None:
        from dataclasses import replace

        stays, late = register(phone, full_name="TETAP"), None
        one = opened(server)
        post(head, f"/lists/{one.id}/lines/{line_of(one.id, stays).id}", verdict="layak")
        post(desk, f"/lists/{one.id}/close")
        late = register(phone, full_name="MENYUSUL")
        other = opened(server, replace(FUND, year=2026))
        text = page(desk, f"/lists/{one.id}/compare/{other.id}")
        assert "2 nama berbeda antara kedua daftar." in text
        assert "MENYUSUL" in text
        assert line_of(other.id, late).no == 1

    def test_file_masks_and_names_codes(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        register(phone, full_name="SITI", nik="1804044708809001")
        made = opened(server)
        text = desk.post(f"/lists/{made.id}/export", data={"kind": "csv"}).get_data(as_text=True)
        assert "18••••••••••9001" in text
        assert "1804044708809001" not in text
        assert '"SITI"' in text

    def test_statements_do_not_grow_with_lines(
        self, app: Flask, server: Server, phone: Handset, desk: FlaskClient, head: FlaskClient
    ) -> None:
        register(phone)
        made = opened(server)
        page(desk, f"/lists/{made.id}")
        with counted(app) as one:
            page(desk, f"/lists/{made.id}")
        for _ in range(5):
            row = register(phone)
            address = f"/lists/{made.id}/lines/{line_of(made.id, row).id}"
            post(head, address, verdict="layak")
        with counted(app) as six:
            page(desk, f"/lists/{made.id}")
        assert len(six) <= len(one) + 1  # the terms of those who decided
