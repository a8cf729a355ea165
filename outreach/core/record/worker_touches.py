"""What features know of a listed name that somebody has begun with. A list that is taken back
leaves such a person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from outreach.storage.hooks import hooks_of

Touched = Callable[[Session, str, Collection[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTouch:
    """``touched`` (session, regency, worker ids) answers those with whom the feature has begun, by
    id, each with the key of the words that say how. It reads in bulk, at most 500 at a time."""

    touched: Touched


def touched_among(session: Session, regency: str, workers: Collection[str]) -> dict[str, str]:
    """Those of these workers with whom any feature has begun; the first feature's word counts."""
    found: dict[str, str] = {}
    for one in hooks_of(session, WorkerTouch) if workers else ():
        found = {**one.touched(session, regency, workers), **found}
    return found
