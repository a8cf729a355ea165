"""Counts of a supervisor's decisions for the navigation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from outreach.core.exchange.gaps import care_of
from outreach.domain.actor import Actor
from outreach.storage import queries_conflicts, queries_holds, queries_pairs


def conflicts(actor: Actor, _now: datetime) -> ColumnElement[int]:
    """Open conflicts."""
    return queries_conflicts.count_open(care_of(actor))


def pairs(actor: Actor, _now: datetime) -> ColumnElement[int]:
    """Pairs of records that may be one person."""
    return queries_pairs.count_open(care_of(actor))


def holds(actor: Actor, _now: datetime) -> ColumnElement[int]:
    """The count of held and invalid saves, without those that only wait for another."""
    return queries_holds.count_open(care_of(actor))


def oldest_conflict(actor: Actor, _now: datetime) -> ColumnElement[datetime]:
    """Since when the oldest conflict is open."""
    return queries_conflicts.oldest_open(care_of(actor))


def oldest_pair(actor: Actor, _now: datetime) -> ColumnElement[datetime]:
    """Since when the oldest pair waits."""
    return queries_pairs.oldest_open(care_of(actor))


def oldest_hold(actor: Actor, _now: datetime) -> ColumnElement[datetime]:
    """Since when the oldest hold waits."""
    return queries_holds.oldest_open(care_of(actor))
