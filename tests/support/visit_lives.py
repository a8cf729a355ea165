"""Random lives at doors: officers plan, answer and take back, on phones that do not hear each
other, while everything else happens to them too."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import func, select

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.visits.tables import DoorVisit
from outreach.storage.sync import Device, Mutation, ScopeCounter
from tests.support.factories import KUBU_PERAHU
from tests.support.lives import PHONES, PICK, TALK, Lives
from tests.support.phone import Phone

TABLE = "door_visit"
ANSWERS = ("bertemu", "tidak_di_rumah", "tidak_bersedia", "tidak_di_rumah")
ACTS = st.sampled_from(["answer", "answer", "plan", "undo"])
DOORS = st.lists(st.tuples(ACTS, PICK, PICK), min_size=1, max_size=4)


class VisitLives(Lives):
    """As Lives, with people in the first village whom every officer visits."""

    def gather(self) -> None:
        self.people = []
        for _ in range(2):
            made = uuid7()
            self.save(0, KUBU_PERAHU, {"full_name": "ADA", "notes": self.fresh()}, made)
            self.people.append(made)
        self.settle()

    def make_phone(self, number: int) -> Any:
        phone = super().make_phone(number)
        phone.tables = (TABLE,)
        return phone

    @rule(number=PHONES, acts=DOORS, exchanges=TALK)
    def doors(self, number: int, acts: list[Any], exchanges: list[Any]) -> None:
        """An officer goes from door to door, then tries to send."""
        self.stirred = True
        for act, one, two in acts:
            done = getattr(self, act)(number, self.phones[number], one, two)
            self.tally[f"visit: {act}"] += bool(done)
        self.talk(number, exchanges)

    def visits(self, phone: Phone) -> list[str]:
        """The visits that a phone shows: pulled ones, and its own."""
        places = phone.rows.get(KUBU_PERAHU, {})
        pulled = {place.removeprefix(f"{TABLE}/") for place in places if place.startswith(TABLE)}
        own = {one.body["id"] for one in phone.journal if one.body["table"] == TABLE}
        return sorted(pulled | own)

    def put(self, number: int, visit: str, values: dict[str, Any]) -> bool:
        """One save about a visit."""
        self.save(number, KUBU_PERAHU, values, visit, table=TABLE)
        return True

    def plan(self, number: int, phone: Phone, one: int, two: int) -> bool:
        """A day for a new visit, or another day for one that is shown."""
        day = {"own_day": f"2026-12-{two % 28 + 1:02}"}
        known = self.visits(phone)
        if known and one % 2:
            return self.put(number, known[one % len(known)], day)
        worker = self.people[one % len(self.people)]
        return self.put(number, uuid7(), {"worker": worker, **day})

    def answer(self, number: int, phone: Phone, one: int, two: int) -> bool:
        """What came of a visit that nobody has answered here, or of a new one."""
        said = {"outcome": ANSWERS[two % len(ANSWERS)], "note": self.fresh()}
        views = {visit: phone.view(visit, TABLE) or {} for visit in self.visits(phone)}
        still = [visit for visit, shown in views.items() if not shown.get("outcome")]
        if still and one % 3:
            return self.put(number, still[one % len(still)], said)
        worker = self.people[one % len(self.people)]
        return self.put(number, uuid7(), {"worker": worker, **said})

    def undo(self, number: int, phone: Phone, one: int, _two: int) -> bool:
        """An answer that this phone gave itself is taken back."""
        own = {row.body["id"] for row in phone.journal if "outcome" in row.body["set"]}
        views = {visit: phone.view(visit, TABLE) or {} for visit in sorted(own)}
        said = [visit for visit, shown in views.items() if shown.get("outcome")]
        if not said:
            return False
        return self.put(number, said[one % len(said)], {"outcome": None, "note": None})

    # --- what must hold ------------------------------------------------------------------------

    def check(self) -> None:
        super().check()
        db.session.rollback()
        db.session.expire_all()
        self.each_answer_stands_once()
        self.phones_hold_the_visits()
        self.villages_are_followed()

    def each_answer_stands_once(self) -> None:
        """I1, I3: what was applied and not taken back by its author stands in one row, the
        author's; no order of arrival decides."""
        applied = (Mutation.table_name == TABLE, Mutation.status == "applied")
        saves = list(db.session.scalars(select(Mutation).where(*applied)))
        bodies = [(save.user_id, orjson.loads(save.payload)) for save in saves if save.payload]
        taken_back = {
            (user, body["id"])
            for user, body in bodies
            if body["set"].get("outcome", [None, ""])[1] is None
        }
        standing = Counter((row.author, row.note) for row in self.stored() if row.outcome)
        for user, body in bodies:
            pair = body["set"].get("outcome")
            if pair and pair[1] and (user, body["id"]) not in taken_back:
                assert standing[user, body["set"]["note"][1]] == 1, body
                self.tally["answers compared"] += 1
        assert max([n for (_, note), n in standing.items() if note], default=0) <= 1

    def stored(self) -> list[DoorVisit]:
        """Every visit as it is stored."""
        return list(db.session.scalars(select(DoorVisit)))

    def phones_hold_the_visits(self) -> None:
        """I2: a phone that may fetch holds exactly the server's visits."""
        truth = {row.id: row.ver for row in self.stored() if row.region_code == KUBU_PERAHU}
        for phone in self.phones:
            device = db.session.get_one(Device, phone.device)
            if device.revoked_at is None and KUBU_PERAHU in self.assigned(phone.user_id):
                rows = phone.rows.get(KUBU_PERAHU, {})
                held = {
                    place.removeprefix(f"{TABLE}/"): row["ver"]
                    for place, row in rows.items()
                    if place.startswith(f"{TABLE}/")
                }
                assert held == truth
                self.tally["visits compared"] += len(held)

    def villages_are_followed(self) -> None:
        """A village is followed once for each open visit in it."""
        still = (DoorVisit.outcome.is_(None), DoorVisit.ended.is_(None))
        own = select(DoorVisit.region_code, func.count()).where(*still)
        found = db.session.execute(own.group_by(DoorVisit.region_code))
        counted = {row[0]: row[1] for row in found}
        for counter in db.session.scalars(select(ScopeCounter)):
            assert counter.followers == counted.get(counter.scope, 0), counter.scope
