"""Sheets that a spreadsheet program really opened and saved again; how long a large one takes."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.record import office_device
from outreach.core.record.changes import Body
from outreach.domain.actor import Actor
from outreach.features.spreadsheets import saving
from outreach.features.spreadsheets.tables import SpreadsheetRow
from outreach.storage.accounts import User
from tests.features.spreadsheets.sheets import BEHIND, bring, fetch, save, text
from tests.support.office import make_worker
from tests.support.workbooks import sheet_xml, xlsx

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="a machine without LibreOffice")
# Seconds of its own work that a piece of a sheet may take: no push waits longer for it.
LONGEST = 1.0


def resaved(content: bytes, kind: str, folder: Path) -> bytes:
    """The workbook as LibreOffice opens it and saves it again as ``kind``."""
    given = folder / "ubah.xlsx"
    given.write_bytes(content)
    command = [str(OFFICE), "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command += ["--convert-to", kind, "--outdir", str(folder / kind), str(given)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / kind / f"ubah.{kind}").read_bytes()


@needs_office
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_sheet_that_libreoffice_saved_again_changes_nothing(
    desk: FlaskClient, tmp_path: Path, kind: str
) -> None:
    left = desk.post("/spreadsheets/leave", data={"all_fields": "1"}).data
    shown = text(desk.get(bring(desk, resaved(left, kind, tmp_path))))
    assert "0 perubahan." in shown
    assert "2 baris sama seperti saat diunduh." in shown


@needs_office
def test_edits_of_a_workbook_that_grew_in_libreoffice_come_home(
    session: Session, desk: FlaskClient, tmp_path: Path
) -> None:
    """Sheets added and renamed, rows sorted, columns moved, numbers where texts stood."""
    sheet = fetch(desk)
    sheet.put("SITI AMINAH", "RT", 7)
    sheet.put("SITI AMINAH", "Nomor HP", 81200001234)
    sheet.put("SITI AMINAH", "NIK", 1804044708809001)
    sheet.rows[1:] = sheet.rows[:0:-1]
    sheet.rows = [row[::-1] for row in sheet.rows]
    parts = {"Rekap": [["Jumlah", 2]], "Lembar kerja": sheet.rows, BEHIND: sheet.behind}
    book = xlsx({name: sheet_xml(rows) for name, rows in parts.items()}, [BEHIND])
    shown = text(desk.get(bring(desk, resaved(book, "xlsx", tmp_path))))
    assert "Simpan perubahan 1 orang" in shown
    assert "<b>007</b>" in shown
    assert "Tidak dibawa karena kolomnya tertutup: NIK" in shown
    row = session.scalars(select(SpreadsheetRow)).one()
    assert set(row.cells) == {"rt"}


def name_of(number: int) -> str:
    """A name that no other number has."""
    return "CONTOH " + "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{number:03d}")


def test_no_piece_of_a_large_sheet_keeps_a_village_waiting(
    session: Session, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = session.scalars(select(User).where(User.role == "officer")).one()
    for number in range(saving.MOST):
        nik = f"18040447{8800 + number // 900:04d}{9100 + number % 900}"
        make_worker(session, officer, name_of(number), nik=nik, data={"rt": "001"})
    sheet = fetch(desk)
    changed = {"RT": "009", "Alamat": "Jalan Contoh 1", "Pekerjaan utama": "Petani padi"}
    for title, value in changed.items():
        place = sheet.column(title)
        for row in sheet.rows[1:]:
            row[place] = value
    address = bring(desk, sheet.saved())
    submit, rows, took = office_device.submit, list[int](), list[float]()

    def timed(session: Session, actor: Actor, bodies: list[Body], *args: Any, **more: Any) -> Any:
        rows.append(len(bodies))
        begun = time.thread_time()
        try:
            return submit(session, actor, bodies, *args, **more)
        finally:
            took.append(time.thread_time() - begun)

    monkeypatch.setattr(office_device, "submit", timed)
    save(desk, address)
    desk.post(f"{address}/undo")
    assert rows == [saving.MOST, 2, saving.MOST, 2]
    assert len(took) == 4
    assert max(took) < LONGEST
    assert {row.fate for row in session.scalars(select(SpreadsheetRow))} == {"undone"}
