"""A sheet is entered by number, twice, and counts once; each wrong number gets one sentence."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from outreach.core.backup.erased_rows import erase_rows
from outreach.core.record.merging import merge_workers
from outreach.core.record.rights import NotAllowed
from outreach.domain import catalogue
from outreach.domain.actor import Actor
from outreach.extensions import db
from outreach.features.village_lists import paper_counting
from outreach.features.village_lists.opening import close_list
from outreach.features.village_lists.paper_entering import Sheet, move, open_sheet
from outreach.features.village_lists.paper_tables import PaperAnswer, PaperEntry
from outreach.features.village_lists.tables import DeathReport, ListDecision
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from tests.features.village_lists.test_paper_printing import (
    begin_request,
    browser,
    page,
    print_list,
)
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import edit, lines_of, opened, register, worker
from tests.support.office import PASSWORD
from tests.sync.conftest import Handset, Server


class Desk:
    """A browser at one sheet."""

    def __init__(self, client: FlaskClient, list_id: str, entry: str = "") -> None:
        self.client, self.list_id, self.entry = client, list_id, entry

    @property
    def at(self) -> str:
        return f"/village-lists/{self.list_id}/paper/sheets/{self.entry}"

    def start(self, status: int = 303, /, **which: str) -> str:
        """Begin a sheet; the page where that is refused."""
        begin_request()
        answer = self.client.post(f"/village-lists/{self.list_id}/paper/sheets", data=which)
        assert answer.status_code == status, answer.get_data(as_text=True)
        if status == 303:
            self.entry = answer.location.rsplit("/", 1)[1]
        return str(answer.get_data(as_text=True))

    def page(self, query: str = "") -> str:
        return page(self.client, self.at + query)

    def post(self, act: str, status: int = 303, /, **form: str) -> str:
        begin_request()
        answer = self.client.post(f"{self.at}/{act}", data=form)
        text = answer.get_data(as_text=True)
        assert answer.status_code == status, text
        return text

    def say(self, no: int, key: str, status: int = 303, /, **told: str) -> str:
        return self.post("lines", status, no=str(no), answer=key, **told)

    def other(self, server: Server, role: str = "mpp", *villages: str) -> Desk:
        """Somebody else at the same sheet."""
        return Desk(browser(server, role, *villages), self.list_id, self.entry)


@pytest.fixture
def desk(server: Server, phone: Handset) -> Desk:
    """A supervisor with the printed list of three people, its first page begun."""
    for _ in range(3):
        register(phone, pemangku="1", rt="002")
    factories.make_office(db.session(), "pekon", KUBU_PERAHU)
    db.session.commit()
    client = browser(server)
    made = Desk(client, opened(server).id)
    print_list(client, made.list_id)
    made.start(version="1", page="1")
    return made


def wrong(text: str) -> str:
    """The one sentence about what is wrong."""
    [found] = re.findall(r'data-testid="wrong"[^>]*>([^<]*)<', text)
    return found


def decisions() -> list[ListDecision]:
    db.session.expire_all()
    return list(db.session.scalars(select(ListDecision).order_by(ListDecision.ver)))


def state(entry: str) -> str:
    db.session.expire_all()
    return db.session.get_one(PaperEntry, entry).state


def refuse(desk: Desk, act: str, /, **form: str) -> None:
    """An act for which it is not the sheet's turn; nothing moves."""
    before = state(desk.entry)
    assert "tahap lain" in wrong(desk.post(act, 422, **form))
    assert state(desk.entry) == before


def count_stale(server: Server, actor: Actor, stale: Sheet) -> None:
    """Have a sheet count as somebody read it before it changed."""
    with pytest.raises(NotAllowed, match="paper_turn"):
        paper_counting.count(db.session(), actor, stale, server.now, "done")


def enter_all(desk: Desk, *keys: str) -> None:
    """Enter the lines from 1 on."""
    for no, key in enumerate(keys, start=1):
        if key != "-":
            desk.say(no, key)


