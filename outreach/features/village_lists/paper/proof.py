"""Whether a paper in somebody's hand is what the server has: by its QR code, or by two blocks of
its hash that the server asks for.

A paper is the same as the newest version of its list, an older one, or another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from outreach.core.record.rights import NotAllowed
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.paper_proof import (
    ASKED,
    BLOCKS,
    CHANGED,
    DIFFERENT,
    has_blocks,
    judge,
    typed_blocks,
)
from outreach.domain.refusals import NotThere
from outreach.features.village_lists.paper.paper_printing import list_for
from outreach.features.village_lists.records import minutes_queries, paper_queries
from outreach.features.village_lists.records.paper_sheets import changes_since, read_code
from outreach.features.village_lists.records.queries import FullList

MINUTES, SHEET = "minutes", "sheet"


@dataclass(frozen=True, slots=True)
class Paper:
    """A version that the server knows: its kind, number, hash, day, and where it stands."""

    kind: str
    n: int
    hash: str
    day: date
    state: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a paper is. ``of`` is the version that it shows, ``newest`` the one that stands now."""

    word: str
    list: FullList | None = None
    of: Paper | None = None
    newest: Paper | None = None


def ask(choose: Callable[[Sequence[int], int], list[int]]) -> list[int]:
    """Which blocks of a hash to ask for, counted from 1; ``choose`` is the chance."""
    return sorted(choose(range(1, BLOCKS + 1), ASKED))


def by_code(session: Session, actor: Actor, text: str) -> Finding:
    """The finding about a scanned code; raises NotAllowed for a text that is none of ours. A list
    out of the actor's sight is another one."""
    code = read_code(text)
    if code is None:
        raise NotAllowed("proof_code")
    try:
        row = list_for(session, actor, code.list_id)
    except NotThere:
        return Finding(DIFFERENT)
    return finding(session, row, lambda paper: paper.hash == code.hash)


def by_blocks(session: Session, actor: Actor, list_id: str, said: Mapping[int, str]) -> Finding:
    """The finding about two blocks, typed by their places. Raises NotThere, and NotAllowed unless
    both are four digits of a hash."""
    row, typed = list_for(session, actor, list_id), typed_blocks(said)
    if typed is None:
        raise NotAllowed("proof_blocks")
    return finding(session, row, lambda paper: has_blocks(paper.hash, typed))


def finding(session: Session, row: FullList, matches: Callable[[Paper], bool]) -> Finding:
    """What the paper is among everything that the server has of the list; minutes first."""
    found = judge([minutes_of(session, row), sheets_of(session, row)], matches)
    return Finding(found.word, row, found.of, found.newest)


def minutes_of(session: Session, row: FullList) -> list[Paper]:
    """The signed versions of a list, the newest first."""
    found = minutes_queries.minutes_of_list(session, row.regency, row.id)
    return [Paper(MINUTES, one.n, one.hash, one.day, one.state) for one in found]


def sheets_of(session: Session, row: FullList) -> list[Paper]:
    """The worksheets of a list, the newest first; the newest is older where the list has changed
    since it was printed."""
    found = paper_queries.prints_of(session, row.regency, row.id)
    lines = paper_queries.paper_lines(session, row.regency, row.id)
    papers: list[Paper] = []
    for one in sorted(found, key=lambda paper: -paper.n):
        changed = not papers and changes_since(one.lines, lines).any
        day = jakarta_date(one.printed_at)
        papers.append(Paper(SHEET, one.n, one.hash, day, CHANGED if changed else ""))
    return papers
