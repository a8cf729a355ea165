"""Parts of pages are for htmx alone, and not where it goes back to an address of its history."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people import add_person, log_in

HTMX = {"HX-Request": "true"}
BACK = {**HTMX, "HX-History-Restore-Request": "true"}
# Lists whose search writes their address into the browser's history (live() of _kit/lists.html).
LISTS = ["/admin/users?q=a", "/admin/offices?q=a", "/admin/assignments?q=a"]


@pytest.fixture
def desk(sqlite_app: Flask) -> FlaskClient:
    """An administrator's browser."""
    add_person(sqlite_app, "admin")
    client = sqlite_app.test_client()
    assert log_in(client, "admin").status_code == 303
    return client


@pytest.mark.parametrize("path", LISTS)
def test_a_list_comes_alone_for_its_search_and_whole_on_the_way_back(
    desk: FlaskClient, path: str
) -> None:
    assert "<html" not in desk.get(path, headers=HTMX).get_data(as_text=True)
    assert "<html" in desk.get(path, headers=BACK).get_data(as_text=True)


def test_an_address_that_is_gone_is_a_whole_page_on_the_way_back(desk: FlaskClient) -> None:
    assert "<html" not in desk.get("/nowhere", headers=HTMX).get_data(as_text=True)
    assert "<html" in desk.get("/nowhere", headers=BACK).get_data(as_text=True)


def test_who_was_logged_out_meanwhile_comes_to_the_login(sqlite_app: Flask) -> None:
    stranger = sqlite_app.test_client()
    assert stranger.get(LISTS[0], headers=HTMX).status_code == 401
    answer = stranger.get(LISTS[0], headers=BACK)
    assert (answer.status_code, answer.location[:12]) == (303, "/login?next=")
