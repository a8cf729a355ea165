"""Who says something of a list, from where, and in whose name: the server alone knows.

What a save claims of its author is not asked. An officer's phone speaks for the village's head
office; a desk does so where it enters a sheet of paper. What comes by a link has a voice of its
own (link_saying.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from outreach.core.record import waiting_chains
from outreach.core.record.aggregates import wrong
from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict, invalid
from outreach.domain.origins import AT_DESKS
from outreach.domain.rules import fault, is_readable
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.queries import FullList
from outreach.storage.statements import Values

DESK_ROLES = frozenset({"supervisor", "mpp"})
# What is taken back because the record is not as it was signed, by whoever changed it.
RECORD = "record"
OWN_WAYS = {"head": "own", "officer": "officer_phone"}


@dataclass(frozen=True, slots=True)
class Voice:
    """The author of a save: on which device, how (``via``), for which office. Nobody has signed
    in where it came by a link."""

    author: str | None
    role: str
    device_id: str
    via: str
    on_behalf: str | None
    link_id: str | None = None

    def columns(self, at: datetime | None, now: datetime) -> Values:
        """What a row tells of who said it; ``at`` is the phone's moment."""
        return {
            "author": self.author,
            "link_id": self.link_id,
            "via": self.via,
            "on_behalf": self.on_behalf,
            "device_id": self.device_id,
            "at": at,
            "received_at": now,
        }


class Speakers:
    """The authors of some saves and the lists that they speak of, read under the locks."""

    def __init__(
        self, judgement: Judgement, changes: Collection[Change], lists: Collection[str]
    ) -> None:
        self.judgement = judgement
        session, regency = judgement.session, judgement.regency
        found = queries.lists_by_id(session, regency, lists)
        self.lists: dict[str, FullList] = {row.id: row for row in found}
        actor = judgement.context.actor
        others = {self.author_of(change) for change in changes} - {actor.user_id}
        self.roles = {actor.user_id: actor.role, **queries.roles_of(session, others)}
        villages = {str(change.scope) for change in changes}
        self.offices = queries.head_offices(session, regency, villages) if changes else {}

    def author_of(self, change: Change) -> str:
        """The id of whoever wrote it."""
        return change.user_id or self.judgement.context.actor.user_id

    def voice(self, change: Change) -> Voice | None:
        """Who says it; None for whose role may not."""
        author = self.author_of(change)
        role, scope = self.roles.get(author, ""), str(change.scope)
        how = self.way_of(change, role)
        if how is None:
            return None
        office = None if how == "own" else self.offices.get(scope)
        device = change.device_id or self.judgement.context.device_id
        return Voice(author, role, device, how, office)

    def way_of(self, change: Change, role: str) -> str | None:
        """How it came: own, officer_phone or desk; None where nobody may say it so."""
        if role in OWN_WAYS:
            return OWN_WAYS[role]
        at_desk = not change.stored and self.judgement.context.origin in AT_DESKS
        return "desk" if at_desk and role in DESK_ROLES else None

    def is_from_phone(self, change: Change) -> bool:
        """True for what a phone said, whoever takes it in."""
        return change.stored or self.judgement.context.origin not in AT_DESKS

    def stopped(self, change: Change, list_id: str) -> Verdict | None:
        """The verdict on what cannot be taken, whatever it says of the list: an unknown one or
        another village's is refused, a closed one is kept for a supervisor. A desk sees its own
        refusals at once."""
        row = self.lists.get(list_id)
        if row is None:
            return refused(change, "list", "check_list_unknown")
        if row.region_code != change.scope:
            return refused(change, "list", "check_other_village")
        context = self.judgement.context
        if row.state != "closed" or context.force:
            return None
        if context.origin in AT_DESKS:
            return refused(change, "_", "list_closed")
        return waiting_chains.held(self.judgement, change, "list_closed", row.region_code)


def form_faults(change: Change, members: Collection[str]) -> Errors:
    """What is wrong with a save before any member is understood: it takes back, names another one,
    or has text that nobody can read."""
    if change.op != "put":
        return wrong("op")
    unknown = sorted(change.set.keys() - members)
    unreadable = [name for name, (_, value) in change.set.items() if not is_readable(value)]
    return faults(**dict.fromkeys(unreadable, "text_unreadable")) | faults(
        **dict.fromkeys(unknown, "field_unknown")
    )


def refused(change: Change, field: str, code: str, **params: object) -> Verdict:
    """The verdict on a save of which one part is wrong."""
    return invalid(change, {field: [fault(code, **params)]})


def faults(**codes: str) -> Errors:
    """Faults by field, each with the code of its sentence."""
    return {name: [fault(code)] for name, code in codes.items()}


def new_value(change: Change, name: str) -> object:
    """What a save sets a member to; None where it does not name it."""
    return change.set.get(name, (None, None))[1]
