"""The list as a file, streamed: rows leave the database in pieces and are never all in memory.

The worker's code and the columns of the page, on demand the other answers of a registration. One
row of titles: the labels in a workbook, the names of the fields in CSV, which is for programs. A
village has its kecamatan and its code beside it, since six names are two villages. Moments are in
the regency's own time, which the title names. NIK, KK and phone numbers are text. All CSV cells
are quoted. A cell that a spreadsheet would take for a formula begins with an apostrophe: one with
= + - @, tab or carriage return in front. A phone number is harmless and stays.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.orm import Session

from outreach.core.register import listing, look_audit
from outreach.core.register.look_audit import CachedReference
from outreach.core.register.workbook import MOST_ROWS, Rows, workbook
from outreach.domain import catalogue, nik
from outreach.domain.access import visible_fields
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.rulebook import FIELDS
from outreach.storage import queries_office as queries

PIECE = 500
TITLES = 1
BOM = b"\xef\xbb\xbf"
FORMULA = frozenset("=+-@\t\r\n")
STARTS = re.compile(r"(?:^|\n)[=+\-@\t\r\n]")
PHONE = re.compile(r"\+[0-9]{8,15}")
# Column of the list → (name of the field, key of its label).
COLUMNS = {
    "name": ("full_name", "label.full_name"),
    "nik": ("nik", "label.nik"),
    "kecamatan": ("kecamatan", "review.col.kecamatan"),
    "village": ("village", "label.village_code"),
    "village_code": ("village_code", "review.col.village_code"),
    "birth_date": ("birth_date", "label.birth_date"),
    "occupation": ("occupation", "label.occupation_code"),
    "occupation_code": ("occupation_code", "review.col.occupation_code"),
    "status": ("status", "label.status"),
    "flags": ("quality_flags", "review.col.flags"),
    "officer": ("officer", "review.col.officer"),
    "created": ("created_at", "review.col.created"),
    "code": ("code", "review.col.code"),
    "sex": ("sex", "label.sex"),
}
# Pictures and proofs are hashes: no use outside. The decile and heirs' numbers stay inside.
# Parts of an object whose words stand under another name.
WORDS_OF = {"per": "income_per", "relation": "heir_relation"}
# What a column brings with it, and from which place of the query that is read.
BESIDE = {
    "village": ("kecamatan", "village", "village_code"),
    "occupation": ("occupation", "occupation_code"),
}
READ_FROM = {"kecamatan": "village", "village_code": "village", "occupation_code": "occupation"}
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
LEFT_OUT = frozenset({"ktp_photo", "face_photo", "gps", "household_id", "visit_id", "dtsen_decile"})
Cell = Callable[[object], str]
Texts = tuple[str | None, ...]
Column = Callable[[Texts], list[str]]
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

    Full NIKs are for the supervisor alone; for anybody else the choice is not heard. More rows
    than a sheet can hold leave as CSV, whatever was chosen: none may be missing.
    """
    full = choice.full_nik and actor.role == "supervisor"
    filters = listing.resolve(session, listing.condition(actor, query, choice.timezone))
    rows = queries.count_workers(session, filters, 10_000_000)
    kind = choice.kind if rows + TITLES <= MOST_ROWS else "csv"
    names = look_audit.reference(session, actor.regency, {})
    detail = {
        "kind": kind,
        "full_nik": full,
        "all_fields": choice.all_fields,
        "rows": rows,
        "filter": described(query),
    }
    look_audit.note_look(session, actor, "export", now, detail=detail)
    table = Table(actor.role, choice, query.columns, names)
    source = queries.stream_workers(
        session, filters, query.sort, PIECE, with_data=choice.all_fields
    )
    pieces = table.pieces(source)
    chunks = csv_chunks(table, pieces) if kind == "csv" else workbook([table.labels()], pieces)
    name = f"pekerja-{jakarta_date(now).isoformat()}.{kind}"
    return File(name, MIMES[kind], until_read(session, chunks))


