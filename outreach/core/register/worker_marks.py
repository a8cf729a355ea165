"""Marks that features put on workers: they stand beside the flags in the office's list, and are a
filter there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session

from outreach.storage.hooks import hooks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerMark:
    """``code`` is its name in an address, ``word`` the key of its words. ``workers`` (regency)
    selects the ids of those who carry it."""

    code: str
    word: str
    workers: Callable[[str], Select[str]]


def marks(session: Session) -> tuple[WorkerMark, ...]:
    """Every mark there is."""
    return hooks_of(session, WorkerMark)


def mark_of(session: Session, code: str) -> WorkerMark | None:
    """The mark with this code."""
    return next((mark for mark in marks(session) if mark.code == code), None)


def marks_on(
    session: Session, regency: str, workers: Collection[str]
) -> Mapping[str, list[WorkerMark]]:
    """The marks of these workers, by worker."""
    found: dict[str, list[WorkerMark]] = {}
    for mark in marks(session) if workers else ():
        carried = mark.workers(regency)
        [column] = carried.selected_columns
        for worker_id in set(session.scalars(carried.where(column.in_(workers)))):
            found.setdefault(worker_id, []).append(mark)
    return found
