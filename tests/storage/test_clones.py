"""The databases that tests are given: as the migrations leave them, whatever a test before did."""

from __future__ import annotations

from sqlalchemy import create_engine, inspect, text

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
