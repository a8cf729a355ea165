"""Tables that features bring along. They stand in the same metadata as the core's, so migrations
see them; a backup holds every table of the database but those that say they are left out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table
from sqlalchemy.orm import Session

from outreach.storage.hooks import hooks_of


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A table of a feature's. ``in_backup`` False is for what can be made anew from other rows:
    after a restore it is empty."""

    table: Table
    in_backup: bool = True


def left_out(session: Session) -> frozenset[str]:
    """Names of features' tables that no backup holds."""
    return frozenset(one.table.name for one in hooks_of(session, OwnTable) if not one.in_backup)
