"""Files as they come: each is read rightly, or ends in one code that has a sentence."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from datetime import date
from pathlib import Path

import psutil
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from outreach.core.workbooks import books, workbook_child
from outreach.core.workbooks.books import BadBook, Book, open_book
from tests.support import workbooks

XLS = Path(__file__).parents[2] / "fixtures" / "workbook_1997.xls"
NIK = "1804040708809001"
ROWS = [["NIK", "Nama", "Pekon"], [NIK, "Contoh Satu", "Kotabesi"], ["", "Contoh Dua", "Suoh"]]


def refusal(content: bytes, name: str = "daftar.xlsx", password: str | None = None) -> str:
    with pytest.raises(BadBook) as caught:
        open_book(content, name, password)
    return caught.value.code


def rows_of(content: bytes, name: str = "daftar.xlsx") -> list[list[books.Cell]]:
    return open_book(content, name).sheets[0].rows


def lines(separator: str = ";") -> str:
    return "\r\n".join(separator.join(row) for row in ROWS) + "\r\n"


def locked(rows: list[list[str]], password: str) -> bytes:
    """A locked workbook; the library that locks it needs more than a few hundred bytes."""
    file = io.BytesIO()
    padding = workbooks.sheet_xml([[hashlib.sha256(bytes([n])).hexdigest()] for n in range(255)])
    content = workbooks.xlsx({"Data": workbooks.sheet_xml(rows), "Lain": padding})
    OOXMLFile(io.BytesIO(content)).encrypt(password, file)
    return file.getvalue()


def test_workbook_gives_sheets_in_order_and_tells_the_hidden() -> None:
    content = workbooks.xlsx(
        {"Sandi": workbooks.sheet_xml([["x"]]), "Data": workbooks.sheet_xml(ROWS)}, ["Sandi"]
    )
    book = open_book(content, "daftar.xlsx")
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [
        ("Sandi", True),
        ("Data", False),
    ]
    assert (book.kind, book.sheets[1].rows, book.sheets[1].width) == ("xlsx", ROWS, 3)


def test_number_stays_a_number_and_a_day_a_day() -> None:
    content = workbooks.table([[1804040708809001, 29440, date(1980, 8, 7), 1.5, None, "x"]])
    assert rows_of(content) == [[1804040708809001.0, 29440.0, date(1980, 8, 7), 1.5, "", "x"]]


def test_rows_keep_the_number_that_the_spreadsheet_shows() -> None:
    assert rows_of(workbooks.table([[], [], ["", "Nama"], [], ["", "Contoh"]])) == [
        [],
        [],
        ["", "Nama"],
        [],
        ["", "Contoh"],
    ]


def test_workbook_of_1997_is_read() -> None:
    book = open_book(XLS.read_bytes(), "lama.xls")
    assert (book.kind, [sheet.hidden for sheet in book.sheets]) == ("xls", [False, True])
    assert book.sheets[0].rows[1:] == [
        [NIK, "Contoh Satu", date(1980, 8, 7)],
        [1804040708809002.0, "Contoh Dua", 29440.0],
    ]


def test_open_document_is_read() -> None:
    assert open_book(workbooks.ods(ROWS), "daftar.ods").sheets[0].rows == ROWS


def test_content_decides_and_the_name_does_not() -> None:
    assert rows_of(workbooks.table(ROWS), "daftar.csv") == ROWS
    assert rows_of(lines().encode(), "daftar.xlsx") == ROWS
    assert rows_of(XLS.read_bytes(), "daftar.xlsx")[0][0] == "NIK"


def test_days_from_1904_are_told() -> None:
    content = workbooks.xlsx({"Data": workbooks.sheet_xml(ROWS)}, days_1904=True)
    assert open_book(content, "mac.xlsx").days_1904
    assert not open_book(workbooks.table(ROWS), "win.xlsx").days_1904


def test_merged_header_stands_in_each_of_its_columns() -> None:
    rows = [["Nama", "Alamat", ""], ["", "Pekon", "RT"], ["Contoh", "Kotabesi", "1"]]
    assert rows_of(workbooks.table(rows, ["A1:A2", "B1:C1"])) == [
        ["Nama", "Alamat", "Alamat"],
        ["Nama", "Pekon", "RT"],
        ["Contoh", "Kotabesi", "1"],
    ]


def test_merged_village_stands_in_each_of_its_rows_but_not_to_the_right() -> None:
    rows = [[f"Contoh {n}", "Kotabesi" if n == 40 else "", ""] for n in range(60)]
    read = rows_of(workbooks.table(rows, ["B41:C60"]))
    assert [row[1:] for row in read[40:]] == [["Kotabesi"]] * 20
    assert read[39] == ["Contoh 39"]


def test_million_formatted_blank_rows_are_no_rows() -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(4, 1_000_000))
    content = workbooks.xlsx({"Data": workbooks.sheet_xml(ROWS, tail=blank)})
    assert rows_of(content) == ROWS


def test_formula_gives_its_computed_value() -> None:
    assert rows_of(workbooks.table([["Umur"], ["<f>1+1</f><v>2</v>"]])) == [["Umur"], [2.0]]


@pytest.mark.parametrize("rest", ["", "<v></v>", "<v/>"])
def test_formula_that_nobody_computed_is_refused(rest: str) -> None:
    content = workbooks.table([["Nama"], [f"<f>A1</f>{rest}"]])
    assert refusal(content) == "formulas_not_computed"


def test_far_cell_is_refused_and_the_app_lives() -> None:
    tail = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    content = workbooks.xlsx({"Data": workbooks.sheet_xml(ROWS, tail=tail)})
    assert refusal(content) == "too_much"


def test_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = workbooks.zipped(
        {"xl/workbook.xml": "x", "xl/worksheets/sheet1.xml": b" " * 600_000_000}
    )
    began = time.monotonic()
    assert refusal(bomb) == "too_much"
    assert time.monotonic() - began < 3


def test_bomb_that_lies_about_its_size_ends_in_the_limits() -> None:
    size = 900_000_000
    start = b'<?xml version="1.0"?><worksheet><sheetData><row><c t="inlineStr"><is><t>'
    honest = workbooks.xlsx({"Data": (start + b"x" * size).decode()})
    told = size + len(start)
    lie = honest.replace(told.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lie != honest
    assert refusal(lie) in ("too_much", "broken")


def test_open_document_that_repeats_without_end_is_refused() -> None:
    content = workbooks.ods([["x"]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["content.xml"] = (
        parts["content.xml"]
        .replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1048576">')
        .replace(b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="16384" ')
    )
    assert refusal(workbooks.zipped(dict(parts))) in ("too_much", "broken")


def test_too_many_rows_and_columns_are_named_with_their_limit() -> None:
    wide = workbooks.table([["x"] * (workbook_child.MOST_COLUMNS + 1)])
    assert refusal(wide) == "too_many_columns"
    long = "Nama;Pekon\n" + "a;b\n" * workbook_child.MOST_ROWS
    assert refusal(long.encode()) == "too_many_rows_text"
    assert refusal(";".join("x" * 257).encode()) == "too_many_columns_text"


def test_too_many_bytes_are_refused() -> None:
    assert refusal(b"a;b\n" * (books.MOST_BYTES // 4 + 1)) == "too_many_bytes"


def test_password_is_asked_for_and_opens() -> None:
    content = locked(ROWS, "kopi")
    assert refusal(content) == "password_needed"
    assert refusal(content, password="teh") == "password_wrong"
    assert open_book(content, "daftar.xlsx", "kopi").sheets[0].rows == ROWS


def test_locked_open_document_is_told_apart() -> None:
    assert refusal(workbooks.ods(ROWS, locked=True)) == "password_unknown_kind"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\r\n \x00", "empty"),
        (b"%PDF-1.7 ...", "is_pdf"),
        (b"\xff\xd8\xff\xe0JFIF", "is_picture"),
        (b"\x89PNG\r\n", "is_picture"),
        (b"Rar!\x1a\x07", "is_archive"),
        (b"\x1f\x8b\x08", "is_archive"),
        (b"<html><table><tr><td>NIK", "is_web_page"),
        (
            b'\xef\xbb\xbf<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>',
            "is_web_page",
        ),
        (b'{"nik": 1}', "is_other"),
        (bytes(range(256)) * 20, "is_other"),
        (b"PK\x03\x04 torn", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 torn", "broken"),
        (workbooks.zipped({"foto.jpg": "x"}), "is_archive"),
        (workbooks.zipped({"word/document.xml": "x"}), "is_document"),
        (workbooks.table([]), "no_rows"),
        (b";;;\r\n;;\r\n", "no_rows"),
        (workbooks.table(ROWS)[:-200], "broken"),
    ],
)
def test_what_is_no_table_ends_in_one_code(content: bytes, code: str) -> None:
    assert refusal(content, "daftar.xls") == code


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_separated_text_is_read_in_each_alphabet(separator: str, code: str) -> None:
    text = lines(separator).replace("Contoh Satu", "Nuraéni Jafar’")
    rows = rows_of(text.encode(code), "daftar.csv")
    assert rows == [ROWS[0], [NIK, "Nuraéni Jafar’", "Kotabesi"], ROWS[2]]


def test_stray_nulls_are_dropped() -> None:
    assert rows_of(lines().replace("Satu", "Sa\x00tu").encode(), "daftar.csv") == ROWS


def test_separator_that_excel_names_is_taken() -> None:
    assert rows_of(b"sep=|\r\n" + lines("|").encode(), "daftar.csv") == ROWS


def test_comma_in_names_does_not_pass_for_the_separator() -> None:
    text = "Nama;Pekon\nContoh, S.Pd;Suoh\nLain, H., S.Ag;Suoh\n"
    assert rows_of(text.encode(), "daftar.csv")[1] == ["Contoh, S.Pd", "Suoh"]


def test_quoted_separators_and_line_breaks_stay_in_their_cell() -> None:
    text = 'Nama,Alamat\n"Contoh, S.Pd","Jalan Satu\nNomor 2"\n'
    assert rows_of(text.encode(), "daftar.csv")[1] == ["Contoh, S.Pd", "Jalan Satu\nNomor 2"]


def test_open_quote_swallows_no_row() -> None:
    text = 'Nama;Alamat\n"Contoh Satu;Suoh\n' + "Contoh Dua;Suoh\n" * 5
    rows = rows_of(text.encode(), "daftar.csv")
    assert [row[0] for row in rows] == ["Nama", "Contoh Satu", *["Contoh Dua"] * 5]


def test_letters_behind_a_closed_quote_spoil_no_other_row() -> None:
    text = 'Nama;Alamat\n"Contoh" Satu;Suoh\n"Lain; Dua";Suoh\n'
    assert rows_of(text.encode(), "daftar.csv")[1:] == [
        ["Contoh Satu", "Suoh"],
        ["Lain; Dua", "Suoh"],
    ]


def test_password_stays_in_no_book() -> None:
    book = open_book(locked(ROWS, "kopi"), "daftar.xlsx", "kopi")
    assert isinstance(book, Book)
    assert "kopi" not in repr(book)


class Stopped(Exception):
    """Somebody wants the reading to end."""


def slow_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading that takes half a minute."""
    child = tmp_path / "slow.py"
    child.write_text("import sys, time\nsys.stdin.buffer.read()\ntime.sleep(30)\n")
    monkeypatch.setattr(books, "CHILD", child)


