"""The list as a file, streamed: rows leave the database in pieces and are never all in memory.

Columns are those of the page, followed by the rest of a registration under the names and labels
of its fields. NIK, KK and phone numbers are text. A CSV cell that a spreadsheet would take for a
formula (= + - @, tab, carriage return in front) begins with an apostrophe; numbers of our own
making never need one. All CSV cells are quoted.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from outreach.domain import catalogue, formats, nik
from outreach.domain.access import visible_fields
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.rulebook import FIELDS
from outreach.services import listing, lookups
from outreach.storage import queries_office as queries

PIECE = 500
BOM = b"\xef\xbb\xbf"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FIXED = ("code", "status", "flags", "village", "kecamatan", "officer", "created_at", "updated_at")
# Pictures and proofs are hashes: no use outside. The decile and heirs' numbers stay inside.
LEFT_OUT = frozenset({"ktp_photo", "face_photo", "gps", "household_id", "visit_id", "dtsen_decile"})
MASKED = frozenset({"nik", "kk_number", "mother_name"})
MIMES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """How the file shall be: its kind, the reader's language, and whether NIKs are in full."""

    kind: str
    full_nik: bool
    lang: str
    timezone: str


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way out."""

    name: str
    mime: str
    chunks: Iterator[bytes]


def export(
    session: Session, actor: Actor, query: listing.ListQuery, choice: Choice, now: datetime
) -> File:
    """The list as a file. Its audit line is written before the first byte leaves.

    Full NIKs are for the supervisor alone; for anybody else the choice is not heard.
    """
    full = choice.full_nik and actor.role == "supervisor"
    wanted = listing.resolve(session, listing.condition(actor, query, choice.timezone))
    rows = queries.count_workers(session, wanted, 10_000_000)
    kept = lookups.reference(session, {})
    detail = {"kind": choice.kind, "full_nik": full, "rows": rows, "filter": described(query)}
    lookups.note(session, actor, "export", now, detail=detail)
    table = Table(actor.role, choice.lang, full, kept)
    body = table.rows(queries.stream_workers(session, wanted, query.sort, PIECE))
    chunks = csv_chunks(table, body) if choice.kind == "csv" else xlsx_chunks(table, body)
    name = f"pekerja-{jakarta_date(now).isoformat()}.{choice.kind}"
    return File(name, MIMES[choice.kind], chunks)


def described(query: listing.ListQuery) -> dict[str, Any]:
    """The filter for the audit: words that were searched are counted, not repeated."""
    args = query.to_args(columns=listing.SHOWN)
    if "q" in args:
        args["q"] = len(str(args["q"]).split())
    return args


class Table:
    """Turns database rows into rows of text for one role and language."""

    def __init__(self, role: str, lang: str, full: bool, kept: lookups.Kept) -> None:
        self.lang = lang
        self.full = full
        self.kept = kept
        visible = visible_fields(role)
        self.fields = [name for name in FIELDS if name in visible and name not in LEFT_OUT]
        self.words = catalogue.load(lang)
        self.days: dict[str, str] = {}

    def names(self) -> list[str]:
        """First row: the names of the fields, for machines."""
        return [*FIXED, *self.fields]

    def labels(self) -> list[str]:
        """Second row: what people call them."""
        fixed = [self.words[f"review.export.{name}"] for name in FIXED]
        return fixed + [self.words.get(f"label.{name}", name) for name in self.fields]

    def rows(self, source: Iterator[Any]) -> Iterator[list[str]]:
        """Each worker as one row of text."""
        for row in source:
            data = orjson.loads(row.data)
            yield [*self.fixed(row), *(self.cell(name, data.get(name)) for name in self.fields)]

    def fixed(self, row: Any) -> list[str]:
        """The columns that are not answers."""
        return [
            row.code,
            self.word("status", row.status),
            "; ".join(self.word("flag", flag) for flag in row.flags.split(",") if flag),
            self.kept.place_name(row.region_code),
            self.kept.place_name(row.region_code[:8]),
            row.officer or "",
            formats.format_datetime(row.created_at, self.lang),
            formats.format_datetime(row.updated_at, self.lang),
        ]

    def word(self, group: str, value: Any) -> str:
        """The word for a code; the code itself where it has none."""
        return self.words.get(f"label.{group}.{value}", str(value))

    def cell(self, name: str, value: Any) -> str:
        """One answer as text."""
        if value is None:
            return ""
        if name in MASKED and not (self.full and name == "nik"):
            return nik.mask(str(value)) if name != "mother_name" else "•" * 8
        if isinstance(value, str):
            return self.text(name, value)
        if isinstance(value, bool):
            return self.words["kit.yes" if value else "kit.no"]
        if isinstance(value, list):
            return "; ".join(self.part(name, item) for item in value)
        return self.part(name, value) if isinstance(value, dict) else str(value)

    def text(self, name: str, value: str) -> str:
        """A text answer: the word of a list, an occupation's name, or what was written."""
        if name.startswith("occupation") and name.endswith("code"):
            return self.kept.occupation_name(value, self.lang)
        return self.word(name, value) if FIELDS[name]["t"] == "e" else value

    def part(self, name: str, item: Any) -> str:
        """One item of a list or an object on one line; other people's numbers stay inside."""
        if not isinstance(item, dict):
            return self.word(name, item)
        if name == "heirs":
            relation = self.word("heir_relation", item.get("relation", ""))
            return f"{item.get('name', '')} ({relation})"
        if name == "consent":
            given = [key for key, yes in (item.get("purposes") or {}).items() if yes]
            return " + ".join(self.word("purpose", key) for key in given)
        return ", ".join(f"{key} {value}" for key, value in item.items() if value is not None)


def guarded(text: str) -> str:
    """The cell so that no spreadsheet runs it; a phone number keeps its plus sign as text."""
    if text.startswith(FORMULA):
        return "'" + text
    return text


def csv_chunks(table: Table, body: Iterator[list[str]]) -> Iterator[bytes]:
    """UTF-8 with a mark for spreadsheets, all cells quoted, a few hundred rows a piece."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(table.names())
    writer.writerow(table.labels())
    yield BOM + buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    for number, row in enumerate(body, 1):
        writer.writerow([guarded(cell) for cell in row])
        if number % PIECE == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def xlsx_chunks(table: Table, body: Iterator[list[str]]) -> Iterator[bytes]:
    """A workbook written row by row to a temporary file; every cell is text, none a formula."""
    import xlsxwriter

    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet("pekerja")
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True})
        sheet.set_column(0, len(table.names()) - 1, 18, text)
        sheet.freeze_panes(2, 0)
        for number, row in enumerate((table.names(), table.labels())):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, bold)
        for number, row in enumerate(body, 2):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, cell, text)
        book.close()
        file.seek(0)
        while piece := file.read(1 << 16):
            yield piece
