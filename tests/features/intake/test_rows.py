"""The page of rows: every row with its state, found, mended where it stands, and taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from outreach.features.intake import mending
from outreach.features.intake.tables import ImportJob, ImportLine, ImportRun
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from tests.features.intake.given import make_line, make_run
from tests.support.factories import KUBU_PERAHU, NOW, make_user
from tests.support.office import log_in, make_worker, office

HTMX = {"HX-Request": "true"}
NIK = "1804044708809003"
NO_PLACE = {
    "given": {"full_name": "SUKINI UJI", "village": "", "nik": NIK},
    "values": {"full_name": "SUKINI UJI", "village_code": None, "nik": NIK},
    "problems": [["village", "village_missing", {}, True]],
    "fate": "refused",
}


class Rows:
    """A run with a row in each state, and browsers of who looks at it."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        self.worker = make_worker(session, office(session))
        self.giver = make_user(session, "department")
        self.run = make_run(session, self.giver.id)
        self.run.counts = {"new": 2, "refused": 1, "rows": 5}
        match = [[self.worker, 90, ["name"]]]
        self.ids = {
            "refused": self.line("SUKINI UJI", 2, **NO_PLACE),
            "ready": self.line("ANI UJI", 3, decision="new"),
            "mend": self.line(
                "BUDI UJI", 4, decision="new", problems=[["nik", "nik_length", {}, False]]
            ),
            "maybe": self.line("SITI UJI", 5, matches=match),
            "same": self.line("SITA UJI", 6, matches=match, decision="same", fate=None),
            "left": self.line("CITRA UJI", 7, decision="skip", fate="left"),
            "written": self.line("DEWI UJI", 8, decision="new", fate="written"),
        }
        session.commit()
        self.where = f"/intake/{self.run.id}/rows"

    def line(self, name: str, row_no: int, **more: Any) -> str:
        problems = more.pop("problems", [])
        given = more.pop("given", {"full_name": name})
        line = make_line(self.session, self.run, name, row_no, **more)
        line.problems, line.given = problems, given
        self.session.flush()
        return line.id

    def now(self, state: str) -> ImportLine:
        self.session.expire_all()
        return self.session.get_one(ImportLine, self.ids[state])


@pytest.fixture
def rows(app: Flask, session: Session) -> Rows:
    return Rows(app, session)


@pytest.fixture
def desk(rows: Rows) -> FlaskClient:
    """A supervisor's browser."""
    forget_who()
    return log_in(rows.app, rows.session, "supervisor")


@pytest.fixture
def giver(rows: Rows) -> FlaskClient:
    """The browser of who gave the list."""
    forget_who()
    before = set(rows.session.scalars(select(User.id)))
    client = log_in(rows.app, rows.session, "department")
    rows.giver = rows.session.scalars(select(User).where(User.id.not_in(before))).one()
    rows.session.get_one(ImportRun, rows.run.id).made_by = rows.giver.id
    rows.session.commit()
    return client


def forget_who() -> None:
    """The fixture's app context outlives each request."""
    for name in ("office_waiting", "_login_user", "actor"):
        g.pop(name, None)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*>(\w+ UJI)', page)


def test_each_row_stands_with_its_state_and_its_faults(rows: Rows, desk: FlaskClient) -> None:
    page = text(desk.get(rows.where))
    assert len(names(page)) == 7
    for words in ("Ditolak", "Siap, ada catatan", "Siap dicatat", "Sudah dicatat", "Tidak dicatat"):
        assert words in page
    assert "Pekon atau kelurahan kosong. <small>Isi nama pekon" in page
    assert NIK not in page
    assert "18••••••••••9003" in page
    [noted] = rows.session.scalars(select(AuditLine).where(AuditLine.action == "list"))
    assert noted.detail == {"what": "intake_rows", "run": rows.run.id, "rows": 7}


