"""Tables that a feature adds: their saves go through the judge, their rows reach the phones."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import insert, select, update

from outreach.core.exchange import pull as pulls
from outreach.core.exchange.holds import correct, decide_hold, put_back
from outreach.core.record.merging import merge_workers
from outreach.core.record.office_device import compose, submit
from outreach.core.record.parting import split_worker
from outreach.core.record.rights import NotAllowed
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage import queries_merges, queries_sync, queries_worker_history
from outreach.storage.accounts import User
from outreach.storage.sync import Hold, Mutation, ScopeCounter
from outreach.storage.workers import Worker
from tests.support import memo_feature
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.memo_feature import MEMO
from tests.sync.conftest import Handset, Server
from tests.sync.test_verdicts import create


@pytest.fixture(autouse=True)
def memos(server: Server) -> None:
    """The server has the feature."""
    memo_feature.bring(server.app)


def memo(phone: Handset, scope: str = KUBU_PERAHU, /, **parts: Any) -> dict[str, Any]:
    text = parts.pop("text", "Menunggu surat")
    return phone.mutation(scope, table="memo", set={"text": text}, **parts)


def own(phone: Handset) -> str:
    return f"u:{phone.user_id}"


def stored() -> dict[str, Any]:
    db.session.rollback()
    return {row.id: row for row in db.session.execute(select(MEMO))}


def mutation(key: str) -> Mutation:
    db.session.expire_all()
    return db.session.get_one(Mutation, key)


def told(phone: Handset, scope: str, after: int = 0, **more: Any) -> list[dict[str, Any]]:
    answer = phone.pull({scope: after}, tables=["memo"], **more)
    return answer["scopes"].get(scope, {"rows": []})["rows"]


class TestJudged:
    def test_save_of_a_features_table_is_stored_and_written(self, phone: Handset) -> None:
        made = memo(phone)
        result = phone.results(made)[0]
        kept = mutation(made["key"])
        assert (result["status"], result["scope"]) == ("applied", KUBU_PERAHU)
        assert (kept.table_name, kept.status, kept.ver) == ("memo", "applied", result["ver"])
        assert kept.payload == orjson.dumps(made)
        assert stored()[made["id"]].ver == result["ver"]

    def test_workers_and_memos_share_one_push_and_one_counter(self, phone: Handset) -> None:
        first, note, second = phone.mutation(), memo(phone), phone.mutation(set={"full_name": "B"})
        results = phone.results(first, note, second)
        assert [one["status"] for one in results] == ["applied"] * 3
        vers = [one["ver"] for one in results]
        assert sorted(set(vers)) == vers
        counter = db.session.get_one(ScopeCounter, (KUBU_PERAHU, "18.04"))
        assert counter.seq >= max(vers)

    def test_numbers_of_an_own_scope_are_fresh_and_beside_its_notes(self, phone: Handset) -> None:
        results = phone.results(
            memo(phone, own(phone)), memo(phone, SEBARUS), memo(phone, own(phone))
        )
        assert [one["status"] for one in results] == ["applied", "held", "applied"]
        again = phone.results(memo(phone, own(phone)))[0]
        vers = [results[0]["ver"], results[2]["ver"], again["ver"]]
        notes = [row["ver"] for row in phone.inbox().values()]
        assert len({*vers, *notes}) == 4
        assert vers == sorted(vers)
        assert db.session.get_one(ScopeCounter, (own(phone), "18.04")).seq == max([*vers, *notes])

    def test_same_key_again_gets_the_first_verdict_and_one_row(self, phone: Handset) -> None:
        made = memo(phone)
        first = phone.results(made)[0]
        again = phone.results(made)[0]
        assert again == {**first, "replay": True}
        assert len(stored()) == 1

    def test_save_with_faults_is_invalid_kept_and_without_effect(self, phone: Handset) -> None:
        made = phone.mutation(table="memo", set={"text": 5, "colour": "red"})
        result = phone.results(made)[0]
        assert result["status"] == "invalid"
        assert {n: e[0]["code"] for n, e in result["errors"].items()} == {
            "text": "field_required",
            "colour": "field_unknown",
        }
        assert mutation(made["key"]).payload == orjson.dumps(made)
        assert stored() == {}

    def test_table_may_refuse_what_only_its_rows_tell(self, phone: Handset) -> None:
        assert phone.results(memo(phone, text=""))[0]["status"] == "invalid"

    @pytest.mark.parametrize("table", ["visit", "Memo", "", "memo ", 5, None, "m" * 17])
    def test_unknown_table_is_invalid_and_the_queue_goes_on(
        self, phone: Handset, table: Any
    ) -> None:
        bad, good = phone.mutation(table=table), memo(phone)
        results = phone.results(bad, good)
        assert [one["status"] for one in results] == ["invalid", "applied"]
        assert results[0]["errors"]["_"][0]["params"] == {"part": "table"}

    def test_one_that_cannot_be_written_ends_invalid_alone(self, phone: Handset) -> None:
        results = phone.results(memo(phone), memo(phone, text="boom"), phone.mutation())
        assert [one["status"] for one in results] == ["applied", "invalid", "applied"]
        assert results[1]["errors"]["_"][0]["code"] == "mutation_unstorable"
        assert len(stored()) == 1

    def test_foreign_village_is_held(self, phone: Handset) -> None:
        made = memo(phone, SEBARUS)
        result = phone.results(made)[0]
        assert (result["status"], result["reason"]) == ("held", "out_of_scope")
        assert stored() == {}
        note = phone.inbox()[made["key"]]["data"]
        assert (note["kind"], note["table"], note["worker_id"]) == ("held", "memo", None)

    def test_somebody_elses_own_scope_is_nobodys_to_write(
        self, phone: Handset, other: Handset
    ) -> None:
        result = phone.results(memo(phone, own(other)))[0]
        assert result["status"] == "invalid"
        assert result["errors"]["_"][0]["params"] == {"part": "scope"}

    @pytest.mark.parametrize("scope", ["ref", "18.04", "18.04.99.9999", "x"])
    def test_scope_that_is_no_village_is_invalid(self, phone: Handset, scope: str) -> None:
        assert phone.results(memo(phone, scope))[0]["status"] == "invalid"

    def test_author_without_a_role_is_held(self, phone: Handset) -> None:
        db.session.get_one(User, phone.user_id).active = False
        db.session.commit()
        result = phone.results(memo(phone, own(phone)))[0]
        assert (result["status"], result["reason"]) == ("held", "inactive")

    def test_sealed_save_is_opened_and_judged(self, phone: Handset) -> None:
        made = memo(phone)
        assert phone.results(phone.sealed(made))[0]["status"] == "applied"
        assert made["id"] in stored()

    def test_more_scopes_are_locked_where_the_table_asks(
        self, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        locked: list[set[str]] = []
        bump = queries_sync.bump

        def note(session: Any, regency: str, wanted: Any) -> Any:
            locked.append(set(wanted))
            return bump(session, regency, wanted)

        monkeypatch.setattr(queries_sync, "bump", note)
        phone.push(memo(phone, text="both"))
        assert {KUBU_PERAHU, SEBARUS, own(phone)} in locked

    def test_later_save_of_the_row_ends_a_refused_one(self, phone: Handset) -> None:
        wrong = memo(phone, text="")
        phone.push(wrong)
        assert phone.results(memo(phone, id=wrong["id"]))[0]["status"] == "applied"
        assert db.session.get_one(Hold, wrong["key"]).state == "mended"

    def test_desk_writes_through_the_same_judge(self, server: Server) -> None:
        actor, row = server.actor(), uuid7()
        body = compose(row, KUBU_PERAHU, {"text": (None, "Dari meja")}, server.now, table="memo")
        verdict = submit(db.session(), actor, [body], server.now)[0]
        assert verdict.status == "applied"
        assert stored()[row].text == "Dari meja"


class TestWorkersApart:
    """A save of another table that names a worker's id is none of that worker's."""

    def test_it_brings_no_worker_into_being_with_it(self, phone: Handset) -> None:
        row = uuid7()
        phone.push(memo(phone, text="", id=row))
        phone.push(phone.mutation(id=row, ver=3, set={"notes": ("a", "b")}))
        first = phone.mutation(id=row, set={"full_name": "SITI AMINAH", "sex": "P"})
        phone.push(first)
        worker = db.session.get(Worker, row)
        assert worker is None or "text" not in worker.data

    def test_it_is_neither_history_nor_effect_of_the_worker(
        self, server: Server, phone: Handset
    ) -> None:
        row = create(phone)
        phone.push(memo(phone, id=row))
        this = (db.session(), "18.04", row)
        assert len(queries_worker_history.received(*this, 50)) == 1
        assert len(queries_merges.saves_of(*this)) == 1
        assert len(queries_merges.keys_of(*this)) == 1

    def test_it_puts_no_refused_worker_right(self, phone: Handset) -> None:
        wrong = phone.mutation(set={"full_name": 5})
        phone.push(wrong)
        phone.push(memo(phone, id=wrong["id"]))
        assert db.session.get_one(Hold, wrong["key"]).state == "open"


class TestMerges:
    def test_rows_follow_a_merge_and_come_back_after_it(
        self, server: Server, phone: Handset
    ) -> None:
        loser, survivor = create(phone), create(phone, nik="1804047008809001")
        made = phone.mutation(table="memo", set={"text": "Surat", "of": loser})
        ver = phone.results(made)[0]["ver"]
        actor = server.actor()
        merge_workers(db.session(), actor, loser, survivor, server.now)
        merged = stored()[made["id"]]
        assert (merged.worker_id, merged.ver > ver) == (survivor, True)
        split_worker(db.session(), actor, loser, server.now)
        parted = stored()[made["id"]]
        assert (parted.worker_id, parted.ver > merged.ver) == (loser, True)
        rows = told(phone, KUBU_PERAHU)
        assert len({row["ver"] for row in rows}) == len(rows)
        assert db.session.get_one(ScopeCounter, (KUBU_PERAHU, "18.04")).seq >= parted.ver

    def test_refused_merge_leaves_the_rows_alone(self, server: Server, phone: Handset) -> None:
        loser, survivor = create(phone), create(phone)
        phone.push(made := phone.mutation(table="memo", set={"text": "Surat", "of": loser}))
        with pytest.raises(NotAllowed, match="merge_changed_since"):
            merge_workers(
                db.session(), server.actor(), loser, survivor, server.now, seen={loser: 0}
            )
        assert stored()[made["id"]].worker_id == loser


class TestDecisions:
    def test_accepted_one_takes_effect_in_its_authors_name(
        self, server: Server, phone: Handset
    ) -> None:
        made = memo(phone, SEBARUS)
        phone.push(made)
        verdict = decide_hold(db.session(), server.actor(), made["key"], "accept", "", server.now)
        assert verdict is not None
        assert verdict.status == "applied"
        assert stored()[made["id"]].author == phone.user_id
        assert "gone" in phone.inbox()[made["key"]]

    def test_own_scope_of_a_former_officer_is_accepted(
        self, server: Server, phone: Handset
    ) -> None:
        db.session.get_one(User, phone.user_id).active = False
        db.session.commit()
        phone.push(made := memo(phone, own(phone)))
        decide_hold(db.session(), server.actor(), made["key"], "accept", "", server.now)
        assert stored()[made["id"]].scope == own(phone)

    def test_still_wrong_one_cannot_be_accepted(self, server: Server, phone: Handset) -> None:
        phone.push(made := memo(phone, text=""))
        with pytest.raises(NotAllowed, match="hold_refused"):
            decide_hold(db.session(), server.actor(), made["key"], "accept", "", server.now)
        assert mutation(made["key"]).status == "invalid"

    def test_returned_and_put_back_tell_the_author_of_which_table(
        self, server: Server, phone: Handset
    ) -> None:
        phone.push(made := memo(phone, SEBARUS))
        actor = server.actor()
        decide_hold(db.session(), actor, made["key"], "return", "Salah pekon", server.now)
        note = phone.inbox()[made["key"]]["data"]
        assert (note["kind"], note["words"], note["table"]) == ("returned", "Salah pekon", "memo")
        assert note["worker_id"] is None
        put_back(db.session(), actor, made["key"], server.now)
        note = phone.inbox()[made["key"]]["data"]
        assert (note["kind"], note["table"], note["worker_id"]) == ("held", "memo", None)

    def test_desk_has_no_form_for_its_fields(self, server: Server, phone: Handset) -> None:
        phone.push(made := memo(phone, text=""))
        with pytest.raises(NotAllowed, match="hold_no_form"):
            correct(db.session(), server.actor(), made["key"], {"text": "x"}, server.now)


class TestPulled:
    def test_rows_come_among_the_cores_own_in_order_of_ver(self, phone: Handset) -> None:
        phone.push(phone.mutation(), memo(phone), phone.mutation(set={"full_name": "B"}))
        rows = told(phone, KUBU_PERAHU)
        assert [row["table"] for row in rows] == ["worker", "memo", "worker"]
        assert [row["ver"] for row in rows] == sorted(row["ver"] for row in rows)
        assert rows[1]["data"] == {"text": "Menunggu surat"}

    def test_only_phones_that_know_the_table_get_its_rows(self, phone: Handset) -> None:
        phone.push(phone.mutation(), memo(phone), memo(phone, own(phone)))
        for known in ([], ["visit"], "memo", None, [5]):
            answer = phone.pull({KUBU_PERAHU: 0, own(phone): 0}, tables=known)
            pages = answer["scopes"].values()
            assert [row["table"] for page in pages for row in page["rows"]] == ["worker"]

    def test_cursor_of_a_phone_that_does_not_know_it_goes_on(self, phone: Handset) -> None:
        create(phone)
        ver = phone.results(memo(phone))[0]["ver"]
        assert phone.pull()["scopes"][KUBU_PERAHU]["cursor"] >= ver

    def test_list_view_is_of_workers_alone(self, phone: Handset) -> None:
        phone.push(phone.mutation(), memo(phone))
        assert [row["table"] for row in told(phone, KUBU_PERAHU, view="list")] == ["worker"]
        assert [row["table"] for row in told(phone, KUBU_PERAHU)] == ["worker", "memo"]

    def test_own_scope_carries_them_to_the_persons_other_phone(
        self, server: Server, phone: Handset
    ) -> None:
        made = memo(phone, own(phone))
        phone.push(made)
        second = Handset(server, db.session.get_one(User, phone.user_id))
        assert [row["id"] for row in told(second, own(phone))] == [made["id"]]

    def test_row_that_left_is_told_as_gone(self, phone: Handset) -> None:
        phone.push(made := memo(phone))
        db.session.execute(update(MEMO).values(text=""))
        db.session.commit()
        row = told(phone, KUBU_PERAHU)[0]
        assert (row["id"], row["gone"]) == (made["id"], 1)

    def test_reference_scope_is_sent_whole(self, phone: Handset) -> None:
        seq = queries_sync.bump(db.session(), "18.04", {"ref": 30})["ref"]
        rows = [
            {"id": uuid7(), "scope": "ref", "ver": seq - n, "text": "x", "author": ""}
            for n in range(30)
        ]
        db.session.execute(insert(MEMO), rows)
        db.session.commit()
        page = phone.pull({"ref": 0}, tables=["memo"], limit=5)["scopes"]["ref"]
        assert (len(page["rows"]), page["more"]) == (30, False)
        assert [row["ver"] for row in page["rows"]] == sorted(r["ver"] for r in page["rows"])

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
    def test_pages_join_without_loss_or_repeat(self, phone: Handset, limit: int) -> None:
        mixed = [memo(phone) if n % 3 else phone.mutation() for n in range(24)]
        phone.push(*mixed)
        phone.push(*[memo(phone) for _ in range(20)])
        phone.push(*[phone.mutation() for _ in range(20)])
        whole = [row["id"] for row in told(phone, KUBU_PERAHU)]
        assert len(whole) == len(set(whole)) == 64
        joined, cursor, more = [], 0, True
        while more:
            answer = phone.pull({KUBU_PERAHU: cursor}, tables=["memo"], limit=limit)
            page = answer["scopes"][KUBU_PERAHU]
            assert page["from"] == cursor
            joined += [row["id"] for row in page["rows"]]
            cursor, more = page["cursor"], page["more"]
        assert joined == whole

    def test_rows_of_one_ver_are_never_parted(self, phone: Handset) -> None:
        phone.push(*[memo(phone) for _ in range(6)])
        db.session.execute(update(MEMO).values(ver=stored()[max(stored())].ver))
        db.session.commit()
        page = phone.pull({KUBU_PERAHU: 0}, tables=["memo"], limit=2)["scopes"][KUBU_PERAHU]
        assert len(page["rows"]) == 6

    def test_page_has_a_size_whatever_the_table(
        self, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone.push(*[memo(phone, text="x" * 70) for _ in range(20)])
        monkeypatch.setattr(pulls.Budget.__init__, "__defaults__", (400,))
        page = phone.pull({KUBU_PERAHU: 0}, tables=["memo"])["scopes"][KUBU_PERAHU]
        assert 0 < len(page["rows"]) < 20
        assert page["more"]


def test_another_app_has_not_heard_of_the_feature(make_app: Any, server: Server) -> None:
    other = make_app(server.app.config["SQLALCHEMY_DATABASE_URI"])
    with other.app_context():
        others = other.extensions["hooks"].of(type(memo_feature.AGGREGATE))
        assert memo_feature.AGGREGATE not in others
