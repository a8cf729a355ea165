"""Keys hold the regency where it does not lead the planner astray."""

from __future__ import annotations

import pytest
from sqlalchemy import UniqueConstraint, text
from sqlalchemy.orm import Session

from outreach.storage.base import Base

BY_WORKER = {
    "status_history": "ix_status_history_worker",
    "conflict": "ix_conflict_worker_id",
    "inbox": "ix_inbox_worker",
}


def test_no_key_begins_with_the_regency() -> None:
    """SQLite would walk all of a regency through it, for a few rows that another index finds."""
    keys = [
        (table.name, [column.name for column in key.columns])
        for table in Base.metadata.tables.values()
        for key in table.constraints
        if isinstance(key, UniqueConstraint) or key is table.primary_key
    ]
    assert [name for name, columns in keys if columns[:1] == ["regency"]] == []
    assert sum("regency" in columns for _, columns in keys) > 20


@pytest.mark.parametrize("table", BY_WORKER)
def test_a_few_workers_of_a_regency_are_found_by_their_ids(session: Session, table: str) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans with statistics")
    asked = f"SELECT id FROM {table} WHERE regency = 'a' AND worker_id IN ('b', 'c', 'd')"
    plan = session.execute(text(f"EXPLAIN QUERY PLAN {asked}")).all()
    assert [row[3] for row in plan] == [
        f"SEARCH {table} USING INDEX {BY_WORKER[table]} (worker_id=?)"
    ]
