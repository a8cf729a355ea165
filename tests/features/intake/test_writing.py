"""Rows of a file become people to visit: once each, with no more than a phone may see."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.domain.actor import Actor
from outreach.features.intake import queries_lines, writing
from outreach.features.intake.tables import ImportLine, ImportRun
from outreach.storage.accounts import User
from outreach.storage.sync import Mutation
from outreach.storage.workers import Worker
from tests.support import factories
from tests.support.factories import KUBU_PERAHU
from tests.support.name_lists import make_run

OTHER_VILLAGE = factories.PASAR_LIWA
PERSON: dict[str, object] = {
    "full_name": "SUTINI UJI",
    "village_code": KUBU_PERAHU,
    "nik": "1804047008809001",
    "birth_date": "1980-08-30",
    "phone": "+6281200000000",
    "address_line": "Jalan Uji 1",
    "pemangku": "Pemangku Satu",
    "rt": "1",
    "occupation_text": "Penyadap getah",
}


@pytest.fixture
def actor(session: Session, now: datetime) -> Actor:
    factories.add_regions(session)
    user = factories.make_user(session, "supervisor")
    session.commit()
    return actor_for(session, user, "18.04", now.date())


def people(count: int, village: str = KUBU_PERAHU) -> list[dict[str, object]]:
    return [
        {"full_name": f"UJI {chr(65 + number)}", "village_code": village} for number in range(count)
    ]


def run_with(
    session: Session, actor: Actor, rows: list[dict[str, object]], now: datetime
) -> ImportRun:
    user = session.get(User, actor.user_id)
    assert user is not None
    return make_run(session, user, rows, now)


def write_all(
    session: Session, actor: Actor, run: ImportRun, now: datetime, most: int = 500
) -> int:
    run_id, source_id, pieces = run.id, run.source_id, 0
    while writing.write_piece(session, actor, run_id, source_id, now, most):
        pieces += 1
    return pieces


def test_person_holds_only_what_finds_somebody_and_the_row_keeps_the_rest(
    session: Session, actor: Actor, now: datetime
) -> None:
    run = run_with(session, actor, [PERSON], now)
    run_id = run.id
    write_all(session, actor, run, now)
    worker = session.scalars(select(Worker).where(Worker.regency == "18.04")).one()
    assert worker.status == "usulan"
    assert worker.nik is None
    assert worker.birth_date is None
    assert worker.data == {
        "full_name": "SUTINI UJI",
        "village_code": KUBU_PERAHU,
        "pemangku": "Pemangku Satu",
        "rt": "001",
        "occupation_code": "LAIN",
        "occupation_text": "Penyadap getah",
        "birth_about": {"year": 1980, "said": "tahun"},
    }
    line = session.scalars(select(ImportLine).where(ImportLine.regency == "18.04")).one()
    assert (line.fate, line.worker_id) == ("written", worker.id)
    assert line.nik == PERSON["nik"]
    assert worker.id == writing.worker_of(run_id, 2)


def test_piece_is_of_one_village_and_no_larger_than_asked(
    session: Session, actor: Actor, now: datetime
) -> None:
    run = run_with(session, actor, [*people(5), *people(2, OTHER_VILLAGE)], now)
    first = writing.write_piece(session, actor, run.id, run.source_id, now, 4)
    assert first == writing.Piece(2, 0)
    villages = session.scalars(select(Worker.region_code).where(Worker.regency == "18.04"))
    assert len(set(villages)) == 1
    assert write_all(session, actor, run, now, 4) == 2
    assert session.query(Worker).count() == 7


def test_written_again_after_a_crash_nothing_is_there_twice(
    session: Session, actor: Actor, now: datetime
) -> None:
    run = run_with(session, actor, people(6), now)
    run_id, source_id = run.id, run.source_id
    writing.write_piece(session, actor, run_id, source_id, now, 4)
    session.rollback()
    write_all(session, actor, session.get(ImportRun, run_id), now, 4)  # type: ignore[arg-type]
    assert session.query(Worker).count() == session.query(Mutation).count() == 6
    assert queries_lines.fates(session, "18.04", run_id) == {"written": 6}


def test_rows_that_another_process_wrote_meanwhile_are_left_alone(
    session: Session, actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_with(session, actor, people(3), now)
    run_id, source_id = run.id, run.source_id
    stale = queries_lines.next_waiting(session, "18.04", run_id, 500)
    write_all(session, actor, run, now)
    monkeypatch.setattr(queries_lines, "next_waiting", lambda *_: stale)
    with pytest.raises(writing.WrittenAlready):
        writing.write_piece(session, actor, run_id, source_id, now)
    assert session.query(Worker).count() == session.query(Mutation).count() == 3


def test_row_that_the_register_refuses_does_not_stop_the_others(
    session: Session, actor: Actor, now: datetime
) -> None:
    rows = [*people(2)]
    rows.append({"full_name": "<<>>", "village_code": KUBU_PERAHU})
    run = run_with(session, actor, rows, now)
    run_id = run.id
    write_all(session, actor, run, now)
    assert queries_lines.fates(session, "18.04", run_id) == {"written": 2, "refused": 1}
    refused = session.scalars(select(ImportLine).where(ImportLine.fate == "refused")).one()
    assert refused.worker_id is None
    assert [problem[0] for problem in refused.problems] == ["full_name"]  # type: ignore[attr-defined]
