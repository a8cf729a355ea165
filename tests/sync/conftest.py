"""A server with two villages and one officer's phone in each test."""

from __future__ import annotations

import gzip
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import orjson
import pytest
from flask import Flask, Response, g
from flask.testing import EnvironBuilder, FlaskClient
from werkzeug.test import TestResponse

from outreach.core.accounts.actors import actor_for, home_of
from outreach.core.exchange import devices
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.regency import regency_of
from outreach.extensions import db
from outreach.storage.accounts import Assignment, User
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS
from tests.support.keys import PhoneKey, seal_mutation, unb64
from tests.support.signed import request_signature

PERSON = {
    "full_name": "SITI AMINAH",
    "birth_date": "1980-08-07",
    "sex": "P",
    "occupation_code": "TANI-KOPI",
}


class SigningClient(FlaskClient):
    """A browser whose requests at the door are signed as its phone signs them, unless they bring a
    signature of their own; ``bare`` for none."""

    def __init__(self, *args: Any, phone: Handset) -> None:
        super().__init__(*args)
        self.phone, self.bare = phone, False

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        builder = EnvironBuilder(self.application, *args, **kwargs)
        environ = builder.get_environ()
        builder.close()
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        if path.startswith("/sync/v1/") and not self.bare:
            body = environ["wsgi.input"].read()
            environ["wsgi.input"] = BytesIO(body)
            if body.startswith(b"\x1f\x8b") and "/blob/" not in path:
                with suppress(EOFError, OSError):
                    body = gzip.decompress(body)
            made = self.phone.signature(
                environ["REQUEST_METHOD"], f"{path}?{query}" if query else path, body
            )
            if made is not None:
                environ.setdefault("HTTP_JANGKAU_SIGNATURE", made)
        return super().open(environ)


