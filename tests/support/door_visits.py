"""Visits for tests: as a phone saves them, as a desk assigns them, and as they are stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from outreach.core.record.office_device import compose, submit
from outreach.core.record.verdicts import Verdict
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.visits.tables import DoorVisit
from outreach.storage.sync import ScopeCounter
from tests.support.factories import KUBU_PERAHU, make_user
from tests.sync.conftest import Handset, Server

TABLE = "door_visit"
NAME = {
    "full_name": "NAMA USULAN",
    "pemangku": "1",
    "rt": "002",
    "occupation_code": "TANI-KOPI",
    "birth_about": {"year": 1980, "said": "usia"},
}


def save(phone: Handset, visit: str, scope: str = KUBU_PERAHU, /, **said: Any) -> dict[str, Any]:
    """A save about a visit as a phone makes it."""
    return phone.mutation(scope, table=TABLE, id=visit, set=said)


def visit(phone: Handset, worker: str, scope: str = KUBU_PERAHU, /, **said: Any) -> str:
    """The id of a visit that a phone has made and sent."""
    row = uuid7()
    result = phone.results(save(phone, row, scope, worker=worker, **said))[0]
    assert result["status"] == "applied", result
    return row


def assign(
    server: Server, worker: str, to: str, day: str | None = "2026-11-23", row: str | None = None
) -> str:
    """The id of a visit that a supervisor has given to an officer."""
    found = row or uuid7()
    said = {"worker": worker, "assigned_to": to, "assigned_day": day}
    [verdict] = at_desk(server, found, **said)
    assert verdict.status == "applied", verdict
    return found


def at_desk(server: Server, row: str, /, role: str = "supervisor", **said: Any) -> list[Verdict]:
    """The verdict on a desk's save about a visit."""
    changes = {name: (None, value) for name, value in said.items()}
    body = compose(row, KUBU_PERAHU, changes, server.now, table=TABLE)
    return submit(db.session(), server.actor(role), [body], server.now)


def listed(server: Server, village: str = KUBU_PERAHU, /, **data: Any) -> str:
    """The id of a name that a department's list has brought: nobody has met the person."""
    session, row = db.session(), uuid7()
    user = make_user(session, "department", (), f"opd-{row[-12:]}")
    session.commit()
    giver = Actor(user.id, "department", user.name, village[:5], None)
    facts = {**NAME, "village_code": village, **data}
    changes = {name: (None, value) for name, value in facts.items()}
    body = compose(row, village, changes, server.now)
    [verdict] = submit(session, giver, [body], server.now, origin="import", source=uuid7())
    assert verdict.status == "applied", verdict
    session.expire_all()
    return row


def stored(row: str) -> DoorVisit:
    """The visit as it is stored."""
    db.session.expire_all()
    return db.session.get_one(DoorVisit, row)


def visits_to(worker: str) -> list[DoorVisit]:
    """Every visit to somebody, the oldest first."""
    db.session.expire_all()
    own = select(DoorVisit).where(DoorVisit.worker_id == worker)
    return list(db.session.scalars(own.order_by(DoorVisit.made_at, DoorVisit.id)))


def pulled(phone: Handset, scope: str = KUBU_PERAHU) -> dict[str, dict[str, Any]]:
    """The visits that a phone pulls, by id."""
    answer = phone.pull({scope: 0}, tables=[TABLE])
    rows = answer["scopes"].get(scope, {"rows": []})["rows"]
    return {row["id"]: row["data"] for row in rows if row["table"] == TABLE}


def followers(village: str = KUBU_PERAHU) -> int:
    """How many follow the workers of a village."""
    db.session.expire_all()
    return db.session.get_one(ScopeCounter, (village, "18.04")).followers
