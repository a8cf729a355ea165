"""Statuses change in one place, each time with a line of history; facts are judged again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from outreach.core.backup import erasure
from outreach.core.exchange.holds import decide_hold
from outreach.core.record import conflicts, office_device, status_steps, worker_edits
from outreach.core.record.changes import Change
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.merging import merge_workers
from outreach.core.record.parting import split_worker
from outreach.core.record.rights import NotAllowed
from outreach.core.record.verdicts import JudgingContext
from outreach.domain.actor import Actor
from outreach.domain.lifecycle import Past
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.sync import Conflict, Hold
from outreach.storage.workers import StatusHistory, Worker
from tests.domain.test_vectors import PERSON
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.sync.conftest import Handset, Server

PACKAGE = Path(status_steps.__file__).parents[2]
OLD = "1956-11-22"
MINUTES = {"minutes": "12/2026"}


@pytest.fixture
def server(app: Any) -> Iterator[Server]:
    with app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        yield Server(app)


@pytest.fixture
def phone(server: Server) -> Handset:
    return server.phone(KUBU_PERAHU, SEBARUS)


def register(phone: Handset, /, **data: Any) -> str:
    """Id of somebody registered, complete for the door unless said otherwise."""
    whole = {**PERSON, "village_code": KUBU_PERAHU, **data}
    made = phone.mutation(set={name: v for name, v in whole.items() if v is not None})
    assert phone.results(made)[0]["status"] == "applied"
    return str(made["id"])


def edit(phone: Handset, row: str, /, **changes: Any) -> str:
    """The key of an edit by someone who saw what stands."""
    sent = phone.mutation(id=row, ver=1, set={n: (fact(row, n), v) for n, v in changes.items()})
    assert phone.results(sent)[0]["status"] == "applied"
    return str(sent["key"])


def fact(row: str, name: str) -> Any:
    return worker(row).data.get(name)


def worker(row: str) -> Worker:
    db.session.expire_all()
    return db.session.get_one(Worker, row)


def decide(
    server: Server,
    actor: Actor,
    row: str,
    rule: str,
    evidence: dict[str, Any] | None = None,
    **more: Any,
) -> None:
    """Take one step by somebody's decision, as a feature does it."""

    def act(context: JudgingContext, seqs: dict[str, int], reserve: int) -> None:
        judgement = Judgement.over(db.session(), context, seqs, reserve)
        judgement.read([Change(1, row, b"", id=row)])
        person = judgement.people[row]
        status_steps.take(judgement, person, rule, evidence, **more)
        judgement.touch(person)
        conclude(judgement)

    region = worker(row).region_code
    office_device.rearrange(db.session(), actor, {region}, server.now, act)


def verify(server: Server, row: str) -> None:
    """Have the village confirm the name on its list."""
    server.wait(minutes=1)
    decide(server, server.actor(), row, "list_opened", {"list": "1"}, by_system=True)
    server.wait(minutes=1)
    decide(server, server.actor("head"), row, "layak", MINUTES, origin="list")
    assert worker(row).status == "terverifikasi"
    assert worker(row).verified_at == server.now
    server.wait(minutes=1)


def history(row: str) -> list[StatusHistory]:
    db.session.expire_all()
    order = (StatusHistory.at, StatusHistory.ver, StatusHistory.place)
    found = db.session.scalars(
        select(StatusHistory).where(StatusHistory.worker_id == row).order_by(*order)
    )
    return list(found)


def path(row: str) -> list[str | None]:
    """The states that a worker has gone through; the lines must join."""
    lines = history(row)
    for earlier, later in pairwise(lines):
        assert later.from_status == earlier.to_status
    assert lines[-1].to_status == worker(row).status
    return [lines[0].from_status, *(line.to_status for line in lines)]


