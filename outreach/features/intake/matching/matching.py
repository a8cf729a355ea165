"""Rows of a list beside everybody who is known: matches, members, and numbers made whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import or_
from sqlalchemy.orm import Session

from outreach.domain.names import name_words
from outreach.features.intake.lines import Line, Match
from outreach.features.intake.matching import queries_decisions, queries_people
from outreach.features.intake.matching.doubles import line_key
from outreach.features.intake.matching.facts import Facts, facts_of_line
from outreach.features.intake.matching.register import Person, VillageRegister, best_matches
from outreach.features.intake.matching.repair import Holder, Repair, repair
from outreach.features.intake.matching.scorer import compare
from outreach.features.intake.tables import ImportLine

MEMBER = 85  # the score from which a row counts as on the list of members


class Member(NamedTuple):
    """The row of a list of members that may be the person, and why."""

    line_id: str
    score: int
    reasons: tuple[str, ...]


def match_lines(session: Session, regency: str, lines: Sequence[Line]) -> dict[int, list[Match]]:
    """Who in the register each row may be, by row number; rows that nobody is like are not there.

    Best called with the rows of one village: its people are read once for all of them. A few
    hundred rows at a time keep the statements small.
    """
    facts = {line.row_no: facts_of_line(line) for line in lines}
    elsewhere = people_elsewhere(session, regency, facts.values())
    found: dict[int, list[Match]] = {}
    for village, rows in by_village(facts).items():
        people = queries_people.people_of_village(session, regency, village) if village else []
        register = VillageRegister(people)
        for row_no in rows:
            own = facts[row_no]
            candidates = [*register.candidates(own), *elsewhere.of(own)]
            if matches := best_matches(own, candidates):
                found[row_no] = matches
    return after_decisions(session, regency, facts, found)


def after_decisions(
    session: Session, regency: str, facts: dict[int, Facts], found: dict[int, list[Match]]
) -> dict[int, list[Match]]:
    """The matches without those of whom somebody said that they are another person; who was said
    to be the same is sure."""
    keys = {row_no: line_key(facts[row_no]) for row_no in found}
    decided: dict[tuple[str, str], str] = {}
    for part in queries_people.parts(keys.values()):
        decided |= queries_decisions.verdicts_of(session, regency, part)
    kept: dict[int, list[Match]] = {}
    for row_no, matches in found.items():
        verdicts = [(decided.get((keys[row_no], one.worker_id)), one) for one in matches]
        others = [
            one._replace(score=100) if verdict == "same" else one
            for verdict, one in verdicts
            if verdict != "different"
        ]
        if others:
            kept[row_no] = others
    return kept


def by_village(facts: dict[int, Facts]) -> dict[str, list[int]]:
    """The rows' numbers by village."""
    found: dict[str, list[int]] = defaultdict(list)
    for row_no, own in facts.items():
        found[own.village].append(row_no)
    return found


class Elsewhere:
    """People of the whole regency, or rows of lists, by number, digits, and name with birth."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._people: dict[object, list[Person]] = defaultdict(list)
        for person in people:
            for mark in marks_of(person.facts):
                self._people[mark].append(person)

    def of(self, facts: Facts) -> list[Person]:
        """Whoever shares a mark with the row."""
        return [person for mark in marks_of(facts) for person in self._people.get(mark, ())]


def marks_of(facts: Facts) -> list[object]:
    """What two people share by whom they are compared across villages."""
    marks: list[object] = [facts.digits] if facts.digits else []
    return [*marks, (facts.key, facts.birth_date)] if facts.key and facts.birth_date else marks


def people_elsewhere(session: Session, regency: str, facts: Iterable[Facts]) -> Elsewhere:
    """Everybody who shares a number, its digits, or name and birth date with one of the rows."""
    rows = list(facts)
    niks = {one.nik for one in rows if one.nik}
    niks |= {f"{one.nik15}{last}" for one in rows if one.nik15 for last in range(10)}
    births = {(one.key, one.birth_date) for one in rows if one.key and one.birth_date}
    people = queries_people.people_by_nik(session, regency, sorted(niks))
    return Elsewhere([*people, *queries_people.people_by_birth(session, regency, births)])


def member_lines(session: Session, regency: str, lines: Sequence[Line]) -> dict[int, Member]:
    """Which row of a list of members each row is, by row number: by number, or by name and birth
    date."""
    found: dict[int, Member] = {}
    if not queries_people.has_members(session, regency):
        return found
    for part in queries_people.parts(lines):
        facts = {line.row_no: facts_of_line(line) for line in part}
        known = members_like(session, regency, facts.values())
        for row_no, own in facts.items():
            scores = [(compare(own, one.facts), one.worker_id) for one in known.of(own)]
            for score, line_id in sorted(scores, reverse=True)[:1]:
                if score.value >= MEMBER:
                    found[row_no] = Member(line_id, *score)
    return found


def members_like(session: Session, regency: str, facts: Iterable[Facts]) -> Elsewhere:
    """Rows of lists of members that share a number, or name and birth date."""
    rows = list(facts)
    niks = [one.nik for one in rows if one.nik]
    names = [one.key for one in rows if one.key and one.birth_date]
    either = or_(ImportLine.nik.in_(niks), ImportLine.name_key.in_(names))
    found = queries_people.members_where(session, regency, either)
    return Elsewhere(Person(line_id, told) for line_id, told in found)


class Repairs:
    """Damaged numbers of one run made whole. The words of people's names are read when the first
    damaged number asks for them, and once."""

    def __init__(self, session: Session, regency: str) -> None:
        self._session, self._regency = session, regency
        self._known: frozenset[str] | None = None

    def repair_lines(self, lines: Sequence[Line]) -> dict[int, Repair]:
        """What became of each row that lost its last digit, by row number."""
        damaged = {
            line.row_no: facts_of_line(line)
            for line in lines
            if line.nik_state == "lost_last_digit" and line.values.get("nik15")
        }
        digits = {facts.nik15 for facts in damaged.values()}
        held: dict[str, list[Holder]] = defaultdict(list)
        for holder in queries_people.holders_of(self._session, self._regency, digits):
            held[holder.facts.digits].append(holder)
        return {
            row_no: repair(facts, held[facts.nik15], self._words() if held[facts.nik15] else ())
            for row_no, facts in damaged.items()
        }

    def _words(self) -> frozenset[str]:
        """The words of every name in the register."""
        if self._known is None:
            names = queries_people.names_of(self._session, self._regency)
            self._known = frozenset(word for name in names for word in name_words(name))
        return self._known
