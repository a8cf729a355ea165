"""Offices with terms, signature blocks and hand-over; villages assigned and ended."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.accounts import assignments, offices
from outreach.core.accounts.actors import villages_of
from outreach.core.accounts.offices import TermForm, signature_block
from outreach.core.accounts.refusals import Refused
from outreach.extensions import db
from outreach.storage.accounts import Assignment, Office, Term, User
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA, SEBARUS, add_regions
from tests.support.people import Clock, add_person, audited, count_queries, log_in, read

TODAY = date(2026, 11, 22)
NIP = "197501012000031001"


@pytest.fixture
def places(app: Flask, clock: Clock) -> dict[str, str]:
    """Ids of a pekon's, a kelurahan's and a department's office."""
    with app.app_context():
        session = db.session()
        add_regions(session)
        made = {}
        for kind, name, code, title in (
            ("pekon", "Pekon Kubu Perahu", KUBU_PERAHU, ""),
            ("kelurahan", "Kelurahan Pasar Liwa", PASAR_LIWA, ""),
            ("dinas", "Disbunnak", "18.04", "Kepala Dinas"),
        ):
            session.commit()
            form = offices.OfficeForm(name, kind, code, title)
            made[kind] = offices.save_office(session, "18.04", None, form, clock())
        return made


@pytest.fixture
def admin(app: Flask, client: FlaskClient, clock: Clock) -> str:
    """Id of an administrator who is logged in with ``client``."""
    user_id = add_person(app, "admin")
    log_in(client, "admin")
    return user_id


def add_term(app: Flask, office_id: str, user_id: str, capacity: str, **more: object) -> str:
    """Id of a term from 2025."""
    values = {"starts": date(2025, 1, 1), **more}
    form = TermForm(user_id, capacity, **values)  # type: ignore[arg-type]
    return str(read(app, lambda s: offices.add_term(s, "18.04", None, office_id, form, Clock().at)))


def block(app: Flask, office_id: str, on: date = TODAY) -> list[str]:
    """The signature block of a day."""
    return list(read(app, lambda s: signature_block(s, "18.04", office_id, on)))


class TestSignature:
    @pytest.mark.parametrize(
        ("capacity", "lines"),
        [
            ("definitif", ["Peratin Kubu Perahu", "", "Suryadi"]),
            ("pj", ["Pj. Peratin Kubu Perahu", "", "Suryadi"]),
            ("plh", ["Plh. Peratin Kubu Perahu", "", "Suryadi"]),
            ("an", ["a.n. Peratin Kubu Perahu", "Juru Tulis", "", "Suryadi"]),
        ],
    )
    def test_of_a_pekon(self, app, places, capacity, lines) -> None:  # type: ignore[no-untyped-def]
        add_term(app, places["pekon"], add_person(app, "head", name="Suryadi"), capacity)
        assert block(app, places["pekon"]) == lines

    def test_of_a_kelurahan_is_a_lurah_with_nip(self, app, places) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "head", name="Suryadi")
        with pytest.raises(Refused, match="nip_of_lurah"):
            add_term(app, places["kelurahan"], user_id, "definitif")
        add_term(app, places["kelurahan"], user_id, "definitif", nip=NIP)
        assert block(app, places["kelurahan"]) == [
            "Lurah Pasar Liwa",
            "",
            "Suryadi",
            f"NIP {NIP}",
        ]

    def test_of_a_department_names_no_village(self, app, places) -> None:  # type: ignore[no-untyped-def]
        add_term(app, places["dinas"], add_person(app, "department", name="Suryadi"), "definitif")
        assert block(app, places["dinas"])[0] == "Kepala Dinas"

    def test_who_stands_in_signs_while_the_head_is_away(self, app, places) -> None:  # type: ignore[no-untyped-def]
        add_term(app, places["pekon"], add_person(app, "head", name="Suryadi"), "definitif")
        stand_in = add_person(app, "head", "second", name="Rohani")
        span = {"starts": date(2026, 11, 1), "ends": date(2026, 11, 22)}
        add_term(app, places["pekon"], stand_in, "plh", **span)
        assert block(app, places["pekon"])[-1] == "Rohani"
        assert block(app, places["pekon"], date(2026, 11, 23))[-1] == "Suryadi"

    def test_is_empty_where_nobody_holds_the_office(self, app, places) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "head")
        add_term(app, places["pekon"], user_id, "definitif", ends=date(2026, 11, 21))
        assert block(app, places["pekon"]) == []


