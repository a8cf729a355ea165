"""Somebody between phone and server who answers in the server's place: any status, any page.

It sees and stops everything and has a key of its own, never one of the server's. What it says may
settle, free, renumber, fetch, end and accuse nothing. It knows the addresses and shapes of the
door, as anybody does who has read this repository.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.keys import PhoneKey
from tests.support.signed import answer_signature

STATUSES = (200, 401, 403, 404, 409, 410, 413, 422, 426, 428, 429, 500, 502, 503)
SHAPES = ("page", "foreign", "ours", "fork", "signed", "told", "replayed", "restated", "altered")
CODES = {
    401: "device_unknown",
    403: "device_revoked",
    404: "blob_not_there",
    409: "device_key_differs",
    410: "device_ended",
    413: "body_too_big",
    422: "mutation_unnumbered",
    426: "fetch_unsigned",
    428: "challenge_stale",
    429: "key_crowded",
    503: "schema_newer",
}
PAGE = b"<!doctype html><title>Wi-Fi</title><form>Masuk dulu</form>"
FOREIGN = b'{"error": "blocked", "status": "ok", "results": []}'
MANY = 60  # numbers that a lie settles at once
LIE = "applied"


@dataclass(frozen=True)
class Said:
    """An answer as it travels."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class MiddleBox:
    """``heard`` are true answers by address, to be given again in the place of later ones."""

    def __init__(self) -> None:
        self.key = PhoneKey()
        self.heard: dict[str, Said] = {}

    def hear(self, path: str, said: Said) -> None:
        """Remember a true answer that went by, the first of its address for good."""
        if said.status == 200:
            self.heard.setdefault(path, said)

    def answer(
        self,
        path: str,
        status: int,
        shape: str,
        asked: str = "",
        told: str = "",
        true: Said | None = None,
    ) -> Said:
        """What the box says to a request to ``path`` (below the door, without query).

        ``asked`` is the request's signature, ``told`` the key of the server that the phone names,
        ``true`` the server's own answer to it where the box let the request through.
        """
        if shape == "replayed" and path in self.heard:
            return self.heard[path]
        old = true or self.heard.get(path)
        if shape in ("restated", "altered") and old is not None:
            return spoiled(old, shape, status)
        if shape in ("page", "foreign"):
            kind = "text/html" if shape == "page" else "application/json"
            body = PAGE if shape == "page" else FOREIGN
            return Said(status, body, {"Content-Type": kind})
        body = json.dumps(fork() if shape == "fork" else self.worst(path, status, shape)).encode()
        headers = {"Content-Type": "application/json", "Retry-After": "1"}
        if shape in ("signed", "told"):
            kid = told if shape == "signed" and told else "zz"
            made = answer_signature(self.key, asked, status, body)
            headers["Jangkau-Answer"] = f"{kid}.{made}"
        return Said(status, body, headers)

    def worst(self, path: str, status: int, shape: str) -> dict[str, Any]:
        """The worst that could be said at an address in our own shape."""
        numbers = {"epoch": 1, "last_mid": MANY, "last_key": None, "durable_mid": MANY}
        code = {"code": CODES.get(status, "device_ended"), "params": {}}
        if path == "push":
            results = [{"mid": n, "status": LIE, "scope": None, "ver": 9} for n in range(1, MANY)]
            return numbers | code | {"results": results, "last_hash": "", "missing": []}
        if path == "pull":
            return numbers | code | {"revoked": [], "scopes": {}, "missing": [[1, MANY]]}
        if path.startswith("blob/"):
            return code | {"offset": 10**6, "total": 10**6, "state": "complete"}
        own = {"kid": "zz", "kind": "sign", "public": self.key.public}
        told = {"keys": [own] if shape == "told" else []}
        user = {"id": "x", "name": "P"}
        return {"epoch": 9, "user": user, "role": "officer", "scopes": []} | told | code


def fork() -> dict[str, Any]:
    """Another history, of another life."""
    return {"fork": True, "epoch": 7, "last_mid": 9000, "last_key": None, "revoked": []}


def spoiled(old: Said, shape: str, status: int) -> Said:
    """A true answer with another status, or with other numbers."""
    if shape == "restated":
        return replace(old, status=status if status != old.status else 418)
    return replace(old, body=old.body.replace(b'"last_mid":', b'"last_mid":9') + b" ")
