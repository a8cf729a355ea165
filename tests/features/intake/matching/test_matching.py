"""Rows of a list beside the register, lists of members and earlier lists, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from outreach.features.intake.lines import Line, Restored
from outreach.features.intake.matching.matching import Repairs, match_lines, member_lines
from tests.features.intake.given import make_line, make_run
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.office import ELSEWHERE, NIK, make_worker, office

REGENCY = "18.04"
BORN = "1980-08-07"
OTHER_NIK = "1804044708809555"


@pytest.fixture
def officer(session: Session) -> Any:
    """An officer, with villages of two regencies."""
    return office(session)


def line(name: str, row_no: int = 2, village: str = KUBU_PERAHU, **values: Any) -> Line:
    """A row that was read."""
    state = "whole" if "nik" in values else "lost_last_digit" if "nik15" in values else "absent"
    told = {"full_name": name, "village_code": village, **values}
    return Line(row_no, {}, told, nik_state=state)  # type: ignore[arg-type]


def ids(session: Session, *lines: Line) -> dict[int, list[str]]:
    """Whom the rows may be."""
    found = match_lines(session, REGENCY, lines)
    return {row: [match.worker_id for match in matches] for row, matches in found.items()}


def test_a_row_meets_its_person_by_number_in_another_village(
    session: Session, officer: Any
) -> None:
    there = make_worker(session, officer, village=SEBARUS)
    make_worker(session, officer, "SUTRISNO", nik=OTHER_NIK, birth_date=None)
    found = match_lines(session, REGENCY, [line("Siti Aminah", nik=NIK)])
    [match] = found[2]
    assert (match.worker_id, match.score) == (there, 100)
    assert match.reasons[:2] == ("nik", "name")


def test_a_misspelt_name_is_met_in_its_own_village_alone(session: Session, officer: Any) -> None:
    here = make_worker(session, officer, "SITI ROHIMAH", nik=None)
    make_worker(session, officer, "SITI ROHIMAH", village=SEBARUS, nik=None)
    assert ids(session, line("Siti Rohimh", birth_year=1980)) == {2: [here]}


def test_name_and_birth_date_are_met_across_villages(session: Session, officer: Any) -> None:
    there = make_worker(session, officer, village=SEBARUS, nik=None)
    assert ids(session, line("Siti Aminah", birth_date=BORN)) == {2: [there]}


def test_the_deleted_and_another_regencys_people_are_not_met(
    session: Session, officer: Any, now: Any
) -> None:
    make_worker(session, officer, deleted_at=now)
    make_worker(session, officer, village=ELSEWHERE)
    assert ids(session, line("Siti Aminah", nik=NIK, birth_date=BORN)) == {}


def test_an_imported_name_is_met_by_what_its_row_tells(session: Session, officer: Any) -> None:
    """The person's own record holds neither number nor birth date before the visit."""
    worker = make_worker(session, officer, nik=None, status="usulan", birth_date=None)
    run = make_run(session, officer.id, state="done")
    told = {"nik": NIK, "birth_date": BORN}
    make_line(session, run, "Siti Aminah", values=told, worker_id=worker, fate="written")
    found = match_lines(session, REGENCY, [line("Siti Aminah", nik=NIK)])
    assert [(one.worker_id, one.score) for one in found[2]] == [(worker, 100)]


def test_each_row_gets_its_own_people(session: Session, officer: Any) -> None:
    one = make_worker(session, officer, "SITI AMINAH")
    other = make_worker(session, officer, "KARTIKA", nik=OTHER_NIK)
    rows = line("Siti Aminah", nik=NIK), line("Kartika", 3, nik=OTHER_NIK), line("Sutrisno", 4)
    assert ids(session, *rows) == {2: [one], 3: [other]}


def test_members_are_told_apart_from_the_register(session: Session, officer: Any) -> None:
    members = make_run(session, officer.id, "membership", "done")
    row = make_line(session, members, "Siti Aminah", values={"nik": NIK, "birth_date": BORN})
    make_line(session, make_run(session, officer.id), "Kartika", values={"nik": OTHER_NIK})
    rows = [
        line("Siti Aminah", nik=NIK),
        line("Siti Aminah", 3, birth_date=BORN),
        line("Kartika", 4, nik=OTHER_NIK),
        line("Siti Aminah", 5),
    ]
    found = member_lines(session, REGENCY, rows)
    assert {row_no: member.line_id for row_no, member in found.items()} == {2: row.id, 3: row.id}


def test_a_withdrawn_list_of_members_flags_nobody(session: Session, officer: Any) -> None:
    run = make_run(session, officer.id, "membership", "withdrawn")
    make_line(session, run, "Siti Aminah", values={"nik": NIK})
    assert member_lines(session, REGENCY, [line("Siti Aminah", nik=NIK)]) == {}


def test_a_damaged_number_comes_back_from_the_register(session: Session, officer: Any) -> None:
    worker = make_worker(session, officer)
    found = Repairs(session, REGENCY).repair_lines([line("Siti Aminah", nik15=NIK[:15])])
    assert found[2].restored == Restored(NIK, "worker", worker)


def test_a_slip_counts_by_the_names_of_the_register(session: Session, officer: Any) -> None:
    """AMINHA is nobody's name: but it is once somebody bears it."""
    make_worker(session, officer)
    damaged = [line("Siti Aminha", nik15=NIK[:15])]
    assert Repairs(session, REGENCY).repair_lines(damaged)[2].restored
    make_worker(session, officer, "AMINHA", village=SEBARUS, nik=None)
    assert Repairs(session, REGENCY).repair_lines(damaged)[2].why == "other_name"


def test_a_match_files_row_restores_and_a_withdrawn_one_does_not(
    session: Session, officer: Any
) -> None:
    run = make_run(session, officer.id, "dukcapil", "done")
    row = make_line(session, run, "Siti Aminah", values={"nik": NIK})
    damaged = [line("Siti Aminah", nik15=NIK[:15])]
    found = Repairs(session, REGENCY).repair_lines(damaged)
    assert found[2].restored == Restored(NIK, "file", row.id)
    run.state = "withdrawn"
    session.flush()
    assert Repairs(session, REGENCY).repair_lines(damaged)[2].why == "nobody"


def test_another_regencys_holder_restores_nothing(session: Session, officer: Any) -> None:
    make_worker(session, officer, village=ELSEWHERE)
    found = Repairs(session, REGENCY).repair_lines([line("Siti Aminah", nik15=NIK[:15])])
    assert found[2].why == "nobody"


def test_whole_numbers_are_left_as_they_are(session: Session, officer: Any) -> None:
    make_worker(session, officer)
    assert Repairs(session, REGENCY).repair_lines([line("Siti Aminah", nik=NIK)]) == {}
