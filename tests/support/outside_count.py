"""Counts what arrived, straight from the database. Imports nothing of the product on purpose:
a fault shared by the app and its tests cannot hide here.

Usage: ``python outside_count.py DATABASE_URL BLOB_DIR SINCE`` prints one JSON object. ``SINCE``
is the id (UUIDv7) below which workers are not counted; "" counts all.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any


def connect(url: str) -> Any:
    """An open DB-API connection to either database."""
    if url.startswith("sqlite"):
        import sqlite3

        return sqlite3.connect(url.split("///", 1)[1])
    import psycopg

    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))


def rows(connection: Any, statement: str) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    cursor = connection.cursor()
    cursor.execute(statement)
    return list(cursor.fetchall())


def chain_breaks(connection: Any) -> int:
    """How many stored payloads do not continue their phone's hash chain.

    A phone's chain is SHA-256(previous ‖ bytes) from its first number, nothing before it.
    """
    last: dict[str, bytes] = {}
    broken = 0
    for device, payload, digest in rows(
        connection,
        "SELECT device_id, payload, hash FROM mutation WHERE origin = 'phone' "
        "ORDER BY device_id, mid",
    ):
        expected = hashlib.sha256(last.get(device, b"") + bytes(payload)).digest()
        broken += expected != bytes(digest)
        last[device] = bytes(digest)
    return broken


def blobs_on_disk(folder: Path) -> dict[str, int]:
    """SHA-256 → size of every stored file whose content has that hash."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found[hashlib.sha256(content).hexdigest()] = len(content)
    return found


def count(url: str, blob_dir: str, since: str) -> dict[str, Any]:
    """Everything the acceptance tests compare."""
    connection = connect(url)
    workers = [
        (status, json.loads(data))
        for worker, status, data in rows(connection, "SELECT id, status, data FROM worker")
        if worker > since
    ]
    wanted = {
        value
        for _, data in workers
        for value in (
            data.get("ktp_photo"),
            data.get("face_photo"),
            (data.get("consent") or {}).get("evidence"),
        )
        if value
    }
    stored = blobs_on_disk(Path(blob_dir))
    statuses: dict[str, int] = {}
    for status, _ in workers:
        statuses[status] = statuses.get(status, 0) + 1
    return {
        "workers": len(workers),
        "names": sorted(data.get("full_name") or "" for _, data in workers),
        "statuses": statuses,
        "status_of": {data.get("full_name"): status for status, data in workers},
        "income_of": {data.get("full_name"): data.get("monthly_income") for _, data in workers},
        "evidence": sum(bool((data.get("consent") or {}).get("evidence")) for _, data in workers),
        "without_nik": sum(not data.get("nik") for _, data in workers),
        "represented": sum(data.get("facts_from") == "diwakili" for _, data in workers),
        "thumbs": sum(
            (data.get("consent") or {}).get("method") == "cap_jempol_foto" for _, data in workers
        ),
        "witnesses": sum(bool((data.get("consent") or {}).get("witness")) for _, data in workers),
        "photos": sum(bool(data.get("ktp_photo")) for _, data in workers),
        "blobs_wanted": len(wanted),
        "blobs_missing": sorted(wanted - stored.keys()),
        "mutations": dict(
            rows(
                connection,
                "SELECT status, count(*) FROM mutation WHERE origin = 'phone' GROUP BY status",
            )
        ),
        "keys": rows(connection, "SELECT count(DISTINCT key) FROM mutation")[0][0],
        "devices": [
            {"recorded": recorded, "received": received}
            for recorded, received in rows(
                connection, "SELECT recorded, last_mid FROM device WHERE kind = 'phone'"
            )
        ],
        "gaps": rows(connection, "SELECT count(*) FROM named_gap")[0][0],
        "chain_breaks": chain_breaks(connection),
    }


if __name__ == "__main__":
    print(json.dumps(count(*sys.argv[1:4])))
