"""Villages that fall behind: nobody was recorded there, or nobody for two weeks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SILENT = timedelta(days=14)
MOST = 8


@dataclass(frozen=True, slots=True)
class Behind:
    """A village, when somebody was last recorded there, and who is to work there."""

    code: str
    last: datetime | None
    officers: Sequence[str]


def behind(
    villages: Collection[str],
    newest: Mapping[str, datetime],
    officers: Mapping[str, Sequence[str]],
    now: datetime,
) -> list[Behind]:
    """All of them. First come those to which somebody can be sent today, for they have an officer:
    nobody recorded, then the longest silent; villages without an officer follow in that order."""
    late = [
        Behind(code, newest.get(code), officers.get(code, ()))
        for code in villages
        if code not in newest or now - newest[code] >= SILENT
    ]
    return sorted(late, key=order)


def order(one: Behind) -> tuple[bool, bool, float, str]:
    """The place of one among them."""
    at = one.last.timestamp() if one.last else 0.0
    return not one.officers, one.last is not None, at, one.code
