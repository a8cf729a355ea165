"""What a row of a sheet does to the register as it stands now: a pure judgement, made anew for each
look and again before anything is saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Literal, cast

import orjson
from sqlalchemy.orm import Session

from outreach.domain.access import settable_fields
from outreach.domain.actor import Actor
from outreach.domain.lifecycle import LISTED
from outreach.domain.returned_sheets import (
    cell_contradictions,
    cell_questions,
    merge_cell,
    returning_fields,
)
from outreach.domain.rules import Error, fault
from outreach.domain.together import with_partners
from outreach.domain.worker_data import Data, Pair
from outreach.features.spreadsheets.tables import SpreadsheetRow
from outreach.storage import queries_worker_rows
from outreach.storage.queries_worker_rows import WorkerRow

Kind = Literal["same", "take", "clash", "ask", "refused"]
Side = Literal["ours", "theirs", ""]
PIECE = 500


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """What one cell does. ``pick`` is what a person chose of a clash or a question."""

    field: str
    kind: Kind
    base: object
    theirs: object
    ours: object
    error: Error | None = None
    pick: Side = ""

    @property
    def is_open(self) -> bool:
        """True while a person has to decide."""
        return self.kind in ("clash", "ask") and not self.pick

    @property
    def is_written(self) -> bool:
        """True where the cell would be saved."""
        return self.kind == "take" or (self.kind in ("clash", "ask") and self.pick == "ours")


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row with its person as the register has it now, and its cells that say something."""

    row: SpreadsheetRow
    worker: WorkerRow | None
    question: str
    cells: list[CellVerdict] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """True while a person has to decide on one of its cells."""
        return any(cell.is_open for cell in self.cells)

    def changes(self) -> dict[str, Pair]:
        """What would be saved, (from, to) by field, with what that contradicts taken away."""
        if self.worker is None:
            return {}
        pairs = {cell.field: (cell.theirs, cell.ours) for cell in self.cells if cell.is_written}
        return with_partners(self.worker.data, pairs) if pairs else {}


def judge_rows(session: Session, actor: Actor, rows: Sequence[SpreadsheetRow]) -> list[JudgedRow]:
    """The rows against the register of this moment."""
    ids = sorted({row.worker_id for row in rows if row.worker_id})
    workers = workers_of(session, actor.regency, ids)
    return [judge_row(actor, row, workers.get(row.worker_id or "")) for row in rows]


def workers_of(session: Session, regency: str, ids: Sequence[str]) -> dict[str, WorkerRow]:
    """Workers by id, read in pieces."""
    pieces = (ids[at : at + PIECE] for at in range(0, len(ids), PIECE))
    found = (queries_worker_rows.full_rows(session, regency, piece) for piece in pieces)
    return {worker.id: worker for piece in found for worker in piece}


def judge_row(actor: Actor, row: SpreadsheetRow, worker: WorkerRow | None) -> JudgedRow:
    """One row; a person who is not there any more, or was never met, is a question."""
    if row.question:
        return JudgedRow(row, None, row.question)
    if worker is None or worker.deleted_at or not actor.can_write(worker.region_code):
        return JudgedRow(row, None, "gone")
    question = "merged" if worker.merged_into else "listed" if worker.status == LISTED else ""
    if question:
        return JudgedRow(row, worker, question)
    cells = cast(dict[str, dict[str, object]], row.cells)
    picks = cast(dict[str, list[str]], row.picks)
    return JudgedRow(row, worker, "", judge_cells(actor.role, worker.data, cells, picks))


def judge_cells(
    role: str,
    data: Data,
    cells: Mapping[str, Mapping[str, object]],
    picks: Mapping[str, Sequence[str]],
) -> list[CellVerdict]:
    """Each cell: merged, then asked about or refused where its answer needs that."""
    allowed = set(returning_fields(role)) & settable_fields(role)
    merged = [merged_cell(name, cell, data, name in allowed) for name, cell in cells.items()]
    picked = [
        replace(cell, pick=pick_of(cell, picks)) if cell.kind == "clash" else cell
        for cell in merged
    ]
    asked = with_questions(data, picked, picks)
    wanted = {cell.field: cell.ours for cell in asked if cell.is_written}
    errors = cell_contradictions(data, wanted)
    return [
        replace(cell, kind="refused", error=errors[cell.field]) if cell.field in errors else cell
        for cell in asked
    ]


def merged_cell(name: str, cell: Mapping[str, object], data: Data, is_allowed: bool) -> CellVerdict:
    """The cell by what left, what stands and what came; refused where it may not come at all."""
    base, theirs, ours = cell["base"], data.get(name), cell.get("ours")
    if not is_allowed:
        return CellVerdict(name, "refused", base, theirs, ours, fault("field_forbidden"))
    if "fault" in cell:
        error = cast(Error, cell["fault"])
        return CellVerdict(name, "refused", base, theirs, cell["raw"], error)
    return CellVerdict(name, merge_cell(base, theirs, ours), base, theirs, ours)


def with_questions(
    data: Data, cells: Sequence[CellVerdict], picks: Mapping[str, Sequence[str]]
) -> list[CellVerdict]:
    """The cells; those that would be taken and look wrong wait for a person's word."""
    taken = {cell.field: cell.ours for cell in cells if cell.kind == "take"}
    errors = cell_questions(data, taken)
    return [
        replace(cell, kind="ask", error=errors[cell.field], pick=pick_of(cell, picks))
        if cell.field in errors
        else cell
        for cell in cells
    ]


def pick_of(cell: CellVerdict, picks: Mapping[str, Sequence[str]]) -> Side:
    """What a person chose of the cell; nothing where the register has changed since."""
    mark, side = picks.get(cell.field, ("", ""))
    return cast(Side, side) if mark == mark_of_value(cell.theirs) else ""


def mark_of_value(value: object) -> str:
    """A mark of a value, for a choice holds only beside the value that it was made against."""
    return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def count_kinds(judged: Collection[JudgedRow]) -> dict[str, int]:
    """How many cells and rows are of each kind: what the preview says first."""
    cells = [cell for row in judged for cell in row.cells]
    kinds = {kind: sum(cell.kind == kind for cell in cells) for kind in ("take", "same", "refused")}
    return {
        **kinds,
        "open": sum(cell.is_open for cell in cells),
        "decided": sum(cell.kind in ("clash", "ask") and not cell.is_open for cell in cells),
        "named": sum(bool(row.row.named) for row in judged if not row.question),
        "questions": sum(bool(row.question) for row in judged),
        "people": sum(bool(row.changes()) for row in judged),
    }
