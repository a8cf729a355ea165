"""The network between phones and one server in this process, with everything that goes wrong.

A request fares according to its ``mode``:
``ok`` arrives and is answered · ``lost`` never arrives · ``unanswered`` its answer is lost ·
``twice`` arrives two times · ``parked`` arrives some time later, when nobody waits any more ·
``late`` its answer comes some time later · ``crash`` the server dies before it commits ·
``half`` the server dies while it writes. A ``Boxed`` request ends at somebody in the middle who
answers in the server's place, and may or may not let it go on.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from flask import g
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from outreach.core.accounts import logins
from outreach.core.accounts.actors import home_of
from outreach.core.exchange import devices
from outreach.core.keys.server_keys import public_keys
from outreach.extensions import db
from outreach.storage import queries_sync
from outreach.storage.accounts import User
from outreach.storage.sync import Device, Mutation
from tests.support.keys import PhoneKey, unb64
from tests.support.middle_box import MiddleBox, Said
from tests.support.signed import answered_by, request_signature

MARK = "bohong"  # in whatever a liar writes of his own
SIGNATURE, ANSWER = "Jangkau-Signature", "Jangkau-Answer"
DAMAGE = ("lost", "unanswered", "crash", "half", "twice", "parked", "late")


class Crash(BaseException):
    """The server's process dies: nothing may catch it and go on."""


@contextmanager
def crash_before_commit() -> Iterator[None]:
    """The next commit kills the server instead."""

    def die(_session: Session) -> None:
        raise Crash

    event.listen(Session, "before_commit", die)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", die)


@contextmanager
def crash_while_writing(statement: int = 3) -> Iterator[None]:
    """The server dies as it begins its so-manieth writing statement."""
    left = [statement]

    def die(_c: Any, _cur: Any, text: str, *_: Any) -> None:
        if text.startswith(("INSERT", "UPDATE", "DELETE")):
            left[0] -= 1
            if left[0] <= 0:
                raise Crash

    event.listen(db.engine, "before_cursor_execute", die)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", die)


@dataclass(frozen=True)
class Request:
    """One request of a phone; ``device`` says whose cookie goes with it, ``user`` who is logged in
    on that browser, if anybody."""

    device: str
    path: str
    data: bytes = b""
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)
    user: str = ""

    def json(self) -> dict[str, Any]:
        """The body as an object; empty for pieces of pictures."""
        if self.method != "POST":
            return {}
        zipped = self.headers.get("Content-Encoding") == "gzip"
        found: dict[str, Any] = orjson.loads(gzip.decompress(self.data) if zipped else self.data)
        return found


@dataclass(frozen=True)
class Boxed:
    """What somebody in the middle answers; ``through``: the server still gets the request."""

    status: int
    shape: str
    through: bool


