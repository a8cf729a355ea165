"""A signature arrives: it is always kept, and counts only for who may sign what was shown."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from outreach.core.backup import erasure
from outreach.core.evidence import blobs
from outreach.domain import catalogue
from outreach.domain.list_document import canonical, document_hash, root_of
from outreach.extensions import db
from outreach.features.village_lists.checking import counting
from outreach.features.village_lists.records.minutes_tables import ListMinutes, SignedLine
from outreach.features.village_lists.records.tables import VillageList
from outreach.storage.workers import StatusHistory
from tests.support.factories import KUBU_PERAHU
from tests.support.list_saying import say
from tests.support.lists import MONTHLY, edit, line_of, lines_of, opened, register, worker
from tests.support.signed_lists import (
    acted,
    give_term,
    head_signer,
    head_with_term,
    minutes_of,
    send,
    sign,
    standing,
    version,
    whole_list,
)
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import SIGNATURE, name_of, photo, upload


def decided(server: Server, phone: Handset, head: Handset, *said: dict[str, Any]) -> str:
    """A list on which one person after another is decided so; fit where nothing is said."""
    people = [register(phone) for _ in said]
    list_id = opened(server).id
    for row, one in zip(people, said, strict=True):
        words = {"verdict": "layak", **one}
        say(head, list_id, line_of(list_id, row).id, words.pop("verdict"), **words)
    return list_id


def refusal(phone: Handset, made: dict[str, Any]) -> str:
    """The code of a refused save; each has its sentence."""
    result = phone.results(made)[0]
    assert result["status"] == "invalid", result
    [[error]] = result["errors"].values()
    for lang in catalogue.LANGS:
        assert f"error.{error['code']}" in catalogue.load(lang)
    return str(error["code"])


def status_of(list_id: str) -> list[str | None]:
    """The status of everybody on the list, by number."""
    return [worker(line.worker_id).status for line in lines_of(list_id)]


class TestCounting:
    def test_own_signature_over_the_list_that_came_verifies(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        made = sign(head, list_id, term, send_list=False)
        assert standing(made) == ("waits", None)
        assert status_of(list_id) == ["verifikasi_pekon"] * 2
        send(head, whole_list(list_id)[0])
        assert standing(made) == ("counts", None)
        assert status_of(list_id) == ["terverifikasi"] * 2
        assert acted(made) == ["layak"] * 2
        assert version(made).counted_at == server.now

    def test_history_tells_letter_list_and_who_signed(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        sign(head, list_id, term)
        person = lines_of(list_id)[0].worker_id
        step = db.session.scalars(
            select(StatusHistory).filter_by(worker_id=person, to_status="terverifikasi")
        ).one()
        assert (step.actor_id, step.origin, step.reason) == (head.user_id, "list", "layak")
        told = {"minutes": "140/07/2026", "date": "2026-11-22", "list": list_id, "version": 1}
        assert step.evidence == told

    def test_each_line_is_kept_as_it_was_signed(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        made = sign(head, list_id, term)
        whole, _ = whole_list(list_id)
        rows = db.session.scalars(select(SignedLine).order_by(SignedLine.no)).all()
        assert [row.item for row in rows] == whole["items"]
        assert {row.minutes_id for row in rows} == {made}

    def test_list_counts_from_its_signer_alone(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        made = sign(head, list_id, term, send_list=False)
        send(phone, whole_list(list_id)[0])
        store = server.app.extensions["blobs"]
        counting.settle_waiting(db.session(), store, "18.04", None, server.now)
        assert standing(made) == ("waits", None)

    def test_month_needs_no_meeting(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = opened(server, MONTHLY).id
        made = sign(head, list_id, term, letter_no=None, place=None, present=None)
        assert standing(made) == ("counts", None)


class TestWhoSigns:
    def test_officers_phone_waits_for_the_stamped_sheet(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        made = sign(phone, list_id, term)
        assert standing(made) == ("paper", None)
        assert status_of(list_id) == ["verifikasi_pekon"]
        row = version(made)
        assert (row.via, row.on_behalf, row.author) == (
            "officer_phone",
            term.office_id,
            phone.user_id,
        )

    def test_holder_of_the_office_confirms_on_the_own_phone(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {"verdict": "tunda"})
        made = sign(phone, list_id, term)
        word = {"confirmed": True}
        yes = head.mutation(KUBU_PERAHU, table="list_minutes", id=made, set=word)
        assert head.results(yes)[0]["status"] == "applied"
        assert standing(made) == ("counts", None)
        assert status_of(list_id) == ["terverifikasi", "verifikasi_pekon"]
        again = head.mutation(KUBU_PERAHU, table="list_minutes", id=made, set=word)
        assert refusal(head, again) == "sign_own_word"

    def test_secretarys_phone_speaks_for_the_secretary_alone(
        self, server: Server, phone: Handset
    ) -> None:
        """Anybody of the office could else have the list count in the head's name."""
        head, term = head_with_term(server)
        secretary = server.phone(KUBU_PERAHU, role="head")
        own = give_term(secretary.user_id, capacity="plh")
        list_id = decided(server, phone, head, {})
        made = sign(secretary, list_id, term)
        assert standing(made) == ("paper", None)
        yes = {"table": "list_minutes", "id": made, "set": {"confirmed": True}}
        assert refusal(secretary, secretary.mutation(KUBU_PERAHU, **yes)) == "sign_own_word"
        assert status_of(list_id) == ["verifikasi_pekon"]
        assert head.results(head.mutation(KUBU_PERAHU, **yes))[0]["status"] == "applied"
        assert standing(made) == ("counts", None)
        signer = head_signer(own, capacity="plh", delegation="800/9/2026")
        assert standing(sign(secretary, list_id, own, signers=[signer])) == ("counts", None)

    def test_who_recorded_the_signature_confirms_nothing(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        made = sign(phone, list_id, term)
        for one in (phone, server.phone(KUBU_PERAHU)):
            yes = one.mutation(KUBU_PERAHU, table="list_minutes", id=made, set={"confirmed": True})
            assert refusal(one, yes) == "sign_own_word"
        assert standing(made) == ("paper", None)

    def test_head_without_a_term_confirms_nothing(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        made = sign(phone, list_id, term)
        stranger = server.phone(KUBU_PERAHU, role="head")
        yes = stranger.mutation(KUBU_PERAHU, table="list_minutes", id=made, set={"confirmed": True})
        assert stranger.results(yes)[0]["status"] == "applied"
        assert standing(made) == ("paper", None)
        assert status_of(list_id) == ["verifikasi_pekon"]

    def test_own_phone_of_who_holds_no_term_waits_for_paper(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        stranger = server.phone(KUBU_PERAHU, role="head")
        assert standing(sign(stranger, list_id, term)) == ("paper", None)

    @pytest.mark.parametrize(
        ("term", "more", "why"),
        [
            ({"ends": "2026-11-01"}, {}, "term_ended"),
            ({"starts": "2026-11-23"}, {}, "term_ended"),
            ({"ends": "2026-11-21"}, {"date": "2026-11-20"}, "term_ended"),
            ({"starts": "2026-11-22"}, {"date": "2026-11-20"}, "term_ended"),
            ({}, {"date": "2026-11-24"}, "day_ahead"),
            ({"capacity": "pj"}, {"capacity": "definitif"}, "other_capacity"),
            ({}, {"term": "another"}, "no_term"),
            ({}, {"office": "another"}, "no_term"),
        ],
    )
    def test_signature_without_a_present_term_is_kept_and_held(
        self, server: Server, phone: Handset, term: Any, more: Any, why: str
    ) -> None:
        head, given = head_with_term(server, **term)
        list_id = decided(server, phone, head, {})
        day = {"date": more["date"]} if "date" in more else {}
        own = {name: value for name, value in more.items() if name != "date"}
        signer = head_signer(given, delegation="800/1", **own)
        made = sign(head, list_id, given, signers=[signer], **day)
        assert standing(made) == ("held", why)
        assert status_of(list_id) == ["verifikasi_pekon"]
        assert len(acted(made)) == 1

    def test_signature_that_was_on_time_stays_good_when_the_term_ends_later(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        made = sign(phone, list_id, term)
        term = db.session.get_one(type(term), term.id)
        term.ends = server.now.date()
        db.session.commit()
        successor = server.phone(KUBU_PERAHU, role="head")
        server.wait(days=3)
        give_term(successor.user_id, starts=server.now.date().isoformat())
        yes = successor.mutation(
            KUBU_PERAHU, table="list_minutes", id=made, set={"confirmed": True}
        )
        assert successor.results(yes)[0]["status"] == "applied"
        assert standing(made) == ("counts", None)

    def test_supervisor_signs_nothing_on_a_phone(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        other = server.phone(KUBU_PERAHU, role="supervisor")
        made = minutes_of(other, list_id, term, *whole_list(list_id))
        assert refusal(other, made) == "sign_role"


class TestWhatWasSigned:
    @pytest.mark.parametrize(
        ("spoil", "why"),
        [
            (lambda whole, told, more: more.update(root="a" * 64), "other_root"),
            (lambda whole, told, more: told["verdicts"]["layak"].update(L=7), "other_counts"),
            (lambda whole, told, more: told.pop("gone"), "other_counts"),
            (lambda whole, told, more: whole.update(village="18.04.04.2005"), "other_list"),
            (lambda whole, told, more: whole["items"][0].update(verdict=None), "undecided"),
            (lambda whole, told, more: whole["items"][0].update(salt="0" * 32), "other_lines"),
            (lambda whole, told, more: whole["items"][0].update(no=9), "other_lines"),
        ],
    )
    def test_list_that_is_not_what_the_minutes_say_never_counts(
        self, server: Server, phone: Handset, spoil: Any, why: str
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        whole, told = whole_list(list_id)
        more: dict[str, Any] = {}
        spoil(whole, told, more)
        made = minutes_of(head, list_id, term, whole, told, **more)
        assert head.results(made)[0]["status"] == "applied"
        send(head, whole)
        assert standing(str(made["id"])) == ("broken", why)
        assert status_of(list_id) == ["verifikasi_pekon"]

    def test_line_that_changed_since_is_left_out(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        whole, told = whole_list(list_id)
        first, second = (line.worker_id for line in lines_of(list_id))
        edit(server, first, rt="009")
        edit(server, second, phone="+6281200009999")
        made = minutes_of(head, list_id, term, whole, told)
        head.push(made)
        send(head, whole)
        assert standing(str(made["id"])) == ("counts", None)
        assert acted(str(made["id"])) == ["changed", "layak"]
        assert status_of(list_id) == ["verifikasi_pekon", "terverifikasi"]

    def test_line_decided_otherwise_elsewhere_is_left_out(
        self, server: Server, phone: Handset
    ) -> None:
        """A clash that meets only here takes its line out; the signature stays."""
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        whole, told = whole_list(list_id)
        say(phone, list_id, lines_of(list_id)[0].id, "tunda")
        made = minutes_of(head, list_id, term, whole, told)
        head.push(made)
        send(head, whole)
        assert acted(str(made["id"])) == ["disputed", "layak"]
        assert status_of(list_id) == ["verifikasi_pekon", "terverifikasi"]


class TestForm:
    @pytest.mark.parametrize(
        "more",
        [
            {"letter_no": " "},
            {"signers": []},
            {"date": "2026-02-30"},
            {"present": 0},
            {"kind": "musyawarah_pekon"},
            {"hash": "x"},
        ],
    )
    def test_incomplete_minutes_are_kept_and_refused_in_one_sentence(
        self, server: Server, phone: Handset, more: Any
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        made = minutes_of(head, list_id, term, *whole_list(list_id), **more)
        assert refusal(head, made) == "sign_fault"

    def test_unknown_members_and_lists_are_refused(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        whole, told = whole_list(list_id)
        for more, code in (
            ({"state": "counts"}, "field_unknown"),
            ({"author": "x"}, "field_unknown"),
            ({"counts": 5}, "sign_counts"),
            ({"stamped": "x"}, "sign_photo"),
            ({"confirmed": "yes"}, "sign_confirmed"),
        ):
            made = minutes_of(head, list_id, term, whole, told, **more)
            assert refusal(head, made) == code
        only = head.mutation(KUBU_PERAHU, table="list_minutes", set={"stamped": "a" * 64})
        assert refusal(head, only) == "sign_unknown"

    def test_same_version_again_is_the_same_and_no_other(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        whole, told = whole_list(list_id)
        made = sign(head, list_id, term)
        ver = version(made).ver
        again = minutes_of(head, list_id, term, whole, told) | {"id": made}
        assert head.results(again)[0]["ver"] == ver
        for more in ({"hash": "b" * 64}, {"letter_no": "9/9/2026"}, {"date": "2026-13-40"}):
            other = minutes_of(head, list_id, term, whole, told, **more) | {"id": made}
            assert refusal(head, other) == "sign_stands"
        same = minutes_of(phone, list_id, term, whole, told) | {"id": made}
        assert refusal(phone, same) == "sign_stands"
        assert (version(made).ver, version(made).author) == (ver, head.user_id)

    def test_versions_are_counted(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        numbers = [version(sign(head, list_id, term)).n for _ in range(2)]
        assert numbers == [1, 2]

    def test_closed_list_keeps_the_signature_for_a_supervisor(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        made = minutes_of(head, list_id, term, *whole_list(list_id))
        db.session.get_one(VillageList, list_id).state = "closed"
        db.session.commit()
        result = head.results(made)[0]
        assert (result["status"], result["reason"]) == ("held", "list_closed")

    def test_drawn_signatures_and_photos_are_named_and_kept(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        sheet = photo()
        signer = head_signer(term, method="glass", strokes=name_of(SIGNATURE))
        made = sign(head, list_id, term, signers=[signer], attendance=name_of(sheet))
        upload(head, SIGNATURE)
        upload(head, sheet)
        stamped = photo("red")
        later = head.mutation(
            KUBU_PERAHU, table="list_minutes", id=made, set={"stamped": name_of(stamped)}
        )
        assert head.results(later)[0]["status"] == "applied"
        upload(head, stamped)
        server.wait(days=200)
        store = server.app.extensions["blobs"]
        assert blobs.forget_unreferenced(db.session(), store, server.now) == 0
        for data in (sheet, stamped, SIGNATURE, canonical(whole_list(list_id)[0])):
            assert store.get(name_of(data), "original") == data


class TestPulled:
    def test_phones_of_the_village_see_versions_and_no_strokes(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        signer = head_signer(term, method="glass", strokes=name_of(SIGNATURE))
        made = sign(head, list_id, term, signers=[signer])
        pull = phone.pull({KUBU_PERAHU: 0}, tables=["list_minutes"])
        [row] = [r for r in pull["scopes"][KUBU_PERAHU]["rows"] if r["table"] == "list_minutes"]
        assert row["id"] == made
        data = row["data"]
        assert (data["state"], data["n"], data["date"]) == ("counts", 1, "2026-11-22")
        assert name_of(SIGNATURE) not in str(data)
        assert data["signers"][0]["title"] == "Peratin"

    def test_other_villages_see_nothing(self, server: Server, phone: Handset) -> None:
        head, term = head_with_term(server)
        sign(head, decided(server, phone, head, {}), term)
        stranger = server.phone("18.04.04.2005")
        pull = stranger.pull({KUBU_PERAHU: 0}, tables=["list_minutes"])
        assert KUBU_PERAHU not in pull["scopes"]


class TestErasure:
    def test_erased_person_leaves_the_leaf_and_nothing_that_was_signed(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {}, {})
        made = sign(head, list_id, term)
        whole, _ = whole_list(list_id)
        person = lines_of(list_id)[1].worker_id
        name = worker(person).full_name
        store = server.app.extensions["blobs"]
        erasure.erase(db.session(), store, "18.04", person, "12/2026", None, server.now)
        assert store.get(document_hash(whole), "original") is None
        db.session.expire_all()
        rows = db.session.scalars(select(SignedLine).order_by(SignedLine.no)).all()
        assert [bool(row.item) for row in rows] == [True, False, True]
        assert name not in str([row.item for row in rows])
        leaves = [bytes.fromhex(row.leaf) for row in rows]
        assert root_of(leaves).hex() == version(made).root

    def test_list_that_comes_after_the_erasure_is_refused(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {})
        whole, _ = whole_list(list_id)
        made = sign(head, list_id, term, send_list=False)
        person = lines_of(list_id)[0].worker_id
        store = server.app.extensions["blobs"]
        erasure.erase(db.session(), store, "18.04", person, "12/2026", None, server.now)
        assert upload(head, canonical(whole), 32_000)["state"] == "refused"
        assert standing(made) == ("waits", None)


def test_every_version_is_stored_under_its_regency(server: Server, phone: Handset) -> None:
    head, term = head_with_term(server)
    sign(head, decided(server, phone, head, {}), term)
    assert {row.regency for row in db.session.scalars(select(ListMinutes))} == {"18.04"}
