"""Writes what a server of one version holds, with that version's own code and migrations.

    python tools/write_server_fixture.py TREE > tests/fixtures/versions/NAME/server.json

TREE is a checkout of the version; the present one is ``.``.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

TREE = Path(sys.argv[1]).resolve()
SECRET = "t" * 40
NIKS = iter(f"18040470088{year}{serial}" for year, serial in zip("0123456", range(9001, 9008)))  # noqa: B905


def plain(value: Any) -> Any:
    """A column's value as JSON."""
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    return value


def pushes(server: Any) -> list[dict[str, Any]]:
    """Two phones with a plain save, an edit, a conflict, a refused and a held one."""
    import orjson

    from outreach.extensions import db
    from tests.support import factories
    from tests.sync.conftest import Handset

    users = [factories.make_user(db.session(), "officer", (factories.KUBU_PERAHU,)) for _ in "ab"]
    db.session.commit()
    phones = [Handset(server, user) for user in users]
    told: list[dict[str, Any]] = []
    for phone in phones:
        cookie = phone.client.get_cookie(f"jk_{phone.device}", path="/sync/v1")
        told.append({"device": phone.device, "user": phone.user_id, "cookie": cookie.value})
        told[-1] |= {"mutations": [], "results": []}
        told[-1]["keys"] = [phone.key.secret(), phone.fetch_key.secret()]

    def push(n: int, *mutations: dict[str, Any]) -> None:
        texts = [orjson.dumps(one).decode() for one in mutations]
        told[n]["mutations"] += texts
        told[n]["results"] += phones[n].push(*texts)["results"]

    first, second = phones
    person = {"full_name": "SUTINI UJI", "nik": next(NIKS), "birth_date": "1980-08-30", "sex": "P"}
    made = first.mutation(set=person)
    push(0, made, first.mutation(id=made["id"], set={"full_name": ("SUTINI UJI", "SUTINI SATU")}))
    push(1, second.mutation(id=made["id"], set={"full_name": ("SUTINI UJI", "SUTINI DUA")}))
    push(1, second.mutation(set={**person, "full_name": "WAHYU UJI", "nik": "1"}))
    push(1, second.mutation(factories.SEBARUS, set={**person, "nik": next(NIKS)}))
    push(0, first.mutation(set={**person, "full_name": "ROHANI UJI", "nik": next(NIKS)}))
    return told


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, tables before those that point to them."""
    from sqlalchemy import MetaData, select

    from outreach.extensions import db

    tables = MetaData()
    tables.reflect(db.engine)
    found = {}
    for table in tables.sorted_tables:
        lines = db.session.execute(select(table)).mappings()
        found[table.name] = [{name: plain(one) for name, one in line.items()} for line in lines]
    return {name: lines for name, lines in found.items() if lines and name != "alembic_version"}


def main() -> None:
    """Print the fixture."""
    out, sys.stdout = sys.stdout, sys.stderr  # logs of every version go elsewhere
    os.chdir(TREE)
    sys.path.insert(0, str(TREE))
    from flask_migrate import upgrade
    from sqlalchemy import text

    from outreach import create_app
    from outreach.core.record import changes
    from outreach.extensions import db
    from tests.support import factories
    from tests.sync.conftest import Server

    with TemporaryDirectory() as folder:
        here = Path(folder)
        app = create_app(
            {
                "database_url": f"sqlite:///{here / 'old.sqlite'}",
                "instance": here / "instance",
                "blob_dir": here / "blobs",
                "secret_key": SECRET,
            }
        )
        app.testing = True
        with app.app_context():
            upgrade(directory=str(TREE / "migrations"))
            factories.add_regions(db.session())
            db.session.commit()
            told = pushes(Server(app))
            [[head]] = db.session.execute(text("SELECT version_num FROM alembic_version"))
            fixture = {"head": head, "schema": changes.SCHEMA, "phones": told, "rows": rows()}
    out.write(json.dumps(fixture, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
