"""The office's pages of lists: who may open them, what they show, what is done there."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.domain import catalogue
from outreach.domain.actor import ROLES
from outreach.extensions import db
from outreach.features.village_lists import presenter, views
from outreach.features.village_lists.tables import AddedName, ListDecision, VillageList
from outreach.storage.accounts import Office, Term, User
from outreach.storage.audit import AuditLine
from outreach.storage.regions import Region
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA, SEBARUS
from tests.support.lists import FUND, MONTHLY, line_of, lines_of, opened, register, worker
from tests.support.office import ELSEWHERE, PASSWORD, counted
from tests.sync.conftest import Handset, Server

RAW_KEY = re.compile(r"\b(?:village_lists|field|kit|review|label|error)\.[a-z_]+(?:\.[a-z_]+)+\b")
FORM = {"purpose": "fund", "fund": "apbd_kab", "year": "2027", "in": KUBU_PERAHU}


def log_in(server: Server, role: str, *villages: str) -> FlaskClient:
    user = factories.make_user(
        db.session(), role, villages, password_hash=factories.quick_hash(PASSWORD)
    )
    db.session.commit()
    client = server.app.test_client()
    said = {"username": user.username, "password": PASSWORD}
    forget_request()
    assert client.post("/login", data=said).status_code == 303
    return client


def forget_request() -> None:
    """The fixture's app context outlives each request, and with it who was logged in."""
    for name in ("office_waiting", "_login_user", "actor"):
        g.pop(name, None)


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    forget_request()
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:300]
    text = answer.get_data(as_text=True)
    assert RAW_KEY.findall(re.sub(r"<[^>]*>", " ", text)) == []
    return text


def post(client: FlaskClient, address: str, status: int = 303, /, **form: Any) -> str:
    forget_request()
    answer = client.post(address, data=form)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True) if status != 303 else answer.headers["Location"]


@pytest.fixture
def desk(server: Server) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(server, "supervisor")


@pytest.fixture
def head(server: Server) -> FlaskClient:
    """The head of Kubu Perahu at a desk."""
    return log_in(server, "head", KUBU_PERAHU)


