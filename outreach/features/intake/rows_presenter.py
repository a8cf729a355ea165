"""The rows of a file in words: each with its state, why, and how it is mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from flask import url_for

from outreach.domain import nik
from outreach.domain.catalogue import load
from outreach.features.intake.lines import COLUMNS
from outreach.features.intake.mended_cells import cells_of, mended_of
from outreach.features.intake.mending import may_mend
from outreach.features.intake.queries_rows import RowFilter, StoredRow
from outreach.features.intake.run_access import UNWRITTEN, WRITABLE
from outreach.features.intake.strange_words import MENDABLE, masked
from outreach.features.intake.tables import ImportLine, ImportRun
from outreach.web import display
from outreach.web.field_values import reference
from outreach.web.i18n import current_lang, t
from outreach.web.lists import (
    Chip,
    Column,
    Empty,
    Link,
    Listing,
    Paging,
    Switch,
    UrlArgs,
    shown_words,
)

PAGE = 50
HEADS = ("no", "name", "place", "state", "why")
# What may be somebody's number is not shown again in its box: a blank box leaves it as it is.
SECRET = ("nik", "phone", "kpj")
ALWAYS = ("full_name", "village", "kecamatan")
PREFIX = "cell-"


class Counts(NamedTuple):
    """How many rows are under the filter, in each state, with each fault, in each village."""

    here: int
    states: Mapping[str, int]
    causes: Mapping[str, int]
    villages: Mapping[str, int]


class Fault(NamedTuple):
    """Why, and how it is mended."""

    field: str
    why: str
    mend: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row. ``once`` is where one word is mended for all rows; links are empty where there is
    nothing to do."""

    id: str
    row_no: str
    name: str
    nik: str
    about: str
    place: str
    state: str
    word: str
    faults: list[Fault]
    edit: str
    undo: str
    once: str
    matches: str


@dataclass(frozen=True, slots=True)
class CellBox:
    """One cell in the form. ``kept`` is a number as it is masked, which a blank box leaves."""

    name: str
    label: str
    value: str
    kept: str
    faults: list[Fault]
    is_first: bool


def is_open(run: ImportRun) -> bool:
    """True while rows may change."""
    return run.state in WRITABLE


def address(run_id: str, asked: RowFilter, **more: object) -> str:
    """The address of a filter."""
    args: UrlArgs = {name: value for name, value in more.items() if value}
    return url_for("intake_rows.listing", run_id=run_id, **kept_args(asked), **args)


def page(
    run: ImportRun,
    asked: RowFilter,
    number: int,
    rows: Sequence[StoredRow],
    counts: Counts,
    is_open_now: bool,
) -> dict[str, object]:
    """Everything intake/rows.html needs."""
    return {
        "list": Listing(
            title=t("intake.rows.title"),
            columns=[Column(t(f"intake.rows.col.{name}")) for name in HEADS],
            rows=[row_line(run, row, asked, is_open_now) for row in rows],
            empty=empty(run, asked, counts),
            paging=paging(run.id, asked, number, len(rows), counts.here),
            cls="by-rows given-rows",
            testid="rows",
        ),
        "run_id": run.id,
        "count": display.number(sum(counts.states.values())),
        **counted(run, asked, counts),
        "chips": chips(run.id, asked),
        "clear": address(run.id, RowFilter()),
        "keep": {**kept_args(asked), "page": number},
        "closed": not is_open_now and run.state in UNWRITTEN,
    }


def one(
    run: ImportRun, row: StoredRow, asked: RowFilter, counts: Counts, is_open_now: bool
) -> dict[str, object]:
    """What one row needs after a change, with what is counted above it."""
    line = row_line(run, row, asked, is_open_now)
    told = {"row": line, "run_id": run.id, "keep": kept_args(asked), "changed": True}
    return {**told, **counted(run, asked, counts)}


