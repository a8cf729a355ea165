"""Alembic's entry. On SQLite foreign keys are off while tables are rebuilt: with them on, the
batch mode's drop of the old table deletes child rows and reports success."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import event

import outreach.storage  # noqa: F401  (all tables)
from outreach.storage.base import Base


def run() -> None:
    """Run the migrations in one transaction on the app's own engine."""
    engine = current_app.extensions["migrate"].db.engine
    sqlite = engine.dialect.name == "sqlite"
    if not sqlite:
        with engine.connect() as connection:
            migrate(connection)
        return
    engine.dispose()

    def foreign_keys_off(raw: object, _record: object) -> None:
        raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]

    event.listen(engine, "connect", foreign_keys_off)
    try:
        with engine.connect().execution_options(write=True) as connection:
            migrate(connection)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"migration broke foreign keys: {broken[:5]}")
    finally:
        event.remove(engine, "connect", foreign_keys_off)
        engine.dispose()


def migrate(connection: object) -> None:
    """Configure and run on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
