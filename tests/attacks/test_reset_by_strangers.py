"""Strangers at /reset: no code of theirs fits, and the form asks nobody who they are.

They want to learn whose name is whose, to keep the server busy, and to fill the audit.
"""

from __future__ import annotations

import random
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from outreach.core.accounts.password_strength import LOOKED_AT, guesses
from tests.support.people import Clock, add_person, audited

OWN_NAME = "zulaikha perwangi"
SIGNS = "".join(random.Random(1).sample("4@8({[<369!1|70$5+%2", 20)) * 4


@pytest.fixture
def clock(app: Flask) -> Clock:
    app.extensions["clock"] = Clock()
    return app.extensions["clock"]


def tried(client: FlaskClient, name: str, new: str) -> str:
    """The answer to a guessed code, without the name that was typed."""
    form = {"username": name, "code": "AAAA-AAAA", "new": new, "repeat": new}
    answer = client.post("/reset", data=form)
    assert answer.status_code == 422
    return answer.text.replace(name, "")


def test_a_refused_password_tells_no_name_of_the_owner(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    add_person(app, "officer", "zp", name="Zulaikha Perwangi")
    assert tried(client, "zp", OWN_NAME) == tried(client, "qx", OWN_NAME)


def test_a_name_without_a_code_writes_nothing_into_the_audit(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    add_person(app, "officer", "zp")
    for _ in range(3):
        tried(client, "zp", "hujan turun di sekincau")
    assert audited(app) == []


def cost(password: str) -> float:
    """Processor seconds of a look at a password."""
    began = time.process_time()
    guesses(password, [OWN_NAME])
    return time.process_time() - began


def test_signs_that_may_stand_for_many_letters_cost_little_more_than_letters() -> None:
    letters = "".join(random.Random(1).choices("bdfhjkmnpqruvwy", k=LOOKED_AT))
    guesses(letters, [])
    assert cost(SIGNS) < 8 * max(cost(letters), 0.05)
