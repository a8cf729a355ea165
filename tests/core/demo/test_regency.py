"""The demo's living regency: made by the phones' door, the same each time, never among people."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.core.accounts.seeding import seed
from outreach.core.demo import synthetic
from outreach.core.demo.demo_accounts import FIELD_VILLAGES, make_demo_accounts
from outreach.core.demo.demo_regency import HasPeople, make_regency
from outreach.core.demo.demo_rows import DemoRows
from outreach.domain.rules import missing_for_door
from outreach.extensions import db
from outreach.feature import Feature, add_feature
from outreach.storage.accounts import User
from outreach.storage.blobs_port import Blobs
from outreach.storage.sync import Blob, Conflict, Device, Hold, InboxRow, Mutation, NamedGap
from outreach.storage.workers import DuplicatePair, Worker, WorkerBlob

ROOT = Path(__file__).parents[3]


def fill(app: Flask, count: int, now: datetime) -> int:
    """Regions, accounts and a regency of so many workers."""
    session = db.session()
    seed(session, now)
    make_demo_accounts(session, now)
    parts = app.extensions
    return make_regency(session, parts["keyring"], parts["blobs"], "18.04", count, now)


def test_features_add_their_part_once_the_people_are_there(
    sqlite_app: Flask, now: datetime
) -> None:
    heard: list[tuple[str, int]] = []

    def make(session: Session, _blobs: Blobs, regency: str, at: datetime) -> None:
        assert at <= now
        heard.append((regency, how_many(session, Worker.status != "usulan")))

    add_feature(sqlite_app, Feature(demo_rows=(DemoRows(make=make),)))
    with sqlite_app.app_context():
        made = fill(sqlite_app, 40, now)
    assert heard == [("18.04", made)]


def how_many(session: Session, *conditions: object) -> int:
    """Rows that meet the conditions."""
    return session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


def test_a_regency_has_people_everywhere_and_work_for_every_desk(
    app: Flask, session: Session, now: datetime
) -> None:
    assert fill(app, 600, now) == how_many(session, Worker.status != "usulan") == 600
    by_village = dict(
        session.execute(select(Worker.region_code, func.count()).group_by(Worker.region_code)).all()
    )
    assert all(by_village[village] >= 40 for village in FIELD_VILLAGES)
    assert len({code[:8] for code in by_village}) == 15, "all kecamatan"
    own = session.scalars(select(User.id).where(User.username == "petugas")).one()
    told = set(session.scalars(select(InboxRow.kind).where(InboxRow.user_id == own)))
    assert told == {"conflict", "held", "returned"}
    assert how_many(session, Conflict.state == "open") == 3
    assert how_many(session, Hold.state == "open") == 2
    assert how_many(session, NamedGap.state == "open", NamedGap.reason == "not_kept") == 1
    assert_phones_differ(session, now)
    assert_twins_are_a_pair(session)
    assert_the_mpp_has_somebody_to_finish(session, now)
    assert_signatures_can_be_seen(session)


def assert_phones_differ(session: Session, now: datetime) -> None:
    """Six officers' phones, one of them silent with saves that did not arrive."""
    phones = session.scalars(select(Device).where(Device.kind == "phone")).all()
    assert len(phones) == 6
    silent = [d for d in phones if d.seen_at < now - timedelta(days=7)]
    assert [d.recorded - d.last_mid for d in silent] == [7]
    assert {d.pin for d in phones} == {True, False, None}


def assert_twins_are_a_pair(session: Session) -> None:
    """Two people of one birth date wait for somebody to say that they are two."""
    twins = session.scalars(
        select(Worker.id).where(Worker.full_name.in_(["DEWI LESTARI", "DEWY LESTARI"]))
    ).all()
    pair = tuple(sorted(twins)[-2:])
    assert session.get(DuplicatePair, pair) is not None
    assert how_many(session, DuplicatePair.reason == "nik") > 3


def assert_the_mpp_has_somebody_to_finish(session: Session, now: datetime) -> None:
    """One registration of the desk lacks its heirs alone."""
    clerk = session.scalars(select(User.id).where(User.username == "mpp")).one()
    [begun] = session.scalars(select(Worker).where(Worker.officer_id == clerk)).all()
    assert begun.status == "draf"
    assert missing_for_door(begun.data, now.date()) == ["heirs"]


def assert_signatures_can_be_seen(session: Session) -> None:
    """Each consent's signature has arrived, each with points of its own."""
    named = set(session.scalars(select(WorkerBlob.sha256)))
    there = set(session.scalars(select(Blob.sha256).where(Blob.state == "complete")))
    assert named <= there
    assert len(named) > 400


def test_the_same_day_gives_the_same_regency(
    sqlite_template: object,
    make_app: object,
    now: datetime,
) -> None:
    told = []
    for _ in range(2):
        with sqlite_template.clone() as url:  # type: ignore[attr-defined]
            app = make_app(url)  # type: ignore[operator]
            with app.app_context():
                fill(app, 60, now)
                rows = select(Mutation.mid, Mutation.payload).where(Mutation.origin == "phone")
                told.append(sorted(db.session.execute(rows).all()))
    assert told[0] == told[1]
    assert len(told[0]) > 60


def test_a_regency_never_mixes_with_people_who_are_there(sqlite_app: Flask, now: datetime) -> None:
    with sqlite_app.app_context():
        session = db.session()
        seed(session, now)
        make_demo_accounts(session, now)
        synthetic.add_workers(session, 1, now)
        before = how_many(session, Mutation.key.is_not(None))
        with pytest.raises(HasPeople):
            fill(sqlite_app, 60, now)
        assert how_many(session, Mutation.key.is_not(None)) == before


def test_the_command_leaves_a_regency_as_it_is(sqlite_app: Flask, now: datetime) -> None:
    runner: CliRunner = sqlite_app.test_cli_runner()
    with sqlite_app.app_context():
        seed(db.session(), now)
    first = runner.invoke(args=["demo", "regency", "--count", "41"])
    assert first.output == "demo regency: 41 workers\n"
    again = runner.invoke(args=["demo", "regency", "--count", "41"])
    assert again.output == "demo regency: there are workers already, nothing changed\n"


def test_make_run_makes_six_hundred_unless_told_otherwise() -> None:
    script = (ROOT / "tools" / "run.sh").read_text()
    line = next(line for line in script.splitlines() if "flask demo regency" in line)
    shell = f'set -eu; python() {{ echo "$@"; }}; {line.replace(".venv/bin/python", "python")}'
    ran = [
        subprocess.run(["sh", "-c", shell], env=env, capture_output=True, text=True, check=True)
        for env in ({}, {"DEMO_WORKERS": "0"}, {"DEMO_WORKERS": "3000"})
    ]
    assert [r.stdout.strip() for r in ran] == [
        "-m flask demo regency --count 600",
        "",
        "-m flask demo regency --count 3000",
    ]


@pytest.mark.parametrize(("demo", "second"), [("0", "seed"), ("1", "demo accounts --show")])
def test_a_database_is_prepared_by_two_starts_of_the_app(demo: str, second: str) -> None:
    script = (ROOT / "tools" / "prepare.sh").read_text().replace(".venv/bin/python", "python")
    shell = f'python() {{ echo "$@"; }}; {script}'
    env = {"DEMO": demo}
    ran = subprocess.run(["sh", "-c", shell], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["-m flask db upgrade", f"-m flask {second}"]
    assert "demo accounts" not in (ROOT / "tools" / "run.sh").read_text()
