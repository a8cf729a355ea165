"""A list taken back: who was touched stays, the others go, and a late save brings somebody back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from outreach.core.accounts.actors import actor_for
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.intake import jobs, queries, queries_undo, undoing, writing
from outreach.features.intake.tables import ImportFile, ImportLine, ImportRun
from outreach.features.village_lists.records.paper_tables import PaperPrint
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.queries_touches import quiet_phones
from outreach.storage.sync import Device, Hold
from outreach.storage.workers import Worker
from tests.domain.test_vectors import PERSON
from tests.support import factories
from tests.support.door_visits import at_desk, save, stored, visit, visits_to
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA, SEBARUS
from tests.support.lists import edit, line_of, opened
from tests.support.name_lists import make_run
from tests.sync.conftest import Handset, Server

NAMES = ("A", "B", "C", "D", "E", "F")


def day_of(now: datetime) -> date:
    return now.date()


class Giver:
    """Who brought a list of names in, and takes it back."""

    def __init__(self, server: Server, role: str = "supervisor") -> None:
        self.server = server
        self.user = factories.make_user(db.session(), role)
        db.session.commit()
        self.clock = jobs.Clock(lambda: server.now, day_of)

    @property
    def actor(self) -> Actor:
        user = db.session.get_one(User, self.user.id)
        return actor_for(db.session(), user, "18.04", self.server.now.date())

    def written(self, *names: str, village: str = KUBU_PERAHU) -> str:
        """Id of a run whose names are written."""
        rows = [{"full_name": f"UJI {name}", "village_code": village} for name in names]
        run_id = make_run(db.session(), self.user, rows, self.server.now).id
        self.do(run_id, "write")
        return run_id

    def do(self, run_id: str, kind: jobs.Kind) -> None:
        self.server.wait(minutes=1)
        jobs.enqueue(db.session(), self.actor, run_id, kind, self.server.now)
        self.work()

    def work(self) -> None:
        while jobs.do_next(db.session(), "this", self.clock):
            pass

    def outlook(self, run_id: str) -> tuple[int, dict[str, int]]:
        told = undoing.outlook(db.session(), self.listed(run_id))
        return told.goes, dict(told.stays)

    def listed(self, run_id: str) -> undoing.ListedRun:
        return undoing.listed_run(db.session(), db.session.get_one(ImportRun, run_id))


@pytest.fixture
def server(app: Flask) -> Iterator[Server]:
    with app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        yield Server(app)


@pytest.fixture
def phone(server: Server) -> Handset:
    return server.phone(KUBU_PERAHU, SEBARUS, PASAR_LIWA)


@pytest.fixture
def giver(server: Server) -> Giver:
    return Giver(server)


def person(name: str) -> str:
    """Id of the worker with this name."""
    return str(db.session.scalar(select(Worker.id).where(Worker.full_name == f"UJI {name}")))


def standing() -> list[str]:
    """Whom the register holds."""
    db.session.expire_all()
    alive = select(Worker.full_name).where(Worker.deleted_at.is_(None))
    return sorted(name.removeprefix("UJI ") for name in db.session.scalars(alive))


def run_of(run_id: str) -> ImportRun:
    db.session.expire_all()
    return db.session.get_one(ImportRun, run_id)


def fates(run_id: str) -> list[str | None]:
    db.session.expire_all()
    found = select(ImportLine.fate).where(ImportLine.run_id == run_id)
    return list(db.session.scalars(found.order_by(ImportLine.row_no)))


def meet(phone: Handset, row: str) -> dict[str, Any]:
    """The officer registers the very person of the list."""
    name = db.session.get_one(Worker, row).full_name
    whole = {**PERSON, "village_code": KUBU_PERAHU, "full_name": name}
    seen = {"village_code": KUBU_PERAHU, "full_name": name}
    changes = {
        field: (seen.get(field), value)
        for field, value in whole.items()
        if value is not None and seen.get(field) != value
    }
    [result] = phone.results(phone.mutation(id=row, ver=1, set=changes))
    return dict(result)


def decide(server: Server, row: str) -> None:
    """The village says something of the name on its list."""
    list_id = opened(server).id
    line = line_of(list_id, row).id
    head = server.phone(KUBU_PERAHU, role="head")
    said = {"list": list_id, "lines": [line], "verdict": "ada"}
    sent = head.mutation(KUBU_PERAHU, table="list_decision", set=said)
    assert head.results(sent)[0]["status"] == "applied"


def print_line(server: Server, row: str) -> None:
    """The name's line stands on a sheet."""
    list_id = opened(server).id
    line = line_of(list_id, row).id
    db.session.add(
        PaperPrint(
            id=line,
            regency="18.04",
            region_code=KUBU_PERAHU,
            ver=1,
            list_id=list_id,
            n=1,
            hash="0" * 64,
            pages=1,
            lines=[{"id": line}],
            printed_by=server.actor().user_id,
            printed_at=server.now,
        )
    )
    db.session.commit()


