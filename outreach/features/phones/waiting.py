"""Counts of the phones board for the navigation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from outreach.core.exchange.gaps import care_of
from outreach.domain.actor import Actor
from outreach.storage import queries_phones


def to_call(actor: Actor, now: datetime) -> ColumnElement[int]:
    """Phones whose officers have to be called."""
    return queries_phones.count_to_call(care_of(actor), now)


def open_gaps(actor: Actor, _now: datetime) -> ColumnElement[int]:
    """Gaps that nobody has explained."""
    return queries_phones.count_gaps(care_of(actor))


def longest_silent(actor: Actor, now: datetime) -> ColumnElement[datetime]:
    """Since when the longest silent of the phones to call about is silent."""
    return queries_phones.longest_silent(care_of(actor), now)


def oldest_gap(actor: Actor, _now: datetime) -> ColumnElement[datetime]:
    """When the oldest gap that nobody has explained was named."""
    return queries_phones.oldest_gap(care_of(actor))
