"""Pictures in pieces: resumable, checked, and shown only where the row and the owner allow."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import Any

import orjson
import pytest
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from outreach.core.evidence import blobs
from outreach.extensions import db
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Blob, BlobPiece
from outreach.storage.workers import WorkerBlob
from tests.domain.test_vectors import PERSON as WHOLE
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.sync.conftest import PERSON, Handset, Server
from tests.sync.test_verdicts import create, put

SIGNATURE = orjson.dumps({"w": 300, "h": 120, "s": [[1, 2, 30, 40.5], [5, 5]]})


def photo(color: str = "green", kind: str = "JPEG", side: int = 64) -> bytes:
    out = io.BytesIO()
    image = Image.effect_noise((side, side), 90).convert("RGB")
    image.paste(color, (0, 0, 8, 8))
    image.save(out, kind)
    return out.getvalue()


def name_of(data: bytes) -> str:
    return sha256(data).hexdigest()


def piece(phone: Handset, sha: str, offset: int, total: int, data: bytes) -> TestResponse:
    return phone.client.put(
        f"/sync/v1/blob/{sha}?device={phone.device}&offset={offset}&total={total}", data=data
    )


def upload(phone: Handset, data: bytes, size: int = 1500) -> dict[str, Any]:
    """The last answer of an upload in pieces."""
    answer: Any = None
    for offset in range(0, len(data), size):
        answer = piece(phone, name_of(data), offset, len(data), data[offset : offset + size])
        assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def look(phone: Handset, row: str, field: str = "ktp_photo") -> TestResponse:
    return phone.client.get(f"/sync/v1/worker/{row}/blob/{field}?device={phone.device}")


def head(phone: Handset, sha: str) -> Any:
    return phone.client.head(f"/sync/v1/blob/{sha}?device={phone.device}").headers


class TestPieces:
    def test_upload_goes_on_where_it_stopped(self, phone: Handset) -> None:
        data = photo()
        sha, total = name_of(data), len(data)
        assert head(phone, sha)["Upload-Offset"] == "0"
        assert piece(phone, sha, 0, total, data[:1000]).json["offset"] == 1000
        assert head(phone, sha)["Upload-Offset"] == "1000"
        again = piece(phone, sha, 0, total, data[:1000])
        assert (again.status_code, again.json["offset"]) == (200, 1000)
        ahead = piece(phone, sha, 2000, total, data[2000:2100])
        assert (ahead.status_code, ahead.json["offset"]) == (409, 1000)
        done = piece(phone, sha, 1000, total, data[1000:])
        assert (done.json["offset"], done.json["state"]) == (total, "complete")
        assert db.session.scalar(select(func.count()).select_from(BlobPiece)) == 0
        assert db.session.get_one(Blob, (sha, "18.04")).mime == "image/jpeg"

    def test_other_device_does_not_see_the_upload(self, phone: Handset, other: Handset) -> None:
        data = photo()
        upload(phone, data)
        assert head(other, name_of(data))["Upload-Offset"] == "0"

    def test_wrong_checksum_begins_again(self, phone: Handset) -> None:
        data, sha = photo(), "ab" * 32
        answer = piece(phone, sha, 0, len(data), data)
        assert (answer.status_code, answer.json["code"]) == (409, "blob_checksum")
        assert head(phone, sha)["Upload-Offset"] == "0"
        assert db.session.get(Blob, (sha, "18.04")) is None

    @pytest.mark.parametrize("kind", ["PNG", "WEBP"])
    def test_other_kinds_of_picture_are_taken(self, phone: Handset, kind: str) -> None:
        assert upload(phone, photo(kind=kind))["state"] == "complete"

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"<svg onload=alert(1)></svg>", "blob_kind_refused"),
            (b"\xff\xd8\xff" + b"x" * 99, "blob_not_readable"),
            (b'{"w":10,"h":10,"s":[[1,2,3]]}', "blob_kind_refused"),
            (b'{"w":10,"h":10,"s":[[1,99]]}', "blob_kind_refused"),
            (b'{"w":10,"h":10,"s":[[1,2]]}' + b" " * 20480, "blob_kind_refused"),
        ],
    )
    def test_anything_else_is_refused_with_a_code(
        self, phone: Handset, data: bytes, code: str
    ) -> None:
        answer = upload(phone, data, size=60000)
        assert (answer["state"], answer["code"]) == ("refused", code)
        assert head(phone, name_of(data))["Upload-State"] == "refused"

    def test_too_many_pixels_are_refused(
        self, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from outreach.core.evidence import pictures

        monkeypatch.setitem(pictures.MAX_PIXELS, "JPEG", 1000)
        assert upload(phone, photo())["code"] == "blob_too_many_pixels"

    @pytest.mark.parametrize("query", ["offset=-1&total=5", "offset=x&total=5", "offset=0", ""])
    def test_strange_numbers_are_answered(self, phone: Handset, query: str) -> None:
        address = f"/sync/v1/blob/{'ab' * 32}?device={phone.device}&{query}"
        assert phone.client.put(address, data=b"x").status_code == 422

    def test_piece_and_total_are_bounded(self, phone: Handset) -> None:
        assert piece(phone, "ab" * 32, 0, 10**6, b"x" * 65537).status_code == 413
        assert piece(phone, "ab" * 32, 0, 10**8, b"x").status_code == 413
        assert piece(phone, "ab" * 32, 0, 2, b"xyz").status_code == 422


class TestLooking:
    def test_row_shows_the_picture_encoded_anew(self, phone: Handset) -> None:
        data = photo(kind="PNG")
        row = create(phone, ktp_photo=name_of(data))
        assert look(phone, row).status_code == 404  # the reference may come first
        upload(phone, data)
        shown = look(phone, row)
        assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.data[:3] == b"\xff\xd8\xff"

    def test_signature_is_points(self, phone: Handset) -> None:
        consent = {
            "version": "consent-2026-11",
            "lang": "id",
            "method": "tanda_tangan_layar",
            "evidence": name_of(SIGNATURE),
            "purposes": {"pendaftaran": True},
            "at": "2026-11-22T06:05:00Z",
        }
        upload(phone, SIGNATURE)
        row = create(phone, consent=consent)
        shown = look(phone, row, "consent_evidence")
        assert shown.mimetype == "application/vnd.jangkau.signature+json"
        assert orjson.loads(shown.data)["s"] == [[1, 2, 30, 40.5], [5, 5]]

    def test_naming_a_foreign_hash_opens_nothing(self, phone: Handset, other: Handset) -> None:
        data = photo()
        upload(other, data)
        row = create(phone, ktp_photo=name_of(data))
        assert look(phone, row).status_code == 404
        assert look(other, row).status_code == 404
        upload(phone, data)
        assert look(phone, row).status_code == 200

    def test_picture_of_a_foreign_village_is_not_there(
        self, phone: Handset, other: Handset
    ) -> None:
        data = photo()
        upload(other, data)
        row = create(other, SEBARUS, ktp_photo=name_of(data))
        assert look(other, row).status_code == 200
        assert look(phone, row).status_code == 404

    def test_head_never_gets_card_photos(self, server: Server, phone: Handset) -> None:
        data = photo()
        upload(phone, data)
        purposes = {**WHOLE["consent"]["purposes"], "pasfoto": True}
        agreed = {"consent": {**WHOLE["consent"], "purposes": purposes}}
        row = create(phone, ktp_photo=name_of(data), face_photo=name_of(data), **agreed)
        head_phone = server.phone(KUBU_PERAHU, role="head")
        assert look(head_phone, row).status_code == 404
        assert look(head_phone, row, "face_photo").status_code == 200

    def test_emptied_field_shows_nothing(self, phone: Handset) -> None:
        data = photo()
        upload(phone, data)
        row = create(phone, ktp_photo=name_of(data))
        put(phone, row, ktp_photo=(name_of(data), None))
        assert look(phone, row).status_code == 404

    def test_office_look_is_audited(self, server: Server, phone: Handset) -> None:
        data = photo()
        upload(phone, data)
        row = create(phone, ktp_photo=name_of(data))
        store = server.app.extensions["blobs"]
        session, actor = db.session(), server.actor()
        found = blobs.open_for_worker(session, store, actor, row, "ktp_photo", server.now)
        assert found is not None
        told = db.session.scalars(select(AuditLine).filter_by(object_type="worker")).all()
        assert [line.action for line in told] == ["blob_shown"]

    def test_a_reference_waits_for_the_bytes_of_the_one_who_named_it(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        data = photo()
        made = phone.mutation(set={**PERSON, "ktp_photo": name_of(data)})
        phone.push(made)
        upload(other, data)

        def reference() -> WorkerBlob:
            db.session.expire_all()
            return db.session.get_one(WorkerBlob, (made["id"], "ktp_photo"))

        assert (reference().since, reference().arrived_at) == (server.now, None)
        upload(phone, data)
        assert reference().arrived_at == server.now
        named = server.now
        server.wait(days=1)
        phone.push(phone.mutation(id=made["id"], set={"notes": (None, "x")}))
        assert reference().since == named

    def test_unnamed_pictures_are_forgotten_after_90_days(
        self, server: Server, phone: Handset
    ) -> None:
        kept, lost = photo("red"), photo("blue")
        upload(phone, kept)
        upload(phone, lost)
        create(phone, ktp_photo=name_of(kept))
        store = server.app.extensions["blobs"]
        assert blobs.forget_unreferenced(db.session(), store, server.wait(days=91)) == 1
        assert store.get(name_of(lost), "original") is None
        assert store.get(name_of(kept), "original") == kept
