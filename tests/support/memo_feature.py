"""A small feature that only tests have: memos about workers in a village, private ones in their
author's own scope. It has one of every hook; its table is known to this module alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, String, Table, select
from sqlalchemy.orm import Session

from outreach.core.exchange.pulled_rows import PulledRow, RowSource
from outreach.core.record.aggregates import Aggregate
from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict, invalid
from outreach.domain.actor import Actor
from outreach.domain.rules import fault
from outreach.storage.statements import put_rows

MEMO = Table(
    "memo",
    MetaData(),
    Column("id", String(36), primary_key=True),
    Column("scope", String(40), nullable=False),
    Column("ver", BigInteger, nullable=False),
    Column("worker_id", String(36)),
    Column("text", String(80), nullable=False),
    Column("author", String(36), nullable=False),
)
ELSEWHERE = "18.04.04.2005"


def check(change: Change) -> Errors:
    """A memo has a text and may name a worker."""
    errors: Errors = {name: [fault("field_unknown")] for name in change.set.keys() - {"text", "of"}}
    if not isinstance(change.set.get("text", (None, None))[1], str):
        errors["text"] = [fault("field_required")]
    return errors


class MemoJudge:
    """Decides the memos of one judgement."""

    def __init__(self, judgement: Judgement, changes: list[Change]) -> None:
        self.judgement = judgement
        ids = {change.id for change in changes}
        found = judgement.session.execute(select(MEMO).where(MEMO.c.id.in_(ids)))
        self.rows: dict[str, dict[str, Any]] = {row.id: row._asdict() for row in found}

    def decide(self, change: Change) -> Verdict:
        """Write it down; an empty one is refused, "boom" cannot be written at all."""
        text = change.set["text"][1]
        if not text:
            return invalid(change, {"text": [fault("field_required")]})
        ver = self.judgement.number(str(change.scope))
        self.rows[str(change.id)] = {
            "id": change.id,
            "scope": change.scope,
            "ver": ver,
            "worker_id": change.set.get("of", (None, None))[1],
            "text": None if text == "boom" else text,
            "author": change.user_id or self.judgement.context.actor.user_id,
        }
        return Verdict(change.mid, change.key, "applied", change.scope, ver)

    def write(self) -> None:
        """All memos of the judgement."""
        put_rows(self.judgement.session, MEMO, ("id",), list(self.rows.values()))


def scopes(_session: Session, changes: Collection[Change]) -> set[str]:
    """A memo that says so needs another village too."""
    return {ELSEWHERE for change in changes if change.set.get("text", (0, 0))[1] == "both"}


def rows(
    session: Session, _actor: Actor, scope: str, after: int, upto: int, limit: int
) -> list[PulledRow]:
    """Memos of a scope; an empty text tells that one is gone."""
    found = session.execute(
        select(MEMO)
        .where(MEMO.c.scope == scope, MEMO.c.ver > after, MEMO.c.ver <= upto)
        .order_by(MEMO.c.ver, MEMO.c.id)
        .limit(limit)
    )
    return [
        {"table": "memo", "id": row.id, "ver": row.ver, "data": {"text": row.text}}
        if row.text
        else {"table": "memo", "id": row.id, "ver": row.ver, "gone": 1}
        for row in found
    ]


AGGREGATE = Aggregate(
    table="memo", word="field.ledger", check=check, begin=MemoJudge, scopes=scopes
)
SOURCES = tuple(RowSource(table="memo", kind=kind, rows=rows) for kind in ("village", "own", "ref"))
