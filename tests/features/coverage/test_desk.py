"""A supervisor's first page: the pace, the price of the gap, what waits today, the map, and the
villages that fall behind."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from outreach.core.accounts.seeding import seed
from outreach.core.register.member_figures import MemberFigure, Universe
from outreach.domain.ids import uuid7
from outreach.features.coverage.behind import behind
from outreach.features.coverage.pace import known_figures, pace_of, price_of_a_year
from outreach.features.coverage.tiles import Place, positions, shade, tiles_of
from outreach.features.visits.tables import DoorVisit
from outreach.features.whats_new import releases
from outreach.storage.accounts import Assignment
from outreach.storage.sync import Device
from outreach.storage.workers import DuplicatePair, Reference
from tests.support.factories import KUBU_PERAHU, NOW, PASAR_LIWA, SEBARUS, make_user
from tests.support.office import ELSEWHERE, log_in, make_worker, office

WHOLE: Universe = {
    "count": 1000,
    "protected": 200,
    "source": "BPJS",
    "month": "2026-06",
    "target": 50,
}
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def desk(app: Flask, session: Session) -> FlaskClient:
    """A supervisor at work in a regency of 1,000 workers."""
    office(session)
    session.add(Reference(kind="setting", id="universe", regency="18.04", ver=1, data=dict(WHOLE)))
    session.commit()
    return log_in(app, session, "supervisor")


@pytest.fixture
def regency(desk: FlaskClient, session: Session) -> FlaskClient:
    """The same, with every village of the regency."""
    seed(session, NOW)
    return desk


def figure(members: int, day: str) -> MemberFigure:
    return MemberFigure(members, "BPJS", date.fromisoformat(day))


def typed(desk: FlaskClient, members: int, day: str) -> None:
    form = {"place": "18.04", "members": str(members), "source": "Surat BPJS", "as_of": day}
    assert desk.post("/intake/members", data=form).status_code == 303


def part(page: str, testid: str) -> str:
    """What stands in this part of a page, without its tags."""
    found = re.search(rf'<(\w+)[^>]* data-testid="{testid}".*?</\1>', page, re.DOTALL)
    assert found is not None, testid
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split())


class TestPace:
    def test_two_figures_give_a_pace_and_the_day_of_the_target(self) -> None:
        pace = pace_of([figure(200, "2026-06-30"), figure(300, "2026-09-30")], 500)
        assert pace is not None
        assert (pace.a_month, pace.reached) == (33, date(2027, 4, 2))

    @pytest.mark.parametrize("days", [["2026-09-30"], ["2026-09-30", "2026-10-27"], []])
    def test_one_month_says_nothing(self, days: list[str]) -> None:
        assert pace_of([figure(200 + n, day) for n, day in enumerate(days)], 500) is None

    def test_it_counts_from_the_newest_figure_that_is_old_enough(self) -> None:
        days = ("2024-01-31", "2026-08-31", "2026-09-30", "2026-10-15")
        pace = pace_of([figure(100 * n, day) for n, day in enumerate(days)], 500)
        assert pace is not None
        assert pace.first.as_of == date(2026, 8, 31)

    @pytest.mark.parametrize(
        ("members", "goal"), [(200, 500), (150, 500), (900, 500), (201, 10_000_000)]
    )
    def test_a_target_that_is_not_reached_so_has_no_day(self, members: int, goal: int) -> None:
        pace = pace_of([figure(200, "2026-06-30"), figure(members, "2026-09-30")], goal)
        assert pace is not None
        assert pace.reached is None

    def test_the_figure_of_all_workers_is_the_first_unless_somebody_typed_its_day(self) -> None:
        given = [figure(250, "2026-09-30")]
        assert [one.members for one in known_figures(given, WHOLE)] == [200, 250]
        again = [figure(210, "2026-06-30"), *given]
        assert known_figures(again, WHOLE) == again
        nobody: Universe = {"count": 1, "source": "BPJS", "month": "2026-06"}
        assert known_figures(given, nobody) == given

    def test_a_year_costs_the_lowest_band_without_a_discount(self) -> None:
        assert price_of_a_year(11_698) == (16_800, 2_358_316_800)

    def test_the_page_says_the_pace_or_why_there_is_none(self, desk: FlaskClient) -> None:
        assert part(desk.get("/").text, "pace").startswith("Laju belum bisa dihitung")
        typed(desk, 260, "2026-09-30")
        said = part(desk.get("/").text, "pace")
        assert "Dari 200 (30 Juni 2026) menjadi 260 (30 September 2026)" in said
        assert "naik rata-rata 20 orang sebulan. Dengan laju ini target tercapai sekitar " in said
        assert "Melindungi 240 orang yang kurang selama 12 bulan: Rp48.384.000 (Rp16.800" in said

    def test_fewer_members_are_a_way_down_and_enough_have_no_price(self, desk: FlaskClient) -> None:
        typed(desk, 170, "2026-09-30")
        said = part(desk.get("/").text, "pace")
        assert "turun rata-rata 10 orang sebulan. Dengan laju ini target tidak tercapai." in said
        typed(desk, 600, "2026-10-31")
        page = desk.get("/").text
        assert "target" not in part(page, "pace")
        assert 'data-testid="price"' not in page

    def test_a_place_has_neither(self, desk: FlaskClient) -> None:
        assert 'data-testid="pace"' not in desk.get("/?in=18.04.04").text


class TestToday:
    def test_each_thing_has_its_count_its_age_and_one_action(
        self, desk: FlaskClient, session: Session
    ) -> None:
        officer = make_user(session, "officer", (KUBU_PERAHU,))
        a, b = (make_worker(session, officer) for _ in "ab")
        found = NOW - timedelta(days=21)
        pair = {"regency": "18.04", "reason": "nik", "state": "open", "created_at": found}
        session.add(DuplicatePair(a=min(a, b), b=max(a, b), **pair))
        session.commit()
        page = desk.get("/").text
        assert part(page, "job-pairs") == "Dugaan ganda 1 menunggu terlama 21 hari Putuskan"
        assert 'title="sejak 1 November 2026">terlama 21 hari' in page
        assert 'href="/duplicates" aria-label="Putuskan: Dugaan ganda"' in page

    def test_what_began_today_is_said_so(self, desk: FlaskClient, session: Session) -> None:
        officer = make_user(session, "officer", (KUBU_PERAHU,))
        a, b = sorted(make_worker(session, officer) for _ in "ab")
        session.add(DuplicatePair(a=a, b=b, regency="18.04", reason="nik", created_at=NOW))
        session.commit()
        assert "terlama hari ini" in part(desk.get("/").text, "job-pairs")

    def test_visits_past_their_day_wait_though_their_room_counts_deaths(
        self, desk: FlaskClient, session: Session
    ) -> None:
        officer = make_user(session, "officer", (KUBU_PERAHU, ELSEWHERE))
        for village, days, ended in (
            (KUBU_PERAHU, 3, None),
            (KUBU_PERAHU, 1, None),
            (KUBU_PERAHU, 0, None),
            (KUBU_PERAHU, 9, "dropped"),
            (ELSEWHERE, 30, None),
        ):
            plan = {"assigned_day": TODAY - timedelta(days=days), "assigned_to": officer.id}
            own = {"regency": village[:5], "region_code": village, "made_at": NOW, "ver": 1}
            session.add(DoorVisit(id=uuid7(), ended=ended, **own, **plan))
        session.commit()
        page = desk.get("/").text
        said = "Kunjungan lewat hari 2 lewat hari terlama 3 hari Tugaskan lagi"
        assert part(page, "job-late_visits") == said
        assert 'href="/visits?span=all"' in page
        rooms = page[page.index('data-testid="office-nav"') : page.index("</nav>")]
        assert "lewat" not in rooms
        assert "2 lewat harinya" in desk.get("/visits?span=all").text

    def test_a_silent_phone_is_as_old_as_its_silence(
        self, desk: FlaskClient, session: Session
    ) -> None:
        for days, village in ((12, KUBU_PERAHU), (0, KUBU_PERAHU), (40, ELSEWHERE)):
            session.add(
                Device(
                    id=uuid7(),
                    regency=village[:5],
                    user_id=make_user(session, "officer", (village,)).id,
                    kind="phone",
                    recorded=9,
                    last_mid=4,
                    created_at=NOW,
                    seen_at=NOW - timedelta(days=days),
                )
            )
        session.commit()
        assert "terlama 12 hari" in part(desk.get("/").text, "job-phones")

    def test_nothing_waits(self, desk: FlaskClient) -> None:
        assert 'data-testid="job-whats_new"' in desk.get("/").text
        for version in releases.versions():
            desk.post(f"/whats-new/{version}")
        g.pop("office_waiting", None)  # the fixture's app context outlives each request
        assert 'data-testid="nothing-waits"' in desk.get("/").text

    @pytest.mark.parametrize("role", ["department", "admin", "mpp"])
    def test_others_begin_with_their_own_work(
        self, app: Flask, session: Session, role: str
    ) -> None:
        office(session)
        page = log_in(app, session, role).get("/").text
        assert re.search(r"<h1[^>]*>(.*?)</h1>", page).group(1) == "Hari ini"  # type: ignore[union-attr]
        assert page.index('data-testid="waiting"') < page.index('data-testid="sentence"')
        for testid in ("map", "behind", "pace", "week"):
            assert f'data-testid="{testid}"' not in page


class TestWeek:
    def test_it_counts_since_monday_and_opens_its_list(
        self, desk: FlaskClient, session: Session
    ) -> None:
        officer = make_user(session, "officer", (KUBU_PERAHU,))
        sunday = NOW.astimezone(UTC)
        assert TODAY.weekday() == 6
        for days in (0, 6, 7):
            make_worker(session, officer, minutes=days * 24 * 60)
        page = desk.get("/").text
        assert part(page, "week") == "2 orang minggu ini."
        monday = (sunday - timedelta(days=6)).date()
        assert f'href="/workers?from={monday}" data-testid="week"' in page
        assert 'data-testid="week"' not in desk.get("/?from=2026-11-01").text


class TestMap:
    def test_every_kecamatan_of_the_regency_has_a_place_of_its_own(
        self, regency: FlaskClient
    ) -> None:
        known = positions()
        assert len(set(known.values())) == len(known) == 15
        page = regency.get("/").text
        tiles = page[page.index('data-testid="map"') : page.index('class="legend"')]
        assert set(re.findall(r'href="/\?in=([\d.]+)"', tiles)) == set(known)

    def test_a_kecamatan_says_how_many_of_its_villages_have_somebody(
        self, regency: FlaskClient, session: Session
    ) -> None:
        officer = make_user(session, "officer", (KUBU_PERAHU,))
        for village in (KUBU_PERAHU, KUBU_PERAHU, SEBARUS):
            make_worker(session, officer, village=village)
        page = regency.get("/").text
        tile = page[page.index("<b>Balik Bukit</b>") :]
        words = re.sub(r"<[^>]+>", " ", tile[: tile.index("</a>")]).split()
        assert " ".join(words) == "Balik Bukit 2 dari 12 Pekon/kelurahan 3 orang"
        inside = regency.get("/?in=18.04.04").text
        assert "<b>Kubu Perahu</b> <span>2 orang</span>" in inside
        assert 'data-testid="map"' not in regency.get(f"/?in={KUBU_PERAHU}").text

    @pytest.mark.parametrize(
        ("reached", "villages", "dark"),
        [
            *((0, 12, 0), (1, 12, 1), (3, 12, 1), (4, 12, 2), (6, 12, 2), (7, 12, 3)),
            *((11, 12, 3), (12, 12, 4), (1, 1, 4), (0, 1, 0)),
        ],
    )
    def test_only_a_whole_kecamatan_is_darkest(
        self, reached: int, villages: int, dark: int
    ) -> None:
        assert shade(Place("x", "x", 5, reached, villages)) == dark

    def test_a_village_is_as_dark_as_its_people(self) -> None:
        counts = (0, 1, 9, 10, 49, 50, 199, 200, 5000)
        assert [shade(Place("x", "x", n)) for n in counts] == [0, 1, 1, 2, 2, 3, 3, 4, 4]

    def test_places_that_nobody_has_placed_stand_by_their_codes(self) -> None:
        places = [Place(f"18.05.{n:02}", "x", 0) for n in reversed(range(1, 9))]
        tiles = tiles_of(places)
        assert [(tile.place.code[-2:], tile.row, tile.column) for tile in tiles[5:]] == [
            ("06", 1, 6),
            ("07", 2, 1),
            ("08", 2, 2),
        ]


class TestBehind:
    def test_first_those_with_an_officer_then_the_longest_silent(self) -> None:
        now = datetime(2026, 11, 22, tzinfo=UTC)
        newest = {
            "b": now - timedelta(days=13, hours=23),
            "c": now - timedelta(days=14),
            "d": now - timedelta(days=40),
            "f": now - timedelta(days=90),
        }
        late = behind("abcdef", newest, {"c": ["C"], "d": ["D"], "e": ["E"]}, now)
        assert [one.code for one in late] == ["e", "d", "c", "a", "f"]

    def test_the_page_names_the_officers_and_the_way(
        self, desk: FlaskClient, session: Session
    ) -> None:
        officer = make_user(session, "officer", (SEBARUS,))
        make_user(session, "officer", (ELSEWHERE,))
        make_worker(session, officer, minutes=5 * 24 * 60)
        make_worker(session, officer, village=SEBARUS, minutes=20 * 24 * 60)
        page = desk.get("/?in=18.04.04").text
        table = part(page, "behind")
        assert "Kubu Perahu" not in table
        first = f"Sebarus Balik Bukit 20 hari, sejak 2-11-2026 {officer.name} Tugaskan kunjungan"
        assert first in table
        assert "Pasar Liwa Balik Bukit belum pernah belum ada petugas Tugaskan petugas" in table
        assert f'href="/visits/people?in={SEBARUS}"' in page
        assert f'href="/admin/assignments/new?in={PASAR_LIWA}"' in page
        assert desk.get(f"/visits/people?in={SEBARUS}").status_code == 200
        chosen = desk.get(f"/admin/assignments/new?in={PASAR_LIWA}").text
        assert re.search(rf'value="{PASAR_LIWA}"[^>]* (checked|selected)', chosen)

    def test_whose_time_is_over_or_who_is_no_officer_works_nowhere(
        self, desk: FlaskClient, session: Session
    ) -> None:
        gone, late, soon = (make_user(session, "officer", (SEBARUS,)) for _ in range(3))
        head = make_user(session, "head", (SEBARUS,))
        gone.active = False
        periods = {late.id: (None, TODAY - timedelta(days=1)), soon.id: (TODAY + DAY, None)}
        for user_id, (starts, ends) in periods.items():
            given = session.query(Assignment).filter_by(user_id=user_id).one()
            given.starts, given.ends = starts or given.starts, ends
        session.commit()
        table = part(desk.get("/?in=18.04.04").text, "behind")
        assert "Sebarus Balik Bukit belum pernah belum ada petugas Tugaskan petugas" in table
        for one in (gone, late, soon, head):
            assert one.name not in table

    def test_who_may_give_no_village_is_shown_no_way_to(
        self, app: Flask, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rest = [one for one in app.extensions["office_entries"] if one.key != "assignments"]
        monkeypatch.setitem(app.extensions, "office_entries", rest)
        page = desk.get("/?in=18.04.04").text
        assert "belum ada petugas" in part(page, "behind")
        assert "/admin/assignments" not in page

    def test_no_more_than_eight_stand_there_and_the_rest_is_counted(
        self, regency: FlaskClient
    ) -> None:
        page = regency.get("/").text
        assert page.count("belum pernah") == 8
        assert "Masih ada 128 pekon/kelurahan lain." in page