class TestWhichSheet:
    def test_code_version_or_a_name_begins_a_sheet_once(self, server: Server, desk: Desk) -> None:
        from outreach.features.village_lists.paper_printing import open_print

        printed = open_print(db.session(), server.actor(), desk.list_id, 1, "a4", server.now)
        assert printed is not None
        again = Desk(desk.client, desk.list_id)
        again.start(code=printed.code(1).lower())
        assert again.entry == desk.entry
        again.start(label="lembar pemangku 2")
        assert again.entry != desk.entry
        assert "versinya tidak diketahui" in again.page()
        again.say(2, "l")

    @pytest.mark.parametrize(
        ("which", "sentence"),
        [
            ({}, "Lembar mana?"),
            ({"code": "https://contoh.id"}, "bukan kode lembar"),
            ({"version": "7", "page": "1"}, "tidak dicetak di sini"),
            ({"version": "x", "page": "1"}, "tidak dicetak di sini"),
            ({"version": "1", "page": "9"}, "Halaman ini tidak ada"),
        ],
    )
    def test_unclear_sheet_gets_one_sentence_and_keeps_what_was_typed(
        self, desk: Desk, which: dict[str, str], sentence: str
    ) -> None:
        text = desk.start(422, **which)
        assert sentence in wrong(text)
        for value in which.values():
            assert f'value="{value}"' in text

    def test_sheet_of_another_list_is_told(self, server: Server, desk: Desk) -> None:
        from outreach.features.village_lists.paper_printing import open_print
        from tests.support.lists import MONTHLY

        printed = open_print(db.session(), server.actor(), desk.list_id, 1, "a4", server.now)
        assert printed is not None
        other = Desk(desk.client, opened(server, MONTHLY).id)
        assert "milik daftar lain" in wrong(other.start(422, code=printed.code(1)))

    def test_closed_list_begins_no_sheet(self, server: Server, desk: Desk) -> None:
        close_list(db.session(), server.actor(), desk.list_id, server.now)
        text = Desk(desk.client, desk.list_id).start(422, label="lembar lain")
        assert catalogue.translate("id", "error.paper_closed") in text
        begun = select(func.count()).select_from(PaperEntry)
        assert db.session.scalar(begun) == 1

    @pytest.mark.parametrize(
        "which",
        [
            {"version": "      1", "page": "1x"},
            {"version": "9" * 200, "page": "1"},
            {"version": "²", "page": "1"},
            {"version": "1", "page": "0"},
            {"version": "1", "page": "2"},
            {"version": "2", "page": "1"},
            {"version": "1"},
            {"code": "JKL1.x"},
            {"label": "  "},
        ],
    )
    def test_sheet_that_is_none_is_told(self, desk: Desk, which: dict[str, str]) -> None:
        assert wrong(Desk(desk.client, desk.list_id).start(422, **which))

    def test_numbers_may_stand_between_blanks(self, desk: Desk) -> None:
        again = Desk(desk.client, desk.list_id)
        again.start(version="       1 ", page=" 1")
        assert again.entry == desk.entry

    def test_older_version_is_told_before_entry_and_lines_are_found_by_number(
        self, server: Server, phone: Handset, desk: Desk
    ) -> None:
        first, second, third = lines_of(desk.list_id)
        edit(server, first.worker_id, full_name="NAMA BARU")
        edit(server, second.worker_id, village_code=SEBARUS)
        register(phone)
        text = desk.page()
        told = re.findall(r'data-testid="warning">([^<]*)<', text)
        assert told == [
            "Lembar ini versi 1; daftarnya sudah berubah. Baris dicari menurut nomornya.",
            "Berubah sejak dicetak: 1.",
            "Sudah tidak di daftar: 2.",
            "Baru, tidak ada di lembar versi ini: 4.",
        ]
        assert worker(third.worker_id).full_name in desk.page("?no=3")


