"""Offices and the terms of those who hold them; signature blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from outreach.core.accounts.refusals import Refused, all_or_nothing
from outreach.core.audit import audit_log
from outreach.domain.ids import uuid7
from outreach.domain.refusals import NotThere
from outreach.domain.regency import regency_of
from outreach.storage import queries_sync
from outreach.storage.accounts import Office, Term, User
from outreach.storage.locks import begin_write
from outreach.storage.queries_people import works_in
from outreach.storage.regions import Region

KINDS = ("pekon", "kelurahan", "dinas", "mpp", "bpjs", "pemkab")
VILLAGE_KINDS = frozenset({"pekon", "kelurahan"})
HEAD_TITLES = {"pekon": "Peratin", "kelurahan": "Lurah"}
# Who signs for the head "a.n." (atas nama, in the name of).
DEPUTIES = {"pekon": "Juru Tulis", "kelurahan": "Sekretaris Lurah"}
CAPACITIES = ("definitif", "pj", "plh", "an")
# Only one of these holds an office at a time; plh and a.n. stand in beside them.
HOLDERS = frozenset({"definitif", "pj"})
# Who signs today when several could: who stands in is there because the holder is away.
SIGNING_ORDER = ("plh", "definitif", "pj", "an")
NIP = re.compile(r"\d{18}")


@dataclass(frozen=True, slots=True)
class OfficeForm:
    """What an administrator sets of an office."""

    name: str
    kind: str
    region_code: str
    head_title: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class TermForm:
    """What an administrator sets of a term; ``ends`` is its last day."""

    user_id: str
    capacity: str
    starts: date
    ends: date | None = None
    nip: str = ""
    letter: str = ""


@all_or_nothing
def save_office(
    session: Session,
    regency: str,
    actor_id: str | None,
    form: OfficeForm,
    now: datetime,
    office_id: str | None = None,
) -> str:
    """Id of the office made or changed; raises Refused naming the field."""
    begin_write(session)
    values = checked_office(session, regency, form, office_id)
    office = Office(id=uuid7(now), active=True)
    if office_id:
        office = locked_office(session, regency, office_id)
    for field, value in values.items():
        setattr(office, field, value)
    session.add(office)
    session.flush()
    made_id = office.id
    note_office(session, actor_id, "office_edited" if office_id else "office_created", office, now)
    session.commit()
    return made_id


def checked_office(
    session: Session, regency: str, form: OfficeForm, office_id: str | None
) -> dict[str, object]:
    """The columns of the form's office, tidied."""
    name = " ".join(form.name.split())
    if not 2 <= len(name) <= 120:
        raise Refused("office_name", "name")
    if form.kind not in KINDS:
        raise Refused("office_kind", "kind")
    here = regency_of(form.region_code) == regency
    region = session.get(Region, form.region_code) if here else None
    if region is None or (form.kind in VILLAGE_KINDS and region.kind != form.kind):
        raise Refused(f"region_of_{form.kind}" if region else "region_unknown", "region_code")
    title = HEAD_TITLES.get(form.kind) or " ".join(form.head_title.split())
    if not 2 <= len(title) <= 40:
        raise Refused("head_title", "head_title")
    twin = session.scalar(
        select(Office.id).where(
            Office.regency == regency,
            Office.name == name,
            Office.region_code == form.region_code,
            Office.id != (office_id or ""),
        )
    )
    if twin:
        raise Refused("office_twice", "name")
    contact = " ".join(form.contact.split())[:120] or None
    return {
        "name": name,
        "kind": form.kind,
        "region_code": form.region_code,
        "regency": regency,
        "head_title": title,
        "contact": contact,
    }


@all_or_nothing
def set_office_active(
    session: Session,
    regency: str,
    actor_id: str | None,
    office_id: str,
    active: bool,
    now: datetime,
) -> None:
    """Close an office to new accounts, or open it again; its terms and people stay."""
    begin_write(session)
    office = locked_office(session, regency, office_id)
    office.active = active
    note_office(session, actor_id, "office_opened" if active else "office_closed", office, now)
    session.commit()


def locked_office(session: Session, regency: str, office_id: str) -> Office:
    """The office's row, locked, so that two changes of its terms come one after the other."""
    this = (Office.regency == regency, Office.id == office_id)
    office = session.scalar(select(Office).where(*this).with_for_update())
    if office is None:
        raise Refused("office_unknown")
    return office


def term_title(office: Office, capacity: str) -> str:
    """How the holder is called: Peratin, Pj. Peratin, Plh. Lurah; "a.n. Peratin, Juru Tulis"."""
    head = HEAD_TITLES.get(office.kind, office.head_title)
    if capacity == "an":
        return f"a.n. {head}, {DEPUTIES.get(office.kind, 'Sekretaris')}"
    return {"definitif": "", "pj": "Pj. ", "plh": "Plh. "}[capacity] + head


@all_or_nothing
def add_term(
    session: Session,
    regency: str,
    actor_id: str | None,
    office_id: str,
    form: TermForm,
    now: datetime,
) -> str:
    """Id of a new term; raises Refused, also where two would hold the office at once."""
    begin_write(session)
    office = locked_office(session, regency, office_id)
    term = new_term(session, office, form)
    note_office(
        session, actor_id, "term_started", office, now, user=form.user_id, capacity=form.capacity
    )
    made_id = term.id
    session.commit()
    return made_id


