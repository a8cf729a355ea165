"""A head's list leaves and comes home: own village alone, own fields alone, own files alone."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.features.spreadsheets.tables import SpreadsheetReturn, SpreadsheetRow
from outreach.storage.audit import AuditLine
from outreach.storage.workers import Worker
from tests.features.spreadsheets.sheets import Sheet, bring, fetch, save, send, text
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.office import ELSEWHERE, log_in
from tests.support.pockets import forget_login

TITLES = ["Kode", "Nama", "Jenis", "Tanggal", "Pekerjaan", "Kode", "Alamat", "Pemangku", "RT", "RW"]


@pytest.fixture
def head(app: Flask, session: Session, people: dict[str, str]) -> FlaskClient:
    """The browser of the head of the village where both people live."""
    return log_in(app, session, "head", (KUBU_PERAHU,))


def own(client: FlaskClient) -> Sheet:
    """The village as a sheet; what is asked for beyond it is not heard."""
    return fetch(client, **{"in": KUBU_PERAHU, "cols": ["nik", "officer", "flags", "status"]})


def data_of(session: Session, worker_id: str) -> dict[str, object]:
    session.expire_all()
    worker = session.scalars(select(Worker).where(Worker.id == worker_id)).one()
    return dict(worker.data)


def test_a_head_s_sheet_holds_the_village_with_a_head_s_fields(head: FlaskClient) -> None:
    sheet = own(head)
    assert [title.split()[0] for title in sheet.titles] == [*TITLES, "Catatan", "Kunci"]
    assert [row[1] for row in sheet.rows[1:]] == ["JUMADI", "SITI AMINAH"]
    cells = " ".join(str(cell) for row in sheet.rows[1:] for cell in row[:-1])
    for secret in ("••••", "900000", "+62", "01234567890", "RUKIAH"):
        assert secret not in cells


@pytest.mark.parametrize("place", ["", SEBARUS, KUBU_PERAHU[:8], ELSEWHERE])
def test_no_other_place_leaves_for_a_head(
    session: Session, head: FlaskClient, people: dict[str, str], place: str
) -> None:
    answer = head.post("/spreadsheets/leave", data={"in": place})
    assert answer.status_code == 404
    lines = session.scalars(select(AuditLine.action)).all()
    assert "export" not in lines


def test_who_was_never_met_does_not_leave_for_a_head(
    session: Session, head: FlaskClient, people: dict[str, str]
) -> None:
    session.query(Worker).filter_by(id=people["JUMADI"]).update({"status": "usulan"})
    session.commit()
    assert [row[1] for row in own(head).rows[1:]] == ["SITI AMINAH"]


def test_a_head_s_changes_come_home_and_are_taken_back(
    session: Session, head: FlaskClient, people: dict[str, str]
) -> None:
    sheet = own(head)
    sheet.put("JUMADI", "RT", 9)
    sheet.put("JUMADI", "Tanggal lahir", "01-02-1980")
    address = bring(head, sheet.saved())
    shown = text(head.get(address))
    assert "Simpan perubahan 1 orang" in shown
    assert "Sampaikan perubahannya kepada pengawas." in shown
    assert "/workers/" not in shown
    assert "Perubahan 1 orang disimpan." in text(save(head, address))
    jumadi = data_of(session, people["JUMADI"])
    assert (jumadi["rt"], jumadi["birth_date"]) == ("009", "1980-08-07")
    head.post(f"{address}/undo")
    assert data_of(session, people["JUMADI"])["rt"] == "002"


def test_a_head_changes_nobody_and_nothing_more_with_a_supervisor_s_sheet(
    app: Flask, session: Session, people: dict[str, str]
) -> None:
    far = session.scalars(select(Worker).where(Worker.id == people["SITI AMINAH"])).one()
    far.region_code, far.data = SEBARUS, {**far.data, "village_code": SEBARUS}
    session.commit()
    sheet = fetch(log_in(app, session, "supervisor"))
    forget_login()
    head = log_in(app, session, "head", (KUBU_PERAHU,))
    sheet.put("SITI AMINAH", "RT", "009")
    sheet.put("JUMADI", "Nomor HP", "081200009999")
    sheet.put("JUMADI", "RW", "004")
    address = bring(head, sheet.saved())
    shown = text(head.get(f"{address}?tab=questions"))
    assert "bukan dari wilayah akun ini" in shown
    assert "SITI AMINAH" not in shown
    assert "SITI AMINAH" not in text(save(head, address))
    assert data_of(session, people["SITI AMINAH"])["rt"] == "001"
    jumadi = data_of(session, people["JUMADI"])
    assert (jumadi["rw"], jumadi.get("phone")) == ("004", None)


def test_a_head_sees_no_file_of_another_and_a_supervisor_sees_all(
    app: Flask, session: Session, head: FlaskClient, people: dict[str, str]
) -> None:
    sheet = own(head)
    sheet.put("JUMADI", "RT", "009")
    address = bring(head, sheet.saved())
    row = session.scalars(select(SpreadsheetRow)).one()
    other = log_in(app, session, "head", (KUBU_PERAHU,))
    forget_login()
    assert "ubah.xlsx" not in text(other.get("/spreadsheets/"))
    assert "menunggu" not in text(other.get("/spreadsheets/"))
    for path in ("", "/undo"):
        assert other.get(address + path).status_code == 404
    for act in ("save", "cancel", "keep", "undo", f"rows/{row.id}"):
        assert other.post(f"{address}/{act}", data={"pick.rt": "ours"}).status_code == 404, act
    assert session.scalars(select(SpreadsheetReturn.state)).one() == "open"
    forget_login()
    assert "ubah.xlsx" in text(log_in(app, session, "supervisor").get("/spreadsheets/"))


def test_a_head_begins_at_the_own_village(head: FlaskClient) -> None:
    shown = text(head.get("/spreadsheets/"))
    assert "Unduh warga Kubu Perahu untuk diubah" in shown
    assert 'href="/workers' not in shown
    assert "bukan lembar yang diunduh" in text(send(head, b"a;b\n1;2\n", "a.csv"))


def test_a_record_that_was_merged_is_a_question_that_names_who_mends_it(
    session: Session, head: FlaskClient, people: dict[str, str]
) -> None:
    sheet = own(head)
    sheet.put("JUMADI", "RT", "009")
    kept = people["SITI AMINAH"]
    session.query(Worker).filter_by(id=people["JUMADI"]).update({"merged_into": kept})
    session.commit()
    shown = text(head.get(bring(head, sheet.saved())))
    assert "sudah digabung dengan catatan lain. Sampaikan" in shown
    assert "0 perubahan." in shown