class TestTerms:
    @pytest.mark.parametrize(
        ("starts", "ends", "fits"),
        [
            (date(2024, 1, 1), date(2024, 12, 31), True),
            (date(2024, 1, 1), date(2025, 1, 1), False),
            (date(2026, 6, 30), None, False),
            (date(2026, 7, 1), None, True),
            (date(2024, 1, 1), None, False),
        ],
    )
    def test_two_never_hold_an_office_on_one_day(self, app, places, starts, ends, fits) -> None:  # type: ignore[no-untyped-def]
        first, second = add_person(app, "head"), add_person(app, "head", "second")
        add_term(app, places["pekon"], first, "definitif", ends=date(2026, 6, 30))
        if fits:
            add_term(app, places["pekon"], second, "pj", starts=starts, ends=ends)
            return
        with pytest.raises(Refused, match="term_overlap"):
            add_term(app, places["pekon"], second, "pj", starts=starts, ends=ends)

    def test_can_be_ended_but_not_made_longer(self, app, places, client, admin) -> None:  # type: ignore[no-untyped-def]
        term = add_term(app, places["pekon"], add_person(app, "head"), "definitif")
        path = f"/admin/offices/{places['pekon']}/terms/{term}/end"
        assert client.post(path, data={"ends": "2024-12-31"}).status_code == 422
        assert client.post(path, data={"ends": "x"}).status_code == 422
        assert client.post(path, data={"ends": "2026-11-20"}).status_code == 303
        assert client.post(path, data={"ends": "2026-11-25"}).status_code == 422
        assert read(app, lambda s: s.get(Term, term).ends) == date(2026, 11, 20)


