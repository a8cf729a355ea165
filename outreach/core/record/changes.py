"""One mutation as it arrives: read, hashed and checked before any lock is taken.

Nothing here asks the database. What can be read at all becomes a Change; its faults travel in
``errors`` and end in the verdict ``invalid``. Only a mutation without number or key raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeGuard
from uuid import NAMESPACE_OID, uuid5

import orjson

from outreach.domain.actor import PERSONAL_ROLES
from outreach.domain.ids import is_uuid7
from outreach.domain.rules import Error, check_set, fault
from outreach.domain.worker_data import Pair
from outreach.storage.queries_sync import StoredMutation
from outreach.storage.sync import WORKER

SCHEMA = 1
MAX_BYTES = 24 * 1024
MAX_NUMBER = 2**53
MAX_FIELDS = 80
MAX_DEPTH = 8
DIGEST = re.compile(r"[0-9a-f]{64}")
OPS = ("put", "delete")
TABLE = re.compile(r"[a-z][a-z_]{0,15}")
NESTING = (dict, list)
Opener = Callable[[object, bytes, object], bytes | None]
Body = dict[str, object]
"""A mutation as JSON has it."""
Errors = dict[str, list[Error]]


class Unnumbered(ValueError):
    """A mutation whose number or key cannot be read; the phone sends it again as ``raw``."""

    def __init__(self, index: int) -> None:
        super().__init__(f"mutation {index} has no readable number and key")
        self.index = index


@dataclass(slots=True)
class Change:
    """A mutation in memory. ``set`` is {field: (from, to)}; ``user_id`` and ``device_id`` are
    its author's, also when somebody else's decision lets it take effect later. ``sealed``: it
    came sealed; ``unread``: and could not be opened, so that only number and key are known.
    ``place`` is its number on another device than its own, where it is stored there;
    ``phone_key`` the key its phone gave it, where it is stored under another; ``others``: more that
    came under that key is stored under keys of its own; ``settled``: it took effect before and is
    only moved, so that no later rule undoes it."""

    mid: int
    key: str
    payload: bytes
    user_id: str = ""
    device_id: str = ""
    schema: int = 0
    op: str = "put"
    table: str = WORKER
    id: str | None = None
    scope: str | None = None
    ver: int = 0
    set: dict[str, Pair] = field(default_factory=dict)
    at: str | None = None
    on_behalf: str | None = None
    hash: bytes = b""
    errors: Errors = field(default_factory=dict)
    stored: bool = False
    sealed: bool = False
    unread: bool = False
    place: int = 0
    phone_key: str = ""
    others: bool = False
    settled: bool = False

    @property
    def phones_own_key(self) -> str | None:
        """The key as its phone knows it; None where only the digest is known."""
        return None if is_digest(self.phone_key) else self.phone_key or self.key

    @property
    def worker_id(self) -> str | None:
        """The worker it is about; None for a row of another table."""
        return worker_of(self.table, self.id)

    @property
    def fresh_row(self) -> bool:
        """True for a create that names its row by its own key, the one its phone gave it."""
        return (self.phone_key or self.key) == self.id and self.op == "put"


def worker_of(table: str, row_id: str | None) -> str | None:
    """The row's id where it is a worker's."""
    return row_id if table == WORKER else None


def told_of_table(table: str) -> dict[str, object]:
    """What a note about a save tells of its table: nothing for a worker's."""
    return {} if table == WORKER else {"table": table}


def link(previous: bytes | None, payload: bytes) -> bytes:
    """The next value of the chain: SHA-256(h(n-1) ‖ bytes(n)); nothing stands before the first."""
    return sha256((previous or b"") + payload).digest()


def read_change(text: object, index: int, role: str, opener: Opener | None = None) -> Change:
    """The Change in one element of ``mutations``, opened when it is sealed; raises Unnumbered.

    What travels as raw text was refused on its way, often by a network or by a server in trouble
    and not for a fault of its own: where the text is a mutation of that number and key, it counts,
    and is stored and chained as if it had come so at first: a phone that never heard of it goes on
    in the same chain. A carried file shows a key by its digest, with the key itself sealed beside.
    """
    body, payload = load(text)
    mid, key = body.get("mid"), body.get("key")
    digest = key if is_digest(key) else None
    if digest is not None:
        key = named(body, digest, opener)
    if not is_number(mid) or mid < 1 or not (is_uuid7(key) or digest):
        raise Unnumbered(index)
    if not isinstance(key, str):
        return nameless(mid, str(digest), payload)
    change = Change(mid=mid, key=key, payload=payload)
    if "raw" in body:
        body, payload = load(body["raw"])
        if "raw" in body or body.get("mid") != mid or body.get("key") != key:
            change.errors["_"] = [fault("mutation_unreadable")]
            return change
        change.payload = payload
    if "sealed" in body:
        change.sealed = True
        body, payload = opened(body, key, opener)
        if body.get("key") != key:
            change.unread = True
            return change
        change.payload = payload
    return checked(change, body, len(payload), role)


def is_digest(key: object) -> TypeGuard[str]:
    """True for the SHA-256 that a carried file shows in the place of a key."""
    return isinstance(key, str) and DIGEST.fullmatch(key) is not None


def digest_of(key: str) -> str:
    """What a carried file shows in the place of a key."""
    return sha256(key.encode()).hexdigest()


def named(body: Body, digest: str, opener: Opener | None) -> str | None:
    """The key that a carried file shows by its digest alone; None where it does not open."""
    told = body.get("named")
    if opener is None or not isinstance(told, dict):
        return None
    key = (opener(told.get("kid"), key_info(digest), told.get("sealed")) or b"").decode("latin1")
    return key if is_uuid7(key) and digest_of(key) == digest else None


