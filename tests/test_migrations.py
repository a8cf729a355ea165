"""Migrations run up and down on both databases, with rows in the tables."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text

from outreach.core.accounts.actors import actor_for
from outreach.core.accounts.login_limits import key_of
from outreach.core.exchange.receipts import read_receipt
from outreach.core.record.worker_edits import create_worker
from outreach.extensions import db
from outreach.storage.accounts import LoginFailure, User
from outreach.storage.sync import BlobUpload, Conflict, Device, Hold, Mutation, NamedGap
from outreach.storage.workers import WorkerBlob
from tests.support import factories
from tests.support.factories import NOW
from tests.sync.conftest import PERSON, Server

FIRST = "0001"


@pytest.fixture
def own_app(fresh_url: str, make_app: Any) -> Flask:
    """The app on a database that no other test will use."""
    made: Flask = make_app(fresh_url)
    return made


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, by table; what later migrations add left out."""
    found = {}
    for table in sorted(set(inspect(db.engine).get_table_names()) - LATER_TABLES):
        names = sorted(
            column["name"]
            for column in inspect(db.engine).get_columns(table)
            if column["name"] not in ("regency", *LATER.get(table, ()))
        )
        listed = ", ".join(f'"{name}"' for name in names)
        found[table] = sorted(
            map(tuple, db.session.execute(text(f'SELECT {listed} FROM "{table}"'))), key=repr
        )
    db.session.rollback()
    return found


LATER = {
    "scope_counter": ("floor", "followers"),
    "worker_blob": ("owner_id", "since", "arrived_at"),
    "reference": ("gone",),
    "device": (
        "lost_at",
        "reported_at",
        "unsent",
        "oldest_unsent",
        "drafts",
        "blobs_unsent",
        "storage_used",
        "storage_quota",
        "pin",
        "open_gaps",
        "login_hash",
        "ended_at",
        "ended_why",
        "fetch_key",
        "signs",
    ),
    "user_account": ("phone", "password_until"),
    "named_gap": ("state", "words", "decided_at", "decided_by", "closed_at", "came"),
    "conflict": ("decision",),
    "term": ("ver",),
    "mutation": ("phone_key", "doubt"),
    # Worked out from the name anew on each way: tests/test_migration_names.py.
    "worker": ("name_key",),
    "duplicate_pair": ("decided_at", "decided_by", "decided_on"),
}
LATER_TABLES = {
    "added_name",
    "alembic_version",
    "backup",
    "backup_blob",
    "backup_pack",
    "day_intake",
    "death_report",
    "door_visit",
    "erasure",
    "import_file",
    "import_job",
    "import_line",
    "import_mapping",
    "import_pair",
    "import_run",
    "import_source",
    "list_decision",
    "list_display",
    "list_line",
    "list_link",
    "list_minutes",
    "list_objection",
    "list_task",
    "membership_baseline",
    "paper_answer",
    "paper_entry",
    "paper_print",
    "release_read",
    "repeated_number",
    "replaced_form",
    "row_blob",
    "server_key",
    "signed_line",
    "spreadsheet_return",
    "spreadsheet_row",
    "status_history",
    "village_list",
    "worker_merge",
}


def fill(now: Any) -> None:
    """A village with an officer, a worker, the mutation behind it and its counters."""
    factories.add_regions(db.session())
    factories.make_office(db.session(), "pekon", factories.KUBU_PERAHU)
    user = factories.make_user(db.session(), "supervisor")
    db.session.commit()
    actor = actor_for(db.session(), user, "18.04", now.date())  # type: ignore[arg-type]
    data = {"full_name": "SUTINI UJI", "nik": "1804047008809001", "birth_date": "1980-08-30"}
    create_worker(db.session(), actor, factories.KUBU_PERAHU, data, now)


def test_down_to_nothing_and_up_again(own_app: Flask) -> None:
    with own_app.app_context():
        before = set(inspect(db.engine).get_table_names())
        db.session.remove()
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade()
        assert set(inspect(db.engine).get_table_names()) == before


def test_rows_survive_the_way_down_and_up(own_app: Flask, now: Any) -> None:
    with own_app.app_context():
        fill(now)
        before = rows()
        assert len(before["worker"]) == len(before["mutation"]) == 1
        db.session.remove()
        downgrade(revision=FIRST)
        assert rows() == before
        db.session.remove()
        upgrade()
        assert rows() == before


def test_models_and_migrations_agree(own_app: Flask) -> None:
    """What the code expects is what the migrations make; indexes are compared by name."""
    with own_app.app_context():
        for table in db.metadata.sorted_tables:
            made = {c["name"] for c in inspect(db.engine).get_columns(table.name)}
            assert made == set(table.columns.keys()), table.name


