"""An officer who lies: he knows everybody's keys and sends what he likes with his own phone.

What he sends may take effect only as his own. The honest ones' invariants hold beside him. He has
seen their cookies too, as somebody on the way does, but has no key that they sign with.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import orjson

from outreach.domain.ids import uuid7
from outreach.storage.sync import Mutation
from tests.support.network import MARK, SIGNATURE, Request, says_lie

LIES = ("rubbish", "broken", "altered", "copied", "doubled", "gap", "strange")
UNPROVEN = ("unsigned", "spliced", "stretched")
UNSIGNED = {SIGNATURE: ""}
FAR = 10**12


class Liar:
    """A phone of his own, with the numbers it has given out; ``net`` carries what he sends, and
    tells what he has overheard."""

    def __init__(self, net: Any, user: str, tally: Counter[str]) -> None:
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

    def forge(self, kind: str, device: str, key: str, victim: str, scope: str) -> None:
        """Send one lie on a phone of somebody else's, with its cookie and without its keys."""
        self.tally[f"lie: {kind}"] += 1
        getattr(self, kind)(device, key, victim, scope)

    def unsigned(self, device: str, key: str, victim: str, scope: str) -> None:
        """The numbers that come next, over a key that is known."""
        at = 1 + self.net.last_mid(device)
        text = orjson.dumps({**self.body(key, victim, scope), "mid": at}).decode()
        self.push_as(device, {"mutations": [text], "recorded": at, "kept_from": at})

    def stretched(self, device: str, key: str, victim: str, scope: str) -> None:
        """A gap of a trillion saves, and one beyond it."""
        text = orjson.dumps({**self.body(key, victim, scope), "mid": FAR}).decode()
        for texts in ([], [text]):
            self.push_as(device, {"mutations": texts, "recorded": FAR, "kept_from": FAR})

    def spliced(self, device: str, _key: str, _victim: str, _scope: str) -> None:
        """The last push of that phone, with its signature and other answers."""
        seen = self.net.seen.get(device)
        if seen is None:
            return
        packet = seen.json()
        bodies = [orjson.loads(text) for text in packet["mutations"]]
        lies = [{**body, "set": {"notes": [None, self.word()]}} for body in bodies]
        packet["mutations"] = [orjson.dumps(lie).decode() for lie in lies]
        self.net.arrive(replace(seen, data=orjson.dumps(packet), headers=signed_only(seen)))

    def push_as(self, device: str, parts: dict[str, Any]) -> None:
        """A push of somebody else's phone that nobody signed."""
        packet = {"device": device, "epoch": self.net.epoch(), "app": "model", **parts}
        self.net.arrive(Request(device, "push", orjson.dumps(packet), headers=UNSIGNED))

    def send(self, *bodies: dict[str, Any]) -> None:
        """Number and push; whatever comes back is all the same to him."""
        texts = []
        for body in bodies:
            self.mid = body.pop("jump", self.mid) + 1
            texts.append(orjson.dumps({**body, "mid": self.mid}).decode())
        first = self.mid - len(bodies) + 1
        packet = {"device": self.device, "epoch": self.net.epoch(), "recorded": self.mid}
        packet |= {"kept_from": first, "mutations": texts}
        request = self.net.signed(Request(self.device, "push", orjson.dumps(packet)))
        answer = self.net.arrive(request)
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
        """What somebody saved under a key, without its number."""
        found = self.net.body_of(key)
        if found is None:
            return None
        found.pop("mid", None)
        return found


def signed_only(request: Request) -> dict[str, str]:
    """The signature of a request, without what tells that it was packed."""
    return {SIGNATURE: request.headers[SIGNATURE]}


def is_lie(mutation: Mutation) -> bool:
    """True for what a liar wrote, whoever's phone it came under."""
    return bool(mutation.payload) and says_lie(orjson.loads(mutation.payload))
