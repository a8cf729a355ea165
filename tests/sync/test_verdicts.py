"""What each mutation is answered: merge by value, conflicts, holds, chains, moves, merges."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from outreach.core.exchange import devices, late_edits
from outreach.core.exchange.holds import decide_hold
from outreach.core.record.conflicts import resolve_conflict
from outreach.core.record.merging import merge_workers
from outreach.core.record.rights import NotAllowed
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.sync import Conflict, Device, Hold, Mutation, ScopeCounter
from outreach.storage.workers import DuplicatePair, Tombstone, Worker
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.sync.conftest import Handset, Server


def worker(row_id: str) -> Worker:
    db.session.expire_all()
    return db.session.get_one(Worker, row_id)


def die(*_: Any) -> bool:
    raise SystemExit


def put(phone: Handset, row_id: str, scope: str = KUBU_PERAHU, /, **changes: Any) -> dict[str, Any]:
    """The result of an edit of one row."""
    return phone.results(phone.mutation(scope, id=row_id, set=changes, ver=1))[0]


def create(phone: Handset, scope: str = KUBU_PERAHU, **more: Any) -> str:
    """Id of a new row."""
    data = {"full_name": "SITI AMINAH", "sex": "P", **more}
    result = phone.results(made := phone.mutation(scope, set=data))[0]
    assert result["status"] == "applied", result
    return made["id"]


class TestMerge:
    def test_value_the_phone_had_seen_is_replaced(self, phone: Handset) -> None:
        row = create(phone, notes="lama")
        assert put(phone, row, notes=("lama", "baru"))["status"] == "applied"
        assert worker(row).data["notes"] == "baru"

    def test_value_already_there_changes_nothing(self, phone: Handset) -> None:
        row = create(phone, notes="baru")
        ver = worker(row).ver
        assert put(phone, row, notes=("lama", "baru"))["status"] == "applied"
        assert worker(row).ver == ver

    def test_two_fields_of_two_people_both_stay(self, phone: Handset, other: Handset) -> None:
        row = create(phone, notes="a", rt="001")
        assert put(phone, row, notes=("a", "b"))["status"] == "applied"
        assert put(other, row, rt=("001", "002"))["status"] == "applied"
        assert (worker(row).data["notes"], worker(row).data["rt"]) == ("b", "002")

    def test_same_field_of_two_people_is_a_conflict(self, phone: Handset, other: Handset) -> None:
        row = create(phone, notes="a")
        put(phone, row, notes=("a", "b"))
        result = put(other, row, notes=("a", "c"), rt=(None, "002"))
        assert result["status"] == "conflict"
        assert result["conflicts"] == [{"field": "notes", "base": "a", "mine": "c", "theirs": "b"}]
        assert (worker(row).data["notes"], worker(row).data["rt"]) == ("b", "002")
        assert worker(row).has_conflict
        assert db.session.scalars(select(Conflict)).one().region_code == KUBU_PERAHU
        told = list(other.inbox().values())
        assert [t["data"]["kind"] for t in told] == ["conflict"]
        assert told[0]["data"]["conflicts"][0]["mine"] == "c"

    def test_author_who_has_seen_the_value_ends_the_conflict(
        self, phone: Handset, other: Handset
    ) -> None:
        row = create(phone, notes="a")
        put(phone, row, notes=("a", "b"))
        put(other, row, notes=("a", "c"))
        assert put(other, row, notes=("b", "c"))["status"] == "applied"
        assert not worker(row).has_conflict
        assert db.session.scalars(select(Conflict.state)).one() == "resolved"
        assert [r.get("gone") for r in other.inbox().values()] == [1]

    def test_somebody_else_does_not_end_it(self, phone: Handset, other: Handset) -> None:
        row = create(phone, notes="a")
        put(phone, row, notes=("a", "b"))
        put(other, row, notes=("a", "c"))
        put(phone, row, notes=("b", "d"))
        assert worker(row).has_conflict

    @pytest.mark.parametrize("choice", ["mine", "theirs"])
    def test_supervisor_ends_it_either_way(
        self, server: Server, phone: Handset, other: Handset, choice: Any
    ) -> None:
        row = create(phone, notes="a")
        put(phone, row, notes=("a", "b"))
        put(other, row, notes=("a", "c"))
        conflict = db.session.scalars(select(Conflict.id)).one()
        resolve_conflict(db.session(), server.actor(), conflict, choice, server.now)
        assert worker(row).data["notes"] == ("c" if choice == "mine" else "b")
        assert not worker(row).has_conflict

    def test_a_number_and_the_word_that_there_is_none_do_not_both_stand(
        self, phone: Handset, other: Handset
    ) -> None:
        row = create(phone)
        assert put(phone, row, no_phone=True)["status"] == "applied"
        late = put(other, row, phone="+6281234567890", has_whatsapp=True, notes="ada tetangga")
        assert late["status"] == "conflict"
        assert {c["field"] for c in late["conflicts"]} == {"phone", "has_whatsapp"}
        stands = worker(row).data
        assert (stands["no_phone"], stands["notes"]) == (True, "ada tetangga")
        assert "phone" not in stands
        seen = put(other, row, phone=(None, "+6281234567890"), no_phone=(True, None))
        assert seen["status"] == "applied"

    def test_a_new_yes_needs_its_own_proof_and_time(self, phone: Handset) -> None:
        given = {"evidence": "a" * 64, "at": "2026-11-22T06:05:00Z"}
        old = {**given, "purposes": {"pendaftaran": True, "hubungi_wa": False}}
        row = create(phone, consent=old)
        new = {**given, "purposes": {"pendaftaran": True, "hubungi_wa": True}}
        refused = put(phone, row, consent=(old, new))
        assert refused["status"] == "invalid"
        assert refused["errors"]["consent"][0]["code"] == "consent_needs_proof"
        assert worker(row).data["consent"] == old
        new |= {"evidence": "b" * 64, "at": "2026-11-24T01:00:00Z"}
        assert put(phone, row, consent=(old, new))["status"] == "applied"

    def test_a_no_is_a_withdrawal_at_the_servers_time(self, phone: Handset) -> None:
        old = {"evidence": "a" * 64, "purposes": {"pendaftaran": True, "pasfoto": True}}
        row = create(phone, consent=old)
        new = {**old, "purposes": {"pendaftaran": True, "pasfoto": False}}
        assert put(phone, row, consent=(old, new))["status"] == "applied"
        assert list(worker(row).data["consent_withdrawn"]) == ["pasfoto"]

    def test_a_withdrawal_does_not_end_without_being_asked_again(self, phone: Handset) -> None:
        given = {"evidence": "a" * 64, "purposes": {"pendaftaran": True}}
        withdrawn = {"pendaftaran": "2026-11-23T06:05:00Z"}
        row = create(phone, consent=given, consent_withdrawn=withdrawn)
        back = put(phone, row, consent_withdrawn=(withdrawn, None))
        assert back["status"] == "invalid"
        assert worker(row).data["consent_withdrawn"] == withdrawn

    def test_consent_merges_whole(self, phone: Handset, other: Handset) -> None:
        def consent(letter: str) -> dict[str, Any]:
            return {
                "version": "consent-2026-11",
                "lang": "id",
                "method": "tanda_tangan_layar",
                "evidence": letter * 64,
                "purposes": {"pendaftaran": True},
                "at": "2026-11-22T06:05:00Z",
            }

        row = create(phone)
        put(phone, row, consent=(None, consent("a")))
        assert put(other, row, consent=(None, consent("b")))["status"] == "conflict"
        assert worker(row).data["consent"] == consent("a")


class TestInvalid:
    def test_field_of_another_role_is_refused_for_that_field(self, server: Server) -> None:
        officer, head = server.phone(KUBU_PERAHU), server.phone(KUBU_PERAHU, role="head")
        row = create(officer)
        result = put(head, row, rt=(None, "002"), monthly_income=(None, 5))
        assert result["status"] == "invalid"
        assert result["errors"] == {"monthly_income": [{"code": "field_forbidden", "params": {}}]}
        assert "rt" not in worker(row).data

    def test_status_is_never_set_by_a_phone(self, phone: Handset) -> None:
        result = phone.results(phone.mutation(set={"full_name": "ADA", "status": "aktif"}))[0]
        assert result["errors"]["status"][0]["code"] == "field_unknown"

    def test_invalid_is_stored_and_the_next_goes_on(self, phone: Handset) -> None:
        bad, good = phone.mutation(set={"full_name": "ADA", "nik": "1"}), phone.mutation()
        assert [r["status"] for r in phone.results(bad, good)] == ["invalid", "applied"]
        assert db.session.get_one(Mutation, bad["key"]).status == "invalid"

    def test_unknown_village_makes_no_counter(self, phone: Handset) -> None:
        result = phone.results(phone.mutation("99.99.99.9999"))[0]
        assert result["errors"]["village_code"][0]["code"] == "village_unknown"
        assert db.session.get(ScopeCounter, ("99.99.99.9999", "18.04")) is None


class TestHeld:
    def test_create_outside_the_scope_waits(self, phone: Handset) -> None:
        sent = phone.mutation(SEBARUS)
        result = phone.results(sent)[0]
        assert (result["status"], result["reason"]) == ("held", "out_of_scope")
        assert db.session.get(Worker, sent["id"]) is None
        assert db.session.get_one(Hold, sent["key"]).region_code == SEBARUS
        assert phone.inbox()[sent["key"]]["data"]["kind"] == "held"

    def test_edit_after_the_term_waits_and_changes_nothing(
        self, server: Server, phone: Handset
    ) -> None:
        row = create(phone, notes="a")
        server.unassign(phone.user_id)
        assert put(phone, row, notes=("a", "b"))["reason"] == "out_of_scope"
        assert worker(row).data["notes"] == "a"

    def test_role_that_ended_waits(self, server: Server, phone: Handset) -> None:
        row = create(phone)
        db.session.get_one(User, phone.user_id).role = "department"
        db.session.commit()
        assert put(phone, row, rt=(None, "002"))["reason"] == "role"

    def test_deactivated_user_may_send_and_it_waits(self, server: Server, phone: Handset) -> None:
        row = create(phone, notes="a")
        db.session.get_one(User, phone.user_id).active = False
        db.session.commit()
        assert put(phone, row, notes=("a", "b"))["reason"] == "inactive"
        assert phone.results(phone.mutation())[0]["status"] == "held"
        assert worker(row).data["notes"] == "a"
        assert db.session.scalars(select(Hold.state)).all() == ["open", "open"]
        assert phone.ask({KUBU_PERAHU: 0}).json["code"] == "user_inactive"

    def test_revoked_device_may_send_slowly_and_never_fetch(
        self, server: Server, phone: Handset
    ) -> None:
        row = create(phone)
        assert devices.revoke(
            db.session(), "18.04", server.actor("admin"), phone.device, server.now
        )
        server.wait(seconds=10)
        assert put(phone, row, rt=(None, "002"))["reason"] == "revoked"
        assert phone.send(phone.mutation()).status_code == 429
        assert phone.ask({KUBU_PERAHU: 0}).json["code"] == "device_revoked"
        server.wait(seconds=10)
        phone.mid -= 1
        assert phone.results(phone.mutation())[0]["status"] == "held"

    def test_verified_nik_waits_for_the_supervisor(self, server: Server, phone: Handset) -> None:
        row = create(phone, nik="1804044708809001")
        worker(row).verified_at = server.now
        db.session.commit()
        new = "1804044708809002"
        assert put(phone, row, nik=("1804044708809001", new))["reason"] == "verified"
        assert put(phone, row, rt=(None, "002"))["status"] == "applied"
        key = db.session.scalars(select(Hold.key)).one()
        verdict = decide_hold(db.session(), server.actor(), key, "accept", "", server.now)
        assert verdict.status == "applied"
        assert worker(row).nik == new

    def test_nik_before_verification_follows_the_merge(
        self, phone: Handset, other: Handset
    ) -> None:
        row = create(phone, nik="1804044708809001")
        put(phone, row, nik=("1804044708809001", "1804044708809002"))
        assert put(other, row, nik=("1804044708809001", "1804044708809003"))["status"] == "conflict"
        assert worker(row).nik == "1804044708809002"

    def test_edit_of_a_deleted_row_waits(self, phone: Handset, other: Handset) -> None:
        row = create(phone)
        ver = worker(row).ver
        gone = phone.mutation(id=row, op="delete", set={}, ver=ver)
        assert phone.results(gone)[0]["status"] == "applied"
        assert put(other, row, rt=(None, "002"))["reason"] == "deleted"

    def test_deletion_of_what_changed_meanwhile_waits(self, phone: Handset, other: Handset) -> None:
        row = create(phone)
        ver = worker(row).ver
        put(other, row, rt=(None, "002"))
        gone = phone.mutation(id=row, op="delete", set={}, ver=ver)
        assert phone.results(gone)[0]["reason"] == "changed_since"
        assert worker(row).deleted_at is None

    def test_edit_of_a_row_nobody_knows_waits(self, phone: Handset) -> None:
        assert put(phone, uuid7(), rt=("001", "002"))["reason"] == "unknown_row"


class TestChains:
    def test_edits_after_a_held_create_wait_for_it_and_follow_its_acceptance(
        self, server: Server, phone: Handset
    ) -> None:
        made = phone.mutation(SEBARUS, set={"full_name": "ADA", "notes": "a"})
        edit = phone.mutation(SEBARUS, id=made["id"], set={"notes": ("a", "b")})
        later = phone.mutation(SEBARUS, id=made["id"], set={"notes": ("b", "c")})
        first, second = phone.results(made, edit)
        third = phone.results(later)[0]
        assert first["status"] == second["status"] == third["status"] == "held"
        assert second["waits_for"] == third["waits_for"] == made["key"]
        verdict = decide_hold(db.session(), server.actor(), made["key"], "accept", "", server.now)
        assert verdict.status == "applied"
        assert worker(made["id"]).data["notes"] == "c"
        assert worker(made["id"]).officer_id == phone.user_id
        statuses = db.session.scalars(select(Mutation.status).where(Mutation.mid > 0)).all()
        assert set(statuses) == {"applied"}
        assert {r.get("gone") for r in phone.inbox().values()} == {1}

    def test_two_phones_of_one_officer_do_not_overwrite_each_other_while_they_wait(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        """After a restore edits may come before the create, with another edit of its author."""
        twin = Handset(server, db.session.get_one(User, phone.user_id))
        made = other.mutation(set={"full_name": "ADA"})
        for sender, notes in ((phone, "dari satu"), (twin, "dari lain")):
            sent = sender.mutation(id=made["id"], set={"notes": (None, notes)}, ver=44)
            assert sender.results(sent)[0]["status"] == "held"
        own = other.mutation(id=made["id"], set={"rt": (None, "001")}, ver=44)
        assert [r["status"] for r in other.results(made, own)] == ["applied", "applied"]
        session = db.session()
        assert set(session.scalars(select(Hold.state))) == {"followed"}
        assert set(session.scalars(select(Hold.decided_by))) == {None}
        assert session.get_one(Worker, made["id"]).data["notes"] == "dari satu", "came first"
        assert [clash.mine for clash in session.scalars(select(Conflict))] == ["dari lain"]

    def test_edits_that_came_first_follow_their_create(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        made = other.mutation(set={"full_name": "ADA"})
        first = phone.mutation(id=made["id"], set={"rt": (None, "001")}, ver=44)
        second = phone.mutation(id=made["id"], set={"rt": ("001", "002")}, ver=44)
        assert [r["reason"] for r in phone.results(first, second)] == ["unknown_row", "waits"]
        assert set(phone.inbox()) == {first["key"], second["key"]}
        assert other.results(made)[0]["status"] == "applied"
        assert worker(made["id"]).data["rt"] == "002"
        assert db.session.get_one(Mutation, second["key"]).status == "applied"
        assert {note["gone"] for note in phone.inbox().values()} == {1}
        assert other.results(made)[0]["replay"], "and a replay finds nothing left to do"

    def test_what_was_cut_off_follows_when_the_create_is_sent_again(
        self, server: Server, phone: Handset, other: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = other.mutation(set={"full_name": "ADA"})
        edit = phone.mutation(id=made["id"], set={"rt": (None, "001")}, ver=44)
        phone.push(edit)
        with monkeypatch.context() as dying:
            dying.setattr(late_edits, "judged", die)
            with pytest.raises(SystemExit):
                other.push(made)
        assert "rt" not in worker(made["id"]).data
        assert other.results(made)[0]["replay"]
        assert worker(made["id"]).data["rt"] == "001"

    def test_an_edit_follows_only_on_its_authors_own_rights(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        made = other.mutation(set={"full_name": "ADA"})
        edit = phone.mutation(id=made["id"], set={"rt": (None, "001")}, ver=44)
        phone.push(edit)
        server.unassign(phone.user_id)
        other.push(made)
        hold = db.session.get_one(Hold, edit["key"])
        assert (hold.state, hold.reason) == ("open", "out_of_scope")
        assert "rt" not in worker(made["id"]).data

    def test_a_revoked_phones_edit_does_not_follow(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        made = other.mutation(set={"full_name": "ADA"})
        edit = phone.mutation(id=made["id"], set={"rt": (None, "001")}, ver=44)
        phone.push(edit)
        db.session.get_one(Device, phone.device).revoked_at = server.now
        db.session.commit()
        other.push(made)
        assert db.session.get_one(Hold, edit["key"]).state == "open"
        assert "rt" not in worker(made["id"]).data

    def test_a_deletion_that_came_first_and_what_follows_it_wait_for_a_person(
        self, phone: Handset, other: Handset
    ) -> None:
        made = other.mutation(set={"full_name": "ADA"})
        before = phone.mutation(id=made["id"], set={"rt": (None, "001")}, ver=44)
        gone = phone.mutation(id=made["id"], op="delete", set={}, ver=44)
        after = phone.mutation(id=made["id"], set={"rw": (None, "001")}, ver=44)
        phone.push(before, gone, after)
        other.push(made)
        row = worker(made["id"])
        assert (row.deleted_at, row.data.get("rt"), row.data.get("rw")) == (None, "001", None)
        states = [db.session.get_one(Hold, m["key"]).state for m in (before, gone, after)]
        assert states == ["followed", "open", "open"]

    @pytest.mark.parametrize("choice", ["return", "discard"])
    def test_what_somebody_decided_does_not_follow(
        self, server: Server, phone: Handset, other: Handset, choice: Any
    ) -> None:
        made = other.mutation(set={"full_name": "ADA"})
        edit = phone.mutation(id=made["id"], set={"rt": (None, "001")}, ver=44)
        phone.push(edit)
        actor = server.actor()
        decide_hold(db.session(), actor, edit["key"], choice, "Bukan", server.now)
        other.push(made)
        assert "rt" not in worker(made["id"]).data
        assert db.session.get_one(Hold, edit["key"]).words == "Bukan"

    def test_what_somebody_decides_meanwhile_does_not_follow(
        self, server: Server, phone: Handset, other: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = other.mutation(set={"full_name": "ADA"})
        edit = phone.mutation(id=made["id"], set={"rt": (None, "001")}, ver=44)
        phone.push(edit)
        locked = late_edits.lock

        def slow(session: Any, regency: str, scopes: Any, reserve: int) -> Any:
            seqs = locked(session, regency, scopes, reserve)
            session.get_one(Hold, edit["key"]).state = "discarded"
            session.flush()
            return seqs

        monkeypatch.setattr(late_edits, "lock", slow)
        other.push(made)
        assert "rt" not in worker(made["id"]).data
        assert db.session.get_one(Hold, edit["key"]).state != "followed"

    def test_edits_follow_a_create_that_a_supervisor_accepts(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        made = other.mutation(SEBARUS, set={"full_name": "ADA"})
        server.unassign(other.user_id)
        server.assign(phone.user_id, SEBARUS)
        edit = phone.mutation(SEBARUS, id=made["id"], set={"rt": (None, "001")}, ver=44)
        assert phone.results(edit)[0]["reason"] == "unknown_row"
        assert other.results(made)[0]["reason"] == "out_of_scope"
        decide_hold(db.session(), server.actor(), made["key"], "accept", "", server.now)
        assert worker(made["id"]).data["rt"] == "001"

    def test_a_corrected_create_does_not_fold_two_phones_of_one_officer(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        twin = Handset(server, db.session.get_one(User, phone.user_id))
        made = other.mutation(set={"full_name": "ADA", "nik": "123"})
        assert other.results(made)[0]["status"] == "invalid"
        for sender, notes in ((phone, "dari satu"), (twin, "dari lain")):
            sent = sender.mutation(id=made["id"], set={"notes": (None, notes)})
            assert sender.results(sent)[0]["reason"] == "waits"
        mended = other.results(other.mutation(id=made["id"], set={"nik": ("123", None)}))[0]
        assert (mended["status"], mended["reason"]) == ("held", "waits")
        assert db.session.get(Worker, made["id"]) is None, "nothing was overwritten unseen"

    def test_correction_releases_an_invalid_create_and_what_waits(self, phone: Handset) -> None:
        made = phone.mutation(set={"full_name": "ADA", "nik": "123", "rt": "001"})
        edit = phone.mutation(id=made["id"], set={"notes": (None, "x")})
        assert [r["status"] for r in phone.results(made, edit)] == ["invalid", "held"]
        fix = phone.mutation(id=made["id"], set={"nik": ("123", "1804044708809001")})
        result = phone.results(fix)[0]
        assert result["status"] == "applied"
        assert {r["key"] for r in result["released"]} == {made["key"], edit["key"]}
        data = worker(made["id"]).data
        assert (data["rt"], data["notes"]) == ("001", "x")
        assert db.session.get_one(Mutation, edit["key"]).status == "applied"
        assert db.session.get_one(Hold, edit["key"]).state == "accepted"

    def test_correction_in_the_same_push_releases_too(self, phone: Handset) -> None:
        made = phone.mutation(set={"full_name": "ADA", "nik": "123"})
        edit = phone.mutation(id=made["id"], set={"notes": (None, "x")})
        fix = phone.mutation(id=made["id"], set={"nik": ("123", None)})
        statuses = [r["status"] for r in phone.results(made, edit, fix)]
        assert statuses == ["invalid", "held", "applied"]
        assert worker(made["id"]).data["notes"] == "x"
        assert db.session.scalar(select(func.count()).select_from(Hold)) == 0

    def test_scope_regained_releases_with_the_next_put(
        self, server: Server, phone: Handset
    ) -> None:
        made = phone.mutation(SEBARUS, set={"full_name": "ADA"})
        phone.push(made)
        server.assign(phone.user_id, SEBARUS)
        edit = phone.mutation(SEBARUS, id=made["id"], set={"rt": (None, "002")})
        assert phone.results(edit)[0]["status"] == "applied"
        assert worker(made["id"]).full_name == "ADA"

    @pytest.mark.parametrize(
        ("choice", "state"), [("return", "returned"), ("discard", "discarded")]
    )
    def test_words_of_a_decision_reach_the_author(
        self, server: Server, phone: Handset, choice: Any, state: str
    ) -> None:
        made = phone.mutation(SEBARUS)
        phone.push(made)
        actor = server.actor()
        with pytest.raises(NotAllowed):
            decide_hold(db.session(), actor, made["key"], choice, " ", server.now)
        decide_hold(db.session(), actor, made["key"], choice, "Bukan pekon", server.now)
        hold = db.session.get_one(Hold, made["key"])
        assert (hold.state, hold.words) == (state, "Bukan pekon")
        told = phone.inbox()[made["key"]]["data"]
        assert (told["kind"], told["decision"]) == (state, choice)
        assert told["words"] == "Bukan pekon"

    def test_only_a_supervisor_decides(self, server: Server, phone: Handset) -> None:
        made = phone.mutation(SEBARUS)
        phone.push(made)
        with pytest.raises(NotAllowed):
            decide_hold(db.session(), server.actor("mpp"), made["key"], "accept", "", server.now)


class TestMoves:
    def test_moved_row_leaves_one_village_and_enters_the_other(self, other: Handset) -> None:
        row = create(other)
        before = db.session.get_one(ScopeCounter, (KUBU_PERAHU, "18.04")).seq
        result = put(other, row, village_code=(KUBU_PERAHU, SEBARUS))
        assert (result["status"], result["scope"]) == ("applied", SEBARUS)
        assert other.rows(KUBU_PERAHU, before)[row]["gone"] == 1
        assert other.rows(SEBARUS)[row]["ver"] == result["ver"]
        assert worker(row).region_code == SEBARUS

    def test_row_that_returns_has_no_marker(self, other: Handset) -> None:
        row = create(other)
        put(other, row, village_code=(KUBU_PERAHU, SEBARUS))
        put(other, row, village_code=(SEBARUS, KUBU_PERAHU))
        assert "gone" not in other.rows(KUBU_PERAHU)[row]
        assert db.session.scalars(select(Tombstone.scope)).all() == [SEBARUS]

    def test_late_edit_is_judged_by_the_village_the_row_is_in_now(
        self, phone: Handset, other: Handset
    ) -> None:
        row = create(phone)
        put(other, row, village_code=(KUBU_PERAHU, SEBARUS))
        assert put(phone, row, rt=(None, "002"))["reason"] == "out_of_scope"
        result = put(other, row, rt=(None, "003"))
        assert (result["status"], result["scope"]) == ("applied", SEBARUS)

    def test_moving_into_a_foreign_village_waits(self, phone: Handset) -> None:
        row = create(phone)
        assert put(phone, row, village_code=(KUBU_PERAHU, SEBARUS))["reason"] == "out_of_scope"


class TestMerged:
    def test_late_edit_follows_to_the_survivor(self, server: Server, phone: Handset) -> None:
        one, two = create(phone, notes="a"), create(phone, rt="009")
        merge_workers(db.session(), server.actor(), one, two, server.now)
        assert worker(two).data["notes"] == "a"
        result = put(phone, one, notes=("a", "b"))
        assert (result["status"], result["into"]) == ("applied", two)
        assert worker(two).data["notes"] == "b"
        gone = phone.rows()[one]
        assert (gone["gone"], gone["into"]) == (1, two)

    def test_survivor_out_of_scope_holds(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        one, two = create(phone), create(other, SEBARUS)
        merge_workers(db.session(), server.actor(), one, two, server.now)
        assert put(phone, one, rt=(None, "002"))["reason"] == "survivor_scope"


class TestDuplicates:
    def test_same_nik_is_taken_and_paired(self, phone: Handset, other: Handset) -> None:
        one = create(phone, nik="1804044708809001")
        two = create(other, SEBARUS, nik="1804044708809001")
        pair = db.session.scalars(select(DuplicatePair)).one()
        assert {pair.a, pair.b, pair.reason} == {one, two, "nik"}
        assert "nik_ganda" in worker(two).flags

    def test_row_that_was_there_first_is_flagged_in_its_own_village(
        self, phone: Handset, other: Handset
    ) -> None:
        one = create(phone, nik="1804044708809001")
        before = phone.pull()["scopes"][KUBU_PERAHU]["cursor"]
        create(other, SEBARUS, nik="1804044708809001")
        (row,) = phone.rows(after=before).values()
        assert (row["id"], row["flags"].count("nik_ganda")) == (one, 1)
        after = phone.pull()["scopes"][KUBU_PERAHU]["cursor"]
        assert row["ver"] <= after
        create(other, SEBARUS, nik="1804044708809001")
        assert phone.rows(after=after) == {}

    def test_many_with_one_nik_get_numbers_of_their_own(
        self, phone: Handset, other: Handset
    ) -> None:
        from tests.sync.test_locks import flags_forgotten

        nik = "1804044708809001"
        made = [create(phone, nik=nik) for _ in range(4)]
        flags_forgotten(made)
        create(phone, nik=nik)
        page = phone.pull()["scopes"][KUBU_PERAHU]
        vers = [row["ver"] for row in page["rows"]]
        assert len(set(vers)) == 5
        assert max(vers) == page["cursor"]

    def test_same_nik_within_one_push_is_paired(self, phone: Handset) -> None:
        data = {"full_name": "ADA", "nik": "1804044708809001"}
        phone.push(phone.mutation(set=data), phone.mutation(set=data))
        assert db.session.scalars(select(DuplicatePair.reason)).one() == "nik"

    def test_same_name_and_birth_is_paired_and_another_birth_is_not(self, phone: Handset) -> None:
        one = create(phone, full_name="H. SITI AMINAH", birth_date="1980-08-07")
        create(phone, birth_date="1981-08-07")
        two = create(phone, birth_date="1980-08-07")
        pair = db.session.scalars(select(DuplicatePair)).one()
        assert {pair.a, pair.b, pair.reason} == {one, two, "name_birth"}

    @pytest.mark.parametrize(
        ("written", "other"),
        [("NUR JANNAH", "NURJANAH"), ("MOH. ALI", "Muhammad Ali"), ("ST. AMINAH", "SITI AMINAH")],
    )
    def test_two_spellings_of_one_name_are_paired_and_two_names_are_not(
        self, phone: Handset, written: str, other: str
    ) -> None:
        one = create(phone, full_name=written, birth_date="1980-08-07")
        for stranger in ("NUR HASANAH", "MARIA ALI", "SRI AMINAH"):
            create(phone, full_name=stranger, birth_date="1980-08-07")
        two = create(phone, full_name=other, birth_date="1980-08-07")
        pair = db.session.scalars(select(DuplicatePair)).one()
        assert {pair.a, pair.b, pair.reason} == {one, two, "name_birth"}
