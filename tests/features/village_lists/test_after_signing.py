"""After signing: what changed is shown with its difference, is asked again, and is signed anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.domain.list_document import document_hash
from outreach.extensions import db
from outreach.features.village_lists.checking import after_signing
from outreach.features.village_lists.checking.after_signing import Changed
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records import minutes_queries
from outreach.features.village_lists.records.tables import DeathReport, ListDecision
from outreach.storage.workers import StatusHistory
from tests.features.village_lists.test_signing import decided, status_of
from tests.support.desk_pages import log_in, page, post
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.list_saying import say
from tests.support.lists import edit, line_of, lines_of, nik, opened, register, worker
from tests.support.signed_lists import (
    acted,
    give_term,
    head_with_term,
    minutes_of,
    send,
    sign,
    standing,
    version,
    whole_list,
)
from tests.sync.conftest import Handset, Server


def changes(list_id: str) -> dict[int | None, Changed]:
    """What of a list is not as it was signed, by number."""
    db.session.expire_all()
    lines = minutes_queries.whole_lines(db.session(), "18.04", list_id)
    found = after_signing.changes(db.session(), "18.04", lines)
    return {line.no: found[line.id] for line in lines if line.id in found}


def was(list_id: str, no: int = 1) -> dict[str, object]:
    return dict(changes(list_id)[no].was)


def verdicts(list_id: str) -> list[str | None]:
    """What stands on each line, by number."""
    return [line.verdict for line in lines_of(list_id)]


def taken_back(list_id: str) -> list[ListDecision]:
    """The rows by which lines are asked again."""
    db.session.expire_all()
    own = select(ListDecision).where(ListDecision.list_id == list_id, ListDecision.via == "record")
    return list(db.session.scalars(own))


def pulled_line(phone: Handset, line_id: str, after: int = 0) -> dict[str, Any] | None:
    """A line as a phone pulls it; None where nothing new is told of it."""
    answer = phone.pull({KUBU_PERAHU: after}, tables=["list_line"])
    rows = answer["scopes"].get(KUBU_PERAHU, {"rows": []})["rows"]
    return next((row["data"] for row in rows if row["id"] == line_id), None)


class TestDifference:
    def test_only_what_stands_on_the_list_counts(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        one, other = lines_of(list_id)
        name, rt, sex = (one.snapshot["name"], one.snapshot["rt"], other.snapshot["sex"])
        sign(head, list_id, term)
        server.wait(minutes=1)
        edit(server, one.worker_id, no_phone=None, phone="+6281234567890")
        assert changes(list_id) == {}
        edit(server, one.worker_id, full_name="SITI AMINAH", rt="009")
        edit(server, other.worker_id, sex="P")
        found = changes(list_id)
        assert found[1].was == {"name": name, "rt": rt}
        assert (found[1].n, found[1].day.isoformat()) == (1, "2026-11-22")
        assert found[2].was == {"sex": sex}

    def test_line_that_was_never_signed_has_none(self, server: Server, phone: Handset) -> None:
        head, _ = head_with_term(server)
        list_id = decided(server, phone, head, {})
        edit(server, lines_of(list_id)[0].worker_id, full_name="SITI AMINAH")
        assert changes(list_id) == {}
        assert taken_back(list_id) == []

    def test_hidden_digits_show_as_corrected(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        person = lines_of(list_id)[0].worker_id
        whole = str(worker(person).data["nik"])
        sign(head, list_id, term)
        server.wait(minutes=1)
        hidden = whole[:6] + "48" + whole[8:]
        edit(server, person, nik=hidden)
        assert was(list_id) == {"nik_no": 1}
        edit(server, person, nik=nik(9777))
        assert was(list_id).keys() == {"nik"}

    def test_change_taken_back_by_hand_is_none_but_was_asked(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        line = lines_of(list_id)[0]
        name = line.snapshot["name"]
        sign(head, list_id, term)
        server.wait(minutes=1)
        edit(server, line.worker_id, full_name="SITI AMINAH")
        edit(server, line.worker_id, full_name=name)
        assert changes(list_id) == {}
        assert len(taken_back(list_id)) == 1

    def test_version_that_is_declined_was_never_signed(
        self, server: Server, phone: Handset
    ) -> None:
        from outreach.features.village_lists.checking import counting

        head, term = head_with_term(server, ends="2026-11-21")
        list_id = decided(server, phone, head, {})
        made = sign(head, list_id, term)
        assert standing(made)[0] == "held"
        server.wait(minutes=1)
        line = lines_of(list_id)[0]
        edit(server, line.worker_id, full_name="SITI AMINAH")
        assert changes(list_id).keys() == {1}
        seq = line_of(list_id, line.worker_id).ver

        def decline(judgement: Any, row: Any) -> None:
            counting.note(judgement, row, "declined", None)

        [row] = minutes_queries.minutes_by_id(db.session(), "18.04", [made])
        counting.under_lock(db.session(), server.actor(), row, server.now, decline)
        assert changes(list_id) == {}
        told = pulled_line(phone, line.id, seq)
        assert told is not None
        assert "changed" not in told


class TestAskedAgain:
    def test_only_changed_lines_are_asked_and_the_rest_is_carried(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {}, {"verdict": "tunda"})
        first = sign(head, list_id, term)
        server.wait(minutes=1)
        person = lines_of(list_id)[1].worker_id
        edit(server, person, rt="009")
        assert verdicts(list_id) == ["layak", None, "tunda"]
        [row] = taken_back(list_id)
        assert (row.verdict, row.reason, row.how, row.regency) == ("batal", None, "record", "18.04")
        assert row.detail == {"version": first}
        assert standing(first)[0] == "counts"
        server.wait(minutes=1)
        say(head, list_id, lines_of(list_id)[1].id, over=[row.id])
        second = sign(head, list_id, term)
        assert (version(second).n, standing(second)[0]) == (2, "counts")
        assert standing(first)[0] == "counts"
        assert changes(list_id) == {}
        assert status_of(list_id)[:2] == ["terverifikasi"] * 2

    def test_rt_in_one_go_leaves_them_to_be_looked_at_by_themselves(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        sign(head, list_id, term)
        server.wait(minutes=1)
        edit(server, lines_of(list_id)[0].worker_id, full_name="SITI KALSUM")
        newcomer = register(phone)
        place = lines_of(list_id)[0].snapshot
        own = {"hamlet": place["hamlet"] or "", "rt": place["rt"] or ""}
        post(log_in(server, "head", KUBU_PERAHU), f"/lists/{list_id}/together", **own)
        assert verdicts(list_id) == [None, "layak", "layak"]
        assert line_of(list_id, newcomer).together

    def test_answer_of_who_did_not_see_the_change_is_none_in_either_order(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        one, other = lines_of(list_id)
        own = select(ListDecision).order_by(ListDecision.ver)
        first = {row.lines[0]: row.id for row in db.session.scalars(own)}
        sign(head, list_id, term)
        server.wait(minutes=1)
        say(phone, list_id, one.id, "tunda", over=[first[one.id]])
        for line in (one, other):
            edit(server, line.worker_id, rt="009")
        say(phone, list_id, other.id, "tunda", over=[first[other.id]])
        assert verdicts(list_id) == [None, None]
        assert [line.clash for line in lines_of(list_id)] == [False, False]
        for line, row in zip((one, other), taken_back(list_id), strict=True):
            heads = [row.id]
            heads += [each.id for each in db.session.scalars(own) if each.verdict == "tunda"]
            say(head, list_id, line.id, over=heads)
        assert verdicts(list_id) == ["layak", "layak"]

    def test_who_was_verified_is_checked_again_and_only_by_the_list_that_verified(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        sign(head, list_id, term)
        one, other = (line.worker_id for line in lines_of(list_id))
        elsewhere = db.session.scalars(
            select(StatusHistory).filter_by(worker_id=other, to_status="terverifikasi")
        ).one()
        elsewhere.evidence = {**(elsewhere.evidence or {}), "list": "another"}
        db.session.commit()
        server.wait(minutes=1)
        for row in (one, other):
            edit(server, row, no_phone=None, phone="+6281234567890")
        assert status_of(list_id) == ["terverifikasi"] * 2
        for row in (one, other):
            edit(server, row, rt="009")
        assert status_of(list_id) == ["verifikasi_pekon", "terverifikasi"]
        assert [line.snapshot["status"] for line in lines_of(list_id)] == status_of(list_id)
        step = db.session.scalars(
            select(StatusHistory).filter_by(worker_id=one, reason="list_changed")
        ).one()
        assert (step.to_status, step.evidence) == ("verifikasi_pekon", {"difference": "rt"})

    def test_second_edit_asks_for_no_more_once_it_was_decided_anew(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        sign(head, list_id, term)
        person = lines_of(list_id)[0].worker_id
        server.wait(minutes=1)
        edit(server, person, rt="008")
        edit(server, person, rt="009")
        [row] = taken_back(list_id)
        server.wait(minutes=1)
        say(head, list_id, lines_of(list_id)[0].id, over=[row.id])
        edit(server, person, rt="010")
        assert len(taken_back(list_id)) == 1
        assert verdicts(list_id) == ["layak"]

    def test_change_before_the_signature_arrives_is_asked_too(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        whole, told = whole_list(list_id)
        person = lines_of(list_id)[0].worker_id
        server.wait(minutes=1)
        edit(server, person, rt="009")
        assert taken_back(list_id) == []
        server.wait(minutes=1)
        made = minutes_of(head, list_id, term, whole, told)
        head.push(made)
        send(head, whole)
        assert standing(str(made["id"]))[0] == "counts"
        assert acted(str(made["id"])) == ["changed", "layak"]
        assert verdicts(list_id) == [None, "layak"]
        assert document_hash(whole) == version(str(made["id"])).hash

    def test_clash_of_signed_answers_is_not_hidden_by_a_change_of_another_line(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        sign(head, list_id, term)
        server.wait(minutes=1)
        one, other = lines_of(list_id)
        say(phone, list_id, other.id, "tunda")
        edit(server, one.worker_id, rt="009")
        assert [line.clash for line in lines_of(list_id)] == [False, True]

    def test_gone_line_is_not_asked(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        sign(head, list_id, term)
        server.wait(minutes=1)
        edit(server, lines_of(list_id)[0].worker_id, village_code=SEBARUS)
        assert lines_of(list_id)[0].gone == "moved"
        assert taken_back(list_id) == []

    def test_death_found_wrong_after_signing_is_undone_and_signed_anew(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        death = {"date": "2026-11-01", "source": "anaknya"}
        said = {"verdict": "tidak_masuk", "reason": "meninggal", "detail": death}
        list_id = decided(server, phone, head, said, {})
        first = sign(head, list_id, term)
        assert acted(first) == ["second_word", "layak"]
        assert db.session.scalars(select(DeathReport.state)).all() == ["open"]
        server.wait(minutes=1)
        line = lines_of(list_id)[0]
        own = select(ListDecision.id).where(ListDecision.verdict == "tidak_masuk")
        wrong = db.session.scalars(own).one()
        say(head, list_id, line.id, "batal", over=[wrong])
        db.session.expire_all()
        assert db.session.scalars(select(DeathReport.state)).all() == ["withdrawn"]
        say(head, list_id, line.id)
        second = sign(head, list_id, term)
        assert status_of(list_id) == ["terverifikasi"] * 2
        assert (standing(first)[0], standing(second)[0]) == ("counts", "counts")


class TestMerges:
    def two_lists(self, server: Server, phone: Handset) -> tuple[str, str, str, str]:
        """Two people signed in two villages' lists: (one, her list, other, his list)."""
        head, term = head_with_term(server)
        elsewhere = server.phone(SEBARUS, role="head")
        other_term = give_term(elsewhere.user_id, SEBARUS)
        one = register(phone, full_name="SITI AMINAH")
        other = register(phone, full_name="SITI AMINAH", village_code=SEBARUS)
        here, there = opened(server).id, opened(server, village=SEBARUS).id
        say(head, here, line_of(here, one).id)
        say(elsewhere, there, line_of(there, other).id, scope=SEBARUS)
        sign(head, here, term)
        whole, told = whole_list(there)
        made = minutes_of(elsewhere, there, other_term, whole, told)
        elsewhere.push({**made, "scope": SEBARUS})
        send(elsewhere, whole)
        assert standing(str(made["id"]))[0] == "counts"
        server.wait(minutes=1)
        return one, here, other, there

    def test_merge_shows_on_both_lists_and_parting_takes_it_away(
        self, server: Server, phone: Handset
    ) -> None:
        one, here, other, there = self.two_lists(server, phone)
        merge_workers(db.session(), server.actor(), other, one, server.now)
        desk = log_in(server, "supervisor")
        for list_id in (here, there):
            assert page(desk, f"/lists/{list_id}").count('data-testid="joined"') == 1
        text = page(desk, f"/workers/{one}")
        assert "Digabung dengan 1 SITI AMINAH, yang juga ditandatangani di" in text
        line = line_of(here, one)
        seen = line.ver
        told = pulled_line(phone, line.id)
        assert told is not None
        assert [each["list"] for each in told["joined"]] == [there]
        split_worker(db.session(), server.actor(), other, server.now)
        assert 'data-testid="joined"' not in page(desk, f"/lists/{here}")
        told = pulled_line(phone, line.id, seen)
        assert told is not None
        assert "joined" not in told


