"""An HTTP client as thin as can be: it shares the server's two cores."""

from __future__ import annotations

import gzip
import http.client
import json
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


@dataclass(slots=True)
class Client:
    """One browser or phone: a connection kept open and its cookies."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

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
        return Answer(response.status, found, wire)

    def login(self, username: str, password: str = PASSWORD) -> None:
        """Log in by the form; raises when the server refuses."""
        form = urlencode({"username": username, "password": password}).encode()
        kind = "application/x-www-form-urlencoded"
        answer = self.request("POST", "/login", form, Content_Type=kind)
        if answer.status != 303:
            raise RuntimeError(f"login of {username}: {answer.status}")

    def send(self, path: str, value: Any) -> Answer:
        """POST JSON, gzip over 1 kB as the phone does."""
        body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        return self.send_packed(path, *packed(body))

    def send_packed(self, path: str, body: bytes, encoding: str) -> Answer:
        """POST a body that is already packed."""
        more = {"Content_Encoding": encoding} if encoding else {}
        return self.request("POST", path, body, Content_Type="application/json", **more)


def packed(body: bytes) -> tuple[bytes, str]:
    """(bytes, encoding) as they go over the wire."""
    return (gzip.compress(body, 6), "gzip") if len(body) > 1000 else (body, "")
