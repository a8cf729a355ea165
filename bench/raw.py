"""Raw rows for comparison: ``python -m bench.raw N`` copies the last N payloads, 50 a commit,
into a bare table of the same database, and prints rows a second."""

from __future__ import annotations

import sys
import time

from sqlalchemy import text


def main(count: int) -> None:
    """Print the rate."""
    from outreach import create_app
    from outreach.extensions import db

    with create_app().app_context(), db.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT key, payload FROM mutation ORDER BY received_at DESC LIMIT :n"),
            {"n": count},
        ).all()
        kind = "BYTEA" if db.engine.dialect.name == "postgresql" else "BLOB"
        connection.execute(text("DROP TABLE IF EXISTS bench_raw"))
        connection.execute(
            text(f"CREATE TABLE bench_raw (key VARCHAR(36) PRIMARY KEY, payload {kind})")
        )
        connection.commit()
        insert = text("INSERT INTO bench_raw VALUES (:key, :payload)")
        given = [{"key": key, "payload": payload} for key, payload in rows]
        began = time.perf_counter()
        for start in range(0, len(given), 50):
            connection.execute(insert, given[start : start + 50])
            connection.commit()
        seconds = time.perf_counter() - began
        connection.execute(text("DROP TABLE bench_raw"))
        connection.commit()
    print(len(given) / seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]))
