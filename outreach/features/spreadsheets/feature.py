"""Sheets that leave and come home as a feature: its tables and pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from outreach.core.backup.erased_rows import WorkerEraser
from outreach.domain.actor import Actor
from outreach.feature import Feature
from outreach.features.spreadsheets import erasing, queries, views
from outreach.storage.own_tables import OwnTable
from outreach.web.office import NavEntry


def waiting(actor: Actor, _now: datetime) -> ColumnElement[int]:
    """How many files wait to be decided on and saved."""
    return queries.count_open(actor)


def oldest(actor: Actor, _now: datetime) -> ColumnElement[datetime]:
    """When the oldest of these files was brought in."""
    return queries.oldest_open(actor.regency)


FEATURE = Feature(
    pages=(views.pages,),
    navigation=(
        NavEntry(
            "spreadsheets",
            "spreadsheets.show_all",
            frozenset(views.WHO),
            order=22,
            count=waiting,
            waits="spreadsheets.waits",
            oldest=oldest,
        ),
    ),
    tables=(OwnTable(queries.RETURNS), OwnTable(queries.ROWS)),
    erasers=(WorkerEraser(erase=erasing.erase),),
)
