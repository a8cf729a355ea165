"""Browsers that open every address of the office, and read what its forms hold."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from outreach.web import access
from tests.support.factories import KUBU_PERAHU
from tests.support.people import add_person, log_in

VILLAGES = {"officer": (KUBU_PERAHU,), "head": (KUBU_PERAHU,)}


class Typed(HTMLParser):
    """The names and values of a page's fields."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in ("input", "select", "textarea") and found.get("name"):
            self.fields.append((str(found["name"]), found.get("value") or ""))


class Walker:
    """Browsers of every role that go on when an answer logged them out."""

    def __init__(self, app: Flask) -> None:
        self.app, self.clients, self.seen, self.people = app, {}, 0, 0

    def browser(self, rule: Rule) -> FlaskClient:
        """A browser of somebody who may open this address; anew where its login has ended."""
        roles = access.declared_roles(self.app, rule.endpoint) or frozenset({"supervisor"})
        role = next(r for r in ("supervisor", "admin", "mpp", "head") if r in roles)
        if role not in self.clients:
            self.people += 1
            name = f"{role}.{self.people}"
            add_person(self.app, role, username=name, villages=VILLAGES.get(role, ()))
            self.clients[role] = self.app.test_client()
            assert log_in(self.clients[role], name).status_code == 303
        return self.clients[role]

    def ask(self, rule: Rule, method: str, path: str, **how: Any) -> str | None:
        """What went wrong, if the answer is a server error.

        Answers are read to their end: a file that nobody reads keeps its request open, and a
        fault on its later rows would not be seen.
        """
        self.seen += 1
        answer = self.browser(rule).open(path, method=method, buffered=True, **how)
        if answer.status_code == 401 or "/login" in answer.headers.get("Location", ""):
            self.clients.clear()
        if answer.status_code >= 500:
            return f"{answer.status_code} {method} {path[:60]} {str(how)[:80]}"
        return None


def typed_at(client: FlaskClient, path: str) -> MultiDict[str, str]:
    """What the form at this address holds."""
    page = Typed()
    answer = client.get(path)
    if answer.status_code == 200 and answer.is_json is False:
        page.feed(answer.get_data(as_text=True))
    return MultiDict(page.fields)