class TestLines:
    def test_number_shows_name_age_and_hamlet_before_it_counts(
        self, server: Server, desk: Desk
    ) -> None:
        line = lines_of(desk.list_id)[1]
        text = desk.page("?no=2")
        assert str(line.snapshot["name"]) in text
        assert f"{server.now.year - int(str(line.snapshot['birth_year']))} tahun" in text
        assert "Pemangku" in text.split('data-testid="paper-line"')[1]
        assert db.session.scalar(select(func.count()).select_from(PaperAnswer)) == 0

    def test_next_number_waits_after_each_answer(self, desk: Desk) -> None:
        desk.say(1, "l")
        assert 'name="no" value="2"' in desk.page()
        desk.say(2, "t")
        text = desk.page()
        assert 'name="no" value="3"' in text
        assert re.findall(r"Belum dientri: ([^.]*)\.", text) == ["3"]

    def test_number_that_does_not_exist_is_told_and_nothing_is_lost(self, desk: Desk) -> None:
        desk.say(1, "l")
        assert wrong(desk.page("?no=812")) == (
            "Baris 812 tidak ada di daftar ini; nomor terakhir 3."
        )
        assert "tidak ada di daftar ini" in wrong(desk.say(812, "l", 422))
        assert 'data-testid="entered"' in desk.page()

    def test_same_line_with_another_answer_is_asked_and_replaced_only_then(
        self, desk: Desk
    ) -> None:
        desk.say(1, "l")
        desk.say(1, "l")
        text = desk.say(1, "t", 422)
        assert "Baris 1 di lembar ini sudah dientri Layak" in wrong(text)
        assert 'name="replace" value="1"' in text
        assert "Layak" in desk.page().split('data-testid="entered"')[1]
        desk.say(1, "t", replace="1")
        assert "Ditunda" in desk.page().split('data-testid="entered"')[1]

    def test_who_is_gone_is_told_with_the_number_that_took_the_place(
        self, server: Server, desk: Desk
    ) -> None:
        first, second, third = lines_of(desk.list_id)
        merge_workers(db.session(), server.actor(), first.worker_id, second.worker_id, server.now)
        edit(server, third.worker_id, village_code=SEBARUS)
        [one] = [line.no or 0 for line in lines_of(desk.list_id) if line.gone == "merged"]
        assert wrong(desk.page(f"?no={one}")) == f"Baris {one} sudah digabung ke baris {3 - one}."
        assert wrong(desk.say(3, "l", 422)) == "Baris 3 sudah pindah ke tempat lain."

    def test_number_of_another_page_is_questioned(
        self, server: Server, phone: Handset, desk: Desk
    ) -> None:
        register(phone)
        assert "Baris 4 bukan di halaman ini" in desk.page("?no=4")
        assert 'data-testid="elsewhere"' not in desk.page("?no=3")

    @pytest.mark.parametrize(
        ("key", "told", "kept"),
        [
            (
                "1",
                {"date": "7-11-2026", "source": "anaknya"},
                ("meninggal", {"date": "2026-11-07", "source": "anaknya"}),
            ),
            ("2", {"to": "Way Mengaku"}, ("pindah", {"to": "Way Mengaku"})),
            ("3", {}, ("tidak_bekerja", {})),
            ("5", {"employer": "PT Uji"}, ("punya_majikan", {"employer": "PT Uji"})),
            ("5", {}, ("punya_majikan", {})),
            ("7", {"field": "rt"}, ("data_salah", {"field": "rt"})),
        ],
    )
    def test_reason_is_one_key_and_what_must_be_told(
        self, desk: Desk, key: str, told: dict[str, str], kept: tuple[str, Any]
    ) -> None:
        desk.say(1, key, **told)
        row = db.session.scalars(select(PaperAnswer)).one()
        assert (row.verdict, row.reason, row.detail) == ("tidak_masuk", *kept)

    def test_same_person_is_named_by_number(self, desk: Desk) -> None:
        desk.say(1, "4", same_as="3")
        row = db.session.scalars(select(PaperAnswer)).one()
        assert row.detail == {"same_as": lines_of(desk.list_id)[2].id}
        assert "Baris 3" in desk.page()

    @pytest.mark.parametrize(
        ("key", "told", "field"),
        [
            ("1", {"source": "anaknya"}, "date"),
            ("1", {"date": "31-02-2026", "source": "x"}, "date"),
            ("1", {"date": "7-11-2026"}, "source"),
            ("2", {}, "to"),
            ("4", {}, "same_as"),
            ("4", {"same_as": "1"}, "same_as"),
            ("4", {"same_as": "001"}, "same_as"),
            ("4", {"same_as": "77"}, "same_as"),
            ("7", {"field": "income"}, "field"),
        ],
    )
    def test_what_is_missing_marks_its_field_and_keeps_the_rest(
        self, desk: Desk, key: str, told: dict[str, str], field: str
    ) -> None:
        text = desk.say(1, key, 422, **told)
        marked = re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', text)
        assert marked == [field]
        for kept in {"source", "same_as"} & told.keys():
            assert f'value="{told[kept]}"' in text
        assert db.session.scalar(select(func.count()).select_from(PaperAnswer)) == 0