def counted(run: ImportRun, asked: RowFilter, counts: Counts) -> dict[str, object]:
    """The filters with how many rows are under each."""
    return {
        "asked": asked,
        "states": switches(run.id, asked, counts.states),
        "causes": causes(counts.causes, asked.cause),
        "villages": villages(counts.villages),
    }


def switches(run_id: str, asked: RowFilter, counts: Mapping[str, int]) -> list[Switch]:
    """The states with how many rows are in each; those without a row are left out."""
    return [
        Switch(
            text=t(f"intake.rows.state.{name}"),
            href=address(run_id, asked._replace(state="" if name == asked.state else name)),
            on=name == asked.state,
            count=display.number(many),
        )
        for name, many in counts.items()
        if many or name == asked.state
    ]


def causes(counts: Mapping[str, int], chosen: str) -> list[tuple[str, str]]:
    """The faults that rows have, the most frequent first."""
    told = {**({chosen: 0} if chosen and is_cause(chosen) else {}), **counts}
    ordered = sorted(told, key=lambda code: (-told[code], code))
    return [(code, f"{cause(code)} ({display.number(told[code])})") for code in ordered]


def is_cause(code: str) -> bool:
    """True for a fault that has words."""
    return f"intake.rows.cause.{code}" in load(current_lang())


def cause(code: str) -> str:
    """A fault in a few words; the register's own faults have one word together."""
    return t(f"intake.rows.cause.{code if is_cause(code) else 'register'}")


