"""Sheets that came home as their pages show them: what each row changes, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from flask import url_for

from outreach.domain import catalogue
from outreach.domain.actor import Actor
from outreach.domain.formats import format_money
from outreach.domain.rulebook import FIELDS
from outreach.domain.rules import Error
from outreach.domain.worker_data import object_at
from outreach.features.spreadsheets.judging import CellVerdict, JudgedRow, count_kinds
from outreach.features.spreadsheets.tables import SpreadsheetReturn, SpreadsheetRow
from outreach.web import display
from outreach.web.access import current_actor
from outreach.web.field_values import answer, reference
from outreach.web.i18n import current_lang, t
from outreach.web.lists import Column, Empty, Link, Listing, Paging, Switch, UrlArgs, shown_words

PAGE = 50
TABS = ("open", "take", "refused", "named", "questions")
ENDS = ("written", "conflict", "held", "refused", "undone", "left")


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One return in the list."""

    href: str
    file: str
    left: str
    state: str
    made: str


@dataclass(frozen=True, slots=True)
class CellLine:
    """One cell: what left, what stands, what came, and what is wrong or to be decided."""

    field: str
    label: str
    kind: str
    base: str
    theirs: str
    ours: str
    error: str
    pick: str
    is_open: bool
    decides: bool


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row. ``name`` is blank where nobody knows whose it is; ``question`` says why."""

    id: str
    row_no: int
    name: str
    href: str
    place: str
    cells: list[CellLine]
    named: str
    question: str
    fate: str
    is_open: bool


def list_page(
    actor: Actor, returns: Sequence[SpreadsheetReturn], number: int, total: int, error: str
) -> dict[str, object]:
    """Everything spreadsheets/returns.html needs."""
    return {
        "error": error,
        "villages": own_villages(actor),
        "list": Listing(
            title=t("spreadsheets.listed"),
            columns=[
                Column(t(f"spreadsheets.col.{name}")) for name in ("file", "left", "state", "made")
            ],
            rows=[return_line(one) for one in returns],
            empty=nothing_yet(actor),
            paging=paging(
                lambda page: url_for(".show_all", page=page), number, len(returns), total
            ),
            testid="returns",
        ),
    }


def own_villages(actor: Actor) -> list[tuple[str, str]]:
    """The villages whose people the actor may take out one by one; none for a supervisor, who has
    the list of workers."""
    named = [(code, reference().place_name(code)) for code in actor.villages or ()]
    return sorted(named, key=lambda each: each[1])


def nothing_yet(actor: Actor) -> Empty:
    """Where to begin."""
    if actor.villages is not None:
        return Empty(t("spreadsheets.empty"), t("spreadsheets.empty_village"))
    link = Link(t("spreadsheets.to_list"), url_for("review_list.workers") + "#files")
    return Empty(t("spreadsheets.empty"), t("spreadsheets.empty_do"), (link,))


def page_of(worker_id: str) -> str:
    """The person's page; blank for who cannot open it."""
    if current_actor().role != "supervisor":
        return ""
    return url_for("review_worker.worker", worker_id=worker_id)


def return_line(one: SpreadsheetReturn) -> ReturnLine:
    """One return on a line."""
    return ReturnLine(
        href=url_for(".show", return_id=one.id),
        file=one.file_name,
        left=display.short_moment(one.exported_at),
        state=t(f"spreadsheets.state.{one.state}"),
        made=display.short_moment(one.made_at),
    )


def paging(address: Callable[[int], str], number: int, here: int, total: int) -> Paging:
    """The ways to the pages beside this one."""
    first = (number - 1) * PAGE + 1
    last = first + here - 1
    return Paging(
        previous=address(number - 1) if number > 1 else "",
        next=address(number + 1) if last < total else "",
        shown=shown_words(first, last, total) if total > PAGE else "",
    )


