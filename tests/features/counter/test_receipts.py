"""A receipt shown at the desk: whose, how far, genuine or not, and what the server still holds."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from outreach.core.backup import erasure
from outreach.core.exchange import receipts
from outreach.core.keys import server_keys
from outreach.domain.ids import uuid7
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.backups import Erasure
from outreach.storage.sync import Device, Mutation, RepeatedNumber
from tests.support.factories import KUBU_PERAHU
from tests.support.keys import b64, unb64
from tests.support.office import log_in, office
from tests.sync.conftest import Handset, Server


@pytest.fixture
def phone(app: Flask, session: Session) -> Handset:
    """A phone of an officer of Kubu Perahu."""
    office(session)
    return Server(app).phone(KUBU_PERAHU)


@pytest.fixture
def desk(app: Flask, session: Session, phone: Handset) -> FlaskClient:
    """A clerk at the desk."""
    return log_in(app, session, "mpp")


def receipt(phone: Handset, count: int = 2, **envelope: Any) -> str:
    return str(phone.push(*(phone.mutation() for _ in range(count)), **envelope)["receipt"])


def ask(desk: FlaskClient, text: str) -> tuple[int, str]:
    answer = desk.post("/receipts", data={"receipt": text})
    return answer.status_code, answer.text


def other_text(text: str, **parts: Any) -> str:
    """The same receipt with parts of it changed and the old signature."""
    mark, body, signature = text.split(".")
    said = orjson.loads(unb64(body)) | parts
    return ".".join((mark, b64(orjson.dumps(said)), signature))


def test_a_genuine_receipt_tells_whose_how_far_and_what_came_since(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    text = receipt(phone)
    name = session.get_one(User, phone.user_id).name
    status, page = ask(desk, f"  {text[:90]}\n {text[90:]} \n")
    assert status == 200
    assert name in page
    assert "2 catatan dari HP ini sudah sampai di server: nomor 1 sampai 2" in page
    assert 'data-testid="receipt-same"' in page
    assert "Sesudahnya belum ada catatan baru" in page
    phone.push(phone.mutation())
    page = ask(desk, text)[1]
    assert 'data-testid="receipt-same"' in page
    assert "Sesudahnya sampai lagi 1 catatan; nomor terakhir sekarang 3" in page
    desk.set_cookie("lang", "en")
    assert "This receipt is genuine." in ask(desk, text)[1]
    lines = session.scalars(select(AuditLine).filter_by(action="receipt_checked")).all()
    assert lines[0].detail == {"last_mid": 2, "genuine": True, "holding": "same"}
    assert lines[0].object_id == phone.device


@pytest.mark.parametrize("change", ["last_mid", "device", "kid", "signature", "other server"])
def test_a_receipt_that_was_changed_is_no_proof(
    session: Session, phone: Handset, desk: FlaskClient, change: str
) -> None:
    text = receipt(phone)
    said = receipts.read_receipt(text)
    seal_kid = next(k["kid"] for k in phone.announce().json["keys"] if k["kind"] == "seal")
    ring = server_keys.Keyring("elsewhere")
    row = server_keys.fresh(ring._wrapper, "sign", phone.server.now)
    foreign = server_keys.loaded(ring._wrapper, type("Row", (), row), None)
    wrong = {
        "last_mid": other_text(text, last_mid=200),
        "device": other_text(text, device=uuid7()),
        "kid": other_text(text, kid=seal_kid),
        "signature": text[:-5] + ("A" if text[-5] != "A" else "B") + text[-4:],
        "other server": receipts.issue(foreign, said),
    }[change]
    status, page = ask(desk, wrong)
    assert status == 422
    assert "Tanda terima ini tidak asli" in page
    assert session.get_one(User, phone.user_id).name not in page
    line = session.scalars(select(AuditLine).filter_by(action="receipt_checked")).one()
    assert line.detail["genuine"] is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "halo",
        "JKR1.x.y",
        "JKR2.e30.AA",
        "JKR1.e30.AA",
        "JKR3.e30.AA",
        "JKR1." + "A" * 1500,
        "é.é.é",
    ],
)
def test_what_is_no_receipt_is_told_so_and_stays_typed(desk: FlaskClient, text: str) -> None:
    status, page = ask(desk, text)
    assert status == 422
    assert "bukan tanda terima yang utuh" in page
    assert text[:1990] in page


def test_odd_parts_are_no_receipt(phone: Handset) -> None:
    text = receipt(phone)
    for parts in (
        {"last_mid": True},
        {"last_mid": 0},
        {"epoch": "1"},
        {"last_hash": "zz" * 32},
        {"device": "x"},
        {"at": None},
        {"more": 1},
    ):
        with pytest.raises(receipts.NotAReceipt):
            receipts.read_receipt(other_text(text, **parts))


def test_other_contents_under_the_numbers_are_found_out(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    text = receipt(phone)
    row = session.scalars(select(Mutation).filter_by(mid=2, device_id=phone.device)).one()
    row.hash = b"\x01" * 32
    session.commit()
    page = ask(desk, text)[1]
    assert 'data-testid="receipt-differs"' in page
    assert "berbeda dari tanda terima" in page


def test_a_number_that_had_come_another_way_is_checked_by_the_next(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    sent = phone.mutation()
    phone.push(sent)
    again = Handset(phone.server, session.get_one(User, phone.user_id))
    text = again.push(sent)["receipt"]
    assert 'data-testid="receipt-same"' in ask(desk, text)[1]
    again.mid = 1
    again.push(again.mutation())
    assert 'data-testid="receipt-same"' in ask(desk, text)[1]
    number = session.get_one(RepeatedNumber, (again.device, 1))
    number.hash = b""
    row = session.scalars(select(Mutation).filter_by(mid=2, device_id=again.device)).one()
    session.commit()
    assert 'data-testid="receipt-same"' in ask(desk, text)[1]
    row.hash = b"\x01" * 32
    session.commit()
    assert 'data-testid="receipt-differs"' in ask(desk, text)[1]
    row.hash = b""
    session.commit()
    assert 'data-testid="receipt-unknown"' in ask(desk, text)[1]


def forget(session: Session, phone: Handset, *mids: int) -> None:
    """These numbers are not on the server any more."""
    here = (Mutation.device_id == phone.device, Mutation.mid.in_(mids))
    keys = session.scalars(select(Mutation.key).where(*here)).all()
    session.execute(delete(Mutation).where(Mutation.key.in_(keys)))
    session.commit()


def test_a_server_that_went_back_says_so(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    text = receipt(phone, 3)
    forget(session, phone, 2, 3)
    device = session.get_one(Device, phone.device)
    device.last_mid = 1
    session.commit()
    page = ask(desk, text)[1]
    assert 'data-testid="receipt-fewer"' in page
    assert "baru menyimpan sampai nomor 1" in page
    assert "Yang sekarang tidak ada di server: nomor 2–3." in page


def test_numbers_that_a_receipt_covers_and_the_server_lacks_are_named(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    text = receipt(phone, 4)
    forget(session, phone, 2)
    page = ask(desk, text)[1]
    assert 'data-testid="receipt-lacking"' in page
    assert "mencakup nomor 2, tetapi server tidak menyimpannya" in page
    line = session.scalars(select(AuditLine).filter_by(action="receipt_checked")).one()
    assert line.detail["holding"] == "lacking"


def test_bytes_that_are_not_those_of_the_chain_are_found_out(
    session: Session, phone: Handset, desk: FlaskClient
) -> None:
    text = receipt(phone, 3)
    row = session.scalars(select(Mutation).filter_by(mid=2, device_id=phone.device)).one()
    row.payload = row.payload.replace(b"SITI", b"TUTI")
    session.commit()
    assert 'data-testid="receipt-differs"' in ask(desk, text)[1]


def test_an_erased_save_counts_by_its_hash_and_is_named_as_erased(
    app: Flask, session: Session, phone: Handset, desk: FlaskClient
) -> None:
    made = phone.mutation()
    text = phone.push(made, phone.mutation())["receipt"]
    erasure.erase(
        session, app.extensions["blobs"], "18.04", made["id"], "094/7", None, phone.server.now
    )
    page = ask(desk, text)[1]
    assert 'data-testid="receipt-same"' in page
    assert "1 di antaranya sudah dihapus dari server atas permintaan orangnya" in page
    session.execute(delete(Erasure))
    session.commit()
    assert 'data-testid="receipt-differs"' in ask(desk, text)[1]


def test_a_genuine_receipt_of_an_unknown_phone(
    app: Flask, session: Session, phone: Handset, desk: FlaskClient
) -> None:
    said = receipts.read_receipt(receipt(phone))
    key = app.extensions["keyring"].signer(session, phone.server.now)
    elsewhere = receipts.Receipt(uuid7(), *[getattr(said, n) for n in receipts.FIELDS[1:]])
    status, page = ask(desk, receipts.issue(key, elsewhere))
    assert status == 200
    assert "tetapi HP-nya tidak ada di server" in page


@pytest.mark.parametrize(("form", "last"), [(1, 1), (2, 5)])
def test_a_receipt_ends_before_a_gap_or_names_it(
    phone: Handset, desk: FlaskClient, form: int, last: int
) -> None:
    phone.push(phone.mutation())
    phone.mid = 4
    text = receipt(phone, 1, kept_from=5, first_prev="ab" * 32, receipts=form)
    said = receipts.read_receipt(text)
    assert (said.last_mid, said.gaps) == (last, () if form == 1 else ((2, 4),))
    page = ask(desk, text)[1]
    assert 'data-testid="receipt-same"' in page
    assert f"{form} catatan dari HP ini sudah sampai di server: nomor 1 sampai {last}" in page
    assert ("Tidak termasuk tanda terima ini: nomor 2–4." in page) == (form == 2)
    assert phone.pull(receipts=form)["receipt"].startswith(f"JKR{form}.")
    assert phone.pull()["missing"] == [[2, 4]]


def test_nothing_is_confirmed_while_the_first_number_is_missing(phone: Handset) -> None:
    phone.mid = 4
    answer = phone.push(phone.mutation(), kept_from=5, first_prev="ab" * 32)
    assert "receipt" not in answer
    assert receipts.read_receipt(phone.push(receipts=2)["receipt"]).gaps == ((1, 4),)


@pytest.mark.parametrize("role", ["officer", "head", "department", "admin"])
def test_others_check_no_receipts(app: Flask, session: Session, role: str) -> None:
    office(session)
    assert log_in(app, session, role).get("/receipts").status_code == 403
