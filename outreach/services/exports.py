"""The list as a file, streamed: rows leave the database in pieces and are never all in memory.

Columns are those of the page under the names and labels of their fields; on demand the other
answers of a registration follow. NIK, KK and phone numbers are text. All CSV cells are quoted; a
cell that a spreadsheet would take for a formula (= + - @, tab, carriage return in front) begins
with an apostrophe, except a phone number, which is harmless.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.orm import Session

from outreach.domain import catalogue, nik
from outreach.domain.access import visible_fields
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.rulebook import FIELDS
from outreach.services import listing, lookups
from outreach.services.lookups import Kept
from outreach.storage import queries_office as queries

PIECE = 500
BOM = b"\xef\xbb\xbf"
FORMULA = frozenset("=+-@\t\r\n")
PHONE = re.compile(r"\+[0-9]{8,15}")
# Column of the list → (name of the field, key of its label).
COLUMNS = {
    "name": ("full_name", "label.full_name"),
    "nik": ("nik", "label.nik"),
    "village": ("village_code", "label.village_code"),
    "birth_date": ("birth_date", "label.birth_date"),
    "occupation": ("occupation_code", "label.occupation_code"),
    "status": ("status", "label.status"),
    "flags": ("quality_flags", "review.col.flags"),
    "officer": ("officer", "review.col.officer"),
    "created": ("created_at", "review.col.created"),
    "code": ("code", "review.col.code"),
    "sex": ("sex", "label.sex"),
}
# Pictures and proofs are hashes: no use outside. The decile and heirs' numbers stay inside.
LEFT_OUT = frozenset({"ktp_photo", "face_photo", "gps", "household_id", "visit_id", "dtsen_decile"})
Cell = Callable[[Any], str]
MIMES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """How the file shall be: its kind, the reader's language, and whether NIKs are in full."""

    kind: str
    full_nik: bool
    all_fields: bool
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
    detail = {
        "kind": choice.kind,
        "full_nik": full,
        "all_fields": choice.all_fields,
        "rows": rows,
        "filter": described(query),
    }
    lookups.note(session, actor, "export", now, detail=detail)
    table = Table(actor.role, choice, query.columns, kept)
    source = queries.stream_workers(session, wanted, query.sort, PIECE, with_data=choice.all_fields)
    body = table.rows(source)
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
    """Turns database rows into rows of text for one role and language.

    Each column is one function made beforehand: a list of fifty thousand asks for half a million
    cells, so nothing is looked up twice.
    """

    def __init__(self, role: str, choice: Choice, columns: tuple[str, ...], kept: Kept) -> None:
        self.lang = choice.lang
        self.kept = kept
        self.words = catalogue.load(choice.lang)
        self.zone = ZoneInfo(choice.timezone)
        self.nik = plain if choice.full_nik and role == "supervisor" else nik.mask
        visible = visible_fields(role)
        listed = [name for name in ("name", *columns) if name in COLUMNS]
        self.columns = [(*COLUMNS[name], self.listed(name)) for name in listed]
        self.fields: list[tuple[str, Cell]] = []
        if choice.all_fields:
            shown = {name for name, _, _ in self.columns} | LEFT_OUT
            names = [name for name in FIELDS if name in visible and name not in shown]
            self.fields = [(name, self.answer(name)) for name in names]

    def names(self) -> list[str]:
        """First row: the names of the fields, for machines."""
        return [*(name for name, _, _ in self.columns), *(name for name, _ in self.fields)]

    def labels(self) -> list[str]:
        """Second row: what people call them."""
        fields = [self.words.get(f"label.{name}", name) for name, _ in self.fields]
        return [*(self.words[key] for _, key, _ in self.columns), *fields]

    def rows(self, source: Iterator[Any]) -> Iterator[list[str]]:
        """Each worker as one row of text; the record is opened only where its answers are asked."""
        columns = [make for _, _, make in self.columns]
        fields = self.fields
        for row in source:
            cells = [make(row) for make in columns]
            if fields:
                data = orjson.loads(row.data)
                cells += [make(data[name]) if name in data else "" for name, make in fields]
            yield cells

    def listed(self, name: str) -> Cell:
        """The function behind a column of the list."""
        places = {code: place.name for code, place in self.kept.places.items()}
        occupations = {
            code: str(data.get(self.lang) or code) for code, data in self.kept.occupations.items()
        }
        statuses, sexes, flags = self.group("status"), self.group("sex"), self.group("flag")
        zone, mask = self.zone, self.nik
        makers: dict[str, Cell] = {
            "name": lambda row: row.full_name,
            "nik": lambda row: mask(row.nik) if row.nik else "",
            "village": lambda row: places.get(row.region_code, row.region_code),
            "birth_date": lambda row: row.birth_date.isoformat() if row.birth_date else "",
            "occupation": lambda row: occupations.get(
                row.occupation_code, row.occupation_code or ""
            ),
            "status": lambda row: statuses.get(row.status, row.status),
            "flags": lambda row: "; ".join(flags.get(f, f) for f in row.flags.split(",") if f),
            "officer": lambda row: row.officer or "",
            "created": lambda row: row.created_at.astimezone(zone).isoformat(" ", "minutes")[:16],
            "code": lambda row: row.code,
            "sex": lambda row: sexes.get(row.sex, row.sex or ""),
        }
        return makers[name]

    def answer(self, name: str) -> Cell:
        """The function behind one of the other answers."""
        if name == "mother_name":
            return lambda _value: "•" * 8
        if name == "kk_number":
            return nik.mask
        if name.startswith("occupation") and name.endswith("code"):
            return lambda value: self.kept.occupation_name(value, self.lang)
        kind = FIELDS[name]["t"]
        if kind in ("e", "b"):
            words = self.group(name) if kind == "e" else self.yes_no()
            return lambda value: words.get(value, str(value))
        if kind in ("m", "l"):
            return lambda value: "; ".join(self.part(name, item) for item in value)
        return str if kind != "o" else lambda value: self.part(name, value)

    def group(self, name: str) -> dict[Any, str]:
        """The words of one list of codes."""
        prefix = f"label.{name}."
        return {
            key.removeprefix(prefix): word
            for key, word in self.words.items()
            if key.startswith(prefix)
        }

    def yes_no(self) -> dict[Any, str]:
        """The words for true and false."""
        return {True: self.words["kit.yes"], False: self.words["kit.no"]}

    def part(self, name: str, item: Any) -> str:
        """One item of a list or an object on one line; other people's numbers stay inside."""
        if not isinstance(item, dict):
            return self.words.get(f"label.{name}.{item}", str(item))
        if name == "heirs":
            relation = item.get("relation", "")
            word = self.words.get(f"label.heir_relation.{relation}", relation)
            return f"{item.get('name', '')} ({word})"
        if name == "consent":
            given = [key for key, yes in (item.get("purposes") or {}).items() if yes]
            return " + ".join(self.words.get(f"label.purpose.{key}", key) for key in given)
        return ", ".join(f"{key} {value}" for key, value in item.items() if value is not None)


def plain(number: str | None) -> str:
    """The number as it is."""
    return number or ""


def guarded(text: str) -> str:
    """The cell so that no spreadsheet runs it; a phone number keeps its plus sign as text."""
    if text[:1] in FORMULA and not PHONE.fullmatch(text):
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
