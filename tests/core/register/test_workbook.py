"""The XLSX writer: any text comes back as it was, as text, in its cell."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from outreach.core.register.workbook import Look, Rows, letters, workbook

TITLES = [("nama", "nik"), ("Nama", "NIK")]


def read(data: bytes) -> list[list[object]]:
    return list(CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python())


def written(*pieces: Rows) -> bytes:
    return b"".join(workbook(TITLES, iter(pieces)))


def test_text_stays_text_whatever_it_holds() -> None:
    rows = [
        ("=1+1", "1804044708809001"),
        ('<b> & "SITI"', "  ruang  "),
        ("á ñ 漢 😀", "0012"),
        ("a\nb", "TRUE"),
    ]
    assert read(written(rows[:1], rows[1:]))[2:] == [list(row) for row in rows]


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert read(written([("SI\x00TI\x1b", "x\ufffe")]))[2] == ["SITI", "x"]


def test_no_rows_are_a_sheet_with_titles() -> None:
    assert read(written()) == [["nama", "nik"], ["Nama", "NIK"]]
    assert read(written([])) == [["nama", "nik"], ["Nama", "NIK"]]


def test_every_part_is_sound_xml_and_the_archive_is_whole() -> None:
    data = written([("a", "b")] * 3)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<row r="5"><c r="A5" s="1" t="inlineStr">' in sheet
    assert 'ySplit="2" topLeftCell="A3"' in sheet


def test_rows_leave_before_the_last_is_known() -> None:
    asked: list[int] = []

    def pieces() -> object:
        for number in range(3):
            asked.append(number)
            yield [("x" * 40_000, str(number))]

    chunks = workbook(TITLES, pieces())  # type: ignore[arg-type]
    assert next(chunks)[:2] == b"PK"
    assert asked == []
    next(chunks)
    assert asked == [0]


def test_columns_have_their_letters() -> None:
    assert [letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_a_sheet_that_shall_come_home_has_a_hidden_column_and_a_hidden_sheet() -> None:
    look = Look(frozenset({1}), frozenset({0}), [("versi", "<1>")], "_asal")
    data = b"".join(workbook([("kunci", "nama")], [[("k1", "SITI")]], look=look))
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert [meta.visible for meta in book.sheets_metadata] == [
        SheetVisibleEnum.Visible,
        SheetVisibleEnum.Hidden,
    ]
    assert book.get_sheet_by_name("_asal").to_python() == [["versi", "<1>"]]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<col min="1" max="1" width="18" style="1" customWidth="1" hidden="1"/>' in sheet
    for cell in ('<c r="A2" s="1"', '<c r="B2" s="3"', '<c r="B1" s="4"'):
        assert cell in sheet