def return_page(
    one: SpreadsheetReturn, judged: Sequence[JudgedRow], tab: str, number: int, *, goes_on: bool
) -> dict[str, object]:
    """Everything spreadsheets/return.html needs while nothing is saved."""
    counts = count_kinds(judged)
    told = {
        "open": sum(row.is_open for row in judged),
        "take": sum(any(cell.is_written for cell in row.cells) for row in judged),
        "refused": sum(any(cell.kind == "refused" for cell in row.cells) for row in judged),
        "named": counts["named"],
        "questions": counts["questions"],
    }
    tab = tab if tab in TABS else next((name for name in TABS if told[name]), "take")
    rows = [row for row in judged if stands_under(tab, row)]
    here = rows[(number - 1) * PAGE : number * PAGE]
    return {
        **shared(one),
        "tab": tab,
        "tabs": tabs(one.id, tab, told),
        "open": counts["open"],
        "people": counts["people"],
        "act": t("spreadsheets.save", n=counts["people"]),
        "same": same_words(one, judged, counts),
        "autofocus": goes_on,
        "number": number,
        "list": rows_list(one.id, tab, [row_line(row) for row in here], number, len(rows)),
    }


def stands_under(tab: str, row: JudgedRow) -> bool:
    """True for a row that a tab shows; one that was decided stays where it was decided."""
    kinds = {cell.kind for cell in row.cells}
    return {
        "open": bool(kinds & {"clash", "ask"}),
        "take": any(cell.is_written for cell in row.cells),
        "refused": "refused" in kinds,
        "named": bool(row.row.named) and not row.question,
        "questions": bool(row.question),
    }[tab]


def shared(one: SpreadsheetReturn) -> dict[str, object]:
    """What the page says of the return whatever its state is."""
    counts, notes = cast(dict[str, int], one.counts), cast(dict[str, list[str]], one.notes)
    missing = max(counts["people"] - counts["seen"], 0)
    return {
        "id": one.id,
        "state": one.state,
        "state_words": t(f"spreadsheets.state.{one.state}"),
        "title": one.file_name,
        "left": t(
            "spreadsheets.left_at",
            n=counts["people"],
            people=display.number(counts["people"]),
            at=display.moment(one.exported_at),
            rows=display.number(counts["seen"]),
        ),
        "missing": t("spreadsheets.missing", n=missing) if missing else "",
        "strange": t("spreadsheets.strange", what=", ".join(notes["strange"]))
        if notes["strange"]
        else "",
        "gone": t("spreadsheets.gone", what=", ".join(notes["gone"])) if notes["gone"] else "",
    }


def same_words(
    one: SpreadsheetReturn, judged: Sequence[JudgedRow], counts: Mapping[str, int]
) -> str:
    """How many rows change nothing, and how many cells the register has already."""
    seen = cast(dict[str, int], one.counts)["seen"]
    quiet = max(seen - len(judged), 0)
    words = t("spreadsheets.quiet", n=quiet, rows=display.number(quiet))
    same = counts["same"]
    return f"{words} {t('spreadsheets.same', n=same)}" if same else words


def tabs(return_id: str, tab: str, told: Mapping[str, int]) -> list[Switch]:
    """The tabs with what stands under each."""
    return [
        Switch(
            text=t(f"spreadsheets.tab.{name}"),
            href=url_for(".show", return_id=return_id, tab=name),
            on=name == tab,
            count=display.number(told[name]) if told[name] else "",
            one_of=True,
        )
        for name in TABS
    ]


def rows_list(
    return_id: str, tab: str, rows: list[RowLine], number: int, total: int
) -> Listing[RowLine]:
    """The rows of a tab."""

    def address(page: int) -> str:
        args: UrlArgs = {"tab": tab or None, "page": page}
        return url_for(".show", return_id=return_id, **args)

    return Listing(
        title=t("spreadsheets.rows"),
        columns=[Column(t(f"spreadsheets.col.{name}")) for name in ("row", "who", "cells")],
        rows=rows,
        empty=Empty(t(f"spreadsheets.nothing.{tab}")),
        paging=paging(address, number, len(rows), total),
        cls="by-rows returned-rows",
        testid="rows",
    )


def row_line(judged: JudgedRow) -> RowLine:
    """One row as it stands before anything is saved."""
    worker, row = judged.worker, judged.row
    return RowLine(
        id=row.id,
        row_no=row.row_no,
        name=worker.full_name if worker else "",
        href=page_of(worker.id) if worker else "",
        place=reference().place_name(worker.region_code) if worker else "",
        cells=[cell_line(cell) for cell in judged.cells if cell.kind != "same"],
        named=named_words(row),
        question=question_words(judged.question),
        fate="",
        is_open=any(cell.kind in ("clash", "ask") for cell in judged.cells),
    )


