"""All lists at the desk: the matrix, and how lists are opened."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.extensions import db
from outreach.features.village_lists.overview import views
from outreach.features.village_lists.records.tables import VillageList
from outreach.storage.audit import AuditLine
from tests.support import factories
from tests.support.desk_pages import log_in, page, post
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA, SEBARUS
from tests.support.lists import MONTHLY, lines_of, opened, register
from tests.support.office import ELSEWHERE, counted
from tests.sync.conftest import Handset, Server

FORM = {"purpose": "fund", "fund": "apbd_kab", "year": "2027", "in": KUBU_PERAHU}


@pytest.fixture
def head(server: Server) -> FlaskClient:
    """The head of Kubu Perahu at a desk."""
    return log_in(server, "head", KUBU_PERAHU)


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
