"""Every address of the app as every role: what its view declares is what is enforced."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.routing.converters import NumberConverter

from outreach.domain.actor import ROLES
from outreach.extensions import db
from outreach.web.access import declared_roles, is_public
from tests.support.office import NIK, log_in, make_worker, office

NO_PEOPLE = ("department", "admin")
ACTS = {"act": "slip"}


@pytest.fixture
def worker(sqlite_app: Flask) -> str:
    """One person, in an app on SQLite."""
    with sqlite_app.app_context():
        return make_worker(db.session(), office(db.session()), nik=NIK)


def guarded(app: Flask) -> list[Rule]:
    """Addresses that need a login."""
    return [rule for rule in app.url_map.iter_rules() if not is_public(rule.rule)]


def filled(rule: Rule, worker: str) -> str:
    """The address with the worker's id wherever an id belongs."""
    parts = {name: ACTS.get(name, worker) for name in rule.arguments}
    counted = (name for name, kind in rule._converters.items() if isinstance(kind, NumberConverter))
    parts |= dict.fromkeys(counted, "1")
    if "section" in parts:
        parts["section"] = "identitas"
    if "act" in parts and "office_id" in parts:
        parts["act"] = "open"
    if "act" in parts and "device_id" in parts:
        parts["act"] = "revoke"
    _, path = rule.build(parts) or ("", rule.rule)
    return path


def answers(client: FlaskClient, rule: Rule, worker: str) -> list[tuple[str, int, str]]:
    """(method, status, text) of the address by each of its methods."""
    found = []
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        answer = client.open(filled(rule, worker), method=method)
        found.append((method, answer.status_code, answer.data.decode(errors="replace")))
    return found


@pytest.mark.parametrize("role", ROLES)
def test_each_address_is_open_to_its_roles_alone(sqlite_app: Flask, worker: str, role: str) -> None:
    with sqlite_app.app_context():
        client = log_in(sqlite_app, db.session(), role)
    rules = guarded(sqlite_app)
    assert len(rules) > 30
    for rule in rules:
        roles = declared_roles(sqlite_app, rule.endpoint) or frozenset()
        if rule.endpoint == "accounts.end_all" or "sessions" in rule.rule:
            continue  # ends this very login; tests of accounts hold it
        for method, status, _ in answers(client, rule, worker):
            assert (status == 403) is (role not in roles), (role, method, rule.rule, status)


@pytest.mark.parametrize("role", NO_PEOPLE)
def test_who_sees_numbers_only_meets_no_person_anywhere(
    sqlite_app: Flask, worker: str, role: str
) -> None:
    with sqlite_app.app_context():
        client = log_in(sqlite_app, db.session(), role)
    for rule in guarded(sqlite_app):
        if "sessions" in rule.rule:
            continue
        for method, _, text in answers(client, rule, worker):
            for secret in ("SITI AMINAH", NIK, NIK[-4:]):
                assert secret not in text, (role, method, rule.rule)
