"""A file is read, compared and written by jobs that a dying process leaves to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.features.intake import checking, jobs, undoing, writing
from outreach.features.intake.checking import asks_first
from outreach.features.intake.tables import (
    ImportFile,
    ImportJob,
    ImportLine,
    ImportRun,
    Source,
)
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.workers import Worker
from tests.support import factories
from tests.support.factories import KUBU_PERAHU

HEAD = "Nama;NIK;Desa;Pekerjaan;Umur"
PEOPLE = [
    "SUTINI UJI;1804047008809001;Kubu Perahu;Petani kopi;46",
    "WAHYU UJI;1804043008809002;Sebarus;Penyadap getah;46",
    "ROHANI UJI;;Kubu Perahu;;51",
]
FAULTY = "TANPA DESA UJI;;;;40"


class Hand:
    """One giver with a clock that the test turns."""

    def __init__(self, session: Session, now: datetime, role: str = "supervisor") -> None:
        self.session, self.now = session, now
        self.office = factories.make_office(session)
        self.user = factories.make_user(session, role)
        self.user.office_id = self.office.id
        session.commit()
        self.actor: Actor = actor_for(session, self.user, "18.04", now.date())
        self.clock = jobs.Clock(lambda: self.now, day_of)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def give(self, *rows: str, kind: str = "opd", content: bytes | None = None) -> str:
        """Id of a new run of a file with these rows."""
        source = Source(
            id=uuid7(self.now),
            regency="18.04",
            office_id=self.office.id,
            kind=kind,
            title="Penyadap getah",
            credit="Dinas",
            made_by=self.user.id,
            made_at=self.now,
        )
        self.session.add(source)
        self.session.flush()
        run = ImportRun(
            id=uuid7(self.now),
            regency="18.04",
            source_id=source.id,
            file_name="nama.csv",
            file_sha="0" * 64,
            state="uploaded",
            made_by=self.user.id,
            made_at=self.now,
        )
        self.session.add(run)
        self.session.flush()
        content = content or "\n".join([HEAD, *rows]).encode()
        self.session.add(
            ImportFile(id=uuid7(self.now), regency="18.04", run_id=run.id, content=content)
        )
        self.session.commit()
        return run.id

    def do(self, run_id: str, kind: jobs.Kind) -> None:
        """Have one job done to its end."""
        self.wait(1)
        jobs.enqueue(self.session, self.actor, run_id, kind, self.now)
        assert jobs.do_next(self.session, "this", self.clock)
        assert not jobs.do_next(self.session, "this", self.clock)

    def run(self, run_id: str) -> ImportRun:
        self.session.expire_all()
        return self.session.get_one(ImportRun, run_id)

    def lines(self, run_id: str) -> list[ImportLine]:
        self.session.expire_all()
        found = select(ImportLine).where(ImportLine.run_id == run_id)
        return list(self.session.scalars(found.order_by(ImportLine.row_no)))

    def job(self, run_id: str) -> ImportJob:
        self.session.expire_all()
        job = jobs.last_job(self.session, "18.04", run_id)
        assert job is not None
        return job

    def names(self) -> list[str]:
        self.session.expire_all()
        return sorted(self.session.scalars(select(Worker.full_name)))


def day_of(now: datetime) -> date:
    return now.date()


@pytest.fixture
def hand(session: Session, now: datetime) -> Hand:
    factories.add_regions(session)
    session.commit()
    return Hand(session, now)


def counts(run: ImportRun) -> dict[str, object]:
    assert isinstance(run.counts, dict)
    return {name: count for name, count in run.counts.items() if count}


def test_a_file_is_read_whole_before_anything_is_written(hand: Hand) -> None:
    run_id = hand.give(*PEOPLE, FAULTY)
    hand.do(run_id, "check")
    run = hand.run(run_id)
    assert (run.state, counts(run)) == ("checked", {"new": 3, "refused": 1, "rows": 4})
    assert [line.decision for line in hand.lines(run_id)] == ["new", "new", "new", None]
    assert (hand.names(), hand.job(run_id).state) == ([], "done")
    assert (hand.job(run_id).done, hand.job(run_id).total) == (4, 4)


def test_a_check_says_that_it_lives_while_it_reads(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.features.intake.checking.READ_PIECE", 2)
    run_id = hand.give(*PEOPLE, FAULTY)
    steps: list[tuple[int, int]] = []
    real = jobs.note_beat

    def note(*args: object) -> None:
        steps.append(args[4:6])  # type: ignore[arg-type]
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "note_beat", note)
    hand.do(run_id, "check")
    assert steps[:2] == [(1, 2), (2, 4)]
    assert steps[-1] == (4, 4)
    assert steps == sorted(steps)


def test_what_is_new_is_written_and_the_file_goes(hand: Hand) -> None:
    run_id = hand.give(*PEOPLE, FAULTY)
    hand.do(run_id, "check")
    hand.do(run_id, "write")
    assert hand.names() == ["ROHANI UJI", "SUTINI UJI", "WAHYU UJI"]
    run = hand.run(run_id)
    assert (run.state, run.written_at) == ("done", hand.now)
    assert counts(run)["written"] == 3
    assert hand.session.scalars(select(ImportFile)).all() == []
    fates = [line.fate for line in hand.lines(run_id)]
    assert fates == ["written", "written", "written", "refused"]
    noted = select(AuditLine).where(AuditLine.action == "names_written")
    assert [line.region_code for line in hand.session.scalars(noted)] == ["18.04"]


def test_the_same_file_again_changes_nothing(hand: Hand) -> None:
    first = hand.give(*PEOPLE)
    hand.do(first, "check")
    hand.do(first, "write")
    before = {row.id: row.ver for row in hand.session.scalars(select(Worker))}
    again = hand.give(*PEOPLE)
    hand.do(again, "check")
    assert counts(hand.run(again)) == {"same": 3, "rows": 3}
    assert asks_first(hand.run(again).counts)
    hand.do(again, "write")
    hand.session.expire_all()
    assert {row.id: row.ver for row in hand.session.scalars(select(Worker))} == before
    assert [line.fate for line in hand.lines(again)] == ["same"] * 3


def test_a_row_that_repeats_another_adds_nobody(hand: Hand) -> None:
    run_id = hand.give(*PEOPLE, PEOPLE[0])
    hand.do(run_id, "check")
    assert counts(hand.run(run_id)) == {"new": 3, "double_in_file": 1, "rows": 4}
    hand.do(run_id, "write")
    assert len(hand.names()) == 3


def test_somebody_who_may_be_registered_waits_for_a_decision(hand: Hand) -> None:
    first = hand.give(*PEOPLE)
    hand.do(first, "check")
    hand.do(first, "write")
    other = hand.give("SUTINA UJI;1804047008809001;Kubu Perahu;;46")
    hand.do(other, "check")
    run = hand.run(other)
    assert (run.state, counts(run)) == ("awaiting_decisions", {"maybe": 1, "rows": 1})
    [line] = hand.lines(other)
    assert line.decision is None
    assert line.matches
    hand.do(other, "write")
    assert len(hand.names()) == 3
    assert hand.run(other).state == "written"
    [line] = hand.lines(other)
    line.decision = "new"
    hand.session.commit()
    hand.do(other, "write")
    assert len(hand.names()) == 4
    assert hand.run(other).state == "done"


@pytest.mark.parametrize("kind", ["membership", "bpjs", "dukcapil"])
def test_a_list_that_marks_makes_nobody(hand: Hand, kind: str) -> None:
    run_id = hand.give(*PEOPLE, kind=kind)
    hand.do(run_id, "check")
    hand.do(run_id, "write")
    assert hand.names() == []


def test_a_file_that_is_none_ends_in_a_sentence(hand: Hand) -> None:
    run_id = hand.give(content=b"%PDF-1.7 nama")
    hand.do(run_id, "check")
    run = hand.run(run_id)
    assert run.state == "refused"
    assert isinstance(run.counts, dict)
    assert "fault" in run.counts
    with pytest.raises(AlreadyDecided):
        jobs.enqueue(hand.session, hand.actor, run_id, "check", hand.now)


def test_a_file_without_a_name_column_waits_for_its_columns(hand: Hand) -> None:
    run_id = hand.give(*PEOPLE)
    run = hand.run(run_id)
    run.columns = {"village": 2}
    hand.session.commit()
    hand.do(run_id, "check")
    assert hand.run(run_id).state == "read"
    assert hand.lines(run_id) == []


class Died(Exception):
    """The process is gone."""


def dying(hand: Hand, monkeypatch: pytest.MonkeyPatch, after: int) -> Callable[[], None]:
    """Have the job's process die at its beat ``after``: nothing after it is done any more."""
    beats = [0]
    real = jobs.note_beat

    def note(*args: object) -> None:
        beats[0] += 1
        if beats[0] > after:
            hand.session.rollback()
            raise Died
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "note_beat", note)
    monkeypatch.setattr(jobs, "finish", lambda *_: None)
    return monkeypatch.undo


