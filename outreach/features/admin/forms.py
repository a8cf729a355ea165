"""Reads the administrators' forms into what use cases take."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from werkzeug.datastructures import MultiDict

from outreach.core.accounts.accounts import Profile
from outreach.core.accounts.assignments import Period
from outreach.core.accounts.offices import OfficeForm, TermForm
from outreach.core.accounts.refusals import Refused

Form = MultiDict[str, str]


def day(form: Form, field: str) -> date | None:
    """The date typed, None when empty; raises Refused naming the field."""
    text = form.get(field, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Refused("date_form", field) from None
    if not 1990 <= found.year <= 2100:
        raise Refused("date_form", field)
    return found


def needed_day(form: Form, field: str) -> date:
    """The date typed; raises Refused when there is none."""
    found = day(form, field)
    if found is None:
        raise Refused("date_form", field)
    return found


def page_number(args: Form) -> int:
    """The page asked for; anything that is no number is the first."""
    text = args.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def one_of(args: Form, name: str, known: Collection[str], otherwise: str = "") -> str:
    """The choice in the address; one that is none of ours narrows nothing."""
    text = args.get(name, otherwise)
    return text if text in known else otherwise


def profile(form: Form) -> Profile:
    """A user's form."""
    return Profile(
        username=form.get("username", ""),
        name=form.get("name", ""),
        role=form.get("role", ""),
        office_id=form.get("office_id") or None,
        lang=form.get("lang", "id"),
        phone=form.get("phone", ""),
    )


def office(form: Form) -> OfficeForm:
    """An office's form."""
    return OfficeForm(
        name=form.get("name", ""),
        kind=form.get("kind", ""),
        region_code=form.get("region_code", ""),
        head_title=form.get("head_title", ""),
        contact=form.get("contact", ""),
    )


def term(form: Form) -> TermForm:
    """A term's form."""
    return TermForm(
        user_id=form.get("user_id", ""),
        capacity=form.get("capacity", ""),
        starts=needed_day(form, "starts"),
        ends=day(form, "ends"),
        nip=form.get("nip", ""),
        letter=form.get("letter", ""),
    )


def period(form: Form) -> Period:
    """An assignment's dates and letter."""
    return Period(needed_day(form, "starts"), day(form, "ends"), form.get("letter", ""))