class TestTwice:
    def test_two_entries_that_agree_count_as_the_villages_word(
        self, server: Server, desk: Desk
    ) -> None:
        enter_all(desk, "l", "t", "3")
        desk.post("finish")
        assert decisions() == []
        other = desk.other(server)
        assert "1 menunggu entri kedua" in page(other.client, "/village-lists/paper")
        other.post("second")
        enter_all(other, "l", "t", "3")
        other.post("finish")
        assert "menunggu entri kedua" not in page(other.client, "/village-lists/paper")
        assert state(desk.entry) == "done"
        rows = decisions()
        assert [(row.verdict, row.reason, row.how, row.via) for row in rows] == [
            ("layak", None, "paper", "desk"),
            ("tunda", None, "paper", "desk"),
            ("tidak_masuk", "tidak_bekerja", "paper", "desk"),
        ]
        from outreach.features.village_lists import queries

        office = queries.head_offices(db.session(), "18.04", [KUBU_PERAHU])[KUBU_PERAHU]
        assert {row.on_behalf for row in rows} == {office}
        assert [line.verdict for line in lines_of(desk.list_id)] == [row.verdict for row in rows]

    def test_second_entry_sees_nothing_of_the_first(self, server: Server, desk: Desk) -> None:
        desk.say(1, "2", to="Way Mengaku")
        desk.post("finish")
        assert "Way Mengaku" not in desk.page()
        other = desk.other(server)
        other.post("second")
        for text in (other.page(), other.page("?no=1")):
            assert "Way Mengaku" not in text
            assert 'data-testid="entered"' not in text
        other.say(1, "l")

    def test_only_differences_are_shown_and_a_person_decides(
        self, server: Server, desk: Desk
    ) -> None:
        enter_all(desk, "l", "l", "-")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        enter_all(other, "l", "t", "l")
        other.post("finish")
        assert (state(desk.entry), decisions()) == ("differs", [])
        text = desk.page()
        assert re.findall(r"<h3>(\d)", text) == ["2", "3"]
        assert "tidak dicentang" in text
        assert "masih ada baris yang berbeda" in wrong(desk.post("finish", 422)).lower()
        lines = lines_of(desk.list_id)
        desk.post("settle", line=lines[1].id, turn="2")
        desk.post("settle", line=lines[2].id, turn="1")
        desk.post("finish")
        assert state(desk.entry) == "done"
        assert [(row.lines, row.verdict) for row in decisions()] == [
            ([lines[0].id], "layak"),
            ([lines[1].id], "tunda"),
        ]

    def test_same_person_enters_again_only_after_another_sheet_or_login_and_it_is_marked(
        self, server: Server, desk: Desk
    ) -> None:
        desk.say(1, "l")
        desk.post("finish")
        assert "belum bisa oleh Bapak/Ibu" in wrong(desk.post("second", 422))
        server.wait(minutes=1)
        elsewhere = Desk(desk.client, desk.list_id)
        elsewhere.start(label="lembar lain")
        elsewhere.say(3, "l")
        desk.post("second")
        desk.say(1, "l")
        desk.post("finish")
        assert state(desk.entry) == "done"
        assert db.session.get_one(PaperEntry, desk.entry).second_same is True
        assert "orang yang sama" in desk.page()

    def test_same_person_may_after_a_new_login(self, server: Server, desk: Desk) -> None:
        desk.say(1, "l")
        desk.post("finish")
        user = db.session.get_one(User, db.session.get_one(PaperEntry, desk.entry).first_by)
        begin_request()
        client = server.app.test_client()
        client.post("/login", data={"username": user.username, "password": PASSWORD})
        again = Desk(client, desk.list_id, desk.entry)
        again.post("second")
        assert db.session.get_one(PaperEntry, desk.entry).second_same is True

    def test_somebody_else_does_not_write_into_a_second_entry(
        self, server: Server, desk: Desk
    ) -> None:
        desk.say(1, "l")
        desk.post("finish")
        desk.other(server).post("second")
        assert "sedang dibuat orang lain" in desk.say(1, "l", 422)

    def test_what_was_entered_before_is_no_other_sheet(self, server: Server, desk: Desk) -> None:
        elsewhere = Desk(desk.client, desk.list_id)
        elsewhere.start(label="lembar lain")
        elsewhere.say(3, "l")
        server.wait(minutes=1)
        desk.say(1, "l")
        desk.post("finish")
        assert "belum bisa oleh Bapak/Ibu" in wrong(desk.post("second", 422))

    def test_who_typed_what_another_replaced_has_seen_the_paper(
        self, server: Server, desk: Desk
    ) -> None:
        helper = desk.other(server)
        helper.say(1, "l")
        desk.say(1, "t", replace="1")
        helper.post("finish")
        assert "belum bisa oleh Bapak/Ibu" in wrong(helper.post("second", 422))
        rows = list(db.session.scalars(select(PaperAnswer).order_by(PaperAnswer.at)))
        assert {row.verdict: row.replaced_at is None for row in rows} == {
            "layak": False,
            "tunda": True,
        }
        assert len({row.author for row in rows}) == 2

    def test_answer_outside_an_entry_is_not_taken(self, desk: Desk) -> None:
        desk.say(1, "l")
        desk.post("finish")
        assert "tahap lain" in wrong(desk.say(2, "l", 422))
        assert db.session.scalar(select(func.count()).select_from(PaperAnswer)) == 1

    def test_acts_out_of_turn_are_refused(self, server: Server, desk: Desk) -> None:
        head, other = desk.other(server, "head", KUBU_PERAHU), desk.other(server)
        line = lines_of(desk.list_id)[0].id
        settle = {"line": line, "turn": "1"}
        enter_all(desk, "l", "l")
        refuse(other, "second")
        refuse(other, "settle", **settle)
        refuse(head, "waive")
        desk.post("finish")
        refuse(desk, "finish")
        refuse(other, "settle", **settle)
        other.post("second")
        refuse(desk, "second")
        refuse(head, "waive")
        assert "Belum ada baris" in wrong(other.post("finish", 422))
        enter_all(other, "l", "t")
        other.post("finish")
        assert state(desk.entry) == "differs"
        refuse(other, "settle", **settle)  # on which both agree
        refuse(other, "second")
        refuse(head, "waive")
        other.post("settle", line=lines_of(desk.list_id)[1].id, turn="2")
        other.post("finish")
        for act in ("finish", "second"):
            refuse(other, act)
        refuse(head, "waive")
        assert len(decisions()) == 2

    def test_sheet_that_moved_meanwhile_does_not_count_as_it_was(
        self, server: Server, desk: Desk
    ) -> None:
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "l")
        actor = server.actor()
        stale = open_sheet(db.session(), actor, desk.list_id, desk.entry)
        other.say(1, "t", replace="1")
        count_stale(server, actor, stale)
        other.post("finish")
        count_stale(server, actor, stale)
        assert (state(desk.entry), decisions()) == ("differs", [])

    def test_counting_again_changes_nothing(self, server: Server, desk: Desk) -> None:
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "l")
        other.post("finish")
        ids = [row.id for row in decisions()]
        assert "tahap lain" in wrong(other.post("finish", 422))
        assert [row.id for row in decisions()] == ids

    def test_empty_sheet_is_not_finished(self, desk: Desk) -> None:
        assert "Belum ada baris" in wrong(desk.post("finish", 422))
        assert state(desk.entry) == "first"

    def test_closed_list_takes_no_answer(self, server: Server, desk: Desk) -> None:
        close_list(db.session(), server.actor(), desk.list_id, server.now)
        assert "ditutup" in wrong(desk.say(1, "l", 422))
        assert db.session.scalar(select(func.count()).select_from(PaperAnswer)) == 0

    def test_sheet_takes_no_step_that_there_is_not(self, server: Server, desk: Desk) -> None:
        sheet = open_sheet(db.session(), server.actor(), desk.list_id, desk.entry)
        with pytest.raises(NotAllowed, match="paper_turn"):
            move(db.session(), sheet, "done")

    def test_list_that_was_closed_meanwhile_keeps_the_sheet(
        self, server: Server, desk: Desk
    ) -> None:
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "l")
        close_list(db.session(), server.actor(), desk.list_id, server.now)
        assert "ditutup" in wrong(other.post("finish", 422))
        assert (state(desk.entry), decisions()) == ("second", [])
        assert db.session.scalar(select(func.count()).select_from(PaperAnswer)) == 2


