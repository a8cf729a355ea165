"""The demo shows lists at work: some decided, one clash, one reported death, one overdue."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from outreach.core.accounts.actors import actor_for
from outreach.core.demo.demo_accounts import (
    ATAR_KUWAU,
    FIELD_VILLAGES,
    KUBU_PERAHU,
    PASAR_LIWA,
    SEBARUS,
)
from outreach.domain.age import jakarta_date
from outreach.extensions import db
from outreach.features.village_lists.overview import overview
from outreach.features.village_lists.records.minutes_queries import terms_of_village
from outreach.features.village_lists.records.minutes_tables import ListMinutes, SignedLine
from outreach.features.village_lists.records.tables import (
    AddedName,
    DeathReport,
    ListDecision,
    ListLine,
)
from outreach.storage.accounts import Term, User
from outreach.storage.row_blobs import RowBlob
from tests.core.demo.test_regency import fill


def test_lists_of_the_demo_have_something_of_everything(sqlite_app: Flask, now: datetime) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 160, now)
        user = db.session.scalars(select(User).where(User.username == "supervisor")).one()
        actor = actor_for(db.session(), user, "18.04", now.date())
        rows = overview.lists_of(db.session(), actor, "", "", jakarta_date(now))
        next_year = [row for row in rows if row.row.year > now.year or row.is_overdue]
        by_village = {row.row.region_code: row for row in next_year}
        assert set(FIELD_VILLAGES) < by_village.keys()
        own = by_village.pop(KUBU_PERAHU)
        assert 0 < own.row.decided < own.row.names
        assert (own.row.clashes, own.row.added, own.is_overdue) == (1, 1, False)
        [late] = [row for row in by_village.values() if row.is_overdue]
        assert late.row.names
        assert late.silent == 8
        assert late.row.region_code not in FIELD_VILLAGES
        assert list(db.session.scalars(select(DeathReport.state))) == ["open"]
        assert db.session.scalars(select(AddedName.name)).one() == "PAK SLAMET"
        said = db.session.execute(select(ListDecision.via, ListDecision.how)).all()
        assert {tuple(one) for one in said} == {
            ("own", "single"),
            ("own", "together"),
            ("officer_phone", "single"),
        }


def test_secretary_signs_for_the_head_and_has_a_list_to_work_on(
    sqlite_app: Flask, now: datetime
) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 160, now)
        terms = db.session.execute(select(User.username, Term.capacity, Term.title).join(Term))
        assert {tuple(one) for one in terms} == {
            ("peratin", "definitif", "Peratin"),
            ("jurutulis", "an", "a.n. Peratin, Juru Tulis"),
            ("atarkuwau", "definitif", "Peratin"),
            ("sebarus", "definitif", "Peratin"),
            ("lurah", "definitif", "Lurah"),
        }
        user = db.session.scalars(select(User).where(User.username == "jurutulis")).one()
        actor = actor_for(db.session(), user, "18.04", now.date())
        rows = overview.lists_of(db.session(), actor, "", "", jakarta_date(now))
        waiting = [row.row for row in rows if row.row.state == "open"]
        assert {row.region_code for row in waiting} == {KUBU_PERAHU}
        assert any(row.decided < row.names for row in waiting)


@pytest.mark.parametrize(
    ("name", "village"),
    [("atarkuwau", ATAR_KUWAU), ("sebarus", SEBARUS), ("lurah", PASAR_LIWA)],
)
def test_head_elsewhere_has_a_list_and_a_term_to_sign_it_under(
    sqlite_app: Flask, now: datetime, name: str, village: str
) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 160, now)
        user = db.session.scalars(select(User).where(User.username == name)).one()
        actor = actor_for(db.session(), user, "18.04", now.date())
        rows = overview.lists_of(db.session(), actor, "", "", jakarta_date(now))
        assert {(row.row.region_code, row.row.state) for row in rows} == {(village, "open")}
        [(term, holder, office)] = terms_of_village(db.session(), "18.04", village)
        assert (holder.id, office.id) == (user.id, user.office_id)
        assert (office.kind == "kelurahan") == bool(term.nip)


def test_demo_has_a_version_that_counts_and_one_that_waits_for_its_sheet(
    sqlite_app: Flask, now: datetime
) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 160, now)
        found = db.session.scalars(select(ListMinutes).order_by(ListMinutes.letter_no)).all()
        assert [(row.n, row.state, row.via, row.region_code) for row in found] == [
            (1, "counts", "own", KUBU_PERAHU),
            (1, "paper", "officer_phone", KUBU_PERAHU),
        ]
        assert {signer["name"] for row in found for signer in row.signers} == {"Peratin Demo"}
        first = select(SignedLine.acted).where(SignedLine.minutes_id == found[0].id)
        acted = db.session.scalars(first.order_by(SignedLine.no)).all()
        assert acted[-1] == "tunda"
        assert set(acted[:-1]) == {"layak"}
        arrived = select(RowBlob.arrived_at).where(RowBlob.table_name == "list_minutes")
        assert None not in db.session.scalars(arrived).all()
        lines = db.session.execute(select(ListLine.id, ListLine.snapshot)).all()
        flagged = {line for line, snapshot in lines if snapshot.get("flags")}
        together = select(ListDecision.lines).where(ListDecision.how == "together")
        decided = {line for lines in db.session.scalars(together) for line in lines}
        assert decided
        assert flagged
        assert not decided & flagged
