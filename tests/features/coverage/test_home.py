"""The first page: what it counts, for whom, and that each number opens its list."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask, g
from sqlalchemy.orm import Session

from outreach.core.accounts.seeding import seed
from outreach.domain.ids import uuid7
from outreach.features.coverage.chart import bars, scale_top
from outreach.features.whats_new import releases
from outreach.storage.sync import Device
from outreach.storage.workers import Reference
from tests.support.factories import NOW, SEBARUS, make_user
from tests.support.office import ELSEWHERE, counted, log_in, make_worker, office


def test_the_sentence_compares_the_protected_with_the_target_and_names_its_source(
    app: Flask, session: Session
) -> None:
    officer = office(session)
    seed(session, NOW)
    for _ in range(3):
        make_worker(session, officer)
    make_worker(session, officer, village=ELSEWHERE)
    make_worker(session, officer, deleted_at=NOW)
    page = log_in(app, session, "supervisor").get("/").text
    assert ">3 orang tercatat di Jangkau.</a>" in page
    assert ">135 pekon/kelurahan belum ada satu pun.</a>" in page
    whole = "22.680 dari 92.913 pekerja, BPJS Ketenagakerjaan, Juni 2023"
    assert f"24,4% terlindungi ({whole}). Target 37,0% = 34.378 orang. Kurang 11.698." in page
    assert "Tercatat belum berarti terlindungi" in page


def test_the_whole_and_the_target_are_those_of_the_reference_row(
    app: Flask, session: Session
) -> None:
    make_worker(session, office(session))
    client = log_in(app, session, "supervisor")
    assert "1 orang tercatat di Jangkau." in client.get("/").text
    data = {"count": 400, "source": "Dinas", "month": "2026-10", "target": 50}
    session.add(Reference(kind="setting", id="universe", regency="18.04", ver=1, data=data))
    session.commit()
    page = client.get("/").text
    assert "Target 50,0% = 200 dari 400 pekerja terlindungi (Dinas, Oktober 2026)." in page


def test_villages_with_nobody_stand_first(app: Flask, session: Session) -> None:
    make_worker(session, office(session))
    page = log_in(app, session, "supervisor").get("/?in=18.04.04").text
    table = page[page.index('data-testid="places"') :]
    names = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', table)[:3]
    assert set(names[:2]) == {"Pasar Liwa", "Sebarus"}
    assert names[2] == "Kubu Perahu"
    assert "2 pekon/kelurahan belum ada satu pun" in page


def test_one_period_counts_for_every_number(app: Flask, session: Session) -> None:
    officer = office(session)
    make_worker(session, officer, minutes=10 * 24 * 60)
    make_worker(session, officer)
    page = log_in(app, session, "supervisor").get("/?from=2026-11-20&to=2026-11-22").text
    assert "1 orang dicatat di Jangkau antara 20 November 2026 dan 22 November 2026" in page
    assert "<b>1</b> Calon peserta" in page
    span = "from=2026-11-20&amp;to=2026-11-22"
    assert f'href="/workers?status=calon&amp;{span}"' in page
    assert f'href="/workers?in=18.04.04&amp;status=calon&amp;{span}">1</a>' in page


@pytest.mark.parametrize("role", ["supervisor", "admin", "department"])
def test_what_waits_stands_before_the_numbers_with_its_room(
    app: Flask, session: Session, role: str
) -> None:
    office(session)
    client = log_in(app, session, role)
    page = client.get("/").text
    waiting = page[page.index('data-testid="waiting"') : page.index('id="by-status"')]
    many = len(releases.versions())
    assert f'<span title="{many} belum dibaca"><b>{many}</b> belum dibaca</span>' in waiting
    assert '<a class="button" href="/whats-new" aria-label="Baca: Yang baru">Baca</a>' in waiting
    for version in releases.versions():
        client.post(f"/whats-new/{version}")
    g.pop("office_waiting", None)  # the fixture's app context outlives each request
    assert 'data-testid="waiting"' not in client.get("/").text


@pytest.mark.parametrize(("role", "opens"), [("supervisor", True), ("mpp", False)])
def test_the_page_and_its_numbers_agree_on_who_opens_lists(
    app: Flask, session: Session, role: str, opens: bool
) -> None:
    make_worker(session, office(session))
    page = log_in(app, session, role).get("/").text
    assert ("SITI AMINAH" in page) is opens
    assert ('href="/workers?status=calon"' in page) is opens


def test_each_number_opens_its_list(app: Flask, session: Session) -> None:
    officer = office(session)
    make_worker(session, officer)
    make_worker(session, officer, village=SEBARUS, status="draf")
    client = log_in(app, session, "supervisor")
    page = client.get("/?in=18.04.04.2002").text
    assert "1 orang tercatat di Kubu Perahu" in page
    link = re.search(r'href="(/workers\?in=18\.04\.04\.2002&amp;status=calon)"', page)
    assert link is not None
    assert "1 orang" in client.get(link.group(1).replace("&amp;", "&")).text


def bar_links(page: str) -> list[tuple[str, str]]:
    """Address and name of each bar that is a link."""
    found = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"><rect', page)
    return [(href.replace("&amp;", "&"), name) for href, name in found]


def test_a_bar_opens_the_list_of_its_day(app: Flask, session: Session) -> None:
    officer = office(session)
    make_worker(session, officer)
    make_worker(session, officer, "RUSDI", minutes=3 * 24 * 60)
    client = log_in(app, session, "supervisor")
    last = NOW.date()
    page = client.get(f"/?in=18.04.04&from={last - timedelta(days=6)}&to={last}").text
    assert [name for _, name in bar_links(page)] == ["19 November 2026: 1", "22 November 2026: 1"]
    found = client.get(bar_links(page)[0][0]).text
    assert "RUSDI" in found
    assert "SITI AMINAH" not in found
    assert 'role="img"' not in page[page.index("<svg") : page.index("</svg>")]


@pytest.mark.parametrize(("role", "days"), [("mpp", 6), ("supervisor", 60)])
def test_bars_too_narrow_or_for_who_opens_no_list_are_a_picture(
    app: Flask, session: Session, role: str, days: int
) -> None:
    make_worker(session, office(session))
    last = NOW.date()
    page = log_in(app, session, role).get(f"/?from={last - timedelta(days=days)}&to={last}").text
    assert bar_links(page) == []
    assert 'role="img"' in page[page.index("<svg") : page.index("</svg>")]


def test_the_other_statuses_open_the_list_of_exactly_those(app: Flask, session: Session) -> None:
    officer = office(session)
    make_worker(session, officer)
    make_worker(session, officer, status="draf")
    for name, status in (("RUSDI", "sudah_peserta"), ("MARYAM", "di_luar_usia")):
        make_worker(session, officer, name, status=status)
    client = log_in(app, session, "supervisor")
    page = client.get("/").text
    link = re.search(r'href="(/workers\?in=18\.04\.04&amp;status=other)">2</a>', page)
    assert link is not None
    found = client.get(link.group(1).replace("&amp;", "&")).text
    assert "2 orang" in found
    assert "RUSDI" in found
    assert "MARYAM" in found
    assert "SITI AMINAH" not in found
    assert "Status: Selain calon peserta dan belum lengkap" in found


def test_the_number_of_villages_with_nobody_opens_their_list(app: Flask, session: Session) -> None:
    make_worker(session, office(session))
    client = log_in(app, session, "department")
    page = client.get("/?in=18.04.04").text
    link = re.search(r'href="(/\?in=18\.04\.04&amp;empty=1)#by-place">2 pekon', page)
    assert link is not None
    found = client.get(link.group(1).replace("&amp;", "&")).text
    table = found[found.index('data-testid="places"') :]
    assert re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', table)[:3] == [
        "Pasar Liwa",
        "Sebarus",
    ]


def test_every_number_but_zero_is_a_link(app: Flask, session: Session) -> None:
    officer = office(session)
    for status in ("calon", "draf", "sudah_peserta"):
        make_worker(session, officer, status=status)
    page = log_in(app, session, "supervisor").get("/").text
    cells = re.findall(r'<td class="num">(.*?)</td>', page)
    assert len([cell for cell in cells if "<a " in cell]) >= 4
    assert {cell for cell in cells if "<a " not in cell} == {"0"}


@pytest.mark.parametrize("role", ["department", "admin", "mpp"])
def test_who_sees_aggregates_gets_no_person_and_no_link(
    app: Flask, session: Session, role: str
) -> None:
    worker = make_worker(session, office(session))
    page = log_in(app, session, role).get("/").text
    assert "1 orang tercatat" in page
    assert "SITI" not in page
    assert worker not in page
    assert 'href="/workers' not in page
    assert 'data-testid="phones"' not in page


@pytest.mark.parametrize("role", ["officer", "head"])
def test_who_works_in_the_field_is_sent_there(app: Flask, session: Session, role: str) -> None:
    office(session)
    answer = log_in(app, session, role).get("/")
    assert (answer.status_code, answer.location) == (303, "/field/")


def test_days_are_those_of_the_regency(app: Flask, session: Session) -> None:
    officer = office(session)
    make_worker(session, officer, minutes=13 * 60 + 4)  # 00.01 on the 22nd in Lampung
    make_worker(session, officer, minutes=13 * 60 + 6)  # 23.59 on the 21st
    page = log_in(app, session, "supervisor").get("/?from=2026-11-20&to=2026-11-22").text
    assert "<title>22 November 2026: 1</title>" in page
    assert "<title>21 November 2026: 1</title>" in page
    assert "<title>20 November 2026: 0</title>" in page


def test_phones_show_what_has_not_arrived(app: Flask, session: Session) -> None:
    officer = office(session)
    for kind, revoked in (("phone", None), ("office", None), ("phone", NOW)):
        session.add(
            Device(
                regency="18.04",
                id=uuid7(),
                user_id=officer.id,
                kind=kind,
                name=f"{kind} {'lama' if revoked else 'baru'}",
                recorded=214,
                last_mid=209,
                created_at=NOW,
                seen_at=NOW,
                revoked_at=revoked,
            )
        )
    session.commit()
    page = log_in(app, session, "supervisor").get("/").text
    assert re.findall(r'<td class="num"><a href="/phones/[^"]+">(\d+)</a></td>', page) == [
        "214",
        "209",
        "5",
    ]
    assert "phone baru" in page
    assert "office baru" not in page
    assert "phone lama" not in page


def test_phones_of_another_regency_stand_on_no_first_page(app: Flask, session: Session) -> None:
    """As on the board of phones, to which the list leads."""
    near, far = office(session), make_user(session, "officer", (ELSEWHERE,))
    for user, regency, name in ((near, "18.04", "HP dekat"), (far, "18.05", "HP jauh")):
        times = {"created_at": NOW, "seen_at": NOW}
        of = {"regency": regency, "user_id": user.id, "kind": "phone", "recorded": 1}
        session.add(Device(id=uuid7(), name=name, last_mid=1, **of, **times))
    session.commit()
    page = log_in(app, session, "supervisor").get("/").text
    assert "HP dekat" in page
    assert "HP jauh" not in page


def test_the_page_asks_little(app: Flask, session: Session) -> None:
    make_worker(session, office(session))
    client = log_in(app, session, "supervisor")
    client.get("/")
    with counted(app) as few:
        client.get("/")
    assert len(few) <= 10, few


def test_bars_start_at_zero_under_a_round_scale() -> None:
    day = NOW.date()
    chart = bars({day: 0, day.replace(day=23): 7})
    assert [line["value"] for line in chart["lines"]] == [0, 5, 10]
    assert chart["bars"][0]["height"] == 0
    assert chart["bars"][1]["height"] == pytest.approx(0.7 * (200 - 26 - 18), abs=0.1)
    assert [scale_top(n) for n in (0, 1, 2, 3, 11, 99, 1500)] == [2, 2, 2, 10, 20, 100, 2000]
