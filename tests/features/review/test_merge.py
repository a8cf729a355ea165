"""Two records become one and are parted again; each edit ends on the row that it named."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from outreach.core.exchange.holds import decide_hold
from outreach.core.record import conflicts, worker_edits
from outreach.core.record.conflicts import resolve_conflict
from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.core.record.rights import NotAllowed
from outreach.domain.refusals import NotThere
from outreach.extensions import db
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Conflict, Mutation
from outreach.storage.workers import DuplicatePair, Worker, WorkerBlob, WorkerMerge
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.office import ELSEWHERE, log_in, make_worker, office
from tests.sync.conftest import Handset, Server

SHA = "a" * 64


@pytest.fixture
def server(app: Flask, session: Session) -> Server:
    """The server with its villages."""
    office(session)
    return Server(app)


@pytest.fixture
def phone(server: Server) -> Handset:
    """A phone of an officer of two villages."""
    return server.phone(KUBU_PERAHU, SEBARUS)


@pytest.fixture
def desk(app: Flask, session: Session, phone: Handset) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(app, session, "supervisor")


def register(phone: Handset, village: str = KUBU_PERAHU, /, **data: Any) -> str:
    """Id of somebody registered."""
    made = phone.mutation(village, set={"full_name": "SUTINI", "birth_date": "1980-08-07", **data})
    assert phone.results(made)[0]["status"] == "applied"
    return str(made["id"])


def edit(phone: Handset, row: str, **changes: Any) -> dict[str, Any]:
    """The result of an edit that names this row, together with the key."""
    sent = phone.mutation(id=row, ver=1, set=changes)
    return phone.results(sent)[0] | {"key": sent["key"]}


def data(session: Session, row: str) -> dict[str, Any]:
    """The record without its name, birth date and village."""
    session.expire_all()
    found = dict(session.get_one(Worker, row).data)
    return {k: v for k, v in found.items() if k not in ("full_name", "birth_date", "village_code")}


def merge(server: Server, loser: str, survivor: str) -> None:
    server.wait(minutes=1)
    merge_workers(db.session(), server.actor(), loser, survivor, server.now)
    server.wait(minutes=1)


def split(server: Server, row: str) -> None:
    server.wait(minutes=1)
    split_worker(db.session(), server.actor(), row, server.now)


class TestService:
    def test_both_are_as_they_were(self, session: Session, server: Server, phone: Handset) -> None:
        loser = register(phone, notes="ibu kos", ktp_photo=SHA)
        stays = register(phone, rt="001")
        merge(server, loser, stays)
        assert data(session, stays) == {"notes": "ibu kos", "rt": "001", "ktp_photo": SHA}
        split(server, loser)
        assert data(session, stays) == {"rt": "001"}
        assert data(session, loser) == {"notes": "ibu kos", "ktp_photo": SHA}
        assert session.scalars(select(WorkerBlob.worker_id)).all() == [loser]
        rows = phone.rows()
        assert not any("gone" in rows[row] for row in (loser, stays))

    def test_redirected_edits_return_to_the_row_they_named(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone, notes="a"), register(phone, rt="001")
        merge(server, loser, stays)
        late = edit(phone, loser, notes=("a", "b"))
        assert (late["status"], late["into"]) == ("applied", stays)
        edit(phone, stays, rw=(None, "002"))
        edit(phone, stays, rt=("001", "003"))
        split(server, loser)
        assert data(session, stays) == {"rt": "003", "rw": "002"}
        assert data(session, loser) == {"notes": "b"}
        assert session.get_one(Mutation, late["key"]).into is None
        line = session.scalars(select(AuditLine).filter_by(action="worker_split")).one()
        assert (line.object_id, line.detail) == (loser, {"from": stays, "saves": 1})

    def test_an_answer_both_changed_stays_with_each(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone, notes="a"), register(phone)
        merge(server, loser, stays)
        edit(phone, loser, notes=("a", "b"))
        edit(phone, stays, notes=("b", "c"))
        split(server, loser)
        assert (data(session, stays), data(session, loser)) == ({"notes": "c"}, {"notes": "b"})

    def test_a_conflict_of_a_returning_edit_goes_with_it(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone, rt="001"), register(phone, rt="009")
        merge(server, loser, stays)
        late = edit(phone, loser, rt=("001", "002"))
        assert late["status"] == "conflict"
        split(server, loser)
        assert (data(session, stays)["rt"], data(session, loser)["rt"]) == ("009", "002")
        assert not session.get_one(Worker, stays).has_conflict
        assert set(session.scalars(select(Conflict.state))) == {"moved"}
        assert [r for r in phone.inbox().values() if not r.get("gone")] == []

    @pytest.mark.parametrize("choice", ["mine", "theirs"])
    def test_a_conflict_of_a_merged_record_can_still_be_decided(
        self, session: Session, server: Server, phone: Handset, choice: Any
    ) -> None:
        loser, stays = register(phone, notes="a"), register(phone)
        edit(phone, loser, notes=("a", "b"))
        assert edit(phone, loser, notes=("a", "c"))["status"] == "conflict"
        merge(server, loser, stays)
        conflict = session.scalars(select(Conflict)).one()
        resolve_conflict(session, server.actor(), conflict.id, choice, server.now)
        session.expire_all()
        assert session.scalars(select(Conflict)).one().state == "resolved"
        assert data(session, stays)["notes"] == {"mine": "c", "theirs": "b"}[choice]
        assert not session.get_one(Worker, loser).has_conflict
        with pytest.raises(NotThere):
            resolve_conflict(session, server.actor(), conflict.id, choice, server.now)

    def test_the_desk_decides_a_merged_record_by_what_stands_on_the_other(
        self, session: Session, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        loser, stays = register(phone, notes="a"), register(phone, notes="lain")
        edit(phone, loser, notes=("a", "b"))
        edit(phone, loser, notes=("a", "c"))
        merge(server, loser, stays)
        page = desk.get(f"/conflicts/{loser}").text
        assert "lain" in page
        base = re.findall(r'name="base\.notes" value="([^"]*)"', page)[0].replace("&#34;", '"')
        late = re.findall(r'name="pick\.notes" value="([0-9a-f-]{36})"', page)[0]
        form = {"base.notes": base, "pick.notes": late}
        assert desk.post(f"/conflicts/{loser}", data=form).status_code == 303
        assert data(session, stays)["notes"] == "c"
        assert set(session.scalars(select(Conflict.state))) == {"resolved"}

    def test_what_a_third_record_brought_stays(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        one, two, stays = register(phone, notes="a"), register(phone, kpj="1" * 11), register(phone)
        merge(server, one, stays)
        merge(server, two, stays)
        split(server, one)
        assert data(session, stays) == {"kpj": "1" * 11}
        split(server, two)
        assert data(session, stays) == {}

    def test_a_family_returns_together(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        child, loser, stays = register(phone, rt="001"), register(phone), register(phone)
        merge(server, child, loser)
        merge(server, loser, stays)
        late = edit(phone, child, notes=(None, "b"))
        assert late["into"] == stays
        split(server, loser)
        assert data(session, loser) == {"rt": "001", "notes": "b"}
        assert data(session, stays) == {}
        assert session.get_one(Mutation, late["key"]).into == loser

    def test_a_deletion_that_named_the_loser_deletes_the_loser(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone), register(phone)
        merge(server, loser, stays)
        ver = session.get_one(Worker, stays).ver
        gone = phone.mutation(id=loser, op="delete", set={}, ver=ver)
        assert phone.results(gone)[0]["status"] == "applied"
        split(server, loser)
        session.expire_all()
        assert session.get_one(Worker, stays).deleted_at is None
        assert session.get_one(Worker, loser).deleted_at is not None

    def test_a_move_that_named_the_loser_moves_the_loser(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone), register(phone)
        merge(server, loser, stays)
        edit(phone, loser, village_code=(KUBU_PERAHU, SEBARUS))
        assert session.get_one(Worker, stays).region_code == SEBARUS
        split(server, loser)
        session.expire_all()
        assert session.get_one(Worker, stays).region_code == KUBU_PERAHU
        assert session.get_one(Worker, loser).region_code == SEBARUS
        assert "gone" not in phone.rows(SEBARUS)[loser]
        assert "gone" not in phone.rows(KUBU_PERAHU)[stays]

    def test_of_an_unremembered_merge_the_survivor_keeps_what_came_over(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone, notes="a"), register(phone)
        merge(server, loser, stays)
        session.execute(delete(WorkerMerge))
        session.commit()
        split(server, loser)
        assert data(session, stays) == data(session, loser) == {"notes": "a"}

    def test_the_last_merge_is_parted_first(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        one, two, three = register(phone), register(phone), register(phone)
        merge(server, one, two)
        merge(server, two, three)
        with pytest.raises(NotAllowed, match="split_survivor_merged"):
            split(server, one)
        split(server, two)
        split(server, one)
        session.expire_all()
        assert session.get_one(Worker, one).merged_into is None

    def test_a_survivor_deleted_since_is_brought_back_first(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone), register(phone)
        merge(server, loser, stays)
        worker_edits.delete_worker(session, server.actor(), stays, server.now)
        with pytest.raises(NotAllowed, match="split_survivor_deleted"):
            split(server, loser)

    @pytest.mark.parametrize("role", ["officer", "mpp"])
    def test_only_a_supervisor_parts(
        self, session: Session, server: Server, phone: Handset, role: str
    ) -> None:
        loser, stays = register(phone), register(phone)
        merge(server, loser, stays)
        with pytest.raises(NotAllowed):
            split_worker(session, server.actor(role), loser, server.now)
        with pytest.raises(NotThere):
            split_worker(session, server.actor(), stays, server.now)


class TestNothingGoesOutOfSight:
    def test_an_edit_told_as_arrived_survives_merge_split_and_merge_again(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone, notes="a"), register(phone, notes="z")
        edit(phone, stays, notes=("z", "a"))
        merge(server, loser, stays)
        late = edit(phone, loser, notes=("a", "b"))
        assert (late["status"], data(session, stays)["notes"]) == ("applied", "b")
        split(server, loser)
        assert (data(session, stays)["notes"], data(session, loser)["notes"]) == ("a", "b")
        merge(server, loser, stays)
        conflict = session.scalars(select(Conflict).filter_by(state="open")).one()
        assert (conflict.field, conflict.mine, conflict.theirs) == ("notes", "b", "a")
        assert (conflict.key, conflict.worker_id) == (late["key"], stays)
        assert session.get_one(Worker, stays).has_conflict
        notes = [r["data"] for r in phone.inbox().values() if not r.get("gone")]
        assert [(n["worker_id"], n["conflicts"][0]["mine"]) for n in notes] == [(stays, "b")]

    @pytest.mark.parametrize("again", ["confirmed", "copied"])
    def test_a_conflict_is_told_to_who_brought_the_answer_not_to_who_repeated_it(
        self, session: Session, server: Server, phone: Handset, again: str
    ) -> None:
        """Whoever only says again what stands must not hear of it in the other's place."""
        loser, stays = register(phone, notes="a"), register(phone, notes="b")
        server.wait(minutes=1)  # saves that arrive in one moment have no order
        if again == "confirmed":
            late = edit(phone, loser, notes=(None, "c"))
            note = session.scalars(select(Conflict).filter_by(key=late["key"])).one()
            conflicts.resolve_conflict(session, server.actor(), note.id, "theirs", server.now)
        else:
            other = server.phone(KUBU_PERAHU)
            other.push(other.mutation(id=loser, ver=1, set={"notes": (None, "a")}))
        merge(server, loser, stays)
        note = session.scalars(select(Conflict).filter_by(worker_id=stays)).one()
        assert (note.key, note.user_id, note.mine) == (loser, phone.user_id, "a")
        told = [row["data"] for row in phone.inbox().values() if not row.get("gone")]
        assert stays in [one["worker_id"] for one in told if one["kind"] == "conflict"]

    def test_what_the_supervisor_chose_having_seen_it_is_no_conflict(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone, notes="a"), register(phone, notes="b")
        server.wait(minutes=1)
        merge_workers(session, server.actor(), loser, stays, server.now, chosen={"notes": "loser"})
        assert data(session, stays) == {"notes": "a"}
        assert session.scalars(select(Conflict)).all() == []
        split(server, loser)
        assert (data(session, stays), data(session, loser)) == ({"notes": "b"}, {"notes": "a"})

    def test_a_choice_made_on_an_older_state_merges_nothing(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone, notes="a"), register(phone, notes="b")
        seen = {row: session.get_one(Worker, row).ver for row in (loser, stays)}
        edit(phone, loser, notes=("a", "c"))
        with pytest.raises(NotAllowed, match="merge_changed_since"):
            merge_workers(
                session,
                server.actor(),
                loser,
                stays,
                server.now,
                chosen={"notes": "survivor"},
                seen=seen,
            )
        assert session.get_one(Worker, loser).merged_into is None

    def test_a_save_let_in_after_the_merge_is_still_there_when_they_are_parted(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone), register(phone)
        server.unassign(phone.user_id)
        held = edit(phone, stays, notes=(None, "ditahan"))
        assert held["status"] == "held"
        merge(server, loser, stays)
        decide_hold(session, server.actor(), held["key"], "accept", None, server.now)
        assert data(session, stays) == {"notes": "ditahan"}
        split(server, loser)
        assert data(session, stays) == {"notes": "ditahan"}

    def test_parting_ends_what_the_merge_left_to_decide(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser, stays = register(phone, notes="a"), register(phone, notes="b")
        merge(server, loser, stays)
        split(server, loser)
        assert session.scalars(select(Conflict.state)).all() == ["moved"]
        assert not session.get_one(Worker, stays).has_conflict
        assert [r for r in phone.inbox().values() if not r.get("gone")] == []


class TestGroups:
    PHONE = "+6281234567890"

    def test_a_number_never_joins_the_word_that_there_is_none(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser = register(phone, phone=self.PHONE, phone_owner="anak", has_whatsapp=True)
        stays = register(phone, no_phone=True)
        merge(server, loser, stays)
        assert data(session, stays) == {"no_phone": True}
        fields = set(session.scalars(select(Conflict.field)))
        assert fields == {"phone", "phone_owner", "has_whatsapp"}

    def test_a_nik_never_joins_the_word_that_there_is_none(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser = register(phone, nik_status="belum_rekam")
        stays = register(phone, nik="1804044708809001", nik_status="ada", nik_match=True)
        merge(server, loser, stays)
        assert data(session, stays)["nik_status"] == "ada"
        assert session.scalars(select(Conflict.mine)).all() == ["belum_rekam"]

    def test_a_chosen_group_comes_whole(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser = register(phone, phone=self.PHONE, phone_owner="anak")
        stays = register(phone, no_phone=True, has_whatsapp=False)
        merge_workers(session, server.actor(), loser, stays, server.now, chosen={"phone": "loser"})
        assert data(session, stays) == {"phone": self.PHONE, "phone_owner": "anak"}

    def test_a_whole_address_moves_the_person_to_its_village(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        loser = register(phone, SEBARUS, rt="001", pemangku="1")
        stays = register(phone, rt="009")
        merge(server, loser, stays)
        assert data(session, stays) == {"rt": "009"}
        split(server, loser)
        server.wait(minutes=1)
        merge_workers(
            session, server.actor(), loser, stays, server.now, chosen={"address": "loser"}
        )
        assert data(session, stays) == {"rt": "001", "pemangku": "1"}
        assert session.get_one(Worker, stays).region_code == SEBARUS
        split(server, loser)
        assert data(session, stays) == {"rt": "009"}
        assert session.get_one(Worker, stays).region_code == KUBU_PERAHU

    @pytest.mark.parametrize("undo", [False, True])
    def test_deciding_for_no_phone_takes_the_number_away_until_undone(
        self, session: Session, server: Server, phone: Handset, undo: bool
    ) -> None:
        loser = register(phone, no_phone=True)
        stays = register(phone, phone=self.PHONE, phone_owner="anak")
        merge(server, loser, stays)
        conflict = session.scalars(select(Conflict)).one()
        resolve_conflict(session, server.actor(), conflict.id, "mine", server.now)
        assert data(session, stays) == {"no_phone": True}
        if undo:
            conflicts.reopen(session, server.actor(), conflict.id, server.wait(minutes=1))
            assert data(session, stays) == {"phone": self.PHONE, "phone_owner": "anak"}

    def test_a_choice_that_breaks_a_rule_merges_nothing(
        self, session: Session, server: Server, phone: Handset
    ) -> None:
        heir = {"name": "ADI", "relation": "anak", "nik": "1804044708809001"}
        loser, stays = register(phone, nik=heir["nik"]), register(phone, heirs=[heir])
        with pytest.raises(NotAllowed, match="merge_breaks_rule"):
            merge(server, loser, stays)


class TestPages:
    def test_differing_groups_are_chosen_on_the_page_and_told_in_the_history(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        one, two = register(phone, notes="kos", kpj="1" * 11), register(phone, notes="rumah")
        page = desk.get(f"/workers/{one}/merge/{two}").text
        assert "take.notes" in page
        assert "take.kpj" not in page
        form = dict(re.findall(r'name="(seen\.[^"]+)" value="([0-9]+)"', page))
        assert len(form) == 2
        answer = desk.post(
            f"/workers/{one}/merge/{two}", data={**form, "keep": two, "take.notes": one}
        )
        assert answer.location == f"/workers/{two}"
        assert data(session, two) == {"notes": "kos", "kpj": "1" * 11}
        assert session.scalars(select(Conflict)).all() == []
        history = desk.get(f"/workers/{two}").text
        assert "digabung ke catatan ini oleh Akun supervisor" in history
        assert "Digabung ke" in desk.get(f"/workers/{one}").text

    def test_a_page_grown_old_is_shown_again_and_merges_nothing(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        one, two = register(phone, notes="kos"), register(phone, notes="rumah")
        page = desk.get(f"/workers/{one}/merge/{two}").text
        form = dict(re.findall(r'name="(seen\.[^"]+)" value="([0-9]+)"', page))
        edit(phone, one, notes=("kos", "kontrakan"))
        answer = desk.post(
            f"/workers/{one}/merge/{two}", data={**form, "keep": two, "take.notes": two}
        )
        assert answer.location == f"/workers/{one}/merge/{two}"
        assert "berubah sejak halaman ini dibuka" in desk.get(answer.location).text
        session.expire_all()
        assert session.get_one(Worker, one).merged_into is None

    def test_two_that_look_alike_are_merged_and_parted_at_the_desk(
        self, session: Session, phone: Handset, desk: FlaskClient
    ) -> None:
        one, two = register(phone, kpj="1" * 11), register(phone, SEBARUS, notes="ibu kos")
        page = desk.get(f"/workers/{one}").text
        assert f"/workers/{one}/merge/{two}" in page
        both = desk.get(f"/workers/{one}/merge/{two}").text
        assert "ibu kos" in both
        assert "berbeda" in both
        answer = desk.post(f"/workers/{one}/merge/{two}", data={"keep": two})
        assert answer.location == f"/workers/{two}"
        assert data(session, two) == {"kpj": "1" * 11, "notes": "ibu kos"}
        assert session.scalars(select(DuplicatePair.state)).one() == "merged"
        assert f"/merge/{one}" not in desk.get(f"/workers/{two}").text
        page = desk.get(f"/workers/{one}").text
        assert f"/workers/{one}/split" in page
        assert "0 kiriman" in desk.get(f"/workers/{one}/split").text
        desk.post(f"/workers/{one}/split")
        assert data(session, one) == {"kpj": "1" * 11}
        assert data(session, two) == {"notes": "ibu kos"}
        assert session.scalars(select(DuplicatePair.state)).one() == "different"
        page = desk.get(f"/workers/{one}").text
        assert "orang yang berbeda" in page
        assert f"/merge/{two}" not in page

    def test_odd_requests_change_nothing(
        self, session: Session, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        one, two = register(phone), register(phone)
        user = server.user(ELSEWHERE)
        foreign = make_worker(session, user, "JAUH", ELSEWHERE)
        assert desk.get(f"/workers/{one}/merge/{one}").status_code == 404
        assert desk.get(f"/workers/{one}/merge/{foreign}").status_code == 404
        assert desk.get(f"/workers/{one}/split").status_code == 404
        assert desk.post(f"/workers/{one}/split").status_code == 404
        assert desk.post(f"/workers/{one}/merge/{two}", data={"keep": "x"}).status_code == 400
        answer = desk.post(f"/workers/{one}/merge/{foreign}", data={"keep": one})
        assert answer.status_code == 404
        session.expire_all()
        assert [w.merged_into for w in session.scalars(select(Worker))] == [None] * 3