TOUCHES: dict[str, tuple[Callable[[Server, Handset, str], object], str]] = {
    "visited": (
        lambda _server, phone, row: visit(phone, row, outcome="tidak_di_rumah"),
        "visits.touched.visited",
    ),
    "planned": (
        lambda _server, phone, row: visit(phone, row, own_day="2026-12-09"),
        "visits.touched.planned",
    ),
    "assigned": (
        lambda server, phone, row: at_desk(
            server, person("Z"), worker=row, assigned_to=phone.user_id
        ),
        "visits.touched.planned",
    ),
    "decided": (lambda server, _phone, row: decide(server, row), "village_lists.touched.decided"),
    "printed": (
        lambda server, _phone, row: print_line(server, row),
        "village_lists.touched.printed",
    ),
    "saved": (
        lambda server, _phone, row: edit(server, row, pemangku="3"),
        "intake.undo.why.saved",
    ),
    "met": (lambda _server, phone, row: meet(phone, row), "intake.undo.why.saved"),
}


@pytest.mark.parametrize("how", TOUCHES)
def test_who_was_touched_stays_and_the_others_go(
    server: Server, giver: Giver, phone: Handset, how: str
) -> None:
    giver.written("Z", village=SEBARUS)
    run_id = giver.written(*NAMES)
    touch, why = TOUCHES[how]
    touch(server, phone, person("C"))
    assert giver.outlook(run_id) == (5, {why: 1})
    giver.do(run_id, "undo")
    assert standing() == ["C", "Z"]
    assert fates(run_id) == [
        "withdrawn",
        "withdrawn",
        "left",
        "withdrawn",
        "withdrawn",
        "withdrawn",
    ]
    run = run_of(run_id)
    assert (run.state, run.undone_at, run.undone_by) == ("withdrawn", server.now, giver.user.id)
    assert isinstance(run.counts, dict)
    assert run.counts["withdrawn"] == 5


def test_what_was_taken_out_of_the_plan_holds_nobody(
    server: Server, giver: Giver, phone: Handset
) -> None:
    run_id = giver.written("A")
    [verdict] = at_desk(server, run_id, worker=person("A"), assigned_to=phone.user_id)
    assert verdict.status == "applied"
    at_desk(server, run_id, dropped=True)
    assert giver.outlook(run_id) == (1, {})


def test_phones_learn_that_a_name_went(server: Server, giver: Giver, phone: Handset) -> None:
    run_id = giver.written("A", "B")
    gone, stays = person("A"), person("B")
    visit(phone, stays, outcome="tidak_di_rumah")
    cursor = phone.pull()["scopes"][KUBU_PERAHU]["cursor"]
    giver.do(run_id, "undo")
    rows = phone.pull({KUBU_PERAHU: cursor})["scopes"][KUBU_PERAHU]["rows"]
    assert [(row["id"], row.get("gone")) for row in rows] == [(gone, True)]


