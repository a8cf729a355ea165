"""The versions of the app and what each changed, the newest first; phones have the same file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import orjson

FILE = Path(__file__).parent / "phone.json"


@dataclass(frozen=True, slots=True)
class Release:
    """One version. ``phone`` and ``desk`` name sentences of the catalogue:
    ``whats_new.point.<name>`` and ``whats_new.desk.point.<name>``."""

    version: str
    date: date
    phone: tuple[str, ...]
    desk: tuple[str, ...]


def read_releases() -> tuple[Release, ...]:
    """All versions, the newest first."""
    return tuple(
        Release(
            version=row["version"],
            date=date.fromisoformat(row["date"]),
            phone=tuple(row["phone"]),
            desk=tuple(row["desk"]),
        )
        for row in orjson.loads(FILE.read_bytes())
    )


RELEASES = read_releases()


def versions() -> list[str]:
    """The known versions, the newest first."""
    return [release.version for release in RELEASES]
