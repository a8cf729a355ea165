"""A small feature that only tests have: memos about workers in a village, private ones in their
author's own scope. It has one of every hook; its table is known to this module alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import BigInteger, Column, MetaData, String, Table, delete, select, update
from sqlalchemy.orm import Session

from outreach.core.backup.erased_rows import ErasedRows, WorkerEraser
from outreach.core.evidence.file_followers import FileFollower
from outreach.core.exchange.pulled_rows import PulledRow, RowSource
from outreach.core.record.aggregates import Aggregate
from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.merge_followers import MergeFollower
from outreach.core.record.verdicts import Verdict, invalid
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.rules import fault
from outreach.extensions import db
from outreach.feature import Feature, add_feature
from outreach.storage import queries_blobs
from outreach.storage.blobs_port import Blobs
from outreach.storage.own_tables import OwnTable
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
    Column("before", String(36)),
    Column("picture", String(64)),
)
ELSEWHERE = "18.04.04.2005"


def check(change: Change) -> Errors:
    """A memo has a text and may name a worker."""
    errors: Errors = {
        name: [fault("field_unknown")]
        for name in change.set.keys() - {"text", "of", "picture", "file"}
    }
    if not isinstance(change.set.get("text", (None, None))[1], str):
        errors["text"] = [fault("field_required")]
    return errors


class MemoJudge:
    """Decides the memos of one judgement."""

    def __init__(self, judgement: Judgement, changes: list[Change]) -> None:
        self.judgement = judgement
        ids = {change.id for change in changes}
        found = judgement.session.execute(select(MEMO).where(MEMO.c.id.in_(ids)))
        self.files: dict[str, str] = {}
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
            "picture": change.set.get("picture", (None, None))[1],
            "author": change.user_id or self.judgement.context.actor.user_id,
        }
        if "file" in change.set:
            self.files[str(change.id)] = str(change.set["file"][1])
        return Verdict(change.mid, change.key, "applied", change.scope, ver)

    def write(self) -> None:
        """All memos of the judgement, and the files that they name."""
        put_rows(self.judgement.session, MEMO, ("id",), list(self.rows.values()))
        named = [self.file_of(row_id, sha) for row_id, sha in self.files.items()]
        queries_blobs.name_files(self.judgement.session, named)

    def file_of(self, row_id: str, sha: str) -> Mapping[str, object]:
        """The file that a memo names, in its author's name."""
        row, context = self.rows[row_id], self.judgement.context
        return {
            "id": uuid7(context.now),
            "regency": context.actor.regency,
            "region_code": row["scope"] if "." in row["scope"] else None,
            "table_name": "memo",
            "row_id": row_id,
            "field": "file",
            "sha256": sha,
            "owner_id": row["author"],
            "since": context.now,
        }


def arrived(session: Session, _blobs: Blobs, _regency: str, row_id: str, _now: datetime) -> None:
    """The memo says that its file is here; "boom" cannot."""
    row = session.execute(select(MEMO).where(MEMO.c.id == row_id)).one()
    if row.text == "BOOM":
        raise RuntimeError("a fault of the feature")
    session.execute(update(MEMO).where(MEMO.c.id == row_id).values(text="sampai"))
    session.commit()


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


def bring_over(judgement: Judgement, loser: str, survivor: str) -> None:
    """Memos of the loser are the survivor's, and remember whose they were."""
    renumber(judgement, MEMO.c.worker_id == loser, worker_id=survivor, before=loser)


def give_back(judgement: Judgement, loser: str, _survivor: str) -> None:
    """Memos that came over are the loser's again."""
    renumber(judgement, MEMO.c.before == loser, worker_id=loser, before=None)


def renumber(judgement: Judgement, which: Any, **values: str | None) -> None:
    """Change memos, each under a new number of its scope."""
    for row in judgement.session.execute(select(MEMO.c.id, MEMO.c.scope).where(which)).all():
        judgement.session.execute(
            update(MEMO)
            .where(MEMO.c.id == row.id)
            .values(ver=judgement.number(row.scope), **values)
        )


def erase(session: Session, _regency: str, ids: Collection[str], _at: datetime) -> ErasedRows:
    """Memos about the workers go, with their pictures."""
    about = MEMO.c.worker_id.in_(ids)
    found = session.execute(select(MEMO.c.id, MEMO.c.picture).where(about)).all()
    session.execute(delete(MEMO).where(about))
    return ErasedRows({row.id for row in found}, {row.picture for row in found if row.picture})


AGGREGATE = Aggregate(
    table="memo", word="field.ledger", check=check, begin=MemoJudge, scopes=scopes
)
SOURCES = tuple(RowSource(table="memo", kind=kind, rows=rows) for kind in ("village", "own", "ref"))
FEATURE = Feature(
    tables=(OwnTable(MEMO),),
    rows=SOURCES,
    aggregates=(AGGREGATE,),
    merges=(MergeFollower(merged=bring_over, parted=give_back),),
    erasers=(WorkerEraser(erase=erase),),
    files=(FileFollower(table="memo", arrived=arrived),),
)


def bring(app: Flask, feature: Feature = FEATURE) -> None:
    """Give the app the feature, and its database the table."""
    with app.app_context():
        MEMO.metadata.create_all(db.engine)
    add_feature(app, feature)
