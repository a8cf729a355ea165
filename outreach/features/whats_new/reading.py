"""Somebody has read of a version: on a phone, whose save the judge hands on, or at the desk, which
writes the same save."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.exchange.pulled_rows import PulledRow
from outreach.core.record.aggregates import wrong
from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.office_device import compose, submit
from outreach.core.record.verdicts import Verdict, stamp
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import NotThere
from outreach.domain.rules import fault
from outreach.features.whats_new import queries, releases
from outreach.features.whats_new.tables import ReleaseRead
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, table_of

TABLE = "release_read"
VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){2}")


def check(change: Change) -> Errors:
    """A save says one version, in its author's own scope, and takes nothing back."""
    if change.op != "put":
        return wrong("op")
    if not str(change.scope).startswith("u:"):
        return wrong("scope")
    version = change.set.get("version", (None, None))[1]
    if change.set.keys() != {"version"} or not is_version(version):
        return {"version": [fault("version_wrong")]}
    return {}


def is_version(value: object) -> bool:
    """True for the number of a version. A phone may know one that this server does not."""
    return isinstance(value, str) and VERSION.fullmatch(value) is not None


class ReadingJudge:
    """Decides the readings of one judgement: the first of a version counts, each other one is the
    same."""

    def __init__(self, judgement: Judgement, changes: list[Change]) -> None:
        self.judgement = judgement
        users = {str(change.scope).removeprefix("u:") for change in changes}
        self.known: dict[tuple[str, str], tuple[str, int]] = {
            (row.user_id, row.version): (row.id, row.ver)
            for row in queries.read_by(judgement.session, judgement.regency, users)
        }
        self.new: list[Values] = []

    def decide(self, change: Change) -> Verdict:
        """Applied, onto the row that says so already where there is one."""
        user_id, version = str(change.scope).removeprefix("u:"), str(change.set["version"][1])
        row_id, ver = self.known.get((user_id, version)) or self.add(change, user_id, version)
        into = None if row_id == change.id else row_id
        return Verdict(change.mid, change.key, "applied", change.scope, ver, into)

    def add(self, change: Change, user_id: str, version: str) -> tuple[str, int]:
        """The new row's id and number."""
        context = self.judgement.context
        row_id, ver = str(change.id), self.judgement.number(str(change.scope))
        self.new.append(
            {
                "id": row_id,
                "regency": context.actor.regency,
                "user_id": user_id,
                "version": version,
                "read_at": context.now,
                "ver": ver,
            }
        )
        self.known[user_id, version] = row_id, ver
        return row_id, ver

    def write(self) -> None:
        """Write the new rows."""
        insert_rows(self.judgement.session, table_of(ReleaseRead), self.new)


def pulled(
    session: Session, actor: Actor, _scope: str, after: int, upto: int, limit: int
) -> list[PulledRow]:
    """Rows that the user has read, for the user's other phones."""
    return [
        {
            "table": TABLE,
            "id": row.id,
            "ver": row.ver,
            "data": {"version": row.version, "at": stamp(row.read_at)},
        }
        for row in queries.read_after(session, actor.regency, actor.user_id, after, upto, limit)
    ]


def note_read(session: Session, actor: Actor, version: str, now: datetime) -> None:
    """Write down at the desk that the actor has read of a version, once; raises NotThere for one
    that does not exist."""
    if version not in releases.versions():
        raise NotThere(version)
    known = queries.read_by(session, actor.regency, [actor.user_id])
    if any(row.version == version for row in known):
        return
    scope = f"u:{actor.user_id}"
    body = compose(uuid7(now), scope, {"version": (None, version)}, now, table=TABLE)
    submit(session, actor, [body], now)
