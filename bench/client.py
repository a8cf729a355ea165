"""An HTTP client as thin as can be: it shares the server's two cores."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.stage import PASSWORD


@dataclass(slots=True)
class Answer:
    """Status, headers, body as sent (still compressed) and its length on the wire."""

    status: int
    headers: dict[str, str]
    wire: bytes

    @property
    def body(self) -> bytes:
        """The body, inflated."""
        if self.headers.get("content-encoding") == "gzip":
            return gzip.decompress(self.wire)
        return self.wire

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Sign = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Packed:
    """A body on the wire, its encoding, and the phone's signature over it."""

    wire: bytes
    encoding: str
    signature: str


@dataclass(slots=True)
class Client:
    """One browser or phone: a connection kept open and its cookies."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None
    challenge: str = ""

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request on the open connection."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=300)
        sent = {"Accept-Encoding": "gzip", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, sent)
        response = self.connection.getresponse()
        wire = response.read()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.split(";", 1)[0]
        found = {name.lower(): value for name, value in response.getheaders()}
        self.challenge = found.get("jangkau-challenge", self.challenge)
        return Answer(response.status, found, wire)

    def login(self, username: str, password: str = PASSWORD) -> None:
        """Log in by the form; raises when the server refuses."""
        form = urlencode({"username": username, "password": password}).encode()
        kind = "application/x-www-form-urlencoded"
        answer = self.request("POST", "/login", form, Content_Type=kind)
        if answer.status != 303:
            raise RuntimeError(f"login of {username}: {answer.status}")

    def send(self, path: str, value: Any, sign: Sign | None = None) -> Answer:
        """POST JSON, gzip over 1 kB and signed as the phone does."""
        return self.send_packed(path, packed(written(value), sign))

    def send_packed(self, path: str, body: Packed) -> Answer:
        """POST a body that is already packed."""
        more = {"Content_Encoding": body.encoding} if body.encoding else {}
        if body.signature:
            more["Jangkau_Signature"] = body.signature
        return self.request("POST", path, body.wire, Content_Type="application/json", **more)


def written(value: Any) -> bytes:
    """JSON as the phone writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def packed(body: bytes, sign: Sign | None = None) -> Packed:
    """The body as it goes over the wire; the signature is over its plain bytes."""
    signature = sign(body) if sign else ""
    if len(body) <= 1000:
        return Packed(body, "", signature)
    return Packed(gzip.compress(body, 6), "gzip", signature)
