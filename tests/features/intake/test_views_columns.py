"""A run's columns: guessed, chosen, remembered; no number of a person shown whole."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from outreach.domain.ids import uuid7
from outreach.features.intake.tables import ImportFile, ImportJob, ImportRun, Source
from outreach.storage.accounts import Assignment, User
from outreach.storage.audit import AuditLine
from outreach.storage.workers import Reference
from tests.features.intake.given import make_line, make_run
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS, make_user
from tests.support.office import log_in, office
from tests.support.workbooks import sheet_xml, table, xlsx

NIK = "1804044708809001"
HEADERS: list[object] = ["Identitas", "Nama", "Pekon", "Pekerjaan", "Panggilan"]
ROWS: list[list[object]] = [
    HEADERS,
    [NIK, "Contoh Satu", "Kuburahu", "Tukang Ojek Payung", NIK],
    ["1804044708809002", "Contoh Dua", "Kubu Perahu", "", 1804044708809003],
    ["1804044708809004", "Contoh Tiga", "Kuburahu", "", "KK 1804 0447 0880 9005"],
]
CHOSEN = {"column-0": "nik", "column-1": "full_name", "column-2": "village"}


@pytest.fixture
def desk(app: Flask, session: Session) -> FlaskClient:
    """A supervisor's browser."""
    office(session)
    session.add(
        Reference(
            id="OJEK",
            regency="18.04",
            kind="occupation",
            ver=1,
            position=1,
            data={"id": "Pengojek"},
        )
    )
    session.commit()
    return log_in(app, session, "supervisor")


def user_of(session: Session, role: str = "supervisor") -> User:
    return session.scalars(select(User).where(User.role == role)).one()


def given(session: Session, content: bytes | None = None, role: str = "supervisor") -> str:
    """The id of a run whose file has arrived."""
    run = make_run(session, user_of(session, role).id, state="read")
    content = table(ROWS) if content is None else content
    session.add(ImportFile(id=uuid7(), regency=run.regency, run_id=run.id, content=content))
    session.commit()
    return run.id


def at(run_id: str) -> str:
    return f"/intake/{run_id}/columns"


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def stored(session: Session, run_id: str) -> ImportRun:
    session.expire_all()
    return session.scalars(select(ImportRun).where(ImportRun.id == run_id)).one()


def picked(page: str) -> dict[str, str]:
    """What each select of a column stands at."""
    selects = re.findall(r'<select id="(column-\d+)".*?</select>', page, re.S)
    bodies = re.findall(r'<select id="column-\d+".*?</select>', page, re.S)
    chosen = [re.search(r'value="(\w*)" selected', body) for body in bodies]
    return {name: found[1] for name, found in zip(selects, chosen, strict=True) if found}


def test_columns_are_proposed_with_samples_and_the_ground_of_each(
    desk: FlaskClient, session: Session
) -> None:
    page = text(desk.get(at(given(session))))
    assert picked(page) == {
        "column-0": "nik",
        "column-1": "full_name",
        "column-2": "village",
        "column-3": "occupation",
    }
    assert "Contoh Satu" in page
    assert "Yakin: judulnya berarti ini." in page
    assert "Tebakan dari isinya. Periksa." in page
    assert 'value="KUBURAHU"' in page
    assert "2 baris" in page
    assert 'value="tukang ojek payung"' in page


def test_no_number_of_a_person_is_shown_whole(desk: FlaskClient, session: Session) -> None:
    run_id = given(session)
    for query in ("", "?header=2", "?header=0"):
        page = text(desk.get(at(run_id) + query))
        assert "18••••••••••9001" in page
        assert not re.search(r"1804 ?0447 ?0880 ?90", page), query
    wrong = {**CHOSEN, "column-0": "village", "column-2": "", "column-4": "occupation"}
    desk.post(at(run_id), data=wrong)
    assert not re.search(r"1804 ?0447 ?0880 ?90", text(desk.get(at(run_id))))


