"""Marks of a signed version: lines on which somebody tied to them decided, or who signed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from outreach.domain.age import jakarta_date
from outreach.domain.list_signers import HEAD
from outreach.domain.self_decisions import Decider, decider_of
from outreach.domain.village_decisions import UNDONE, resolve
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.list_file import said_days
from outreach.features.village_lists.checking.self_marks import (
    SIGNED,
    Known,
    SelfMark,
    known_of,
    strongest,
)
from outreach.features.village_lists.records import minutes_queries
from outreach.features.village_lists.records.minutes_queries import MinutesRow
from outreach.features.village_lists.records.queries_list import ToldDecision, told_decisions

Item = Mapping[str, object]


def marks_of(session: Session, row: MinutesRow) -> dict[int, SelfMark]:
    """The marks of a version by the numbers of its lines; what was decided comes before who
    signed. An erased person has none."""
    signed = minutes_queries.signed_lines(session, row.regency, row.id)
    items = {one.line_id: one.item for one in signed if one.item}
    if not items:
        return {}
    said = standing(told_decisions(session, row.regency, row.list_id), row)
    known = known_here(session, row, items.values(), said)
    signs = signing_of(known, row)
    found = {
        int(str(item["no"])): decided(known, line, item, said) or signing(known, signs, item)
        for line, item in items.items()
    }
    return {no: mark for no, mark in found.items() if mark}


def standing(said: Iterable[ToldDecision], row: MinutesRow) -> list[ToldDecision]:
    """The decisions on which the version rests; of one that does not tell, those that stand."""
    every = list(said)
    heads = set(row.heads or ())
    if not heads:
        heads = {one for state in resolve(map(decision_of, every)).values() for one in state.heads}
    return [one for one in every if one.id in heads and one.verdict != UNDONE]


def known_here(
    session: Session, row: MinutesRow, items: Iterable[Item], said: Iterable[ToldDecision]
) -> Known:
    """What is asked of the people of a version."""
    workers = {str(item["worker"]) for item in items}
    users = {row.author, row.confirmed_by, *(one.author for one in said)}
    names = [one.get("name") for one in row.signers]
    return known_of(session, row.regency, row.region_code, workers, users, names)


def decided(known: Known, line: str, item: Item, said: Iterable[ToldDecision]) -> SelfMark | None:
    """The mark of what was decided of a line."""
    worker = str(item["worker"])
    return strongest(
        known.mark_of_decision(worker, one.author, one.on_behalf, said_days(one))
        for one in said
        if line in one.lines
    )


class Signing(NamedTuple):
    """Through whom a version went: accounts, and the names that the minutes have under them."""

    accounts: list[str | None]
    names: list[tuple[str, Decider]]


def signing_of(known: Known, row: MinutesRow) -> Signing:
    """Whoever holds the head's term, held the office then, signed in, confirmed, or is named."""
    terms = known.holdings
    held = [terms.get(str(one.get("term"))) for one in row.signers if one.get("role") == HEAD]
    accounts = [row.author, row.confirmed_by, *(one.user.id for one in held if one)]
    if row.on_behalf:
        accounts += known.holders(row.on_behalf, {row.day, jakarta_date(row.received_at)})
    return Signing(accounts, signers(row))


def signing(known: Known, signs: Signing, item: Item) -> SelfMark | None:
    """The mark where somebody signs a list with himself on it."""
    worker = str(item["worker"])
    named = [known.mark_of(worker, who, one, SIGNED) for who, one in signs.names]
    return strongest([*(known.mark(worker, one, SIGNED) for one in signs.accounts), *named])


def signers(row: MinutesRow) -> list[tuple[str, Decider]]:
    """The names that the minutes have under them."""
    names = [str(one.get("name") or "") for one in row.signers]
    return [(name, decider_of([name])) for name in names]
