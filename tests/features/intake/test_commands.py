"""Files of names from the terminal: checked, written, and refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.features.intake import jobs
from outreach.features.intake.tables import ImportJob, ImportLine, ImportRun
from outreach.storage.accounts import Office, User
from outreach.storage.audit import AuditLine
from outreach.storage.workers import Worker
from tests.features.intake.given import make_line, make_run
from tests.support import factories

ROWS = ["Nama;Desa;Umur", "SUTINI UJI;Kubu Perahu;46", "WAHYU UJI;Sebarus;44", "TANPA DESA;;40"]


class Terminal:
    """Somebody at the server, with a file."""

    def __init__(self, app: Flask, session: Session, folder: Path) -> None:
        self.app, self.session = app, session
        factories.add_regions(session)
        self.office: Office = factories.make_office(session)
        self.user: User = factories.make_user(session, "supervisor")
        session.commit()
        self.file = folder / "penyadap.csv"
        self.file.write_text("\n".join(ROWS))

    def says(self, *words: str) -> Result:
        result = self.app.test_cli_runner().invoke(args=["intake", *words])
        self.session.expire_all()
        return result

    def check(self, *more: str, **other: str) -> Result:
        told = {"by": self.user.username, "office": self.office.id, **other}
        named = [word for name, value in told.items() for word in (f"--{name}", value)]
        return self.says("check", str(self.file), *named, *more)

    def write(self, run_id: str, *more: str) -> Result:
        return self.says("write", run_id, "--by", self.user.username, *more)

    def names(self) -> list[str]:
        return sorted(self.session.scalars(select(Worker.full_name)))


@pytest.fixture
def terminal(app: Flask, session: Session, tmp_path: Path) -> Terminal:
    return Terminal(app, session, tmp_path)


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.output))


def test_a_file_is_checked_and_then_written(terminal: Terminal) -> None:
    checked = told(terminal.check("--json"))
    assert checked["state"] == "checked"
    assert checked["counts"] == {"rows": 3, "new": 2, "refused": 1, "member": 0}
    assert checked["columns"]["full_name"] == 0
    assert terminal.names() == []
    written = told(terminal.write(checked["run"], "--json"))
    assert (written["state"], written["counts"]["written"]) == ("done", 2)
    assert terminal.names() == ["SUTINI UJI", "WAHYU UJI"]
    noted = select(AuditLine).where(AuditLine.object_id == checked["run"]).order_by(AuditLine.id)
    lines = terminal.session.scalars(noted).all()
    assert [line.action for line in lines] == ["intake_upload", "names_written"]
    assert {line.actor_id for line in lines} == {terminal.user.id}


def test_people_read_it_in_both_languages(terminal: Terminal) -> None:
    shown = terminal.check(office=terminal.office.name).output
    assert "Sudah diperiksa / Checked" in shown
    assert "2  Nama baru / " in shown
    assert "SUTINI" not in shown


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"by": "nobody"}, "Akun ini tidak ada"),
        ({"office": "Dinas Lain"}, "0 kantor"),
        ({"kind": "dukcapil"}, "Isi nomor surat"),
        ({"letter-date": "2026-02-30"}, "Tanggal ini tidak ada"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    terminal: Terminal, how: dict[str, str], said: str
) -> None:
    result = terminal.check(**how)
    assert result.exit_code == 1
    assert said in result.output
    assert terminal.session.scalars(select(ImportRun)).all() == []


def test_a_file_that_is_none_is_refused_in_its_sentence(terminal: Terminal) -> None:
    terminal.file.write_bytes(b"%PDF-1.7 nama")
    result = terminal.check()
    assert (result.exit_code, "PDF" in result.output) == (1, True)


def test_a_file_whose_columns_nobody_knows_ends_with_an_error(terminal: Terminal) -> None:
    terminal.file.write_text("a;b\n1;2\n3;4\n")
    result = terminal.check()
    assert result.exit_code == 1
    assert "pilih kolomnya" in result.output


@pytest.mark.parametrize("how", ["closed", "officer"])
def test_an_account_that_brings_no_names_does_nothing(terminal: Terminal, how: str) -> None:
    user = terminal.session.get_one(User, terminal.user.id)
    user.active, user.role = how != "closed", "officer" if how == "officer" else user.role
    terminal.session.commit()
    assert "Akun ini tidak ada" in terminal.check().output
    assert "Akun ini tidak ada" in terminal.write("x").output
    assert terminal.session.scalars(select(ImportJob)).all() == []


def test_a_department_gives_only_its_own_names_and_writes_its_own_lists(
    terminal: Terminal,
) -> None:
    other = make_run(terminal.session, terminal.user.id, state="checked").id
    terminal.user = factories.make_user(terminal.session, "department")
    terminal.session.commit()
    assert "0 kantor" in terminal.check().output
    assert "tidak ada untuk akun ini" in terminal.write(other).output
    assert terminal.session.scalars(select(ImportJob)).all() == []


def test_rows_that_wait_and_many_known_names_are_asked_about_first(terminal: Terminal) -> None:
    run = make_run(terminal.session, terminal.user.id)
    make_line(terminal.session, run, "SITI UJI", matches=[["w", 90, ["name"]]])
    run.counts = {"rows": 4, "same": 1, "new": 3}
    run_id = run.id
    terminal.session.commit()
    assert "ulangi dengan --known" in terminal.write(run_id).output
    assert "1 baris mungkin" in terminal.write(run_id, "--known").output
    assert terminal.session.scalars(select(ImportJob)).all() == []
    line = terminal.session.scalars(select(ImportLine)).one()
    line.decision = "skip"
    terminal.session.commit()
    assert terminal.write(run_id, "--known").exit_code == 0
    past = terminal.write(run_id, "--known")
    assert (past.exit_code, "melewati langkah" in past.output) == (1, True)


def test_work_that_fails_is_said(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = told(terminal.check("--json"))["run"]
    monkeypatch.setattr(jobs, "end_run", lambda *_: 1 / 0)
    result = terminal.write(run_id)
    assert result.exit_code == 1
    assert "dihentikan atau gagal" in result.output