def until_read(session: Session, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks; the session lets its connection go with the last, or where the reader leaves.

    A file is read after its request, when nobody else closes the session any more: without this
    the connection would come back to the pool only when the collector finds it.
    """
    try:
        yield from chunks
    finally:
        session.close()


def described(query: listing.ListQuery) -> dict[str, object]:
    """The filter for the audit: words that were searched are counted, not repeated."""
    args: dict[str, object] = {**replace(query, columns=listing.SHOWN).to_args()}
    if "q" in args:
        args["q"] = len(query.words.split())
    return args


class Table:
    """Turns pieces of database rows into rows of text for one role and language.

    A list of fifty thousand asks for half a million cells. So whole columns are turned at once,
    and nothing is called for a single cell of the list.
    """

    def __init__(
        self, role: str, choice: Choice, columns: tuple[str, ...], reference: CachedReference
    ) -> None:
        self.lang = choice.lang
        self.reference = reference
        self.words = catalogue.load(choice.lang)
        self.clock = Clock(ZoneInfo(choice.timezone))
        self.full = choice.full_nik and role == "supervisor"
        visible = visible_fields(role)
        self.zone = ZONES.get(choice.timezone, choice.timezone)
        listed = [name for name in ("code", "name", *columns) if name in COLUMNS]
        listed = [name for column in listed for name in BESIDE.get(column, (column,))]
        listed = list(dict.fromkeys(listed))
        makers = self.makers()
        self.columns = [(*COLUMNS[name], *makers[name]) for name in listed]
        self.fields: list[tuple[str, Cell]] = []
        if choice.all_fields:
            shown = {name for name, *_ in self.columns} | LEFT_OUT
            names = [name for name in FIELDS if name in visible and name not in shown]
            self.fields = [(name, self.answer(name)) for name in names]

    def names(self) -> tuple[str, ...]:
        """The titles for programs: the names of the fields."""
        return (*(name for name, *_ in self.columns), *(name for name, _ in self.fields))

    def labels(self) -> tuple[str, ...]:
        """The titles for people; those of moments name the clock."""
        fields = [
            self.titled(name, self.words.get(f"label.{name}", name)) for name, _ in self.fields
        ]
        return (*(self.titled(name, self.words[key]) for name, key, *_ in self.columns), *fields)

    def titled(self, name: str, label: str) -> str:
        """A title with the clock's name where the column holds moments."""
        is_moment = name == "created_at" or (name in FIELDS and FIELDS[name]["t"] == "z")
        return f"{label} ({self.zone})" if is_moment else label

    def pieces(self, source: Iterable[Sequence[Texts]]) -> Iterator[Rows]:
        """Each piece of rows as rows of text; records are opened only if answers are asked for."""
        for piece in source:
            columns = list(zip(*piece, strict=True))
            cells = [make(columns[place]) for _, _, place, make in self.columns]
            if self.fields:
                records = [orjson.loads(data or "{}") for data in columns[-1]]
                cells += [
                    [make(data[name]) if name in data else "" for data in records]
                    for name, make in self.fields
                ]
            yield list(zip(*cells, strict=True))

    def makers(self) -> dict[str, tuple[int, Column]]:
        """For each column of the list its place in the query and the function that words it."""
        places = {code: place.name for code, place in self.reference.places.items()}
        occupations = {
            code: str(data.get(self.lang) or code)
            for code, data in self.reference.occupations.items()
        }
        by_column: dict[str, Column] = {
            "name": plain,
            "nik": plain if self.full else masked,
            "kecamatan": within(places),
            "village": worded(places),
            "village_code": plain,
            "occupation_code": plain,
            "birth_date": plain,
            "occupation": worded(occupations),
            "status": worded(self.group("status")),
            "flags": listed(self.group("flag")),
            "officer": plain,
            "created": self.clock.column,
            "code": plain,
            "sex": worded(self.group("sex")),
        }
        return {
            name: (queries.EXPORTED_NAMES.index(READ_FROM.get(name, name)), make)
            for name, make in by_column.items()
        }

    def answer(self, name: str) -> Cell:
        """The function behind one of the other answers."""
        if name == "mother_name":
            return lambda _value: "•" * 8
        if name == "kk_number":
            return lambda value: nik.mask(str(value or ""))
        if name.startswith("occupation") and name.endswith("code"):
            return lambda value: self.reference.occupation_name(str(value or ""), self.lang)
        kind = FIELDS[name]["t"]
        if kind == "z":
            return self.moment
        if kind == "b":
            return self.yes_no
        if kind == "e":
            words = self.group(name)
            return lambda value: words.get(str(value), str(value))
        if kind in ("m", "l"):
            return lambda value: self.items(name, value)
        return str if kind != "o" else lambda value: self.part(name, value)

    def group(self, name: str) -> dict[str, str]:
        """The words of one list of codes."""
        prefix = f"label.{name}."
        return {
            key.removeprefix(prefix): word
            for key, word in self.words.items()
            if key.startswith(prefix)
        }

    def yes_no(self, value: object) -> str:
        """The word for true or false."""
        if not isinstance(value, bool):
            return str(value)
        return self.words["kit.yes" if value else "kit.no"]

    def items(self, name: str, value: object) -> str:
        """The items of a list on one line."""
        return "; ".join(map(partial(self.part, name), value if isinstance(value, list) else []))

    def part(self, name: str, item: object) -> str:
        """One item of a list or an object on one line; other people's numbers stay inside."""
        if not isinstance(item, dict):
            return self.words.get(f"label.{name}.{item}", str(item))
        if name == "heirs":
            relation = item.get("relation", "")
            word = self.words.get(f"label.heir_relation.{relation}", relation)
            return f"{item.get('name', '')} ({word})"
        if name == "consent":
            purposes = [key for key, yes in (item.get("purposes") or {}).items() if yes]
            return " + ".join(self.words.get(f"label.purpose.{key}", key) for key in purposes)
        if name == "consent_withdrawn":
            ended = {self.words.get(f"label.purpose.{k}", k): v for k, v in item.items() if v}
            return " + ".join(f"{word} {self.moment(at)} {self.zone}" for word, at in ended.items())
        parts = [
            self.part_words(name, key, value) for key, value in item.items() if value is not None
        ]
        return ", ".join(parts)

    def part_words(self, name: str, key: str, value: object) -> str:
        """One part of an object: words for its codes, its own label where there is one."""
        if isinstance(value, str):
            return self.words.get(f"label.{WORDS_OF.get(key, key)}.{value}", value)
        label = self.words.get(f"label.{name}.{key}")
        return f"{label} {value}" if label else str(value)

    def moment(self, value: object) -> str:
        """A moment of a record in the regency's time."""
        return self.clock.local(str(value)[:16].replace("T", " ")) if value else ""


class Clock:
    """Words moments of the list: "2026-11-22 06:05" in UTC becomes the regency's own time.

    Hours repeat, so each is turned once; a zone may be hours and minutes away.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.known: dict[str, tuple[str, bool]] = {}

    def column(self, moments: Texts) -> list[str]:
        """A column of moments."""
        return [self.local(text) if text else "" for text in moments]

    def local(self, text: str) -> str:
        """One moment in the regency's time."""
        hour = text[:13]
        if hour not in self.known:
            there = self.at(hour + ":00")
            self.known[hour] = (there[:13], there.endswith(":00"))
        begins, is_whole = self.known[hour]
        return begins + text[13:16] if is_whole else self.at(text)

    def at(self, text: str) -> str:
        """One moment, the long way."""
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return moment.astimezone(self.zone).isoformat(" ", "minutes")[:16]


def plain(column: Texts) -> list[str]:
    """The column as it is; nothing becomes an empty cell."""
    return [text or "" for text in column]


def masked(column: Texts) -> list[str]:
    """A column of NIKs in the one masked form."""
    return [nik.mask(number) for number in column]


def worded(words: Mapping[str, str]) -> Column:
    """Words instead of codes; an unknown code as it is."""
    return lambda column: [words.get(code or "") or code or "" for code in column]


def within(words: Mapping[str, str]) -> Column:
    """The kecamatan of a column of villages."""
    return lambda column: [words.get((code or "")[:8], "") for code in column]


def listed(words: Mapping[str, str]) -> Column:
    """Words instead of the codes of a list; lists repeat, so each is worded once."""
    worded_lists = {"": ""}

    def column(lists: Texts) -> list[str]:
        for codes in set(lists) - worded_lists.keys():
            worded_lists[str(codes)] = "; ".join(
                words.get(c, c) for c in str(codes).split(",") if c
            )
        return [worded_lists[codes or ""] for codes in lists]

    return column


def guarded(text: str) -> str:
    """The cell so that no spreadsheet runs it; a phone number keeps its plus sign as text."""
    if text[:1] in FORMULA and not PHONE.fullmatch(text):
        return "'" + text
    return text


def guarded_rows(rows: Rows) -> Rows:
    """The rows with every cell guarded; a column is gone through only where one may need it."""
    columns = [
        [guarded(cell) for cell in column] if STARTS.search("\n".join(column)) else column
        for column in zip(*rows, strict=True)
    ]
    return list(zip(*columns, strict=True))


def plain_csv(rows: Rows) -> bytes:
    """A small table as one CSV file, written as the large ones are."""
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(guarded_rows(rows))
    return BOM + buffer.getvalue().encode()


def csv_chunks(table: Table, pieces: Iterable[Rows]) -> Iterator[bytes]:
    """UTF-8 with a mark for spreadsheets, all cells quoted, a few hundred rows a piece."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(table.names())
    yield BOM + buffer.getvalue().encode()
    for rows in pieces:
        buffer.seek(0)
        buffer.truncate()
        writer.writerows(guarded_rows(rows))
        yield buffer.getvalue().encode()
