"""Whom the register, lists of members and earlier lists hold, as far as matching goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Literal, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from outreach.features.intake.matching.facts import Facts, facts_of, text
from outreach.features.intake.matching.register import Person
from outreach.features.intake.matching.repair import Holder
from outreach.features.intake.tables import ImportLine, ImportRun, Source
from outreach.storage.workers import Worker

DEAD_RUNS = ("refused", "cancelled", "withdrawn")
MATCH_FILES = ("dukcapil", "bpjs", "membership")
MEMBERS = ("bpjs", "membership")
MANY = 500  # so many values stand in one statement
T = TypeVar("T")
LIVE = (Worker.deleted_at.is_(None), Worker.merged_into.is_(None))
WRITTEN = (ImportLine.fate == "written", ImportLine.worker_id.is_not(None))


def people_where(session: Session, regency: str, condition: ColumnElement[bool]) -> list[Person]:
    """Living workers as people to compare with."""
    columns = (Worker.id, Worker.full_name, Worker.nik, Worker.birth_date, Worker.sex)
    statement = select(*columns, Worker.region_code)
    found = session.execute(statement.where(Worker.regency == regency, *LIVE, condition))
    return [
        Person(row.id, facts_of(row.full_name, {**row._mapping, "village_code": row.region_code}))
        for row in found
    ]


def people_of_village(session: Session, regency: str, village: str) -> list[Person]:
    """Everybody registered there; of imported names also the number and birth of their rows."""
    people = people_where(session, regency, Worker.region_code == village)
    here = (ImportLine.regency == regency, ImportLine.village_code == village, *WRITTEN)
    columns = (ImportLine.worker_id, ImportLine.nik, ImportLine.birth_date)
    given = {
        worker: (number, born)
        for worker, number, born in session.execute(select(*columns).where(*here))
    }
    return [completed(one, *given.get(one.worker_id, (None, None))) for one in people]


def completed(person: Person, number: str | None, born: date | None) -> Person:
    """The person with number and birth date of the row, where the register has none."""
    facts = person.facts
    facts = facts if facts.nik or not number else replace(facts, nik=number)
    if born and not facts.birth_date:
        facts = replace(facts, birth_date=born.isoformat(), birth_year=born.year)
    return Person(person.worker_id, facts)


def people_by_nik(session: Session, regency: str, niks: Collection[str]) -> list[Person]:
    """Whoever has one of these numbers, in the register or in the row of an imported name."""
    found: list[Person] = []
    for part in parts(niks):
        found += people_where(session, regency, Worker.nik.in_(part))
        lines = (ImportLine.regency == regency, ImportLine.nik.in_(part), *WRITTEN)
        rows = session.execute(select(ImportLine.worker_id, ImportLine.values).where(*lines))
        found += [Person(str(worker), facts_of_values(values)) for worker, values in rows]
    return found


def people_by_birth(
    session: Session, regency: str, marks: Collection[tuple[str, str]]
) -> list[Person]:
    """Whoever has one of these names (as a key) and the birth date beside it, in any village."""
    found: list[Person] = []
    for part in parts(sorted(marks)):
        names = Worker.name_key.in_({name for name, _ in part})
        born = Worker.birth_date.in_({date.fromisoformat(day) for _, day in part})
        people = people_where(session, regency, names & born)
        found += [one for one in people if (one.facts.key, one.facts.birth_date) in marks]
    return found


def holders_of(session: Session, regency: str, digits: Collection[str]) -> list[Holder]:
    """Whoever has a whole number that begins with one of these fifteen digits."""
    found: list[Holder] = []
    for part in parts([f"{one}{last}" for one in sorted(digits) for last in range(10)]):
        workers = people_where(session, regency, Worker.nik.in_(part))
        found += [Holder(one.facts, "worker", one.worker_id) for one in workers]
        found += line_holders(session, regency, ImportLine.nik.in_(part))
    return found


def line_holders(session: Session, regency: str, condition: ColumnElement[bool]) -> list[Holder]:
    """Rows of lists that were not withdrawn; those of match files as ``file``."""
    statement = (
        select(ImportLine.id, ImportLine.values, Source.kind)
        .join(ImportRun, ImportRun.id == ImportLine.run_id)
        .join(Source, Source.id == ImportRun.source_id)
        .where(ImportLine.regency == regency, ImportRun.regency == regency, condition)
        .where(Source.regency == regency, ImportRun.state.not_in(DEAD_RUNS))
    )
    return [
        Holder(facts_of_values(values), kind_of(kind), line_id)
        for line_id, values, kind in session.execute(statement)
    ]


def kind_of(source: str) -> Literal["line", "file"]:
    """Which kind of witness the rows of a source are."""
    return "file" if source in MATCH_FILES else "line"


def has_members(session: Session, regency: str) -> bool:
    """Whether anybody has given a list of members yet."""
    given = (Source.regency == regency, Source.kind.in_(MEMBERS))
    return session.scalar(select(Source.id).where(*given).limit(1)) is not None


def members_where(
    session: Session, regency: str, condition: ColumnElement[bool]
) -> list[tuple[str, Facts]]:
    """(row id, facts) of people on lists of members."""
    statement = (
        select(ImportLine.id, ImportLine.values)
        .join(ImportRun, ImportRun.id == ImportLine.run_id)
        .join(Source, Source.id == ImportRun.source_id)
        .where(ImportLine.regency == regency, ImportRun.regency == regency, condition)
        .where(Source.regency == regency, Source.kind.in_(MEMBERS))
        .where(ImportRun.state.not_in(DEAD_RUNS))
    )
    return [(line_id, facts_of_values(values)) for line_id, values in session.execute(statement)]


def names_of(session: Session, regency: str) -> Iterator[str]:
    """Every name that somebody living bears."""
    own = (Worker.regency == regency, *LIVE)
    yield from session.scalars(select(Worker.full_name).where(*own).distinct())


def facts_of_values(values: object) -> Facts:
    """The facts of a stored row."""
    told: Mapping[str, object] = values if isinstance(values, dict) else {}
    return facts_of(text(told, "full_name"), told)


def parts(values: Collection[T]) -> Iterator[list[T]]:
    """The values in lists that one statement carries."""
    whole = list(values)
    for at in range(0, len(whole), MANY):
        yield whole[at : at + MANY]
