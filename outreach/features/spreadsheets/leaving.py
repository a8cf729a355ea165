"""A list of workers leaves to be edited outside: what it shows, and a closed key in each row.

Cells are text, numbers of people are masked, and no choice lets a full NIK out. What may come back
stands on a ground of its own; every other column is only for finding the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from sqlalchemy.orm import Session

from outreach.core.register import exports, listing, look_audit
from outreach.core.register.exports import Choice, Column, File, Table, Texts
from outreach.core.register.look_audit import CachedReference
from outreach.core.register.workbook import Look, Rows, workbook
from outreach.domain import catalogue
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.ids import uuid7
from outreach.domain.lifecycle import LISTED
from outreach.domain.refusals import NotThere, Refusal
from outreach.domain.returned_sheets import returning_fields
from outreach.domain.rulebook import FIELDS
from outreach.features.spreadsheets.seals import RowKey, SealBox, SheetHead, mark_of
from outreach.features.spreadsheets.sheet_words import SheetWords
from outreach.storage import queries_office as queries

MOST_PEOPLE = 5_000
KEY, CODE_COLUMN, BEHIND = "key", "code", "_jangkau"
# Columns of the list that are answers, which may come back.
ANSWERS = {
    "name": "full_name",
    "birth_date": "birth_date",
    "occupation": "occupation_code",
    "sex": "sex",
}
CODE, WORKER = (queries.EXPORTED_NAMES.index(name) for name in ("code", "id"))


class TooManyPeople(Refusal):
    """The list holds more people than a sheet that comes back may; ``rows`` says how many."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self.rows = rows


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: its title, and the answer it holds or how its cells are made of the query's."""

    name: str
    title: str
    place: int = 0
    make: Column | None = None

    @property
    def is_answer(self) -> bool:
        """True where the column may come back."""
        return self.make is None


def leave(
    session: Session,
    actor: Actor,
    query: listing.ListQuery,
    choice: Choice,
    box: SealBox,
    now: datetime,
) -> File:
    """The list as a sheet that may come home; its audit line is written first.

    ``choice.all_fields`` adds every answer that may come back. Raises TooManyPeople, and NotThere
    for a village that is not the actor's.
    """
    filters = listing.resolve(session, people_of(actor, query, choice.timezone))
    rows = queries.count_workers(session, filters, MOST_PEOPLE + 1)
    if rows > MOST_PEOPLE:
        raise TooManyPeople(rows)
    names = look_audit.reference(session, actor.regency, {})
    columns = sheet_columns(actor.role, query.columns, choice, names)
    head = head_of(actor, choice, columns, rows, now)
    detail = {"kind": "sheet", "sheet": head.export, "all_fields": choice.all_fields, "rows": rows}
    detail["filter"] = exports.described(query)
    look_audit.note_look(session, actor, "export", now, detail=detail)
    source = queries.stream_workers(session, filters, query.sort, exports.PIECE, with_data=True)
    sheet = LeavingSheet(head, columns, words_of(choice.lang, names), box)
    chunks = workbook([sheet.titles()], sheet.pieces(source), look=sheet.look(actor.name))
    name = f"pekerja-ubah-{jakarta_date(now).isoformat()}.xlsx"
    return File(name, exports.MIMES["xlsx"], exports.until_read(session, chunks))


def people_of(actor: Actor, query: listing.ListQuery, timezone: str) -> queries.Condition:
    """The people of the list; where an actor has villages, those of one who were met. Raises
    NotThere."""
    wanted = listing.condition(actor, query, timezone)
    if actor.villages is None:
        return wanted
    if query.place not in actor.villages:
        raise NotThere(query.place)
    return replace(wanted, statuses_but=(LISTED,))


def head_of(
    actor: Actor, choice: Choice, columns: Sequence[SheetColumn], rows: int, now: datetime
) -> SheetHead:
    """What a new sheet says of itself."""
    return SheetHead(
        export=uuid7(now),
        regency=actor.regency,
        user=actor.user_id,
        role=actor.role,
        at=now.isoformat(),
        lang=choice.lang,
        rows=rows,
        columns={**{one.title: one.name for one in columns}, key_title(choice.lang): KEY},
    )