def test_the_desks_learn_what_the_rows_already_say(own_app: Flask) -> None:
    """0008: gaps counted, refused saves open unless mended, pictures known to be there or not."""
    with own_app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        phone = Server(own_app).phone(factories.KUBU_PERAHU)
        wrong = phone.mutation(set={"full_name": "ADA", "nik": "1"})
        mended = phone.mutation(set={"full_name": "ADA", "nik": "1"})
        good = phone.mutation(id=mended["id"], set={"nik": ("1", None)})
        photo = phone.mutation(set={**PERSON, "ktp_photo": "a" * 64, "face_photo": "b" * 64})
        phone.push(wrong, mended, good, photo)
        phone.mid = 9
        phone.push(phone.mutation(), kept_from=10, first_prev="ab" * 32)
        upload = {
            "regency": "18.04",
            "total": 9,
            "received": 9,
            "complete": True,
            "updated_at": NOW,
        }
        db.session.add(BlobUpload(sha256="a" * 64, device_id=phone.device, **upload))
        db.session.commit()
        db.session.remove()
        downgrade(revision="0007")
        assert "worker_merge" not in inspect(db.engine).get_table_names()
        upgrade()
        assert db.session.get_one(Device, phone.device).open_gaps == 1
        assert db.session.scalars(select(Hold.key).filter_by(reason="invalid")).all() == [
            wrong["key"]
        ]
        hold = db.session.get_one(Hold, wrong["key"])
        assert (hold.state, hold.region_code) == ("open", factories.KUBU_PERAHU)
        found = {b.field: b for b in db.session.scalars(select(WorkerBlob))}
        assert found["ktp_photo"].arrived_at == found["face_photo"].since
        assert found["face_photo"].arrived_at is None


def test_the_upgrade_marks_what_was_written_in_anothers_name_and_names_what_nobody_can_count(
    own_app: Flask,
) -> None:
    """0013: a theft's numbers are open for the office, numbers that merely came twice explained."""
    with own_app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        server = Server(own_app)
        victim, thief, calm = (server.phone(factories.KUBU_PERAHU) for _ in range(3))
        stolen, kept, mine = (victim.mutation() for _ in range(3))
        lie = {**stolen, "on_behalf": victim.user_id, "set": {"full_name": [None, "SAMPAH"]}}
        thief.push({**lie, "mid": 1})
        victim.push(stolen, kept, mine, first_prev="")
        own = db.session.scalars(select(Mutation).filter_by(device_id=victim.device, mid=1)).one()
        calm.push(calm.mutation(), calm.mutation())
        gone = db.session.scalars(select(Mutation).filter_by(device_id=calm.device, mid=2)).one()
        db.session.query(Conflict).delete()
        own.phone_key = None
        db.session.delete(gone)
        twice = db.session.scalars(select(Mutation).filter_by(device_id=victim.device, mid=2)).one()
        db.session.delete(twice)
        db.session.commit()
        db.session.remove()
        downgrade(revision="0009")
        assert "repeated_number" not in inspect(db.engine).get_table_names()
        upgrade()
        marked = db.session.scalars(select(Mutation).where(Mutation.doubt.is_not(None))).one()
        assert (marked.key, marked.user_id) == (stolen["key"], thief.user_id)
        told = db.session.scalars(select(Mutation).where(Mutation.phone_key.is_not(None))).one()
        assert (told.user_id, told.phone_key) == (victim.user_id, stolen["key"])
        found = {gap.device_id: gap for gap in db.session.scalars(select(NamedGap))}
        spans = {d: (g.from_mid, g.to_mid, g.state, g.reason) for d, g in found.items()}
        assert spans == {
            victim.device: (2, 2, "open", "uncounted"),
            calm.device: (2, 2, "explained", "uncounted"),
        }
        assert db.session.get_one(Device, calm.device).open_gaps == 1
        assert db.session.get_one(Device, thief.device).open_gaps == 0
        assert read_receipt(victim.push()["receipt"]).last_mid == 1


def test_counted_failures_go_on_under_a_hash_and_slips_that_are_out_end(own_app: Flask) -> None:
    """0018: a lock of a name outlives the upgrade; who has a slip has two weeks to use it."""
    with own_app.app_context():
        for role, first in (("officer", True), ("mpp", False)):
            factories.make_user(db.session(), role, username=role).must_change = first
        db.session.commit()
        db.session.remove()
        downgrade(revision="0017")
        put = text(
            "INSERT INTO login_failure (username, count, last_at) VALUES ('officer', 7, :at)"
        )
        db.session.execute(put, {"at": NOW.replace(tzinfo=None)})
        db.session.commit()
        db.session.remove()
        upgrade()
        row = db.session.scalars(select(LoginFailure)).one()
        assert (row.key, row.count) == (key_of("name", "officer"), 7)
        users = {user.role: user.password_until for user in db.session.scalars(select(User))}
        assert users["officer"] is not None
        assert users["mpp"] is None
