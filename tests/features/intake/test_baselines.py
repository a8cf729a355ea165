"""Figures of members by place: typed with source and day, never overwritten, shown as coverage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.record.rights import NotAllowed
from outreach.domain.actor import ROLES, Actor
from outreach.domain.age import jakarta_date
from outreach.features.intake import baselines
from outreach.features.intake.baselines import Typed
from outreach.features.intake.tables import MembershipBaseline
from outreach.storage.audit import AuditLine
from outreach.storage.workers import Reference
from tests.support.factories import KUBU_PERAHU, NOW, make_user
from tests.support.office import log_in, office

REGENCY, BALIK_BUKIT = "18.04", "18.04.04"
TODAY = jakarta_date(NOW)
GOOD = {
    "place": BALIK_BUKIT,
    "members": "1.250",
    "source": "Surat BPJS 12/2026",
    "as_of": "2026-06-30",
}


@pytest.fixture
def desk(app: Flask, session: Session) -> FlaskClient:
    """A supervisor at work in a regency of 92,913 workers."""
    office(session)
    whole = {"count": 92913, "protected": 22680, "source": "BPJS", "month": "2023-06", "target": 37}
    session.add(Reference(kind="setting", id="universe", regency=REGENCY, ver=1, data=whole))
    session.commit()
    return log_in(app, session, "supervisor")


def rows(session: Session) -> list[tuple[str, int, date]]:
    found = select(MembershipBaseline).order_by(MembershipBaseline.entered_at)
    session.expire_all()
    return [(one.region_code, one.members, one.as_of) for one in session.scalars(found)]


def keep(desk: FlaskClient, status: int = 303, /, **typed: str) -> str:
    answer = desk.post("/intake/members", data={**GOOD, **typed})
    assert answer.status_code == status, answer.text
    return answer.text


def test_a_figure_is_kept_with_its_source_and_stands_on_the_coverage_page(
    desk: FlaskClient, session: Session
) -> None:
    assert "belum ada data" in desk.get("/").text
    keep(desk)
    assert rows(session) == [(BALIK_BUKIT, 1250, date(2026, 6, 30))]
    page = desk.get("/").text
    assert "1.250 <small>Surat BPJS 12/2026, 30-6-2026</small>" in page
    inside = desk.get(f"/?in={BALIK_BUKIT}").text
    assert "1.250 peserta di" in inside
    assert "Surat BPJS 12/2026, 30 Juni 2026" in inside
    noted = session.scalars(select(AuditLine).where(AuditLine.action == "membership_typed")).one()
    assert noted.detail == {"members": 1250, "as_of": "2026-06-30"}


def test_a_place_without_a_figure_says_so(desk: FlaskClient) -> None:
    keep(desk, place=KUBU_PERAHU)
    assert "Belum ada data kepesertaan untuk" in desk.get(f"/?in={BALIK_BUKIT}").text
    assert "1.250 peserta di" in desk.get(f"/?in={KUBU_PERAHU}").text


def test_an_older_figure_stays_and_the_newest_day_is_in_force(
    desk: FlaskClient, session: Session
) -> None:
    keep(desk, members="900", as_of="2026-09-30")
    keep(desk, members="700", as_of="2026-03-31")
    assert len(rows(session)) == 2
    found = baselines.newest(session, REGENCY)[BALIK_BUKIT]
    assert (found.members, found.as_of) == (900, date(2026, 9, 30))
    page = desk.get(f"/intake/members?in={BALIK_BUKIT}").text
    assert page.count("diganti angka yang lebih baru") == 1


def test_a_later_word_of_the_same_day_stands_before_and_changes_nothing(
    desk: FlaskClient, session: Session
) -> None:
    user = make_user(session, "supervisor")
    session.commit()
    actor = Actor(user.id, "supervisor", user.name, REGENCY, None)

    def say(members: int, seconds: int) -> bool:
        typed = Typed(BALIK_BUKIT, members, "Surat", date(2026, 6, 30))
        return baselines.keep(session, actor, typed, NOW + timedelta(seconds=seconds))

    assert [say(900, 0), say(910, 1), say(910, 2), say(900, 3)] == [True, True, False, True]
    assert [n for _, n, _ in rows(session)] == [900, 910, 900]
    assert baselines.newest(session, REGENCY)[BALIK_BUKIT].members == 900


def test_a_figure_of_the_regency_takes_the_place_of_the_older_one(desk: FlaskClient) -> None:
    keep(desk, place=REGENCY, members="46456", as_of="2023-05-31")
    assert "24,4% terlindungi (22.680" in desk.get("/").text
    keep(desk, place=REGENCY, members="46457")
    page = desk.get("/").text
    assert "50,0% terlindungi: 46.457 peserta (Surat BPJS 12/2026, 30 Juni 2026)" in page
    assert "dari 92.913 pekerja (BPJS, Juni 2023)" in page


def test_more_members_than_workers_get_words_and_no_percentage(
    desk: FlaskClient, session: Session
) -> None:
    keep(desk, place=REGENCY, members="90000")
    setting = session.scalars(select(Reference).where(Reference.id == "universe")).one()
    setting.data = {**setting.data, "count": 80000}
    session.commit()
    sentence = desk.get("/").text.split('data-testid="sentence">')[1].split("</h1>")[0]
    assert "lebih banyak daripada 80.000 pekerja" in sentence
    assert "112" not in sentence


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("members", "-5", "Jumlah ini kurang dari nol. Tulis 0 atau lebih."),
        ("members", "", "Jumlahnya belum ada. Tulis"),
        ("members", "seribu", "Ini bukan bilangan bulat. Tulis"),
        ("members", "12,5", "Ini bukan bilangan bulat. Tulis"),
        ("members", "1.25", "Ini bukan bilangan bulat. Tulis"),
        ("members", "92.914", "lebih besar daripada semua pekerja kabupaten (92.913). Periksa"),
        ("members", "9" * 40, "Ini bukan bilangan bulat. Tulis"),
        ("as_of", (TODAY + timedelta(days=1)).isoformat(), "Tanggal ini belum tiba. Pilih"),
        ("as_of", "30/06/2026", "Tanggalnya belum ada. Pilih"),
        ("source", "  ", "Sumbernya belum ada. Tulis"),
        ("source", "s" * 201, "Sumbernya terlalu panjang. Tulis"),
        ("place", "", "Wilayahnya belum dipilih. Pilih"),
        ("place", "18.05.01", "Wilayahnya belum dipilih. Pilih"),
    ],
)
def test_bad_input_comes_back_with_what_was_typed(
    desk: FlaskClient, session: Session, name: str, value: str, said: str
) -> None:
    page = keep(desk, 422, **{name: value})
    assert said in page
    assert f'id="e-{name}"' in page
    kept = GOOD["source"] if name != "source" else GOOD["members"]
    assert kept in page
    assert rows(session) == []


def test_today_and_all_workers_are_taken(desk: FlaskClient, session: Session) -> None:
    keep(desk, as_of=TODAY.isoformat(), members="92913")
    keep(desk, place=KUBU_PERAHU, members="0")
    assert sorted(n for _, n, _ in rows(session)) == [0, 92913]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "supervisor"])
def test_nobody_else_types_figures(app: Flask, session: Session, role: str) -> None:
    office(session)
    client = log_in(app, session, role)
    assert client.get("/intake/members").status_code == 403
    assert client.post("/intake/members", data=GOOD).status_code == 403
    typed = Typed(BALIK_BUKIT, 1, "x", TODAY)
    with pytest.raises(NotAllowed):
        baselines.keep(session, Actor("u", role, "U", REGENCY, None), typed, datetime.now(UTC))


def test_figures_of_another_regency_are_not_seen(desk: FlaskClient, session: Session) -> None:
    keep(desk)
    assert baselines.newest(session, "18.05") == {}
    assert baselines.history(session, "18.05") == []


def test_who_may_not_type_gets_no_way_there(app: Flask, session: Session) -> None:
    office(session)
    assert "enter-members" not in log_in(app, session, "mpp").get("/").text
    assert "enter-members" in log_in(app, session, "supervisor").get("/").text
