"""Rows of features: in a backup unless they say otherwise, and gone with an erased worker."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from outreach.core.backup import erasure, erasure_register
from outreach.core.record.changes import link
from outreach.extensions import db
from outreach.storage.backups import Erasure
from outreach.storage.own_tables import OwnTable
from outreach.storage.sync import Blob, Mutation
from tests.support import memo_feature
from tests.support.backups import Vault
from tests.support.memo_feature import MEMO
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import name_of, photo, upload

SECRET = "Utang di warung"


@pytest.fixture
def memo(server: Server, phone: Handset) -> dict[str, Any]:
    """A worker with a memo that holds a picture, and a memo about nobody."""
    memo_feature.bring(server.app)
    data = photo()
    phone.push(person := phone.mutation(set={"full_name": "SULASTRI", "ktp_photo": name_of(data)}))
    upload(phone, data)
    said = {"text": SECRET, "of": person["id"], "picture": name_of(data)}
    made = phone.mutation(table="memo", set=said)
    noise = phone.mutation(table="memo", set={"text": "Rapat hari Senin"})
    phone.push(made, noise)
    return {"worker": person["id"], "picture": name_of(data), "noise": noise} | made


def memos() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(MEMO.c.id)))


def erase(server: Server, worker_id: str) -> erasure.Erased:
    blobs = server.app.extensions["blobs"]
    return erasure.erase(db.session(), blobs, "18.04", worker_id, "12/2026", None, server.now)


class TestErasure:
    def test_rows_saves_and_pictures_go_with_the_worker(
        self, server: Server, phone: Handset, memo: dict[str, Any]
    ) -> None:
        done = erase(server, memo["worker"])
        assert (done.records, done.saves, done.pictures) == (1, 2, 1)
        assert memos() == {memo["noise"]["id"]}
        kept = {row.key: row for row in db.session.scalars(select(Mutation))}
        assert kept[memo["key"]].payload == b""
        assert b"Rapat" in kept[memo["noise"]["key"]].payload
        assert db.session.get_one(Blob, (memo["picture"], "18.04")).state == "refused"

    def test_emptied_save_still_stands_in_its_chain_and_the_register(
        self, server: Server, phone: Handset, memo: dict[str, Any]
    ) -> None:
        before = db.session.get_one(Mutation, memo["key"]).hash
        erase(server, memo["worker"])
        db.session.expire_all()
        rows = list(db.session.scalars(select(Mutation).order_by(Mutation.mid)))
        assert rows[1].hash == before
        assert link(rows[1].hash, rows[2].payload) == rows[2].hash
        ids = set(db.session.scalars(select(Erasure.worker_id)))
        assert ids == {memo["worker"], memo["id"]}
        assert phone.push()["receipt"].startswith("JKR1.")

    def test_what_comes_later_of_the_row_is_stored_empty(
        self, server: Server, phone: Handset, memo: dict[str, Any]
    ) -> None:
        erase(server, memo["worker"])
        again = phone.mutation(table="memo", id=memo["id"], set={"text": SECRET})
        result = phone.results(again)[0]
        assert result["errors"]["_"][0]["code"] == "person_erased"
        assert db.session.get_one(Mutation, again["key"]).payload == b""
        assert memos() == {memo["noise"]["id"]}

    def test_a_restore_erases_the_rows_again(
        self, server: Server, phone: Handset, memo: dict[str, Any], vault: Vault, target: Flask
    ) -> None:
        with target.app_context():
            MEMO.metadata.create_all(db.engine)
        memo_feature.bring(target)
        made = vault.make(db.session())
        erase(server, memo["worker"])
        erasure_register.write_all(db.session(), vault.folder)
        assert vault.restore(target, made.stamp).erased == 1
        with target.app_context():
            assert memos() == {memo["noise"]["id"]}
            payloads = db.session.scalars(select(Mutation.payload)).all()
            assert not any(SECRET.encode() in payload for payload in payloads)


class TestBackup:
    @pytest.mark.parametrize("held", [True, False])
    def test_table_is_in_the_backup_unless_it_is_left_out(
        self,
        server: Server,
        phone: Handset,
        vault: Vault,
        target: Flask,
        held: bool,
    ) -> None:
        tables = (OwnTable(MEMO, in_backup=held),)
        for app in (server.app, target):
            memo_feature.bring(app, replace(memo_feature.FEATURE, tables=tables))
        phone.push(made := phone.mutation(table="memo", set={"text": "Surat"}))
        done = vault.make(db.session())
        vault.restore(target, done.stamp)
        with target.app_context():
            assert memos() == ({made["id"]} if held else set())
            assert db.session.get(Mutation, made["key"]) is not None
