"""The phones board: what each phone said, whom to call and why, and what may be done with one."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain import catalogue
from outreach.domain.ids import uuid7
from outreach.features.phones import phone_board
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.sync import BlobUpload, Device, NamedGap
from outreach.storage.workers import WorkerBlob
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS, make_user
from tests.support.office import ELSEWHERE, counted, log_in, make_worker, office


@pytest.fixture
def officer(session: Session) -> User:
    """An officer of Kubu Perahu, in a regency with villages."""
    found: User = office(session)
    return found


@pytest.fixture
def desk(app: Flask, session: Session, officer: User) -> FlaskClient:
    """A supervisor at the desk."""
    return log_in(app, session, "supervisor")


def add_phone(
    session: Session, user: User, name: str = "HP A", days: float = 0, **said: Any
) -> str:
    """Id of a phone seen so many days ago; without more it needs no call."""
    device_id = uuid7()
    seen = NOW - timedelta(days=days)
    values = {
        "regency": "18.04",
        "created_at": seen,
        "seen_at": seen,
        "unsent": 0,
        "recorded": 3,
        "last_mid": 3,
    } | said
    session.add(Device(id=device_id, user_id=user.id, kind="phone", name=name, **values))
    session.commit()
    return device_id


def end_request(session: Session) -> None:
    """Drop what the fixture's app context keeps of a request: its counts, and its reading
    transaction. SQLite lets nobody write in one that began before another connection wrote, and
    the board's question about the server's health writes."""
    g.pop("office_waiting")
    session.rollback()


def names(page: str, session: Session) -> list[str]:
    """The phones that a page shows."""
    return [n for n in session.scalars(select(Device.name)) if n and f">{n}" in page]


TROUBLES: dict[str, dict[str, Any]] = {
    "silent": {"days": 4},
    "unsent": {"unsent": 5, "recorded": 8, "oldest_unsent": NOW - timedelta(days=4)},
    "revoked": {"unsent": 2, "revoked_at": NOW},
    "storage": {"storage_used": 81_000_000, "storage_quota": 100_000_000},
    "clock": {"clock_offset": -900},
}
QUIET: dict[str, dict[str, Any]] = {
    "silent": {"days": 2.9},
    "unsent": {"unsent": 5, "oldest_unsent": NOW - timedelta(days=2)},
    "revoked": {"unsent": 0, "revoked_at": NOW},
    "storage": {"storage_used": 80_000_000, "storage_quota": 100_000_000},
    "clock": {"clock_offset": 599},
}


class TestCalls:
    @pytest.mark.parametrize("reason", TROUBLES)
    def test_each_trouble_is_a_reason_in_words_and_its_border_is_none(
        self, session: Session, officer: User, desk: FlaskClient, reason: str
    ) -> None:
        add_phone(session, officer, "SAKIT", **TROUBLES[reason])
        other = make_user(session, "officer", (SEBARUS,))
        add_phone(session, other, "SEHAT", **QUIET[reason])
        page = desk.get("/phones/call").text
        assert names(page, session) == ["SAKIT"]
        begins = catalogue.load("id")[f"phones.call.{reason}"].split("{")[0]
        assert begins in page

    def test_every_reason_has_words(self) -> None:
        for lang in catalogue.LANGS:
            words = catalogue.load(lang)
            assert all(f"phones.call.{reason}" in words for reason in phone_board.REASONS)
            assert all(f"phones.only.{state}" in words for state in phone_board.STATES)

    def test_numbers_that_never_came_are_named(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        phone = add_phone(session, officer, open_gaps=1)
        gap = {"regency": "18.04", "reason": "not_kept", "at": NOW, "state": "open"}
        session.add(NamedGap(id=uuid7(), device_id=phone, from_mid=1, to_mid=2, **gap))
        session.commit()
        assert "Nomor 1–2 tidak ada di server" in desk.get("/phones/call").text

    def test_pictures_that_never_came_are_counted_after_a_week(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        device = add_phone(session, officer)
        worker = make_worker(session, officer)
        week = NOW - timedelta(days=7, minutes=1)
        for field, sha, since in (
            ("ktp_photo", "a" * 64, week),
            ("face_photo", "b" * 64, week),
            ("consent_evidence", "c" * 64, NOW - timedelta(days=6)),
        ):
            ref = {"worker_id": worker, "field": field, "sha256": sha, "owner_id": officer.id}
            session.add(WorkerBlob(regency="18.04", **ref, since=since))
        came = {"total": 1, "received": 1, "complete": True, "updated_at": NOW}
        session.add(BlobUpload(regency="18.04", sha256="b" * 64, device_id=device, **came))
        session.commit()
        assert "1 foto atau berkas belum sampai" in desk.get("/phones/call").text
        page = desk.get(f"/phones/{device}").text
        assert "SITI AMINAH" in page
        assert "Foto KTP" in page

    def test_a_replaced_phone_is_called_about_only_while_it_holds_something(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        old = add_phone(session, officer, "LAMA", days=30)
        add_phone(session, officer, "BARU", was=old)
        assert names(desk.get("/phones/call").text, session) == []
        session.get_one(Device, old).unsent = 1
        session.commit()
        assert names(desk.get("/phones/call").text, session) == ["LAMA"]

    def test_a_phone_whose_data_was_cleared_is_called_about(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        """Storage and cookie are gone: the person's next phone cannot say what came before."""
        old = add_phone(session, officer, "TERHAPUS", days=1)
        fresh = add_phone(session, officer, "BARU", recorded=0, last_mid=0)
        page = desk.get("/phones/call").text
        assert names(page, session) == ["TERHAPUS"]
        assert catalogue.load("id")["phones.call.ended"].split("{")[0] in page
        session.get_one(Device, fresh).was = old
        session.commit()
        assert names(desk.get("/phones/call").text, session) == []

    def test_who_left_is_called_only_while_the_phone_holds_something(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        phone = add_phone(session, officer, "PERGI", days=30)
        session.get_one(User, officer.id).active = False
        session.commit()
        assert names(desk.get("/phones/call").text, session) == []
        session.get_one(Device, phone).unsent = 1
        session.commit()
        assert names(desk.get("/phones/call").text, session) == ["PERGI"]

    def test_the_list_gives_the_number_and_the_most_urgent_first(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        session.get_one(User, officer.id).phone = "+6281200001111"
        add_phone(session, officer, "DIAM", days=9)
        add_phone(session, make_user(session, "officer"), "PENUH", **TROUBLES["unsent"])
        page = desk.get("/phones/call").text
        assert 'href="tel:+6281200001111">081200001111' in page
        assert page.index("PENUH") < page.index("DIAM")


class TestBoard:
    @pytest.mark.parametrize(
        "state", ["silent", "unsent", "clock", "storage", "revoked", "version", "gaps", "call"]
    )
    def test_filters_show_what_they_say(
        self, session: Session, officer: User, desk: FlaskClient, state: str
    ) -> None:
        said = TROUBLES.get(state, {}) | {"version": {"app": "tua"}}.get(state, {})
        if state == "call":
            said = TROUBLES["silent"]
        phone = add_phone(session, officer, "SAKIT", **said)
        if state == "gaps":
            gap = {"reason": "not_kept", "at": NOW, "state": "open", "from_mid": 1, "to_mid": 1}
            session.add(NamedGap(regency="18.04", id=uuid7(), device_id=phone, **gap))
            session.get_one(Device, phone).open_gaps = 1
        add_phone(session, make_user(session, "officer"), "SEHAT")
        session.commit()
        assert names(desk.get("/phones").text, session) == ["SAKIT", "SEHAT"]
        assert names(desk.get(f"/phones?only={state}").text, session) == ["SAKIT"]

    def test_two_filters_narrow_and_an_unknown_one_is_not_heard(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        add_phone(session, officer, "BERDUA", days=4, **TROUBLES["clock"])
        add_phone(session, make_user(session, "officer"), "SATU", days=4)
        page = desk.get("/phones?only=silent&only=clock&only=zz&sort=zz&page=zz").text
        assert names(page, session) == ["BERDUA"]

    @pytest.mark.parametrize(
        ("sort", "order"),
        [
            ("", ["DUA", "SATU"]),
            ("-seen", ["SATU", "DUA"]),
            ("-unsent", ["SATU", "DUA"]),
            ("oldest", ["DUA", "SATU"]),
            ("-storage", ["SATU", "DUA"]),
        ],
    )
    def test_sorts(
        self, session: Session, officer: User, desk: FlaskClient, sort: str, order: list[str]
    ) -> None:
        add_phone(session, officer, "SATU", 1, unsent=2, storage_used=2, storage_quota=9)
        add_phone(session, officer, "DUA", 2, unsent=1, oldest_unsent=NOW)
        page = desk.get(f"/phones?sort={sort}").text
        assert sorted(order, key=page.index) == order

    def test_what_the_phone_said_is_shown(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        phone = add_phone(
            session,
            officer,
            app="abc123",
            recorded=214,
            last_mid=209,
            unsent=5,
            drafts=2,
            durable_mid=180,
            persisted=True,
            pin=False,
            clock_offset=-7200,
            storage_used=45_000_000,
            storage_quota=60_000_000,
            oldest_unsent=NOW,
        )
        page = desk.get(f"/phones/{phone}").text
        for words in ("214", "209", "180", "abc123", "45 dari 60 MB (75,0%)", "lambat 2 jam"):
            assert words in page, words
        assert page.count("<dd>Ya</dd>") == page.count("<dd>Tidak</dd>") == 1

    def test_numbers_named_as_missing_did_not_arrive(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        phone = add_phone(session, officer, recorded=100, last_mid=100, open_gaps=2)
        for first, last in ((3, 12), (101, 110)):  # the second was never counted as arrived
            gap = {"regency": "18.04", "reason": "not_kept", "at": NOW, "state": "open"}
            session.add(NamedGap(id=uuid7(), device_id=phone, from_mid=first, to_mid=last, **gap))
        session.commit()
        page = desk.get(f"/phones/{phone}").text
        assert "<dd>90</dd>" in page
        assert "3–12, 101–110" in page

    def test_statements_do_not_grow_with_phones(
        self, app: Flask, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        add_phone(session, officer, **TROUBLES["unsent"])
        desk.get("/phones")
        end_request(session)
        with counted(app) as few:
            desk.get("/phones")
        end_request(session)
        for _ in range(12):
            add_phone(session, make_user(session, "officer"), **TROUBLES["unsent"])
        with counted(app) as many:
            desk.get("/phones")
        assert len(many) == len(few) <= 7

    def test_the_file_holds_what_the_board_shows(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        session.get_one(User, officer.id).phone = "+6281200001111"
        add_phone(session, officer, "=SAKIT", **TROUBLES["silent"])
        add_phone(session, make_user(session, "officer"), "SEHAT")
        answer = desk.post("/phones/export", data={"only": "silent"})
        assert answer.headers["Content-Disposition"].endswith("hp-petugas-2026-11-22.csv")
        head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
        assert head[:5] == ["phone_code", "officer", "number", "device", "kecamatan"]
        assert [row[2:4] for row in rows] == [["+6281200001111", "'=SAKIT"]]
        line = session.scalars(select(AuditLine).filter_by(action="phones_exported")).one()
        assert line.detail == {"rows": 1, "filter": ["silent"]}

    def test_the_file_has_codes_beside_words_bare_numbers_and_one_named_clock(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        said = {"recorded": 1234, "last_mid": 1230, "pin": True, "clock_offset": -900}
        phone = add_phone(session, officer, days=4, unsent=4, **said)
        add_phone(session, make_user(session, "officer"), "SEHAT")
        found = desk.post("/phones/export", data={"only": "silent", "kind": "csv"})
        head, row = csv.reader(io.StringIO(found.data.decode("utf-8-sig")))
        cells = dict(zip(head, row, strict=True))
        assert cells["phone_code"] == phone
        assert cells["village_codes"] == KUBU_PERAHU
        assert (cells["villages"], cells["kecamatan"]) == ("Kubu Perahu", "Balik Bukit")
        assert (cells["recorded"], cells["received"], cells["unsent"]) == ("1234", "1230", "4")
        assert cells["seen_at_wib"] == "2026-11-18 13:05"
        assert cells["oldest_at_wib"] == ""
        assert (cells["state_code"], cells["state"]) == ("in_use", "Dipakai")
        assert cells["reason_codes"] == "silent; clock"
        assert cells["reasons"].startswith("Tidak ada kabar selama 4 hari. Jam di HP")
        assert (cells["clock_code"], cells["clock_seconds"]) == ("slow", "900")
        assert cells["clock"] == "lambat 15 menit"
        assert cells["pin"] == "Ya"

    def test_the_workbook_has_labels_that_name_the_clock(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        add_phone(session, officer, "=SAKIT", **TROUBLES["silent"])
        answer = desk.post("/phones/export", data={"kind": "xlsx"})
        assert answer.headers["Content-Disposition"].endswith("hp-petugas-2026-11-22.xlsx")
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            assert 'name="HP petugas"' in book.read("xl/workbook.xml").decode()
        assert "Kontak terakhir (WIB)" in sheet
        assert "phone_code" not in sheet
        assert ">=SAKIT<" in sheet


class TestBorders:
    def test_phones_of_another_regency_are_not_shown(
        self, app: Flask, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        add_phone(session, officer, "SINI")
        far = make_user(session, "officer", (ELSEWHERE,))
        foreign = add_phone(session, far, "SANA", days=9, regency="18.05")
        add_phone(session, make_user(session, "mpp"), "MEJA")
        assert names(desk.get("/phones").text, session) == ["SINI", "MEJA"]
        assert names(desk.get("/phones/call").text, session) == []
        assert desk.get(f"/phones/{foreign}").status_code == 404
        for act in ("revoke", "lose", "restore"):
            assert desk.post(f"/phones/{foreign}/{act}").status_code == 404
        assert session.get_one(Device, foreign).revoked_at is None

    def test_a_desk_is_no_phone(self, session: Session, officer: User, desk: FlaskClient) -> None:
        ids = {
            "id": uuid7(),
            "regency": "18.04",
            "user_id": officer.id,
            "kind": "office",
            "name": "MEJA",
        }
        session.add(Device(**ids, created_at=NOW, seen_at=NOW - timedelta(days=9), unsent=4))
        session.commit()
        assert names(desk.get("/phones").text, session) == []
        assert "menunggu keputusan" not in desk.get("/phones").text

    def test_an_administrator_sees_phones_and_no_person(
        self, app: Flask, session: Session, officer: User
    ) -> None:
        phone = add_phone(session, officer, "SAKIT")
        ref = {"worker_id": make_worker(session, officer), "field": "ktp_photo", "sha256": "a" * 64}
        long_ago = NOW - timedelta(days=9)
        session.add(WorkerBlob(regency="18.04", **ref, owner_id=officer.id, since=long_ago))
        session.commit()
        admin = log_in(app, session, "admin")
        assert names(admin.get("/phones").text, session) == ["SAKIT"]
        page = admin.get(f"/phones/{phone}").text
        assert "1 foto atau berkas sudah dicatat" in page
        assert "SITI AMINAH" not in page


class TestActs:
    def test_revoked_lost_and_allowed_again(
        self, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        phone = add_phone(session, officer)

        def marks() -> tuple[bool, bool]:
            session.expire_all()
            device = session.get_one(Device, phone)
            return device.revoked_at is not None, device.lost_at is not None

        desk.post(f"/phones/{phone}/revoke")
        assert marks() == (True, False)
        again = desk.post(f"/phones/{phone}/revoke", follow_redirects=True)
        assert "sudah dalam keadaan itu" in again.text
        desk.post(f"/phones/{phone}/lose")
        assert marks() == (True, True)
        assert "Hilang, dilaporkan 22 November 2026" in desk.get("/phones").text
        desk.post(f"/phones/{phone}/restore")
        assert marks() == (False, False)
        told = session.scalars(select(AuditLine.action).filter_by(object_id=phone)).all()
        assert told == ["device_revoked", "device_lost", "device_restored"]


class TestFrame:
    def test_what_waits_stands_beside_the_room(
        self, app: Flask, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        assert "menunggu keputusan" not in desk.get("/workers").text
        add_phone(session, officer, **TROUBLES["silent"])
        for client in (desk, log_in(app, session, "admin")):
            end_request(session)
            page = client.get("/phones").text
            assert 'title="1 menunggu keputusan"' in page
        end_request(session)
        assert "menunggu keputusan" not in log_in(app, session, "mpp").get("/counter").text

    def test_counting_is_one_statement(
        self, app: Flask, session: Session, officer: User, desk: FlaskClient
    ) -> None:
        from outreach.core.accounts.actors import actor_for
        from outreach.web.office import count_waiting

        actor = actor_for(session, make_user(session, "supervisor"), "18.04", NOW.date())
        session.commit()
        with counted(app) as seen:
            assert count_waiting(session, actor, NOW).keys() == {
                "phones",
                "gaps",
                "lists",
                "intake",
                "spreadsheets",
                "conflicts",
                "holds",
                "pairs",
                "visits",
                "late_visits",
                "whats_new",
            }
        assert len(seen) == 1
        with counted(app) as none:
            for role in ("officer", "head", "mpp", "department"):
                person = make_user(session, role)
                told = count_waiting(session, actor_for(session, person, "18.04", NOW.date()), NOW)
                own = {
                    "head": {"lists", "intake", "spreadsheets"},
                    "mpp": {"lists", "counter"},
                    "department": {"intake"},
                }.get(role, set())
                assert told.keys() == {"whats_new", *own}, role
        assert not [one for one in none if "named_gap" in one]


def test_village_bound_supervisors_see_their_officers_alone(
    session: Session, officer: User
) -> None:
    from dataclasses import replace

    from outreach.core.accounts.actors import actor_for

    add_phone(session, officer, "SINI")
    add_phone(session, make_user(session, "officer", (SEBARUS,)), "SANA")
    add_phone(session, make_user(session, "mpp"), "MEJA")
    actor = actor_for(session, make_user(session, "supervisor"), "18.04", NOW.date())
    bound = replace(actor, villages=frozenset({KUBU_PERAHU}))
    found = phone_board.board(session, bound, NOW, "")
    assert [phone.device.name for phone in found] == ["SINI"]