@pytest.mark.parametrize("state", ["refused", "mend", "maybe", "ready", "same", "left", "written"])
def test_rows_are_filtered_by_state(rows: Rows, desk: FlaskClient, state: str) -> None:
    page = text(desk.get(f"{rows.where}?state={state}"))
    assert rows.ids[state] in page
    assert len(names(page)) == 1


def test_rows_are_found_by_fault_village_and_name(rows: Rows, desk: FlaskClient) -> None:
    assert names(text(desk.get(f"{rows.where}?cause=nik_length"))) == ["BUDI UJI"]
    assert len(names(text(desk.get(f"{rows.where}?in={KUBU_PERAHU}")))) == 6
    answer = desk.post(f"{rows.where}/search", data={"q": "citra", "state": "left"})
    assert answer.location == f"{rows.where}?state=left&q=citra"
    assert names(text(desk.get(answer.location))) == ["CITRA UJI"]
    assert "Tidak ada baris yang cocok" in text(desk.get(f"{rows.where}?q=nobody"))


def test_a_number_is_searched_for_nowhere_and_not_shown_again(
    rows: Rows, desk: FlaskClient
) -> None:
    answer = desk.post(f"{rows.where}/search", data={"q": NIK})
    assert NIK not in answer.location
    for name in ("q", "state", "cause", "in", "page"):
        assert NIK not in text(desk.get(f"{rows.where}?{name}={NIK}")), name


def test_pages_follow_each_other(rows: Rows, desk: FlaskClient, monkeypatch: Any) -> None:
    monkeypatch.setattr("outreach.features.intake.rows_presenter.PAGE", 4)
    assert len(names(text(desk.get(rows.where)))) == 4
    second = text(desk.get(f"{rows.where}?page=2"))
    assert len(names(second)) == 3
    assert "5–7" in second or "5-7" in second or "5 sampai 7" in second


def test_a_giver_hears_only_that_somebody_may_be_registered(rows: Rows, giver: FlaskClient) -> None:
    page = text(giver.get(rows.where))
    assert "Orang yang sudah ada" not in page
    assert page.count('data-testid="row-state">Mungkin sudah tercatat') == 2
    assert rows.worker not in page
    assert "Putuskan" not in page
    assert len(names(text(giver.get(f"{rows.where}?state=maybe")))) == 2
    assert len(names(text(giver.get(f"{rows.where}?state=same")))) == 7


def test_a_refused_row_is_mended_where_it_stands(rows: Rows, desk: FlaskClient) -> None:
    where = f"{rows.where}/{rows.ids['refused']}"
    form = text(desk.get(where, headers=HTMX))
    assert form.startswith("<td") or "<html" not in form
    assert NIK not in form
    assert 'id="e-village-1"' in form
    sent = {"cell-full_name": "SUKINI UJI", "cell-village": "Kubu Perahu", "cell-nik": ""}
    row = text(desk.post(where, data=sent, headers=HTMX))
    assert "Siap dicatat" in row
    assert "Urungkan perubahan terakhir" in row
    counted = row[row.index('id="row-states" hx-swap-oob="true"') :]
    assert "Siap dicatat <b>2</b>" in counted
    assert "Ditolak" not in counted
    assert "Pekon kosong" not in counted
    line = rows.now("refused")
    assert (line.decision, line.village_code, line.nik) == ("new", KUBU_PERAHU, NIK)
    back = text(desk.post(f"{where}/undo", headers=HTMX))
    assert "Ditolak" in back
    assert "Urungkan" not in back


def test_without_script_the_row_has_a_page_and_one_comes_back_to_the_filter(
    rows: Rows, desk: FlaskClient
) -> None:
    where = f"{rows.where}/{rows.ids['refused']}"
    assert "<html" in text(desk.get(f"{where}?state=refused"))
    answer = desk.post(where, data={"cell-village": "x", "state": "refused", "page": "1"})
    assert answer.location == f"{rows.where}?state=refused&page=1#row-{rows.ids['refused']}"
    assert "sudah diperiksa lagi" in text(desk.get(answer.location))
    assert rows.now("refused").fate == "refused"


