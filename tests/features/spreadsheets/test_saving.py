"""What a file changes is saved once, by the judge, in pieces; and taken back where it stands."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.record import office_device
from outreach.core.record.worker_edits import edit_worker
from outreach.domain.actor import Actor
from outreach.domain.merge import equal
from outreach.domain.returned_sheets import merge_cell
from outreach.features.spreadsheets import returns, saving
from outreach.features.spreadsheets.tables import SpreadsheetReturn, SpreadsheetRow
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Mutation
from outreach.storage.workers import Worker
from tests.features.spreadsheets.sheets import bring, changed, fetch, save, text
from tests.support.factories import NOW
from tests.support.office import make_worker


def data_of(session: Session, worker_id: str) -> dict[str, Any]:
    session.expire_all()
    found: dict[str, Any] = session.scalars(select(Worker).where(Worker.id == worker_id)).one().data
    return found


def fates(session: Session) -> list[str | None]:
    session.expire_all()
    return list(session.scalars(select(SpreadsheetRow.fate).order_by(SpreadsheetRow.row_no)))


def actor_of(session: Session) -> Actor:
    user = session.scalars(select(User).where(User.role == "supervisor")).one()
    return actor_for(session, user, "18.04", NOW.date())


def id_in(address: str) -> str:
    return address.rsplit("/", 1)[1]


def saved(desk: FlaskClient, **cells: str) -> str:
    """The address of a return that was saved: {a person's RT}."""
    sheet = fetch(desk)
    for name, value in cells.items():
        sheet.put(name.replace("_", " "), "RT", value)
    address = bring(desk, sheet.saved())
    save(desk, address)
    return address


def test_saving_twice_saves_once_and_says_so(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    address = saved(desk, JUMADI="009")
    count = session.query(Mutation).count()
    assert "Tidak ada yang disimpan dua kali." in text(save(desk, address))
    assert session.query(Mutation).count() == count
    assert fates(session) == ["written"]
    assert "Tetap, sudah diubah sesudahnya" not in text(desk.get(address))


def test_acts_are_in_the_audit_without_an_answer(session: Session, desk: FlaskClient) -> None:
    address = saved(desk, JUMADI="009")
    desk.post(f"{address}/undo")
    lines = session.scalars(select(AuditLine).where(AuditLine.object_id == id_in(address)))
    told = {line.action: line.detail for line in lines}
    assert told == {
        "spreadsheet_upload": {"people": 2, "seen": 2},
        "spreadsheet_save": {"written": 1},
        "spreadsheet_undo": {"undone": 1, "left": 0},
    }


def test_a_crash_between_pieces_loses_nothing_and_doubles_nothing(
    session: Session, desk: FlaskClient, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = fetch(desk)
    for name in people:
        sheet.put(name, "RT", "009")
    return_id = id_in(bring(desk, sheet.saved()))
    monkeypatch.setattr(saving, "MOST", 1)
    submit, calls = office_device.submit, []

    def fail_second(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return submit(*args, **more)

    monkeypatch.setattr(office_device, "submit", fail_second)
    with pytest.raises(RuntimeError, match="killed"):
        saving.save_return(session, actor_of(session), return_id, NOW)
    session.rollback()
    assert sorted(fates(session), key=str) == [None, "written"]
    count = session.query(Mutation).count()
    counts = saving.save_return(session, actor_of(session), return_id, NOW)
    assert counts["written"] == 2
    assert session.query(Mutation).count() == count + 1
    assert {data_of(session, one)["rt"] for one in people.values()} == {"009"}


def test_rows_that_another_request_saved_are_not_saved_again(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    address = changed(desk, lambda sheet: sheet.put("JUMADI", "RT", "009"))
    [row] = session.scalars(select(SpreadsheetRow)).all()
    place = (people["JUMADI"], "18.04.04.2002")
    piece = [(row.id, place, {"rt": ("002", "009")})]
    actor = actor_of(session)
    session.rollback()
    saving.save_piece(session, actor, piece, NOW, production=False)
    with pytest.raises(saving.SavedMeanwhile):
        saving.save_piece(session, actor, piece, NOW, production=False)
    session.rollback()
    assert text(save(desk, address))
    assert fates(session) == ["written"]


def test_an_edit_between_look_and_save_becomes_a_question_again(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    address = changed(desk, lambda sheet: sheet.put("JUMADI", "RT", "009"))
    desk.get(address)
    edit_worker(session, actor_of(session), people["JUMADI"], {"rt": ("002", "004")}, NOW)
    assert "belum diputuskan" in text(save(desk, address))
    assert data_of(session, people["JUMADI"])["rt"] == "004"


def test_a_return_is_taken_back_as_far_as_it_stands(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    address = saved(desk, JUMADI="009", SITI_AMINAH="008")
    edit_worker(session, actor_of(session), people["JUMADI"], {"rt": ("009", "004")}, NOW)
    asked = text(desk.get(f"{address}/undo"))
    assert "1 orang kembali seperti sebelum disimpan." in asked
    assert "1 orang tetap" in asked
    told = text(desk.post(f"{address}/undo", follow_redirects=True))
    assert "Perubahan 1 orang ditarik kembali." in told
    assert data_of(session, people["SITI AMINAH"])["rt"] == "001"
    assert data_of(session, people["JUMADI"])["rt"] == "004"
    assert sorted(map(str, fates(session))) == ["left", "undone"]
    past = desk.post(f"{address}/undo", follow_redirects=True)
    assert "sudah disimpan atau dibatalkan" in text(past)


def test_a_file_that_is_only_looked_at_cannot_be_taken_back(
    session: Session, desk: FlaskClient
) -> None:
    address = changed(desk, lambda sheet: sheet.put("JUMADI", "RT", "009"))
    for asked in (desk.get, desk.post):
        past = asked(f"{address}/undo", follow_redirects=True)
        assert "sudah disimpan atau dibatalkan" in text(past)
    assert fates(session) == [None]


def test_a_partner_that_went_comes_back_with_the_undo(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    address = changed(desk, lambda sheet: sheet.put("SITI AMINAH", "Tidak punya HP", "Ya"))
    save(desk, address)
    assert "phone" not in data_of(session, people["SITI AMINAH"])
    desk.post(f"{address}/undo")
    siti = data_of(session, people["SITI AMINAH"])
    assert siti["phone"] == "+6281200001234"
    assert siti.get("no_phone") is None


def test_what_old_returns_held_goes_and_the_page_says_so(
    app: Flask, session: Session, desk: FlaskClient
) -> None:
    address = saved(desk, JUMADI="009")
    stored = session.scalars(select(SpreadsheetReturn)).one()
    stored.made_at = NOW - returns.KEPT - timedelta(days=1)
    session.commit()
    saved(desk, JUMADI="008")
    assert len(fates(session)) == 1
    assert "dihapus setelah 30 hari" in text(desk.get(address))


def test_another_regency_s_return_is_not_there(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    address = changed(desk, lambda sheet: sheet.put("JUMADI", "RT", "009"))
    session.query(SpreadsheetReturn).update({"regency": "18.05"})
    session.query(SpreadsheetRow).update({"regency": "18.05"})
    session.commit()
    assert desk.get(address).status_code == 404
    for act in ("save", "cancel", "keep", "undo"):
        assert desk.post(f"{address}/{act}").status_code == 404, act
    assert data_of(session, people["JUMADI"])["rt"] == "002"


RTS = [None, "001", "002", "003"]
NAMES = ["Contoh Satu", "Contoh Dua", "Contoh Tiga"]
FIELDS = {"rt": ("RT", RTS), "rw": ("RW", RTS), "address_line": ("Alamat", [None, *NAMES])}


def shuffled(rows: list[list[Any]], draw: random.Random) -> list[list[Any]]:
    """The same table with its rows and columns anywhere."""
    body, order = rows[1:], list(range(len(rows[0])))
    draw.shuffle(body)
    draw.shuffle(order)
    return [[row[place] for place in order] for row in (rows[0], *body)]


@pytest.mark.parametrize("seed", range(6))
def test_random_edits_on_both_sides_end_as_the_three_way_merge(
    session: Session, desk: FlaskClient, people: dict[str, str], seed: int
) -> None:
    """Some clashes are taken from the file, the rest stay; every cell is as the model says."""
    draw = random.Random(seed)
    officer = session.scalars(select(User).where(User.role == "officer")).one()
    ids = {}
    for number, name in enumerate(["SATU", "DUA", "TIGA", "EMPAT", "LIMA"]):
        values = {field: draw.choice(choices) for field, (_, choices) in FIELDS.items()}
        nik = f"180404470880{9100 + number}"
        ids[name] = make_worker(session, officer, name, nik=nik, data=values)
    base = {name: data_of(session, one) for name, one in ids.items()}
    sheet, actor = fetch(desk), actor_of(session)
    theirs, ours = {}, {}
    for name, worker_id in ids.items():
        for field, (title, choices) in FIELDS.items():
            left = base[name].get(field)
            now = theirs[name, field] = draw.choice([left, draw.choice(choices)])
            file = ours[name, field] = draw.choice([left, draw.choice(choices)])
            if not equal(left, now):
                edit_worker(session, actor, worker_id, {field: (left, now)}, NOW)
            sheet.put(name, title, file or "")
    session.rollback()
    sheet.rows = shuffled(sheet.rows, draw)
    address = bring(desk, sheet.saved())
    taken = set(draw.sample(sorted(ours), len(ours) // 2))
    for row in session.scalars(select(SpreadsheetRow)).all():
        name = next(name for name, one in ids.items() if one == row.worker_id)
        picks = {f"pick.{f}": "ours" if (name, f) in taken else "theirs" for f in FIELDS}
        desk.post(f"{address}/rows/{row.id}", data=picks)
    save(desk, address)
    for (name, field), file in ours.items():
        left, now = base[name].get(field), theirs[name, field]
        fate = merge_cell(left, now, file)
        asked = fate == "clash" or (fate == "take" and file is None)
        takes = (name, field) in taken if asked else fate == "take"
        expected = file if takes else now
        assert equal(data_of(session, ids[name]).get(field), expected), (name, field, fate)
