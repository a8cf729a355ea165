"""Sheets of paper that were entered on phones, as their decisions tell of them.

A phone keeps a sheet to itself until it has ended; nothing of one that is still being typed is
known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from outreach.features.village_lists.records.paper_queries import EntryRow, FromPaper


@dataclass(slots=True)
class PhoneSheet:
    """One sheet: who entered it on which phone, when, and how many of its answers have come."""

    n: int
    page: int
    once: bool
    same: bool
    by: str
    device: str
    at: datetime
    answers: int = 0


def sheets(told: Iterable[FromPaper], entries: Iterable[EntryRow]) -> list[PhoneSheet]:
    """The sheets behind these decisions, in the order in which they came, but for those that a
    desk entered."""
    desks = {entry.id for entry in entries}
    found: dict[tuple[object, ...], PhoneSheet] = {}
    for one in told:
        if one.paper["sheet"] in desks:
            continue
        key = (one.paper["sheet"], one.author, one.device)
        sheet = found.setdefault(key, sheet_of(one))
        sheet.answers += 1
        sheet.at = max(sheet.at, one.at or one.received_at)
    return list(found.values())


def sheet_of(one: FromPaper) -> PhoneSheet:
    """The sheet of a decision, none of its answers counted yet."""
    n, page = (int(str(one.paper.get(name) or 0)) for name in ("n", "page"))
    once = one.paper["entries"] == 1
    same = bool(one.paper.get("same"))
    at = one.at or one.received_at
    return PhoneSheet(n, page, once, same, one.by or "", one.device or "", at)
