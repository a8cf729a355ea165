"""A supervisor wants to see a person's record without a line in the audit.

Pages note that they were opened. So he never opens one: he sends its form, empty or half filled in,
and reads what comes back with what was wrong.
"""

from __future__ import annotations

import re

import pytest
from flask import Flask

from outreach.extensions import db
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Conflict, Hold
from tests.support.addresses import path_of, rules
from tests.support.walker import Walker

PERSON = re.compile(r"[A-Z]+ UJI")
SHOWN = {
    "": {"review_conflicts.decide", "review_holds.correct"},
    "discard": {"review_holds.decide", "review_holds.decide_file"},
}


def lines(app: Flask) -> int:
    """How many lines the audit has."""
    with app.app_context():
        return db.session.query(AuditLine).count()


def ids_of(app: Flask, there: dict[str, str]) -> dict[str, list[str]]:
    """Every held save, and everybody in dispute, beside one of each other thing."""
    with app.app_context():
        held = list(db.session.scalars(db.select(Hold.key)))
        disputed = list(db.session.scalars(db.select(Conflict.worker_id).distinct()))
    return {name: [one] for name, one in there.items()} | {"key": held, "worker_id": disputed}


@pytest.mark.parametrize("choice", SHOWN)
def test_no_form_that_comes_back_shows_a_person_without_a_line(
    app: Flask, busy_day: dict[str, str], choice: str
) -> None:
    walker, silent, shown = Walker(app), [], set()
    ids = ids_of(app, busy_day)
    for rule, method in rules(app):
        if method != "POST" or not rule.endpoint.startswith("review_") or not rule.arguments:
            continue
        name = next((one for one in ("key", "worker_id") if one in rule.arguments), "file")
        for one in ids[name]:
            path = path_of(rule, {**busy_day, name: one})
            client, before = walker.browser(rule), lines(app)
            answer = client.post(path, data={"choice": choice})
            if PERSON.search(answer.text):
                shown.add(rule.endpoint)
                silent += [path] if lines(app) == before else []
    assert silent == []
    assert shown >= SHOWN[choice]
