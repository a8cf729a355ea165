"""A fault of ours ends in a page with words, in the log of a developer as in production's."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from outreach.extensions import db
from tests.support.people import PASSWORD, add_person

ADDRESS = "https://localhost"
SENTENCES = {
    "id": "Ada kesalahan di server kami. Yang sudah tersimpan tidak hilang.",
    "en": "There is an error on our server. What was saved is not lost.",
}


@pytest.fixture(params=["development", "production"])
def failing(request: pytest.FixtureRequest, sqlite_template: Any, make_app: Any) -> Any:
    """An app served as in either environment, with routes that raise."""
    with sqlite_template.clone() as url:
        app = make_app(url, environment=request.param, secure_cookies=True)
        app.testing = False
        app.config["PROPAGATE_EXCEPTIONS"] = False

        @app.get("/static/fails")
        def fails() -> str:
            raise ValueError("SITI AMINAH")

        @app.get("/static/away")
        def away() -> str:
            raise OperationalError("SELECT", {}, Exception("the database is away"))

        yield app


@pytest.mark.parametrize("lang", ["id", "en"])
def test_what_raises_is_answered_by_our_page_in_the_readers_language(
    failing: Flask, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = failing.test_client()
    client.set_cookie("lang", lang)
    answer = client.get("/static/fails", base_url=ADDRESS)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert SENTENCES[lang] in page
    assert 'data-code="500"' in page
    assert f'<html lang="{lang}">' in page
    written = capsys.readouterr().out
    assert "ValueError" in written
    assert "test_errors.py" in written, "type and place are logged"
    assert "SITI" not in page + written


def test_the_page_needs_no_database(failing: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    add_person(failing, "supervisor")
    client = failing.test_client()
    login = {"username": "supervisor", "password": PASSWORD}
    assert client.post("/login", data=login, base_url=ADDRESS).status_code == 303
    with failing.app_context():
        engine = db.engine

    def gone(*_: Any, **__: Any) -> Any:
        raise OperationalError("connect", {}, Exception("no such server"))

    monkeypatch.setattr(engine, "connect", gone)
    for path in ("/static/away", "/", "/workers"):
        answer = client.get(path, base_url=ADDRESS)
        assert answer.status_code == 500, path
        assert SENTENCES["id"] in answer.get_data(as_text=True), path


def test_a_part_of_a_page_gets_a_sentence_and_no_page_inside_the_page(failing: Flask) -> None:
    answer = failing.test_client().get(
        "/static/fails", base_url=ADDRESS, headers={"HX-Request": "true"}
    )
    text = answer.get_data(as_text=True)
    assert SENTENCES["id"] in text
    assert "<html" not in text