class TestAccess:
    def addresses(self, server: Server, phone: Handset) -> list[tuple[str, str]]:
        """(method, address) of every page of one list, and of the matrix."""
        register(phone)
        made, other = opened(server), opened(server, MONTHLY)
        line = lines_of(made.id)[0].id
        own = f"/lists/{made.id}"
        return [
            ("GET", own),
            ("POST", f"{own}/export"),
            ("GET", f"{own}/close"),
            ("POST", f"{own}/close"),
            ("POST", f"{own}/meeting"),
            ("POST", f"{own}/together"),
            ("POST", f"{own}/names"),
            ("GET", f"{own}/lines/{line}"),
            ("POST", f"{own}/lines/{line}"),
            ("GET", f"{own}/compare/{other.id}"),
        ]

    def test_only_supervisor_mpp_and_head_open_any(self, server: Server, phone: Handset) -> None:
        addresses = [
            *self.addresses(server, phone),
            ("GET", "/lists"),
            ("POST", "/lists/export"),
            ("GET", "/lists/open"),
            ("POST", "/lists/open"),
        ]
        for role in sorted(set(ROLES) - set(views.READERS)):
            client = log_in(server, role, KUBU_PERAHU)
            for method, address in addresses:
                forget_request()
                assert client.open(address, method=method).status_code == 403, address

    def test_head_of_another_village_finds_nothing(self, server: Server, phone: Handset) -> None:
        addresses = self.addresses(server, phone)
        other = log_in(server, "head", SEBARUS)
        for method, address in addresses:
            forget_request()
            assert other.open(address, method=method).status_code in (403, 404), address
        assert "Kubu Perahu" not in page(other, "/lists")
        assert not list(db.session.scalars(select(ListDecision)))

    def test_list_of_another_regency_is_not_there(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        db.session.add(
            Region(code=ELSEWHERE, name="Jauh", level=4, parent_code="18.05.01", kind="pekon")
        )
        made = opened(server)
        row = db.session.get_one(VillageList, made.id)
        row.regency, row.region_code = "18.05", ELSEWHERE
        db.session.commit()
        page(desk, f"/lists/{made.id}", 404)
        assert "Jauh" not in page(desk, "/lists")

    def test_line_and_list_are_found_under_their_own_alone(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        register(phone)
        register(phone, village_code=SEBARUS)
        made, other = opened(server), opened(server, village=SEBARUS)
        foreign = lines_of(other.id)[0].id
        page(desk, f"/lists/{made.id}/lines/{foreign}", 404)
        page(desk, f"/lists/{other.id}/lines/{foreign}")
        page(desk, f"/lists/{made.id}/compare/{other.id}", 404)

    def test_every_look_at_people_is_audited(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        register(phone)
        made, other = opened(server), opened(server, MONTHLY)
        own = f"/lists/{made.id}"
        page(desk, own)
        page(desk, f"{own}/lines/{lines_of(made.id)[0].id}")
        page(desk, f"{own}/compare/{other.id}")
        for address in (f"{own}/export", "/lists/export"):
            forget_request()
            assert desk.post(address).status_code == 200
        looked = select(AuditLine.action, AuditLine.detail).order_by(AuditLine.id)
        found = [
            (action, detail.get("list"))
            for action, detail in db.session.execute(looked)
            if action in ("list", "list_line", "list_compared", "export")
        ]
        assert found == [
            ("list", made.id),
            ("list_line", made.id),
            ("list_compared", made.id),
            ("export", made.id),
            ("export", None),
        ]

    def test_head_reads_of_no_village_but_the_own(self, server: Server, head: FlaskClient) -> None:
        text = page(head, "/lists?only=none")
        assert re.findall(r'data-testid="village"', text) == ['data-testid="village"']
        assert "Sebarus" not in text

    def test_place_of_another_regency_is_none(self, server: Server, desk: FlaskClient) -> None:
        db.session.add(
            Region(code=ELSEWHERE, name="Jauh", level=4, parent_code="18.05.01", kind="pekon")
        )
        db.session.commit()
        assert "Jauh" not in page(desk, f"/lists?only=none&in={ELSEWHERE}")
        post(desk, "/lists/open", 422, **{**FORM, "in": ELSEWHERE})

    def test_supervisor_decides_nothing_and_head_opens_nothing(
        self, server: Server, phone: Handset, desk: FlaskClient, head: FlaskClient
    ) -> None:
        register(phone)
        made = opened(server)
        line = lines_of(made.id)[0].id
        post(desk, f"/lists/{made.id}/lines/{line}", 403, verdict="layak")
        post(desk, f"/lists/{made.id}/meeting", 403)
        post(head, "/lists/open", 403, **FORM)
        post(head, f"/lists/{made.id}/close", 403)

    def test_places_of_one_regency_are_none_of_another(self, server: Server) -> None:
        with server.app.test_request_context():
            found = [presenter.is_place(KUBU_PERAHU, regency) for regency in ("18.04", "18.05")]
        assert found == [True, False]


class TestMatrix:
    def test_says_how_far_each_list_is(
        self, server: Server, phone: Handset, desk: FlaskClient, head: FlaskClient
    ) -> None:
        for _ in range(3):
            register(phone)
        made = opened(server)
        line = lines_of(made.id)[0].id
        post(head, f"/lists/{made.id}/lines/{line}", verdict="layak")
        text = page(desk, "/lists")
        assert "1 daftar terbuka: 1 dari 3 nama sudah diputuskan." in text
        assert "APBD kabupaten 2027" in text
        assert "1 dari 3" in text

    def test_filters_show_what_asks_for_something(
        self, server: Server, phone: Handset, desk: FlaskClient, head: FlaskClient
    ) -> None:
        for village in (KUBU_PERAHU, SEBARUS, PASAR_LIWA):
            register(phone, village_code=village)
        late, done, silent = (opened(server, village=v) for v in (KUBU_PERAHU, SEBARUS, PASAR_LIWA))
        db.session.get_one(VillageList, late.id).due = date(2026, 11, 1)
        db.session.get_one(VillageList, silent.id).opened_at = factories.NOW.replace(day=1)
        db.session.commit()
        neighbour = log_in(server, "head", SEBARUS)
        line = lines_of(done.id)[0].id
        post(neighbour, f"/lists/{done.id}/lines/{line}", verdict="layak")

        def shown(only: str) -> set[str]:
            return set(
                re.findall(r'href="/lists/([0-9a-f-]{36})"', page(desk, f"/lists?only={only}"))
            )

        assert shown("overdue") == {late.id}
        assert shown("done") == {done.id}
        assert shown("silent") == {silent.id}
        assert shown("") == {late.id, done.id, silent.id}
        assert shown("closed") == set()
        assert shown("nonsense") == {late.id, done.id, silent.id}
        assert "Sebarus" not in page(desk, f"/lists?in={KUBU_PERAHU}").split("<tbody>")[1]

    def test_villages_without_a_list_are_named(self, server: Server, desk: FlaskClient) -> None:
        opened(server)
        text = page(desk, "/lists?only=none")
        assert "2 pekon/kelurahan belum punya daftar terbuka." in text
        rows = text.split("<tbody>")[1]
        assert "Sebarus" in rows
        assert "Kubu Perahu" not in rows

    def test_lists_that_ask_for_something_come_first(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        for village in (KUBU_PERAHU, SEBARUS):
            register(phone, village_code=village)
        calm, late = opened(server), opened(server, village=SEBARUS)
        text = page(desk, "/lists")
        assert text.index(calm.id) < text.index(late.id)
        db.session.get_one(VillageList, late.id).due = date(2026, 11, 1)
        db.session.commit()
        text = page(desk, "/lists")
        assert text.index(late.id) < text.index(calm.id)
        assert '1-11-2026</span> <span class="late">terlambat' in text
        assert "1 November 2026, terlambat" in page(desk, f"/lists/{late.id}")
        text = page(desk, "/lists?sort=place")
        assert text.index(calm.id) < text.index(late.id)

    def test_sorting_by_silence_brings_the_most_silent_first(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        first, second = opened(server), opened(server, village=SEBARUS)
        db.session.get_one(VillageList, second.id).opened_at = factories.NOW.replace(day=2)
        db.session.commit()
        text = page(desk, "/lists?sort=silent")
        assert text.index(second.id) < text.index(first.id)

    def test_menu_counts_what_waits(
        self, server: Server, phone: Handset, desk: FlaskClient, head: FlaskClient
    ) -> None:
        def waits(client: FlaskClient) -> str:
            entry = page(client, "/lists").split('href="/lists"')[1].split("</a>")[0]
            found = re.search(r'class="waits"[^>]*>(\d+)', entry)
            return found.group(1) if found else ""

        register(phone)
        made = opened(server)
        assert (waits(desk), waits(head)) == ("", "1")
        line = lines_of(made.id)[0].id
        post(head, f"/lists/{made.id}/lines/{line}", verdict="layak")
        assert (waits(desk), waits(head)) == ("1", "")

    def test_statements_do_not_grow_with_lists(
        self, app: Flask, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        opened(server)
        page(desk, "/lists")
        with counted(app) as one:
            page(desk, "/lists")
        for village in (SEBARUS, PASAR_LIWA):
            register(phone, village_code=village)
            opened(server, village=village)
        opened(server, MONTHLY)
        with counted(app) as four:
            page(desk, "/lists")
        assert len(four) == len(one)

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_file_has_the_same_lists(
        self, server: Server, phone: Handset, desk: FlaskClient, kind: str
    ) -> None:
        register(phone)
        opened(server)
        answer = desk.post("/lists/export", data={"kind": kind})
        assert answer.status_code == 200
        assert f".{kind}" in answer.headers["Content-Disposition"]
        if kind == "csv":
            lines = answer.get_data(as_text=True).splitlines()
            assert len(lines) == 2
            assert '"Kubu Perahu","18.04.04.2002","Daftar APBD kabupaten 2027"' in lines[1]
        actions = list(db.session.scalars(select(AuditLine.action)))
        assert actions.count("export") == 1


class TestOpening:
    def test_shows_how_many_first_then_opens(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        register(phone)
        register(phone, consent=None)
        page(desk, "/lists/open")
        text = post(desk, "/lists/open", 200, **FORM)
        assert (
            "1 daftar akan dibuka dengan 1 nama untuk diperiksa dan 1 nama untuk didatangi." in text
        )
        assert db.session.scalar(select(VillageList.id)) is None
        where = post(desk, "/lists/open", **FORM, step="confirmed")
        [made] = db.session.scalars(select(VillageList))
        assert where == f"/lists/{made.id}"
        assert "Daftar dibuka dengan 1 nama untuk diperiksa." in page(desk, where)

    def test_all_villages_open_step_by_step(
        self,
        server: Server,
        phone: Handset,
        desk: FlaskClient,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(views, "STEP_SECONDS", 0.0)
        form = {**FORM, "in": "", "fund": "apbpekon", "step": "confirmed"}
        seen, text = 0, post(desk, "/lists/open", 200, **form)
        while "data-send-on" in text:
            seen += 1
            carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
            assert carried.pop("step") == "confirmed"
            text = post(desk, "/lists/open", 200, **{**carried, "step": "confirmed"})
        assert seen == 1
        assert "Selesai: semua daftar sudah dibuka." in text
        assert "2 daftar dibuka" in text
        villages = set(db.session.scalars(select(VillageList.region_code)))
        assert villages == {KUBU_PERAHU, SEBARUS}

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"fund": "kas"}, "fund"),
            ({"year": "zwei"}, "year"),
            ({"year": "1999"}, "year"),
            ({"objection_days": "99"}, "objection_days"),
            ({"due": "2026-02-31"}, "due"),
            ({"due": "2020-01-01"}, "due"),
            ({"purpose": "x"}, "purpose"),
            ({"in": "18.04.99"}, "in"),
            ({"in": ELSEWHERE}, "in"),
        ],
    )
    def test_wrong_field_is_marked_and_has_the_focus(
        self, server: Server, desk: FlaskClient, change: dict[str, str], field: str
    ) -> None:
        text = post(desk, "/lists/open", 422, **{**FORM, **change})
        assert f'id="e-{field}"' in text
        marked = re.search(
            r"<(?:input|select)[^>]*aria-invalid[^>]*autofocus|<(?:input|select)[^>]*autofocus[^>]*aria-invalid",
            text,
        )
        assert marked
        assert f'name="{field}"' in marked.group(0)
        assert db.session.scalar(select(VillageList.id)) is None

    def test_statements_of_the_preview_do_not_grow_with_villages(
        self, app: Flask, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        with counted(app) as one:
            post(desk, "/lists/open", 200, **FORM)
        for village in (KUBU_PERAHU, SEBARUS, PASAR_LIWA):
            register(phone, village_code=village)
        with counted(app) as all_of_them:
            post(desk, "/lists/open", 200, **{**FORM, "in": ""})
        assert len(all_of_them) <= len(one)


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


def test_letters_of_sexes_are_those_of_their_language(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    register(phone)
    own = f"/lists/{opened(server).id}"
    assert re.search(r"\b[LP] · 19\d\d", page(desk, own))
    desk.post("/lang", data={"lang": "en", "back": own})
    text = page(desk, own)
    assert re.search(r"\b[MF] · 19\d\d", text)
    assert not re.search(r"\b[LP] · 19\d\d", text)


@pytest.mark.parametrize("lang", catalogue.LANGS)
def test_every_word_of_the_other_language_is_there(lang: str) -> None:
    own = {key for key in catalogue.load(lang) if key.startswith("village_lists.")}
    own = {key for key in own if key.removesuffix(".one") not in own - {key}}  # one of many
    other = {key for key in catalogue.load("id") if key.startswith("village_lists.")}
    other = {key for key in other if key.removesuffix(".one") not in other - {key}}
    assert own == other
