"""What a phone is told: only its scopes, only its role's fields, in order, nothing left out."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import timedelta

import orjson
import pytest
from flask import Flask
from sqlalchemy import select, update

from outreach.core.record import scopes, worker_edits
from outreach.domain.access import visible_fields
from outreach.domain.refusals import NotThere
from outreach.domain.rulebook import FIELDS
from outreach.extensions import db
from outreach.storage.workers import Tombstone, Worker
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.sync.conftest import PERSON, Handset, Server
from tests.sync.test_verdicts import create, put


class TestScopes:
    def test_foreign_villages_and_users_are_revoked_not_shown(
        self, phone: Handset, other: Handset
    ) -> None:
        create(other, SEBARUS)
        asked = {SEBARUS: 0, f"u:{other.user_id}": 0, KUBU_PERAHU: 0, "nonsense": 3}
        answer = phone.pull(asked)
        assert answer["revoked"] == sorted([SEBARUS, f"u:{other.user_id}", "nonsense"])
        assert set(answer["scopes"]) == {KUBU_PERAHU}

    def test_village_comes_back_when_granted_again(self, server: Server, phone: Handset) -> None:
        create(phone)
        server.unassign(phone.user_id)
        assert phone.pull()["revoked"] == [KUBU_PERAHU]
        server.assign(phone.user_id, KUBU_PERAHU)
        assert len(phone.rows()) == 1

    def test_desk_phone_carries_no_village_but_may_write(self, server: Server) -> None:
        desk = server.phone(role="mpp")
        create(desk, SEBARUS)
        assert desk.pull({SEBARUS: 0, "ref": 0})["revoked"] == [SEBARUS]

    def test_nothing_to_say_is_absent(self, phone: Handset) -> None:
        create(phone)
        cursor = phone.pull()["scopes"][KUBU_PERAHU]["cursor"]
        assert phone.pull({KUBU_PERAHU: cursor})["scopes"] == {}

    def test_cursor_of_a_later_life_starts_again(self, phone: Handset) -> None:
        create(phone)
        assert phone.pull({KUBU_PERAHU: 10**9})["scopes"][KUBU_PERAHU]["from"] == 0


class TestPages:
    def test_pages_join_without_loss_or_repeat(self, phone: Handset, other: Handset) -> None:
        made = [create(phone) for _ in range(7)]
        other.push(other.mutation(id=made[2], set={"village_code": (KUBU_PERAHU, SEBARUS)}, ver=1))
        cursor, seen = 0, []
        while True:
            page = phone.pull({KUBU_PERAHU: cursor}, limit=2)["scopes"][KUBU_PERAHU]
            assert page["from"] == cursor
            assert len(page["rows"]) <= 2
            seen += [(row["id"], row.get("gone")) for row in page["rows"]]
            cursor = page["cursor"]
            if not page["more"]:
                break
        expected = [(row, None) for row in made if row != made[2]] + [(made[2], 1)]
        assert seen == expected

    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 9])
    def test_rows_and_markers_of_one_ver_lose_nobody_at_the_edge_of_a_page(
        self, phone: Handset, limit: int
    ) -> None:
        made = [create(phone) for _ in range(6)]
        vers = (5, 5, 5, 6, 6, 7)
        for row, ver in zip(made, vers, strict=True):
            db.session.execute(update(Worker).where(Worker.id == row).values(ver=ver))
        for at, ver in enumerate((5, 6, 6, 7, 8)):
            gone = {"regency": "18.04", "row_id": f"gone{at}", "ver": ver, "at": phone.server.now}
            db.session.add(Tombstone(scope=KUBU_PERAHU, table_name="worker", **gone))
        db.session.commit()
        cursor, seen = 0, []
        while True:
            page = phone.pull({KUBU_PERAHU: cursor}, limit=limit)["scopes"][KUBU_PERAHU]
            seen += [row["id"] for row in page["rows"]]
            cursor = page["cursor"]
            if not page["more"]:
                break
        assert sorted(seen) == sorted([*made, *(f"gone{at}" for at in range(5))])

    def test_scope_the_page_has_no_room_for_says_more(self, other: Handset) -> None:
        for _ in range(3):
            create(other)
        create(other, SEBARUS)
        answer = other.pull({KUBU_PERAHU: 0, SEBARUS: 0}, limit=3)
        assert answer["scopes"][SEBARUS] == {"from": 0, "cursor": 0, "more": True, "rows": []}

    def test_old_cursor_starts_again_when_markers_were_thrown_away(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        row, stays = create(phone), create(phone)
        old = phone.pull()["scopes"][KUBU_PERAHU]["cursor"]
        put(other, row, village_code=(KUBU_PERAHU, SEBARUS))
        after = phone.pull()["scopes"][KUBU_PERAHU]["cursor"]
        assert scopes.forget_gone(db.session(), server.now + timedelta(days=179)) == 0
        assert scopes.forget_gone(db.session(), server.now + timedelta(days=181)) == 1
        page = phone.pull({KUBU_PERAHU: old})["scopes"][KUBU_PERAHU]
        assert (page["from"], [r["id"] for r in page["rows"]]) == (0, [stays])
        assert phone.pull({KUBU_PERAHU: after})["scopes"] == {}

    def test_page_stops_by_bytes(self, phone: Handset, monkeypatch: pytest.MonkeyPatch) -> None:
        from outreach.core.exchange import pull

        monkeypatch.setattr(pull.Budget.__init__, "__defaults__", (300,))
        for _ in range(4):
            create(phone)
        page = phone.pull()["scopes"][KUBU_PERAHU]
        assert page["more"] is True
        assert len(page["rows"]) < 4


class TestProjection:
    @pytest.mark.parametrize("role", ["officer", "head"])
    def test_each_role_gets_exactly_its_fields(self, server: Server, role: str) -> None:
        writer = server.phone(KUBU_PERAHU)
        row = create(writer)
        everything = dict.fromkeys(FIELDS, "x") | {"village_code": KUBU_PERAHU}
        db.session.get_one(Worker, row).data = everything
        db.session.commit()
        reader = server.phone(KUBU_PERAHU, role=role)
        shown = reader.rows()[row]["data"]
        assert set(shown) == set(visible_fields(role)) & set(everything)
        if role == "head":
            hidden = {"monthly_income", "mother_name", "heirs", "ktp_photo"}
            assert not hidden & set(shown)

    def test_list_view_is_short_and_small(self, phone: Handset) -> None:
        for start in range(0, 1000, 50):
            phone.push(
                *(
                    phone.mutation(
                        set=PERSON
                        | {
                            "full_name": f"SITI AMINAH {chr(65 + n % 26)}{chr(65 + n // 26 % 26)}",
                            "nik": f"180404{1 + n % 28:02}0{1 + n % 9}{60 + n % 39}{9000 + n:04}",
                        }
                    )
                    for n in range(start, start + 50)
                )
            )
        answer = phone.pull(view="list", limit=1000)
        rows = answer["scopes"][KUBU_PERAHU]["rows"]
        assert len(rows) == 1000
        assert rows[0]["data"][:1] == ["SITI AMINAH AA"]
        assert rows[0]["data"][5] == "draf"
        assert len(gzip.compress(orjson.dumps(answer))) / 1000 <= 50

    def test_answer_is_gzipped_when_asked(self, phone: Handset) -> None:
        for _ in range(20):
            create(phone)
        body = {"device": phone.device, "epoch": 1, "cursors": {KUBU_PERAHU: 0}}
        response = phone.client.post(
            "/sync/v1/pull", json=body, headers={"Accept-Encoding": "gzip"}
        )
        assert response.headers["Content-Encoding"] == "gzip"
        found = orjson.loads(gzip.decompress(response.data))
        assert len(found["scopes"][KUBU_PERAHU]["rows"]) == 20


class TestReference:
    def test_only_what_changed_travels(self, server: Server, phone: Handset) -> None:
        rows = [("OJEK", {"id": "Ojek"}), ("TANI", {"id": "Petani"})]
        session = db.session()
        assert scopes.publish_reference(session, "18.04", "occupation", rows, server.now) == 2
        db.session.commit()
        first = phone.pull({"ref": 0})["scopes"]["ref"]
        assert [(r["table"], r["id"]) for r in first["rows"]] == [
            ("occupation", "OJEK"),
            ("occupation", "TANI"),
        ]
        assert scopes.publish_reference(session, "18.04", "occupation", rows, server.now) == 0
        db.session.commit()
        assert phone.pull({"ref": first["cursor"]})["scopes"] == {}
        assert scopes.publish_reference(session, "18.04", "occupation", rows[:1], server.now) == 1
        db.session.commit()
        later = phone.pull({"ref": first["cursor"]})["scopes"]["ref"]
        assert [(r["id"], r.get("gone")) for r in later["rows"]] == [("TANI", 1)]

    def test_regions_of_the_regency_are_published(self, server: Server, phone: Handset) -> None:
        assert scopes.publish_regions(db.session(), "18.04", server.now) == 5
        db.session.commit()
        rows = phone.rows("ref")
        assert rows[KUBU_PERAHU]["data"]["name"] == "Kubu Perahu"

    def test_what_seeding_brings_reaches_the_phone(self, app: Flask, server: Server) -> None:
        from outreach.core.accounts import seeding

        seeding.seed(db.session(), server.now)
        assert seeding.seed(db.session(), server.now)["published regions"] == 0
        user = server.user(KUBU_PERAHU)
        phone = Handset(server, user)
        page = phone.pull({"ref": 0}, view="list")["scopes"]["ref"]
        kinds = Counter(row["table"] for row in page["rows"])
        assert (kinds["region"], kinds["occupation"], kinds["tariff"]) == (152, 30, 26)
        assert {"benefit", "text", "setting"} <= kinds.keys()
        village = next(row for row in page["rows"] if row["id"] == KUBU_PERAHU)
        assert village["data"]["parent"] == "18.04.04"
        assert page["more"] is False
        assert "ref" not in phone.pull({"ref": page["cursor"]})["scopes"]


class TestNewLife:
    def test_restore_raises_epoch_and_counters(self, server: Server, phone: Handset) -> None:
        create(phone)
        before = phone.pull()["scopes"][KUBU_PERAHU]["cursor"]
        assert scopes.begin_new_life(db.session()) == 2
        assert phone.pull()["epoch"] == 2
        after = phone.pull(epoch=2)["scopes"][KUBU_PERAHU]["cursor"]
        assert after == before + 1_000_000


class TestOffice:
    def test_desk_edit_is_numbered_and_reaches_the_phone(
        self, server: Server, phone: Handset
    ) -> None:
        row = create(phone, notes="a")
        cursor = phone.pull()["scopes"][KUBU_PERAHU]["cursor"]
        actor = server.actor()
        for pair in (("a", "b"), ("b", "c")):
            verdict = worker_edits.edit_worker(
                db.session(), actor, row, {"notes": pair}, server.now
            )
            assert verdict.status == "applied"
        assert phone.rows(after=cursor)[row]["data"]["notes"] == "c"
        from outreach.storage.sync import Mutation

        desk = db.session.scalars(select(Mutation).where(Mutation.origin == "office")).all()
        assert sorted(m.mid for m in desk) == [1, 2]

    def test_stale_desk_form_is_a_conflict(self, server: Server, phone: Handset) -> None:
        row = create(phone, notes="a")
        put(phone, row, notes=("a", "b"))
        verdict = worker_edits.edit_worker(
            db.session(), server.actor(), row, {"notes": ("a", "c")}, server.now
        )
        assert verdict.status == "conflict"

    def test_desk_creates_moves_and_deletes(self, server: Server, other: Handset) -> None:
        actor, session = server.actor(), db.session()
        made = worker_edits.create_worker(
            session, actor, KUBU_PERAHU, {"full_name": "ADA"}, server.now
        )
        assert (
            worker_edits.move_worker(session, actor, made.key, SEBARUS, server.now).scope == SEBARUS
        )
        assert other.rows(SEBARUS)[made.key]["data"]["full_name"] == "ADA"
        worker_edits.delete_worker(session, actor, made.key, server.now)
        assert other.rows(SEBARUS)[made.key]["gone"] == 1

    def test_head_of_another_village_finds_no_row(self, server: Server, phone: Handset) -> None:
        row = create(phone)
        with pytest.raises(NotThere):
            worker_edits.edit_worker(
                db.session(), server.actor("head"), row, {"rt": (None, "002")}, server.now
            )