class TestShown:
    def test_desk_shows_the_old_and_the_new_and_the_earlier_answer(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        line = lines_of(list_id)[0]
        name = line.snapshot["name"]
        sign(head, list_id, term)
        server.wait(minutes=1)
        edit(server, line.worker_id, full_name="SITI AMINAH", rt="009")
        desk = log_in(server, "supervisor")
        sentence = "Berubah sejak ditandatangani 22 November 2026 (versi 1): "
        for address in (f"/lists/{list_id}", f"/lists/{list_id}/lines/{line.id}"):
            text = page(desk, address)
            assert f"{sentence}Nama {name} → SITI AMINAH" in text
            assert "Ditanya lagi. Dulu: Layak" in text
        assert "Berubah sejak ditandatangani" in page(desk, f"/workers/{line.worker_id}")
        filtered = page(desk, f"/lists/{list_id}?only=changed")
        assert filtered.count('data-testid="line"') == 1

    def test_closed_list_shows_what_the_record_says_now(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        line = lines_of(list_id)[0]
        sign(head, list_id, term)
        close_list(db.session(), server.actor(), list_id, server.now)
        server.wait(minutes=1)
        edit(server, line.worker_id, full_name="SITI AMINAH")
        desk = log_in(server, "supervisor")
        for address in (f"/lists/{list_id}", f"/workers/{line.worker_id}"):
            assert f"{line.snapshot['name']} → SITI AMINAH" in page(desk, address)
        assert lines_of(list_id)[0].snapshot["name"] == line.snapshot["name"]

    def test_phone_is_told_and_told_again_when_it_is_signed_anew(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        line = lines_of(list_id)[0]
        rt = line.snapshot["rt"]
        sign(head, list_id, term)
        told = pulled_line(phone, line.id)
        assert told is not None
        assert "changed" not in told
        server.wait(minutes=1)
        edit(server, line.worker_id, rt="009")
        told = pulled_line(phone, line.id)
        assert told is not None
        day = {"n": 1, "day": "2026-11-22", "was": {"rt": rt}}
        assert told["changed"] == day
        seen = line_of(list_id, line.worker_id).ver
        server.wait(minutes=1)
        say(head, list_id, line.id, over=[taken_back(list_id)[0].id])
        sign(head, list_id, term)
        told = pulled_line(phone, line.id, seen)
        assert told is not None
        assert "changed" not in told