class Network:
    """Carries requests to ``server.app`` and remembers what the server has told to be received."""

    def __init__(self, server: Any, tally: Counter[str]) -> None:
        self.server, self.tally = server, tally
        self.client = server.app.test_client(use_cookies=False)
        self.cookies: dict[str, str] = {}
        self.parked: list[Request] = []
        self.late: list[tuple[Request, dict[str, Any]]] = []
        self.acked: set[str] = set()
        self.box = MiddleBox()
        self.seen: dict[
            str, Request
        ] = {}  # by device: its newest push, as somebody on the way sees it
        self.strangers: set[str] = set()  # devices of liars: of what they send nothing is promised
        self.keys: dict[str, tuple[PhoneKey, PhoneKey]] = {}  # by device: to send, to fetch

    def log_in(self, user: str, device: str, was: str | None = None) -> None:
        """Give a device its own cookie, as a login on it does."""
        self.tally["new device ids"] += was is not None
        account = db.session.get_one(User, user)
        send, fetch = self.keys.setdefault(device, (PhoneKey(), PhoneKey()))
        points = {"public_key": unb64(send.public), "fetch_key": unb64(fetch.public)}
        said = devices.Announcement(device, was=was, signed=True, **points)
        own = self.server.app.config["OUTREACH"].regency
        regency = home_of(db.session(), account, own)
        self.cookies[device] = devices.register(
            db.session(), regency, account, said, self.server.now
        )

    def login_cookie(self, user: str) -> str:
        """The cookie of somebody who has just logged in."""
        opened = logins.open_session(db.session(), user, agent="", now=self.server.now)
        browser = self.server.app.test_client()
        with browser.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = opened.get_id(), True
        name = self.server.app.config["SESSION_COOKIE_NAME"]
        return f"{name}={browser.get_cookie(name).value}"

    def signed(self, request: Request) -> Request:
        """The request with its phone's signature, where the phone did not make one itself."""
        if request.device not in self.keys or SIGNATURE in request.headers:
            return request
        key = self.keys[request.device][request.path == "pull"]
        challenge = self.server.app.extensions["challenges"].make(request.device, self.server.now)
        address = f"/sync/v1/{request.path}"
        made = request_signature(key, request.method, address, request.data, challenge)
        return replace(request, headers={**request.headers, SIGNATURE: made})

    def ask(self, request: Request, mode: str | Boxed) -> Response | None:
        """The same for a phone that believes only what the server signed to this very request."""
        request = self.signed(request)
        answer = self.send(request, mode)
        return answer if answer is not None and self.is_servers(request, answer) else None

    def is_servers(self, request: Request, answer: Response) -> bool:
        """True when the server signed this answer to this request."""
        keys = public_keys(self.server.app.extensions["keyring"].held())
        asked, made = request.headers.get(SIGNATURE, ""), answer.headers.get(ANSWER, "")
        return answered_by(keys, asked, answer.status_code, answer.get_data(), made) is not None

    def boxed(self, request: Request, box: Boxed) -> Response:
        """What the phone hears of somebody in the middle."""
        self.tally[f"box: {box.shape}"] += 1
        true = self.arrive(request) if box.through else None
        said = self.box.answer(
            request.path.partition("?")[0],
            box.status,
            box.shape,
            request.headers.get(SIGNATURE, ""),
            request.headers.get("Jangkau-Key", ""),
            said_in(true) if true is not None else None,
        )
        return Response(said.body, said.status, said.headers)

    def send(self, request: Request, mode: str | Boxed) -> Response | None:
        """What reaches the phone: an answer, or None."""
        request = self.signed(request)
        if mode != "ok":
            self.tally["requests that went wrong"] += 1
        if request.path == "push" and request.json()["mutations"]:
            self.seen[request.device] = request
        if isinstance(mode, Boxed):
            return self.boxed(request, mode)
        if mode == "parked":
            self.parked.append(request)
        if mode in ("lost", "parked"):
            return None
        if mode in ("crash", "half"):
            with crash_before_commit() if mode == "crash" else crash_while_writing():
                self.arrive(request)
            return None
        answer = self.arrive(request)
        if mode == "twice":
            answer = self.arrive(request)
        if mode == "ok" and answer is not None:
            self.box.hear(request.path.partition("?")[0], said_in(answer))
        if mode == "late" and answer is not None and answer.status_code == 200:
            self.late.append((request, answer.json))  # type: ignore[arg-type]
        return answer if mode in ("ok", "twice") else None

    def arrive(self, request: Request) -> TestResponse | None:
        """The server's answer; None when it dies over it."""
        self.server.wait(seconds=3)
        g.pop("_login_user", None)  # the test's app context outlives each request
        self.tally["requests"] += 1
        cookie = f"jk_{request.device}={self.cookies.get(request.device, '')}"
        try:
            if request.user:  # the server may die over the login as well
                cookie += "; " + self.login_cookie(request.user)
            answer = self.client.open(
                f"/sync/v1/{request.path}",
                method=request.method,
                data=request.data,
                headers={**request.headers, "Cookie": cookie},
            )
        except Crash:
            db.session.remove()
            self.tally["server crashes"] += 1
            return None
        assert answer.status_code < 500, answer.get_data(as_text=True)
        assert self.is_servers(request, answer), "an answer that no phone would believe"
        if request.path == "device" and answer.status_code == 200:
            token = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
            self.cookies[request.device] = token
            self.tally["new device ids"] += request.json().get("was") is not None
        if request.path == "push" and answer.status_code == 200:
            self.note(request, answer.json or {})
        return answer

    def last_mid(self, device: str) -> int:
        """The number up to which the server has a phone's saves."""
        known = db.session.get(Device, device)
        return known.last_mid if known else 0

    def body_of(self, key: str) -> dict[str, Any] | None:
        """What is stored under a key; None for nothing."""
        payload = db.session.scalar(select(Mutation.payload).where(Mutation.key == key))
        return orjson.loads(payload) if payload else None

    def epoch(self) -> int:
        """The server's present life."""
        return queries_sync.epoch(db.session())

    def note(self, request: Request, answer: dict[str, Any]) -> None:
        """Remember which keys were answered."""
        if request.device in self.strangers:
            return
        bodies = [orjson.loads(text) for text in request.json()["mutations"]]
        sent = [body for body in bodies if not says_lie(body)]
        numbers = {result["mid"] for result in answer.get("results", [])}
        self.acked |= {one["key"] for one in sent if one["mid"] in numbers}
        for result in answer.get("results", []):
            self.tally["replays" if result.get("replay") else result["status"]] += 1


def says_lie(body: dict[str, Any]) -> bool:
    """True for a mutation that brings what a liar wrote; an honest one may have seen it."""
    pairs = body.get("set")
    return isinstance(pairs, dict) and any(MARK in str(new) for _, new in pairs.values())


def said_in(answer: Response) -> Said:
    """An answer as somebody on the way copies it."""
    headers = {k: v for k, v in answer.headers if k.lower() not in ("set-cookie", "content-length")}
    return Said(answer.status_code, answer.get_data(), headers)
