"""Who has read what is new: from phones through the judge, at the desk, and back to every phone."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from outreach import __version__
from outreach.core.exchange.holds import decide_hold
from outreach.domain import catalogue
from outreach.domain.refusals import NotThere
from outreach.extensions import db
from outreach.features.whats_new import feature, reading, releases
from outreach.features.whats_new.tables import ReleaseRead
from outreach.storage.accounts import User
from outreach.storage.sync import Device, Mutation
from tests.core.demo.test_regency import fill
from tests.support.factories import KUBU_PERAHU
from tests.sync.conftest import Handset, Server

NEWEST = releases.versions()[0]
POINT = re.compile(r"whats_new\.(desk\.)?point\.")


def own(phone: Handset) -> str:
    return f"u:{phone.user_id}"


def read(phone: Handset, version: Any = NEWEST, **parts: Any) -> dict[str, Any]:
    scope = parts.pop("scope", own(phone))
    return phone.mutation(scope, table="release_read", set={"version": version}, **parts)


def stored(user_id: str) -> list[str]:
    db.session.rollback()
    mine = select(ReleaseRead.version).where(ReleaseRead.user_id == user_id)
    return sorted(db.session.scalars(mine))


def pulled(phone: Handset) -> list[dict[str, Any]]:
    answer = phone.pull({own(phone): 0}, tables=["release_read"])
    page = answer["scopes"].get(own(phone), {"rows": []})
    return [row for row in page["rows"] if row["table"] == "release_read"]


class TestReleases:
    def test_the_running_version_says_what_it_changed(self) -> None:
        assert __version__ == NEWEST

    def test_newest_comes_first_and_none_is_told_twice(self) -> None:
        dates = [release.date for release in releases.RELEASES]
        assert dates == sorted(dates, reverse=True)
        assert len(set(releases.versions())) == len(dates)

    @pytest.mark.parametrize("lang", catalogue.LANGS)
    def test_every_point_has_its_sentence(self, lang: str) -> None:
        said = catalogue.load(lang)
        for release in releases.RELEASES:
            assert release.phone
            assert {f"whats_new.point.{name}" for name in release.phone} <= said.keys()
            assert {f"whats_new.desk.point.{name}" for name in release.desk} <= said.keys()

    @pytest.mark.parametrize("lang", catalogue.LANGS)
    def test_no_sentence_is_left_without_its_version(self, lang: str) -> None:
        told = {f"whats_new.point.{name}" for one in releases.RELEASES for name in one.phone}
        told |= {f"whats_new.desk.point.{name}" for one in releases.RELEASES for name in one.desk}
        assert {key for key in catalogue.load(lang) if POINT.match(key)} == told


class TestPhone:
    def test_reading_is_applied_and_reaches_the_persons_other_phone(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        result = phone.results(made := read(phone))[0]
        assert (result["status"], result["scope"]) == ("applied", own(phone))
        second = Handset(server, db.session.get_one(User, phone.user_id))
        assert pulled(second) == [
            {
                "table": "release_read",
                "id": made["id"],
                "ver": result["ver"],
                "data": {"version": NEWEST, "at": "2026-11-22T06:05:00Z"},
            }
        ]
        assert pulled(other) == []

    def test_two_phones_that_read_the_same_make_one_row(
        self, server: Server, phone: Handset
    ) -> None:
        second = Handset(server, db.session.get_one(User, phone.user_id))
        first = phone.results(made := read(phone))[0]
        again = second.results(read(second))[0]
        assert (again["status"], again["into"], again["ver"]) == (
            "applied",
            made["id"],
            first["ver"],
        )
        assert stored(phone.user_id) == [NEWEST]

    def test_same_version_twice_in_one_push_makes_one_row(self, phone: Handset) -> None:
        results = phone.results(read(phone), read(phone), read(phone, "9.9.9"))
        assert [one["status"] for one in results] == ["applied"] * 3
        assert results[1]["into"]
        assert stored(phone.user_id) == sorted([NEWEST, "9.9.9"])

    def test_rows_are_the_regencys(self, phone: Handset) -> None:
        phone.push(read(phone))
        assert db.session.scalars(select(ReleaseRead.regency)).all() == ["18.04"]

    @pytest.mark.parametrize("version", ["", "1", "1.2", "v1.2.3", "1.2.3\n", 5, None, ["1.2.3"]])
    def test_what_is_no_version_is_invalid(self, phone: Handset, version: Any) -> None:
        result = phone.results(read(phone, version))[0]
        assert result["status"] == "invalid"
        assert result["errors"]["version"][0]["code"] == "version_wrong"

    def test_only_a_put_of_the_version_in_the_own_scope_counts(
        self, phone: Handset, other: Handset
    ) -> None:
        more = {"version": NEWEST, "user_id": "x"}
        results = phone.results(
            read(phone, op="delete"),
            read(phone, scope=KUBU_PERAHU),
            read(phone, scope=own(other)),
            phone.mutation(own(phone), table="release_read", set=more),
            phone.mutation(own(phone), table="release_read", set={}),
        )
        assert [one["status"] for one in results] == ["invalid"] * 5
        assert stored(phone.user_id) == stored(other.user_id) == []

    def test_held_reading_counts_for_its_author_once_accepted(
        self, server: Server, phone: Handset
    ) -> None:
        db.session.get_one(User, phone.user_id).active = False
        db.session.commit()
        made = read(phone)
        assert phone.results(made)[0]["status"] == "held"
        decide_hold(db.session(), server.actor(), made["key"], "accept", "", server.now)
        assert stored(phone.user_id) == [NEWEST]

    def test_worker_saves_go_on_beside_it(self, phone: Handset) -> None:
        results = phone.results(phone.mutation(), read(phone), phone.mutation())
        assert [one["status"] for one in results] == ["applied"] * 3
        assert len({one["ver"] for one in results if one["scope"] == KUBU_PERAHU}) == 2


class TestDesk:
    @pytest.mark.parametrize("role", ["supervisor", "admin", "department", "mpp"])
    def test_reading_at_the_desk_is_the_same_save(
        self, server: Server, phone: Handset, role: str
    ) -> None:
        actor = server.actor(role)
        reading.note_read(db.session(), actor, NEWEST, server.now)
        reading.note_read(db.session(), actor, NEWEST, server.now)
        assert stored(actor.user_id) == [NEWEST]
        saves = db.session.execute(
            select(Mutation.status, Mutation.table_name, Device.kind)
            .join(Device, Device.id == Mutation.device_id)
            .where(Mutation.user_id == actor.user_id)
        ).all()
        assert [tuple(row) for row in saves] == [("applied", "release_read", "office")]

    def test_what_was_read_at_the_desk_is_read_on_the_phone(
        self, server: Server, phone: Handset
    ) -> None:
        user = db.session.get_one(User, phone.user_id)
        actor = server.app.extensions["find_actor"](user)
        reading.note_read(db.session(), actor, NEWEST, server.now)
        assert [row["data"]["version"] for row in pulled(phone)] == [NEWEST]

    def test_unknown_version_is_not_there(self, server: Server) -> None:
        with pytest.raises(NotThere):
            reading.note_read(db.session(), server.actor(), "77.0.0", server.now)


def test_demo_has_people_who_have_read_and_others_who_have_not(
    sqlite_app: Flask, now: datetime
) -> None:
    with sqlite_app.app_context():
        fill(sqlite_app, 40, now)
        read_by = set(db.session.scalars(select(ReleaseRead.user_id)))
        people = set(db.session.scalars(select(User.id).where(User.active)))
        assert read_by
        assert read_by < people
        names = select(User.username).where(User.id.in_(read_by))
        assert set(db.session.scalars(names)) == set(feature.DEMO_READERS)