def test_the_undo_is_one_audit_line_of_its_regency(giver: Giver) -> None:
    run_id = giver.written(*NAMES)
    giver.do(run_id, "undo")
    [line] = db.session.scalars(select(AuditLine).where(AuditLine.action == "intake_undo"))
    assert (line.object_id, line.region_code, line.actor_id) == (run_id, "18.04", giver.user.id)
    assert line.detail == {"withdrawn": 6, "stayed": 0}


def test_an_undo_is_refused_while_a_job_runs_once_done_and_before_anything_is_written(
    server: Server, giver: Giver
) -> None:
    rows = [{"full_name": "UJI A", "village_code": KUBU_PERAHU}]
    run_id = make_run(db.session(), giver.user, rows, server.now).id
    undo = (db.session(), giver.actor, run_id, "undo", server.now)
    with pytest.raises(AlreadyDecided, match="checked"):
        jobs.enqueue(*undo)  # type: ignore[arg-type]
    jobs.enqueue(db.session(), giver.actor, run_id, "write", server.now)
    with pytest.raises(jobs.StillWorking):
        jobs.enqueue(*undo)  # type: ignore[arg-type]
    giver.work()
    first = jobs.enqueue(*undo)  # type: ignore[arg-type]
    assert jobs.enqueue(*undo) == first  # type: ignore[arg-type]
    jobs.cancel(db.session(), giver.actor, run_id, server.now)
    giver.work()
    assert run_of(run_id).state == "withdrawn"
    for kind in ("undo", "write", "check"):
        with pytest.raises(AlreadyDecided, match="withdrawn"):
            jobs.enqueue(db.session(), giver.actor, run_id, kind, server.now)
    assert db.session.query(AuditLine).filter_by(action="intake_undo").count() == 1


def test_a_write_that_was_stopped_can_be_taken_back(
    server: Server, giver: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"full_name": f"UJI {name}", "village_code": KUBU_PERAHU} for name in "AB"]
    run = make_run(db.session(), giver.user, rows, server.now)
    run_id = run.id
    writing.write_piece(db.session(), giver.actor, run_id, run.source_id, server.now, 1)
    assert standing() == ["A"]
    giver.do(run_id, "undo")
    assert (standing(), fates(run_id)) == ([], ["withdrawn", None])


