"""An officer who lies, beside the real phones: he overhears what they send, and sends false things
over HTTP with his own phone and with their cookies (tests/support/liar.py says what).

He has a login like any officer, and no key of anybody else's.
"""

from __future__ import annotations

import gzip
import json
import random
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.message import Message as Headers
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

import orjson

from tests.chaos.proxy import Message
from tests.support.form import DEMO_PASSWORD
from tests.support.keys import PhoneKey
from tests.support.liar import LIES, UNPROVEN, Liar
from tests.support.network import SIGNATURE, Request
from tests.support.signed import request_signature

NAME = "penipu"
PAUSE = (0.5, 2.5)  # seconds between two lies
VILLAGES = ("18.04.04.2002", "18.04.04.2005")
SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """What came back; ``json`` is empty for what is no object."""

    status_code: int
    json: dict[str, Any]
    challenge: str


@dataclass
class Overheard:
    """What went by on the way: each phone's newest push, and what it said under each key."""

    pushes: dict[str, Request] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)  # by key: the device
    heights: dict[str, int] = field(default_factory=dict)  # by device: its highest number

    def hear(self, message: Message) -> None:
        """Take in a request that goes by."""
        if message.path != b"/sync/v1/push":
            return
        packed = message.body.startswith(b"\x1f\x8b")
        said = orjson.loads(gzip.decompress(message.body) if packed else message.body)
        device = said["device"]
        signature = {SIGNATURE: message.header("jangkau-signature")}
        plain = orjson.dumps(said)
        self.pushes[device] = Request(device, "push", plain, headers=signature)
        self.cookies[device] = message.header("cookie")
        for body in map(orjson.loads, said["mutations"]):
            self.bodies[body["key"]] = body
            self.owners[body["key"]] = device
            self.heights[device] = max(self.heights.get(device, 0), body["mid"])


class Wire:
    """What a liar needs of a network, over HTTP to ``url``; nobody hurts what he sends."""

    def __init__(self, url: Callable[[], str]) -> None:
        self.url, self.heard = url, Overheard()
        self.seen = self.heard.pushes
        self.strangers: set[str] = set()
        self.keys = (PhoneKey(), PhoneKey())
        self.challenge, self.life, self.device = "", 1, ""
        self.told: Counter[str] = Counter()  # what he was answered
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def log_in(self, _user: str, device: str) -> None:
        """Make his phone known, as a browser does after the login form."""
        self.device = device
        form = urlencode({"username": NAME, "password": DEMO_PASSWORD}).encode()
        self.opener.open(f"{self.url()}/login", form, SECONDS).close()
        told = {"public_key": self.keys[0].public, "fetch_key": self.keys[1].public, "app": "x"}
        self.arrive(
            self.signed(Request(device, "device", orjson.dumps({"device": device, **told})))
        )

    def signed(self, request: Request) -> Request:
        """With his own key and the server's last challenge."""
        address = f"/sync/v1/{request.path}"
        key = self.keys[0]
        made = request_signature(key, "POST", address, request.data, self.challenge)
        return replace(request, headers={SIGNATURE: made})

    def arrive(self, request: Request) -> Answer | None:
        """The server's answer, asked once more where it wants another challenge or a login."""
        answer = self.ask(request)
        if answer is not None:
            self.told[str(answer.status_code)] += 1
            self.told.update(result["status"] for result in answer.json.get("results", ()))
        mine = request.device == self.device
        if answer is None or not mine:
            return answer
        self.challenge = answer.challenge or self.challenge
        self.life = answer.json.get("epoch", self.life)
        if answer.status_code == 428:
            return self.ask(self.signed(request))
        if answer.status_code == 401 and request.path != "device":
            self.log_in("", self.device)
        return answer

    def ask(self, request: Request) -> Answer | None:
        """One request; None while the server is away."""
        headers = {"Content-Type": "application/json", **request.headers}
        if request.device != self.device:
            headers["Cookie"] = self.heard.cookies.get(request.device, "")
        address = f"{self.url()}/sync/v1/{request.path}"
        asked = urllib.request.Request(address, request.data, headers, method="POST")
        opener = self.opener if request.device == self.device else urllib.request.build_opener()
        try:
            with opener.open(asked, timeout=SECONDS) as answer:
                return read(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            return read(refused.code, refused.headers, refused.read())
        except OSError:
            return None

    def epoch(self) -> int:
        """The server's present life, as he heard it last."""
        return self.life

    def last_mid(self, device: str) -> int:
        """A phone's highest number that went by."""
        return self.heard.heights.get(device, 0)

    def body_of(self, key: str) -> dict[str, Any] | None:
        """What somebody sent under a key."""
        found = self.heard.bodies.get(key)
        return dict(found) if found else None


def read(status: int, headers: Headers, data: bytes) -> Answer:
    """An answer from its parts."""
    if headers.get("Content-Encoding") == "gzip":
        data = gzip.decompress(data)
    found: Any = None
    with suppress(ValueError):
        found = json.loads(data)
    told = found if isinstance(found, dict) else {}
    return Answer(status, told, headers.get("Jangkau-Challenge", ""))


class LiarBeside(threading.Thread):
    """He lies until he is told to stop; ``tally`` counts his lies by kind."""

    def __init__(self, url: Callable[[], str], seed: int) -> None:
        super().__init__(daemon=True, name="liar")
        self.wire, self.random = Wire(url), random.Random(seed)
        self.tally: Counter[str] = Counter()
        self.over = threading.Event()

    def run(self) -> None:
        """One lie after the other."""
        liar: Liar | None = None
        while not self.over.wait(self.random.uniform(*PAUSE)):
            with suppress(OSError):
                liar = liar or Liar(self.wire, "", self.tally)
                self.lie(liar)

    def lie(self, liar: Liar) -> None:
        """One lie about something that went by lately."""
        heard = self.wire.heard
        known = list(heard.bodies)[-100:]
        if not known:
            return
        kind, key = self.random.choice(LIES + UNPROVEN), self.random.choice(known)
        about = (key, heard.owners[key], self.random.choice(VILLAGES))
        if kind in UNPROVEN:
            liar.forge(kind, heard.owners[key], *about)
        else:
            liar.lie(kind, *about)

    def stop(self) -> None:
        """No further lie."""
        self.over.set()
        self.join(2 * SECONDS)
