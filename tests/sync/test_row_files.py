"""Files that features' rows name: kept, awaited, followed, shown in their owner's name alone."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from sqlalchemy import select

from outreach.core.backup.backup_create import safe_mids
from outreach.core.evidence import blobs
from outreach.core.evidence.pictures import LIST, BlobRefused, inspect
from outreach.domain.list_document import canonical, document
from outreach.extensions import db
from outreach.features.phones import phone_board
from outreach.storage.row_blobs import RowBlob
from outreach.storage.sync import Blob
from tests.support import memo_feature
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.memo_feature import MEMO
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import name_of, photo, upload

FACTS: Any = {
    "list": "l",
    "village": KUBU_PERAHU,
    "purpose": "fund",
    "fund": "apbd_kab",
    "year": 2027,
    "month": None,
    "no": 1,
}


@pytest.fixture(autouse=True)
def memo(server: Server) -> None:
    memo_feature.bring(server.app)


def memo_with(phone: Handset, data: bytes, text: str = "Lihat lampiran") -> dict[str, Any]:
    """A memo that names a file."""
    return phone.mutation(table="memo", set={"text": text, "file": name_of(data)})


def text_of(row_id: str) -> str:
    db.session.rollback()
    found: str = db.session.scalars(select(MEMO.c.text).where(MEMO.c.id == row_id)).one()
    return found


def file_of(row_id: str) -> RowBlob:
    db.session.rollback()
    return db.session.scalars(select(RowBlob).filter_by(row_id=row_id)).one()


def shown(server: Server, row_id: str) -> tuple[str, bytes] | None:
    return blobs.open_for_row(db.session(), server.app.extensions["blobs"], "18.04", row_id, "file")


class TestArrival:
    def test_feature_hears_of_its_file(self, server: Server, phone: Handset) -> None:
        data = photo()
        phone.push(made := memo_with(phone, data))
        assert file_of(made["id"]).arrived_at is None
        upload(phone, data)
        assert text_of(made["id"]) == "sampai"
        assert file_of(made["id"]).arrived_at == server.now

    def test_same_bytes_of_somebody_else_are_not_the_file(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        data = photo()
        phone.push(made := memo_with(phone, data))
        upload(other, data)
        assert text_of(made["id"]) == "Lihat lampiran"
        assert file_of(made["id"]).arrived_at is None
        assert shown(server, made["id"]) is None
        upload(phone, data)
        found = shown(server, made["id"])
        assert found is not None
        assert found[0] == "image/jpeg"

    def test_refused_file_does_not_arrive(self, server: Server, phone: Handset) -> None:
        data = b'{"w": 1}'
        phone.push(made := memo_with(phone, data))
        assert upload(phone, data)["state"] == "refused"
        assert text_of(made["id"]) == "Lihat lampiran"
        assert shown(server, made["id"]) is None

    def test_fault_of_the_feature_is_logged_and_the_file_is_here(
        self, phone: Handset, caplog: pytest.LogCaptureFixture
    ) -> None:
        data = photo()
        phone.push(memo_with(phone, data, "BOOM"))
        with caplog.at_level(logging.ERROR):
            assert upload(phone, data)["state"] == "complete"
        assert "could not follow" in caplog.text

    def test_who_named_it_first_stays_its_owner(self, phone: Handset, other: Handset) -> None:
        data = photo()
        phone.push(made := memo_with(phone, data))
        again = {"text": "Punya saya", "file": name_of(photo("red"))}
        other.push(other.mutation(table="memo", id=made["id"], set=again))
        assert file_of(made["id"]).owner_id == phone.user_id
        assert file_of(made["id"]).sha256 == name_of(data)


class TestKept:
    def test_named_file_outlives_ninety_days(self, server: Server, phone: Handset) -> None:
        data, unnamed = photo(), photo("red")
        phone.push(memo_with(phone, data))
        upload(phone, data)
        upload(phone, unnamed)
        store = server.app.extensions["blobs"]
        assert blobs.forget_unreferenced(db.session(), store, server.wait(days=91)) == 1
        assert store.get(name_of(data), "original") == data

    def test_nothing_of_a_phone_goes_while_a_save_of_it_waits(
        self, server: Server, phone: Handset
    ) -> None:
        """A held save has no row yet that could name its file."""
        data = photo()
        made = {"text": "Lampiran", "file": name_of(data)}
        held = phone.results(phone.mutation(SEBARUS, table="memo", set=made))[0]
        assert held["status"] == "held"
        upload(phone, data)
        store = server.app.extensions["blobs"]
        assert blobs.forget_unreferenced(db.session(), store, server.wait(days=91)) == 0
        assert store.get(name_of(data), "original") == data

    def test_backup_covers_no_save_before_its_file_has_come(self, phone: Handset) -> None:
        data = photo()
        phone.push(phone.mutation(), memo_with(phone, data), phone.mutation())
        with db.engine.connect() as connection:
            assert safe_mids(connection, []) == {phone.device: 1}
        upload(phone, data)
        with db.engine.connect() as connection:
            assert safe_mids(connection, []) == {phone.device: 3}
            assert safe_mids(connection, [name_of(data)]) == {phone.device: 1}

    def test_board_calls_about_a_file_after_a_week(self, server: Server, phone: Handset) -> None:
        phone.push(memo_with(phone, photo()))
        actor = server.actor()
        for days, number in ((6, 0), (2, 1)):
            now = server.wait(days=days)
            [found] = phone_board.board(db.session(), actor, now, "", device_id=phone.device)
            assert found.missing_photos == number
        assert "photos" in found.reasons
        file = phone_board.open_phone(db.session(), actor, phone.device, now, "")
        assert [(one.word, one.region_code) for one in file.files] == [
            (memo_feature.AGGREGATE.word, KUBU_PERAHU)
        ]


def a_list(**more: Any) -> dict[str, Any]:
    line: Any = {"id": "x", "no": 1, "part": "main", "name": "Siti Contoh", "salt": "0" * 32}
    return {**document(FACTS, [line], {}), **more}


class TestSignedLists:
    def test_list_is_kept_byte_for_byte(self, server: Server, phone: Handset) -> None:
        data = canonical(a_list())
        phone.push(made := memo_with(phone, data))
        assert upload(phone, data)["state"] == "complete"
        assert db.session.get_one(Blob, (name_of(data), "18.04")).mime == LIST
        assert shown(server, made["id"]) == (LIST, data)

    @pytest.mark.parametrize(
        "data",
        [
            canonical(a_list()).replace(b":", b": ", 1),
            canonical(a_list()) + b" ",
            canonical(a_list(v=2)),
            canonical(a_list(v=True)),
            canonical(a_list(more="x")),
            canonical(a_list(items=[{"no": 1}])),
            canonical(a_list(items=[{**a_list()["items"][0], "income": 5}])),
            canonical(a_list(items=a_list()["items"] * 2)),
            canonical(a_list(items=[{**a_list()["items"][0], "no": True}])),
            canonical(a_list(items=[{**a_list()["items"][0], "name": ["x"]}])),
            canonical(a_list(items=[{**a_list()["items"][0], "name": "x" * 201}])),
            canonical(a_list(items=[{**a_list()["items"][0], "name": "e\u0301"}])),
            canonical(a_list(items=a_list()["items"][0])),
            canonical(a_list(fund=1.5)),
            b'{"fund":' + b"[" * 100_000,
            b'{"fund":"\\ud800"}',
            b'{"fund":null',
        ],
        ids=range(17),
    )
    def test_anything_else_that_looks_like_one_is_refused(self, data: bytes) -> None:
        with pytest.raises(BlobRefused, match="blob_kind_refused"):
            inspect(data)

    def test_long_list_is_within_the_limit(self) -> None:
        """A pekon's 2,200 people with long names, all on one list."""
        line: Any = {
            "part": "main",
            "worker": "0" * 36,
            "name": "Muhamad Contoh " * 4,
            "hamlet": "Pemangku Contoh Raya",
            "occupation": "TANI-KOPI",
            "nik": "18" + "•" * 10 + "9001",
            "salt": "0" * 32,
        }
        lines: Any = [{**line, "id": str(n), "no": n, "nik_no": 1} for n in range(1, 2201)]
        whole = canonical(document(FACTS, lines, {}))
        assert inspect(whole)[2] == whole
        longer = canonical(
            document(
                FACTS,
                [*lines, *[{**x, "no": x["no"] + 2200, "id": "y" + x["id"]} for x in lines]],
                {},
            )
        )
        with pytest.raises(BlobRefused):
            inspect(longer)
