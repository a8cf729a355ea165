"""What a judgement answers, and who judges under which circumstances."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypedDict

from outreach.core.record.changes import Change, Errors
from outreach.domain.actor import PERSONAL_ROLES, Actor
from outreach.domain.origins import Origin
from outreach.domain.rules import Error
from outreach.domain.worker_data import Data, object_at
from outreach.storage.queries_sync import Known
from outreach.storage.sync import UNKNOWN_SIGNER

LAMPUNG = timedelta(hours=7)
# Held for its form alone: it could not be opened, or nobody proves whose it is.
OF_FORM = frozenset({"sealed", "signature", UNKNOWN_SIGNER})
UNPROVEN_REASONS = frozenset({"signature", UNKNOWN_SIGNER})
# Why a phone may not fetch until its user logs in on it (``device.ended_why``). After a log-out its
# saves are judged as ever; after the others they are held (``login``) until that login.
ENDINGS = frozenset({"logout", "password", "slip", "all", "phone", "account"})
HOLDING = ENDINGS - {"logout"}
UNTIL_LOGIN = "login"


class Clash(TypedDict):
    """A conflict as it travels: what the author had seen, wrote, and what stands."""

    field: str
    base: object
    mine: object
    theirs: object


class Released(TypedDict):
    """An earlier mutation that took effect together with this one."""

    key: str
    status: str
    scope: str | None
    ver: int | None


Result = dict[str, object]
"""A verdict on the wire: ``mid`` and ``status``, and what ``Verdict.wire`` adds."""


@dataclass(slots=True)
class Verdict:
    """The one verdict a mutation gets: applied, conflict, held or invalid.

    ``released`` names earlier mutations that took effect together with this one.
    """

    mid: int
    key: str
    status: str
    scope: str | None = None
    ver: int | None = None
    into: str | None = None
    waits_for: str | None = None
    reason: str | None = None
    errors: Errors = field(default_factory=dict)
    conflicts: list[Clash] = field(default_factory=list)
    released: list[Released] = field(default_factory=list)

    def wire(self) -> Result:
        """The verdict as the phone reads it; what is empty is left out."""
        answer: Result = {
            "mid": self.mid,
            "status": self.status,
            "scope": self.scope,
            "ver": self.ver,
        }
        for name in ("into", "waits_for", "reason", "errors", "conflicts", "released"):
            value = getattr(self, name)
            if value:
                answer[name] = value
        return answer


@dataclass(frozen=True, slots=True)
class JudgingContext:
    """Under which circumstances mutations are judged.

    ``hold_reason`` is why everything must be held (revoked, inactive, role, login), or None.
    ``force`` is a supervisor's acceptance: scope, deletion and verification no longer hold
    anything back. ``source`` names the list that imported names come from.
    """

    actor: Actor
    device_id: str
    origin: Origin
    now: datetime
    hold_reason: str | None = None
    force: bool = False
    production: bool = False
    source: str | None = None

    @property
    def today(self) -> date:
        """The day in Lampung."""
        return (self.now + LAMPUNG).date()

    @property
    def own_scope(self) -> str:
        """The actor's own scope, which carries conflicts and holds to his phones."""
        return f"u:{self.actor.user_id}"


def stored_errors(verdict: Data) -> Errors:
    """The errors by field in a stored verdict."""
    return {
        name: [
            Error(code=str(error.get("code")), params=dict(object_at(error, "params")))
            for error in errors
            if isinstance(error, dict)
        ]
        for name, errors in object_at(verdict, "errors").items()
        if isinstance(errors, list)
    }


def invalid(change: Change, errors: Errors | None = None) -> Verdict:
    """The verdict on a mutation that breaks rules; it has no effect and is kept."""
    return Verdict(change.mid, change.key, "invalid", change.scope, errors=errors or change.errors)


def stamp(now: datetime) -> str:
    """A UTC time as it travels."""
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def hold_reason_of(known: Known, signed: bool = True) -> str | None:
    """Why everything this device sends must be held, or None. What it did not sign may be a
    stranger's, whatever else it waits for: no login and no decision about the phone frees it."""
    if not signed:
        return "signature"
    if known.revoked_at is not None:
        return "revoked"
    if not known.active:
        return "inactive"
    if known.role not in PERSONAL_ROLES:
        return "role"
    if known.ended_why in HOLDING:
        return "login"
    return None