def villages(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """The villages that rows name, by name."""
    named = [(code, f"{place_name(code)} ({display.number(n)})") for code, n in counts.items()]
    return sorted(named, key=lambda each: each[1])


def chips(run_id: str, asked: RowFilter) -> list[Chip]:
    """The filters in force beside the state, each with the address that takes it away."""
    told = {
        "cause": cause(asked.cause) if asked.cause else "",
        "village": place_name(asked.village) if asked.village else "",
        "words": f"“{asked.words}”" if asked.words else "",
    }
    without = {
        "cause": asked._replace(cause=""),
        "village": asked._replace(village=""),
        "words": asked._replace(words=""),
    }
    return [Chip(told[name], address(run_id, left)) for name, left in without.items() if told[name]]


def empty(run: ImportRun, asked: RowFilter, counts: Counts) -> Empty:
    """What to do where no row is shown."""
    back = Link(t("intake.rows.back"), url_for("intake_runs.show", run_id=run.id))
    if not sum(counts.states.values()):
        return Empty(t("intake.rows.none"), t("intake.rows.none_do"), (back,))
    clear = Link(t("kit.chip.clear"), address(run.id, RowFilter()), "button")
    return Empty(t("intake.rows.nothing"), t("intake.rows.nothing_do"), (clear, back))


def paging(run_id: str, asked: RowFilter, number: int, here: int, total: int) -> Paging:
    """The ways to the pages beside this one."""
    first = (number - 1) * PAGE
    return Paging(
        previous=address(run_id, asked, page=number - 1) if number > 1 else "",
        next=address(run_id, asked, page=number + 1) if first + PAGE < total else "",
        shown=shown_words(first + 1, first + here, total) if here else "",
    )


def row_line(run: ImportRun, row: StoredRow, asked: RowFilter, is_open_now: bool) -> RowLine:
    """One row in words, its number masked and nobody's number in its texts."""
    line, cells = row.line, cells_of(row.line.given)
    told = line.values if isinstance(line.values, dict) else {}
    is_free = is_open_now and line.fate != "written"
    place = url_for("intake_rows.edit", run_id=run.id, row_id=line.id, **kept_args(asked))
    words = any(code in MENDABLE for _, code, _, _ in problems(line))
    columns = url_for("intake_columns.show", run_id=run.id)
    matches = url_for("intake_matches.listing", run_id=run.id)
    return RowLine(
        id=line.id,
        row_no=display.number(line.row_no),
        name=masked(str(told.get("full_name") or cells.get("full_name", ""))),
        nik=nik.mask(line.nik),
        about=about(line),
        place=place_name(line.village_code) if line.village_code else masked(written(cells)),
        state=row.state,
        word=t(f"intake.rows.state.{row.state}"),
        faults=faults(line),
        edit=place if is_free and may_mend(line) else "",
        undo=url_for("intake_rows.undo", run_id=run.id, row_id=line.id)
        if is_free and mended_of(line.given)
        else "",
        once=columns if words and is_free and run.state in UNWRITTEN else "",
        matches=matches if row.state == "maybe" and asked.sees else "",
    )


def kept_args(asked: RowFilter) -> UrlArgs:
    """The filter as arguments, so that one comes back to it."""
    told = {"state": asked.state, "cause": asked.cause, "in": asked.village, "q": asked.words}
    return {name: value for name, value in told.items() if value}


def written(cells: Mapping[str, str]) -> str:
    """The place as its giver wrote it."""
    return ", ".join(filter(None, (cells.get("village", ""), cells.get("kecamatan", ""))))


def about(line: ImportLine) -> str:
    """Birth date, or the year that is known."""
    if line.birth_date:
        return display.short_day(line.birth_date)
    year = line.values.get("birth_year") if isinstance(line.values, dict) else None
    return str(year) if year else ""


def place_name(code: str) -> str:
    """The name of a village."""
    return reference().place_name(code)


def problems(line: ImportLine) -> list[tuple[str, str, dict[str, str], bool]]:
    """The row's faults as they are stored."""
    return cast(list[tuple[str, str, dict[str, str], bool]], line.problems or [])


def faults(line: ImportLine) -> list[Fault]:
    """The row's faults in words, those that stop it first."""
    ordered = sorted(problems(line), key=lambda each: not each[3])
    return [Fault(field, *fault_words(code, params)) for field, code, params, _ in ordered]


def fault_words(code: str, params: Mapping[str, str]) -> tuple[str, str]:
    """Why, and how it is mended; the register's own faults have one sentence together."""
    if f"intake.problem.{code}" not in load(current_lang()):
        return t("intake.rows.register"), t("intake.rows.register_mend")
    return t(f"intake.problem.{code}", **params), t(f"intake.mend.{code}", **params)


def row_form(
    run: ImportRun, line: ImportLine, villages: Sequence[str], asked: RowFilter
) -> dict[str, object]:
    """Everything the form of one row needs: the cells with a fault first."""
    found = list(boxes(line))
    wrong = [box for box in found if box.faults]
    return {
        "run_id": run.id,
        "row_id": line.id,
        "row_no": display.number(line.row_no),
        "name": masked(cells_of(line.given).get("full_name", "")),
        "boxes": wrong or found[:2],
        "others": [box for box in found if box not in (wrong or found[:2])],
        "villages": villages,
        "asked": asked,
        "back": address(run.id, asked),
        "keep": kept_args(asked),
        "prefix": PREFIX,
    }


def boxes(line: ImportLine) -> Iterator[CellBox]:
    """A box for every cell that the file has and for what no row goes without."""
    cells, told, first = cells_of(line.given), faults(line), True
    for name in COLUMNS:
        if name not in cells and name not in ALWAYS:
            continue
        text, wrong = cells.get(name, ""), [one for one in told if one.field == name]
        secret = name in SECRET
        yield CellBox(
            name,
            t(f"intake.field.{name}"),
            "" if secret else masked(text),
            nik.mask(text) if secret and text else "",
            wrong,
            is_first=bool(wrong) and first,
        )
        first = first and not wrong


def cells_sent(form: Mapping[str, str]) -> dict[str, str]:
    """The cells of a sent form; a blank box of a number, and one that shows a mask, change
    nothing."""
    sent = {name: form[PREFIX + name] for name in COLUMNS if PREFIX + name in form}
    return {
        name: text
        for name, text in sent.items()
        if "•" not in text and (text.strip() or name not in SECRET)
    }
