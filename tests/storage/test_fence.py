"""The fence hears what the product asks of the database without saying of which regency."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from outreach.storage.regions import Region
from tests.support import fence
from tests.support.statement import unbounded_tables

TABLES = {"worker", "hold", "mutation"}
BOUNDED = (
    "SELECT worker.id FROM worker WHERE worker.regency = ? AND worker.id = ?",
    "SELECT worker.id FROM worker WHERE worker.regency = %(regency_1)s::VARCHAR",
    "SELECT worker.id FROM worker WHERE ? = worker.regency",
    "SELECT worker.id FROM worker WHERE regency IN (?, ?) FOR UPDATE",
    "SELECT m.key FROM mutation AS m JOIN hold ON hold.key = m.key AND hold.regency = m.regency"
    " WHERE m.regency = ?",
    "SELECT name FROM region, worker WHERE worker.regency = region.code AND EXISTS"
    " (SELECT * FROM hold WHERE hold.regency = worker.regency)",
    "UPDATE hold SET state=? WHERE hold.regency = ? AND hold.key = ?",
    "DELETE FROM hold WHERE (hold.regency, hold.key) IN ((?, ?), (?, ?))",
    "INSERT INTO hold (key, regency) VALUES (?, ?)"
    " ON CONFLICT (regency, key) DO UPDATE SET state = excluded.state",
    "WITH few AS MATERIALIZED (SELECT worker.id AS id FROM worker WHERE worker.regency = ?)"
    " SELECT few.id FROM few ORDER BY few.id",
    "SELECT extract(epoch FROM worker.at) FROM worker WHERE worker.regency = ?",
)
UNBOUNDED = {
    "SELECT worker.id, worker.regency AS worker_regency FROM worker WHERE worker.id = ?": "worker",
    "SELECT worker.id FROM worker ORDER BY worker.regency": "worker",
    "SELECT m.key FROM mutation AS m JOIN hold ON hold.key = m.key WHERE m.regency = ?": "hold",
    "SELECT m.key FROM mutation m JOIN hold ON hold.regency = m.regency": "hold mutation",
    "SELECT a.id FROM worker AS a, worker AS b WHERE a.regency = ?": "worker",
    "SELECT 1 FROM worker WHERE worker.regency = ? AND worker.id IN"
    " (SELECT worker.id FROM worker WHERE worker.code = ?)": "worker",
    "SELECT anon_1.k FROM (SELECT mutation.key AS k FROM mutation WHERE mutation.mid = ?"
    " UNION ALL SELECT hold.key AS k FROM hold WHERE hold.regency = ?) AS anon_1": "mutation",
    "UPDATE hold SET regency=?, state=? WHERE hold.key = ?": "hold",
    "DELETE FROM hold": "hold",
    "INSERT INTO hold (key, state) VALUES (?, ?)": "hold",
    "WITH few AS (SELECT worker.id AS id FROM worker WHERE worker.regency = ?)"
    " SELECT worker.id FROM few JOIN worker ON worker.id = few.id": "worker",
    "SELECT b.id FROM worker AS a JOIN worker AS b ON b.nik IS DISTINCT FROM a.nik"
    " WHERE a.regency = ?": "worker",
}


@pytest.mark.parametrize("statement", BOUNDED)
def test_what_names_the_regency_of_each_table_is_bounded(statement: str) -> None:
    assert unbounded_tables(statement, TABLES) == set()


@pytest.mark.parametrize("statement", UNBOUNDED)
def test_what_leaves_one_out_is_not(statement: str) -> None:
    assert unbounded_tables(statement, TABLES) == set(UNBOUNDED[statement].split())


def test_a_statement_of_the_product_is_heard_and_one_of_a_test_is_not(session: Session) -> None:
    session.execute(text("SELECT key FROM hold"))
    assert fence.broken == []
    # A function whose code lies in the product, as far as the frame tells.
    place = f"{fence.PRODUCT}storage/queries_holds.py"
    product: dict[str, object] = {"text": text}
    code = "def ask_all(session):\n    return session.execute(text('SELECT key FROM hold'))\n"
    exec(compile(code, place, "exec"), product)
    product["ask_all"](session)  # type: ignore[operator]
    (told,) = fence.broken
    fence.broken.clear()
    assert told.startswith("outreach/storage/queries_holds.py:ask_all asks hold of any regency")


def test_tables_of_no_regency_need_none(session: Session) -> None:
    assert "region" not in fence.tables_of_one(0)
    session.get(Region, "18")
    assert fence.broken == []


def test_every_gate_stands_at_a_function_and_tables_that_are_there() -> None:
    for place, tables in fence.GATES.items():
        file, _, function = place.partition(":")
        assert function in dict(fence.functions_of(fence.ROOT / file)), place
        assert set(tables.split()) <= fence.tables_of_one(0) | {"*"}, place


def test_what_only_builds_a_statement_is_asked_by_its_caller() -> None:
    functions = fence.query_functions()
    assert "outreach/storage/queries_office.py:clauses" not in functions
    assert "outreach/storage/queries_worker_rows.py:full_rows" in functions


def test_two_functions_that_ask_the_same_are_both_heard(session: Session) -> None:
    def one() -> None:
        session.execute(text("SELECT 1 FROM region WHERE code = 'x'"))

    def other() -> None:
        session.execute(text("SELECT 1 FROM region WHERE code = 'x'"))

    one()
    other()
    assert {one.__code__, other.__code__} <= fence.asking
