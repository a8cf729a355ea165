"""Lists as files, by the rules of the list of workers (core/register/exports.py).

One row of titles: labels in a workbook, names of fields in CSV, which is for programs. Codes stand
beside words. NIKs are masked whatever is chosen: a list of names goes from hand to hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response

from outreach.core.register.exports import MIMES, ZONES, plain_csv
from outreach.core.register.workbook import Rows, workbook
from outreach.features.village_lists.checking.list_file import ListFile
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.overview.overview import Overview
from outreach.features.village_lists.overview.presenter import reference
from outreach.features.village_lists.records.queries_list import ShownLine
from outreach.web.i18n import current_lang, t


@dataclass(frozen=True, slots=True)
class Table:
    """A small table: its titles for programs and for people, and its rows."""

    names: tuple[str, ...]
    labels: tuple[str, ...]
    rows: Rows


def answer(table: Table, kind: str, name: str) -> Response:
    """The table as a file to download."""
    return Response(
        chunks(table, kind),
        mimetype=MIMES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'},
    )


def chunks(table: Table, kind: str) -> Iterator[bytes]:
    """The file's bytes."""
    if kind == "xlsx":
        return workbook([table.labels], [table.rows])
    return iter([plain_csv([table.names, *table.rows])])


MATRIX = (
    "kecamatan",
    "village",
    "village_code",
    "purpose",
    "state",
    "signed_version",
    "signed_state",
    "names",
    "decided",
    "clashes",
    "visits",
    "visited",
    "added",
    "opened_at",
    "silent_days",
    "due",
    "overdue",
)


def matrix(rows: Sequence[Overview], timezone: str) -> Table:
    """All lists, one a row."""
    zone = ZONES.get(timezone, timezone)
    labels = {name: t(f"village_lists.file.{name}") for name in MATRIX}
    labels["opened_at"] = f"{labels['opened_at']} ({zone})"
    return Table(
        names=MATRIX,
        labels=tuple(labels[name] for name in MATRIX),
        rows=[matrix_row(row, ZoneInfo(timezone)) for row in rows],
    )


def matrix_row(row: Overview, clock: ZoneInfo) -> tuple[str, ...]:
    """One list."""
    told = row.row
    return (
        reference().place_name(told.region_code[:8]),
        reference().place_name(told.region_code),
        told.region_code,
        words.purpose(told),
        words.state(told.state),
        str(row.signed.n) if row.signed else "",
        t(f"village_lists.minutes.state.{row.signed.state}") if row.signed else "",
        *map(str, (told.names, told.decided, told.clashes, told.visits, told.visited, told.added)),
        local(told.opened_at, clock),
        "" if row.is_closed else str(row.silent),
        told.due.isoformat() if told.due else "",
        t("kit.yes") if row.is_overdue else "",
    )


def local(at: datetime, clock: ZoneInfo) -> str:
    """A moment on the regency's clock: 2026-11-22 13:05."""
    return at.astimezone(clock).isoformat(" ", "minutes")[:16]


LINES = (
    "no",
    "part",
    "name",
    "sex",
    "birth_year",
    "hamlet",
    "rt",
    "occupation_code",
    "occupation",
    "nik",
    "flags",
    "gone",
    "verdict_code",
    "reason_code",
    "verdict",
    "clash",
    "self_mark",
)


def lines(file: ListFile) -> Table:
    """One list, a line a row."""
    labels = {name: t(f"village_lists.file.{name}") for name in LINES if name != "hamlet"}
    labels["hamlet"] = words.hamlet_label(file.kind)
    return Table(
        names=LINES,
        labels=tuple(labels[name] for name in LINES),
        rows=[line_row(file, line) for line in file.lines],
    )


def line_row(file: ListFile, line: ShownLine) -> tuple[str, ...]:
    """One line."""
    shown = line.snapshot
    flags = shown.get("flags")
    code = str(shown.get("occupation") or "")
    return (
        str(line.no or ""),
        t(f"village_lists.part.{line.part}"),
        *(str(shown.get(name) or "") for name in ("name", "sex", "birth_year", "hamlet", "rt")),
        code,
        reference().occupation_name(code, current_lang()),
        str(shown.get("nik") or ""),
        "; ".join(t(f"field.lists.flag.{flag}") for flag in flags)
        if isinstance(flags, list)
        else "",
        words.gone(line.gone, None) if line.gone else "",
        line.verdict or "",
        line.reason or "",
        words.verdict(line.verdict, line.reason),
        t("kit.yes") if line.clash else "",
        words.self_mark(file.mark_of(line)),
    )


def name_of(file: ListFile) -> str:
    """The file's name, without its ending."""
    place = reference().place_name(file.row.region_code).lower().replace(" ", "-")
    return f"daftar-{place}-{file.row.matter.replace(':', '-')}"
