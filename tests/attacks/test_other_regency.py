"""Who works in one regency asks for what another one has, by every address there is.

Each id that lives there is answered word for word like one that nobody knows, nothing is written
in its name, and no list shows a person of the other regency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.audit import AuditLine
from outreach.web import access
from tests.support.addresses import path_of, rules
from tests.support.other_regency import browser_there, regency_there

ROLES = ("supervisor", "admin", "mpp")
FORMS: tuple[dict[str, str], ...] = (
    {},
    {"choice": "accept", "words": "a", "act": "revoke", "ends": "2026-12-01", "confirm": "1"},
)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What only the other regency's pages may say.
THEIRS = re.compile(r"[A-Z]{3,} UJI|Rina Wulandari|Dedi Kurniawan|Maryati|Kubu Perahu|Oppo A5s")


def unknown(there: dict[str, str]) -> dict[str, str]:
    """The same names with ids that nobody knows."""
    return {name: uuid7() if UUID.fullmatch(one) else one for name, one in there.items()}


def with_ids(app: Flask, role: str, there: dict[str, str]) -> Iterator[tuple[Rule, str]]:
    """(rule, method) of what this role may open and what names something by its id."""
    for rule, method in rules(app):
        roles = access.declared_roles(app, rule.endpoint) or frozenset()
        if role in roles and any(UUID.fullmatch(there.get(name, "")) for name in rule.arguments):
            yield rule, method


def told(answer: TestResponse, ids: dict[str, str]) -> tuple[int, str, str]:
    """Status, address and words of an answer, the ids that were asked for left out."""
    place, words = answer.headers.get("Location", ""), answer.get_data(as_text=True)
    for one in filter(UUID.fullmatch, ids.values()):
        place, words = place.replace(one, "…"), words.replace(one, "…")
    return answer.status_code, place, words


def lines(app: Flask) -> int:
    """How many lines the audit has."""
    with app.app_context():
        return db.session.query(AuditLine).count()


@pytest.mark.parametrize("role", ROLES)
def test_an_id_of_another_regency_is_answered_like_an_unknown_one(
    app: Flask, busy_day: dict[str, str], role: str
) -> None:
    client = browser_there(app, role, regency_there(app))
    nobody, seen, wrong, before = unknown(busy_day), 0, [], lines(app)
    for rule, method in with_ids(app, role, busy_day):
        for form in FORMS if method == "POST" else ({},):
            asked = [ask(client, rule, method, ids, form) for ids in (busy_day, nobody)]
            seen += 1
            if asked[0] != asked[1]:
                wrong.append((method, str(rule), [answer[:2] for answer in asked]))
    assert wrong == []
    assert lines(app) == before
    assert seen > {"supervisor": 50, "admin": 20, "mpp": 3}[role]


def ask(
    client: FlaskClient, rule: Rule, method: str, ids: dict[str, str], form: dict[str, str]
) -> tuple[int, str, str]:
    """What the address says of these ids."""
    data = form if method == "POST" else None
    answer = client.open(path_of(rule, ids), method=method, data=data, buffered=True)
    return told(answer, ids)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_people_or_places_of_another_regency(
    app: Flask, busy_day: dict[str, str], role: str
) -> None:
    client, shown, seen = browser_there(app, role, regency_there(app)), [], 0
    for rule, method in rules(app):
        roles = access.declared_roles(app, rule.endpoint) or frozenset()
        if method != "GET" or role not in roles or rule.arguments:
            continue
        answer = client.get(rule.rule, buffered=True)
        seen += 1
        if found := THEIRS.findall(answer.get_data(as_text=True)):
            shown.append((rule.rule, sorted(set(found))))
    assert shown == []
    assert seen > 5
    assert busy_day["worker_id"]


def test_their_own_supervisor_sees_what_the_other_one_does_not(
    app: Flask, busy_day: dict[str, str]
) -> None:
    """Without this the two above would prove nothing."""
    with app.app_context():
        from tests.support.factories import make_office

        office = make_office(db.session()).id
        db.session.commit()
    client = browser_there(app, "supervisor", office)
    assert client.get(f"/workers/{busy_day['worker_id']}").status_code == 200
    assert THEIRS.search(client.get("/workers").text)
