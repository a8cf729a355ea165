"""The list of workers: its bounds, filters, paging, search, and what each look leaves behind."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.register import listing
from outreach.domain.statuses import FLAGS
from outreach.storage.audit import AuditLine
from outreach.storage.queries_office import flag_is
from tests.support.factories import NOW, SEBARUS, make_user
from tests.support.office import ELSEWHERE, NIK, counted, log_in, make_worker, office

SHARED = Path(__file__).parents[2] / "shared"
ROW = re.compile(r'data-row-link href="/workers/([0-9a-f-]{36})"')


def rows(page: str) -> list[str]:
    return ROW.findall(page)


def test_rows_of_another_regency_deleted_and_merged_ones_never_show(
    app: Flask, session: Session
) -> None:
    officer = office(session)
    here = make_worker(session, officer)
    make_worker(session, officer, village=ELSEWHERE)
    make_worker(session, officer, deleted_at=officer.created_at)
    make_worker(session, officer, merged_into=here)
    page = log_in(app, session, "supervisor").get("/workers").text
    assert rows(page) == [here]
    assert 'data-testid="worker-count">1 orang' in page


@pytest.mark.parametrize("role", ["officer", "head", "mpp", "department", "admin"])
def test_only_the_supervisor_opens_the_list(app: Flask, session: Session, role: str) -> None:
    office(session)
    client = log_in(app, session, role)
    for path in ("/workers", "/conflicts", "/holds"):
        assert client.get(path).status_code == 403
    assert client.post("/workers/export").status_code == 403
    assert client.post("/workers/search").status_code == 403


def test_without_login_nothing_opens(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session))
    client = app.test_client()
    for path in ("/", "/workers", f"/workers/{worker}", "/counter", "/conflicts"):
        assert client.get(path).status_code == 303
    assert client.post(f"/workers/{worker}/unmask").status_code == 401


def test_each_filter_keeps_its_own_and_drops_the_noise(app: Flask, session: Session) -> None:
    officer = office(session)
    plain = make_worker(session, officer, minutes=90)
    other = make_worker(
        session,
        officer,
        "JUMADI",
        SEBARUS,
        None,
        minutes=5000,
        status="draf",
        flags="nik_kosong,usia_65",
        has_conflict=True,
    )
    client = log_in(app, session, "supervisor")
    for address, expected in {
        "/workers?in=18.04.04.2005": [other],
        "/workers?in=18.04.04": [plain, other],
        "/workers?in=18.04.05": [],
        "/workers?status=draf": [other],
        "/workers?flag=usia_65": [other],
        "/workers?flag=usia": [],
        "/workers?conflict=1": [other],
        f"/workers?officer={officer.id}": [plain, other],
        "/workers?officer=nobody": [],
        "/workers?from=2026-11-22": [plain],
        "/workers?to=2026-11-21": [other],
        "/workers?sort=name": [other, plain],
    }.items():
        assert rows(client.get(address).text) == expected, address


def test_words_match_in_any_order_anywhere_in_the_name(app: Flask, session: Session) -> None:
    officer = office(session)
    siti = make_worker(session, officer, "SITI NOER AMINAH")
    make_worker(session, officer, "RESTI JAMINAH")
    client = log_in(app, session, "supervisor")
    for words in ("siti", "aminah+siti", "Hj.+Siti", "ami+nur", "SITI+AMI", "noeraminah", "itin"):
        assert rows(client.get(f"/workers?q={words}").text) == [siti], words
    assert rows(client.get("/workers?q=%25").text) == []


def test_names_are_found_as_the_shared_vectors_say(app: Flask, session: Session) -> None:
    """The phone answers the same vectors through its own lists, tests/js/store.test.mjs."""
    officer = office(session)
    vectors = json.loads((SHARED / "people.json").read_text())["name_found"]
    ids = {name: make_worker(session, officer, name) for (name, _), _ in vectors}
    desk = actor_for(session, make_user(session, "supervisor"), "18.04", NOW.date())
    assert desk is not None
    for (name, typed), expected in vectors:
        found = listing.page(session, desk, listing.ListQuery(words=typed), "Asia/Jakarta", 200)
        assert (ids[name] in {row.id for row in found.rows}) is expected, (name, typed)


def test_a_code_finds_its_person_and_seven_letters_of_nobody_are_a_name(
    app: Flask, session: Session
) -> None:
    officer = office(session)
    worker = make_worker(session, officer, "BUDHARTA")
    make_worker(session, officer, "SITI")
    client = log_in(app, session, "supervisor")
    code = client.get(f"/workers/{worker}").text.split("<code>")[1][:7]
    as_printed = f"{code[:3]} {code[3:5]} {code[5:]}"
    for typed in (code.lower(), as_printed, as_printed.replace(" ", "-")):
        assert rows(client.get("/workers", query_string={"q": typed}).text) == [worker]
    assert rows(client.get("/workers?q=BUDHART").text) == [worker]


def test_pages_forth_and_back_hold_every_row_once(app: Flask, session: Session) -> None:
    officer = office(session)
    everyone = [
        make_worker(session, officer, f"ORANG {chr(65 + n % 7)}", minutes=n // 3)
        for n in range(120)
    ]
    client = log_in(app, session, "supervisor")
    for sort in ("-created", "created", "name", "-name"):
        address, seen, pages = f"/workers?sort={sort}", [], []
        while address:
            page = client.get(address).text
            pages.append(rows(page))
            seen += pages[-1]
            found = re.search(r'rel="next" href="([^"]+)"', page)
            address = found.group(1).replace("&amp;", "&") if found else ""
        assert sorted(seen) == sorted(everyone), sort
        back = re.search(r'rel="prev" href="([^"]+)"', page)
        assert back is not None
        assert rows(client.get(back.group(1).replace("&amp;", "&")).text) == pages[-2]


def test_a_nik_is_searched_by_post_and_stands_in_no_address(app: Flask, session: Session) -> None:
    officer = office(session)
    worker = make_worker(session, officer)
    make_worker(session, officer, "JUMADI", nik="1804040708809002")
    client = log_in(app, session, "supervisor")
    answer = client.post("/workers/search", data={"q": "180404 470880 9001"})
    assert answer.status_code == 200
    assert rows(answer.text) == [worker]
    assert NIK not in answer.text
    assert "470880" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/workers?q=470880").status_code == 400
    named = client.post("/workers/search", data={"q": "siti", "status": "calon"})
    assert named.location == "/workers?status=calon&q=siti"


def test_a_search_is_noted_without_what_was_searched(app: Flask, session: Session) -> None:
    make_worker(session, office(session))
    client = log_in(app, session, "supervisor")
    client.post("/workers/search", data={"q": NIK})
    client.get("/workers?q=siti")
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "search")).all()
    assert [line.detail for line in lines] == [
        {"by": "nik", "length": 16, "hits": 1},
        {"by": "name", "length": 1, "hits": 1},
    ]


def test_niks_are_masked_in_the_list(app: Flask, session: Session) -> None:
    make_worker(session, office(session))
    page = log_in(app, session, "supervisor").get("/workers").text
    assert NIK not in page
    assert "18••••••••••9001" in page


def test_a_birth_known_by_its_year_alone_is_shown_so(app: Flask, session: Session) -> None:
    officer = office(session)
    about = {"birth_date": None, "birth_about": {"year": 1962, "said": "tahun"}}
    make_worker(session, officer, "SARPIN", data=about, birth_date=None)
    make_worker(session, officer, "NGATMI", data={"birth_date": None}, birth_date=None)
    page = log_in(app, session, "supervisor").get("/workers?sort=name").text
    cells = re.findall(r'<td class="c-birth_date">\s*(.*?)\s*</td>', page)
    assert cells == ["", "±1962"]
    desk = log_in(app, session, "mpp").post("/counter", data={"q": "sarpin"}, follow_redirects=True)
    assert "<dd>±1962</dd>" in desk.text


def test_a_page_of_fifty_asks_six_times_at_most(app: Flask, session: Session) -> None:
    officer = office(session)
    for n in range(60):
        make_worker(session, officer, minutes=n)
    client = log_in(app, session, "supervisor")
    client.get("/workers")  # names of places are kept from here on
    with counted(app) as few:
        assert len(rows(client.get("/workers?status=calon").text)) == 50
    assert len(few) <= 6, few


def test_what_the_address_says_wrongly_is_said_and_left_out(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, "supervisor")
    page = client.get("/workers?in=18.05.01&sort=nik&from=kemarin&after=x").text
    assert rows(page) == [worker]
    assert "tidak dikenali" in page


@pytest.mark.parametrize("name", ["status", "flag", "officer", "in", "sort", "from", "after"])
def test_a_number_typed_as_a_filter_is_not_shown_again(
    app: Flask, session: Session, name: str
) -> None:
    worker = make_worker(session, office(session), nik=None)
    page = log_in(app, session, "supervisor").get(f"/workers?{name}={NIK}").text
    assert NIK not in page
    assert rows(page) == [worker]
    assert "tidak dikenali" in page


def test_an_empty_list_says_what_to_do(app: Flask, session: Session) -> None:
    office(session)
    client = log_in(app, session, "supervisor")
    assert "Belum ada pekerja tercatat" in client.get("/workers").text
    assert "Hapus semua saringan" in client.get("/workers?status=aktif").text


SORTED = (
    "SELECT id FROM worker WHERE deleted_at IS NULL AND merged_into IS NULL {where} "
    "ORDER BY created_at DESC, id DESC LIMIT 51"
)


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ("", "ix_worker_(live_)?created"),
        ("AND substr(region_code, 1, 8) = '18.04.04'", "ix_worker_kecamatan_created"),
        ("AND status = 'calon'", "ix_worker_status_created"),
        ("AND region_code = '18.04.04.2002'", "ix_worker_region_created"),
        *((f"AND {flag_is(code)}", f"ix_worker_flag_{code}") for code in FLAGS),
    ],
)
def test_the_list_is_read_from_an_index_in_its_order(
    app: Flask, session: Session, where: str, index: str
) -> None:
    """No sort of the whole table on either database."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    if not sqlite:
        session.execute(text("SET enable_seqscan = off"))
        session.execute(text("SET enable_sort = off"))
    explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
    plan = "\n".join(
        str(line) for line in session.execute(text(explain + SORTED.format(where=where)))
    )
    # Among indexes in the right order PostgreSQL takes any: in an empty table they cost the same.
    in_order = not sqlite and "Index" in plan and "Sort" not in plan
    assert re.search(index, plan) or in_order, plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan, plan


def test_part_of_a_name_is_looked_up_in_an_index(app: Flask, session: Session) -> None:
    """PostgreSQL reads its index of trigrams, SQLite the narrow one of names: never the table."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    if not sqlite:
        session.execute(text("SET enable_seqscan = off"))
        # In an empty table reading a whole other index costs as little.
        session.execute(text("DROP INDEX ix_worker_name_id, ix_worker_name"))
    where = "instr(name_key, 'UMAD') > 0" if sqlite else "name_key LIKE '%UMAD%'"
    explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
    lines = session.execute(text(f"{explain}SELECT id FROM worker WHERE {where}"))
    plan = "\n".join(str(line) for line in lines)
    index = "COVERING INDEX ix_worker_name_id" if sqlite else "Scan on ix_worker_name_trigrams"
    assert index in plan, plan
