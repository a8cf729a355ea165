"""A phone as it should behave: journal, base and view, written from the rules for clients.

It knows nothing of the server's code; it speaks JSON through ``wire(path, body)``, which may
drop, delay or repeat. What the screen called saved is what ``save`` returned.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from outreach.domain.ids import uuid7

Wire = Callable[[str, dict[str, Any]], dict[str, Any] | None]
Rows = dict[str, dict[str, Any]]
SETTLED = ("applied", "conflict", "held", "invalid")
CORE = ("worker", "inbox")  # rows that lie under their id alone; others under table/id
ROUNDS = 200


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
class Report:
    """What a phone's disk holds: the saves it keeps, the rows it shows, the numbers it tells."""

    device: str
    kept: list[tuple[str, dict[str, Any]]]  # key and body of each save, in order
    states: dict[str, str]  # by key: a verdict, or waiting
    unsettled: int
    rows: dict[str, dict[str, tuple[int, Any]]]  # by scope: id → (ver, data)
    recorded: int
    received: int
    pending: int
    floor: int
    gone: int = 0  # what neither this phone nor the server has
    line: tuple[str, ...] = ()  # devices that it was before and let go of saves as


@dataclass
class Phone:
    """One installation: everything in ``disk`` survives a crash, and may be rolled back."""

    user_id: str
    device: str
    scopes: tuple[str, ...]
    registered: Callable[[str, str | None], None]
    epoch: int = 1
    journal: list[Entry] = field(default_factory=list)
    floor: int = 0  # the last number no longer kept, with its chain value
    floor_hash: str = ""
    before: int = 0  # saves of earlier devices that are safe and no longer numbered
    rows: dict[str, Rows] = field(default_factory=dict)
    cursors: dict[str, int] = field(default_factory=dict)
    received: int = 0
    durable: int = 0
    tables: tuple[str, ...] = ()  # of features, whose rows this app knows

    def __post_init__(self) -> None:
        for scope in self.scopes:
            self.cursors.setdefault(scope, 0)

    # --- saving --------------------------------------------------------------------------------

    @property
    def last(self) -> int:
        """The highest number given out."""
        return self.floor + len(self.journal)

    def entry(self, mid: int) -> Entry | None:
        """A save that is still kept."""
        return self.journal[mid - self.floor - 1] if self.floor < mid <= self.last else None

    def hash_at(self, mid: int) -> str:
        """The chain's value at a number that is kept, or at the floor."""
        kept = self.entry(mid)
        return kept.hash if kept else self.floor_hash

    def save(
        self,
        scope: str,
        changes: dict[str, Any],
        row_id: str | None = None,
        op: str = "put",
        table: str = "worker",
    ) -> Entry:
        """Number and keep one save; ``from`` of each field is what the screen showed."""
        key = uuid7()
        row_id = row_id or key
        shown = self.view(row_id, table) or {}
        base = self.base(row_id, table)
        body = {
            "key": key,
            "schema": 1,
            "op": op,
            "table": table,
            "id": row_id,
            "scope": scope,
            "ver": base["ver"] if base else 0,
            "set": {name: [shown.get(name), value] for name, value in changes.items()},
            "at": "2026-11-22T06:05:00Z",
        }
        return self.number(key, body)

    def number(self, key: str, body: dict[str, Any]) -> Entry:
        """Give a save its number, its bytes and its place in the chain."""
        mid = self.last + 1
        text = json.dumps({"mid": mid, **body}, separators=(",", ":"))
        previous = bytes.fromhex(self.hash_at(mid - 1))
        chained = sha256(previous + text.encode()).hexdigest()
        self.journal.append(Entry(mid, key, body, text, chained))
        return self.journal[-1]

    def base(self, row_id: str, table: str = "worker") -> dict[str, Any] | None:
        """The pulled row."""
        place = place_of(table, row_id)
        for rows in self.rows.values():
            if place in rows:
                return rows[place]
        return None

    def view(self, row_id: str, table: str = "worker") -> dict[str, Any] | None:
        """The pulled row with own mutations that are not yet in it replayed."""
        base = self.base(row_id, table)
        shown = dict(base["data"]) if base else {}
        for entry in self.journal:
            about = (entry.body["id"], entry.body["table"])
            if about == (row_id, table) and not self.is_seen(entry, base):
                for name, (_, value) in entry.body["set"].items():
                    shown[name] = value
        return shown or None

    def is_seen(self, entry: Entry, base: dict[str, Any] | None) -> bool:
        """True once the pulled row contains the mutation's outcome."""
        if entry.status not in ("applied", "conflict") or entry.result is None:
            return False
        return base is not None and base["ver"] >= (entry.result["ver"] or 0)

    # --- syncing -------------------------------------------------------------------------------

    def talk(self, wire: Wire, what: str, size: int = 50) -> bool:
        """One exchange, ``push`` or ``pull``; False when it was cut off."""
        return self.push(wire, size) if what == "push" else self.pull(wire, size)

    def settle(self, wire: Wire) -> None:
        """Exchange until nothing is left to say, or, for a device that may not pull, to send."""
        refused = 0
        for _ in range(ROUNDS):
            self.push(wire)
            refused = 0 if self.pull(wire) else refused + 1
            if refused or self.received < self.floor:
                self.probe(wire)
            if not self.pending_mids() and refused in (0, 2):
                return
        raise AssertionError("sync never ends")

    def pending_mids(self) -> list[int]:
        """Numbers the server has not answered."""
        return [entry.mid for entry in self.journal if entry.status == "waiting"]

    def push(self, wire: Wire, size: int = 50) -> bool:
        """Send what is unanswered; False when nothing came back."""
        waiting = self.pending_mids()
        if not waiting:
            return True
        first = waiting[0]
        start = first - self.floor - 1
        sent = self.journal[start : start + size]
        return self.offer(wire, sent, self.hash_at(first - 1))

    def probe(self, wire: Wire) -> bool:
        """Offer nothing: a device that may not pull learns so where the server stands."""
        return self.offer(wire, [], self.floor_hash)

    def offer(self, wire: Wire, sent: list[Entry], before: str) -> bool:
        """One push request; False when nothing came back."""
        answer = wire(
            "push",
            {
                "device": self.device,
                "epoch": self.epoch,
                "app": "model",
                "recorded": self.last,
                "kept_from": self.floor + 1,
                "first_prev": before,
                "mutations": [entry.text for entry in sent],
            },
        )
        return answer is not None and self.take_push(answer)

    def take_push(self, answer: dict[str, Any]) -> bool:
        """Settle exactly what an answer names, whenever it comes."""
        if not self.same_life(answer):
            return True
        for result in answer["results"]:
            entry = self.entry(result["mid"])
            if entry is not None:
                entry.status, entry.result = result["status"], result
        return True

    def same_life(self, answer: dict[str, Any]) -> bool:
        """True when server and phone remember the same; otherwise the phone mends its books."""
        if answer.get("fork") or self.lineage_differs(answer):
            self.become_another()
            return False
        if answer["epoch"] != self.epoch:
            self.new_life(answer)
            return False
        self.received = max(self.received, answer["last_mid"])
        self.durable = answer["durable_mid"]
        self.let_go()
        return True

    def lineage_differs(self, answer: dict[str, Any]) -> bool:
        """True when the server remembers another history than this disk."""
        mid, key = answer["last_mid"], answer["last_key"]
        if mid > self.last:
            return True
        kept = self.entry(mid)
        return kept is not None and kept.key != key

    def become_another(self) -> None:
        """Go on under a new device id; every kept save keeps its key."""
        kept, was = self.journal, self.device
        self.device = uuid7()
        self.before += self.floor
        self.journal, self.floor, self.floor_hash = [], 0, ""
        self.received = self.durable = 0
        self.registered(self.device, was)
        for entry in kept:
            self.number(entry.key, entry.body)

    def new_life(self, answer: dict[str, Any]) -> None:
        """The server was restored: offer again what it lost, pull everything from 0."""
        self.epoch = answer["epoch"]
        self.received = answer["last_mid"]
        self.durable = 0
        for entry in self.journal:
            if entry.mid > self.received:
                entry.status, entry.result = "waiting", None
        self.rows, self.cursors = {}, dict.fromkeys(self.cursors, 0)

    def let_go(self) -> None:
        """Forget what lies in a verified backup, from the front, once the screen needs it not."""
        while self.journal:
            first = self.journal[0]
            base = self.base(first.body["id"], first.body["table"])
            if first.mid > self.durable or not self.is_seen(first, base):
                return
            self.floor, self.floor_hash = first.mid, first.hash
            del self.journal[0]

    def pull(self, wire: Wire, limit: int = 500) -> bool:
        """One round over all scopes until nothing more comes; False when cut off."""
        for _ in range(ROUNDS):
            answer = wire(
                "pull",
                {
                    "device": self.device,
                    "epoch": self.epoch,
                    "cursors": dict(self.cursors),
                    "view": "full",
                    "limit": limit,
                    **({"tables": list(self.tables)} if self.tables else {}),
                },
            )
            if answer is None:
                return False
            if not self.take_pull(answer):
                return True
        raise AssertionError("pull never ends")

    def take_pull(self, answer: dict[str, Any]) -> bool:
        """Apply one page in one go; True when more follows."""
        if not self.same_life(answer):
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
            row_id = place_of(row["table"], row["id"], code)
            here = rows.get(row_id)
            if here is not None and here["ver"] >= row["ver"]:
                continue
            if row.get("gone"):
                rows.pop(row_id, None)
            else:
                rows[row_id] = row
        self.cursors[code] = page["cursor"]
        return True

    def follow(self, scopes: Iterable[str]) -> None:
        """The villages this phone's user has, as the server tells whenever the app is opened."""
        for scope in scopes:
            self.cursors.setdefault(scope, 0)

    # --- looking in ----------------------------------------------------------------------------

    def shown(self) -> list[tuple[str, str]]:
        """(scope, id) of every row on the screen."""
        saves = [e.body for e in self.journal if e.body["table"] == "worker"]
        own = {(body["scope"], body["id"]) for body in saves}
        villages = [scope for scope in self.rows if scope[0].isdigit()]
        pulled = {(s, row) for s in villages for row in self.rows[s] if "/" not in row}
        return sorted(own | pulled)

    def broken(self) -> list[tuple[str, str]]:
        """(scope, id) of the rows whose NIK was refused."""
        refused = [e for e in self.journal if e.status == "invalid" and "nik" in e.body["set"]]
        return [(e.body["scope"], e.body["id"]) for e in refused]

    def report(self) -> Report:
        """Everything the invariants speak of."""
        return Report(
            self.device,
            [(entry.key, entry.body) for entry in self.journal],
            {entry.key: entry.status for entry in self.journal},
            len(self.pending_mids()),
            {
                code: {i: (row["ver"], row["data"]) for i, row in rows.items()}
                for code, rows in self.rows.items()
            },
            self.before + self.last,
            self.before + self.received,
            sum(1 for entry in self.journal if entry.mid > self.received),
            self.floor,
        )

    # --- accidents -----------------------------------------------------------------------------

    def disk(self) -> dict[str, Any]:
        """Everything a power cut would leave."""
        names = ("device", "epoch", "journal", "floor", "floor_hash", "before", "rows")
        names += ("cursors", "received", "durable")
        return copy.deepcopy({name: getattr(self, name) for name in names})

    def roll_back(self, disk: dict[str, Any]) -> None:
        """The disk as it once was."""
        for name, value in copy.deepcopy(disk).items():
            setattr(self, name, value)


def place_of(table: str, row_id: str, scope: str = "") -> str:
    """Where a pulled row lies: an id is a row's own only within its table."""
    return row_id if table in CORE and scope != "ref" else f"{table}/{row_id}"
