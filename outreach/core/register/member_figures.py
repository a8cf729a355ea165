"""How many workers there are, and how many of them are members already: numbers of others, each
with its source and its day. Features bring the numbers of places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NotRequired, TypedDict, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.storage.hooks import hooks_of
from outreach.storage.workers import Reference


class Universe(TypedDict):
    """The number of all workers, its source and its month. ``protected`` of them are members;
    ``target`` is the regency's goal in per cent. Both may be absent."""

    count: int
    source: str
    month: str
    protected: NotRequired[int | None]
    target: NotRequired[int | None]


@dataclass(frozen=True, slots=True)
class MemberFigure:
    """So many members had a place on a day, as a named source says."""

    members: int
    source: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFigures:
    """``read`` (session, regency) answers the newest figure of each place by its code; the
    ``endpoint`` is the page where somebody types one. ``dated`` (session, regency) answers the
    regency's own figure of each day that has one, the oldest first."""

    read: Callable[[Session, str], Mapping[str, MemberFigure]]
    dated: Callable[[Session, str], Sequence[MemberFigure]]
    endpoint: str


def universe(session: Session, regency: str) -> Universe | None:
    """All workers of a regency, as a supervisor may correct it; None where nobody has said."""
    own = (Reference.regency == regency, Reference.kind == "setting")
    setting = session.scalar(select(Reference.data).where(*own, Reference.id == "universe"))
    return cast(Universe, dict(setting)) if setting else None


def figures_of(session: Session, regency: str) -> dict[str, MemberFigure]:
    """The newest figure of each place."""
    found: dict[str, MemberFigure] = {}
    for one in hooks_of(session, MemberFigures):
        found |= one.read(session, regency)
    return found


def dated_figures(session: Session, regency: str) -> list[MemberFigure]:
    """How many members the regency had, day by day as somebody said; the oldest first."""
    found = [
        figure for one in hooks_of(session, MemberFigures) for figure in one.dated(session, regency)
    ]
    return sorted(found, key=lambda figure: figure.as_of)


def page_of_figures(session: Session) -> str:
    """The endpoint where figures are typed; empty where no feature has one."""
    return next((one.endpoint for one in hooks_of(session, MemberFigures)), "")
