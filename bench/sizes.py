"""Bytes: what phones download before the first offline save, and what a saved record sends."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.client import Client
from bench.phones import BATCH, Phone
from bench.report import Report, Row
from outreach.core.demo.synthetic_people import People

MANIFEST = Path(__file__).parent.parent / "outreach" / "static" / "dist" / "manifest.json"
OFFICE = "office"


def run(report: Report) -> None:
    """Rows from the built files and from batches of fifty as they go over the wire."""
    built = json.loads(MANIFEST.read_text())
    files = {f["path"]: f for name, f in built["files"].items()}
    phone = {name: f for name, f in built["files"].items() if OFFICE not in name}
    core = first_bytes(built, files)
    whole = core + sum(size(files, path) for path in built["parts"]["rest"])
    report.add(
        Row(
            "files of the first visit, brotli (boot, worker, core set)",
            "Enketo 777 kB, ODK Web Forms 1,227 kB, CHT 1.9 MB",
            "≤ 64 kB",
            f"{core / 1000:.1f} kB",
            f"{len(phone)} files for phones",
            core <= 64_000,
        )
    )
    report.add(
        Row(
            "everything, with the second set, brotli",
            "",
            "≤ 165 kB",
            f"{whole / 1000:.1f} kB",
            passed=whole <= 165_000,
        )
    )
    new, edit = batch_bytes(distinct=True)
    for what, value, budget in (("new worker", new, 250), ("edit", edit, 150)):
        report.add(
            Row(
                f"one {what} up, in a batch of {BATCH}, gzip",
                "ODK 1,490 B, PouchDB 1,027 B",
                f"≤ {budget} B",
                f"{value:.0f} B",
                passed=value <= budget,
            )
        )


def size(files: dict[str, Any], path: str) -> int:
    """Compressed bytes of a built file; addresses Flask answers itself are asked of the server."""
    return int(files[path]["br"]) if path in files else 0


def first_bytes(built: dict[str, Any], files: dict[str, Any]) -> int:
    """The boot page's script, the worker's first part, and the set that the first save needs."""
    return int(built["worker"]["br"]) + sum(size(files, path) for path in built["parts"]["core"])


def batch_bytes(distinct: bool) -> tuple[float, float]:
    """(bytes of a new worker, of an edit) in a batch of 50, by what the door form fills in.

    ``distinct``: each signature has its own hash, as real ones have.
    """
    now = datetime.now(UTC)
    people = [p for p in People(11, 0, 200, now) if p.same_as is None][:BATCH]
    others = list(People(12, 0, BATCH, now))
    village = people[0].data["village_code"]
    phone = Phone(Client(""))
    creates = []
    for person in people:
        data = {**door_answers(person.data), "village_code": village}
        creates.append(phone.mutation({k: [None, v] for k, v in data.items()}, village))
    new = len(phone.envelope(creates).wire) / BATCH
    edits = [
        phone.mutation(
            {
                "full_name": [p.data["full_name"], others[n].data["full_name"]],
                "phone": [
                    p.data.get("phone"),
                    others[n].data.get("phone", "+628120000" + f"{n:04}"),
                ],
            },
            village,
            row=p.id,
            ver=1000 + n,
        )
        for n, p in enumerate(people)
    ]
    return new, len(phone.envelope(edits).wire) / BATCH


def door_answers(data: dict[str, Any]) -> dict[str, Any]:
    """Only what the form asks or derives at the door; the rest comes later."""
    later = {
        "kk_number",
        "marital_status",
        "email",
        "children_school_age",
        "group_name",
        "has_whatsapp",
        "phone_owner",
        "vulnerability_flags",
    }
    return {name: value for name, value in data.items() if name not in later}
