"""Whatever happens to people, in whatever order: the list is what the people are.

What is expected here is worked out from the records alone, without the code that keeps lines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from outreach.core.record import worker_edits
from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.core.record.rights import NotAllowed
from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records.tables import ListLine
from outreach.storage.workers import Worker
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import FUND, begin_meeting, edit, lines_of, opened, register, worker
from tests.sync.conftest import Handset, Server

VILLAGES = (KUBU_PERAHU, SEBARUS)
PEOPLE = 4
who = st.integers(0, PEOPLE - 1)
EDITS = st.one_of(
    st.tuples(st.just("rename"), who, st.sampled_from(["UMI", "UMI KALSUM"])),
    st.tuples(st.just("rt"), who, st.sampled_from(["001", "002"])),
    st.tuples(st.just("member"), who, st.sampled_from(["belum", "ya_bpu"])),
    st.tuples(st.just("birth"), who, st.sampled_from([None, "1980-08-07", "1950-01-01"])),
    st.tuples(st.just("move"), who, st.sampled_from(VILLAGES)),
)
ACTS = st.one_of(
    EDITS,
    st.tuples(st.just("delete"), who, st.none()),
    st.tuples(st.just("restore"), who, st.none()),
    st.tuples(st.just("merge"), who, who),
    st.tuples(st.just("split"), who, st.none()),
    st.tuples(st.just("meet"), st.sampled_from([0, 1]), st.none()),
    st.tuples(st.just("new"), st.sampled_from(VILLAGES), st.booleans()),
)


class Life:
    """Two villages with an open list each, and people to whom things happen."""

    def __init__(self, server: Server, phone: Handset) -> None:
        self.server, self.phone = server, phone
        self.actor: Actor = server.actor()
        self.people = [register(phone, village_code=VILLAGES[n % 2]) for n in range(PEOPLE)]
        self.lists = [opened(server, FUND, village).id for village in VILLAGES]
        self.numbers: dict[str, tuple[int | None, str]] = {}

    def act(self, name: str, one: Any, value: Any) -> None:
        """Do it as somebody at the desk; what is refused changes nothing."""
        self.server.wait(seconds=1)
        try:
            getattr(self, name)(one, value)
        except (NotAllowed, NotThere):
            db.session.rollback()

    def change(self, one: int, **values: Any) -> None:
        if worker(self.people[one]).merged_into is None:
            edit_or_hold(lambda: edit(self.server, self.people[one], **values))

    def rename(self, one: int, name: str) -> None:
        self.change(one, full_name=name)

    def rt(self, one: int, rt: str) -> None:
        self.change(one, rt=rt)

    def member(self, one: int, value: str) -> None:
        self.change(one, already_member=value)

    def birth(self, one: int, day: str | None) -> None:
        self.change(one, birth_date=day)

    def move(self, one: int, village: str) -> None:
        self.change(one, village_code=village)

    def delete(self, one: int, _: None) -> None:
        worker_edits.delete_worker(db.session(), self.actor, self.people[one], self.server.now)

    def restore(self, one: int, _: None) -> None:
        worker_edits.restore_worker(db.session(), self.actor, self.people[one], self.server.now)

    def merge(self, one: int, other: int) -> None:
        pair = (self.people[one], self.people[other])
        merge_workers(db.session(), self.actor, *pair, self.server.now)

    def split(self, one: int, _: None) -> None:
        split_worker(db.session(), self.actor, self.people[one], self.server.now)

    def meet(self, one: int, _: None) -> None:
        begin_meeting(self.lists[one])

    def new(self, village: str, complete: bool) -> None:
        more = {} if complete else {"consent": None}
        self.people.append(register(self.phone, village_code=village, **more))

    def __enter__(self) -> Life:
        return self

    def __exit__(self, *_: object) -> None:
        """The next life begins with nobody."""
        db.session.rollback()
        db.session.execute(update(Worker).values(deleted_at=self.server.now, status="draf"))
        db.session.commit()
        for one in self.lists:
            close_list(db.session(), self.actor, one, self.server.now)


def edit_or_hold(act: Callable[[], None]) -> None:
    """An edit of a deleted record waits for a decision; that is no change."""
    try:
        act()
    except AssertionError as refused:
        if "held" not in str(refused):
            raise


def expected(list_village: str, people: list[str]) -> dict[str, tuple[str, str | None]]:
    """Who has to stand on a village's list, and with which name: (part, name) by person."""
    db.session.expire_all()
    living = select(Worker).where(
        Worker.id.in_(people),
        Worker.region_code == list_village,
        Worker.deleted_at.is_(None),
        Worker.merged_into.is_(None),
    )
    parts = {"verifikasi_pekon": "numbered", "usulan": "visit", "draf": "visit"}
    return {
        one.id: (parts[one.status], one.full_name)
        for one in db.session.scalars(living)
        if one.status in parts
    }