def new_term(session: Session, office: Office, form: TermForm) -> Term:
    """The checked row of a term; the caller commits and audits."""
    this = (User.id == form.user_id, works_in(office.regency))
    user = session.scalar(select(User).where(*this))
    if user is None:
        raise Refused("user_unknown", "user_id")
    check_term(session, office, form)
    term = Term(
        id=uuid7(),
        regency=office.regency,
        office_id=office.id,
        user_id=user.id,
        capacity=form.capacity,
        title=term_title(office, form.capacity),
        nip=re.sub(r"\s", "", form.nip) or None,
        letter=form.letter.strip()[:80] or None,
        starts=form.starts,
        ends=form.ends,
    )
    number_term(session, office, term)
    session.add(term)
    session.flush()
    return term


def number_term(session: Session, office: Office, term: Term) -> None:
    """Give a term its village's next number: phones there pull who signs for the office."""
    if office.kind in VILLAGE_KINDS:
        scope = office.region_code
        term.ver = queries_sync.bump(session, office.regency, {scope: 1})[scope]


def check_term(session: Session, office: Office, form: TermForm) -> None:
    """Raise Refused for a term that cannot be."""
    if form.capacity not in CAPACITIES:
        raise Refused("capacity_unknown", "capacity")
    if form.ends and form.ends < form.starts:
        raise Refused("ends_before_start", "ends")
    nip = re.sub(r"\s", "", form.nip)
    if nip and not NIP.fullmatch(nip):
        raise Refused("nip_form", "nip")
    if office.kind == "kelurahan" and not nip:
        raise Refused("nip_of_lurah", "nip")
    if form.capacity in HOLDERS and overlapping(session, office, form.starts, form.ends):
        raise Refused("term_overlap", "starts")


def overlapping(session: Session, office: Office, starts: date, ends: date | None) -> bool:
    """True when somebody already holds the office on a day from ``starts`` to ``ends``."""
    query = select(Term.id).where(
        Term.regency == office.regency,
        Term.office_id == office.id,
        Term.capacity.in_(HOLDERS),
        or_(Term.ends.is_(None), Term.ends >= Term.starts),
        or_(Term.ends.is_(None), Term.ends >= starts),
    )
    if ends is not None:
        query = query.where(Term.starts <= ends)
    return session.scalar(query.limit(1)) is not None


@all_or_nothing
def end_term(
    session: Session,
    regency: str,
    actor_id: str | None,
    term_id: str,
    last_day: date,
    now: datetime,
) -> None:
    """End a term on its last day; a term that has an end can only become shorter."""
    begin_write(session)
    this = (Term.regency == regency, Term.id == term_id)
    term = session.scalar(select(Term).where(*this).with_for_update())
    if term is None:
        raise Refused("term_unknown")
    if last_day < term.starts:
        raise Refused("ends_before_start", "ends")
    if term.ends is not None and last_day > term.ends:
        raise Refused("term_longer", "ends")
    term.ends = last_day
    office = locked_office(session, regency, term.office_id)
    number_term(session, office, term)
    note_office(session, actor_id, "term_ended", office, now, user=term.user_id, last=str(last_day))
    session.commit()


def terms_of(session: Session, regency: str, office_id: str) -> Sequence[tuple[Term, str]]:
    """Every term of the office with its holder's name, newest first; one query."""
    rows = session.execute(
        select(Term, User.name)
        .join(User, User.id == Term.user_id)
        .where(Term.regency == regency, Term.office_id == office_id)
        .order_by(Term.starts.desc(), Term.id.desc())
    )
    return [(term, name) for term, name in rows]


def term_of(session: Session, regency: str, office_id: str, term_id: str) -> tuple[Term, str]:
    """One term of the office with the holder's name; raises NotThere."""
    rows = terms_of(session, regency, office_id)
    found = next((row for row in rows if row[0].id == term_id), None)
    if found is None:
        raise NotThere(term_id)
    return found


def signature_block(session: Session, regency: str, office_id: str, on_date: date) -> list[str]:
    """The lines under which the office signs on a day; empty when nobody holds it.

    For example ``["Pj. Peratin Kubu Perahu", "", "NAMA"]``: the empty line is the place of
    signature and stamp; the last line is the NIP where there is one. Who stands in (Plh.) signs
    before the holder, "a.n." only when nobody else can.
    """
    rows = session.execute(
        select(Term, User.name, Office.kind, Region.name)
        .join(User, User.id == Term.user_id)
        .join(Office, and_(Office.regency == regency, Office.id == Term.office_id))
        .join(Region, Region.code == Office.region_code)
        .where(
            Term.regency == regency,
            Term.office_id == office_id,
            Term.starts <= on_date,
            or_(Term.ends.is_(None), Term.ends >= on_date),
        )
    ).all()
    if not rows:
        return []
    term, name, kind, place = min(rows, key=lambda row: SIGNING_ORDER.index(row[0].capacity))
    where = f" {place}" if kind in VILLAGE_KINDS else ""
    head, _, deputy = term.title.partition(", ")
    lines = [head + where, deputy] if deputy else [head + where]
    return [*lines, "", name] + ([f"NIP {term.nip}"] if term.nip else [])


def note_office(
    session: Session,
    actor_id: str | None,
    action: str,
    office: Office,
    now: datetime,
    **detail: object,
) -> None:
    """One audit line about an office."""
    audit_log.record(
        session,
        actor_id=actor_id,
        action=action,
        object_type="office",
        object_id=office.id,
        region_code=office.region_code,
        now=now,
        detail=detail,
    )
