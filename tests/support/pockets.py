"""Browser profiles that people carry: a login, and a phone registered by it, as a real one is."""

from __future__ import annotations

from typing import Any

from flask import Response, g
from werkzeug.test import TestResponse

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.accounts import User
from tests.support import factories
from tests.support.keys import PhoneKey
from tests.support.people import PASSWORD, password_hash
from tests.sync.conftest import Handset, Server, SigningClient


class Pocket(Handset):
    """One browser profile of one person, with the keys that it sends and fetches with. Nothing is
    registered before ``open_app``."""

    def __init__(self, server: Server, username: str) -> None:
        self.server, self.username = server, username
        self.device, self.mid, self.whole = uuid7(), 0, True
        self.key, self.fetch_key = PhoneKey(), PhoneKey()
        self.client = SigningClient(server.app, Response, phone=self)

    @property
    def user_id(self) -> str:  # type: ignore[override]
        return user_named(self.username).id

    def log_in(self, password: str = PASSWORD, username: str = "") -> TestResponse:
        forget_login()
        form = {"username": username or self.username, "password": password}
        return self.client.post("/login", data=form)

    def open_app(self, **more: Any) -> TestResponse:
        """What the worker sends when the app is opened; ``login=True`` right after a login."""
        forget_login()
        return self.announce(**self.keys_to_bring(), **more)

    def keys_to_bring(self) -> dict[str, str]:
        """The public halves, which a phone tells each time."""
        pairs = {"public_key": self.key, "fetch_key": self.fetch_key}
        return {name: key.public for name, key in pairs.items() if key is not None}

    def same_phone(self, phone: Pocket) -> None:
        """Become that phone: its id, its journal number and both of its keys; no cookie."""
        self.device, self.mid = phone.device, phone.mid
        self.key, self.fetch_key = phone.key, phone.fetch_key

    def ready(self) -> Pocket:
        """Logged in, with the app opened."""
        assert self.log_in().status_code == 303
        answer = self.open_app(login=True)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return self

    def submit(self, path: str, **form: str) -> TestResponse:
        forget_login()
        return self.client.post(path, data=form)

    def look(self, path: str) -> TestResponse:
        forget_login()
        return self.client.get(path)

    def post(self, path: str, body: Any, zipped: bool = False) -> TestResponse:
        forget_login()
        return super().post(path, body, zipped)


def forget_login() -> None:
    """Flask-Login keeps the person in the context that the fixture holds open over requests."""
    for name in ("_login_user", "actor", "now"):
        g.pop(name, None)


def user_named(username: str) -> User:
    return db.session.query(User).filter_by(username=username).one()


def person(server: Server, username: str, *villages: str, role: str = "officer") -> str:
    """The name of a new user who logs in with PASSWORD."""
    factories.make_user(db.session(), role, villages, username, password_hash())
    db.session.commit()
    return username