class TestHistory:
    def test_a_new_worker_has_one_line(self, server: Server, phone: Handset) -> None:
        user = db.session.get_one(User, phone.user_id)
        office = factories.make_office(db.session())
        user.office_id = office.id
        db.session.commit()
        row, noise = register(phone), register(phone, full_name="BUDI", nik=None)
        [line] = history(row)
        assert (line.from_status, line.to_status, line.reason) == (None, "calon", "facts")
        assert (line.actor_id, line.office_id) == (phone.user_id, office.id)
        assert (line.origin, line.mutation_key, line.at) == ("phone", row, server.now)
        assert (line.regency, line.evidence) == ("18.04", None)
        assert len(history(noise)) == 1

    def test_what_changes_no_status_makes_no_line(self, phone: Handset) -> None:
        row = register(phone)
        edit(phone, row, notes="kebun di lereng")
        assert path(row) == [None, "calon"]

    def test_an_edit_that_completes_is_named(self, phone: Handset) -> None:
        row = register(phone, heirs=None)
        key = edit(phone, row, heirs=PERSON["heirs"])
        assert path(row) == [None, "draf", "calon"]
        assert history(row)[1].mutation_key == key

    def test_one_push_is_one_change(self, phone: Handset) -> None:
        made = phone.mutation(set={**PERSON, "village_code": KUBU_PERAHU, "birth_date": OLD})
        born = (OLD, PERSON["birth_date"])
        late = phone.mutation(id=made["id"], ver=1, set={"birth_date": born})
        phone.push(made, late)
        assert path(made["id"]) == [None, "calon"]

    def test_what_was_held_is_its_authors(self, server: Server) -> None:
        stranger = server.phone(SEBARUS)
        made = stranger.mutation(set={**PERSON, "village_code": KUBU_PERAHU})
        [result] = stranger.results(made)
        assert result["status"] == "held"
        hold = db.session.get_one(Hold, made["key"])
        decide_hold(db.session(), server.actor(), hold.key, "accept", "", server.now)
        [line] = history(made["id"])
        assert (line.actor_id, line.origin) == (stranger.user_id, "phone")
        assert line.mutation_key == made["key"]

    def test_the_desk_is_named_as_such(self, server: Server) -> None:
        data = {n: v for n, v in PERSON.items() if n != "village_code"}
        actor = server.actor()
        made = worker_edits.create_worker(db.session(), actor, KUBU_PERAHU, data, server.now)
        [line] = history(made.key)
        assert (line.actor_id, line.origin) == (actor.user_id, "desk")

    def test_the_system_is_nobody(self, server: Server, phone: Handset) -> None:
        row = register(phone)
        decide(server, server.actor(), row, "list_opened", {"list": "1"}, by_system=True)
        assert [line.actor_id for line in history(row)] == [phone.user_id, None]
        assert history(row)[1].evidence == {"list": "1"}

    def test_a_refused_step_changes_nothing(self, server: Server, phone: Handset) -> None:
        row = register(phone)
        for rule, role, code in (
            ("layak", "officer", "step_forbidden"),
            ("layak", "head", "step_evidence"),
            ("paid", "supervisor", "step_unknown"),
        ):
            with pytest.raises(NotAllowed) as refused:
                decide(server, server.actor(role), row, rule)
            assert refused.value.code == code
        assert path(row) == [None, "calon"]

    def test_a_word_that_is_no_status_makes_no_line(self, server: Server, phone: Handset) -> None:
        row = register(phone)
        verify(server, row)
        decide(server, server.actor("head"), row, "ganda", {"same_as": "x"}, origin="list")
        assert path(row) == [None, "calon", "verifikasi_pekon", "terverifikasi"]

    def test_a_wrong_death_goes_back_to_the_state_before(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone)
        verify(server, row)
        death = {"date": "2026-11-20", "source": "keluarga"}
        decide(server, server.actor("head"), row, "meninggal", death)
        server.wait(minutes=1)
        decide(server, server.actor(), row, "undone", {"reason": "nama sama"})
        assert path(row)[-3:] == ["terverifikasi", "meninggal", "terverifikasi"]
        assert worker(row).verified_at is not None

    def test_refusals_are_counted_from_the_history(self, server: Server, phone: Handset) -> None:
        row, head = register(phone), server.actor("head")
        for _ in range(2):
            rule, evidence = ("again", {"reason": "x"}) if len(history(row)) > 1 else (None, None)
            if rule:
                decide(server, server.actor("officer"), row, rule, evidence)
            else:
                decide(server, head, row, "list_opened", {"list": "1"}, by_system=True)
            server.wait(minutes=1)
            decide(server, head, row, "tidak_bekerja", MINUTES)
            server.wait(minutes=1)
        known = status_steps.past_of(db.session(), "18.04", {row: "ditolak_pekon"})
        assert known == {row: Past("verifikasi_pekon", (head.user_id, head.user_id))}
        with pytest.raises(NotAllowed) as refused:
            decide(server, server.actor("officer"), row, "again", {"reason": "x"})
        assert refused.value.code == "step_refused_twice"
        another = {"reason": "x", "checked_by": "lhp"}
        decide(server, server.actor(), row, "again", another)
        assert worker(row).status == "verifikasi_pekon"

    def test_the_history_goes_with_who_is_erased(self, server: Server, phone: Handset) -> None:
        row, noise = register(phone), register(phone, full_name="BUDI", nik=None)
        blobs = server.app.extensions["blobs"]
        erasure.erase(db.session(), blobs, "18.04", row, "1/2026", None, server.now)
        assert history(row) == []
        assert len(history(noise)) == 1


