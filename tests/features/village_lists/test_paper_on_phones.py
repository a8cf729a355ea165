"""What a phone has to tell of a sheet of paper, and what the minutes say of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from outreach.core.backup.erased_rows import erase_rows
from outreach.core.exchange.holds import decide_hold
from outreach.core.record.rights import NotAllowed
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records import minutes_queries
from outreach.features.village_lists.records.tables import ListDecision
from outreach.storage.accounts import User
from tests.features.village_lists.test_paper_printing import browser, print_list, versions
from tests.support.desk_pages import page
from tests.support.factories import KUBU_PERAHU
from tests.support.list_saying import DEATH, decision, opened_with, refusal, reports, say, stored
from tests.support.lists import FUND, edit, line_of, lines_of, opened, worker
from tests.support.paper_desk import Desk, enter_all
from tests.support.signed_lists import head_with_term, sign
from tests.sync.conftest import Handset, Server


def sheet(entries: int = 1, **more: Any) -> dict[str, Any]:
    """What a decision tells of the sheet that it was read from."""
    return {
        "how": "paper",
        "paper": {"sheet": uuid7(), "n": 1, "page": 1, "entries": entries, **more},
    }


class TestAtTheDesk:
    def listed(self, desk: FlaskClient, list_id: str) -> list[str]:
        """The sheets of phones, as the desk's page of the list's paper has them."""
        text = page(desk, f"/village-lists/{list_id}/paper")
        found = re.search(r'data-testid="phone-sheets">(.*?)</ul>', text, re.S)
        rows = re.findall(r"<li>(.*?)</li>", found[1], re.S) if found else []
        return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in rows]

    def test_each_sheet_of_a_phone_is_listed_once_with_who_when_and_how(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone)
        desk = browser(server)
        print_list(desk, made.id)
        assert self.listed(desk, made.id) == []
        first, second = (line.id for line in lines_of(made.id))
        once, twice = sheet(), sheet(2, same=True, page=2)
        for line in (first, second):
            say(head, made.id, line, **once)
        say(phone, made.id, first, "tunda", **twice)
        say(phone, made.id, second, "layak", **sheet(2, n=None, page=None))
        mine, theirs, other = self.listed(desk, made.id)
        assert mine.startswith("Versi 1, halaman 1 selesai, dientri satu kali")
        assert "2 jawaban masuk" in mine
        assert "22 November 2026" in mine or "22 Nov" in mine
        assert theirs.startswith(
            "Versi 1, halaman 2 selesai, dientri dua kali oleh orang yang sama"
        )
        assert "1 jawaban masuk" in theirs
        assert other.startswith("Lembar tanpa QR selesai, dientri dua kali")
        for row, device in ((mine, head), (theirs, phone)):
            user = db.session.get_one(User, device.user_id)
            assert user.name in row

    def test_sheet_of_a_desk_is_not_a_phones_and_another_lists_neither(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone)
        other = opened(server, replace(FUND, fund="dbh_sawit"))
        say(head, other.id, lines_of(other.id)[0].id, **sheet())
        desk = Desk(browser(server), made.id)
        print_list(desk.client, made.id)
        desk.start(version="1", page="1")
        enter_all(desk, "l", "l")
        desk.post("finish")
        second = desk.other(server)
        second.post("second")
        enter_all(second, "l", "l")
        second.post("finish")
        assert db.session.scalar(select(func.count()).select_from(ListDecision)) == 3
        assert self.listed(desk.client, made.id) == []
        assert len(self.listed(desk.client, other.id)) == 1

    def test_page_that_a_phone_entered_is_not_asked_for(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 26)
        desk = browser(server)
        print_list(desk, made.id)
        say(head, made.id, lines_of(made.id)[0].id, **sheet())
        text = page(desk, f"/village-lists/{made.id}/paper")
        [due] = re.findall(r'data-testid="pages-due">([^<]*)<', text)
        assert due == "Versi 1: halaman yang belum dientri 2."

    def test_clash_of_two_entries_names_version_and_page_of_both(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone)
        line = lines_of(made.id)[0].id
        say(head, made.id, line, **sheet())
        say(phone, made.id, line, "tunda", **sheet(2, same=True, n=2, page=3))
        text = page(browser(server), f"/lists/{made.id}/lines/{line}")
        sides = text[text.index('data-testid="clash"') : text.index('id="history"')]
        assert "dari kertas (Versi 1, halaman 1)" in sides
        assert "dari kertas (Versi 2, halaman 3)" in sides


class TestWhatAPhoneMayEnter:
    def test_head_may_do_without_the_second_entry(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone)
        told = sheet()
        row = stored(say(head, made.id, lines_of(made.id)[0].id, **told))
        assert (row.how, row.via, row.paper) == ("paper", "own", told["paper"])

    def test_officer_may_not_and_enters_twice(self, server: Server, phone: Handset) -> None:
        made = opened_with(server, phone)
        line = lines_of(made.id)[0].id
        sent = decision(phone, made.id, [line], **sheet())
        assert refusal(phone, sent) == ("paper", "paper_waive_signer")
        row = stored(say(phone, made.id, line, **sheet(2, same=True)))
        assert (row.via, row.author) == ("officer_phone", phone.user_id)
        assert row.paper is not None
        assert (row.paper["entries"], row.paper["same"]) == (2, True)

    @pytest.mark.parametrize(
        "said",
        [
            {"how": "paper"},
            {"how": "paper", "paper": "x"},
            {"how": "paper", "paper": {"sheet": "x", "entries": 2}},
            {"how": "single", "paper": {"sheet": uuid7(), "entries": 2}},
        ],
    )
    def test_answer_from_paper_names_its_sheet(
        self, server: Server, phone: Handset, head: Handset, said: dict[str, Any]
    ) -> None:
        made = opened_with(server, phone, 1)
        sent = decision(head, made.id, [lines_of(made.id)[0].id], **said)
        assert refusal(head, sent) == ("paper", "paper_form")

    def test_death_entered_once_needs_the_full_name(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 1)
        line = lines_of(made.id)[0]
        name = str(line.snapshot["name"])
        died = {"reason": "meninggal", "detail": DEATH}
        for typed in ({}, {"name": name.split()[0]}):
            sent = decision(head, made.id, [line.id], "tidak_masuk", **died, **sheet(**typed))
            assert refusal(head, sent) == ("paper", "paper_death_name")
        assert reports(made.people[0]) == []
        row = stored(say(head, made.id, line.id, "tidak_masuk", **died, **sheet(name=name.lower())))
        assert row.paper is not None
        assert "name" not in row.paper
        assert reports(made.people[0]) == [("open", "anaknya")]

    def test_death_entered_twice_needs_no_name(self, server: Server, phone: Handset) -> None:
        made = opened_with(server, phone, 1)
        died = {"reason": "meninggal", "detail": DEATH}
        say(phone, made.id, lines_of(made.id)[0].id, "tidak_masuk", **died, **sheet(2))
        assert reports(made.people[0]) == [("open", "anaknya")]

    def test_supervisor_who_takes_a_held_one_takes_it_by_the_same_rules(
        self, server: Server, phone: Handset
    ) -> None:
        made = opened_with(server, phone)
        close_list(db.session(), server.actor(), made.id, server.now)
        sent = decision(phone, made.id, [lines_of(made.id)[0].id], **sheet())
        assert phone.results(sent)[0]["status"] == "held"
        with pytest.raises(NotAllowed, match="hold_refused"):
            decide_hold(db.session(), server.actor(), sent["key"], "accept", "", server.now)
        assert db.session.get(ListDecision, sent["id"]) is None


class TestMinutes:
    def once(self, made: str) -> int:
        [row] = minutes_queries.minutes_by_id(db.session(), "18.04", [made])
        return minutes_queries.entered_once(db.session(), row)

    def test_say_how_many_sheets_were_entered_once(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        made = opened_with(server, phone, 3)
        told = sheet()
        first, second, third = (line.id for line in lines_of(made.id))
        say(head, made.id, first, **told)
        say(head, made.id, second, **told)
        say(head, made.id, third, **sheet(2))
        signed = sign(head, made.id, term)
        assert self.once(signed) == 1
        server.wait(minutes=1)
        say(head, made.id, first, "tunda", **sheet(), over=[])
        assert self.once(signed) == 1, "what came later changes nothing that was signed"


def prints(phone: Handset, after: int = 0) -> dict[str, dict[str, Any]]:
    """The versions on paper that a phone pulls, by id."""
    answer = phone.pull({KUBU_PERAHU: after}, tables=["paper_print"])
    rows = answer["scopes"].get(KUBU_PERAHU, {"rows": []})["rows"]
    return {row["id"]: row for row in rows if row["table"] == "paper_print"}


class TestVersionsOnPhones:
    def test_phone_pulls_what_was_printed_without_names(
        self, server: Server, phone: Handset
    ) -> None:
        made = opened_with(server, phone)
        print_list(browser(server), made.id)
        [row] = versions(made.id)
        pulled = prints(phone)[row.id]
        assert (pulled["ver"], pulled["data"]["n"], pulled["data"]["hash"]) == (
            row.ver,
            1,
            row.hash,
        )
        lines = [[one["no"], one["page"], one["hash"]] for one in row.lines]
        assert pulled["data"]["lines"] == lines
        assert str(worker(made.people[0]).full_name) not in str(pulled)

    def test_newer_version_has_a_newer_number(self, server: Server, phone: Handset) -> None:
        made = opened_with(server, phone)
        client = browser(server)
        print_list(client, made.id)
        [first] = versions(made.id)
        known = first.ver
        edit(server, made.people[0], full_name="NAMA LAIN UJI")
        print_list(client, made.id)
        numbers = {row.n: row.ver for row in versions(made.id)}
        assert numbers[1] == known < numbers[2]
        assert [row["data"]["n"] for row in prints(phone, known).values()] == [2]

    def test_erased_person_goes_from_versions_on_phones_too(
        self, server: Server, phone: Handset
    ) -> None:
        made = opened_with(server, phone)
        print_list(browser(server), made.id)
        [row] = versions(made.id)
        before, gone = row.ver, line_of(made.id, made.people[0]).no
        erase_rows(db.session(), "18.04", [made.people[0]], server.now)
        db.session.commit()
        [row] = versions(made.id)
        assert row.ver > before
        pulled = prints(phone, before)[row.id]["data"]["lines"]
        assert [no for no, _, digest in pulled if not digest] == [gone]
