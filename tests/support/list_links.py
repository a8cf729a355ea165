"""A link of a list, and a browser that opens it, for tests."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.links.link_cookies import SESSION
from outreach.features.village_lists.links.links import MadeLink, make_link
from outreach.features.village_lists.records.tables import ListLink
from outreach.storage.audit import AuditLine
from tests.sync.conftest import Server


def linked(server: Server, list_id: str, days: int = 7, actor: Actor | None = None) -> MadeLink:
    """A link that a supervisor has just made."""
    return make_link(db.session(), actor or server.actor(), list_id, days, server.now)


def row(link_id: str) -> ListLink:
    """The link as it is stored."""
    db.session.expire_all()
    return db.session.get_one(ListLink, link_id)


def audited(link_id: str) -> list[tuple[str, str | None]]:
    """What the audit says of a link: (action, who), in order."""
    db.session.expire_all()
    own = db.session.query(AuditLine).filter_by(object_id=link_id).order_by(AuditLine.id)
    return [(line.action, line.actor_id) for line in own]


def later(server: Server, **time: float) -> None:
    """Move the server's clock on."""
    server.wait(**time)


class Villager:
    """A browser without an account."""

    def __init__(self, server: Server, address: str = "10.0.0.1", proxied: bool = False) -> None:
        self.client: FlaskClient = server.app.test_client()
        self.base = {"REMOTE_ADDR": address}
        self.headers = {"X-Forwarded-For": address} if proxied else {}

    def get(self, path: str = "/l/list", **more: Any) -> TestResponse:
        """The answer to a GET."""
        return self.client.get(path, environ_base=self.base, headers=self.headers, **more)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        """The answer to a POST of JSON."""
        sent = {**self.headers, **headers}
        return self.client.post(path, json=body, environ_base=self.base, headers=sent)

    def enter(self, token: str, code: str) -> TestResponse:
        """Bring token and code."""
        return self.post("/l", {"token": token, "code": code})

    def open(self, made: MadeLink) -> TestResponse:
        """Bring the right ones."""
        return self.enter(made.token, made.code)

    def say(self, *said: dict[str, Any]) -> TestResponse:
        """Send saves."""
        return self.post("/l/list", {"said": list(said)})

    @property
    def session(self) -> str | None:
        """The session's cookie, where there is one."""
        cookie = self.client.get_cookie(SESSION, path="/l")
        return cookie.value if cookie else None


def says(line: str, verdict: str = "layak", **said: Any) -> dict[str, Any]:
    """A decision as the page sends it."""
    return {"id": uuid7(), "lines": [line], "verdict": verdict, **said}
