"""A process of its own that turns a workbook into JSON. Run by ``books``; imports nothing of ours.

Standard input: one line of JSON with the password or null, then the file. Standard output: kind,
days_1904 and sheets, or error and params. A number stays a number, a day is {"d": ISO}, a blank is
the empty text. Limits of memory and time end the process, never the app.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable
from datetime import date, datetime

import orjson
from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

Cell = str | float | dict[str, str]
Row = list[Cell]
Range = tuple[tuple[int, int], tuple[int, int]]
Answer = dict[str, object]

MEMORY = 1024 * 1024 * 1024
SECONDS = 45
MOST_UNPACKED = 500 * 1024 * 1024
MOST_ENTRIES = 4000
MOST_ROWS = 100_000
MOST_COLUMNS = 256
# Where a merged cell may be part of a header, and is copied to the right as well as down.
HEADER_ROWS = 30
MOST_MERGED = 200_000

# A formula that no program has computed yet: no value, or an empty one that is no text.
FORMULA = re.compile(rb"<c ([^>]*)><f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")


class Refused(Exception):
    """The error code and the words for its sentence."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def main() -> None:
    """Read standard input, write the answer; a memory that runs out ends with exit code 137."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    head, content = sys.stdin.buffer.read().split(b"\n", 1)
    answer: Answer
    try:
        answer = read_workbook(content, json.loads(head)["password"])
    except Refused as refused:
        answer = {"error": refused.code, "params": refused.params}
    except PasswordError:
        answer = {"error": "password_unknown_kind"}
    except MemoryError:
        answer = {"error": "too_much"}
    sys.stdout.buffer.write(orjson.dumps(answer))


def read_workbook(content: bytes, password: str | None) -> Answer:
    """The answer. Raises Refused, and whatever the parser raises for a broken file."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        content = _unlocked(content, password)
    is_zip = content.startswith(b"PK")
    kind, days_1904 = _look_into_zip(content) if is_zip else ("xls", False)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = [
        {
            "name": meta.name,
            "hidden": meta.visible != SheetVisibleEnum.Visible,
            "rows": _rows(book.get_sheet_by_name(meta.name)),
        }
        for meta in book.sheets_metadata
        if meta.typ == SheetTypeEnum.WorkSheet
    ]
    return {"kind": kind, "days_1904": days_1904, "sheets": sheets}


def _unlocked(content: bytes, password: str | None) -> bytes:
    """The workbook of an OLE file: itself, or what its password opens."""
    import msoffcrypto
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        if ole.exists("WordDocument") or ole.exists("PowerPoint Document"):
            raise Refused("is_document")
        known = ("EncryptedPackage", "Workbook", "Book")
        if not any(ole.exists(name) for name in known):
            raise Refused("is_other")
    office = msoffcrypto.OfficeFile(io.BytesIO(content))
    if not office.is_encrypted():
        return content
    if not password:
        raise Refused("password_needed")
    opened = io.BytesIO()
    try:
        office.load_key(password=password)
        office.decrypt(opened)
    except Exception as error:
        raise Refused("password_wrong") from error
    return opened.getvalue()


def _look_into_zip(content: bytes) -> tuple[str, bool]:
    """Kind, and whether days count from 1904. Raises Refused before anything large is unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise Refused("broken") from error
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > MOST_UNPACKED:
        raise Refused("too_much")
    names = {entry.filename for entry in entries}
    if "content.xml" in names and "mimetype" in names:
        return _look_into_ods(archive, names), False
    if "xl/workbook.bin" in names:
        return "xlsb", False
    if "xl/workbook.xml" not in names:
        raise Refused("is_document" if "word/document.xml" in names else "is_archive")
    for name in sorted(names):
        if name.startswith("xl/worksheets/"):
            _refuse_uncomputed(archive, name)
    flag = re.compile(rb"date1904=[\"'](?:1|true)[\"']")
    return "xlsx", bool(flag.search(archive.read("xl/workbook.xml")))


def _look_into_ods(archive: zipfile.ZipFile, names: set[str]) -> str:
    if b"spreadsheet" not in archive.read("mimetype"):
        raise Refused("is_document")
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in archive.read(manifest):
        raise Refused("password_unknown_kind")
    return "ods"


def _refuse_uncomputed(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse formulas without a value: their cells would come as blanks, and nobody would know."""
    rest = b""
    with archive.open(name) as sheet:
        while block := sheet.read(1 << 20):
            block = rest + block
            if any(b't="str"' not in match[1] for match in FORMULA.finditer(block)):
                raise Refused("formulas_not_computed")
            rest = block[-2000:]


def _rows(sheet: CalamineSheet) -> list[Row]:
    """The rows as JSON can hold them, blank ends cut. Raises Refused for more than we read."""
    rows = [_row(row) for row in sheet.to_python(skip_empty_area=False)]
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) > MOST_ROWS:
        raise Refused("too_many_rows", sheet=sheet.name, most=str(MOST_ROWS))
    if max(map(len, rows), default=0) > MOST_COLUMNS:
        raise Refused("too_many_columns", sheet=sheet.name, most=str(MOST_COLUMNS))
    _fill_merged(rows, sheet.merged_cell_ranges or [])
    return rows


def _row(cells: Iterable[object]) -> Row:
    row = [_cell(cell) for cell in cells]
    while row and row[-1] == "":
        row.pop()
    return row


def _cell(cell: object) -> Cell:
    if isinstance(cell, str):
        return cell.strip().replace("\x00", "")
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, (int, float)):
        return float(cell)
    if isinstance(cell, datetime):
        return {"d": cell.date().isoformat()}
    return {"d": cell.isoformat()} if isinstance(cell, date) else str(cell)


def _fill_merged(rows: list[Row], ranges: list[Range]) -> None:
    """Write a merged cell's value down its rows; among the first rows to the right as well."""
    left = MOST_MERGED
    for (top, first), (bottom, last) in ranges:
        if top >= len(rows) or first >= len(rows[top]):
            continue
        right = last if bottom < HEADER_ROWS else first
        bottom = min(bottom, len(rows) - 1)
        left -= (bottom - top + 1) * (right - first + 1)
        if left < 0:
            return
        for row in rows[top : bottom + 1]:
            row.extend([""] * (right + 1 - len(row)))
            row[first : right + 1] = [rows[top][first]] * (right + 1 - first)


if __name__ == "__main__":
    main()
