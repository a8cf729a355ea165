"""Signed versions of a village's list, as phones make them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from outreach.core.accounts import offices
from outreach.domain.ids import uuid7
from outreach.domain.list_document import canonical, document, document_hash, merkle_root
from outreach.domain.village_decisions import Line, counts, over_for, resolve
from outreach.extensions import db
from outreach.features.village_lists.checking.acting import as_line
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.records import minutes_queries, queries
from outreach.features.village_lists.records.minutes_tables import ListMinutes, SignedLine
from outreach.features.village_lists.records.tables import VillageList
from outreach.storage.accounts import Office, Term
from tests.support import factories
from tests.support.factories import KUBU_PERAHU
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import upload

DAY = "2026-11-22"


def office_of(village: str = KUBU_PERAHU) -> Office:
    """The village's head office, made where there is none."""
    own = select(Office).where(Office.region_code == village, Office.kind != "dinas")
    found = db.session.scalars(own).first()
    made = found or factories.make_office(db.session(), "pekon", village)
    db.session.commit()
    return made


def give_term(
    user_id: str,
    village: str = KUBU_PERAHU,
    capacity: str = "definitif",
    starts: str = "2026-01-01",
    ends: str | None = None,
) -> Term:
    """A term of the village's head office."""
    office = office_of(village)
    db.session.refresh(office)
    term = Term(
        id=uuid7(),
        regency="18.04",
        office_id=office.id,
        user_id=user_id,
        capacity=capacity,
        title="Peratin",
        starts=date.fromisoformat(starts),
        ends=date.fromisoformat(ends) if ends else None,
    )
    offices.number_term(db.session(), office, term)
    db.session.add(term)
    db.session.commit()
    return term


def head_with_term(server: Server, **term: Any) -> tuple[Handset, Term]:
    """The head's own phone, and the term under which the head signs."""
    phone = server.phone(KUBU_PERAHU, role="head")
    return phone, give_term(phone.user_id, **term)


def whole_list(list_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the list as it stands, its counts), as a phone makes them that knows every row."""
    db.session.expire_all()
    row = db.session.get_one(VillageList, list_id)
    found = minutes_queries.whole_lines(db.session(), row.regency, list_id)
    lines: list[Line] = [as_line(line) for line in found]
    rows = queries.decisions(db.session(), row.regency, {list_id})
    resolved = resolve(decision_of(one) for one in rows)
    facts: Any = {
        "list": list_id,
        "village": row.region_code,
        **{name: getattr(row, name) for name in ("purpose", "fund", "year", "month", "no")},
    }
    return document(facts, lines, resolved), dict(counts(lines, resolved))


def heads_of(list_id: str) -> list[str]:
    """The decisions on which a version rests that a phone signs now which knows every row."""
    rows = queries.decisions(db.session(), "18.04", {list_id})
    resolved = resolve(decision_of(one) for one in rows)
    return over_for(resolved, resolved)


def head_signer(term: Term, /, **more: Any) -> dict[str, Any]:
    """The head's entry among the signers, on paper."""
    own = {"office": term.office_id, "term": term.id, "capacity": term.capacity}
    return {
        "role": "head",
        "name": "PERATIN UJI",
        "title": "Peratin",
        "method": "wet",
        **own,
        **more,
    }


def minutes_of(
    phone: Handset,
    list_id: str,
    term: Term,
    whole: dict[str, Any],
    told: dict[str, Any],
    **more: Any,
) -> dict[str, Any]:
    """The save of a signature over this list."""
    kind = db.session.get_one(VillageList, list_id).forum
    values = {
        "list": list_id,
        "hash": document_hash(whole),
        "root": merkle_root(whole["items"]),
        "counts": told,
        "kind": kind,
        "letter_no": "140/07/2026",
        "date": DAY,
        "place": "Balai pekon",
        "present": 23,
        "signers": [head_signer(term)],
        **more,
    }
    given = {name: value for name, value in values.items() if value is not None}
    return phone.mutation(KUBU_PERAHU, table="list_minutes", set=given)


def sign(phone: Handset, list_id: str, term: Term, *, send_list: bool = True, **more: Any) -> str:
    """The id of a version that was signed, with its list sent."""
    whole, told = whole_list(list_id)
    made = minutes_of(phone, list_id, term, whole, told, **more)
    result = phone.results(made)[0]
    assert result["status"] == "applied", result
    if send_list:
        send(phone, whole)
    return str(made["id"])


def send(phone: Handset, whole: dict[str, Any]) -> None:
    """Send the list itself."""
    assert upload(phone, canonical(whole), 32_000)["state"] == "complete"


def version(row: str) -> ListMinutes:
    """The version as it is stored."""
    db.session.expire_all()
    return db.session.get_one(ListMinutes, row)


def standing(row: str) -> tuple[str, str | None]:
    """(state, why) of a version."""
    found = version(row)
    return found.state, found.why


def acted(row: str) -> list[str | None]:
    """What each signed line did, in order."""
    db.session.expire_all()
    own = select(SignedLine.acted).where(SignedLine.minutes_id == row).order_by(SignedLine.no)
    return list(db.session.scalars(own))
