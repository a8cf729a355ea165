"""Who asked to be erased is gone from every table, and stays gone whatever comes back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import select

from outreach.core.backup import erasure, erasure_register
from outreach.core.record.changes import link
from outreach.core.record.merging import merge_workers
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage import snapshot
from outreach.storage.backups import BackupPack, Erasure
from outreach.storage.identity import ReplacedForm
from outreach.storage.sync import Blob, Mutation
from outreach.storage.workers import Worker
from tests.support.backups import Vault
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS
from tests.sync.conftest import Handset, Server, SigningClient
from tests.sync.test_blobs import name_of, photo, piece, upload

NIK = "1804047008809123"
SECRETS = ("SULASTRI", NIK, "JALAN RAHASIA", "WARUNG")
LETTER = "12/2026"


def erase(server: Server, worker_id: str) -> erasure.Erased:
    blobs = server.app.extensions["blobs"]
    return erasure.erase(db.session(), blobs, "18.04", worker_id, LETTER, None, server.now)


def traces(app: Flask) -> set[tuple[str, str]]:
    """(table, secret) wherever a secret still stands in any column of any table."""
    found = set()
    with app.app_context(), snapshot.frozen(db.engine) as connection:
        for name in snapshot.tables(connection):
            columns = connection.exec_driver_sql(f'SELECT * FROM "{name}"')
            for row in columns:
                text = " ".join(
                    value.decode("latin1") if isinstance(value, bytes) else str(value)
                    for value in row
                )
                found |= {(name, secret) for secret in SECRETS if secret in text}
    return found


@pytest.fixture
def known(server: Server, phone: Handset) -> dict[str, Any]:
    """A person with an edit, a conflict, a held save, a picture, a merged double, notes."""
    other = server.phone(KUBU_PERAHU)
    data = photo()
    values = {"full_name": "SULASTRI", "nik": NIK, "ktp_photo": name_of(data)}
    person = phone.mutation(set=values)
    phone.push(person)
    upload(phone, data)
    edit = {"id": person["id"], "set": {"address_line": (None, "JALAN RAHASIA 1")}}
    phone.push(phone.mutation(**edit))
    clash = {"id": person["id"], "set": {"address_line": (None, "JALAN RAHASIA 2")}}
    assert other.results(other.mutation(**clash))[0]["status"] == "conflict"
    stranger = server.phone(SEBARUS)
    wished = stranger.mutation(id=person["id"], set={"notes": (None, "WARUNG")})
    held_key = wished["key"]
    [held] = stranger.results(wished)
    assert held["status"] == "held"
    double = other.mutation(set={"full_name": "SULASTRI B", "nik": NIK})
    other.push(double)
    merge_workers(db.session(), server.actor(), double["id"], person["id"], server.now)
    db.session.add(
        ReplacedForm(
            regency="18.04",
            id=uuid7(),
            key=held_key,
            device_id=stranger.device,
            mid=1,
            user_id=stranger.user_id,
            origin="phone",
            reason="sealed",
            payload=b"SULASTRI",
            received_at=NOW,
            replaced_at=NOW,
        )
    )
    db.session.commit()
    noise = other.mutation(set={"full_name": "ORANG LAIN", "notes": "TETAP"})
    other.push(noise)
    return {"id": person["id"], "double": double["id"], "photo": data, "noise": noise["id"]} | {
        "person": person
    }


def test_nothing_of_a_person_remains_but_hashes(
    server: Server, phone: Handset, known: dict[str, Any]
) -> None:
    assert {name for name, _ in traces(server.app)} >= {"worker", "mutation", "conflict"}
    before = db.session.scalars(select(Mutation.hash).order_by(Mutation.key)).all()
    done = erase(server, known["double"])
    assert (done.records, done.pictures) == (2, 1)
    assert traces(server.app) == set()
    assert db.session.scalars(select(Mutation.hash).order_by(Mutation.key)).all() == before
    assert server.app.extensions["blobs"].get(name_of(known["photo"]), "original") is None
    assert [w.id for w in db.session.scalars(select(Worker))] == [known["noise"]]
    register = db.session.scalars(select(Erasure)).all()
    assert {line.worker_id for line in register} == {known["id"], known["double"]}
    assert {line.letter for line in register} == {LETTER}
    with pytest.raises(erasure.NotErased):
        erase(server, known["id"])


def test_phones_are_told_that_the_person_is_gone(
    server: Server, phone: Handset, known: dict[str, Any]
) -> None:
    cursor = phone.pull({KUBU_PERAHU: 0})["scopes"][KUBU_PERAHU]["cursor"]
    own = phone.pull({f"u:{phone.user_id}": 0})["scopes"][f"u:{phone.user_id}"]
    assert own["rows"]
    erase(server, known["id"])
    rows = phone.pull({KUBU_PERAHU: cursor})["scopes"][KUBU_PERAHU]["rows"]
    gone = {row["id"] for row in rows if row.get("gone")}
    assert gone == {known["id"], known["double"]}
    vers = [row["ver"] for row in rows]
    assert len(set(vers)) == len(vers)
    assert min(vers) > cursor
    later = phone.pull({f"u:{phone.user_id}": own["cursor"]})["scopes"][f"u:{phone.user_id}"]
    assert {row["id"] for row in own["rows"]} == {row["id"] for row in later["rows"]}
    assert all(row["gone"] for row in later["rows"])


def test_what_comes_later_is_stored_empty_and_brings_nobody_back(
    server: Server, phone: Handset, known: dict[str, Any]
) -> None:
    erase(server, known["id"])
    again = phone.mutation(id=known["id"], set={"full_name": "SULASTRI", "nik": NIK})
    unsound = phone.mutation(id=known["id"], set={"nik": "SULASTRI"})
    answer = phone.push(again, unsound)
    assert [r["status"] for r in answer["results"]] == ["invalid", "invalid"]
    for result in answer["results"]:
        assert result["errors"]["_"][0]["code"] == "person_erased"
    stored = db.session.get_one(Mutation, again["key"])
    assert stored.payload == b""
    assert answer["last_mid"] == phone.mid
    follow = phone.mutation()
    follow_on = phone.push(follow, first_prev=answer["last_hash"])
    assert follow_on["results"][0]["status"] == "applied"
    assert traces(server.app) == set()
    replayed = phone.results(known["person"] | {"mid": 1})
    assert replayed[0]["replay"] is True
    assert traces(server.app) == set()


def test_the_chain_goes_on_over_the_bytes_that_came(server: Server, phone: Handset) -> None:
    import orjson

    person = phone.mutation()
    phone.push(person)
    before = bytes.fromhex(phone.push()["last_hash"])
    erase(server, person["id"])
    late = phone.mutation(id=person["id"], set={"notes": (None, "x")})
    answer = phone.push(late)
    assert answer["last_hash"] == link(before, orjson.dumps(late)).hex()


def test_a_picture_of_an_erased_person_is_never_taken_again(
    server: Server, phone: Handset, known: dict[str, Any]
) -> None:
    erase(server, known["id"])
    data = known["photo"]
    answer = piece(phone, name_of(data), 0, len(data), data)
    assert (answer.json["state"], answer.json["code"]) == ("refused", "person_erased")
    assert server.app.extensions["blobs"].get(name_of(data), "original") is None


def test_a_picture_that_others_hold_stays(server: Server, phone: Handset) -> None:
    data = photo()
    shared = {"ktp_photo": name_of(data)}
    one = phone.mutation(set={"full_name": "SATU", **shared})
    two = phone.mutation(set={"full_name": "DUA", **shared})
    phone.push(one, two)
    upload(phone, data)
    assert erase(server, one["id"]).pictures == 0
    assert db.session.get_one(Blob, (name_of(data), "18.04")).state == "complete"
    assert server.app.extensions["blobs"].get(name_of(data), "original") == data


def test_a_restored_backup_keeps_to_the_register(
    server: Server, phone: Handset, known: dict[str, Any], vault: Vault, target: Flask
) -> None:
    made = vault.make(db.session())
    erase(server, known["id"])
    erasure_register.write_all(db.session(), vault.folder)
    assert not any(secret in vault.folder.register.read_text() for secret in (*SECRETS, LETTER))
    done = vault.restore(target, made.stamp)
    assert done.erased == 2
    assert traces(target) == set()
    blobs = target.extensions["blobs"]
    assert blobs.get(name_of(known["photo"]), "original") is None
    with target.app_context():
        assert [w.id for w in db.session.scalars(select(Worker))] == [known["noise"]]
        there = Server(target)
        moved = Handset.__new__(Handset)
        client = SigningClient(target, Response, phone=moved)
        moved.__dict__ |= phone.__dict__ | {"server": there, "client": client}
        from outreach.storage.accounts import User

        moved.register(db.session.get_one(User, phone.user_id))
        offered = moved.mutation(id=known["id"], set={"full_name": (None, "SULASTRI")})
        answer = moved.push(offered, epoch=done.epoch)
        assert answer["results"][0]["errors"]["_"][0]["code"] == "person_erased"
    assert traces(target) == set()


def test_who_was_registered_and_erased_after_the_backup_does_not_come_with_a_phone(
    server: Server, phone: Handset, vault: Vault, target: Flask
) -> None:
    made = vault.make(db.session())
    person = phone.mutation(set={"full_name": "SULASTRI"})
    phone.push(person)
    erase(server, person["id"])
    vault.make(db.session(), server.wait(hours=1))
    assert vault.restore(target, made.stamp).erased == 0
    with target.app_context():
        assert [e.worker_id for e in db.session.scalars(select(Erasure))] == [person["id"]]


def test_a_damaged_register_stops_a_restore(server: Server, vault: Vault, target: Flask) -> None:
    made = vault.make(db.session())
    vault.folder.register.write_bytes(b'{"worker_id": 3}\n')
    from outreach.core.backup.backup_errors import BackupRefused

    with pytest.raises(BackupRefused, match="register_damaged"):
        vault.restore(target, made.stamp)


def test_packs_that_hold_an_erased_picture_are_written_anew(
    server: Server, phone: Handset, known: dict[str, Any], vault: Vault, target: Flask
) -> None:
    keep = photo("black")
    phone.push(phone.mutation(set={"full_name": "LAIN", "face_photo": name_of(keep)}))
    upload(phone, keep)
    first = vault.make(db.session())
    assert first.pictures == 2
    erase(server, known["id"])
    assert db.session.scalars(select(BackupPack)).all() == []
    second = vault.make(db.session(), server.wait(hours=1))
    assert (second.pictures, second.new_packs) == (1, 1)
    loaded = vault.check(target, second.stamp)
    assert set().union(*loaded.packs.values()) == {name_of(keep)}
    from outreach.core.backup import backup_folder

    done = backup_folder.prune(vault.folder, 1, (), set(loaded.packs))
    assert (len(done.archives), len(done.packs)) == (1, 1)


def test_an_unknown_person_is_told(server: Server) -> None:
    with pytest.raises(erasure.NotErased):
        erase(server, uuid7(NOW))