class TestHandOver:
    FORM = {
        "who": "new",
        "name": "Rohani",
        "username": "rohani",
        "capacity": "pj",
        "letter": "SK 12/2026",
        "starts": "2026-11-22",
    }

    @pytest.fixture
    def holder(self, app: Flask, places: dict[str, str]) -> str:
        """Id of the present Peratin, who also works in another village."""
        user_id = add_person(
            app, "head", name="Suryadi", villages=(KUBU_PERAHU, SEBARUS), office_id=places["pekon"]
        )
        add_term(app, places["pekon"], user_id, "definitif")
        return user_id

    def test_shows_what_will_happen_before_it_does(
        self, app, client, places, admin, holder
    ) -> None:  # type: ignore[no-untyped-def]
        page = client.post(f"/admin/offices/{places['pekon']}/handover", data=self.FORM)
        assert page.status_code == 200
        assert "Peratin Suryadi berakhir sehari sebelum 22 November 2026" in page.text
        assert 'name="username" value="rohani"' in page.text
        assert read(app, lambda s: s.query(User).filter_by(username="rohani").count()) == 0
        assert block(app, places["pekon"])[-1] == "Suryadi"

    def test_moves_everything_in_one_step(self, app, client, places, admin, holder) -> None:  # type: ignore[no-untyped-def]
        phone = app.test_client()
        log_in(phone, "head")
        page = client.post(
            f"/admin/offices/{places['pekon']}/handover", data={**self.FORM, "step": "confirmed"}
        )
        password = re.search(r'slip-password">([^<]+)<', page.text)[1]  # type: ignore[index]
        assert log_in(app.test_client(), "rohani", password).status_code == 303
        assert phone.get("/account").status_code == 303
        new = read(app, lambda s: s.scalar(select(User).where(User.username == "rohani")))
        assert (new.role, new.office_id) == ("head", places["pekon"])
        with app.app_context():
            assert villages_of(db.session(), "18.04", new.id, TODAY) == {KUBU_PERAHU}
            assert villages_of(db.session(), "18.04", holder, TODAY) == {SEBARUS}
            assert villages_of(db.session(), "18.04", holder, date(2026, 11, 21)) == {
                KUBU_PERAHU,
                SEBARUS,
            }
            assert db.session.get(User, holder).office_id is None
            assert db.session.get(User, holder).active
        assert block(app, places["pekon"]) == ["Pj. Peratin Kubu Perahu", "", "Rohani"]
        assert block(app, places["pekon"], date(2026, 11, 21))[-1] == "Suryadi"
        assert "office_handed_over" in audited(app)

    def test_to_somebody_who_has_an_account(self, app, client, places, admin, holder) -> None:  # type: ignore[no-untyped-def]
        other = add_person(app, "head", "other", name="Lestari")
        form = {**self.FORM, "who": "old", "user_id": other, "step": "confirmed"}
        answer = client.post(f"/admin/offices/{places['pekon']}/handover", data=form)
        assert answer.status_code == 303
        assert block(app, places["pekon"])[-1] == "Lestari"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"username": "admin"},
            {"starts": "kemarin"},
            {"capacity": "plh"},
            {"nip": "12"},
            {"who": "old", "user_id": "nobody"},
        ],
    )
    @pytest.mark.parametrize("step", ["", "confirmed"])
    def test_refused_changes_nothing_and_keeps_what_was_typed(
        self, app, client, places, admin, holder, wrong, step
    ) -> None:  # type: ignore[no-untyped-def]
        form = {**self.FORM, **wrong, "step": step}
        page = client.post(f"/admin/offices/{places['pekon']}/handover", data=form)
        assert page.status_code == 422
        assert "SK 12/2026" in page.text
        assert "Peratin Suryadi" in page.text
        assert block(app, places["pekon"])[-1] == "Suryadi"
        assert (
            read(app, lambda s: s.query(Assignment).filter(Assignment.ends.isnot(None)).count())
            == 0
        )

    def test_leaves_other_offices_alone(self, app, client, places, admin, holder) -> None:  # type: ignore[no-untyped-def]
        lurah = add_person(app, "head", "lurah", name="Marlina", villages=(PASAR_LIWA,))
        add_term(app, places["kelurahan"], lurah, "definitif", nip=NIP)
        client.post(
            f"/admin/offices/{places['pekon']}/handover", data={**self.FORM, "step": "confirmed"}
        )
        assert block(app, places["kelurahan"])[2] == "Marlina"
        with app.app_context():
            assert villages_of(db.session(), "18.04", lurah, TODAY) == {PASAR_LIWA}


class TestOffices:
    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"name": ""}, "Isi nama kantor"),
            ({"kind": "x"}, "Pilih jenis"),
            ({"kind": "pekon"}, "wilayah sebuah pekon"),
            ({"region_code": "99"}, "Pilih wilayah"),
            ({"head_title": ""}, "Isi sebutan kepala"),
            ({"name": "Disbunnak"}, "sudah ada"),
        ],
    )
    def test_wrong_forms_are_explained(self, client, places, admin, change, sentence) -> None:  # type: ignore[no-untyped-def]
        form = {"name": "Dishub", "kind": "dinas", "region_code": "18.04", "head_title": "Kepala"}
        page = client.post("/admin/offices/new", data={**form, **change})
        assert page.status_code == 422
        assert sentence in page.text
        assert client.post("/admin/offices/new", data=form).status_code == 303

    def test_close_and_open_again(self, app, client, places, admin) -> None:  # type: ignore[no-untyped-def]
        office_id = places["dinas"]
        client.post(f"/admin/offices/{office_id}/close")
        assert not read(app, lambda s: s.get(Office, office_id).active)
        assert "Disbunnak" not in client.get("/admin/users/new").text
        client.post(f"/admin/offices/{office_id}/open")
        assert "Disbunnak" in client.get("/admin/users/new").text

    def test_the_list_asks_three_times_at_most(self, app, client, places, admin) -> None:  # type: ignore[no-untyped-def]
        add_term(app, places["pekon"], add_person(app, "head", name="Suryadi"), "definitif")
        counted = count_queries(app)
        text = client.get("/admin/offices").text
        assert "Peratin Suryadi" in text
        assert counted.n <= 5  # one of them counts what waits, beside the rooms


