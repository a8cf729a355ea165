"""Rows as phones pull them, and the sources that features add to the core's own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.storage.hooks import hooks_of

Kind = Literal["village", "own", "ref"]


class PulledRow(TypedDict):
    """A row that changed, or left (``gone``); ``data`` is the record or the list's values."""

    table: str
    id: str
    ver: int
    data: NotRequired[object]
    status: NotRequired[str]
    flags: NotRequired[list[str]]
    position: NotRequired[int]
    gone: NotRequired[int]
    into: NotRequired[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSource:
    """Rows of a feature's table in every scope of one kind: villages, people's own, ``ref``.

    ``rows`` (session, actor, scope, after, upto, limit) answers, in order of ver, the first
    ``limit`` rows with after < ver ≤ upto that this actor may see; ver is a number of the scope's
    counter. A row that left is told as ``gone``. Only phones that say they know the table get them,
    with the full view.
    """

    table: str
    kind: Kind
    rows: Callable[[Session, Actor, str, int, int, int], list[PulledRow]]


def scope_kind(scope: str) -> Kind:
    """What kind of scope this is."""
    if scope == "ref":
        return "ref"
    return "own" if scope.startswith("u:") else "village"


def sources_of(session: Session, scope: str, tables: Collection[str]) -> list[RowSource]:
    """The sources whose rows belong into this scope, for a phone that knows these tables."""
    kind = scope_kind(scope)
    found = hooks_of(session, RowSource)
    return [one for one in found if one.kind == kind and one.table in tables]


def in_order(sources: list[list[PulledRow]], limit: int) -> list[PulledRow]:
    """The first ``limit`` rows of all sources together, each given in order and cut at ``limit``.

    A cut source alone fills the answer up to its last row: none beyond it gets in.
    """
    found = [row for rows in sources for row in rows]
    return sorted(found, key=lambda row: row["ver"])[:limit]