def test_a_long_reading_says_that_it_lives_until_its_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_child(tmp_path, monkeypatch)
    monkeypatch.setattr(books, "MOST_SECONDS", 2)
    signs: list[int] = []
    with pytest.raises(BadBook) as bad:
        open_book(workbooks.table([["Nama"], ["Uji"]]), "lama.xlsx", alive=lambda: signs.append(1))
    assert (bad.value.code, signs) == ("too_much", [1, 1])


def test_a_long_reading_ends_when_it_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_child(tmp_path, monkeypatch)

    def stop() -> None:
        raise Stopped

    before, began = set(psutil.Process().children()), time.monotonic()
    with pytest.raises(Stopped):
        open_book(workbooks.table([["Nama"], ["Uji"]]), "lama.xlsx", alive=stop)
    assert set(psutil.Process().children()) <= before
    assert time.monotonic() - began < 20


def test_a_child_that_begins_slowly_gets_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a pipe holds, and not read in the first second: a busy machine."""
    slow = tmp_path / "slow.py"
    real = str(books.CHILD)
    slow.write_text(
        f"import runpy, time\ntime.sleep(1.5)\nrunpy.run_path({real!r}, run_name='__main__')"
    )
    monkeypatch.setattr(books, "CHILD", slow)
    monkeypatch.setattr(books, "MOST_SECONDS", 30)
    rows = [[hashlib.sha256(f"{n} {m}".encode()).hexdigest() for m in range(6)] for n in range(999)]
    content = workbooks.table(rows)
    assert len(content) > 3 * 65_536
    beats: list[int] = []
    book = open_book(content, "besar.xlsx", alive=lambda: beats.append(1))
    assert book.sheets[0].rows == rows
    assert beats