class TestFactsJudgedAgain:
    @pytest.mark.parametrize(
        ("changes", "after"),
        [
            ({"birth_date": OLD}, "di_luar_usia"),
            ({"phone": None}, "draf"),
            ({"already_member": "ya_bpu"}, "sudah_peserta"),
            (
                {"employment_relation": "punya_majikan", "employer_name": "PT Contoh"},
                "dirujuk_pu",
            ),
            ({"consent_withdrawn": {"pendaftaran": "2026-11-22T06:00:00Z"}}, "tarik_persetujuan"),
        ],
    )
    def test_by_a_phone(
        self, server: Server, phone: Handset, changes: dict[str, Any], after: str
    ) -> None:
        row = register(phone)
        verify(server, row)
        edit(phone, row, **changes)
        assert path(row)[-2:] == ["terverifikasi", after]
        assert worker(row).verified_at is None

    def test_by_the_desk(self, server: Server, phone: Handset) -> None:
        row, actor = register(phone), server.actor()
        verify(server, row)
        born = {"birth_date": (PERSON["birth_date"], OLD)}
        worker_edits.edit_worker(db.session(), actor, row, born, server.now)
        assert worker(row).status == "di_luar_usia"
        assert (history(row)[-1].actor_id, history(row)[-1].origin) == (actor.user_id, "desk")

    def test_by_the_decision_of_a_conflict(self, server: Server, phone: Handset) -> None:
        row, other = register(phone), server.phone(KUBU_PERAHU)
        clash = other.mutation(id=row, ver=1, set={"birth_date": ("1970-01-01", OLD)})
        assert other.results(clash)[0]["status"] == "conflict"
        verify(server, row)
        [conflict] = db.session.scalars(select(Conflict.id))
        conflicts.resolve_conflict(db.session(), server.actor(), conflict, "mine", server.now)
        assert worker(row).status == "di_luar_usia"
        server.wait(minutes=1)
        conflicts.reopen(db.session(), server.actor(), conflict, server.now)
        assert worker(row).status == "calon"

    def test_by_a_merge_and_its_parting(self, server: Server, phone: Handset) -> None:
        stays = register(phone)
        loser = register(phone, phone="+6281200009999", already_member="ya_bpu")
        verify(server, stays)
        actor = server.actor()
        merge_workers(db.session(), actor, loser, stays, server.now, chosen={"membership": "loser"})
        assert path(stays)[-2:] == ["terverifikasi", "sudah_peserta"]
        assert path(loser) == [None, "sudah_peserta", "duplikat"]
        assert history(loser)[-1].evidence == {"survivor": stays}
        server.wait(minutes=1)
        split_worker(db.session(), actor, loser, server.now)
        assert path(loser) == [None, "sudah_peserta", "duplikat", "sudah_peserta"]
        assert path(stays)[-2:] == ["sudah_peserta", "calon"]

    def test_by_a_move_to_a_village_that_has_not_checked(
        self, server: Server, phone: Handset
    ) -> None:
        row, candidate = register(phone), register(phone, nik="1804040708809002")
        verify(server, row)
        for person in (row, candidate):
            worker_edits.move_worker(db.session(), server.actor(), person, SEBARUS, server.now)
        assert path(row)[-2:] == ["terverifikasi", "verifikasi_pekon"]
        assert history(row)[-1].reason == "list_changed"
        assert worker(row).verified_at is None
        assert worker(candidate).status == "calon"

    def test_by_the_correction_of_the_field_that_was_named(
        self, server: Server, phone: Handset
    ) -> None:
        row = register(phone)
        decide(server, server.actor(), row, "list_opened", {"list": "1"}, by_system=True)
        server.wait(minutes=1)
        decide(server, server.actor("head"), row, "data_salah", {"field": "full_name"})
        server.wait(minutes=1)
        edit(phone, row, phone="+6281200009999")
        assert worker(row).status == "perbaikan_data"
        edit(phone, row, full_name="Siti Aminah")
        assert path(row)[-2:] == ["perbaikan_data", "calon"]

    def test_a_decree_holds_whatever_is_corrected(self, server: Server, phone: Handset) -> None:
        row = register(phone)
        verify(server, row)
        decide(server, server.actor(), row, "proposed", {"batch": "1"})
        server.wait(minutes=1)
        decree = {"decree": "1", "date": "2026-11-22", "annex": "1"}
        decide(server, server.actor(), row, "decreed", decree)
        edit(phone, row, already_member="ya_pu")
        assert worker(row).status == "ditetapkan"
        assert worker(row).verified_at is not None

    def test_a_phone_sets_no_status(self, phone: Handset) -> None:
        row = register(phone)
        sent = phone.mutation(id=row, ver=1, set={"status": ("calon", "aktif")})
        assert phone.results(sent)[0]["status"] == "invalid"
        assert path(row) == [None, "calon"]


def test_nobody_but_the_machines_caller_sets_a_status() -> None:
    """No other file gives a worker's ``status`` a value, writes worker rows, or adds history."""
    allowed = {
        "core/record/status_steps.py": {"status"},
        "core/record/judgement.py": {"add_workers", "save_workers", "add_changes"},
        "core/demo/synthetic.py": {"insert", "add_changes"},
        "storage/queries_erasures.py": {"delete"},
    }
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        found = set(writes_of_status(ast.parse(path.read_text())))
        assert found == allowed.get(name, set()), name


def writes_of_status(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (
                "status"
                for target in targets
                if isinstance(target, ast.Attribute)
                and target.attr == "status"
                and not (isinstance(target.value, ast.Name) and target.value.id == "self")
            )
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if called in ("save_workers", "add_changes"):
                yield called
            if called == "add_workers" and isinstance(owner, ast.Name):
                yield from [called] if owner.id == "queries_worker_rows" else []
            about = [arg.id for arg in node.args if isinstance(arg, ast.Name)]
            if called in ("insert", "update", "delete", "upsert") and about[:1] == ["Worker"]:
                yield called