def found(lines: list[ListLine]) -> dict[str, tuple[str, str | None]]:
    """Who stands on the list and is not gone; each once."""
    there = [line for line in lines if line.gone is None]
    assert len({line.worker_id for line in there}) == len(there)
    return {
        line.worker_id: (
            "visit" if line.part == "visit" else "numbered",
            line.snapshot["name"],  # type: ignore[dict-item]
        )
        for line in there
    }


def hold_together(life: Life) -> None:
    """What is true of both lists at any moment."""
    for village, list_id in zip(VILLAGES, life.lists, strict=True):
        lines = lines_of(list_id)
        assert found(lines) == expected(village, life.people)
        numbers = [line.no for line in lines if line.part != "visit"]
        assert numbers == list(range(1, len(numbers) + 1))
        for line in lines:
            assert life.numbers.setdefault(line.id, (line.no, line.worker_id)) == (
                line.no,
                line.worker_id,
            )
            record = worker(line.worker_id)
            if line.gone is None and line.part != "visit":
                assert line.snapshot["rt"] == record.data.get("rt")
                assert line.snapshot["status"] == record.status
            assert (line.gone == "merged") == (record.merged_into is not None)
            assert line.into == record.merged_into
        assert "calon" not in {worker(one).status for one in expected(village, life.people)}


def test_list_is_what_the_people_are_after_every_act(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        server = Server(sqlite_app)
        phone = server.phone(*VILLAGES)
        phone.announce()

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        )
        @given(st.lists(ACTS, min_size=1, max_size=10))
        def live(acts: list[tuple[str, Any, Any]]) -> None:
            with Life(server, phone) as life:
                for act in acts:
                    life.act(*act)
                    hold_together(life)

        live()


def test_same_acts_on_different_people_in_another_order_end_in_the_same_list(
    sqlite_app: Flask,
) -> None:
    with sqlite_app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        server = Server(sqlite_app)
        phone = server.phone(*VILLAGES)

        @settings(
            max_examples=8,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        )
        @given(st.lists(EDITS, min_size=2, max_size=6), st.randoms(use_true_random=False))
        def live(acts: list[tuple[str, Any, Any]], random: Any) -> None:
            newest = {(name, one): (name, one, value) for name, one, value in acts}
            one_way = list(newest.values())
            other_way = random.sample(one_way, len(one_way))
            ends = []
            for order in (one_way, other_way):
                with Life(server, phone) as life:
                    for act in order:
                        life.act(*act)
                    ends.append([told(life, list_id) for list_id in life.lists])
            assert ends[0] == ends[1]

        live()


def told(life: Life, list_id: str) -> list[tuple[Any, ...]]:
    """What a list says of each of the people; numbers tell who came first, and only they."""
    return sorted(
        (
            life.people.index(line.worker_id),
            line.part == "visit",
            line.snapshot.get("rt"),
            line.snapshot.get("status"),
        )
        for line in lines_of(list_id)
        if line.gone is None
    )
