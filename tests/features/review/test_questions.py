"""What the desk types: a doubtful answer or a removal is asked about once; nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.storage.accounts import User
from outreach.storage.workers import Worker
from tests.features.review.test_worker import form_of
from tests.support.office import log_in, make_worker, office

PHONE = "+6281234567890"


def post(
    app: Flask, session: Session, section: str, stored: dict[str, Any], **typed: str
) -> tuple[Any, dict[str, Any]]:
    """The desk's answer to one edit of a record, and the record afterwards."""
    officer = session.scalars(select(User).where(User.role == "officer")).first()
    worker = make_worker(session, officer or office(session), data=stored)
    client = log_in(app, session, "supervisor")
    address = f"/workers/{worker}/edit/{section}"
    form = form_of(client.get(address).text)
    answers = {key.removeprefix("base."): str(stored.get(key[5:], "")) for key in form}
    seen = {"full_name": "SITI AMINAH", "birth_date": "1980-08-07", "sex": "P", "nik": ""}
    answer = client.post(
        address, data=form | answers | {k: v for k, v in seen.items() if k in answers} | typed
    )
    session.expire_all()
    return answer, session.get_one(Worker, worker).data


@pytest.mark.parametrize("typed", ["", "-", " "])
def test_an_emptied_answer_is_removed_only_after_a_yes(
    app: Flask, session: Session, typed: str
) -> None:
    answer, data = post(app, session, "kontak", {"phone": PHONE}, phone=typed)
    assert answer.status_code == 422
    assert 'name="sure.phone"' in answer.text
    assert f"Yang tersimpan ({PHONE}) akan dihapus" in answer.text
    assert data["phone"] == PHONE


def test_a_removal_that_was_confirmed_is_done(app: Flask, session: Session) -> None:
    sure = {"phone": "", "no_phone": "1", "sure.phone": "1"}
    answer, data = post(app, session, "kontak", {"phone": PHONE}, **sure)
    assert answer.status_code == 303
    assert "phone" not in data


@pytest.mark.parametrize("typed", ["tidak ada", "08l2 3456 7890", "O81234567890"])
def test_a_telephone_number_with_letters_is_refused_and_the_stored_one_stays(
    app: Flask, session: Session, typed: str
) -> None:
    answer, data = post(app, session, "kontak", {"phone": PHONE}, phone=typed)
    assert answer.status_code == 422
    assert "Ada huruf" in answer.text
    assert f'value="{typed}"' in answer.text
    assert data["phone"] == PHONE


def test_a_name_of_one_letter_is_taken_after_one_question(app: Flask, session: Session) -> None:
    answer, data = post(app, session, "identitas", {}, full_name="O")
    assert answer.status_code == 422
    assert "Namanya hanya satu huruf: “O”" in answer.text
    assert data["full_name"] != "O"
    answer, data = post(app, session, "identitas", {}, **{"full_name": "O", "sure.full_name": "1"})
    assert answer.status_code == 303, answer.text
    assert data["full_name"] == "O"


@pytest.mark.parametrize(
    ("typed", "stored"), [("1,5 juta", 1_500_000), ("1.500.000,00", 1_500_000), ("750 rb", 750_000)]
)
def test_an_income_is_read_as_people_write_it(
    app: Flask, session: Session, typed: str, stored: int
) -> None:
    _, data = post(app, session, "pekerjaan", {}, monthly_income=typed)
    assert data["monthly_income"] == stored


def test_an_income_that_can_be_read_two_ways_or_looks_wrong_is_not_guessed(
    app: Flask, session: Session
) -> None:
    answer, data = post(app, session, "pekerjaan", {}, monthly_income="1,5")
    assert answer.status_code == 422
    assert "monthly_income" not in data
    answer, data = post(app, session, "pekerjaan", {}, monthly_income="15")
    assert "Itu berarti Rp15 sebulan" in answer.text
    assert "monthly_income" not in data
    sure = {"monthly_income": "15", "sure.monthly_income": "1"}
    answer, data = post(app, session, "pekerjaan", {}, **sure)
    assert (answer.status_code, data["monthly_income"]) == (303, 15)


def heirs(minor: str, guardian: str) -> dict[str, str]:
    """One heir as the form sends it."""
    one = {"name": "ADI", "relation": "anak", "nik": "", "phone": "", "guardian": guardian}
    return {f"heir.{part}": value for part, value in one.items()} | (
        {"heir.minor": minor} if minor else {}
    )


def test_a_child_as_heir_needs_a_guardian_at_the_desk_as_at_the_door(
    app: Flask, session: Session
) -> None:
    stored = {"heirs": [{"name": "SARI", "relation": "pasangan"}]}
    answer, data = post(app, session, "ahli_waris", stored, **heirs("0", ""))
    assert answer.status_code == 422
    assert "nama wali untuk anak di bawah 18 tahun" in answer.text
    assert data["heirs"] == stored["heirs"]


def test_a_child_with_a_guardian_is_taken(app: Flask, session: Session) -> None:
    stored = {"heirs": [{"name": "SARI", "relation": "pasangan"}]}
    answer, data = post(app, session, "ahli_waris", stored, **heirs("0", "RUSLI"))
    assert answer.status_code == 303
    assert data["heirs"][0]["guardian"] == "RUSLI"


def test_a_status_never_changes_without_a_word(app: Flask, session: Session) -> None:
    office(session)
    worker = make_worker(session, session.scalars(select(User)).first())
    client = log_in(app, session, "supervisor")
    address = f"/workers/{worker}/edit/kontak"
    form = form_of(client.get(address).text)
    answer = client.post(address, data={**form, "phone": PHONE}, follow_redirects=True)
    assert "Status berubah: Calon peserta menjadi Belum lengkap." in answer.text


def test_hamlet_and_rt_are_read_as_people_write_them(app: Flask, session: Session) -> None:
    _, data = post(app, session, "alamat", {}, pemangku="Pemangku 1 RT 2")
    assert (data["pemangku"], data["rt"]) == ("1", "002")
    _, data = post(app, session, "alamat", {}, pemangku="Pemangku 1 RT 2", rt="7")
    assert (data["pemangku"], data["rt"]) == ("Pemangku 1 RT 2", "007")
