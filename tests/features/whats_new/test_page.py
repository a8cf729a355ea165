"""The desk's pages of what is new: the mark in the menu, reading, and who has read."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from outreach.domain.actor import ROLES
from outreach.domain.ids import uuid7
from outreach.features.whats_new import releases, views
from outreach.features.whats_new.releases import Release
from outreach.features.whats_new.tables import ReleaseRead
from outreach.storage.regions import Region
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS, add_regions, make_user
from tests.support.office import ELSEWHERE, log_in

NEWEST = releases.versions()[0]
MARK = re.compile(r'data-key="whats_new".*?class="waits"[^>]*>(\d+)<', re.S)


@pytest.fixture(autouse=True)
def regions(session: Session) -> None:
    add_regions(session)
    session.add(Region(code=ELSEWHERE, name="Jauh", level=4, parent_code="18.05.01", kind="pekon"))
    session.commit()


def page(client: FlaskClient, address: str = "/whats-new") -> str:
    g.pop("office_waiting", None)  # the fixture's app context outlives each request
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def waits(text: str) -> str:
    """What the menu's entry says waits behind it; empty for nothing."""
    entry = text.split('href="/whats-new"')[1].split("</a>")[0]
    found = re.search(r'class="waits"[^>]*>(\d+)', entry)
    return found.group(1) if found else ""


def has_read(session: Session, user_id: str, version: str = NEWEST) -> None:
    session.add(
        ReleaseRead(
            id=uuid7(), regency="18.04", user_id=user_id, version=version, read_at=NOW, ver=1
        )
    )
    session.commit()


class TestReading:
    @pytest.mark.parametrize("role", sorted(set(ROLES)))
    def test_menu_marks_what_is_unread_until_it_is_read(
        self, app: Flask, session: Session, role: str
    ) -> None:
        client = log_in(app, session, role)
        before = page(client)
        assert waits(before) == str(len(releases.RELEASES))
        assert "Versi 0.1.0, 1 Desember 2026" in before
        assert f'title="{len(releases.RELEASES)} belum dibaca"' in before
        assert client.post(f"/whats-new/{NEWEST}").status_code == 303
        after = page(client)
        assert waits(after) == ""
        assert 'data-testid="is-read"' in after
        assert "Sudah saya baca" not in after

    def test_opening_the_page_alone_is_no_reading(self, app: Flask, session: Session) -> None:
        client = log_in(app, session, "supervisor")
        page(client)
        assert waits(page(client))

    def test_unknown_version_is_not_there(self, app: Flask, session: Session) -> None:
        client = log_in(app, session, "supervisor")
        for address in ("/whats-new/77.0.0", "/whats-new/x"):
            assert client.post(address).status_code == 404
            assert client.get(address).status_code == 404

    def test_an_earlier_version_is_counted_by_itself(
        self, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        older = Release("0.0.9", date(2026, 11, 23), ("offline",), ())
        for module in (releases, views):
            monkeypatch.setattr(module, "RELEASES", (*releases.RELEASES[:1], older))
        client = log_in(app, session, "mpp")
        client.post(f"/whats-new/{NEWEST}")
        assert waits(page(client)) == "1"


class TestReaders:
    def test_who_cares_sees_how_many_of_the_people_in_scope_have_read(
        self, app: Flask, session: Session
    ) -> None:
        client = log_in(app, session, "supervisor")
        there = page(client)
        people = re.search(r"0 dari (\d+) orang", there)
        assert people
        first = make_user(session, "officer", (KUBU_PERAHU,))
        make_user(session, "officer", (SEBARUS,))
        elsewhere = make_user(session, "officer", (ELSEWHERE,))
        gone = make_user(session, "officer", (KUBU_PERAHU,))
        gone.active = False
        session.commit()
        for user in (first, elsewhere, gone):
            has_read(session, user.id)
        assert f"1 dari {int(people.group(1)) + 2} orang" in page(client)
        listed = page(client, f"/whats-new/{NEWEST}")
        assert first.name in listed
        assert elsewhere.name not in listed
        assert gone.name not in listed

    def test_administrator_sees_all_active_people_of_the_regency(
        self, app: Flask, session: Session
    ) -> None:
        client = log_in(app, session, "admin")
        near, far = (make_user(session, "officer", (code,)) for code in (KUBU_PERAHU, ELSEWHERE))
        has_read(session, near.id)
        has_read(session, far.id)
        text = page(client, f"/whats-new/{NEWEST}")
        assert near.name in text
        assert far.name not in text

    def test_list_has_pages_and_who_has_not_read_comes_first(
        self, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "PAGE", 3)
        client = log_in(app, session, "supervisor")
        users = [make_user(session, "officer", (KUBU_PERAHU,)) for _ in range(5)]
        session.commit()
        has_read(session, users[0].id)
        names, number, more = [], 1, True
        while more:
            text = page(client, f"/whats-new/{NEWEST}?page={number}")
            rows = text.split('data-testid="reader"')[1:]
            assert len(rows) <= 3
            names += [re.search(r"<td>([^<]+)</td>", row).group(1) for row in rows]  # type: ignore[union-attr]
            more, number = 'rel="next"' in text, number + 1
        assert len(names) == len(set(names)) == 6
        assert names[-1] == users[0].name
        assert page(client, f"/whats-new/{NEWEST}?page=zwei")

    @pytest.mark.parametrize("role", ["mpp", "department", "officer", "head"])
    def test_others_are_told_nothing_of_other_people(
        self, app: Flask, session: Session, role: str
    ) -> None:
        client = log_in(app, session, role)
        assert 'data-testid="counted"' not in page(client)
        assert client.get(f"/whats-new/{NEWEST}").status_code == 403