def cell_line(cell: CellVerdict) -> CellLine:
    """One cell in words."""
    is_raw = cell.kind == "refused" and isinstance(cell.ours, str)
    return CellLine(
        field=cell.field,
        label=display.field_label(cell.field),
        kind=cell.kind,
        base=answer(cell.field, cell.base),
        theirs=answer(cell.field, cell.theirs),
        ours=str(cell.ours) if is_raw else answer(cell.field, cell.ours),
        error=sentence(cell.error) if cell.error else "",
        pick=cell.pick,
        is_open=cell.is_open,
        decides=cell.kind in ("clash", "ask"),
    )


def sentence(error: Error) -> str:
    """The sentence of an error: this feature's own words first, since nothing is ticked here."""
    params = dict(error["params"])
    if isinstance(money := params.get("money"), int):
        params["money"] = format_money(money, current_lang())
    for key in (f"spreadsheets.fault.{error['code']}", f"error.{error['code']}"):
        if key in catalogue.load(current_lang()):
            return t(key, **params)
    return t("spreadsheets.fault.other")


def question_words(code: str) -> str:
    """Why a row is a question and how it is mended."""
    if not code:
        return ""
    words = catalogue.load(current_lang())
    own = f"spreadsheets.question.{code}.{current_actor().role}"
    return t(own if own in words else f"spreadsheets.question.{code}")


def named_words(row: SpreadsheetRow) -> str:
    """Which changed columns never come back."""
    names = cast(list[str], row.named)
    told = ", ".join(map(column_label, names))
    key = "spreadsheets.named"
    if current_actor().role == "head":
        key = "spreadsheets.named.head"
    return t(key, what=told) if names else ""


def column_label(name: str) -> str:
    """The title of a column that is only shown, or of an answer."""
    if name in FIELDS:
        return display.field_label(name)
    words = catalogue.load(current_lang())
    found = (words.get(key) for key in (f"review.col.{name}", f"label.{name}"))
    return next((word for word in found if word), t("spreadsheets.sheet.column"))


def ended_page(
    one: SpreadsheetReturn,
    rows: Sequence[SpreadsheetRow],
    people: Mapping[str, tuple[str, str]],
    number: int,
) -> dict[str, object]:
    """The same of a return that has ended: what became of each row. ``people`` are names and
    villages by worker."""
    counts = cast(dict[str, int], one.counts)
    told = [row for row in rows if row.fate in ENDS]
    here = told[(number - 1) * PAGE : number * PAGE]
    return {
        **shared(one),
        "ends": [
            (t(f"spreadsheets.end.{name}"), display.number(counts[name]))
            for name in ENDS
            if counts.get(name)
        ],
        "may_undo": one.state == "written" and any(row.fate == "written" for row in rows),
        "faded": one.state == "written" and not rows and bool(counts.get("written")),
        "list": rows_list(one.id, "", [ended_line(row, people) for row in here], number, len(told)),
    }


def ended_line(row: SpreadsheetRow, people: Mapping[str, tuple[str, str]]) -> RowLine:
    """One row with what became of it."""
    name, place = people.get(row.worker_id or "", ("", ""))
    outcome = cast(dict[str, object], row.outcome)
    return RowLine(
        id=row.id,
        row_no=row.row_no,
        name=name,
        href=page_of(str(row.worker_id)) if name else "",
        place=reference().place_name(place) if place else "",
        cells=list(saved_cells(outcome)),
        named="",
        question="",
        fate=t(f"spreadsheets.end.{row.fate}"),
        is_open=False,
    )


def saved_cells(outcome: Mapping[str, object]) -> Iterable[CellLine]:
    """The cells that were saved, each with what stood before and what is wrong."""
    errors = object_at(dict(outcome), "errors")
    for name, pair in object_at(dict(outcome), "changes").items():
        before, after = cast(list[object], pair)
        wrong = cast(list[Error], errors.get(name) or [])
        yield CellLine(
            field=name,
            label=display.field_label(name),
            kind="take",
            base="",
            theirs=answer(name, before),
            ours=answer(name, after),
            error=" ".join(map(sentence, wrong)),
            pick="",
            is_open=False,
            decides=False,
        )


def undo_page(one: SpreadsheetReturn, goes: int, left: int) -> dict[str, object]:
    """What the page of an undo says."""
    return {
        "id": one.id,
        "title": one.file_name,
        "goes": t("spreadsheets.undo.goes", n=goes, people=display.number(goes)),
        "left": t("spreadsheets.undo.left", n=left, people=display.number(left)) if left else "",
        "may": bool(goes),
    }
