"""0042 tells every row its regency, with rows of two in the tables."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.backups import Erasure
from outreach.storage.identity import ReplacedForm
from outreach.storage.regions import Region
from outreach.storage.sync import Blob, BlobPiece, Device, Mutation, NamedGap, ScopeCounter
from outreach.storage.workers import Reference, WorkerMerge
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, NOW
from tests.support.office import ELSEWHERE
from tests.sync.conftest import PERSON, Server
from tests.test_migrations import own_app

__all__ = ["own_app"]
NOT_OF_ONE = {  # what belongs to no regency, or to all
    "alembic_version",
    "audit",
    "audit_seal",
    "backup",
    "backup_blob",
    "backup_pack",
    "login_failure",
    "login_session",
    "region",
    "region_alias",
    "release_read",
    "server_key",
    "server_state",
    "user_account",
}


def tables_of_one() -> list[str]:
    """Tables whose rows belong to a regency."""
    return sorted(set(inspect(db.engine).get_table_names()) - NOT_OF_ONE)


def regencies() -> dict[str, list[str]]:
    """The regency of every row of each table."""
    found = {
        name: sorted(db.session.scalars(text(f'SELECT regency FROM "{name}"')))
        for name in tables_of_one()
    }
    db.session.remove()
    return found


def fill(app: Flask) -> None:
    """Rows of 18.04 by a phone; a phone of 18.05 whose user has an office there."""
    factories.add_regions(db.session())
    db.session.add(Region(code="18.05", name="Lain", level=2, parent_code="18", kind="kabupaten"))
    db.session.add(Region(code=ELSEWHERE, name="Jauh", level=4, parent_code="18.05", kind="pekon"))
    db.session.flush()
    there = factories.make_office(db.session(), "pekon", ELSEWHERE)
    away = factories.make_user(db.session(), "officer", (ELSEWHERE,))
    away.office_id = there.id
    at = {"created_at": NOW, "seen_at": NOW}
    db.session.add(Device(id=uuid7(), regency="18.05", user_id=away.id, kind="phone", **at))
    db.session.commit()
    phone = Server(app).phone(KUBU_PERAHU)
    made, twin = (phone.mutation(set={**PERSON, "ktp_photo": "a" * 64}) for _ in "ab")
    phone.push(made, twin, phone.mutation(set={"full_name": "ADA", "nik": "1"}))
    row = db.session.query(Mutation).filter_by(key=made["key"]).one()
    of = {"regency": "18.04", "id": uuid7()}
    form = {"key": row.key, "device_id": phone.device, "mid": 1, "user_id": phone.user_id}
    form |= {"origin": "phone", "reason": "sealed", "payload": b"", "received_at": NOW}
    db.session.add(ReplacedForm(**of, **form, replaced_at=NOW))
    numbers = {"from_mid": 2, "to_mid": 3, "reason": "not_kept", "at": NOW}
    db.session.add(NamedGap(**of, device_id=phone.device, **numbers))
    sides = {"loser_id": made["id"], "survivor_id": twin["id"], "before": {}, "inherited": {}}
    db.session.add(WorkerMerge(**of, **sides, merged_at=NOW, merged_by=phone.user_id))
    gone = {"worker_id": uuid7(), "letter": "1", "region_code": ELSEWHERE, "blobs": []}
    db.session.add(Erasure(regency="18.05", at=NOW, **gone))
    piece = {"sha256": "b" * 64, "device_id": phone.device, "offset": 0, "data": b"x"}
    db.session.add(BlobPiece(regency="18.04", **piece))
    db.session.commit()


def test_every_row_is_told_its_regency_by_village_or_office(own_app: Flask) -> None:
    with own_app.app_context():
        fill(own_app)
        before = regencies()
        of = {name: set(rows) for name, rows in before.items()}
        assert of["device"] == of["assignment"] == {"18.04", "18.05"}
        assert of["office"] == {"18.05"}
        assert of["erasure"] == {"18.05"}
        for name in ("worker", "mutation", "hold", "worker_blob", "duplicate_pair", "blob_piece"):
            assert of[name] == {"18.04"}, name
        downgrade(revision="0041")
        assert not any(
            "regency" in {c["name"] for c in inspect(db.engine).get_columns(name)}
            for name in tables_of_one()
        )
        upgrade()
        assert regencies() == before


def test_no_row_of_a_regency_can_be_written_without_it(own_app: Flask) -> None:
    with own_app.app_context():
        for name in tables_of_one():
            columns = {c["name"]: c for c in inspect(db.engine).get_columns(name)}
            assert not columns["regency"]["nullable"], name
            assert columns["regency"]["default"] is None, name
        factories.add_regions(db.session())
        office = factories.make_office(db.session())
        office.regency = None  # type: ignore[assignment]
        with pytest.raises(IntegrityError):
            db.session.flush()


def test_of_what_two_regencies_have_under_one_name_the_furthest_goes_down(own_app: Flask) -> None:
    """0061 and 0062: counters, reference data and pictures had one key for the installation."""
    with own_app.app_context():
        fill(own_app)
        picture = {"size": 1, "mime": "image/jpeg", "created_at": NOW, "sha256": "c" * 64}
        for regency, seq, state in (("18.04", 3, "refused"), ("18.05", 7, "complete")):
            db.session.add(ScopeCounter(scope="ref", regency=regency, seq=seq))
            row = {"kind": "setting", "id": "universe", "regency": regency, "ver": seq}
            db.session.add(Reference(**row, data={}))
            db.session.add(Blob(regency=regency, state=state, **picture))
        db.session.commit()
        db.session.remove()
        downgrade(revision="0059")
        kept = {
            name: db.session.scalars(text(f"SELECT regency FROM {name} WHERE {where}")).all()
            for name, where in (
                ("scope_counter", "scope = 'ref'"),
                ("reference", "id = 'universe'"),
                ("blob", "mime = 'image/jpeg'"),
            )
        }
        db.session.remove()
        upgrade()
        assert all(found == ["18.05"] for found in kept.values()), kept


def test_the_way_down_and_up_keeps_every_index(own_app: Flask) -> None:
    with own_app.app_context():
        before = indexes()
        assert "ix_worker_kecamatan_created" in before
        downgrade(revision="0041")
        upgrade()
        assert indexes() == before


def indexes() -> set[str]:
    """Names of all indexes, those over expressions too, which inspectors leave out on SQLite."""
    kept = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    }
    found = set(db.session.scalars(text(kept[db.engine.dialect.name])))
    db.session.remove()
    return found
