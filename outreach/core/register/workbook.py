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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Rows = list[tuple[str, ...]]
MOST_ROWS = 1_048_576
# What XML 1.0 forbids and no name needs.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPECIAL = re.compile("[&<>]")
HIDDEN = ' hidden="1"'
TEXT, BOLD, OPEN, OPEN_BOLD = 1, 2, 3, 4
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
    # Formats in the order of their numbers: general, text (49 is "@"), text in bold, and the last
    # two on the ground of columns that may be changed.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{MAIN}">'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFFFF4CC"/></patternFill></fill>'
        "</fills>"
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '</cellStyleXfs><cellXfs count="5">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
        'applyFont="1"/>'
        '<xf numFmtId="49" fontId="0" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" '
        'applyFill="1"/>'
        '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" '
        'applyFont="1" applyFill="1"/></cellXfs></styleSheet>'
    ),
}
# What the parts say of a second sheet, which nobody sees, where there is one.
SECOND = {
    "[Content_Types].xml": (
        "</Types>",
        f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{MIME}.worksheet+xml"/>',
    ),
    "xl/workbook.xml": (
        "</sheets>",
        '<sheet name="BEHIND" sheetId="2" state="hidden" r:id="rId3"/>',
    ),
    "xl/_rels/workbook.xml.rels": (
        "</Relationships>",
        f'<Relationship Id="rId3" Type="{RELATED}/worksheet" Target="worksheets/sheet2.xml"/>',
    ),
}


@dataclass(frozen=True, slots=True)
class Look:
    """Columns by their index from 0: those ``open`` to changes stand on a ground of their own,
    those ``hidden`` are not seen. ``behind`` are the rows of a hidden sheet ``behind_name``."""

    open: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    behind: Rows = field(default_factory=list)
    behind_name: str = ""

    def styles(self, width: int, plain: int, opened: int) -> list[int]:
        """The format of each column."""
        return [opened if index in self.open else plain for index in range(width)]


PLAIN = Look()


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


def workbook(
    titles: Rows, pieces: Iterable[Rows], sheet_name: str = "pekerja", look: Look = PLAIN
) -> Iterator[bytes]:
    """The file in pieces: ``titles`` in bold and frozen, then the rows, all as wide as those."""
    wire = Wire()
    with zipfile.ZipFile(wire, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, text in parts(sheet_name, look).items():
            archive.writestr(name, HEAD + text)
        width = len(titles[0])
        heads, cells = look.styles(width, BOLD, OPEN_BOLD), look.styles(width, TEXT, OPEN)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            first = opening(len(titles), cells, look.hidden) + rows_xml(titles, 1, heads)
            sheet.write(first.encode())
            number = len(titles) + 1
            yield wire.taken()
            for rows in pieces:
                sheet.write(rows_xml(rows, number, cells).encode())
                number += len(rows)
                yield wire.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield wire.taken()


def parts(sheet_name: str, look: Look) -> dict[str, str]:
    """Every part but the first sheet, which comes piece by piece."""
    made = {name: text.replace("SHEET_NAME", sheet_name) for name, text in PARTS.items()}
    if not look.behind:
        return made
    for name, (end, more) in SECOND.items():
        made[name] = made[name].replace(end, more.replace("BEHIND", look.behind_name) + end)
    rows = rows_xml(look.behind, 1, [TEXT] * len(look.behind[0]))
    made["xl/worksheets/sheet2.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    )
    return made


def opening(frozen: int, styles: list[int], hidden: frozenset[int]) -> str:
    """The beginning of the sheet: frozen titles, columns wide enough for names."""
    runs = [(style, index in hidden) for index, style in enumerate(styles)]
    columns = "".join(
        f'<col min="{index}" max="{index}" width="18" style="{style}" customWidth="1"'
        f"{HIDDEN if is_hidden else ''}/>"
        for index, (style, is_hidden) in enumerate(runs, 1)
    )
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" '
        f'state="frozen"/></sheetView></sheetViews><cols>{columns}</cols><sheetData>'
    )


def rows_xml(rows: Rows, first: int, styles: list[int]) -> str:
    """The rows as XML, numbered from ``first``; one template is filled for each."""
    if not rows:
        return ""
    cells = "".join(
        f'<c r="{letters(index)}%s" s="{style}" t="inlineStr"><is><t xml:space="preserve">%s</t>'
        "</is></c>"
        for index, style in enumerate(styles)
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
