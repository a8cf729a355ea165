"""Reads the outside of requests by hand: the hot path runs no schema over it."""

from __future__ import annotations

from collections.abc import Mapping

from outreach.core.exchange import reports
from outreach.core.exchange.devices import Announcement
from outreach.core.exchange.journal_sequence import Envelope
from outreach.core.keys import signing
from outreach.core.record.changes import is_number
from outreach.domain.ids import is_uuid7
from outreach.sync.wire import Refused

MAX_MUTATIONS = 50
MAX_SCOPES = 400
MAX_STORAGE = 20
MAX_TABLES = 40
MAX_LET_GO = 20


def wrong(field: str) -> Refused:
    """The refusal of one part of a body."""
    return Refused(422, "body_part_wrong", part=field)


def uuid_in(body: Mapping[str, object], name: str) -> str:
    """A UUIDv7 that must be there."""
    value = body.get(name)
    if not is_uuid7(value):
        raise wrong(name)
    return str(value)


def number_in(body: Mapping[str, object], name: str) -> int | None:
    """A whole number ≥ 0, or None when absent."""
    value = body.get(name)
    if value is None:
        return None
    if not is_number(value) or value < 0:
        raise wrong(name)
    return int(value)


def text_in(body: Mapping[str, object], name: str, limit: int) -> str:
    """Printable text, cut to ``limit``; empty when absent."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise wrong(name)
    return "".join(c for c in value if c.isprintable())[:limit]


def flag_in(body: Mapping[str, object], name: str) -> bool | None:
    """True, False, or None when absent."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong(name)
    return value


def push_envelope(body: Mapping[str, object], signed: bool) -> Envelope:
    """The outside of a push; raises Refused. What stands around unsigned saves counts for nothing:
    it must not make the board ring, nor name a gap."""
    mutations = body.get("mutations", [])
    if not isinstance(mutations, list):
        raise wrong("mutations")
    if len(mutations) > MAX_MUTATIONS:
        raise Refused(413, "too_many_mutations", max=MAX_MUTATIONS)
    prev = body.get("first_prev")
    if prev is not None and not isinstance(prev, str):
        raise wrong("first_prev")
    return Envelope(
        epoch=number_in(body, "epoch"),
        mutations=mutations,
        app=text_in(body, "app", 40),
        recorded=number_in(body, "recorded") if signed else None,
        kept_from=number_in(body, "kept_from") if signed else None,
        first_prev=prev,
        signed=signed,
        report=reports.read_report(body.get("report")) if signed else None,
        receipts=number_in(body, "receipts") or 1,
    )


def cursors_in(body: Mapping[str, object]) -> dict[str, int]:
    """Cursor by scope; raises Refused."""
    cursors = body.get("cursors", {})
    if not isinstance(cursors, dict) or len(cursors) > MAX_SCOPES:
        raise wrong("cursors")
    for scope, cursor in cursors.items():
        if not 0 < len(scope) <= 40 or not is_number(cursor) or cursor < 0:
            raise wrong("cursors")
    return {scope: cursor for scope, cursor in cursors.items() if "\x00" not in scope}


def tables_in(body: Mapping[str, object]) -> list[str]:
    """Tables of features that the phone says it knows; what is no name is left out."""
    named = body.get("tables")
    return (
        [one for one in named[:MAX_TABLES] if isinstance(one, str)]
        if isinstance(named, list)
        else []
    )


def announcement_in(body: Mapping[str, object], signed: bool = False) -> Announcement:
    """The phone's announcement of itself; raises Refused."""
    return Announcement(
        device=uuid_in(body, "device"),
        name=text_in(body, "name", 80),
        app=text_in(body, "app", 40),
        was=device_in(body, "was"),
        was_empty=bool(flag_in(body, "was_empty")),
        was_recorded=number_in(body, "was_recorded"),
        lost_device=device_in(body, "lost_device"),
        let_go=let_go_in(body) if signed else (),
        persisted=flag_in(body, "persisted"),
        storage=storage_in(body),
        recorded=number_in(body, "recorded"),
        public_key=key_in(body, "public_key"),
        fetch_key=key_in(body, "fetch_key"),
        signed=signed,
        report=reports.read_report(body.get("report")),
    )


def device_in(body: Mapping[str, object], name: str) -> str | None:
    """The id of another device, or None when absent; raises Refused."""
    value = body.get(name)
    return None if value is None else uuid_in(body, name)


def let_go_in(body: Mapping[str, object]) -> tuple[tuple[str, int, int], ...]:
    """(device, first, last) of what a phone no longer keeps of earlier devices; raises Refused."""
    told = body.get("let_go")
    if told is None:
        return ()
    if not isinstance(told, list) or len(told) > MAX_LET_GO:
        raise wrong("let_go")
    return tuple(let_go_of(one) for one in told)


def let_go_of(told: object) -> tuple[str, int, int]:
    """One of these ranges; raises Refused."""
    if isinstance(told, list) and len(told) == 3:
        device, first, last = told
        if is_uuid7(device) and is_number(first) and is_number(last) and 1 <= first <= last:
            return str(device), first, last
    raise wrong("let_go")


def key_in(body: Mapping[str, object], name: str) -> bytes | None:
    """A public key of the phone as a raw point, or None when absent; raises Refused."""
    value = body.get(name)
    if value is None:
        return None
    try:
        point = signing.decode(value)
        signing.public_key(point)
    except ValueError:
        raise wrong(name) from None
    return point


def storage_in(body: Mapping[str, object]) -> dict[str, object] | None:
    """The phone's storage figures: numbers and flags by short names; anything else is left out."""
    value = body.get("storage")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise wrong("storage")
    named = [(name, part) for name, part in value.items() if len(name) <= 40]
    return {n: p for n, p in named[:MAX_STORAGE] if isinstance(p, bool | int | float)}
