"""What nobody gets past on the way of a sheet: closed columns, choices of others, ends, sizes."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.workbooks import books
from outreach.domain.refusals import AlreadyDecided
from outreach.features.spreadsheets import seals, undoing, views
from outreach.features.spreadsheets.seals import SealBox
from outreach.features.spreadsheets.tables import SpreadsheetReturn, SpreadsheetRow
from outreach.storage.workers import Worker
from tests.features.spreadsheets.sheets import bring, changed, fetch, save, send, text
from tests.features.spreadsheets.test_saving import actor_of, data_of, fates, id_in, saved
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS
from tests.support.office import log_in
from tests.support.pockets import forget_login

# A form as it is sent: made here, for a test's client leaves the file of a long one open.
FORM_HEAD = (
    b'--end\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n"
)


def kept(session: Session) -> list[SpreadsheetRow]:
    session.expire_all()
    return list(session.scalars(select(SpreadsheetRow).order_by(SpreadsheetRow.row_no)))


def move(session: Session, worker_id: str, village: str) -> None:
    one = session.scalars(select(Worker).where(Worker.id == worker_id)).one()
    one.region_code, one.data = village, {**one.data, "village_code": village}
    session.commit()


def test_nothing_of_a_closed_cell_is_kept_or_shown_to_a_head(
    app: Flask, session: Session, people: dict[str, str]
) -> None:
    """A supervisor's sheet in a head's hands: what left in its cells stands in its keys."""
    sheet = fetch(log_in(app, session, "supervisor"))
    forget_login()
    sheet.put("SITI AMINAH", "Nomor HP", "081200009999")
    sheet.put("SITI AMINAH", "Penghasilan", "800000")
    head = log_in(app, session, "head", (KUBU_PERAHU,))
    shown = text(head.get(f"{bring(head, sheet.saved())}?tab=refused"))
    assert "81200001234" not in shown
    assert "900.000" not in shown
    [row] = kept(session)
    assert row.cells == {}
    assert set(cast(list[str], row.named)) == {"phone", "monthly_income"}


def test_a_head_of_one_village_reads_nothing_of_another_head_s_sheet(
    app: Flask, session: Session, people: dict[str, str]
) -> None:
    move(session, people["SITI AMINAH"], SEBARUS)
    theirs = fetch(log_in(app, session, "head", (SEBARUS,)), **{"in": SEBARUS})
    forget_login()
    head = log_in(app, session, "head", (KUBU_PERAHU,))
    own = fetch(head, **{"in": KUBU_PERAHU})
    theirs.put("SITI AMINAH", "RT", "009")
    address = bring(head, theirs.saved())
    for tab in ("", "questions", "refused", "open"):
        assert "SITI AMINAH" not in text(head.get(f"{address}?tab={tab}"))
    assert "SITI AMINAH" not in text(save(head, address))
    own.rows.append(theirs.rows[theirs.row("SITI AMINAH")])
    own.put("JUMADI", "RT", "007")
    mixed = bring(head, own.saved())
    assert "SITI AMINAH" not in text(head.get(f"{mixed}?tab=questions"))
    save(head, mixed)
    assert data_of(session, people["JUMADI"])["rt"] == "007"
    assert data_of(session, people["SITI AMINAH"])["rt"] == "001"


def test_an_ended_file_names_nobody_who_moved_away_since(
    app: Flask, session: Session, people: dict[str, str]
) -> None:
    head = log_in(app, session, "head", (KUBU_PERAHU,))
    sheet = fetch(head, **{"in": KUBU_PERAHU})
    sheet.put("JUMADI", "RT", "009")
    address = bring(head, sheet.saved())
    assert "JUMADI" in text(save(head, address))
    move(session, people["JUMADI"], SEBARUS)
    assert "JUMADI" not in text(head.get(address))


def test_a_column_renamed_to_another_is_nobody_s(
    session: Session, app: Flask, people: dict[str, str]
) -> None:
    head = log_in(app, session, "head", (KUBU_PERAHU,))
    sheet = fetch(head, **{"in": KUBU_PERAHU})
    place = sheet.column("Catatan")
    sheet.put("JUMADI", "Catatan", "081200009999")
    sheet.titles[place] = "Nomor HP"
    address = bring(head, sheet.saved())
    assert "0 perubahan." in text(head.get(address))
    twice = fetch(head, **{"in": KUBU_PERAHU})
    twice.put("JUMADI", "RW", "009")
    twice.titles[twice.column("RW")] = twice.titles[twice.column("RT")]
    save(head, bring(head, twice.saved()))
    jumadi = data_of(session, people["JUMADI"])
    assert (jumadi["rt"], jumadi.get("rw"), jumadi.get("phone")) == ("002", None, None)


def test_a_village_that_is_too_long_leads_a_head_to_a_page_that_opens(
    app: Flask, session: Session, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.features.spreadsheets.leaving.MOST_PEOPLE", 1)
    head = log_in(app, session, "head", (KUBU_PERAHU,))
    answer = head.post("/spreadsheets/leave", data={"in": KUBU_PERAHU})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/spreadsheets/")
    assert head.get("/spreadsheets/").status_code == 200


def test_nobody_sees_the_column_of_keys(desk: FlaskClient) -> None:
    answer = desk.post("/spreadsheets/leave", data={"all_fields": "1"})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        table = archive.read("xl/worksheets/sheet1.xml").decode()
    last = len(fetch(desk).titles)
    columns = [one for one in table.split("<col ")[1:] if f'max="{last}"' in one]
    assert len(columns) == 1
    assert 'hidden="1"' in columns[0].partition(">")[0]


def test_the_same_secret_for_another_purpose_opens_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    key = seals.RowKey("e", "18.04", "w", "ABCDEFG", {"rt": "001"})
    with monkeypatch.context() as patch:
        patch.setattr(seals, "PURPOSE", b"another")
        foreign = SealBox("rahasia").close_row(key)
    assert SealBox("rahasia").open_row(foreign) is None


def clash(session: Session, desk: FlaskClient) -> tuple[str, str]:
    """The address of a return with a clash of SITI AMINAH, and the row's id."""
    stale = fetch(desk)
    save(desk, changed(desk, lambda sheet: sheet.put("SITI AMINAH", "RT", "005")))
    stale.put("SITI AMINAH", "RT", "009")
    stale.put("SITI AMINAH", "RW", "003")
    stale.put("JUMADI", "RT", "")
    address = bring(desk, stale.saved())
    [row] = [row for row in kept(session) if row.fate is None and "rw" in str(row.cells)]
    return address, row.id


