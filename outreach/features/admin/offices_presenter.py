"""Pages of offices: the office, its terms, and the forms that change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from outreach.core.accounts import directory, offices
from outreach.core.accounts.directory_files import OfficeFile
from outreach.core.accounts.handover import HandOver
from outreach.core.accounts.refusals import Refused
from outreach.extensions import db
from outreach.features.admin.words import (
    Choices,
    day_in_words,
    kind_choices,
    role_choices,
    still_runs,
    until,
)
from outreach.storage.accounts import Office, Term
from outreach.web.access import regency_here, today
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Link, Listing, numbered

# Roles that the head of an office of the regency may have.
DESK_ROLES = ("department", "mpp", "supervisor")


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One office in the list, with who signs for it today."""

    href: str
    name: str
    kind: str
    region: str
    holder: str
    state: str


@dataclass(frozen=True, slots=True)
class TermLine:
    """One term on the office's page; ``end`` is empty where it is over."""

    person: str
    person_href: str
    title: str
    nip: str
    starts: str
    ends: str
    letter: str
    end: str


def list_of(page: directory.Page[tuple[Office, str]], words: str, kind: str) -> Listing[OfficeLine]:
    """Offices by name."""
    ids = [office.id for office, _ in page.rows]
    holders = directory.holders(db.session(), regency_here(), ids, today())
    return Listing(
        title=t("admin.offices.title"),
        columns=(
            Column(t("accounts.office")),
            Column(t("admin.kind")),
            Column(t("admin.region")),
            Column(t("admin.holder")),
            Column(t("admin.state")),
        ),
        rows=[
            OfficeLine(
                href=address_of(office.id),
                name=office.name,
                kind=t(f"admin.kind.{office.kind}"),
                region=region,
                holder=holders.get(office.id) or t("admin.holder.none"),
                state=state_words(office),
            )
            for office, region in page.rows
        ],
        paging=numbered("admin_offices.listing", {"q": words, "kind": kind}, page),
        empty=Empty(
            words=t("admin.offices.empty"),
            links=(
                Link(t("admin.offices.show_all"), url_for("admin_offices.listing")),
                Link(t("admin.offices.new"), url_for("admin_offices.new")),
            ),
        ),
    )


def filters(words: str, kind: str) -> dict[str, object]:
    """Filters and words around the list."""
    return {
        "words": words,
        "kind": kind,
        "kinds": kind_choices(offices.KINDS),
        "filter_words": [word for word in (words, kind and t(f"admin.kind.{kind}")) if word],
    }


def address_of(office_id: str) -> str:
    """The office's page."""
    return url_for("admin_offices.show_office", office_id=office_id)


def state_words(office: Office) -> str:
    """The office's state in words: open to new accounts, or closed."""
    return t("admin.offices.is_open" if office.active else "admin.offices.is_closed")


def form_page(
    office: Office | None, values: Mapping[str, str], refused: Refused | None = None
) -> dict[str, object]:
    """The form of an office with what was typed."""
    return {
        "heading": t("admin.offices.edit", name=office.name) if office else t("admin.offices.new"),
        "values": values,
        "refused": refused,
        "back": address_of(office.id) if office else url_for("admin_offices.listing"),
        "kinds": kind_choices(offices.KINDS),
        "regions": directory.region_choices(db.session(), regency_here()),
    }


def values_of(office: Office) -> dict[str, str]:
    """The first values in the form of an office."""
    return {
        "name": office.name,
        "kind": office.kind,
        "region_code": office.region_code,
        "head_title": office.head_title,
        "contact": office.contact or "",
    }


def office_page(file: OfficeFile) -> dict[str, object]:
    """Everything admin/office.html needs."""
    office = file.office
    act = "close" if office.active else "open"
    return {
        "office": office,
        "kind": t(f"admin.kind.{office.kind}"),
        "state": state_words(office),
        "block": file.block,
        "act": act,
        "act_words": t(f"admin.offices.{act}"),
        "terms": Listing(
            title=t("admin.terms.title"),
            columns=(
                Column(t("accounts.name")),
                Column(t("admin.capacity")),
                Column(t("admin.starts")),
                Column(t("admin.ends")),
                Column(t("admin.letter")),
                Column(t("admin.act"), unseen=True),
            ),
            rows=[term_line(office, term, name) for term, name in file.terms],
        ),
    }


def term_line(office: Office, term: Term, name: str) -> TermLine:
    """One term on a line."""
    end = url_for("admin_offices.end_term", office_id=office.id, term_id=term.id)
    return TermLine(
        person=name,
        person_href=url_for("admin_users.show_user", user_id=term.user_id),
        title=term.title,
        nip=term.nip or "",
        starts=day_in_words(term.starts),
        ends=until(term.ends),
        letter=term.letter or "–",
        end=end if still_runs(term.ends, today()) else "",
    )


def capacity_choices(office: Office, only: frozenset[str] | None = None) -> Choices:
    """Capacities as they will be printed for this office."""
    codes = [code for code in offices.CAPACITIES if only is None or code in only]
    return [(code, offices.term_title(office, code)) for code in codes]


def term_page(
    office: Office, values: Mapping[str, str], refused: Refused | None = None
) -> dict[str, object]:
    """The form of a term with what was typed."""
    return {
        "office": office,
        "values": values,
        "refused": refused,
        "back": address_of(office.id),
        "capacities": capacity_choices(office),
        "users": directory.user_choices(db.session(), office.regency),
    }


def end_term_page(
    office: Office, term: Term, name: str, ends: str, refused: Refused | None = None
) -> dict[str, object]:
    """The form that ends a term."""
    return {
        "name": name,
        "title": term.title,
        "office": office,
        "ends": ends,
        "refused": refused,
        "back": address_of(office.id),
    }


def handover_page(
    office: Office, values: Mapping[str, str], refused: Refused | None = None
) -> dict[str, object]:
    """The form of a hand-over with what was typed."""
    session, is_village = db.session(), office.kind in offices.VILLAGE_KINDS
    return {
        "office": office,
        "values": values,
        "refused": refused,
        "back": address_of(office.id),
        "capacities": capacity_choices(office, offices.HOLDERS),
        "users": directory.user_choices(session, office.regency),
        "roles": [] if is_village else role_choices(DESK_ROLES),
        "holder": directory.holders(session, office.regency, [office.id], today()).get(office.id),
    }


def confirm_page(office: Office, change: HandOver, typed: Mapping[str, str]) -> dict[str, object]:
    """The effects of the hand-over, with everything typed carried along."""
    session, term = db.session(), change.term
    made = change.new_user
    name = made.name if made else directory.user_of(session, office.regency, term.user_id).name
    starts = day_in_words(term.starts)
    holder = directory.holders(session, office.regency, [office.id], term.starts).get(office.id)
    begins = {"title": offices.term_title(office, term.capacity), "name": name}
    sentences = (
        t("admin.handover.ends", holder=holder, date=starts) if holder else "",
        t("admin.handover.starts", **begins, office=office.name, date=starts),
        t("admin.handover.makes") if made else "",
        t("admin.handover.unsent"),
    )
    return {
        "sentences": [sentence for sentence in sentences if sentence],
        "fields": [(name, value) for name, value in typed.items() if name != "step"],
    }
