"""A file of names on its way in: its form, its run, who sees it, and how it is cancelled."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from outreach.core.workbooks import books
from outreach.features.intake import jobs, runs_presenter, views_runs
from outreach.features.intake.tables import ImportFile, ImportJob, ImportLine, ImportRun, Source
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.workers import Worker
from tests.features.intake.given import make_line, make_run
from tests.support.factories import NOW, make_office, make_user
from tests.support.office import log_in, office
from tests.support.workbooks import table

ROWS = [
    ["NIK", "Nama Lengkap", "Pekon", "Pekerjaan"],
    ["", "Siti Aminah", "Kubu Perahu", "Petani"],
    ["", "Sumarno", "Kubu Perahu", "Petani"],
]
REFUSED_HEADS = {"id": ("Sebab", "Cara memperbaiki"), "en": ("Why", "How to mend it")}
PDF = b"%PDF-1.7 ..."


@pytest.fixture
def desk(app: Flask, session: Session) -> FlaskClient:
    """A supervisor's browser."""
    office(session)
    return log_in(app, session, "supervisor")


def send(client: FlaskClient, session: Session, content: bytes = b"", **form: str) -> Any:
    """The form, filled in but for what is said."""
    giver = make_office(session)
    session.commit()
    typed: dict[str, Any] = {"title": "Petani 2026", "kind": "opd", "office": giver.id, **form}
    typed["file"] = (io.BytesIO(content or table(ROWS)), "petani.xlsx")
    return client.post("/intake/", data=typed)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_a_file_becomes_a_run_with_its_columns_and_its_giver(
    desk: FlaskClient, session: Session
) -> None:
    answer = send(desk, session)
    run = session.scalars(select(ImportRun)).one()
    assert (answer.status_code, answer.location) == (303, f"/intake/{run.id}")
    assert (run.state, run.columns["full_name"], run.counts) == ("read", 1, {"rows": 2})  # type: ignore[index]
    source = session.scalars(select(Source)).one()
    assert (source.title, source.kind, source.regency) == ("Petani 2026", "opd", "18.04")
    assert session.scalars(select(ImportFile.content)).one() == table(ROWS)
    shown = text(desk.get(answer.location))
    assert "kolom B" in shown
    assert "petani.xlsx" in shown
    assert "Petani 2026" in text(desk.get("/intake/"))
    noted = session.scalars(select(AuditLine).where(AuditLine.action == "intake_upload")).one()
    assert noted.object_id == run.id


@pytest.mark.parametrize("kind", ["dukcapil", "bpjs", "membership"])
def test_files_of_the_state_are_not_taken_without_a_letter(
    desk: FlaskClient, session: Session, kind: str
) -> None:
    answer = send(desk, session, kind=kind)
    assert answer.status_code == 422
    for name in ("letter_no", "letter_date", "legal_basis"):
        assert f'id="e-{name}"' in text(answer)
    assert session.scalars(select(ImportRun)).all() == []
    letter = {"letter_no": "470/1", "letter_date": "2026-01-02", "legal_basis": "PKS 1/2026"}
    assert send(desk, session, b"", kind=kind, **letter).status_code == 303


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"kind": "other"}, "kind"),
        ({"office": "nobody"}, "office"),
        ({"letter_date": "2026-02-30"}, "letter_date"),
        ({"letter_date": "2099-01-01"}, "letter_date"),
    ],
)
def test_a_wrong_field_is_marked_and_what_was_typed_stays(
    desk: FlaskClient, session: Session, form: dict[str, str], field: str
) -> None:
    make_office(session)
    answer = send(desk, session, b"", **{"legal_basis": "Perjanjian 12", **form})
    assert answer.status_code == 422
    assert f'id="e-{field}"' in text(answer)
    assert "Perjanjian 12" in text(answer)
    assert session.scalars(select(ImportRun)).all() == []


def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    desk: FlaskClient, session: Session
) -> None:
    answer = send(desk, session, PDF)
    assert answer.status_code == 422
    assert 'id="e-file"' in text(answer)
    assert "PDF" in text(answer)
    nothing = desk.post("/intake/", data={"title": "x"})
    assert nothing.status_code == 422
    assert "Pilih berkas daftar nama." in text(nothing)


def test_a_file_too_large_is_refused_before_it_is_read(
    desk: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "MOST_BYTES", 1000)
    over = send(desk, session, b"x" * 1001)
    assert over.status_code == 422
    assert "lebih besar dari" in text(over)
    monkeypatch.setattr(views_runs, "REQUEST_MAX", 5000)
    assert send(desk, session, b"x" * 5000).status_code == 413
    assert session.scalars(select(ImportRun)).all() == []


