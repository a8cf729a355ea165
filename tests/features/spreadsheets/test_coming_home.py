"""A file comes home: what it changes is shown, and whoever tampered with it gets a question."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.features.spreadsheets import queries, reading
from outreach.features.spreadsheets.seals import RowKey, SealBox
from outreach.features.spreadsheets.tables import SpreadsheetReturn, SpreadsheetRow
from outreach.storage.workers import Worker
from tests.features.spreadsheets.sheets import (
    BEHIND,
    Sheet,
    bring,
    changed,
    fetch,
    save,
    send,
    text,
)
from tests.support.office import ELSEWHERE
from tests.support.workbooks import sheet_xml, xlsx


def worker(session: Session, worker_id: str) -> Worker:
    session.expire_all()
    return session.scalars(select(Worker).where(Worker.id == worker_id)).one()


def rows(session: Session) -> list[SpreadsheetRow]:
    session.expire_all()
    return list(session.scalars(select(SpreadsheetRow).order_by(SpreadsheetRow.row_no)))


def test_an_empty_desk_says_where_to_begin(desk: FlaskClient) -> None:
    shown = text(desk.get("/spreadsheets/"))
    assert "Belum ada berkas yang masuk." in shown
    assert "/workers#files" in shown


def test_a_sheet_that_nobody_touched_changes_nothing(session: Session, desk: FlaskClient) -> None:
    shown = text(desk.get(bring(desk, fetch(desk).saved())))
    assert "0 perubahan." in shown
    assert "2 baris sama seperti saat diunduh." in shown
    assert rows(session) == []


def test_numbers_days_order_and_spaces_of_programs_are_no_changes(
    session: Session, desk: FlaskClient
) -> None:
    """Columns reordered, rows sorted, texts made numbers and days, blanks at the end."""
    sheet = fetch(desk)
    siti = sheet.row("SITI AMINAH")
    sheet.put("SITI AMINAH", "RT", 1)
    sheet.put("SITI AMINAH", "Nomor KPJ", 1234567890)
    sheet.put("SITI AMINAH", "Tanggal lahir", date(1980, 8, 7))
    sheet.put("JUMADI", "Tanggal lahir", 29440)
    sheet.rows[siti][1] += "   "
    sheet.rows[1:] = sheet.rows[:0:-1]
    sheet.rows = [row[::-1] for row in sheet.rows]
    assert "0 perubahan." in text(desk.get(bring(desk, sheet.saved())))
    assert rows(session) == []


def test_changes_are_shown_old_and_new_and_saved_like_an_edit_at_the_desk(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    sheet = fetch(desk)
    sheet.put("SITI AMINAH", "RT", 7)
    sheet.put("SITI AMINAH", "Pekerjaan utama", "Petani padi")
    address = bring(desk, sheet.saved())
    shown = text(desk.get(address))
    assert "Simpan perubahan 1 orang" in shown
    for words in ("<s>001</s>", "<b>007</b>", "<s>Pengojek</s>", "<b>Petani padi</b>"):
        assert words in shown
    assert "Perubahan 1 orang disimpan." in text(save(desk, address))
    siti = worker(session, people["SITI AMINAH"])
    assert (siti.data["rt"], siti.data["occupation_code"]) == ("007", "TANI-PADI")
    history = text(desk.get(f"/workers/{siti.id}"))
    assert "Petani padi" in history
    again = text(desk.get(bring(desk, sheet.saved())))
    assert "0 perubahan." in again
    assert "2 sel sudah sama dengan data." in again


def test_a_stale_copy_never_overwrites_and_a_clash_is_decided(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    stale, first = fetch(desk), fetch(desk)
    first.put("SITI AMINAH", "RT", "005")
    first.put("SITI AMINAH", "Alamat", "Jalan Baru")
    save(desk, bring(desk, first.saved()))
    stale.put("SITI AMINAH", "RT", "009")
    stale.put("SITI AMINAH", "RW", "003")
    address = bring(desk, stale.saved())
    shown = text(desk.get(address))
    assert "1 sel perlu diputuskan." in shown
    assert "Saat diunduh: 001" in shown
    assert "belum diputuskan" in text(save(desk, address))
    assert worker(session, people["SITI AMINAH"]).data["rt"] == "005"
    [row] = [row for row in rows(session) if row.fate is None]
    decided = desk.post(f"{address}/rows/{row.id}", data={"pick.rt": "ours"}, follow_redirects=True)
    assert "Simpan perubahan 1 orang" in text(decided)
    save(desk, address)
    siti = worker(session, people["SITI AMINAH"])
    assert (siti.data["rt"], siti.data["rw"]) == ("009", "003")
    assert siti.data["address_line"] == "Jalan Baru"


def test_a_choice_falls_where_the_register_moved_since(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    stale = fetch(desk)
    save(desk, changed(desk, lambda sheet: sheet.put("SITI AMINAH", "RT", "005")))
    stale.put("SITI AMINAH", "RT", "009")
    address = bring(desk, stale.saved())
    [row] = [row for row in rows(session) if row.fate is None]
    desk.post(f"{address}/rows/{row.id}", data={"pick.rt": "ours"})
    save(desk, changed(desk, lambda sheet: sheet.put("SITI AMINAH", "RT", "006")))
    assert "belum diputuskan" in text(save(desk, address))
    assert worker(session, people["SITI AMINAH"]).data["rt"] == "006"


def test_what_is_left_undecided_may_stay_at_one_press(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    stale = fetch(desk)
    save(desk, changed(desk, lambda sheet: sheet.put("SITI AMINAH", "RT", "005")))
    stale.put("SITI AMINAH", "RT", "009")
    stale.put("JUMADI", "RT", "")
    address = bring(desk, stale.saved())
    assert "2 sel perlu diputuskan." in text(desk.get(address))
    assert "2 orang" in text(desk.post(f"{address}/keep", follow_redirects=True))
    save(desk, address)
    assert worker(session, people["SITI AMINAH"]).data["rt"] == "005"
    assert worker(session, people["JUMADI"]).data["rt"] == "002"


def test_both_sides_changed_alike_is_nothing(session: Session, desk: FlaskClient) -> None:
    stale = fetch(desk)
    save(desk, changed(desk, lambda sheet: sheet.put("SITI AMINAH", "RT", "005")))
    stale.put("SITI AMINAH", "RT", "5")
    assert "0 perubahan." in text(desk.get(bring(desk, stale.saved())))


def test_a_bad_cell_is_refused_with_a_sentence_and_the_others_go_on(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    sheet = fetch(desk)
    sheet.put("SITI AMINAH", "Nomor KPJ", "123")
    sheet.put("SITI AMINAH", "RW", "004")
    address = bring(desk, sheet.saved())
    assert "Nomor KPJ harus 11 angka; yang diketik 3 angka." in text(
        desk.get(f"{address}?tab=refused")
    )
    save(desk, address)
    siti = worker(session, people["SITI AMINAH"])
    assert (siti.data["rw"], siti.data["kpj"]) == ("004", "01234567890")


def test_a_number_typed_into_the_wrong_cell_is_masked(session: Session, desk: FlaskClient) -> None:
    sheet = fetch(desk)
    sheet.put("SITI AMINAH", "Nomor KPJ", "1804044708809003")
    address = bring(desk, sheet.saved())
    shown = text(desk.get(f"{address}?tab=refused"))
    assert "1804044708809003" not in shown + str([row.cells for row in rows(session)])
    assert "18••••••••••9003" in shown


def test_answers_that_contradict_are_refused_together(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    sheet = fetch(desk)
    sheet.put("SITI AMINAH", "Nomor HP", "0812 0000 9999")
    sheet.put("SITI AMINAH", "Tidak punya HP", "Ya")
    address = bring(desk, sheet.saved())
    assert "Bertentangan dengan jawaban lain" in text(desk.get(f"{address}?tab=refused"))
    save(desk, address)
    assert worker(session, people["SITI AMINAH"]).data["phone"] == "+6281200001234"


def test_who_has_no_telephone_any_more_leaves_no_number_behind(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    sheet = fetch(desk)
    sheet.put("SITI AMINAH", "Tidak punya HP", "Ya")
    save(desk, bring(desk, sheet.saved()))
    assert "phone" not in worker(session, people["SITI AMINAH"]).data


CLOSED = ["NIK", "Status", "Pekon/kelurahan", "Petugas", "Dicatat"]


@pytest.mark.parametrize("title", CLOSED)
def test_closed_columns_never_come_back_and_are_named(
    session: Session, desk: FlaskClient, people: dict[str, str], title: str
) -> None:
    before = dict(worker(session, people["SITI AMINAH"]).data)
    sheet = fetch(desk)
    sheet.put("SITI AMINAH", title, "1804044708809003")
    address = bring(desk, sheet.saved())
    shown = text(desk.get(address))
    assert "0 perubahan." in shown
    assert "Tidak dibawa karena kolomnya tertutup" in shown
    save(desk, address)
    assert worker(session, people["SITI AMINAH"]).data == before


def test_a_field_that_the_sender_may_not_set_is_refused(
    session: Session, desk: FlaskClient, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sheet left in other hands, or the role has lost a field since it came."""
    sheet = fetch(desk)
    sheet.put("SITI AMINAH", "Nomor KPJ", "01234567891")
    address = bring(desk, sheet.saved())
    monkeypatch.setattr(
        "outreach.features.spreadsheets.judging.returning_fields", lambda _role: ("rt",)
    )
    assert "tidak diubah oleh peran akun ini" in text(desk.get(f"{address}?tab=refused"))
    save(desk, address)
    assert worker(session, people["SITI AMINAH"]).data["kpj"] == "01234567890"


