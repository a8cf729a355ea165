"""An XLSX of one sheet of text, written straight onto the wire.

Half a million cells of the usual library are half a million calls. Here a piece of rows becomes
XML in one go, and the archive is packed while it leaves: nothing waits on a disk. Every cell is
an inline string: no formula, no number a spreadsheet could round, whatever stands in it.
(Office Open XML, ECMA-376 part 1: sheets 18.3, styles 18.8; packages part 2.)
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Rows = list[tuple[str, ...]]
MOST_ROWS = 1_048_576
# What XML 1.0 forbids and no name needs.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPECIAL = re.compile("[&<>]")
TEXT, BOLD = 1, 2
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{MIME}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{MIME}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{MIME}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>'
        '<sheet name="SHEET_NAME" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATED}/styles" Target="styles.xml"/></Relationships>'
    ),
    # Formats in the order of their numbers: general, text (49 is "@"), text in bold.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{MAIN}">'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '</cellStyleXfs><cellXfs count="3">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
        'applyFont="1"/></cellXfs></styleSheet>'
    ),
}


class Wire(io.RawIOBase):
    """Takes what the archive writes and hands it on; it cannot go back."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        """True: the archive asks."""
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Keep the bytes until ``taken``."""
        piece = bytes(data)
        self.pieces.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        """The bytes written since the last time."""
        taken = b"".join(self.pieces)
        self.pieces.clear()
        return taken


def workbook(titles: Rows, pieces: Iterable[Rows], sheet_name: str = "pekerja") -> Iterator[bytes]:
    """The file in pieces: ``titles`` in bold and frozen, then the rows, all as wide as those."""
    wire = Wire()
    with zipfile.ZipFile(wire, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, HEAD + text.replace("SHEET_NAME", sheet_name))
        width = len(titles[0])
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write((opening(width, len(titles)) + rows_xml(titles, 1, BOLD)).encode())
            number = len(titles) + 1
            yield wire.taken()
            for rows in pieces:
                sheet.write(rows_xml(rows, number, TEXT).encode())
                number += len(rows)
                yield wire.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield wire.taken()


def opening(width: int, frozen: int) -> str:
    """The beginning of the sheet: frozen titles, columns wide enough for names."""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" '
        'state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{width}" width="18" style="{TEXT}" customWidth="1"/></cols>'
        "<sheetData>"
    )


def rows_xml(rows: Rows, first: int, style: int) -> str:
    """The rows as XML, numbered from ``first``; one template is filled for each."""
    if not rows:
        return ""
    cells = "".join(
        f'<c r="{letters(index)}%s" s="{style}" t="inlineStr"><is><t xml:space="preserve">%s</t>'
        "</is></c>"
        for index in range(len(rows[0]))
    )
    template = f'<row r="%s">{cells}</row>'
    columns = [safe(column) for column in zip(*rows, strict=True)]
    numbers = [str(number) for number in range(first, first + len(rows))]
    woven = [numbers]
    for column in columns:
        woven += [numbers, column]
    return "".join([template % row for row in zip(*woven, strict=True)])


def safe(column: tuple[str, ...]) -> list[str]:
    """The cells as XML may hold them; most columns need only be looked at."""
    whole = "".join(column)
    cells = list(column)
    if FORBIDDEN.search(whole):
        cells = [FORBIDDEN.sub("", cell) for cell in cells]
    if SPECIAL.search(whole):
        cells = [
            cell.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for cell in cells
        ]
    return cells


def letters(index: int) -> str:
    """A, B, … Z, AA: the name of a column."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
