"""Headers and columns: found where lists put them, named as lists name them."""

from __future__ import annotations

from datetime import date

import pytest

from outreach.core.workbooks.books import Row
from outreach.features.intake.lines import COLUMNS
from outreach.features.intake.reading import columns
from outreach.features.intake.reading.ready_mappings import READY

PERSON: Row = ["1", "1804040708809001", "Contoh", "Kotabesi", "1", "2"]


def indexes(rows: list[Row], header_row: int) -> dict[str, int]:
    guesses = columns.guess_columns(rows, header_row)
    return {column: guess.at for column, guess in guesses.items()}


def test_header_below_a_title_is_found() -> None:
    rows: list[Row] = [
        ["DAFTAR PEKERJA RENTAN", "DAFTAR PEKERJA RENTAN"],
        [],
        ["No", "NIK", "Nama", "Pekon", "RT", "RW"],
        PERSON,
    ]
    assert columns.guess_header_row(rows) == 3
    assert indexes(rows, 3) == {"nik": 1, "full_name": 2, "village": 3, "rt": 4, "rw": 5}


def test_two_header_rows_make_one_header() -> None:
    rows: list[Row] = [
        ["No", "NIK", "Nama", "Alamat", "Alamat", "Alamat"],
        ["No", "NIK", "Nama", "Pekon", "RT", "RW"],
        PERSON,
    ]
    assert columns.guess_header_row(rows) == 2
    assert columns.headers_at(rows, 2)[1:4] == ["NIK", "Nama", "Alamat › Pekon"]
    assert indexes(rows, 2) == {"nik": 1, "full_name": 2, "village": 3, "rt": 4, "rw": 5}


def test_file_without_a_header_has_none_and_its_values_speak() -> None:
    rows: list[Row] = [[f"180404{n:02d}08809{n:03d}", "L", date(1980, 8, n)] for n in range(1, 9)]
    assert columns.guess_header_row(rows) == 0
    assert indexes(rows, 0) == {"nik": 0, "sex": 1, "birth_date": 2}
    assert columns.guess_columns(rows, 0)["nik"].why == "values"


@pytest.mark.parametrize(
    "header",
    ["Nama Ibu", "NIK Ayah", "No KK", "Nama Ahli Waris", "Nama Kepala Keluarga", "Nama Petugas"],
)
def test_columns_about_others_are_never_guessed(header: str) -> None:
    rows: list[Row] = [[header, "Pekon"], ["1804040708809001", "a"], ["1804040708809002", "b"]]
    assert indexes(rows, 1) == {"village": 1}


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("NOMOR INDUK KEPENDUDUKAN (NIK)", "nik"),
        ("Nama Lengkap (sesuai KTP)", "full_name"),
        ("Tempat, Tgl. Lahir", "birth_date"),
        ("L/P", "sex"),
        ("Desa/Kelurahan", "village"),
        ("Nama Pekon", "village"),
        ("No. HP / WA", "phone"),
        ("data_diri/nama_lengkap", "full_name"),
        ("Masa Berlaku", "member_until"),
        ("Ket.", "note"),
    ],
)
def test_words_of_a_header_say_its_column(header: str, column: str) -> None:
    assert indexes([[header, "x"], ["a", "b"]], 1) == {column: 0}


def test_each_column_is_ours_once() -> None:
    rows: list[Row] = [["Nama", "Nama Lengkap", "Alamat", "Alamat KTP"], ["a", "b", "c", "d"]]
    assert indexes(rows, 1) == {"full_name": 0, "address_line": 2}


def test_ready_mapping_leaves_the_columns_that_only_look_like_ours() -> None:
    ready = READY[0]
    header: Row = [*sorted(ready.marks), "nama", "sex", "nama ibu", "alamat", "alamat sekarang"]
    guesses = columns.guess_columns([header, ["x"] * len(header)], 1)
    assert columns.ready_mapping([str(each) for each in header]) == "OpenSID"
    assert {header[guess.at] for guess in guesses.values()} >= {"pekerjaan id", "dusun", "nama"}
    assert guesses["occupation"].why == "ready"
    assert set(ready.columns) <= set(COLUMNS)


def test_learned_columns_go_before_every_guess() -> None:
    rows: list[Row] = [["NIK", "Panggilan", "Nama"], PERSON]
    guesses = columns.guess_columns(rows, 1, {"full_name": 1, "nik": 0, "village": 9})
    assert {name: guess.at for name, guess in guesses.items()} == {"full_name": 1, "nik": 0}


def test_fingerprint_knows_a_header_in_any_order_and_no_other() -> None:
    one = columns.fingerprint(["NIK", "Nama ", ""])
    assert one == columns.fingerprint(["nama", "NIK"])
    assert one != columns.fingerprint(["NIK", "Nama", "Pekon"])


def test_samples_are_different_values_below_the_header() -> None:
    rows: list[Row] = [["Pekon"], ["a"], [""], ["a"], ["b"], ["c"], ["d"]]
    assert columns.samples(rows, 1, 0) == ["a", "b", "c"]