def test_a_choice_is_kept_and_the_offices_next_file_begins_with_it(
    desk: FlaskClient, session: Session
) -> None:
    first = given(session)
    form = {
        **CHOSEN,
        "column-3": "occupation",
        "column-4": "note",
        "village_word": "KUBURAHU",
        "village_code": KUBU_PERAHU,
        "occupation_word": "tukang ojek payung",
        "occupation_code": "OJEK",
        "date_order": "mdy",
        "sheet": "Data",
        "header": "1",
    }
    assert desk.post(at(first), data=form).status_code == 303
    run = stored(session, first)
    assert (run.state, run.sheet, run.header_row, run.date_order) == ("mapped", "Data", 1, "mdy")
    assert run.columns == {"nik": 0, "full_name": 1, "village": 2, "occupation": 3, "note": 4}
    maps = {"village": {"KUBURAHU": KUBU_PERAHU}, "occupation": {"tukang ojek payung": "OJEK"}}
    assert run.value_maps == maps
    noted = session.scalars(select(AuditLine).where(AuditLine.action == "intake_columns")).one()
    assert noted.object_id == first

    second = given(session)
    source = session.scalars(select(Source).where(Source.id == run.source_id)).one()
    later = stored(session, second)
    session.scalars(
        select(Source).where(Source.id == later.source_id)
    ).one().office_id = source.office_id
    session.commit()
    page = text(desk.get(at(second)))
    assert picked(page)["column-4"] == "note"
    assert "sama seperti berkas sebelumnya" in page
    assert f'value="{KUBU_PERAHU}" selected' in page
    assert 'value="mdy" selected' in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"column-1": ""}, "Kolom nama belum dipilih"),
        ({"column-2": ""}, "Kolom tempat belum dipilih"),
        ({"column-3": "full_name"}, "Sudah dipilih di kolom lain"),
    ],
)
def test_a_choice_without_what_is_needed_comes_back_marked(
    desk: FlaskClient, session: Session, change: dict[str, str], said: str
) -> None:
    run_id = given(session)
    answer = desk.post(at(run_id), data={**CHOSEN, "column-4": "note", **change})
    page = text(answer)
    assert answer.status_code == 422
    assert said in page
    assert page.count("autofocus") == 1
    assert page.count('aria-invalid="true"') == 1
    assert picked(page)["column-4"] == "note"
    assert stored(session, run_id).state == "read"


def test_a_saved_choice_is_checked_at_once(desk: FlaskClient, session: Session) -> None:
    run_id = given(session)
    words = {"village_word": "KUBURAHU", "village_code": KUBU_PERAHU}
    answer = desk.post(at(run_id), data={**CHOSEN, **words})
    assert answer.location == f"/intake/{run_id}"
    [job] = session.scalars(select(ImportJob).where(ImportJob.run_id == run_id))
    assert (job.kind, job.state) == ("check", "queued")
    assert "Setiap baris sedang diperiksa" in text(desk.get(answer.location))


def test_a_choice_that_brings_up_new_words_waits_for_them(
    desk: FlaskClient, session: Session
) -> None:
    run_id = given(session)
    desk.post(at(run_id), data={**CHOSEN, "column-2": "", "column-3": "village"})
    assert session.scalars(select(ImportJob).where(ImportJob.run_id == run_id)).all() == []


@pytest.mark.parametrize("code", ["", KUBU_PERAHU])
def test_words_of_other_villages_stay_when_a_head_saves(
    app: Flask, session: Session, code: str
) -> None:
    office(session)
    client = log_in(app, session, "head")
    here = Assignment(id=uuid7(), user_id=user_of(session, "head").id, region_code=KUBU_PERAHU)
    here.regency, here.letter, here.starts = "18.04", "094/1", date(2025, 1, 1)
    session.add(here)
    run_id = given(session, role="head")
    run = stored(session, run_id)
    run.sheet, run.header_row, run.columns = "Data", 1, {"full_name": 1}
    foreign = {"SEBELAH": SEBARUS, "KUBURAHU": SEBARUS}
    run.value_maps = {"village": {**foreign, "DULU": "18.05.01.2001"}}
    session.commit()
    words = {"village_word": "KUBURAHU", "village_code": code, "sheet": "Data", "header": "1"}
    assert client.post(at(run_id), data={**CHOSEN, **words}).status_code == 303
    kept = {**foreign, "KUBURAHU": code or SEBARUS}
    assert stored(session, run_id).value_maps == {"village": kept, "occupation": {}}