def acts(rows: Rows, client: FlaskClient, state: str = "refused") -> list[int]:
    """What the list, a row, its change and its undo answer."""
    where = f"{rows.where}/{rows.ids[state]}"
    return [
        client.get(rows.where).status_code,
        client.get(where).status_code,
        client.post(where, data={"cell-village": "Kubu Perahu"}).status_code,
        client.post(f"{where}/undo").status_code,
        client.post(f"{rows.where}/search").status_code,
    ]


def test_rows_of_another_office_or_regency_are_not_there(rows: Rows) -> None:
    stranger = log_in(rows.app, rows.session, "department")
    assert acts(rows, stranger) == [404] * 5
    run = rows.session.get_one(ImportRun, rows.run.id)
    run.regency = "18.05"
    rows.session.commit()
    assert acts(rows, log_in(rows.app, rows.session, "supervisor")) == [404] * 5
    assert rows.now("refused").fate == "refused"


@pytest.mark.parametrize("role", ["officer", "mpp", "admin", "viewer"])
def test_who_gives_no_names_sees_no_rows(rows: Rows, role: str) -> None:
    assert set(acts(rows, log_in(rows.app, rows.session, role))) == {403}


def test_an_ended_account_changes_nothing(rows: Rows, giver: FlaskClient) -> None:
    assert giver.get(rows.where).status_code == 200
    rows.session.get_one(User, rows.giver.id).active = False
    rows.session.commit()
    forget_who()
    assert all(status in (302, 303, 401, 403) for status in acts(rows, giver))
    assert rows.now("refused").fate == "refused"


@pytest.mark.parametrize("how", ["done", "withdrawn", "working"])
def test_a_run_that_is_written_or_worked_on_stays_as_it_is(
    rows: Rows, desk: FlaskClient, how: str
) -> None:
    if how == "working":
        job = {"id": "j" * 36, "regency": "18.04", "run_id": rows.run.id, "kind": "write"}
        rows.session.add(
            ImportJob(**job, user_id=rows.giver.id, state="running", done=0, total=0, queued_at=NOW)
        )
    else:
        rows.session.get_one(ImportRun, rows.run.id).state = how
    rows.session.commit()
    where = f"{rows.where}/{rows.ids['refused']}"
    assert desk.get(where).location == rows.where
    answer = desk.post(where, data={"cell-village": "Kubu Perahu"}, headers=HTMX)
    assert "tidak dapat diubah sekarang" in text(answer)
    assert rows.now("refused").fate == "refused"
    assert "Perbaiki<" not in text(desk.get(rows.where))


@pytest.mark.parametrize("state", ["written", "ready"])
def test_a_written_or_sound_row_is_not_changed(rows: Rows, desk: FlaskClient, state: str) -> None:
    where = f"{rows.where}/{rows.ids[state]}"
    assert desk.get(where).location == rows.where
    desk.post(where, data={"cell-full_name": "LAIN UJI"})
    assert rows.now(state).values["full_name"] != "LAIN UJI"  # type: ignore[index]


def test_a_giver_cannot_try_one_number_after_another(
    rows: Rows, giver: FlaskClient, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "CHANGES_MOST", 3)
    where = f"{rows.where}/{rows.ids['refused']}"

    def tried(client: FlaskClient, name: str) -> str:
        forget_who()
        return text(client.post(where, data={"cell-full_name": f"{name} UJI"}, headers=HTMX))

    for name in ("A", "B", "C"):
        assert "Terlalu banyak" not in tried(giver, f"SITI {name}")
    assert "Terlalu banyak" in tried(giver, "SITI D")
    assert "SITI D" not in str(rows.now("refused").values)
    assert "Terlalu banyak" not in tried(desk, "SITI E")
