"""An officer who lies: he knows everybody's keys and sends what he likes with his own phone.

What he sends may take effect only as his own. The honest ones' invariants hold beside him.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
from sqlalchemy import select

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.sync import Mutation
from tests.support.network import Network, Request

LIES = ("rubbish", "broken", "altered", "copied", "doubled", "gap", "strange")
MARK = "bohong"
FAR = 10**12


class Liar:
    """A phone of his own, with the numbers it has given out."""

    def __init__(self, net: Network, user: str, tally: Counter[str]) -> None:
        self.net, self.user, self.tally = net, user, tally
        self.device, self.mid, self.values = uuid7(), 0, 0
        net.log_in(user, self.device)
        net.strangers.add(self.device)

    def word(self) -> str:
        """A value that nobody has written before, and that shows whose it is."""
        self.values += 1
        return f"{MARK} {self.values}"

    def lie(self, kind: str, key: str, victim: str, scope: str) -> None:
        """Send one lie about a key of somebody else's save."""
        self.tally[f"lie: {kind}"] += 1
        self.send(*getattr(self, kind)(key, victim, scope))

    def send(self, *bodies: dict[str, Any], **envelope: Any) -> None:
        """Number and push; whatever comes back is all the same to him."""
        texts = []
        for body in bodies:
            self.mid = body.pop("jump", self.mid) + 1
            texts.append(orjson.dumps({**body, "mid": self.mid}).decode())
        first = self.mid - len(bodies) + 1
        packet = {"device": self.device, "epoch": self.net.epoch(), "recorded": self.mid}
        packet |= {"kept_from": first, "mutations": texts} | envelope
        answer = self.net.arrive(Request(self.device, "push", orjson.dumps(packet)))
        told = answer.json if answer is not None and answer.status_code == 200 else None
        if told and "last_mid" in told:
            self.mid = told["last_mid"]

    def body(self, key: str, victim: str, scope: str, **parts: Any) -> dict[str, Any]:
        """A mutation in the victim's name."""
        made = {"key": key, "schema": 1, "op": "put", "table": "worker", "id": key}
        values = {"full_name": [None, "SAMPAH"], "notes": [None, self.word()]}
        return {**made, "scope": scope, "ver": 0, "set": values, "on_behalf": victim, **parts}

    def rubbish(self, key: str, victim: str, scope: str) -> list[dict[str, Any]]:
        """What breaks no rule."""
        return [self.body(key, victim, scope)]

    def broken(self, key: str, victim: str, scope: str) -> list[dict[str, Any]]:
        """What is refused, and would have others wait for it."""
        return [self.body(key, victim, scope, set={"nik": [None, "123"]})]

    def altered(self, key: str, victim: str, scope: str) -> list[dict[str, Any]]:
        """The stored save with one answer changed."""
        body = self.stored(key)
        if body is None or not isinstance(body.get("set"), dict):
            return self.rubbish(key, victim, scope)
        old = body["set"].get("notes", [None, None])[0]
        return [{**body, "set": {"notes": [old, self.word()]}, "on_behalf": victim}]

    def copied(self, key: str, victim: str, scope: str) -> list[dict[str, Any]]:
        """The very save, as if it were his."""
        body = self.stored(key)
        return [body] if body else self.rubbish(key, victim, scope)

    def doubled(self, key: str, victim: str, scope: str) -> list[dict[str, Any]]:
        """Two contents under one key at once."""
        return [self.body(key, victim, scope), self.body(key, victim, scope)]

    def gap(self, key: str, victim: str, scope: str) -> list[dict[str, Any]]:
        """Numbers beyond any phone's."""
        return [{**self.body(key, victim, scope), "jump": self.mid + FAR}]

    def strange(self, key: str, victim: str, scope: str) -> list[dict[str, Any]]:
        """A record of somebody else's, by a key of his own."""
        return [self.body(uuid7(), victim, scope, id=key)]

    def stored(self, key: str) -> dict[str, Any] | None:
        """What the server has under a key, without its number."""
        payload = db.session.scalar(select(Mutation.payload).where(Mutation.key == key))
        if not payload:
            return None
        found: dict[str, Any] = orjson.loads(payload)
        found.pop("mid", None)
        return found