def test_cancelling_deletes_the_file_and_cannot_follow_writing(
    desk: FlaskClient, session: Session
) -> None:
    where = send(desk, session).location
    assert desk.post(f"{where}/cancel").status_code == 303
    session.expire_all()
    run = session.scalars(select(ImportRun)).one()
    assert run.state == "cancelled"
    assert session.scalars(select(ImportFile)).all() == []
    run.state = "done"
    session.commit()
    assert "tidak dapat dibatalkan" in text(desk.post(f"{where}/cancel", follow_redirects=True))
    session.expire_all()
    assert session.scalars(select(ImportRun.state)).one() == "done"


@pytest.mark.parametrize("role", ["department", "head"])
def test_givers_see_their_own_runs_alone(app: Flask, session: Session, role: str) -> None:
    office(session)
    other = session.scalars(select(User)).first()
    assert other is not None
    strange = make_run(session, other.id)
    client = log_in(app, session, role)
    assert "belum punya kantor" in text(client.get("/intake/"))
    assert "Daftar penyadap" not in text(client.get("/intake/"))
    assert client.get(f"/intake/{strange.id}").status_code == 404
    assert client.post(f"/intake/{strange.id}/cancel").status_code == 404
    user = session.scalars(select(User).where(User.role == role)).one()
    user.office_id = make_office(session).id
    session.commit()
    sent = send(client, session)
    assert sent.status_code == 303
    source = session.scalars(select(Source).where(Source.title == "Petani 2026")).one()
    assert source.office_id == user.office_id
    assert client.get(sent.location).status_code == 200


@pytest.mark.parametrize("role", ["officer", "admin", "mpp"])
def test_others_do_not_open_it(app: Flask, session: Session, role: str) -> None:
    office(session)
    assert log_in(app, session, role).get("/intake/").status_code == 403


def test_runs_of_another_regency_are_not_there(desk: FlaskClient, session: Session) -> None:
    user = session.scalars(select(User).where(User.role == "supervisor")).one()
    run = make_run(session, user.id)
    run.regency = "18.99"
    foreign = run.id
    session.execute(Source.__table__.update().values(regency="18.99"))  # type: ignore[attr-defined]
    session.commit()
    assert desk.get(f"/intake/{foreign}").status_code == 404
    assert foreign not in text(desk.get("/intake/"))


