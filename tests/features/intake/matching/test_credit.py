"""What an office hears of the names that it gave: enough to be thanked, too little to look up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.features.intake.matching.credit import (
    Count,
    Given,
    credit_of,
    fate_of,
    month_of,
    sayable,
    span_of,
)
from outreach.features.intake.tables import ImportRun, Source
from outreach.storage.accounts import User
from tests.features.intake.given import make_line, make_run
from tests.support.factories import KUBU_PERAHU
from tests.support.office import log_in, make_worker, office

ADDRESS = "/intake/credit"
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("fate", "decision", "status", "heard"),
    [
        ("written", "new", "usulan", "unmet"),
        ("written", "new", None, "unmet"),
        ("written", "new", "calon", "met"),
        ("written", "new", "tidak_bersedia", "met"),
        ("written", "new", "aktif", "met"),
        ("refused", None, None, "mend"),
        ("same", "same", "aktif", "maybe"),
        (None, "same", "aktif", "maybe"),
        (None, "later", None, "maybe"),
        (None, None, None, "waiting"),
    ],
)
def test_a_name_is_met_or_not_and_its_status_is_never_told(
    fate: str | None, decision: str | None, status: str | None, heard: str
) -> None:
    assert fate_of(fate, decision, status) == heard


@pytest.mark.parametrize(
    ("n", "met", "told"),
    [
        (0, 40, Count(None)),
        (4, 40, Count(None)),
        (5, 10, Count(5)),
        (36, 40, Count(None, 5)),
        (40, 40, Count(None, 5)),
    ],
)
def test_a_number_is_told_from_five_on_and_where_it_tells_of_nobody(
    n: int, met: int, told: Count
) -> None:
    assert sayable(n, met) == told


def test_a_match_with_somebody_protected_counts_in_no_group() -> None:
    """Otherwise names thrown in would tell by the number who is protected."""
    rows = [
        Given(KUBU_PERAHU, None, "same", "aktif", 9),
        Given(KUBU_PERAHU, "same", None, "aktif", 9),
    ]
    credit = credit_of([*rows, Given(KUBU_PERAHU, "written", "new", "usulan", 20)])
    assert credit.groups["protected"] == Count(None)
    assert (credit.fates["maybe"], credit.fates["unmet"]) == (18, 20)


@pytest.mark.parametrize(
    ("text", "month"),
    [("2026-09", 9), ("", 11), ("2026-13", 11), ("9999-12", 11), ("0001-01", 11), ("²", 11)],
)
def test_a_month_is_read_or_this_one_is_shown(text: str, month: int) -> None:
    assert month_of(text, TODAY) == date(2026, month, 1)


def test_a_month_begins_at_midnight_in_lampung() -> None:
    begin, end = span_of(date(2026, 12, 1))
    assert begin.astimezone(UTC) == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert end.astimezone(UTC) == datetime(2026, 12, 31, 17, tzinfo=UTC)


@pytest.fixture
def officer(session: Session) -> Any:
    """An officer, with villages."""
    return office(session)


@pytest.fixture
def giver(app: Flask, session: Session, officer: Any) -> FlaskClient:
    """A department that gave two names, of whom one was met; another office gave a third."""
    client = log_in(app, session, "department")
    account = session.scalars(select(User).where(User.role == "department")).one()
    run = make_run(session, account.id)
    account.office_id = session.get_one(Source, run.source_id).office_id
    met = make_worker(session, officer, "KARTIKA", nik=None, status="aktif")
    unmet = make_worker(session, officer, "MARLINA", nik=None, status="usulan")
    for row_no, (name, worker) in enumerate((("Kartika", met), ("Marlina", unmet)), 2):
        make_line(session, run, name, row_no, worker_id=worker, decision="new", fate="written")
    make_line(session, run, "Sutrisno", 4, fate="refused")
    make_line(session, run, "Ditarik", 5, fate="withdrawn")
    other = make_run(session, officer.id)
    make_line(session, other, "Orang Lain", fate="written", decision="new")
    session.commit()
    return client


def test_a_giver_hears_of_its_own_names_alone(giver: FlaskClient) -> None:
    page = giver.get(ADDRESS).text
    for told in ("Kartika", "Marlina", "Sutrisno", "Sudah ditemui", "kurang dari 5"):
        assert told in page
    for hidden in ("Orang Lain", "Ditarik", "aktif", "Aktif"):
        assert hidden not in page


def test_a_giver_asks_for_no_other_office(giver: FlaskClient, session: Session) -> None:
    other = session.scalars(select(Source).order_by(Source.id.desc())).first()
    assert other is not None
    page = giver.get(f"{ADDRESS}?office={other.office_id}").text
    assert "Orang Lain" not in page
    assert "Kartika" in page


def test_another_month_is_empty_and_says_what_to_do(giver: FlaskClient) -> None:
    page = giver.get(f"{ADDRESS}?month=2026-08").text
    assert "Kartika" not in page
    assert "Belum ada nama yang diberikan" in page


def test_a_withdrawn_list_is_credited_no_more(giver: FlaskClient, session: Session) -> None:
    for run in session.scalars(select(ImportRun)):
        run.state = "withdrawn"
    session.commit()
    assert "Kartika" not in giver.get(ADDRESS).text


def test_the_paper_has_figures_and_no_name(giver: FlaskClient) -> None:
    answer = giver.get(f"{ADDRESS}/month.pdf")
    assert answer.mimetype == "application/pdf"
    text = pypdfium2.PdfDocument(BytesIO(answer.data))[0].get_textpage().get_text_range()
    assert "November 2026" in text
    assert "Kubu Perahu" in text
    assert "Kartika" not in text
    assert giver.get(f"{ADDRESS}/month.pdf").data == answer.data


def test_a_supervisor_chooses_among_those_who_gave(
    app: Flask, giver: FlaskClient, session: Session
) -> None:
    desk = log_in(app, session, "supervisor")
    offices = {one.office_id for one in session.scalars(select(Source))}
    pages = [desk.get(f"{ADDRESS}?office={one}").text for one in offices]
    assert sum("Kartika" in page for page in pages) == 1
    assert sum("Orang Lain" in page for page in pages) == 1
    assert desk.get(f"{ADDRESS}?office=unknown").status_code == 404


def test_who_has_no_office_is_told_that_nothing_was_given(
    app: Flask, session: Session, officer: Any
) -> None:
    client = log_in(app, session, "head")
    assert "Belum ada nama" in client.get(ADDRESS).text
    assert client.get(f"{ADDRESS}/month.pdf").status_code == 404
