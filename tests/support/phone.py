"""A phone as it should behave: journal, base and view, written from the rules for clients.

It knows nothing of the server's code; it speaks JSON through ``wire(path, body)``, which may
drop, delay or repeat. What the screen called saved is what ``save`` returned.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from outreach.domain.ids import uuid7

Wire = Callable[[str, dict[str, Any]], dict[str, Any] | None]
SETTLED = ("applied", "conflict", "held", "invalid")


@dataclass
class Entry:
    """One numbered save."""

    mid: int
    key: str
    body: dict[str, Any]
    text: str
    hash: str
    status: str = "waiting"
    result: dict[str, Any] | None = None


@dataclass
class Phone:
    """One installation: everything in ``disk`` survives a crash, and may be rolled back."""

    user_id: str
    device: str
    scopes: tuple[str, ...]
    registered: Callable[[str, str | None], None]
    epoch: int = 1
    journal: list[Entry] = field(default_factory=list)
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    cursors: dict[str, int] = field(default_factory=dict)
    received: int = 0

    def __post_init__(self) -> None:
        for scope in self.scopes:
            self.cursors.setdefault(scope, 0)

    # --- saving --------------------------------------------------------------------------------

    def save(
        self,
        scope: str,
        changes: dict[str, Any],
        row_id: str | None = None,
        op: str = "put",
    ) -> Entry:
        """Number and keep one save; ``from`` of each field is what the screen showed."""
        key = uuid7()
        row_id = row_id or key
        shown = self.view(row_id) or {}
        base = self.base(row_id)
        body = {
            "key": key,
            "schema": 1,
            "op": op,
            "table": "worker",
            "id": row_id,
            "scope": scope,
            "ver": base["ver"] if base else 0,
            "set": {name: [shown.get(name), value] for name, value in changes.items()},
            "at": "2026-11-22T06:05:00Z",
        }
        entry = self.number(key, body, len(self.journal) + 1)
        self.journal.append(entry)
        return entry

    def number(self, key: str, body: dict[str, Any], mid: int) -> Entry:
        """A journal entry with its bytes and place in the chain."""
        text = json.dumps({"mid": mid, **body}, separators=(",", ":"))
        previous = bytes.fromhex(self.journal[mid - 2].hash) if mid > 1 else b""
        return Entry(mid, key, body, text, sha256(previous + text.encode()).hexdigest())

    def base(self, row_id: str) -> dict[str, Any] | None:
        """The pulled row."""
        for rows in self.rows.values():
            if row_id in rows:
                return rows[row_id]
        return None

    def view(self, row_id: str) -> dict[str, Any] | None:
        """The pulled row with own mutations that are not yet in it replayed."""
        base = self.base(row_id)
        shown = dict(base["data"]) if base else {}
        for entry in self.journal:
            if entry.body["id"] == row_id and not self.is_seen(entry, base):
                for name, (_, value) in entry.body["set"].items():
                    shown[name] = value
        return shown or None

    def is_seen(self, entry: Entry, base: dict[str, Any] | None) -> bool:
        """True once the pulled row contains the mutation's outcome."""
        if entry.status not in ("applied", "conflict") or entry.result is None:
            return False
        return base is not None and base["ver"] >= (entry.result["ver"] or 0)

    # --- syncing -------------------------------------------------------------------------------

    def push(self, wire: Wire, size: int = 50) -> bool:
        """Send what is unanswered; False when nothing came back."""
        first = next((e.mid for e in self.journal if e.status == "waiting"), None)
        if first is None:
            return True
        sent = self.journal[first - 1 : first - 1 + size]
        answer = wire(
            "push",
            {
                "device": self.device,
                "epoch": self.epoch,
                "app": "model",
                "recorded": len(self.journal),
                "kept_from": 1,
                "first_prev": self.journal[first - 2].hash if first > 1 else "",
                "mutations": [entry.text for entry in sent],
            },
        )
        if answer is None:
            return False
        return self.take_push(answer)

    def take_push(self, answer: dict[str, Any]) -> bool:
        """Settle exactly what an answer names, whenever it comes."""
        if answer.get("fork") or self.lineage_differs(answer):
            self.become_another()
            return True
        if answer.get("epoch") != self.epoch:
            self.new_life(answer)
            return True
        for result in answer["results"]:
            if result["mid"] <= len(self.journal):
                entry = self.journal[result["mid"] - 1]
                entry.status, entry.result = result["status"], result
        self.received = max(self.received, answer["last_mid"])
        return True

    def lineage_differs(self, answer: dict[str, Any]) -> bool:
        """True when the server remembers another history than this disk."""
        mid, key = answer["last_mid"], answer["last_key"]
        if mid > len(self.journal):
            return True
        return mid > 0 and self.journal[mid - 1].key != key

    def become_another(self) -> None:
        """Go on under a new device id; every kept save keeps its key."""
        kept, was = self.journal, self.device
        self.device, self.journal, self.received = uuid7(), [], 0
        self.registered(self.device, was)
        for entry in kept:
            self.journal.append(self.number(entry.key, entry.body, len(self.journal) + 1))

    def new_life(self, answer: dict[str, Any]) -> None:
        """The server was restored: offer again what it lost, pull everything from 0."""
        self.epoch = answer["epoch"]
        for entry in self.journal[answer["last_mid"] :]:
            entry.status, entry.result = "waiting", None
        self.received = answer["last_mid"]
        self.rows, self.cursors = {}, dict.fromkeys(self.cursors, 0)

    def pull(self, wire: Wire, limit: int = 500) -> bool:
        """One round over all scopes until nothing more comes; False when cut off."""
        for _ in range(200):
            asked = dict(self.cursors)
            answer = wire(
                "pull",
                {
                    "device": self.device,
                    "epoch": self.epoch,
                    "cursors": asked,
                    "view": "full",
                    "limit": limit,
                },
            )
            if answer is None:
                return False
            if not self.take_pull(answer):
                return True
        raise AssertionError("pull never ends")

    def take_pull(self, answer: dict[str, Any]) -> bool:
        """Apply one page in one go; True when more follows."""
        if self.lineage_differs(answer):
            self.become_another()
            return True
        if answer["epoch"] != self.epoch:
            self.new_life(answer)
            return True
        for code in answer["revoked"]:
            self.rows.pop(code, None)
            self.cursors.pop(code, None)
        more = False
        for code, page in answer["scopes"].items():
            if code in self.cursors and self.take_page(code, page):
                more = more or page["more"]
        return more

    def take_page(self, code: str, page: dict[str, Any]) -> bool:
        """Apply a page that continues where this phone stopped."""
        if page["from"] != self.cursors[code]:
            if page["from"] != 0:
                return False
            self.rows[code] = {}
        rows = self.rows.setdefault(code, {})
        for row in page["rows"]:
            row_id = f"{row['table']}/{row['id']}" if code == "ref" else row["id"]
            here = rows.get(row_id)
            if here is not None and here["ver"] >= row["ver"]:
                continue
            if row.get("gone"):
                rows.pop(row_id, None)
            else:
                rows[row_id] = row
        self.cursors[code] = page["cursor"]
        return True

    # --- accidents -----------------------------------------------------------------------------

    def disk(self) -> dict[str, Any]:
        """Everything a power cut would leave."""
        names = ("device", "epoch", "journal", "rows", "cursors", "received")
        return copy.deepcopy({name: getattr(self, name) for name in names})

    def roll_back(self, disk: dict[str, Any]) -> None:
        """The disk as it once was."""
        for name, value in copy.deepcopy(disk).items():
            setattr(self, name, value)