def words_of(lang: str, names: CachedReference) -> SheetWords:
    """The words of a sheet's cells."""
    return SheetWords(lang, {code: names.occupation_name(code, lang) for code in names.occupations})


def key_title(lang: str) -> str:
    """The title of the column of keys."""
    return catalogue.translate(lang, "spreadsheets.sheet.key")


def sheet_columns(
    role: str, shown: Sequence[str], choice: Choice, names: CachedReference
) -> list[SheetColumn]:
    """The list's columns, then the other answers where they are asked for; no title twice."""
    table = Table(role, choice, tuple(shown), names)
    makers, returning = table.makers(), returning_fields(role)
    columns: list[SheetColumn] = []
    for listed in ("code", "name", *shown):
        answer = ANSWERS.get(listed)
        if answer in returning:
            columns.append(SheetColumn(answer, label_of(answer, choice.lang)))
            continue
        for name in exports.BESIDE.get(listed, (listed,)):
            field, key = exports.COLUMNS[name]
            columns.append(SheetColumn(name, table.titled(field, table.words[key]), *makers[name]))
    if choice.all_fields:
        columns += [SheetColumn(name, label_of(name, choice.lang)) for name in returning]
    unique: dict[str, SheetColumn] = {}
    for one in columns:
        unique.setdefault(one.name, one)
    return list(unique.values())


def label_of(name: str, lang: str) -> str:
    """The title of an answer's column."""
    return catalogue.translate(lang, f"label.{name}")


class LeavingSheet:
    """Turns pieces of database rows into rows of text, each with its key."""

    def __init__(
        self, head: SheetHead, columns: Sequence[SheetColumn], words: SheetWords, box: SealBox
    ) -> None:
        self.head, self.columns, self.words, self.box = head, columns, words, box

    def titles(self) -> tuple[str, ...]:
        """The row of titles."""
        return tuple(self.head.columns)

    def look(self, maker: str) -> Look:
        """Which columns may be changed, which nobody sees, and the hidden sheet."""
        answers = frozenset(i for i, one in enumerate(self.columns) if one.is_answer)
        behind: Rows = [
            ("jangkau", str(self.head.version)),
            ("regency", self.head.regency),
            ("by", maker),
            ("at", self.head.at),
            ("seal", self.box.close_head(self.head)),
        ]
        return Look(answers, frozenset({len(self.columns)}), behind, BEHIND)

    def pieces(self, source: Iterable[Sequence[Texts]]) -> Iterator[Rows]:
        """Each piece of rows as rows of text."""
        for piece in source:
            made = list(zip(*piece, strict=True))
            records = [orjson.loads(data or "{}") for data in made[-1]]
            cells = [self.cells(one, made, records) for one in self.columns]
            keys = [
                self.key(row, records[number], [column[number] for column in cells])
                for number, row in enumerate(piece)
            ]
            yield list(zip(*cells, keys, strict=True))

    def cells(
        self, column: SheetColumn, made: Sequence[Texts], records: Sequence[dict[str, object]]
    ) -> list[str]:
        """The cells of one column."""
        if column.make is not None:
            return column.make(made[column.place])
        return [self.words.text(column.name, record.get(column.name)) for record in records]

    def key(self, row: Texts, record: dict[str, object], cells: Sequence[str]) -> str:
        """The closed key of a row: whose it is, and what stands in its cells."""
        told = zip(self.columns, cells, strict=True)
        base = {one.name for one in self.columns if one.is_answer} & FIELDS.keys() & record.keys()
        key = RowKey(
            export=self.head.export,
            regency=self.head.regency,
            worker=str(row[WORKER]),
            code=str(row[CODE]),
            base={name: record[name] for name in sorted(base)},
            shown={one.name: mark_of(cell) for one, cell in told if not one.is_answer},
        )
        return self.box.close_row(key)
