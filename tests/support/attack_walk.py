"""Browsers of every role that open every address as nobody should, and what they noted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote_to_bytes, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from outreach.domain.actor import ROLES
from outreach.extensions import db
from outreach.storage.audit import AuditLine
from outreach.storage.sync import Mutation
from outreach.storage.workers import Worker
from outreach.web import access
from tests.support.addresses import names_read, path_of, rules
from tests.support.forged import WHOLE_NIK, deal, faults_of, text_of
from tests.support.forms_found import forms_in
from tests.support.people import add_person, log_in
from tests.support.second_regency import NAME
from tests.support.walker import VILLAGES

STRANGER, VILLAGER = "stranger", "villager"  # without an account; with a list's link open
NOBODY = (STRANGER, VILLAGER)
PERSON = re.compile(r"\b[A-Z]+ UJI\b|SITI AMINAH")
# Names beyond those that a view reads, which every list of the office has.
MORE = ["page", "next", "after", "in", "_for"]
# Lists with masked numbers: a search of them and a file leave a line, not each of their pages.
# What they are for; each look is in the audit.
UNMASKING = frozenset({"review_worker.unmask", "review_holds.reveal", "review_conflicts.reveal"})
OVERVIEWS = frozenset(
    {
        "coverage.home",
        "counter.desk",
        "review_list.workers",
        "review_holds.holds",
        "review_conflicts.conflicts",
        "review_pairs.pairs",
    }
)
STOPPED = frozenset({400, 404, 405, 409, 413, 422})
Form = MultiDict[str, str]


class AttackWalk:
    """``faults`` are what went wrong; ``seen`` counts the requests. Of hostile requests every
    ``each``-th is sent, by their running number."""

    def __init__(
        self, app: Flask, there: dict[str, str], foreign: dict[str, str], each: int = 1
    ) -> None:
        self.app, self.there, self.foreign, self.each = app, there, foreign, each
        self.faults: dict[str, str] = {}
        self.clients: dict[str, FlaskClient] = {}
        self.forms: dict[str, Form] = {}
        self.seen = self.people = self.dealt = 0
        with app.app_context():
            self.niks = frozenset(whole_niks())
        self.lines = self.audited()

    # --- who asks --------------------------------------------------------------------------------

    def fail_at_faults(self) -> None:
        """Fail with each fault and the first request that showed it."""
        found = (f"{fault}\n    {told}" for fault, told in sorted(self.faults.items()))
        if self.faults:
            pytest.fail("\n".join(found), pytrace=False)

    def browser(self, role: str) -> FlaskClient:
        """A browser of this role, logged in."""
        if role not in self.clients:
            self.clients[role] = self.app.test_client()
            if role not in NOBODY:
                self.people += 1
                name = f"{role}.{self.people}"
                add_person(self.app, role, username=name, villages=VILLAGES.get(role, ()))
                assert log_in(self.clients[role], name).status_code == 303
                self.lines = self.audited()
        return self.clients[role]

    def allowed(self, rule: Rule) -> list[str]:
        """The roles that may open an address; a stranger first where anybody may."""
        declared = access.declared_roles(self.app, rule.endpoint)
        if declared is not None:
            return [role for role in ROLES if role in declared]
        return [*NOBODY, *ROLES]

    # --- what is asked ---------------------------------------------------------------------------

    def plain(self, only: str = "") -> None:
        """Every address as every role, with what is there; the forms of its pages are kept."""
        for rule, method in rules(self.app):
            path = path_of(rule, self.there)
            for role in (STRANGER, VILLAGER, *ROLES) if only in ("", method) else ():
                answer = self.ask(role, rule, method, path)
                if method == "GET" and answer.mimetype == "text/html" and role not in NOBODY:
                    found = forms_in(path, text_of(answer))
                    self.forms = {**found, **self.forms}

    def hostile(self, method: str, first: int, others: int) -> None:
        """Each address of a method so often as the first role that may open it, and as others."""
        for rule, own in rules(self.app):
            if own == method:
                for place, role in enumerate(self.allowed(rule)):
                    self.attack(role, rule, method, others if place else first)

    def attack(self, role: str, rule: Rule, method: str, times: int) -> None:
        """One address with hostile names, values and headers, and with values in its path."""
        path = path_of(rule, self.there)
        typed = self.forms.get(path, MultiDict())
        names = sorted({*typed, *names_read(self.app, rule.endpoint), *MORE})
        for query, headers in self.drawn(names, times):
            if method == "GET":
                self.ask(role, rule, method, path, query=query, headers=headers)
            else:
                form = changed(typed, query)
                self.ask(role, rule, method, path, form=form, headers=headers)
        self.in_path(role, rule, method)

    def in_path(self, role: str, rule: Rule, method: str) -> None:
        """Hostile values in place of what an address names."""
        for name in sorted(rule.arguments & self.there.keys()):
            for query, headers in self.drawn(["v"], 4):
                value = query.split("=")[1].split("&")[0]
                path = path_of(rule, {**self.there, name: value[:2_500]})
                self.ask(role, rule, method, path, headers=headers)

    def compare(self, rule: Rule, method: str, name: str, *ids: str) -> None:
        """Note where an address tells one of these ids from another."""
        told = [self.told(rule, method, name, one) for one in ids]
        if told[0] != told[1]:
            fault = f"tells ids apart by {name}: {method} {rule.rule}"
            self.faults[fault] = " and ".join(f"{status} {text[:80]!r}" for status, text in told)

    def told(self, rule: Rule, method: str, name: str, one: str) -> tuple[int, str]:
        """(status, words) of what the first who may is told of an id."""
        role = next(role for role in self.allowed(rule) if role in ROLES)
        form = urlencode(
            [*self.forms.get(path_of(rule, self.there), MultiDict()).items(multi=True)]
        )
        path = path_of(rule, {**self.there, name: one})
        answer = self.ask(role, rule, method, path, form=form if method == "POST" else None)
        return answer.status_code, text_of(answer).replace(one, name)

    def drawn(self, names: list[str], times: int) -> Iterator[tuple[str, dict[str, str]]]:
        """So many (query, headers), of which every ``each``-th is taken."""
        begin, self.dealt = self.dealt, self.dealt + times
        yield from islice(deal(names, times, begin), -begin % self.each, None, self.each)

    # --- what is answered ------------------------------------------------------------------------

    def ask(
        self,
        role: str,
        rule: Rule,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: dict[str, str] | None = None,
        form: str | None = None,
    ) -> TestResponse:
        """The answer, looked at; anew where an earlier one has ended the login."""
        answer = self.send(role, method, path, query, headers, form)
        if role not in NOBODY and (
            answer.status_code == 401 or "/login" in answer.headers.get("Location", "")
        ):
            self.clients.pop(role, None)
            answer = self.send(role, method, path, query, headers, form)
        told = f"{method} {path[:90]} ?{query[:60]} {str(form or '')[-60:]} {headers or ''}"
        typed = set(WHOLE_NIK.findall(form or ""))  # a form comes back as it was sent
        for fault in (*faults_of(answer), *self.shown(role, rule, answer, typed)):
            self.faults.setdefault(f"{fault}: {method} {rule.rule} as {role}", told)
        return answer

    def send(
        self,
        role: str,
        method: str,
        path: str,
        query: str,
        headers: dict[str, str] | None,
        form: str | None,
    ) -> TestResponse:
        """One request, read to its end."""
        self.seen += 1
        client = self.browser(role)
        more = {"data": form, "content_type": "application/x-www-form-urlencoded"} if form else {}
        return client.open(
            path, method=method, query_string=query, headers=headers, buffered=True, **more
        )

    def shown(self, role: str, rule: Rule, answer: TestResponse, typed: set[str]) -> Iterator[str]:
        """What an answer shows that it may not, or without a line in the audit."""
        before, self.lines = self.lines, self.audited()
        text = text_of(answer)
        person = PERSON.search(text) is not None
        if role not in self.allowed(rule):
            ok = {403, *STOPPED} if role not in NOBODY else {303, 401, *STOPPED}
            if answer.status_code not in ok:
                yield f"lets in with {answer.status_code}"
            if person:
                yield "names a person to who may not"
        elif (
            person and self.lines == before and rule.endpoint not in OVERVIEWS and role != VILLAGER
        ):
            yield "names a person without a line"
        if NAME in text:
            yield "shows another regency"
        if WHOLE_NIK.search(answer.headers.get("Location", "")):
            yield "puts a NIK into an address"
        if self.niks.intersection(WHOLE_NIK.findall(text)) - typed:
            if rule.endpoint not in UNMASKING:
                yield "shows a whole NIK"
            elif self.lines == before:
                yield "shows a whole NIK without a line"

    def audited(self) -> tuple[int, int]:
        """The number of the newest line of the audit, and how many saves there are, which are
        their own audit."""
        asked = select(func.max(AuditLine.id), select(func.count(Mutation.key)).scalar_subquery())
        with self.app.app_context():
            newest, saves = db.session.execute(asked).one()
            return newest or 0, saves


def whole_niks() -> Iterator[str]:
    """Every whole NIK in records and in what phones sent."""
    for data in db.session.scalars(select(Worker.data)):
        yield from WHOLE_NIK.findall(str(data))
    for payload in db.session.scalars(select(Mutation.payload)):
        yield from WHOLE_NIK.findall(payload.decode(errors="replace"))


def changed(typed: Form, query: str) -> str:
    """A form as it is sent, its hostile names in place of their own values."""
    named = {unquote_to_bytes(pair.split("=")[0]).decode() for pair in query.split("&")}
    rest = [(name, value) for name, value in typed.items(multi=True) if name not in named]
    return f"{urlencode(rest)}&{query}" if rest else query
