"""Workbooks made for tests: the parts that a file needs, and the faults that files come with."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import date
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A ZIP file of these parts, the same at every moment."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def letters(column: int) -> str:
    """A for 0, AA for 26."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell_xml(where: str, value: object) -> str:
    """One cell: text, number, day, formula (as given XML) or blank."""
    if isinstance(value, date):
        return f'<c r="{where}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{where}"><v>{value!r}</v></c>'
    if isinstance(value, str) and value.startswith("<"):
        return f'<c r="{where}">{value}</c>'
    text = escape(str(value or ""))
    return f'<c r="{where}" t="inlineStr"><is><t>{text}</t></is></c>' if text else ""


def sheet_xml(rows: Iterable[Iterable[object]], merged: Iterable[str] = (), tail: str = "") -> str:
    """A worksheet part. ``tail`` are rows as XML behind the given ones."""
    lines = "".join(
        f'<row r="{n}">{"".join(cell_xml(letters(c) + str(n), v) for c, v in enumerate(row))}</row>'
        for n, row in enumerate(rows, 1)
    )
    merges = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    merges = f"<mergeCells>{merges}</mergeCells>" if merges else ""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{lines}{tail}</sheetData>{merges}</worksheet>'
    )


def xlsx(sheets: dict[str, str], hidden: Iterable[str] = (), *, days_1904: bool = False) -> bytes:
    """A workbook of worksheet parts by name."""
    count = range(1, len(sheets) + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPE}.worksheet+xml"/>'
        for n in count
    )
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"'
        + (' state="hidden"' if name in hidden else "")
        + "/>"
        for n, name in zip(count, sheets, strict=True)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{REL}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in count
    )
    styles = (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>{types}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship '
        f'Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><workbookPr'
        + (' date1904="1"' if days_1904 else "")
        + f"/><sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'{relations}<Relationship Id="rId99" Type="{REL}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": styles,
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": x for n, x in zip(count, sheets.values(), strict=True)}
    return zipped(dict(parts))


def table(rows: Iterable[Iterable[object]], merged: Iterable[str] = ()) -> bytes:
    """A workbook of one sheet."""
    return xlsx({"Data": sheet_xml(rows, merged)})


def ods(rows: Iterable[Iterable[str]], *, locked: bool = False) -> bytes:
    """An OpenDocument workbook of one sheet of text."""
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    key = "<manifest:encryption-data/>" if locked else ""
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'{HEAD}<manifest:manifest xmlns:manifest="{OFFICE}:manifest:'
            f'1.0"><manifest:file-entry manifest:full-path="content.xml" manifest:media-type='
            f'"text/xml">{key}</manifest:file-entry></manifest:manifest>',
            "content.xml": f'{HEAD}<office:document-content xmlns:office="{OFFICE}:office:1.0" '
            f'xmlns:table="{OFFICE}:table:1.0" xmlns:text="{OFFICE}:text:1.0"><office:body>'
            f'<office:spreadsheet><table:table table:name="Lembar1">{lines}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )
