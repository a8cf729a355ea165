"""Migrations run up and down on both databases, with rows in the tables."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from outreach.extensions import db
from outreach.services.actors import actor_for
from outreach.services.workers import create_worker
from tests.support import factories

FIRST = "0001"


@pytest.fixture
def own_app(fresh_url: str, make_app: Any) -> Flask:
    """The app on a database that no other test will use."""
    made: Flask = make_app(fresh_url)
    return made


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, by table; columns that later migrations add left out."""
    found = {}
    for table in sorted(set(inspect(db.engine).get_table_names()) - {"alembic_version"}):
        names = sorted(
            column["name"]
            for column in inspect(db.engine).get_columns(table)
            if column["name"] not in LATER.get(table, ())
        )
        listed = ", ".join(f'"{name}"' for name in names)
        found[table] = sorted(
            map(tuple, db.session.execute(text(f'SELECT {listed} FROM "{table}"'))), key=repr
        )
    db.session.rollback()
    return found


LATER = {"scope_counter": ("floor",), "worker_blob": ("owner_id",), "reference": ("gone",)}


def fill(now: Any) -> None:
    """A village with an officer, a worker, the mutation behind it and its counters."""
    factories.add_regions(db.session())
    factories.make_office(db.session(), "pekon", factories.KUBU_PERAHU)
    user = factories.make_user(db.session(), "supervisor")
    db.session.commit()
    actor = actor_for(db.session(), user, "18.04", now.date())  # type: ignore[arg-type]
    data = {"full_name": "SUTINI UJI", "nik": "1804047008809001", "birth_date": "1980-08-30"}
    create_worker(db.session(), actor, factories.KUBU_PERAHU, data, now)


def test_down_to_nothing_and_up_again(own_app: Flask) -> None:
    with own_app.app_context():
        before = set(inspect(db.engine).get_table_names())
        db.session.remove()
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade()
        assert set(inspect(db.engine).get_table_names()) == before


def test_rows_survive_the_way_down_and_up(own_app: Flask, now: Any) -> None:
    with own_app.app_context():
        fill(now)
        before = rows()
        assert len(before["worker"]) == len(before["mutation"]) == 1
        db.session.remove()
        downgrade(revision=FIRST)
        assert rows() == before
        db.session.remove()
        upgrade()
        assert rows() == before


def test_models_and_migrations_agree(own_app: Flask) -> None:
    """What the code expects is what the migrations make; indexes are compared by name."""
    with own_app.app_context():
        for table in db.metadata.sorted_tables:
            made = {c["name"] for c in inspect(db.engine).get_columns(table.name)}
            assert made == set(table.columns.keys()), table.name
