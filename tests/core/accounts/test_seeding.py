"""Seeding: all of it once, nothing twice, no correction overwritten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.core.accounts.seeding import seed
from outreach.storage.accounts import Office
from outreach.storage.regions import Region, RegionAlias
from outreach.storage.sync import ScopeCounter, ServerState
from outreach.storage.workers import Reference


def test_a_fresh_database_gets_the_regency(session: Session, now: datetime) -> None:
    seed(session, now)
    kinds = dict(session.execute(select(Region.kind, func.count()).group_by(Region.kind)).all())
    assert kinds == {"kabupaten": 1, "kecamatan": 15, "pekon": 131, "kelurahan": 5}
    assert session.get_one(ServerState, "epoch").value == "1"
    assert session.get(ScopeCounter, ("18.04.04.2002", "18.04")) is not None


def test_seeding_again_changes_nothing(session: Session, now: datetime) -> None:
    seed(session, now)
    before = session.get_one(ScopeCounter, ("ref", "18.04")).seq
    assert set(seed(session, now).values()) == {0}
    session.expire_all()
    assert session.get_one(ScopeCounter, ("ref", "18.04")).seq == before


def test_a_corrected_row_stays_corrected(session: Session, now: datetime) -> None:
    seed(session, now)
    row = session.get_one(Reference, ("setting", "min_age", "18.04"))
    row.data = {**row.data, "value": 17}
    office = session.scalars(select(Office).where(Office.region_code == "18.04.04.2002")).one()
    office.name = "Kantor Peratin Kubu Perahu"
    session.commit()
    assert set(seed(session, now).values()) == {0}
    assert session.get_one(Reference, ("setting", "min_age", "18.04")).data["value"] == 17


def test_heads_of_kelurahan_are_lurah(session: Session, now: datetime) -> None:
    seed(session, now)
    titles = dict(
        session.execute(
            select(Office.head_title, func.count())
            .where(Office.kind.in_(["pekon", "kelurahan"]))
            .group_by(Office.head_title)
        ).all()
    )
    assert titles == {"Peratin": 131, "Lurah": 5}


def test_texts_are_there_in_both_languages_with_a_version(session: Session, now: datetime) -> None:
    seed(session, now)
    texts = session.scalars(select(Reference).where(Reference.kind == "text")).all()
    assert {"consent@consent-2026-12", "after_saving@after-2026-11"} <= {row.id for row in texts}
    for row in texts:
        assert row.id == f"{row.data['name']}@{row.data['version']}"
        assert row.data["id"] != row.data["en"]


def test_every_tariff_says_how_certain_it_is(session: Session, now: datetime) -> None:
    seed(session, now)
    bands = session.scalars(
        select(Reference).where(Reference.kind == "tariff").order_by(Reference.position)
    ).all()
    assert len(bands) == 26
    assert all(row.data["certainty"] for row in bands)
    assert bands[0].data["jkk"] + bands[0].data["jkm"] == 16_800


def test_other_spellings_find_their_village(session: Session, now: datetime) -> None:
    seed(session, now)
    found = session.scalars(select(RegionAlias.code).where(RegionAlias.alias == "BNS")).all()
    assert found == ["18.04.23"]
