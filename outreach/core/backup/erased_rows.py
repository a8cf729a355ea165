"""What goes with an erased worker from the rows of features."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.storage.hooks import hooks_of


@dataclass(frozen=True, slots=True)
class ErasedRows:
    """``rows`` are ids of a feature's rows whose stored saves are emptied too, and entered in the
    register; ``pictures`` the SHA-256 of what only they named."""

    rows: set[str] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerEraser:
    """``erase`` (session, regency, ids of workers, at) takes away or blanks what a feature's rows
    say of them, and answers what else has to go. It runs in the transaction of the erasure, with
    the workers' villages locked; done again, it changes nothing."""

    erase: Callable[[Session, str, Collection[str], datetime], ErasedRows]


def erase_rows(session: Session, regency: str, ids: Collection[str], at: datetime) -> ErasedRows:
    """Have every feature erase what it holds of these workers."""
    erased = ErasedRows()
    for one in hooks_of(session, WorkerEraser):
        more = one.erase(session, regency, ids, at)
        erased.rows.update(more.rows)
        erased.pictures.update(more.pictures)
    return erased
