"""The chain over the audit: what is changed, taken out or put in afterwards shows."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from outreach.core.audit import audit_log, audit_seals
from outreach.extensions import db
from outreach.storage import queries_audit
from outreach.storage.audit import AuditLine, AuditSeal
from tests.support.factories import NOW


def write(session: Session, *objects: str) -> None:
    """One committed line for each object."""
    for name in objects:
        audit_log.record(
            session,
            actor_id=None,
            action="nik_shown",
            object_type="worker",
            object_id=name,
            now=NOW,
            region_code="18.04.04.2002",
            detail={"hits": 1, "as": {"b": 2, "a": None}},
        )
    session.commit()


@pytest.fixture
def sealed(session: Session) -> bytes:
    """Five lines under two seals, one more without; the value of the second seal."""
    write(session, "a", "b", "c")
    audit_seals.seal(session, NOW)
    write(session, "d", "e")
    head = audit_seals.seal(session, NOW).head
    write(session, "f")
    return head


def test_every_line_comes_under_exactly_one_seal(session: Session, sealed: bytes) -> None:
    found = audit_seals.verify(session, sealed)
    assert (found.seals, found.lines, found.open) == (2, 5, 1)
    assert (found.broken, found.known, found.head) == (None, True, sealed)


def test_nothing_new_makes_no_seal(session: Session, sealed: bytes) -> None:
    audit_seals.seal(session, NOW)
    again = audit_seals.seal(session, NOW)
    assert again.lines == 0
    assert audit_seals.verify(session).seals == 3


def test_an_empty_audit_stands(session: Session) -> None:
    assert audit_seals.seal(session, NOW).lines == 0
    found = audit_seals.verify(session)
    assert (found.seals, found.open, found.broken) == (0, 0, None)


def test_lines_are_read_in_pieces_without_a_gap(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries_audit, "BATCH", 2)
    write(session, *"abcdef")
    assert audit_seals.seal(session, NOW).lines == 6
    monkeypatch.setattr(queries_audit, "BATCH", 100)
    assert audit_seals.verify(session).broken is None


@pytest.mark.parametrize(
    "values",
    [
        {"at": NOW.replace(minute=59)},
        {"actor_id": "x"},
        {"action": "login"},
        {"object_type": "user"},
        {"object_id": "z"},
        {"region_code": None},
        {"detail": {"hits": 2, "as": {"b": 2, "a": None}}},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_line_shows(session: Session, sealed: bytes, values: dict[str, Any]) -> None:
    session.execute(update(AuditLine).where(AuditLine.object_id == "b").values(**values))
    session.commit()
    broken = audit_seals.verify(session).broken
    assert broken is not None
    assert broken[1] - broken[0] == 2


def test_a_line_taken_out_or_put_in_shows(session: Session, sealed: bytes) -> None:
    line = session.query(AuditLine).filter_by(object_id="d").one()
    parts = {column.name: getattr(line, column.name) for column in AuditLine.__table__.columns}
    session.execute(delete(AuditLine).where(AuditLine.object_id == "d"))
    session.commit()
    assert audit_seals.verify(session).broken is not None
    session.execute(insert(AuditLine).values(**parts))
    session.commit()
    assert audit_seals.verify(session).broken is None


def test_a_seal_made_anew_shows_in_the_next(session: Session, sealed: bytes) -> None:
    """Whoever changes a line and seals it again breaks what stands behind it."""
    session.execute(update(AuditLine).where(AuditLine.object_id == "a").values(action="login"))
    first = session.query(AuditSeal).order_by(AuditSeal.id).first()
    assert first is not None
    first.root = audit_seals.root_of(session, 0, first.last_id)[0]
    session.commit()
    broken = audit_seals.verify(session).broken
    assert broken is not None
    assert broken[0] == first.last_id + 1


def test_seals_taken_away_with_their_lines_show_by_the_value_kept(
    session: Session, sealed: bytes
) -> None:
    session.execute(delete(AuditSeal).where(AuditSeal.first_id > 3))
    session.execute(delete(AuditLine).where(AuditLine.id > 3))
    session.commit()
    assert audit_seals.verify(session).broken is None, "the rest stands by itself"
    assert not audit_seals.verify(session, sealed).known


def test_a_line_on_its_way_is_waited_for(app: Flask, session: Session) -> None:
    """A line with a smaller number that is committed late must not fall between two seals."""
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("one writer at a time: nothing is ever on its way beside another")
    write(session, "a")
    began, may_end = threading.Event(), threading.Event()

    def late() -> None:
        with app.app_context():
            db.session.execute(insert(AuditLine).values(late_line()))
            began.set()
            may_end.wait(10)
            db.session.commit()

    writer = threading.Thread(target=late)
    writer.start()
    assert began.wait(10)
    threading.Timer(0.5, may_end.set).start()
    assert audit_seals.seal(session, NOW).lines == 2
    writer.join(10)
    assert audit_seals.verify(session).broken is None


def late_line() -> dict[str, Any]:
    """A line's columns."""
    return {"at": NOW, "action": "login", "object_type": "user", "detail": {}}


def test_commands_say_what_stands_and_end_with_an_error(app: Flask, session: Session) -> None:
    run = app.test_cli_runner()
    write(session, "a", "b")
    done = run.invoke(args=["audit", "seal"])
    assert "2 baris audit disegel" in done.output
    value = done.output.strip().rsplit(" ", 1)[1]
    assert run.invoke(args=["audit", "verify", "--kept", value]).exit_code == 0
    wrong = run.invoke(args=["audit", "verify", "--kept", "zz"])
    assert (wrong.exit_code, "64 letters and digits" in wrong.output) == (2, True)
    gone = run.invoke(args=["audit", "verify", "--kept", "00" * 31 + "01"])
    assert (gone.exit_code, "is not in this chain" in gone.output) == (1, True)
    session.execute(update(AuditLine).where(AuditLine.object_id == "a").values(action="login"))
    session.commit()
    broken = run.invoke(args=["audit", "verify"])
    assert broken.exit_code == 1
    assert "are not as they were sealed" in broken.output
