"""Storing invented people: like arrivals from a phone, on both databases."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import orjson
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.core.accounts.seeding import seed
from outreach.core.demo import synthetic
from outreach.core.demo.demo_accounts import make_demo_accounts
from outreach.extensions import db
from outreach.storage.accounts import Office, Term, User
from outreach.storage.sync import Device, Mutation, ScopeCounter
from outreach.storage.workers import DuplicatePair, Worker
from tests.support.database import planned_rows


@pytest.fixture
def filled(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A seeded database with 300 workers, stored in several batches."""
    monkeypatch.setattr(synthetic, "BATCH", 100)
    seed(session, now)
    make_demo_accounts(session, now)
    synthetic.add_workers(session, 300, now)
    return session


def test_each_worker_has_the_mutation_it_came_by(filled: Session) -> None:
    pairs = filled.execute(select(Worker, Mutation).join(Mutation, Mutation.key == Worker.id))
    seen = 0
    for worker, mutation in pairs:
        sent = orjson.loads(mutation.payload)
        assert {name: to for name, (_, to) in sent["set"].items()} == worker.data
        assert (mutation.ver, mutation.scope) == (worker.ver, worker.region_code)
        seen += 1
    assert seen == 300


def test_each_device_is_a_chain_without_gaps(filled: Session) -> None:
    for device in filled.scalars(select(Device)):
        chain = b""
        rows = filled.scalars(
            select(Mutation).where(Mutation.device_id == device.id).order_by(Mutation.mid)
        ).all()
        for number, mutation in enumerate(rows, 1):
            assert mutation.mid == number
            chain = sha256(chain + mutation.payload).digest()
            assert mutation.hash == chain
        assert (device.last_mid, device.recorded) == (len(rows), len(rows))
        assert device.last_hash == (chain or None)


def test_versions_are_the_counters_of_their_villages(filled: Session) -> None:
    counters = dict(filled.execute(select(ScopeCounter.scope, ScopeCounter.seq)).all())
    versions: dict[str, list[int]] = {}
    for code, ver in filled.execute(select(Worker.region_code, Worker.ver)):
        versions.setdefault(code, []).append(ver)
    terms = select(Office.region_code, Term.ver).join(Office, Office.id == Term.office_id)
    for code, ver in filled.execute(terms.where(Office.region_code.in_(versions))):
        versions[code].append(ver)
    for code, found in versions.items():
        assert sorted(found) == list(range(1, counters[code] + 1))


def test_running_again_adds_others(filled: Session, now: datetime) -> None:
    report = synthetic.add_workers(filled, 150, now)
    assert (report.added, report.first, report.last, report.total) == (150, 300, 449, 450)
    shared = filled.execute(
        select(Worker.nik, func.count())
        .where(Worker.nik.is_not(None))
        .group_by(Worker.nik)
        .having(func.count() > 1)
    ).all()
    paired = filled.scalar(
        select(func.count()).select_from(DuplicatePair).where(DuplicatePair.reason == "nik")
    )
    assert sum(n - 1 for _, n in shared) == paired


def test_demo_villages_belong_to_the_demo_officer(filled: Session) -> None:
    petugas = filled.scalar(select(User.id).where(User.username == "petugas"))
    own = filled.scalars(
        select(Worker.officer_id).where(Worker.region_code == "18.04.04.1001").distinct()
    ).all()
    assert own == [petugas]
    others = filled.scalars(select(Worker.officer_id).distinct()).all()
    assert len(others) > 5


def test_the_officers_made_for_it_cannot_log_in(filled: Session) -> None:
    made = filled.scalars(select(User).where(User.username.startswith("contoh-"))).all()
    assert len(made) == 15
    assert not any(user.active for user in made)


def test_the_command_says_what_it_did(app: Flask) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["seed"])
    done = runner.invoke(args=["demo", "workers", "--count", "20"])
    assert done.exit_code == 0, done.output
    assert "20 added (numbers 0 to 19), 20 workers in all" in done.output


def test_postgresql_knows_the_filled_tables_at_once(app: Flask) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["seed"])
    runner.invoke(args=["demo", "workers", "--count", "20"])
    with app.app_context():
        assert planned_rows(db.session(), "worker") in (20, None)


def test_production_refuses_invented_workers(sqlite_template, make_app) -> None:  # type: ignore[no-untyped-def]
    with sqlite_template.clone() as url:
        app = make_app(url, environment="production", secure_cookies=True)
        done = app.test_cli_runner().invoke(args=["demo", "workers", "--count", "1"])
    assert isinstance(app.test_cli_runner(), CliRunner)
    assert done.exit_code == 1
    assert "ditolak di produksi" in done.output
