"""A form that comes back has its cursor in the first wrong field."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from outreach.web.first_error import focus_first_error

OK = '<input name="a">'
WRONG = '<select name="b" aria-invalid="true">'
ALSO = '<textarea aria-invalid="true" name="c">'
SAID = '<p class="x" role="alert">No.</p>'


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (SAID + OK + WRONG + ALSO, SAID + OK + WRONG.replace("select", "select autofocus") + ALSO),
        (OK + SAID, OK + SAID.replace("<p", '<p tabindex="-1" autofocus')),
        (WRONG + "<input autofocus>", WRONG + "<input autofocus>"),
        (OK, OK),
    ],
    ids=["the first wrong field", "else the words", "unless the page says where", "else nothing"],
)
def test_the_focus_is_on(before: str, expected: str) -> None:
    assert focus_first_error(before) == expected


def test_words_in_a_field_or_a_text_are_no_attributes() -> None:
    page = '<input value="a autofocus b">the autofocus of it' + WRONG
    assert focus_first_error(page).count("<select autofocus") == 1


def test_only_what_comes_back_is_changed(sqlite_app: Flask) -> None:
    sqlite_app.add_url_rule("/static/fine", "fine", view_func=lambda: WRONG)
    sqlite_app.add_url_rule("/static/back", "back", view_func=lambda: (WRONG, 422))
    client = sqlite_app.test_client()
    assert client.get("/static/fine").text == WRONG
    assert client.get("/static/back").text == WRONG.replace("select", "select autofocus")
    assert client.get("/static/back").content_length == len(WRONG) + len(" autofocus")


def test_a_login_that_fails_comes_back_in_the_password(sqlite_app: Flask) -> None:
    page = sqlite_app.test_client().post("/login", data={"username": "a", "password": "b"}).text
    assert re.findall(r"<\w+ autofocus [^>]*name=\"(\w+)\"", page) == ["password"]
