"""What a row does, judged without a page: whose people, which fields, what a choice is for."""

from __future__ import annotations

from typing import Any, cast

import pytest

from outreach.domain.actor import Actor
from outreach.features.spreadsheets.judging import (
    CellVerdict,
    judge_cells,
    judge_row,
    mark_of_value,
)
from outreach.features.spreadsheets.tables import SpreadsheetRow
from outreach.storage.queries_worker_rows import WorkerRow
from tests.support.factories import KUBU_PERAHU, SEBARUS


class Person:
    """A worker as the register has it."""

    id = "w"
    region_code = KUBU_PERAHU
    deleted_at = None
    merged_into = None
    status = "calon"
    full_name = "SITI"

    def __init__(self, **data: object) -> None:
        self.data = data


def judged(role: str, villages: frozenset[str] | None, person: Person) -> Any:
    row = SpreadsheetRow(worker_id="w", cells={"rt": {"base": "001", "ours": "009"}}, picks={})
    actor = Actor("u", role, "Contoh", "18.04", villages)
    return judge_row(actor, row, cast(WorkerRow, person))


def kinds(role: str, data: dict[str, object], **cells: tuple[object, object]) -> dict[str, str]:
    told = {name: {"base": base, "ours": ours} for name, (base, ours) in cells.items()}
    return {cell.field: cell.kind for cell in judge_cells(role, data, told, {})}


@pytest.mark.parametrize(
    ("villages", "question"),
    [(frozenset({KUBU_PERAHU}), ""), (frozenset({SEBARUS}), "gone"), (None, "")],
)
def test_a_person_outside_the_actor_s_villages_is_not_there(
    villages: frozenset[str] | None, question: str
) -> None:
    assert judged("head", villages, Person(rt="001")).question == question


def test_a_role_that_sees_nobody_changes_nobody() -> None:
    assert judged("department", None, Person(rt="001")).question == "gone"


def test_each_role_brings_back_its_own_fields_alone() -> None:
    data: dict[str, object] = {"rt": "001", "kpj": "01234567890"}
    cells = {"rt": ("001", "009"), "kpj": ("01234567890", "01234567891")}
    assert kinds("head", data, **cells) == {"rt": "take", "kpj": "refused"}
    assert kinds("supervisor", data, **cells) == {"rt": "take", "kpj": "take"}


@pytest.mark.parametrize("name", ["nik", "consent", "mother_name", "heirs", "village_code", "gps"])
def test_what_never_comes_back_is_refused_even_under_a_true_seal(name: str) -> None:
    assert kinds("supervisor", {}, **{name: (None, "x")}) == {name: "refused"}


def test_a_choice_holds_beside_the_value_it_was_made_against() -> None:
    cells = {"rt": {"base": "001", "ours": "009"}}
    picks = {"rt": [mark_of_value("005"), "ours"]}
    [then] = judge_cells("supervisor", {"rt": "005"}, cells, picks)
    [later] = judge_cells("supervisor", {"rt": "006"}, cells, picks)
    assert (then.is_written, then.is_open) == (True, False)
    assert (later.is_written, later.is_open) == (False, True)


def test_a_clash_that_nobody_decided_is_never_written() -> None:
    cell = CellVerdict("rt", "clash", "001", "005", "009")
    assert (cell.is_open, cell.is_written) == (True, False)
