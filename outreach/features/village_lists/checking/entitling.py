"""Whether whoever signed a version holds the office, and what the version is therefore worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import LAMPUNG
from outreach.domain.actor import Actor
from outreach.domain.list_signers import HEAD
from outreach.features.village_lists.records import minutes_queries
from outreach.features.village_lists.records.minutes_queries import COUNTS, HELD, PAPER, MinutesRow
from outreach.storage.accounts import Office, Term, User

OWN = "own"


@dataclass(slots=True)
class Holding:
    """A term of the office that a signer names, with who holds it."""

    term: Term
    user: User
    office: Office

    def runs_on(self, day: date) -> bool:
        """True on a day of the term."""
        return self.term.starts <= day and (self.term.ends is None or day <= self.term.ends)


class Count:
    """One version while it is asked whether it counts, within one judgement."""

    def __init__(self, judgement: Judgement, row: MinutesRow) -> None:
        self.judgement = judgement
        self.row = row
        session, regency = judgement.session, judgement.regency
        terms = minutes_queries.terms_of_village(session, regency, row.region_code)
        self.holdings = {term.id: Holding(term, user, office) for term, user, office in terms}
        # One signs for the office, or nobody: no role signs twice (domain/list_signers.py).
        self.head = next((one for one in row.signers if one.get("role") == HEAD), {})

    def entitlement(self) -> str | None:
        """Why the signature is held: nobody signs for the office, or under no present term."""
        head, holding = self.head, self.named()
        if holding is None or holding.office.id != head.get("office"):
            return "no_term"
        came = day_of(self.row.received_at)
        if self.row.day > came:
            return "day_ahead"
        if not holding.runs_on(self.row.day) or not holding.runs_on(came):
            return "term_ended"
        return None if holding.term.capacity == head.get("capacity") else "other_capacity"

    def holder(self) -> Actor | None:
        """Who signed for the office: in that name the steps are taken."""
        holding = self.named()
        if holding is None:
            return None
        user, own = holding.user, frozenset({self.row.region_code})
        return Actor(user.id, HEAD, user.name, self.row.regency, own)

    def named(self) -> Holding | None:
        """The term under which the version says that it is signed for the office."""
        return self.holdings.get(str(self.head.get("term")))

    def signed_in_person(self) -> bool:
        """True where it came from the own phone of the very person whose signature it bears: the
        phone of another holder of the office proves no more than an officer's."""
        row, named = self.row, self.named()
        own = row.via == OWN and named is not None and named.user.id == row.author
        return own and self.held_by(row.author, row.received_at)

    def held_by(self, user_id: str | None, at: datetime | None) -> bool:
        """True for who held the office then, in whichever way."""
        held = self.holdings.values()
        return at is not None and any(h.user.id == user_id and h.runs_on(day_of(at)) for h in held)

    def state(self) -> tuple[str, str | None]:
        """(state, why) of a version whose list is here and right."""
        row, why = self.row, self.entitlement()
        if why is not None and row.decided_by is None:
            return HELD, why
        confirmed = self.held_by(row.confirmed_by, row.confirmed_at)
        counts = self.signed_in_person() or confirmed or row.seen_by
        return (COUNTS if counts else PAPER), why


def day_of(moment: datetime) -> date:
    """The day in Lampung."""
    return (moment + LAMPUNG).date()