def test_somebody_touched_between_reading_and_the_lock_stays(
    server: Server, giver: Giver, phone: Handset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = giver.written("A", "B")
    row, real = person("A"), undoing.why_stay
    touches = [lambda: visit(phone, row, outcome="tidak_di_rumah")]

    def slow(*args: Any) -> dict[str, str]:
        why = real(*args)
        if touches:
            touches.pop()()
        return why

    monkeypatch.setattr(undoing, "why_stay", slow)
    with pytest.raises(undoing.TouchedMeanwhile):
        undoing.undo_piece(db.session(), giver.actor, giver.listed(run_id), server.now)
    assert (standing(), fates(run_id)) == (["A", "B"], ["written", "written"])
    giver.do(run_id, "undo")
    assert (standing(), fates(run_id)) == (["A"], ["left", "withdrawn"])


def test_rows_that_another_process_took_back_meanwhile_are_left_alone(
    server: Server, giver: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = giver.written("A", "B")
    listed, actor = giver.listed(run_id), giver.actor
    stale = queries_undo.people_of_next_village(db.session(), "18.04", run_id, 500)
    giver.do(run_id, "undo")
    before = {row.id: row.ver for row in db.session.scalars(select(Worker))}
    with monkeypatch.context() as late:
        late.setattr(queries_undo, "people_of_next_village", lambda *_: stale)
        with pytest.raises(undoing.TouchedMeanwhile):
            undoing.undo_piece(db.session(), actor, listed, server.now)
    undoing.end_undo(db.session(), actor, listed, server.now)
    db.session.expire_all()
    assert {row.id: row.ver for row in db.session.scalars(select(Worker))} == before
    assert db.session.query(AuditLine).filter_by(action="intake_undo").count() == 1


def test_an_undo_that_died_goes_on_where_it_stopped(server: Server, giver: Giver) -> None:
    run_id = giver.written(*NAMES)
    listed = giver.listed(run_id)
    assert undoing.undo_piece(db.session(), giver.actor, listed, server.now, 4) == 4
    assert standing() == ["E", "F"]
    giver.do(run_id, "undo")
    assert (standing(), set(fates(run_id))) == ([], {"withdrawn"})


def test_pieces_are_of_one_village_and_no_larger_than_asked(server: Server, giver: Giver) -> None:
    rows = [{"full_name": f"UJI {name}", "village_code": KUBU_PERAHU} for name in "ABC"]
    rows += [{"full_name": f"UJI {name}", "village_code": SEBARUS} for name in "DE"]
    run_id = make_run(db.session(), giver.user, rows, server.now).id
    giver.do(run_id, "write")
    listed, pieces = giver.listed(run_id), []
    while rows_done := undoing.undo_piece(db.session(), giver.actor, listed, server.now, 2):
        pieces.append(rows_done)
    assert pieces == [2, 1, 2]


def test_a_name_that_another_list_gives_too_keeps_that_source(server: Server, giver: Giver) -> None:
    first = giver.written("A", "B")
    again = giver.written("C")
    line = db.session.scalars(select(ImportLine).where(ImportLine.run_id == again)).one()
    line.worker_id, line.fate, line.decision = person("A"), "same", "same"
    db.session.commit()
    assert giver.outlook(first) == (1, {"intake.undo.why.listed": 1})
    giver.do(first, "undo")
    assert (standing(), fates(first)) == (["A", "C"], ["left", "withdrawn"])
    assert giver.outlook(again) == (1, {})
    giver.do(again, "undo")
    assert standing() == ["C"]


@pytest.mark.parametrize("how", ["withdrawn", "membership"])
def test_a_list_that_is_taken_back_or_only_marks_holds_nobody(giver: Giver, how: str) -> None:
    first, again = giver.written("A", "B"), giver.written("C")
    line = db.session.scalars(select(ImportLine).where(ImportLine.run_id == again)).one()
    line.worker_id, line.fate, line.decision = person("A"), "same", "same"
    if how == "withdrawn":
        run_of(again).state = how
    else:
        source = queries.source_of(db.session(), "18.04", run_of(again).source_id)
        assert source is not None
        source.kind = how
    db.session.commit()
    assert giver.outlook(first) == (2, {})


def test_a_name_that_became_one_with_somebody_stays(giver: Giver) -> None:
    run_id = giver.written("A", "B")
    db.session.get_one(Worker, person("A")).merged_into = person("B")
    db.session.commit()
    assert giver.outlook(run_id) == (1, {"intake.undo.why.saved": 1})


def test_the_file_of_a_list_goes_with_it(server: Server, giver: Giver) -> None:
    run_id = giver.written("A")
    file = ImportFile(id=uuid7(server.now), regency="18.04", run_id=run_id, content=b"nama")
    db.session.add(file)
    db.session.commit()
    giver.do(run_id, "undo")
    assert db.session.query(ImportFile).count() == 0


def test_who_was_there_before_the_list_stays(server: Server, giver: Giver, phone: Handset) -> None:
    first = giver.written("A")
    meet(phone, person("A"))
    again = giver.written("B")
    line = db.session.scalars(select(ImportLine).where(ImportLine.run_id == again)).one()
    line.worker_id, line.fate = person("A"), "same"
    db.session.commit()
    assert giver.outlook(again) == (0, {"intake.undo.why.known": 1})
    assert giver.outlook(first) == (0, {"intake.undo.why.saved": 1})


@pytest.mark.parametrize("kind", ["membership", "bpjs", "dukcapil"])
def test_a_list_that_marks_takes_nobody_away(giver: Giver, kind: str) -> None:
    run_id = giver.written("A")
    source = queries.source_of(db.session(), "18.04", run_of(run_id).source_id)
    assert source is not None
    source.kind = kind
    db.session.commit()
    assert giver.outlook(run_id) == (0, {"intake.undo.why.known": 1})
    giver.do(run_id, "undo")
    assert (standing(), fates(run_id)) == (["A"], ["left"])


class TestSavesAfterTheUndo:
    """What comes late brings the person back, and waits for nobody."""

    def test_of_a_registration(self, giver: Giver, phone: Handset) -> None:
        run_id = giver.written("A", "B")
        row = person("A")
        giver.do(run_id, "undo")
        assert meet(phone, row)["status"] == "applied"
        assert standing() == ["A"]
        assert db.session.query(Hold).count() == 0

    @pytest.mark.parametrize(
        "said", [{"outcome": "tidak_di_rumah"}, {"own_day": "2026-12-09"}, {"note": "Rumah biru"}]
    )
    def test_of_a_visit(self, giver: Giver, phone: Handset, said: dict[str, str]) -> None:
        run_id = giver.written("A", "B")
        row = person("A")
        giver.do(run_id, "undo")
        visit(phone, row, **said)
        assert standing() == ["A"]
        [kept] = visits_to(row)
        assert kept.ended is None
        pulled = phone.pull()["scopes"][KUBU_PERAHU]["rows"]
        assert [one["status"] for one in pulled if one["id"] == row] == ["usulan"]

    def test_of_a_visit_whose_answer_moves_the_status(self, giver: Giver, phone: Handset) -> None:
        run_id = giver.written("A")
        row = person("A")
        giver.do(run_id, "undo")
        visit(phone, row, outcome="tidak_bersedia")
        assert db.session.get_one(Worker, row).status == "tidak_bersedia"
        assert standing() == ["A"]

    def test_an_answer_taken_back_brings_nobody(self, giver: Giver, phone: Handset) -> None:
        run_id = giver.written("A")
        row, made = person("A"), run_id
        giver.do(run_id, "undo")
        sent = save(phone, made, worker=row, own_day=None)
        assert phone.results(sent)[0]["status"] == "applied"
        assert standing() == []
        assert stored(made).own_day is None

    def test_of_a_villages_word(self, server: Server, giver: Giver) -> None:
        run_id = giver.written("A", "B")
        row = person("A")
        list_id = opened(server).id
        line = line_of(list_id, row).id
        giver.do(run_id, "undo")
        assert line_of(list_id, row).gone == "left"
        head = server.phone(KUBU_PERAHU, role="head")
        said = {"list": list_id, "lines": [line], "verdict": "ada"}
        [result] = head.results(head.mutation(KUBU_PERAHU, table="list_decision", set=said))
        assert result["status"] == "applied"
        assert standing() == ["A"]
        shown = line_of(list_id, row)
        assert (shown.gone, shown.verdict) == (None, "ada")


class TestQuietPhones:
    """Whose phones may hold the names and have not been heard."""

    def found(self, server: Server, *villages: str) -> list[str]:
        since, now = factories.NOW - timedelta(days=1), server.now
        rows = quiet_phones(db.session(), "18.04", villages, since, now, now.date())
        return [row.officer for row in rows]

    def test_silent_ones_of_these_villages_alone(self, server: Server, phone: Handset) -> None:
        assert self.found(server, KUBU_PERAHU) == []
        server.wait(days=4)
        assert len(self.found(server, KUBU_PERAHU)) == 1
        assert self.found(server, "18.04.04.2001") == []

    def test_ones_that_hold_unsent_saves(self, server: Server, phone: Handset) -> None:
        device = db.session.scalars(select(Device).where(Device.kind == "phone")).one()
        device.unsent = 3
        db.session.commit()
        assert len(self.found(server, KUBU_PERAHU)) == 1
        device.lost_at = server.now
        db.session.commit()
        assert self.found(server, KUBU_PERAHU) == []

    def test_none_that_was_last_heard_before_the_list(self, server: Server, phone: Handset) -> None:
        server.wait(days=10)
        since, now = server.now - timedelta(days=1), server.now
        assert quiet_phones(db.session(), "18.04", [KUBU_PERAHU], since, now, now.date()) == []
