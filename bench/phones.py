"""Simulated phones: they register, journal saves in a hash chain, push and pull by the protocol."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from bench.client import Answer, Client, Packed, Sign, packed, written
from outreach.domain.ids import uuid7
from tests.support.keys import PhoneKey, seal_mutation
from tests.support.signed import request_signature

BATCH = 50


@dataclass(slots=True)
class Phone:
    """One device with its journal's last number and hash."""

    client: Client
    device: str = field(default_factory=uuid7)
    epoch: int = 0
    scopes: list[str] = field(default_factory=list)
    mid: int = 0
    chain: bytes = b""
    key: PhoneKey = field(default_factory=PhoneKey)
    fetch_key: PhoneKey = field(default_factory=PhoneKey)
    server_key: dict[str, str] = field(default_factory=dict)

    def signing(self, path: str) -> Sign:
        """What signs a request to this path with the server's last challenge."""
        key = self.fetch_key if path.endswith("/pull") else self.key
        challenge = self.client.challenge
        return lambda body: request_signature(key, "POST", path, body, challenge)

    def register(self) -> None:
        """Announce the device; raises when it is not welcome."""
        said: dict[str, Any] = {
            "device": self.device,
            "name": "bench",
            "app": "bench",
            "recorded": 0,
        }
        said |= {"public_key": self.key.public, "fetch_key": self.fetch_key.public}
        path = "/sync/v1/device"
        answer = self.client.send(path, said, self.signing(path))
        if answer.status == 428:  # the first challenge comes with the first answer
            answer = self.client.send(path, said, self.signing(path))
        if answer.status != 200:
            raise RuntimeError(f"device: {answer.status} {answer.body[:200]!r}")
        self.epoch, self.scopes = answer.json["epoch"], answer.json["scopes"]
        self.server_key = next(key for key in answer.json["keys"] if key["kind"] == "seal")

    def mutation(
        self, changes: dict[str, Any], scope: str, row: str | None = None, ver: int = 0
    ) -> str:
        """The next save as the journal's text; a create's key is its id."""
        self.mid += 1
        key = uuid7()
        return json.dumps(
            {
                "mid": self.mid,
                "key": key,
                "schema": 1,
                "op": "put",
                "table": "worker",
                "id": row or key,
                "scope": scope,
                "ver": ver,
                "set": changes,
                "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            separators=(",", ":"),
            ensure_ascii=False,
        )

    def sealed(self, text: str) -> str:
        """The save as a locked phone sends it."""
        return json.dumps(seal_mutation(json.loads(text), self.server_key), separators=(",", ":"))

    def envelope(self, texts: list[str], sent: list[str] | None = None) -> Packed:
        """A signed push of these saves, packed for the wire; moves the chain on. ``sent`` are
        their sealed copies, where those travel."""
        before = self.chain
        for text in texts:
            self.chain = sha256(self.chain + text.encode()).digest()
        body = {
            "device": self.device,
            "epoch": self.epoch,
            "app": "bench",
            "recorded": self.mid,
            "kept_from": 1,
            "first_prev": before.hex(),
            "mutations": sent or texts,
        }
        return packed(written(body), self.signing("/sync/v1/push"))

    def push(self, texts: list[str]) -> Answer:
        """Send saves and return the server's answer."""
        return self.client.send_packed("/sync/v1/push", self.envelope(texts))

    def pull(self, view: str, limit: int = 1000) -> tuple[int, int, int]:
        """(rows, requests, bytes on the wire) until nothing more comes, from an empty phone."""
        cursors = dict.fromkeys(self.scopes, 0)
        rows = requests = wire = 0
        while True:
            asked = {
                "device": self.device,
                "epoch": self.epoch,
                "cursors": cursors,
                "view": view,
                "limit": limit,
            }
            answer = self.client.send("/sync/v1/pull", asked, self.signing("/sync/v1/pull"))
            if answer.status != 200:
                raise RuntimeError(f"pull: {answer.status} {answer.body[:200]!r}")
            requests += 1
            wire += len(answer.wire)
            more = False
            for scope, part in answer.json["scopes"].items():
                cursors[scope] = part["cursor"]
                rows += sum(1 for row in part["rows"] if row["table"] == "worker")
                more = more or part["more"]
            if not more:
                return rows, requests, wire
