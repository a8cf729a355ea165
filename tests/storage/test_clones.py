"""The databases that tests are given: as the migrations leave them, whatever a test before did."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from tests.support.database import PostgresTemplate


def test_table_that_a_test_brought_is_gone_for_the_next(
    postgres_template: PostgresTemplate,
) -> None:
    for _ in range(2):
        with postgres_template.clone() as url:
            engine = create_engine(url)
            assert not inspect(engine).has_table("brought")
            with engine.begin() as connection:
                connection.execute(text("CREATE TABLE brought (id integer)"))
            engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_change_is_made_once_and_no_test_sees_what_another_did_to_its_copy(
    kind: str, request: pytest.FixtureRequest
) -> None:
    template, changes = request.getfixturevalue(f"{kind}_template"), []

    def change(url: str) -> None:
        changes.append(url)
        write(url, "CREATE TABLE brought (id integer)")

    for _ in range(2):
        with template.changed("brought", change) as url:
            assert url not in changes, "a copy"
            engine = create_engine(url, poolclass=NullPool)
            with engine.connect() as connection:
                assert connection.scalar(text("SELECT count(*) FROM brought")) == 0
            write(url, "INSERT INTO brought VALUES (1)")
    assert len(changes) == 1
    with template.clone() as url:
        assert not inspect(create_engine(url, poolclass=NullPool)).has_table("brought")


def write(url: str, statement: str) -> None:
    """Run one statement on a database and let go of it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