def spoil_key(sheet: Sheet) -> None:
    row = sheet.rows[sheet.row("SITI AMINAH")]
    row[-1] = row[-1][:40] + ("A" if row[-1][40] != "A" else "B") + row[-1][41:]


def drop_key(sheet: Sheet) -> None:
    sheet.rows[sheet.row("SITI AMINAH")][-1] = ""


def copy_row(sheet: Sheet) -> None:
    sheet.rows.append(list(sheet.rows[sheet.row("SITI AMINAH")]))


def swap_keys(sheet: Sheet) -> None:
    """One column sorted alone."""
    one, other = (sheet.rows[sheet.row(name)] for name in ("SITI AMINAH", "JUMADI"))
    one[-1], other[-1] = other[-1], one[-1]


BROKEN: list[tuple[Callable[[Sheet], None], str]] = [
    (spoil_key, "Kunci baris ini berubah"),
    (drop_key, "Baris ini tidak punya kunci"),
    (copy_row, "Orang ini ada di dua baris"),
    (swap_keys, "milik orang berbeda"),
]


@pytest.mark.parametrize(("spoil", "words"), BROKEN)
def test_a_row_that_nobody_owns_is_a_question_and_never_a_write(
    session: Session,
    desk: FlaskClient,
    people: dict[str, str],
    spoil: Callable[[Sheet], None],
    words: str,
) -> None:
    sheet = fetch(desk)
    sheet.put("SITI AMINAH", "RT", "009")
    spoil(sheet)
    address = bring(desk, sheet.saved())
    assert words in text(desk.get(f"{address}?tab=questions"))
    save(desk, address)
    assert worker(session, people["SITI AMINAH"]).data["rt"] == "001"