@pytest.mark.parametrize("kind", ["check", "write"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_who_goes_on_after_a_death_does_everything_once(
    hand: Hand, monkeypatch: pytest.MonkeyPatch, kind: jobs.Kind, after: int
) -> None:
    monkeypatch.setattr("outreach.features.intake.checking.PIECE", 1)
    real = writing.write_piece
    monkeypatch.setattr(jobs, "write_piece", lambda *args, **more: real(*args, 1, **more))
    run_id = hand.give(*PEOPLE, FAULTY)
    if kind == "write":
        hand.do(run_id, "check")
    with monkeypatch.context() as dead:
        dying(hand, dead, after)
        hand.wait(1)
        jobs.enqueue(hand.session, hand.actor, run_id, kind, hand.now)
        assert jobs.do_next(hand.session, "dead", hand.clock)
    assert hand.job(run_id).state == "running"
    assert not jobs.do_next(hand.session, "next", hand.clock)
    hand.wait(30)
    assert jobs.stuck_since(hand.job(run_id), hand.now) is not None
    hand.wait(60)
    assert jobs.do_next(hand.session, "next", hand.clock)
    assert hand.job(run_id).state == "done"
    assert len(hand.lines(run_id)) == 4
    if kind == "check":
        hand.do(run_id, "write")
    assert hand.names() == ["ROHANI UJI", "SUTINI UJI", "WAHYU UJI"]


def taken_over(hand: Hand, run_id: str) -> None:
    """Another process has the job of this run now."""
    hand.session.rollback()
    hand.wait(61)
    job = jobs.take_next(hand.session, "next", hand.now)
    assert job is not None
    assert job.run_id == run_id


def before(
    hand: Hand, patch: pytest.MonkeyPatch, where: object, name: str, run_id: str, nth: int = 1
) -> None:
    """Have the job taken over just before this is called for the ``nth`` time."""
    real, calls = getattr(where, name), count(1)

    def slow(*args: Any, **more: Any) -> Any:
        if next(calls) == nth:
            taken_over(hand, run_id)
        return real(*args, **more)

    patch.setattr(where, name, slow)


def stands(hand: Hand, run_id: str) -> list[object]:
    """Everything that work on a run changes, but for the job itself."""
    run, lines = hand.run(run_id), hand.lines(run_id)
    told = [(line.row_no, line.decision, line.fate, line.worker_id) for line in lines]
    files = hand.session.scalars(select(ImportFile.run_id)).all()
    audit = hand.session.scalars(select(AuditLine.action).order_by(AuditLine.id)).all()
    return [run.state, run.counts, run.columns, told, files, hand.names(), audit]


# Each place where a job writes: (kind, module, what it is about to call).
PLACES = [
    ("check", checking, "choose_columns"),
    ("check", checking, "forget_earlier"),
    ("check", checking, "rows_of"),
    ("check", checking, "forget_gone"),
    ("check", checking, "end"),
    ("write", jobs, "write_piece"),
    ("write", jobs, "end_run"),
    ("undo", undoing, "undo_piece"),
    ("undo", undoing, "end_undo"),
]


@pytest.mark.parametrize(("kind", "where", "name"), PLACES, ids=lambda each: str(each)[-20:])
def test_a_process_that_lost_its_job_writes_nothing_more(
    hand: Hand, monkeypatch: pytest.MonkeyPatch, kind: jobs.Kind, where: Any, name: str
) -> None:
    run_id = hand.give(*PEOPLE, FAULTY)
    for first in ("check", "write")[: ("check", "write", "undo").index(kind)]:
        hand.do(run_id, first)  # type: ignore[arg-type]
    hand.wait(1)
    jobs.enqueue(hand.session, hand.actor, run_id, kind, hand.now)
    seen: list[list[object]] = []
    with monkeypatch.context() as slow:
        before(hand, slow, where, name, run_id)
        lost = getattr(where, name)

        def look(*args: Any, **more: Any) -> Any:
            seen.append(stands(hand, run_id)) if not seen else None
            return lost(*args, **more)

        slow.setattr(where, name, look)
        assert jobs.do_next(hand.session, "slow", hand.clock)
    assert stands(hand, run_id) == seen[0]
    assert (hand.job(run_id).state, hand.job(run_id).leased_by) == ("running", "next")
    hand.wait(61)
    assert jobs.do_next(hand.session, "last", hand.clock)
    assert hand.job(run_id).state == "done"
    assert len(hand.lines(run_id)) == 4


@pytest.mark.parametrize("how", ["closed", "other_role"])
@pytest.mark.parametrize("kind", ["check", "write", "undo"])
def test_a_job_of_an_account_that_ended_does_nothing(hand: Hand, kind: jobs.Kind, how: str) -> None:
    run_id = hand.give(*PEOPLE)
    for first in ("check", "write")[: ("check", "write", "undo").index(kind)]:
        hand.do(run_id, first)  # type: ignore[arg-type]
    hand.wait(1)
    jobs.enqueue(hand.session, hand.actor, run_id, kind, hand.now)
    user = hand.session.get_one(User, hand.user.id)
    user.active, user.role = how != "closed", "officer" if how == "other_role" else user.role
    hand.session.commit()
    was = stands(hand, run_id)
    assert jobs.do_next(hand.session, "this", hand.clock)
    assert hand.job(run_id).state == "cancelled"
    assert stands(hand, run_id) == was
    assert not jobs.do_next(hand.session, "this", hand.clock)


def test_a_process_that_begins_to_serve_takes_up_what_a_dead_one_left(
    hand: Hand, app: Flask
) -> None:
    run_id = hand.give(*PEOPLE)
    jobs.enqueue(hand.session, hand.actor, run_id, "check", hand.now)
    assert jobs.take_next(hand.session, "dead", hand.now)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        hand.wait(25)

    jobs.work(app, hand.clock, pause)
    assert (hand.job(run_id).state, len(hand.lines(run_id))) == ("done", 3)
    assert pauses == [jobs.PAUSE] * 3
    jobs.work(app, hand.clock, pause)
    assert len(pauses) == 3


def test_a_stopped_job_does_no_more_and_can_go_on(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = hand.give(*PEOPLE)
    hand.do(run_id, "check")
    real = writing.write_piece

    def stop_after_one(
        session: Session, actor: Actor, run: str, source: str, now: datetime, **more: Any
    ) -> object:
        piece = real(session, actor, run, source, now, 1, **more)
        jobs.cancel(session, hand.actor, run, now)
        return piece

    with monkeypatch.context() as slow:
        slow.setattr(jobs, "write_piece", stop_after_one)
        hand.do(run_id, "write")
    assert (hand.job(run_id).state, len(hand.names())) == ("cancelled", 1)
    assert hand.run(run_id).state == "checked"
    hand.do(run_id, "write")
    assert len(hand.names()) == 3


def test_a_run_has_one_job_at_a_time(hand: Hand) -> None:
    run_id = hand.give(*PEOPLE)
    first = jobs.enqueue(hand.session, hand.actor, run_id, "check", hand.now)
    assert jobs.enqueue(hand.session, hand.actor, run_id, "check", hand.now) == first


def test_a_run_that_was_given_up_keeps_nothing(hand: Hand) -> None:
    run_id = hand.give(*PEOPLE)
    hand.do(run_id, "check")
    jobs.forget_run(hand.session, hand.actor, run_id, hand.now)
    assert (hand.run(run_id).state, hand.lines(run_id)) == ("cancelled", [])
    assert hand.session.scalars(select(ImportFile)).all() == []
    with pytest.raises(AlreadyDecided):
        jobs.enqueue(hand.session, hand.actor, run_id, "write", hand.now)


def test_a_written_run_cannot_be_given_up(hand: Hand) -> None:
    run_id = hand.give(*PEOPLE)
    hand.do(run_id, "check")
    hand.do(run_id, "write")
    with pytest.raises(AlreadyDecided):
        jobs.forget_run(hand.session, hand.actor, run_id, hand.now)


def test_a_run_of_another_regency_is_not_there(hand: Hand) -> None:
    run_id = hand.give(*PEOPLE)
    other = Actor(hand.user.id, "supervisor", "Lain", "18.01", None)
    for act in (
        lambda: jobs.enqueue(hand.session, other, run_id, "check", hand.now),
        lambda: jobs.forget_run(hand.session, other, run_id, hand.now),
    ):
        with pytest.raises(NotThere):
            act()


def test_a_head_gives_names_of_the_own_village(session: Session, now: datetime) -> None:
    factories.add_regions(session)
    head = factories.make_user(session, "head", (KUBU_PERAHU,))
    session.commit()
    hand = Hand(session, now, "head")
    hand.user = session.get_one(User, head.id)
    hand.actor = actor_for(session, hand.user, "18.04", now.date())
    run_id = hand.give(*PEOPLE)
    hand.do(run_id, "check")
    hand.do(run_id, "write")
    assert hand.names() == ["ROHANI UJI", "SUTINI UJI"]
    assert [line.fate for line in hand.lines(run_id)] == ["written", "refused", "written"]
