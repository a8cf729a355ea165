"""The checker takes a row for any protocol, so these ask whether the columns are really there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args, get_type_hints

import pytest

from outreach.storage import (
    queries_audit,
    queries_conflicts,
    queries_holds,
    queries_identity,
    queries_office,
    queries_pairs,
    queries_sync,
    queries_worker_history,
    queries_worker_rows,
)
from outreach.storage.audit import AuditLine
from outreach.storage.base import Base
from outreach.storage.identity import ServerKey
from outreach.storage.sync import Conflict, Device, Hold, Mutation
from outreach.storage.workers import DuplicatePair, Worker, WorkerBlob

Listed = tuple[type, Iterable[Any], tuple[type[Base], ...]]
ROWS: list[Listed] = [
    (queries_audit.AuditRow, queries_audit.COLUMNS, (AuditLine,)),
    (queries_holds.HoldRow, queries_holds.COLUMNS, (Hold, Mutation, Worker)),
    (queries_identity.ServerKeyRow, ServerKey.__table__.c, (ServerKey,)),
    (queries_office.ListedWorker, queries_office.COLUMNS, (Worker,)),
    (queries_sync.DeviceNumbers, queries_sync.LOCK_DEVICE.selected_columns, (Device,)),
    (queries_sync.KnownMutation, queries_sync.KNOWN_COLUMNS, (Mutation,)),
    (queries_sync.StoredMutation, queries_sync.MUTATION_COLUMNS, (Mutation,)),
    (queries_worker_history.ConflictRow, queries_worker_history.CONFLICT, (Conflict,)),
    (queries_worker_rows.ListRow, queries_worker_rows.LIST_COLUMNS, (Worker,)),
    (queries_worker_rows.PictureReference, WorkerBlob.__table__.c, (WorkerBlob,)),
    (queries_worker_rows.WorkerRow, Worker.__table__.c, (Worker,)),
]
# Read of their queries in part, or with labels of their own.
PARTS = [
    (queries_conflicts.ConflictOfPhone, {"key", "device", "received_at", "origin"}),
    (queries_pairs.PairRow, set(DuplicatePair.__table__.c.keys()) - {"created_at"}),
    (
        queries_pairs.ShownPair,
        {"a", "b", "same_nik", "same_name", "said"}
        | {f"{side}_{name}" for side in "ab" for name in queries_pairs.SHOWN},
    ),
]
LABELS = {
    queries_holds.HoldRow: {"by", "number", "role", "device", "decider", "full_name"},
    queries_office.ListedWorker: {"officer", "undated"},
    queries_worker_history.ConflictRow: {"by", "resolver"},
}
# Stored as text of any length; one of a few words everywhere else.
NARROWER = {(queries_sync.StoredMutation, "origin")}


def column_types(models: tuple[type[Base], ...]) -> dict[str, Any]:
    """What the models say of their columns; the first model's word counts."""
    found: dict[str, Any] = {}
    for model in models:
        for name, hint in get_type_hints(model).items():
            if name in model.__table__.c:
                found.setdefault(name, get_args(hint)[0])
    return found


@pytest.mark.parametrize(
    ("row", "columns", "models"), ROWS, ids=lambda x: getattr(x, "__name__", "")
)
def test_a_row_has_the_columns_that_its_type_names(
    row: type, columns: Iterable[Any], models: tuple[type[Base], ...]
) -> None:
    hints = get_type_hints(row)
    assert set(hints) == {column.key for column in columns}
    types = column_types(models)
    told = set(hints) - LABELS.get(row, set()) - {name for of, name in NARROWER if of is row}
    assert {name: hints[name] for name in told} == {name: types[name] for name in told}


@pytest.mark.parametrize(("row", "columns"), PARTS, ids=lambda x: getattr(x, "__name__", ""))
def test_a_row_with_labels_has_what_its_type_names(row: type, columns: set[str]) -> None:
    inherited = {name for base in row.__bases__ for name in get_type_hints(base)}
    assert set(get_type_hints(row)) - inherited == columns