class Handset:
    """A registered device with its cookie, and the journal numbers a test needs."""

    def __init__(
        self, server: Server, user: User, device: str | None = None, signed: bool | None = True
    ) -> None:
        """``signed``: whole requests; False as earlier versions, the body of a push; None as the
        earliest, which had no key."""
        self.server, self.user_id = server, user.id
        self.device = device or uuid7()
        self.mid = 0
        self.key = None if signed is None else PhoneKey()
        self.fetch_key = PhoneKey() if signed else None
        self.whole = bool(signed)
        self.client = SigningClient(server.app, Response, phone=self)
        self.register(user)

    def register(self, user: User) -> None:
        brought = devices.Announcement(
            self.device,
            public_key=unb64(self.key.public) if self.key else None,
            fetch_key=unb64(self.fetch_key.public) if self.fetch_key else None,
            signed=self.whole,
        )
        regency = home_of(db.session(), user, self.server.app.config["OUTREACH"].regency)
        token = devices.register(db.session(), regency, user, brought, self.server.now)
        self.client.set_cookie(f"jk_{self.device}", token, path="/sync/v1")

    def signature(self, method: str, address: str, body: bytes) -> str | None:
        """The header of a request, as this phone signs it; None where it signs nothing."""
        fetches = address.startswith(("/sync/v1/pull", "/sync/v1/worker/"))
        key = self.fetch_key if fetches else self.key
        if key is None or (not self.whole and not address.startswith("/sync/v1/push")):
            return None
        if not self.whole:
            return key.sign(body)
        challenges = self.server.app.extensions["challenges"]
        made = challenges.make(self.device, self.server.now)
        return request_signature(key, method, address, body, made)

    def announce(self, **more: Any) -> TestResponse:
        return self.post("device", {"device": self.device, "app": "1", **more})

    def sealed(self, mutation: dict[str, Any], **parts: Any) -> dict[str, Any]:
        """The same mutation as a locked phone sends it."""
        seal = next(k for k in self.announce().json["keys"] if k["kind"] == "seal")
        return seal_mutation(mutation, seal) | parts

    def mutation(self, scope: str = KUBU_PERAHU, /, **parts: Any) -> dict[str, Any]:
        """The next mutation; ``set`` as {field: (from, to)} or {field: to} for a create."""
        self.mid += 1
        key = parts.pop("key", None) or uuid7()
        changes = {
            name: list(value) if isinstance(value, tuple) else [None, value]
            for name, value in parts.pop("set", PERSON).items()
        }
        return {
            "mid": self.mid,
            "key": key,
            "schema": 1,
            "op": "put",
            "table": "worker",
            "id": parts.pop("id", key),
            "scope": scope,
            "ver": 0,
            "set": changes,
            "at": "2026-11-22T06:05:00Z",
            **parts,
        }

    def post(
        self, path: str, body: Any, zipped: bool = False, encoding: str | None = "as it is"
    ) -> TestResponse:
        """``encoding`` is what the header says, whatever the body is; None for no header."""
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = {"Content-Type": "application/json"}
        if encoding == "as it is":
            encoding = "gzip" if zipped else None
        if encoding:
            headers["Content-Encoding"] = encoding
        if zipped:
            data = gzip.compress(data)
        return self.client.post(f"/sync/v1/{path}", data=data, headers=headers)

    def send(self, *mutations: Any, **envelope: Any) -> TestResponse:
        texts = [m if isinstance(m, str) else orjson.dumps(m).decode() for m in mutations]
        body = {"device": self.device, "epoch": 1, "recorded": self.mid, "mutations": texts}
        return self.post("push", body | envelope)

    def push(self, *mutations: Any, **envelope: Any) -> dict[str, Any]:
        """The answer of a push that must be accepted."""
        answer = self.send(*mutations, **envelope)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json  # type: ignore[return-value]

    def results(self, *mutations: Any, **envelope: Any) -> list[dict[str, Any]]:
        return self.push(*mutations, **envelope)["results"]

    def ask(self, cursors: dict[str, int], **more: Any) -> TestResponse:
        body = {"device": self.device, "epoch": 1, "cursors": cursors, "view": "full"}
        return self.post("pull", body | {"limit": 500} | more)

    def pull(self, cursors: dict[str, int] | None = None, **more: Any) -> dict[str, Any]:
        answer = self.ask({KUBU_PERAHU: 0} if cursors is None else cursors, **more)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json  # type: ignore[return-value]

    def rows(self, scope: str = KUBU_PERAHU, after: int = 0) -> dict[str, dict[str, Any]]:
        """Rows of a scope by id."""
        page = self.pull({scope: after})["scopes"].get(scope, {"rows": []})
        return {row["id"]: row for row in page["rows"]}

    def inbox(self) -> dict[str, dict[str, Any]]:
        return self.rows(f"u:{self.user_id}")


class Server:
    """The app at a fixed, movable time, with helpers that make people."""

    def __init__(self, app: Flask) -> None:
        self.app, self.now = app, NOW
        app.extensions["clock"] = lambda: self.now

    def wait(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        g.pop("now", None)  # the fixture's app context outlives each request
        return self.now

    def user(self, *villages: str, role: str = "officer") -> User:
        user = factories.make_user(db.session(), role, villages)
        db.session.commit()
        return user

    def phone(self, *villages: str, role: str = "officer", signed: bool | None = True) -> Handset:
        return Handset(self, self.user(*villages, role=role), signed=signed)

    def actor(self, role: str = "supervisor") -> Actor:
        return actor_for(db.session(), self.user(role=role), "18.04", self.now.date())

    def unassign(self, user_id: str) -> None:
        db.session.query(Assignment).filter_by(user_id=user_id).delete()
        db.session.commit()

    def assign(self, user_id: str, village: str) -> None:
        db.session.add(
            Assignment(
                id=uuid7(),
                regency=regency_of(village),
                user_id=user_id,
                region_code=village,
                starts=NOW.date(),
            )
        )
        db.session.commit()


@pytest.fixture
def server(app: Flask) -> Any:
    """The server in an app context, with regions."""
    with app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        yield Server(app)


@pytest.fixture
def phone(server: Server) -> Handset:
    """A phone of an officer of Kubu Perahu."""
    return server.phone(KUBU_PERAHU)


@pytest.fixture
def other(server: Server) -> Handset:
    """A phone of another officer, of Kubu Perahu and Sebarus."""
    return server.phone(KUBU_PERAHU, SEBARUS)