class TestAssignments:
    def assign(self, client: FlaskClient, user_id: str, *villages: str, **more: str) -> int:
        form = {"user_id": user_id, "letter": "094/7", "starts": "2026-11-22", **more}
        return client.post(
            "/admin/assignments/new", data={**form, "villages": list(villages)}
        ).status_code

    def test_a_kecamatan_is_all_its_villages(self, app, client, places, admin) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "officer", villages=(SEBARUS,))
        assert self.assign(client, user_id, "18.04.04") == 303
        rows = read(
            app, lambda s: s.scalars(select(Assignment).order_by(Assignment.region_code)).all()
        )
        assert [(row.region_code, row.letter) for row in rows] == [
            (PASAR_LIWA, "094/7"),
            (KUBU_PERAHU, "094/7"),
            (SEBARUS, "094/1"),
        ]

    def test_twice_is_once(self, app, client, places, admin) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "officer")
        for _ in range(2):
            assert self.assign(client, user_id, KUBU_PERAHU) == 303
        assert read(app, lambda s: s.query(Assignment).count()) == 1

    def test_can_be_given_again_after_its_end(self, app, client, places, admin, clock) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "officer")
        self.assign(client, user_id, KUBU_PERAHU)
        one = read(app, lambda s: s.scalar(select(Assignment.id)))
        client.post(f"/admin/assignments/{one}/end", data={"ends": "2026-11-21"})
        with app.app_context():
            assert villages_of(db.session(), "18.04", user_id, TODAY) == frozenset()
        self.assign(client, user_id, KUBU_PERAHU)
        with app.app_context():
            assert villages_of(db.session(), "18.04", user_id, TODAY) == {KUBU_PERAHU}

    @pytest.mark.parametrize(
        ("role", "villages", "more"),
        [
            ("supervisor", [KUBU_PERAHU], {}),
            ("officer", [], {}),
            ("officer", ["18.04.99.2001"], {}),
            ("officer", [KUBU_PERAHU, "18.04"], {}),
            ("officer", [KUBU_PERAHU], {"letter": " "}),
            ("officer", [KUBU_PERAHU], {"starts": ""}),
            ("officer", [KUBU_PERAHU], {"ends": "2026-11-21"}),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, app, client, places, admin, role, villages, more
    ) -> None:  # type: ignore[no-untyped-def]
        assert self.assign(client, add_person(app, role), *villages, **more) == 422
        assert read(app, lambda s: s.query(Assignment).count()) == 0

    def test_an_end_is_only_ever_brought_forward(self, app, client, places, admin) -> None:  # type: ignore[no-untyped-def]
        self.assign(client, add_person(app, "officer"), KUBU_PERAHU, ends="2026-12-31")
        one = read(app, lambda s: s.scalar(select(Assignment.id)))
        path = f"/admin/assignments/{one}/end"
        assert client.post(path, data={"ends": "2027-01-01"}).status_code == 422
        assert client.post(path, data={"ends": "2026-12-01"}).status_code == 303

    @pytest.mark.parametrize("starts", ["2026-01-01", "2026-11-22", "2026-12-24"])
    def test_from_now_on_means_that_today_no_longer_counts(
        self, app, client, places, admin, starts
    ) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "officer")
        self.assign(client, user_id, KUBU_PERAHU, starts=starts)
        self.assign(client, user_id, SEBARUS)
        one = read(
            app, lambda s: s.scalar(select(Assignment.id).filter_by(region_code=KUBU_PERAHU))
        )
        answer = client.post(f"/admin/assignments/{one}/end", data={"when": "now"})
        assert answer.location == f"/admin/users/{user_id}"
        with app.app_context():
            assert villages_of(db.session(), "18.04", user_id, TODAY) == {SEBARUS}
            assert villages_of(db.session(), "18.04", user_id, TODAY + timedelta(days=90)) == {
                SEBARUS
            }

    def test_a_supervisor_gives_and_takes_villages_and_nothing_else_of_accounts(
        self, app, client, places, clock
    ) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "officer", name="Siti")
        add_person(app, "supervisor")
        log_in(client, "supervisor")
        assert "/admin/assignments" in client.get("/").text
        assert self.assign(client, user_id, KUBU_PERAHU) == 303
        text = client.get("/admin/assignments").text
        assert "Siti" in text
        assert "/admin/users" not in text
        one = read(app, lambda s: s.scalar(select(Assignment.id)))
        assert "mulai sekarang" in client.get(f"/admin/assignments/{one}/end").text
        answer = client.post(f"/admin/assignments/{one}/end", data={"when": "now"})
        assert answer.location == "/admin/assignments"
        assert audited(app)[-2:] == ["villages_assigned", "assignment_ended"]
        assert client.get(f"/admin/users/{user_id}").status_code == 403

    @pytest.mark.parametrize("role", ["officer", "head", "mpp", "department"])
    def test_other_roles_give_no_village(self, app, client, places, clock, role) -> None:  # type: ignore[no-untyped-def]
        user_id = add_person(app, "officer", "other")
        add_person(app, role)
        log_in(client, role)
        assert self.assign(client, user_id, KUBU_PERAHU) == 403

    def test_who_gives_villages_is_the_settings_choice(self, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
        from outreach.features.admin import office_rules

        file = tmp_path / "settings.json"
        monkeypatch.setattr(office_rules, "SETTINGS", file)
        file.write_text('{"village_givers": {"roles": ["admin"]}}')
        assert office_rules.who_assigns.__wrapped__() == ("admin",)
        for roles in ("[]", '["officer"]', '["admin", "department"]'):
            file.write_text(f'{{"village_givers": {{"roles": {roles}}}}}')
            with pytest.raises(ValueError):
                office_rules.who_assigns.__wrapped__()

    def test_the_list_asks_as_often_for_many(self, app, client, places, admin) -> None:  # type: ignore[no-untyped-def]
        for n in range(8):
            add_person(app, "officer", f"o{n}", villages=(KUBU_PERAHU, SEBARUS, PASAR_LIWA))
        counted = count_queries(app)
        text = client.get("/admin/assignments").text
        assert text.count("Akhiri") == 24
        assert counted.n <= 5  # one of them counts what waits, beside the rooms

    def test_of_one_kecamatan_or_person_by_words(self, app, client, places, admin) -> None:  # type: ignore[no-untyped-def]
        add_person(app, "officer", "a", name="Siti", villages=(KUBU_PERAHU,))
        add_person(app, "officer", "b", name="Budi", villages=(SEBARUS,))

        def found(words: str) -> int:
            return str(client.get("/admin/assignments", query_string={"q": words}).text).count(
                "Akhiri"
            )

        assert [found(w) for w in ("siti", "BALIK", "sebarus", "x")] == [1, 2, 1, 0]


def test_assigning_is_all_or_nothing(app: Flask, places: dict[str, str], clock: Clock) -> None:
    user_id = add_person(app, "officer")
    period = assignments.Period(TODAY, None, "094/7")
    with app.app_context(), pytest.raises(Refused, match="village_unknown"):
        assignments.assign(
            db.session(), "18.04", None, user_id, [KUBU_PERAHU, "x"], period, clock()
        )
    assert read(app, lambda s: s.query(Assignment).count()) == 0
