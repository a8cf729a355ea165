"""Queries of the register of erasures, and of everything that hangs on one person's record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Row, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from outreach.storage.backups import Erasure
from outreach.storage.identity import ReplacedForm
from outreach.storage.row_blobs import RowBlob
from outreach.storage.statements import Values, put_rows, table_of
from outreach.storage.sync import (
    Blob,
    BlobPiece,
    BlobUpload,
    Conflict,
    Hold,
    InboxRow,
    Mutation,
    RepeatedNumber,
)
from outreach.storage.workers import DuplicatePair, StatusHistory, Worker, WorkerBlob, WorkerMerge

Quoting = (
    WorkerBlob | RowBlob | StatusHistory | ReplacedForm | DuplicatePair | Conflict | WorkerMerge
)
ERASED = select(Erasure.worker_id).where(
    Erasure.regency == bindparam("regency"),
    Erasure.worker_id.in_(bindparam("ids", expanding=True)),
)


def erased_among(session: Session, regency: str, ids: Collection[str]) -> set[str]:
    """Which of these records were erased."""
    if not ids:
        return set()
    asked = {"regency": regency, "ids": list(ids)}
    return {row[0] for row in session.connection().execute(ERASED, asked)}


def in_register(session: Session, ids: Collection[str]) -> set[str]:
    """Which of these the register names, whosever they are: its file does not tell it of each."""
    return set(session.scalars(select(Erasure.worker_id).where(Erasure.worker_id.in_(ids))))


class RegisterLine(Protocol):
    """What the register's file tells of an erasure; earlier tables have these columns too."""

    worker_id: str
    at: datetime
    region_code: str | None
    blobs: list[str]


def all_erasures(session: Session) -> list[RegisterLine]:
    """The whole register, the oldest first."""
    columns = (Erasure.worker_id, Erasure.at, Erasure.region_code, Erasure.blobs)
    return list(session.execute(select(*columns).order_by(Erasure.at, Erasure.worker_id)))


def put_erasures(session: Session, rows: Sequence[Values]) -> None:
    """Enter records into the register; entering again changes nothing that counts."""
    put_rows(session, table_of(Erasure), ("worker_id",), rows)


def family(session: Session, regency: str, worker_id: str) -> dict[str, str]:
    """{id: village} of the record, those merged into it, and the one it was merged into."""
    columns = (Worker.id, Worker.region_code, Worker.merged_into)
    found: dict[str, str] = {}
    asked: set[str] = set()
    wanted = {worker_id}
    while wanted:
        near = or_(Worker.id.in_(wanted), Worker.merged_into.in_(wanted))
        rows = session.execute(select(*columns).where(Worker.regency == regency, near)).all()
        found |= {row.id: row.region_code for row in rows}
        asked |= wanted
        wanted = ({row.id for row in rows} | {r.merged_into for r in rows if r.merged_into}) - asked
    return found


def payloads_of(
    session: Session, regency: str, ids: Collection[str]
) -> list[Row[str, bytes, dict[str, object]]]:
    """(key, payload, verdict) of every stored mutation of these records, also unreadable ones
    that name them."""
    columns = (Mutation.key, Mutation.payload, Mutation.verdict)
    of = select(*columns).where(Mutation.regency == regency)
    named = list(session.execute(of.where(Mutation.row_id.in_(ids))))
    marks = [row_id.encode() for row_id in ids]
    nameless = session.execute(of.where(Mutation.row_id.is_(None)))
    return named + [row for row in nameless if any(mark in row.payload for mark in marks)]


def blank_mutations(session: Session, regency: str, rows: Sequence[Values]) -> None:
    """Empty the payloads; each row has ``k`` (the key) and ``v`` (what stays of the verdict)."""
    table = table_of(Mutation)
    if rows:
        session.connection().execute(
            update(table)
            .where(table.c.regency == regency, table.c.key == bindparam("k"))
            .values(payload=b"", verdict=bindparam("v")),
            list(rows),
        )


def drop_person(
    session: Session, regency: str, ids: Collection[str], keys: Collection[str]
) -> None:
    """Take away the records and everything that quotes them."""
    doomed: tuple[tuple[type[Quoting], ColumnElement[bool]], ...] = (
        (WorkerBlob, WorkerBlob.worker_id.in_(ids)),
        (RowBlob, RowBlob.row_id.in_(ids)),
        (StatusHistory, StatusHistory.worker_id.in_(ids)),
        (ReplacedForm, ReplacedForm.key.in_(keys)),
        (DuplicatePair, or_(DuplicatePair.a.in_(ids), DuplicatePair.b.in_(ids))),
        (Conflict, or_(Conflict.worker_id.in_(ids), Conflict.key.in_(keys))),
        (WorkerMerge, or_(WorkerMerge.loser_id.in_(ids), WorkerMerge.survivor_id.in_(ids))),
    )
    empty_words(session, regency, keys)
    for model, these in doomed:
        session.execute(delete(model).where(model.regency == regency, these))
    session.execute(delete(Worker).where(Worker.regency == regency, Worker.id.in_(ids)))


def empty_words(session: Session, regency: str, keys: Collection[str]) -> None:
    """Of what was sent under these keys nothing waits any more, and nothing is quoted."""
    again = (RepeatedNumber.regency == regency, RepeatedNumber.key.in_(keys))
    session.execute(update(RepeatedNumber).where(*again).values(payload=None))
    held = (Hold.regency == regency, Hold.key.in_(keys))
    session.execute(update(Hold).where(*held).values(words=None))
    waiting = Hold.state.in_(["open", "returned"])
    session.execute(update(Hold).where(*held, waiting).values(state="discarded"))


def notes_of(
    session: Session, regency: str, ids: Collection[str], keys: Collection[str]
) -> list[Row[str, str]]:
    """(id, user) of rows in users' own scopes that speak of the records."""
    about = or_(InboxRow.worker_id.in_(ids), InboxRow.id.in_(keys))
    own = select(InboxRow.id, InboxRow.user_id).where(InboxRow.regency == regency)
    return list(session.execute(own.where(about)))


def blobs_named(session: Session, regency: str, ids: Collection[str]) -> set[str]:
    """Pictures the records hold."""
    of_worker = (WorkerBlob.regency == regency, WorkerBlob.worker_id.in_(ids))
    of_row = (RowBlob.regency == regency, RowBlob.row_id.in_(ids))
    held = set(session.scalars(select(WorkerBlob.sha256).where(*of_worker)))
    return held | set(session.scalars(select(RowBlob.sha256).where(*of_row)))


def still_named(session: Session, regency: str, shas: Collection[str]) -> set[str]:
    """Which of these pictures other records or features' rows of the regency hold."""
    held: set[str] = set()
    for named in (WorkerBlob, RowBlob):
        these = (named.regency == regency, named.sha256.in_(shas))
        held |= set(session.scalars(select(named.sha256).where(*these)))
    return held


def refuse_blobs(session: Session, regency: str, rows: Sequence[Values]) -> None:
    """Forget that these pictures came to the regency, and never take them there again."""
    shas = [row["sha256"] for row in rows]
    for model in (BlobPiece, BlobUpload):
        session.execute(delete(model).where(model.regency == regency, model.sha256.in_(shas)))
    put_rows(session, table_of(Blob), ("sha256", "regency"), rows)