def test_keeping_the_rest_leaves_what_was_chosen(
    session: Session, desk: FlaskClient, people: dict[str, str]
) -> None:
    address, row_id = clash(session, desk)
    desk.post(f"{address}/rows/{row_id}", data={"pick.rt": "ours"})
    assert "1 orang" in text(desk.post(f"{address}/keep", follow_redirects=True))
    save(desk, address)
    assert data_of(session, people["SITI AMINAH"])["rt"] == "009"


def test_nothing_is_chosen_of_a_cell_that_asks_nothing(session: Session, desk: FlaskClient) -> None:
    """Else the choice would stand by the time that the cell asks."""
    address, row_id = clash(session, desk)
    desk.post(f"{address}/rows/{row_id}", data={"pick.rw": "ours", "pick.rt": "ours"})
    [row] = [row for row in kept(session) if row.id == row_id]
    assert list(cast(dict[str, object], row.picks)) == ["rt"]


def test_an_undo_ends_once(session: Session, desk: FlaskClient, people: dict[str, str]) -> None:
    address = saved(desk, JUMADI="009")
    undoing.undo_return(session, actor_of(session), id_in(address), NOW)
    late = NOW + timedelta(minutes=1)
    with pytest.raises(AlreadyDecided):
        undoing.end(session, actor_of(session), id_in(address), [], late)
    session.expire_all()
    ended = session.scalars(select(SpreadsheetReturn.ended_at)).one()
    assert ended is not None
    assert ended.replace(tzinfo=None) == NOW.replace(tzinfo=None)


@pytest.mark.parametrize("gone", ["deleted", "merged"])
def test_an_undo_leaves_who_is_gone(
    session: Session, desk: FlaskClient, people: dict[str, str], gone: str
) -> None:
    address = saved(desk, JUMADI="009", SITI_AMINAH="008")
    jumadi = session.scalars(select(Worker).where(Worker.id == people["JUMADI"])).one()
    if gone == "deleted":
        jumadi.deleted_at = jumadi.created_at
    else:
        jumadi.merged_into = people["SITI AMINAH"]
    session.commit()
    told = undoing.outlook(session, actor_of(session), id_in(address))
    assert (len(told.work), len(told.left)) == (1, 1)
    desk.post(f"{address}/undo")
    assert sorted(map(str, fates(session))) == ["left", "undone"]
    assert data_of(session, people["JUMADI"])["rt"] == "009"


def test_a_file_too_long_for_any_other_form_still_gets_its_sentence(desk: FlaskClient) -> None:
    body = FORM_HEAD + b"PK\3\4" + bytes(books.MOST_BYTES) + b"\r\n--end--\r\n"
    kind = "multipart/form-data; boundary=end"
    answer = desk.post("/spreadsheets/", data=body, content_type=kind)
    assert answer.status_code == 422
    assert "8" in text(answer)


def test_no_more_of_a_file_is_read_than_says_that_it_is_too_long(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def note(content: bytes, name: str) -> books.Book:
        read.append(len(content))
        raise books.BadBook("too_many_bytes", name=name, most="8")

    monkeypatch.setattr(views, "MOST_BYTES", 100)
    monkeypatch.setattr(views, "open_book", note)
    send(desk, bytes(5_000))
    assert read == [101]
