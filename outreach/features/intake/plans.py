"""How the file of a run is read: what was chosen for it, else what its office chose before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.workbooks.books import Book, Row, Sheet
from outreach.core.workbooks.day_cells import ORDERS
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.features.intake.gazetteer import occupations_of, places_of
from outreach.features.intake.lines import COLUMNS, Column, Line
from outreach.features.intake.mended_cells import Mender
from outreach.features.intake.reading.cells import Plan, read_lines
from outreach.features.intake.reading.columns import (
    Guesses,
    fingerprint,
    guess_columns,
    guess_header_row,
    headers_at,
)
from outreach.features.intake.tables import ImportMapping, ImportRun

ValueMaps = Mapping[str, Mapping[str, str]]


class Proposal(NamedTuple):
    """What a sheet seems to hold, for a person to confirm or change."""

    sheet: str
    header_row: int
    headers: list[str]
    guesses: Guesses
    value_maps: ValueMaps
    date_order: str | None


def propose(session: Session, regency: str, office_id: str, book: Book) -> Proposal:
    """Sheet, header and columns of a new file; an office's own earlier choice goes first."""
    sheet = likely_sheet(book)
    header_row = guess_header_row(sheet.rows)
    return propose_columns(session, regency, office_id, sheet, header_row)


def likely_sheet(book: Book) -> Sheet:
    """The visible sheet in whose header most of our columns stand, the longest of equals."""
    shown = [sheet for sheet in book.sheets if sheet.rows and not sheet.hidden]
    sheets = shown or [sheet for sheet in book.sheets if sheet.rows]
    return max(sheets, key=lambda sheet: (_known(sheet.rows), len(sheet.rows)))


def _known(rows: Sequence[Row]) -> int:
    return len(guess_columns(rows, guess_header_row(rows)))


def propose_columns(
    session: Session, regency: str, office_id: str, sheet: Sheet, header_row: int
) -> Proposal:
    """Columns of a sheet below the header that was guessed or clicked."""
    headers = headers_at(sheet.rows, header_row)
    learned = learned_mapping(session, regency, office_id, headers)
    columns = cast(Mapping[str, int], learned.columns) if learned else None
    return Proposal(
        sheet.name,
        header_row,
        headers,
        guess_columns(sheet.rows, header_row, columns),
        cast(ValueMaps, learned.value_maps) if learned else {},
        learned.date_order if learned else None,
    )


def learned_mapping(
    session: Session, regency: str, office_id: str, headers: Sequence[str]
) -> ImportMapping | None:
    """What the office chose for the same header, its columns in the same places."""
    return session.scalar(
        select(ImportMapping).where(
            ImportMapping.regency == regency,
            ImportMapping.office_id == office_id,
            ImportMapping.fingerprint == placed_fingerprint(headers),
        )
    )


def placed_fingerprint(headers: Sequence[str]) -> str:
    """The header's fingerprint with its order: columns are remembered by their places."""
    return fingerprint([f"{place} {header}" for place, header in enumerate(headers) if header])


def remember_mapping(
    session: Session, office_id: str, run: ImportRun, headers: Sequence[str], now: datetime
) -> None:
    """Keep what was chosen for this header, for the office's next file. A blank header is none."""
    if not any(headers):
        return
    mapping = learned_mapping(session, run.regency, office_id, headers)
    if mapping is None:
        print_of = placed_fingerprint(headers)
        mapping = ImportMapping(
            id=uuid7(now), regency=run.regency, office_id=office_id, fingerprint=print_of
        )
        session.add(mapping)
    mapping.columns, mapping.value_maps = run.columns or {}, run.value_maps or {}
    mapping.date_order, mapping.used_at = run.date_order, now
    session.flush()


def plan_of(actor: Actor, run: ImportRun, book: Book) -> Plan:
    """How the run's sheet is read for its giver, who names no village but the own ones."""
    chosen = cast(Mapping[str, int], run.columns or {})
    columns: dict[Column, int] = {name: chosen[name] for name in COLUMNS if name in chosen}
    villages = actor.villages
    return Plan(
        columns,
        run.header_row or 0,
        run.date_order if run.date_order in ORDERS else None,
        cast(ValueMaps, run.value_maps or {}),
        allowed=villages,
        village=only_village(villages),
        is_text=book.is_text,
        days_1904=book.days_1904,
    )


def mender_of(session: Session, actor: Actor, run: ImportRun, today: date) -> Mender:
    """Reads rows of the run with mended cells, by the words that were chosen for it."""
    villages = actor.villages
    return Mender(
        places_of(session, run.regency),
        occupations_of(session, run.regency),
        cast(ValueMaps, run.value_maps or {}),
        allowed=villages,
        village=only_village(villages),
        today=today,
    )


def only_village(villages: frozenset[str] | None) -> str | None:
    """The village that goes without saying for who speaks for one alone."""
    return next(iter(villages)) if villages is not None and len(villages) == 1 else None


def lines_of_run(
    session: Session, actor: Actor, run: ImportRun, book: Book, today: date
) -> Iterator[Line]:
    """A judged line of every row of the run's sheet."""
    sheet = book.sheet(run.sheet or "") or likely_sheet(book)
    places = places_of(session, run.regency)
    occupations = occupations_of(session, run.regency)
    return read_lines(sheet.rows, plan_of(actor, run, book), places, occupations, today)