def nameless(mid: int, digest: str, payload: bytes) -> Change:
    """The Change of a save whose key this server cannot open: it is kept as it came, under a key
    made of the digest."""
    key = str(uuid5(NAMESPACE_OID, f"nameless:{digest}"))
    return Change(mid, key, payload, phone_key=digest, sealed=True, unread=True)


def opened(body: Body, key: str, opener: Opener | None) -> tuple[Body, bytes]:
    """(the object that was sealed, its exact bytes); an empty object where it does not open."""
    plain = opener(body.get("kid"), mutation_info(key), body["sealed"]) if opener else None
    try:
        return load((plain or b"").decode())
    except UnicodeDecodeError:
        return {}, b""


def checked(change: Change, body: Body, size: int, role: str) -> Change:
    """The Change with its parts filled in and its faults noted."""
    fill(change, body)
    if not change.errors:
        check_values(change, role)
    if size > MAX_BYTES:
        change.errors["_"] = [fault("mutation_too_big", max=MAX_BYTES)]
    return change


def load(text: object) -> tuple[Body, bytes]:
    """(the object, the bytes that are hashed and stored); an empty object when unreadable."""
    if isinstance(text, dict):
        return text, orjson.dumps(text)
    if not isinstance(text, str):
        return {}, b""
    payload = text.encode()
    try:
        body = orjson.loads(payload)
    except ValueError:
        return {}, payload
    return (body if isinstance(body, dict) else {}), payload


def stored_set(payload: bytes) -> dict[str, Pair]:
    """What a stored mutation sets; nothing where that cannot be read."""
    pairs = load(payload.decode(errors="replace"))[0].get("set")
    return {name: (pair[0], pair[1]) for name, pair in pairs.items()} if is_set(pairs) else {}


def is_number(value: object) -> TypeGuard[int]:
    """True for an integer a phone can count to (JSON's true is none)."""
    return type(value) is int and abs(value) <= MAX_NUMBER


def fill(change: Change, body: Body) -> None:
    """Copy what is well formed; note every part that is not."""
    parts = {
        "schema": body.get("schema", 1),
        "op": body.get("op", "put"),
        "table": body.get("table", WORKER),
        "id": body.get("id", change.key),
        "scope": body.get("scope"),
        "ver": body.get("ver") or 0,
        "at": body.get("at"),
        "on_behalf": body.get("on_behalf"),
        "set": {} if body.get("set") is None else body["set"],
    }
    wrong = []
    for name, value in parts.items():
        if WELL_FORMED[name](value):
            setattr(change, name, value)
        else:
            wrong.append(name)
    if wrong:
        change.set = {}
        change.errors["_"] = [fault("mutation_part_wrong", part=name) for name in wrong]


def is_set(values: object) -> TypeGuard[dict[str, list[object]]]:
    """True for {field: [from, to], …} of bearable size and depth."""
    if not isinstance(values, dict) or len(values) > MAX_FIELDS:
        return False
    for pair in values.values():
        if not isinstance(pair, list) or len(pair) != 2:
            return False
        before, after = pair
        if before.__class__ in NESTING and deeper(before, MAX_DEPTH - 2):
            return False
        if after.__class__ in NESTING and deeper(after, MAX_DEPTH - 2):
            return False
    return True


def is_scope(value: object) -> bool:
    """True for what may name a scope."""
    return isinstance(value, str) and 0 < len(value) <= 40 and value.isprintable()


WELL_FORMED: dict[str, Callable[[object], bool]] = {
    "schema": lambda value: is_number(value) and 1 <= value < 2**31,
    "op": lambda value: isinstance(value, str) and value in OPS,
    "table": lambda value: isinstance(value, str) and bool(TABLE.fullmatch(value)),
    "id": is_uuid7,
    "scope": is_scope,
    "ver": lambda value: is_number(value) and value >= 0,
    "at": lambda value: value is None or (isinstance(value, str) and len(value) <= 40),
    "on_behalf": lambda value: value is None or is_uuid7(value),
    "set": is_set,
}


def deeper(value: object, depth: int) -> bool:
    """True when the value nests deeper than ``depth``; refuses before anything recurses far."""
    if not isinstance(value, dict | list):
        return False
    if depth == 0:
        return True
    for part in value.values() if isinstance(value, dict) else value:
        if part.__class__ in NESTING and deeper(part, depth - 1):
            return True
    return False


def check_values(change: Change, role: str) -> None:
    """Note every field of a worker that breaks a rule or that the role may not set; features look
    at their own tables (aggregates.py).

    Who has lost his role is judged like an officer: the mutation is held, not torn apart.
    """
    if change.table != WORKER:
        return
    found = check_set(role if role in PERSONAL_ROLES else "officer", change.set)
    for name, errors in found.items():
        change.errors[name[:40]] = errors
    for name in ("full_name", "village_code"):
        if name in change.set and change.set[name][1] is None:
            change.errors[name] = [fault("field_required")]


def key_info(digest: str) -> bytes:
    """What the seal of a key in a carried file is bound to."""
    return f"jangkau key 1 {digest}".encode()


def mutation_info(key: str) -> bytes:
    """What the seal of a mutation is bound to."""
    return f"jangkau sealed 1 {key}".encode()


def restore(row: StoredMutation, role: str) -> Change:
    """The Change of a stored mutation, ready to be judged again by somebody's decision."""
    change = read_change(row.payload.decode(errors="replace"), 0, role)
    if change.key != row.key:
        change.phone_key, change.key = change.key, row.key
    change.user_id, change.device_id = row.user_id, row.device_id
    change.hash, change.stored = row.hash, True
    change.mid = row.mid
    return change