class TestOnce:
    def test_signer_does_without_the_second_entry(self, server: Server, desk: Desk) -> None:
        enter_all(desk, "l", "t", "-")
        desk.post("finish")
        head = desk.other(server, "head", KUBU_PERAHU)
        assert 'data-testid="waive"' in head.page()
        head.post("waive")
        assert state(desk.entry) == "once"
        assert [row.how for row in decisions()] == ["paper", "paper"]
        assert "Dientri satu kali" in head.page()

    @pytest.mark.parametrize("role", ["supervisor", "mpp"])
    def test_nobody_else_may(self, server: Server, desk: Desk, role: str) -> None:
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server, role)
        assert 'data-testid="waive"' not in other.page()
        assert "Hanya kepala" in wrong(other.post("waive", 422))
        assert (state(desk.entry), decisions()) == ("first_done", [])

    def test_death_needs_the_full_name_and_holds_at_once(self, server: Server, desk: Desk) -> None:
        line = lines_of(desk.list_id)[0]
        name = str(line.snapshot["name"])
        desk.say(1, "1", date="7-11-2026", source="anaknya")
        desk.post("finish")
        head = desk.other(server, "head", KUBU_PERAHU)
        assert name not in head.page()
        field = f"name.{line.id}"
        for typed in ("", name.split()[0], name + " X"):
            assert "tidak cocok" in wrong(head.post("waive", 422, **{field: typed}))
        assert decisions() == []
        head.post("waive", **{field: f"  {name.lower()} "})
        assert state(desk.entry) == "once"
        report = db.session.scalars(select(DeathReport)).one()
        assert (report.worker_id, report.state) == (line.worker_id, "open")


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
    def test_only_who_may_see_the_village_enters(
        self, server: Server, desk: Desk, role: str, villages: tuple[str, ...], status: int
    ) -> None:
        other = desk.other(server, role, *villages)
        begin_request()
        assert other.client.get(desk.at).status_code == status
        posted = 303 if status == 200 else status
        other.post("lines", posted, no="1", answer="l")
        for act in ("finish", "second", "settle", "waive"):
            form = {"turn": "1", "line": "x"} if act == "settle" else {}
            begin_request()
            answer = other.client.post(f"{other.at}/{act}", data=form)
            assert (answer.status_code in (303, 422)) == (status == 200), act

    def test_sheet_of_another_list_or_regency_is_not_there(
        self, server: Server, desk: Desk
    ) -> None:
        other = Desk(desk.client, opened(server, village=SEBARUS).id, desk.entry)
        page(desk.client, other.at, 404)
        db.session.get_one(PaperEntry, desk.entry).regency = "18.05"
        db.session.commit()
        page(desk.client, desk.at, 404)

    def test_acts_are_audited_without_a_name(self, server: Server, desk: Desk) -> None:
        desk.say(1, "l")
        desk.post("finish")
        other = desk.other(server)
        other.post("second")
        other.say(1, "l")
        other.post("finish")
        asked = select(AuditLine).where(AuditLine.action.like("paper_%")).order_by(AuditLine.id)
        lines = list(db.session.scalars(asked))
        actions = [line.action for line in lines]
        assert actions == ["paper_started", "paper_second", "paper_entered"]
        assert {line.object_id for line in lines} == {desk.list_id}
        name = str(lines_of(desk.list_id)[0].snapshot["name"])
        assert name not in str([line.detail for line in lines])

    def test_erased_person_leaves_no_answer(self, server: Server, desk: Desk) -> None:
        enter_all(desk, "l", "l", "l")
        gone = lines_of(desk.list_id)[1]
        erase_rows(db.session(), "18.04", [gone.worker_id], server.now)
        db.session.commit()
        assert sorted(db.session.scalars(select(PaperAnswer.no))) == [1, 3]
