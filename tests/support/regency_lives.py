"""Random lives in an installation of two regencies: an officer, a supervisor and the liar of the
second one do what they can beside those of the first. Nothing may cross.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from outreach.core.accounts.actors import actor_for
from outreach.core.record.rights import NotAllowed
from outreach.domain.ids import uuid7
from outreach.domain.refusals import NotThere
from outreach.domain.regency import regency_of
from outreach.extensions import db
from outreach.storage.base import Base
from outreach.storage.regions import Region
from outreach.storage.sync import Device, Mutation
from outreach.storage.workers import Worker
from tests.support.factories import make_office
from tests.support.liar import LIES, UNPROVEN, Liar, is_lie
from tests.support.lives import ACTS, FIELDS, PHONES, PICK, TALK, VILLAGES, WORK, Lives
from tests.support.other_regency import REGENCY, VILLAGE, add_other_regency

AWAY = 3  # the number of the phone in the second regency
FALSE = st.lists(st.tuples(st.sampled_from(LIES + UNPROVEN), PICK), min_size=1, max_size=3)
# Tables whose rows say by ``region_code`` or ``village_code`` where they belong.
PLACES = ("region_code", "village_code")


class RegencyLives(Lives):
    """As Lives; the fourth phone works in the second regency, and the liar is one of its people."""

    refusals = (NotAllowed, NotThere)  # what is in the other regency is like nothing

    def gather(self) -> None:
        if db.session.get(Region, REGENCY) is None:
            add_other_regency(db.session())
        away, liar, desk = (self.person(role) for role in ("officer", "officer", "supervisor"))
        self.liar = Liar(self.net, liar.id, self.tally)
        self.there = actor_for(db.session(), desk, REGENCY, self.server.now.date())
        self.users.append(away.id)
        self.said.append(set())
        self.phones.append(self.make_phone(AWAY))
        self.work(AWAY, [("new", VILLAGE, 0, "")] * 2)
        self.settle()

    def person(self, role: str) -> Any:
        """Somebody of an office of the second regency."""
        made = self.server.user(VILLAGE, role=role)
        made.office_id = make_office(db.session(), "dinas", REGENCY).id
        db.session.commit()
        return made

    def villages_of(self, number: int) -> tuple[str, ...]:
        return (VILLAGE,) if number == AWAY else self.villages

    def supervisor_of(self, regency: str) -> Any:
        return self.there if regency == REGENCY else self.supervisor

    def work(self, number: int, saves: list[tuple[str, str, int, str]]) -> None:
        if number == AWAY:
            saves = [(kind, VILLAGE, pick, name) for kind, _, pick, name in saves]
        super().work(number, saves)

    @rule(saves=WORK, exchanges=TALK)
    def morning_away(self, saves: list[Any], exchanges: list[Any]) -> None:
        """The second regency works, too."""
        self.work(AWAY, saves)
        self.talk(AWAY, exchanges)

    @rule(number=st.sampled_from([0, 2, AWAY]), pick=PICK, name=st.sampled_from(FIELDS))
    def edit_across(self, number: int, pick: int, name: str) -> None:
        """A phone edits a record that only the other regency has, by its id."""
        mine = regency_of(self.villages_of(number)[0])
        for row in self.pick(select(Worker.id).where(Worker.regency != mine), pick):
            scope = self.villages_of(number)[pick % len(self.villages_of(number))]
            body = {"key": uuid7(), "schema": 1, "op": "put", "table": "worker", "id": row}
            body |= {"scope": scope, "ver": 1, "set": {name: [None, self.fresh()]}}
            made = self.phones[number].number(body["key"], {**body, "at": "2026-11-22T06:05:00Z"})
            self.said[number].add(made.key)
            self.stirred = True
            self.tally["saves"] += 1
            self.tally["edits of the other regency's records"] += 1

    @rule(lies=FALSE)
    def lies_away(self, lies: list[tuple[str, int]]) -> None:
        """The liar says in his own village what he knows of both regencies."""
        self.lies([(kind, pick, VILLAGE) for kind, pick in lies])

    @rule(acts=st.lists(st.tuples(ACTS, PICK, PICK, PHONES, VILLAGES), min_size=1, max_size=3))
    def office_away(self, acts: list[tuple[str, int, int, int, str]]) -> None:
        """The second regency's supervisor decides on whatever there is, wherever it is."""
        with self.supervised_from_there():
            self.office(acts)

    @contextmanager
    def supervised_from_there(self) -> Iterator[None]:
        """As long as this lasts, the supervisor is that of the second regency."""
        here, self.supervisor = self.supervisor, self.there
        try:
            yield
        finally:
            self.supervisor = here

    def check(self) -> None:
        super().check()
        nothing_crossed(self)


def nothing_crossed(lives: RegencyLives) -> None:
    """No row stands in a regency that is not its place's, nobody's phone holds another's, no save
    took effect beyond its sender's regency, and each regency's ids stand once in it."""
    devices = {one.id: one.regency for one in db.session.scalars(select(Device))}
    for number, phone in enumerate(lives.phones):
        mine = regency_of(lives.villages_of(number)[0])
        assert devices[phone.device] == mine
        scopes = [scope for scope, rows in phone.report().rows.items() if rows]
        assert {regency_of(scope) for scope in scopes if not scope.startswith("u:")} <= {mine}
    for save in db.session.scalars(select(Mutation)):
        assert save.device_id is None or save.regency == devices[save.device_id]
    what_is_elsewhere_is_like_nothing(lives)
    for table in Base.metadata.sorted_tables:
        for place in PLACES:
            if "regency" in table.c and place in table.c:
                found = select(table.c.regency, table.c[place]).where(table.c[place].is_not(None))
                for regency, code in db.session.execute(found):
                    assert regency == regency_of(code), (table.name, code)


def what_is_elsewhere_is_like_nothing(lives: RegencyLives) -> None:
    """A save about somebody whom only another regency has waits as for nobody. That is told by the
    officer of the second regency, from whom nobody takes his village."""
    homes: dict[str, set[str]] = {}
    for row_id, regency in db.session.execute(select(Worker.id, Worker.regency)):
        homes.setdefault(row_id, set()).add(regency)
    waiting = select(Mutation).where(Mutation.status == "held")
    for save in db.session.scalars(waiting.where(Mutation.user_id == lives.users[AWAY])):
        known = homes.get(str(save.row_id))
        if known and save.regency not in known and not is_lie(save):
            assert save.verdict["reason"] in ("unknown_row", "waits")
