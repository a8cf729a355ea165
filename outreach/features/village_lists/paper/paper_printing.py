"""A list goes onto paper: its version gets a number, and every look at the pages is audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.record import office_device
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed
from outreach.core.record.verdicts import JudgingContext
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.list_document import ListFacts
from outreach.domain.refusals import NotThere
from outreach.features.village_lists.checking.list_audit import note
from outreach.features.village_lists.records import paper_queries, queries
from outreach.features.village_lists.records.paper_queries import PRINTS, PrintRow
from outreach.features.village_lists.records.paper_sheets import (
    PaperLine,
    SheetCode,
    code_of,
    pages_of,
    print_hash,
    print_rows,
    to_print,
)
from outreach.features.village_lists.records.queries import FullList
from outreach.storage.bulk import insert_rows
from outreach.storage.locks import begin_write

SIZES = ("a4", "f4")


@dataclass(frozen=True, slots=True)
class Print:
    """A version as it is put on paper."""

    of: FullList
    version: PrintRow
    pages: list[Sequence[PaperLine]]

    def code(self, page: int) -> str:
        """The text of the code on a page."""
        own = self.version
        return code_of(SheetCode(self.of.id, own.n, page, own.hash))


def list_for(session: Session, actor: Actor, list_id: str) -> FullList:
    """The list; raises NotThere for one that the actor may not see."""
    row = queries.list_by_id(session, actor.regency, list_id)
    if row is None or not actor.can_see(row.region_code):
        raise NotThere(list_id)
    return row


def facts_of(row: FullList) -> ListFacts:
    """Which list it is, as a document says it."""
    return {
        "list": row.id,
        "village": row.region_code,
        "purpose": row.purpose,
        "fund": row.fund,
        "year": row.year,
        "month": row.month,
        "no": row.no,
    }


def make_version(session: Session, actor: Actor, list_id: str, now: datetime) -> int:
    """The number of what the list would look like on paper now: a new one, or that of the version
    that looked the same. Raises NotThere, and NotAllowed for a closed or an empty list."""
    found = list_for(session, actor, list_id)

    def act(context: JudgingContext, seqs: dict[str, int], reserve: int) -> int:
        row = list_for(session, actor, list_id)
        lines = to_print(paper_queries.paper_lines(session, actor.regency, list_id))
        if row.state == "closed":
            raise NotAllowed("paper_closed")
        if not lines:
            raise NotAllowed("paper_empty")
        digest = print_hash(facts_of(row), lines)
        known = paper_queries.print_by_hash(session, actor.regency, list_id, digest)
        judgement = Judgement.over(session, context, seqs, reserve)
        return known.n if known else write_version(judgement, row, lines, digest)

    scopes = {found.region_code, f"u:{actor.user_id}"}
    return office_device.rearrange(session, actor, scopes, now, act, reserve=1)


def write_version(
    judgement: Judgement, row: FullList, lines: Sequence[PaperLine], digest: str
) -> int:
    """Write a new version under the village's next number; answers the version's own."""
    session, context = judgement.session, judgement.context
    n = paper_queries.last_print_no(session, row.regency, row.id) + 1
    values: Mapping[str, object] = {
        "id": uuid7(context.now),
        "regency": row.regency,
        "region_code": row.region_code,
        "ver": judgement.number(row.region_code),
        "list_id": row.id,
        "n": n,
        "hash": digest,
        "pages": len(pages_of(lines)),
        "lines": print_rows(lines),
        "printed_by": context.actor.user_id,
        "printed_at": context.now,
    }
    insert_rows(session, PRINTS, [values])
    return n


def open_print(
    session: Session, actor: Actor, list_id: str, n: int, size: str, now: datetime
) -> Print | None:
    """The pages of a version, noted in the audit; None where the list looks otherwise by now.
    Raises NotThere for a list or version that is not there for the actor."""
    row = list_for(session, actor, list_id)
    version = paper_queries.print_by_no(session, actor.regency, list_id, n)
    if version is None:
        raise NotThere(list_id)
    lines = to_print(paper_queries.paper_lines(session, actor.regency, list_id))
    if print_hash(facts_of(row), lines) != version.hash:
        return None
    note_print(session, actor, row, {"version": n, "size": size, "names": len(lines)}, now)
    return Print(row, version, pages_of(lines))


def note_print(
    session: Session, actor: Actor, row: FullList, detail: Mapping[str, object], now: datetime
) -> None:
    """The audit line of a list on paper."""
    begin_write(session)
    note(session, actor, row, "list_printed", detail, now)
    session.commit()
