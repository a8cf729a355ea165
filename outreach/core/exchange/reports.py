"""What a phone reports of itself with each request: its clock, what it still holds, its room.

A report informs the board of phones and never hinders a push: what cannot be read is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from outreach.storage.sync import Device

COUNTS = {"unsent": 2**31 - 1, "drafts": 2**31 - 1, "blobs": 2**31 - 1}
BYTES = {"used": 2**53, "quota": 2**53}
FLAGS = ("persisted", "pin")
MOST_SECONDS = 2**31 - 1
COLUMNS = {
    "unsent": "unsent",
    "oldest": "oldest_unsent",
    "drafts": "drafts",
    "blobs": "blobs_unsent",
    "used": Device.storage_used.key,
    "quota": Device.storage_quota.key,
    "persisted": "persisted",
    "pin": "pin",
    "app": "app",
}


Reported = int | bool | str | datetime
Report = Mapping[str, Reported]
"""What a phone reports, by its own short names; ``clock`` and ``oldest`` are times."""


def read_report(value: object) -> Report | None:
    """The sound parts of a report; None without any. Times become aware ones."""
    if not isinstance(value, dict):
        return None
    found: dict[str, Reported] = {}
    for name, most in (COUNTS | BYTES).items():
        part = value.get(name)
        if isinstance(part, bool) or not isinstance(part, int | float):
            continue
        if 0 <= part <= most:
            found[name] = int(part)
    found |= {name: value[name] for name in FLAGS if isinstance(value.get(name), bool)}
    times = {name: moment(value.get(name)) for name in ("clock", "oldest")}
    found |= {name: at for name, at in times.items() if at is not None}
    app = value.get("app")
    if isinstance(app, str) and app.isprintable() and app:
        found["app"] = app[:40]
    return found or None


def moment(value: object) -> datetime | None:
    """A time with its zone; None for anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def columns(report: Report | None, now: datetime) -> dict[str, object]:
    """The device's columns that a report sets; ``clock_offset`` is how many seconds the phone's
    clock is ahead of the server's."""
    if report is None:
        return {}
    values: dict[str, object] = {
        COLUMNS[name]: part for name, part in report.items() if name in COLUMNS
    }
    if not values.get("unsent", 1):
        values["oldest_unsent"] = None
    clock = report.get("clock")
    if isinstance(clock, datetime):
        seconds = round((clock - now).total_seconds())
        values["clock_offset"] = max(-MOST_SECONDS, min(MOST_SECONDS, seconds))
    return {**values, "reported_at": now}