def test_letters_of_columns_are_those_of_a_spreadsheet() -> None:
    assert [runs_presenter.letter(n) for n in (0, 25, 26, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
    ]


def do_jobs(app: Flask, session: Session) -> None:
    """Do what waits, as the served app's thread does."""
    clock = jobs.Clock(lambda: NOW, lambda now: now.date())
    while jobs.do_next(session, "test", clock):
        pass


def test_a_checked_list_is_written_once_and_its_names_wait_for_a_visit(
    app: Flask, desk: FlaskClient, session: Session
) -> None:
    where = send(desk, session).location
    assert "menunggu giliran" in text(desk.get(where))
    do_jobs(app, session)
    assert "Catat nama baru sebagai kunjungan" in text(desk.get(where))
    assert desk.post(f"{where}/write").status_code == 303
    do_jobs(app, session)
    shown = text(desk.get(where))
    assert "Dicatat sebagai kunjungan" in shown
    assert "Catat nama baru sebagai kunjungan" not in shown
    listed = session.scalars(select(Worker.status).where(Worker.status == "usulan")).all()
    assert len(listed) == 2
    assert "melewati langkah" in text(desk.post(f"{where}/write", follow_redirects=True))


def test_rows_that_may_be_somebody_registered_are_decided_before_writing(
    app: Flask, desk: FlaskClient, session: Session
) -> None:
    user = session.scalars(select(User).where(User.role == "supervisor")).one()
    run = make_run(session, user.id)
    make_line(session, run, "Siti Aminah", matches=[["w", 90, ["name"]]])
    session.commit()
    answer = desk.post(f"/intake/{run.id}/write", follow_redirects=True)
    assert "Putuskan dulu baris" in text(answer)
    assert session.scalars(select(ImportJob)).all() == []


@pytest.mark.parametrize(("role", "led"), [("supervisor", True), ("department", False)])
def test_who_decides_is_led_to_the_rows_and_others_are_told_to_wait(
    app: Flask, session: Session, role: str, led: bool
) -> None:
    office(session)
    client = log_in(app, session, role)
    user = session.scalars(select(User).where(User.role == role)).one()
    run = make_run(session, user.id)
    make_line(session, run, "Siti Aminah", matches=[["w", 90, ["name"]]])
    session.commit()
    shown = text(client.get(f"/intake/{run.id}"))
    assert ("Putuskan sekarang" in shown) is led
    assert ("Pengawas memutuskannya dulu" in shown) is not led
    assert shown.count(f'href="/intake/{run.id}/matches"') == 1


def test_each_page_of_a_run_leads_back_to_it(
    app: Flask, desk: FlaskClient, session: Session
) -> None:
    where = send(desk, session).location
    do_jobs(app, session)
    for page in ("columns", "rows", "matches"):
        assert f'<p><a href="{where}">‹ ' in text(desk.get(f"{where}/{page}"))


@pytest.mark.parametrize(
    ("role", "told"), [("department", "2 daftar"), ("supervisor", "3 daftar"), ("head", "1 daftar")]
)
def test_lists_that_have_not_ended_are_counted_beside_their_room(
    app: Flask, session: Session, role: str, told: str
) -> None:
    office(session)
    client = log_in(app, session, role)
    mine = session.scalars(select(User).where(User.role == role)).one()
    other = make_user(session, "department", username="pemberi-lain")
    states = ("checked", "written", "done", "cancelled", "refused", "withdrawn")
    for state in states if role != "head" else states[1:]:
        make_run(session, mine.id, state=state)
    make_run(session, other.id)
    session.commit()
    assert f'title="{told} belum selesai"' in text(client.get("/intake/"))


def test_many_known_names_are_asked_about_first(desk: FlaskClient, session: Session) -> None:
    user = session.scalars(select(User).where(User.role == "supervisor")).one()
    run = make_run(session, user.id, state="checked")
    run.counts = {"rows": 4, "same": 1, "new": 3}
    session.commit()
    where = f"/intake/{run.id}/write"
    assert desk.post(where).status_code == 422
    assert session.scalars(select(ImportJob)).all() == []
    assert desk.post(where, data={"known": "1"}).status_code == 303
    assert session.scalars(select(ImportJob.kind)).all() == ["write"]
    desk.post(f"/intake/{run.id}/stop")
    session.expire_all()
    assert session.scalars(select(ImportJob.state)).all() == ["cancelled"]


def part_of(page: str, part: str = 'id="run"') -> str:
    """The part of a run's page that moves by itself."""
    return page[page.index(part) :].split("<h2>")[0]


def test_what_can_be_done_moves_with_the_run(
    app: Flask, desk: FlaskClient, session: Session
) -> None:
    where = send(desk, session).location
    do_jobs(app, session)
    before = text(desk.get(where))
    assert part_of(before).count(f"{where}/cancel") == before.count(f"{where}/cancel") == 1
    assert f"{where}/matches" not in before
    line = session.scalars(select(ImportLine)).first()
    assert line is not None
    line.fate = "written"
    session.commit()
    partly = text(desk.get(where))
    for gone in ("cancel", "columns"):
        assert f"{where}/{gone}" not in partly
    assert f"{where}/undo" in partly


@pytest.mark.parametrize(
    ("role", "counted"),
    [
        ("department", [("Nama baru", "1"), ("Mungkin sudah tercatat", "5")]),
        (
            "supervisor",
            [
                ("Nama baru", "1"),
                ("Sudah pernah diberikan", "2"),
                ("Mungkin sudah tercatat", "3"),
                ("Peserta aktif", "4"),
            ],
        ),
    ],
)
def test_a_giver_hears_that_somebody_may_be_registered_and_no_more(
    app: Flask, session: Session, role: str, counted: list[tuple[str, str]]
) -> None:
    office(session)
    client = log_in(app, session, role)
    account = session.scalars(select(User).where(User.role == role)).one()
    run = make_run(session, account.id)
    run.counts = {"rows": 6, "new": 1, "same": 2, "maybe": 3, "member": 4}
    session.commit()
    shown = part_of(text(client.get(f"/intake/{run.id}")))
    assert re.findall(r"<dt>([^<]+)</dt><dd>(\d+)", shown) == counted


@pytest.mark.parametrize("lang", ["id", "en"])
def test_refused_rows_come_back_and_are_taken_once_they_are_mended(
    app: Flask, desk: FlaskClient, session: Session, lang: str
) -> None:
    desk.post("/lang", data={"lang": lang})
    bad = table([*ROWS, ["", "Painem", "Antah Berantah", "Petani"]])
    where = send(desk, session, bad).location
    do_jobs(app, session)
    file = desk.get(f"{where}/refused.xlsx")
    assert f"{where}/refused.xlsx" in text(desk.get(where))
    [sheet] = books.open_book(file.data, "perbaiki.xlsx").sheets
    assert sheet.rows[0][-2:] == [*REFUSED_HEADS[lang]]
    assert len(sheet.rows) == 2
    assert "Antah Berantah" in str(sheet.rows[1][-2])
    mended = [["Kubu Perahu" if c == "Antah Berantah" else c for c in row] for row in sheet.rows]
    again = send(desk, session, table(mended)).location
    do_jobs(app, session)
    session.expire_all()
    run = session.scalars(select(ImportRun).where(ImportRun.id == again.rsplit("/")[-1])).one()
    assert run.counts == {"rows": 1, "member": 0, "new": 1}
    noted = session.scalars(select(AuditLine).where(AuditLine.action == "intake_refused_rows"))
    assert noted.one().object_id == where.rsplit("/")[-1]