def test_a_key_of_another_regency_is_a_question(
    app: Flask, session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    sheet = fetch(desk)
    row = sheet.rows[sheet.row("SITI AMINAH")]
    key = RowKey("e", "18.05", people["SITI AMINAH"], str(row[0]), {"rt": "001"})
    row[-1] = SealBox(str(app.config["SECRET_KEY"])).close_row(key)
    sheet.put("SITI AMINAH", "RT", "009")
    address = bring(desk, sheet.saved())
    assert "dari kabupaten lain" in text(desk.get(f"{address}?tab=questions"))
    save(desk, address)
    assert worker(session, people["SITI AMINAH"]).data["rt"] == "001"


def test_a_worker_of_another_regency_is_not_there_whatever_the_key_says(
    app: Flask, session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    session.query(Worker).filter_by(id=people["JUMADI"]).update(
        {"regency": "18.05", "region_code": ELSEWHERE}
    )
    session.commit()
    sheet = fetch(desk)
    row = sheet.rows[sheet.row("SITI AMINAH")]
    key = RowKey("e", "18.04", people["JUMADI"], str(row[0]), {"rt": "002"})
    row[-1] = SealBox(str(app.config["SECRET_KEY"])).close_row(key)
    address = bring(desk, sheet.saved())
    shown = text(desk.get(f"{address}?tab=questions"))
    assert "Orang ini tidak ada lagi di data." in shown
    assert "JUMADI" not in shown


@pytest.mark.parametrize(
    ("columns", "question"),
    [({"deleted_at": "now"}, "tidak ada lagi"), ({"status": "usulan"}, "baru usulan")],
)
def test_who_is_gone_or_was_never_met_is_a_question(
    session: Session,
    desk: FlaskClient,
    people: dict[str, str],
    columns: dict[str, object],
    question: str,
) -> None:
    sheet = fetch(desk)
    sheet.put("JUMADI", "RT", "009")
    jumadi = worker(session, people["JUMADI"])
    for name, value in columns.items():
        setattr(jumadi, name, jumadi.created_at if value == "now" else value)
    session.commit()
    address = bring(desk, sheet.saved())
    assert question in text(desk.get(f"{address}?tab=questions"))
    save(desk, address)
    assert worker(session, people["JUMADI"]).data["rt"] == "002"


def without_code(sheet: Sheet) -> bytes:
    sheet.rows = [row[1:] for row in sheet.rows]
    return sheet.saved()


def without_keys(sheet: Sheet) -> bytes:
    sheet.rows = [row[:-1] for row in sheet.rows]
    return sheet.saved()


def without_hidden(sheet: Sheet) -> bytes:
    return sheet.saved(hidden=False)


def as_csv(sheet: Sheet) -> bytes:
    return "\n".join(";".join(map(str, row)) for row in sheet.rows).encode()


def forged(sheet: Sheet) -> bytes:
    sheet.behind[-1][1] = sheet.behind[-1][1][:-8] + "AAAAAAA="
    return sheet.saved()


def bomb(_sheet: Sheet) -> bytes:
    """More parts than any workbook has."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(4_001):
            archive.writestr(str(number), "")
    return file.getvalue()


def never_computed(sheet: Sheet) -> bytes:
    sheet.put("SITI AMINAH", "RT", "<f>1+1</f>")
    return sheet.saved()


FILES: list[tuple[Callable[[Sheet], bytes], str]] = [
    (without_code, "Kolom Kode hilang"),
    (without_keys, "Kolom kunci yang tersembunyi hilang"),
    (without_hidden, "bukan lembar yang diunduh untuk diubah"),
    (as_csv, "disimpan sebagai CSV"),
    (forged, "Tanda asal berkas ini berubah"),
    (bomb, "terlalu besar setelah dibuka"),
    (never_computed, "rumus yang belum dihitung"),
    (lambda _sheet: b"%PDF-1.4", "PDF"),
    (lambda _sheet: b"", "kosong"),
]


@pytest.mark.parametrize(("spoil", "words"), FILES)
def test_a_file_that_cannot_come_home_says_why_and_how(
    session: Session, desk: FlaskClient, spoil: Callable[[Sheet], bytes], words: str
) -> None:
    answer = send(desk, spoil(fetch(desk)))
    assert answer.status_code == 422
    assert words in text(answer)
    assert session.query(SpreadsheetReturn).count() == 0


def test_a_file_of_too_many_rows_is_not_read(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_PEOPLE", 1)
    answer = send(desk, fetch(desk).saved())
    assert answer.status_code == 422
    assert "Bagi menjadi beberapa berkas" in text(answer)


def test_a_sheet_of_another_regency_is_not_read(
    app: Flask, session: Session, desk: FlaskClient
) -> None:
    sheet = fetch(desk)
    box = SealBox(str(app.config["SECRET_KEY"]))
    head = box.open_head(sheet.behind[-1][1])
    assert head is not None
    told = {**{name: getattr(head, name) for name in head.__slots__}, "regency": "18.05"}
    sheet.behind[-1][1] = box.close_head(type(head)(**told))
    answer = send(desk, sheet.saved())
    assert answer.status_code == 422
    assert "dari kabupaten lain" in text(answer)


def test_a_formula_that_was_computed_passes_the_same_gate(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    sheet = fetch(desk)
    sheet.put("SITI AMINAH", "RT", "<f>4+4</f><v>8</v>")
    sheet.put("JUMADI", "Nama lengkap", "<f>1/0</f><v>#DIV/0!</v>")
    save(desk, bring(desk, sheet.saved()))
    assert worker(session, people["SITI AMINAH"]).data["rt"] == "008"
    assert worker(session, people["JUMADI"]).full_name == "JUMADI"


def test_strange_and_missing_columns_are_told_and_rows_may_be_gone(
    session: Session, desk: FlaskClient
) -> None:
    sheet = fetch(desk)
    rw = sheet.column("RW")
    sheet.rows = [[*row[:rw], *row[rw + 1 :]] for row in sheet.rows]
    sheet.rows = [["Catatan saya", *sheet.rows[0]], ["halo", *sheet.rows[1]]]
    shown = text(desk.get(bring(desk, sheet.saved())))
    assert "judulnya tidak dikenal: Catatan saya." in shown
    assert "tidak ada atau ganda di berkas, jadi tidak berubah: RW." in shown
    assert "1 orang tidak ada di berkas" in shown
    assert "0 perubahan." in shown


def test_no_title_says_a_column_of_its_own_twice(desk: FlaskClient, session: Session) -> None:
    sheet = fetch(desk)
    sheet.rows = [[*row, "RT" if n == 0 else "009"] for n, row in enumerate(sheet.rows)]
    assert "ganda di berkas, jadi tidak berubah: RT." in text(desk.get(bring(desk, sheet.saved())))


def test_a_return_that_is_given_up_keeps_nothing(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    address = changed(desk, lambda sheet: sheet.put("SITI AMINAH", "RT", "009"))
    assert rows(session)
    desk.post(f"{address}/cancel")
    assert rows(session) == []
    assert "sudah disimpan atau dibatalkan" in text(save(desk, address))
    assert worker(session, people["SITI AMINAH"]).data["rt"] == "001"


def test_a_file_without_a_file_says_so(desk: FlaskClient) -> None:
    answer = desk.post("/spreadsheets/")
    assert answer.status_code == 422
    assert "Belum ada berkas yang dipilih." in text(answer)


def test_what_an_erased_person_changed_goes(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    sheet = fetch(desk)
    for name in ("SITI AMINAH", "JUMADI"):
        sheet.put(name, "RT", "009")
    bring(desk, sheet.saved())
    queries.drop_people(session, "18.04", {people["JUMADI"]})
    session.commit()
    assert [row.worker_id for row in rows(session)] == [people["SITI AMINAH"]]


def test_the_hidden_sheet_may_stand_first_and_the_table_lower(desk: FlaskClient) -> None:
    sheet = fetch(desk)
    parts = {BEHIND: sheet_xml(sheet.behind), "Lembar1": sheet_xml([[], ["Daftar"], *sheet.rows])}
    assert "0 perubahan." in text(desk.get(bring(desk, xlsx(parts, [BEHIND]))))