def test_codes_that_are_none_of_ours_are_not_kept(desk: FlaskClient, session: Session) -> None:
    run_id = given(session)
    words = {"village_word": "KUBURAHU", "village_code": "18.05.01.2001"}
    desk.post(at(run_id), data={**CHOSEN, **words})
    assert stored(session, run_id).value_maps == {"village": {}, "occupation": {}}


def test_words_that_a_new_choice_brings_up_are_asked_at_once(
    desk: FlaskClient, session: Session
) -> None:
    run_id = given(session)
    answer = desk.post(at(run_id), data={**CHOSEN, "column-2": "", "column-3": "village"})
    assert answer.location == at(run_id)
    assert "Masih ada tempat yang belum dikenal" in text(desk.get(answer.location))


def test_another_sheet_and_another_header_are_looked_at(
    desk: FlaskClient, session: Session
) -> None:
    other = [["Catatan rapat", ""], ["Nama Lengkap", "Desa"], ["Contoh Empat", "Kubu Perahu"]]
    book = xlsx({"Data": sheet_xml(ROWS), "Lain": sheet_xml(other)}, hidden=["Lain"])
    run_id = given(session, book)
    page = text(desk.get(at(run_id)))
    assert "Contoh Empat" not in page
    assert "Lain (tersembunyi)" in page
    page = text(desk.get(at(run_id) + "?sheet=Lain&header="))
    assert "judul kolom di baris 2" in page
    assert "Contoh Empat" in page
    assert picked(page) == {"column-0": "full_name", "column-1": "village"}
    assert "judul kolom di baris 1" in text(desk.get(at(run_id) + "?sheet=Lain&header=1"))
    assert desk.get(at(run_id) + "?sheet=x&header=99999").status_code == 200


@pytest.mark.parametrize("state", ["written", "done", "cancelled"])
def test_columns_of_a_run_that_went_on_stay(
    desk: FlaskClient, session: Session, state: str
) -> None:
    run_id = given(session)
    stored(session, run_id).state = state
    session.commit()
    assert desk.get(at(run_id)).status_code == 303
    assert desk.post(at(run_id), data=CHOSEN).status_code == 303
    assert (stored(session, run_id).state, stored(session, run_id).columns) == (state, None)


@pytest.mark.parametrize(("fate", "left"), [(None, "mapped"), ("written", "checked")])
def test_a_checked_run_may_be_chosen_anew_until_a_row_is_written(
    desk: FlaskClient, session: Session, fate: str | None, left: str
) -> None:
    run = stored(session, given(session))
    run.state, run_id = "checked", run.id
    make_line(session, run, "Contoh Satu", fate=fate)
    session.commit()
    desk.post(at(run_id), data=CHOSEN)
    assert stored(session, run_id).state == left


def test_columns_stay_while_a_job_reads_them(desk: FlaskClient, session: Session) -> None:
    run_id = given(session)
    job: dict[str, Any] = {"kind": "check", "state": "queued", "done": 0, "total": 0}
    own = {"id": uuid7(), "regency": "18.04", "run_id": run_id, "queued_at": NOW}
    session.add(ImportJob(**own, **job, user_id=user_of(session).id))
    session.commit()
    assert desk.post(at(run_id), data=CHOSEN).status_code == 303
    assert stored(session, run_id).state == "read"


@pytest.mark.parametrize("role", ["department", "head"])
def test_givers_open_their_own_runs_alone(app: Flask, session: Session, role: str) -> None:
    office(session)
    make_user(session, "supervisor")
    client = log_in(app, session, role)
    strange, own = given(session), given(session, role=role)
    assert client.get(at(strange)).status_code == 404
    assert client.post(at(strange), data=CHOSEN).status_code == 404
    assert client.get(at(own)).status_code == 200


@pytest.mark.parametrize("role", ["officer", "admin", "mpp"])
def test_others_do_not_open_them(app: Flask, session: Session, role: str) -> None:
    office(session)
    make_user(session, "supervisor")
    client = log_in(app, session, role)
    assert client.get(at(given(session))).status_code == 403


def test_a_run_of_another_regency_is_not_there(desk: FlaskClient, session: Session) -> None:
    run_id = given(session)
    stored(session, run_id).regency = "18.99"
    session.commit()
    assert desk.get(at(run_id)).status_code == 404
    assert desk.post(at(run_id), data=CHOSEN).status_code == 404
