"""Phones have names that their people know: two of one officer can be told apart on /account."""

from __future__ import annotations

import pytest

from outreach.extensions import db
from outreach.storage.sync import Device
from outreach.web.agents import HINT
from tests.support.factories import KUBU_PERAHU
from tests.support.pockets import Pocket, person
from tests.sync.conftest import Server
from tests.web.test_agents import CHROME, SAMSUNG


def carried(server: Server, agent: str, model: str = "") -> Pocket:
    """A phone of petugas1 with this browser; ``model`` is told where the login page asks for it."""
    phone = Pocket(server, "petugas1")
    phone.client.environ_base["HTTP_USER_AGENT"] = agent
    assert phone.look("/login").headers["Accept-CH"] == HINT
    if model:
        phone.client.environ_base["HTTP_SEC_CH_UA_MODEL"] = f'"{model}"'
    phone.log_in()
    phone.client.environ_base.pop("HTTP_SEC_CH_UA_MODEL", None)  # no worker's request says it
    assert phone.open_app(login=True).status_code == 200
    return phone


@pytest.fixture
def officer(server: Server) -> str:
    return person(server, "petugas1", KUBU_PERAHU)


def test_two_phones_of_an_officer_are_told_apart_by_model_browser_and_last_use(
    server: Server, officer: str
) -> None:
    carried(server, CHROME, "M2006C3LG")
    server.wait(hours=30)
    second = carried(server, SAMSUNG)
    page = second.look("/account").text
    own = page[page.index('data-testid="own-phones"') :]
    assert "<b>M2006C3LG, Chrome, Android</b>" in own
    assert "<b>SM-A057F, Samsung Internet, Android</b>" in own
    assert 'aria-label="Akhiri HP ini: M2006C3LG, Chrome, Android"' in own
    assert "terakhir dipakai 22 November 2026" in own
    assert "terakhir dipakai 23 November 2026" in own
    assert "0 simpanan dicatat di HP ini" in own


def test_a_phone_keeps_the_name_that_it_has(server: Server, officer: str) -> None:
    phone = carried(server, SAMSUNG)
    device = db.session.get_one(Device, phone.device)
    device.name = "HP kantor"
    db.session.commit()
    phone.open_app()
    db.session.refresh(device)
    assert device.name == "HP kantor"


def test_a_name_is_given_later_to_a_phone_that_came_without_one(
    server: Server, officer: str
) -> None:
    phone = carried(server, SAMSUNG)
    device = db.session.get_one(Device, phone.device)
    device.name = ""
    db.session.commit()
    phone.open_app()
    db.session.refresh(device)
    assert device.name == "SM-A057F, Samsung Internet, Android"
