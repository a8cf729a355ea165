"""Reads the administrators' forms into what use cases take."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from outreach.core.accounts.accounts import Profile
from outreach.core.accounts.assignments import Period
from outreach.core.accounts.directory import STATES, UserFilter
from outreach.core.accounts.handover import HandOver, replace_user
from outreach.core.accounts.offices import VILLAGE_KINDS, OfficeForm, TermForm
from outreach.core.accounts.refusals import Refused
from outreach.domain.actor import ROLES
from outreach.storage.accounts import Office
from outreach.web.access import today

Form = MultiDict[str, str]
ONE_DAY = timedelta(days=1)


def day(form: Form, field: str) -> date | None:
    """The date typed, None when empty; raises Refused naming the field."""
    text = form.get(field, "").strip()
    if not text:
        return None
    try:
        typed = date.fromisoformat(text)
    except ValueError:
        raise Refused("date_form", field) from None
    if not 1990 <= typed.year <= 2100:
        raise Refused("date_form", field)
    return typed


def needed_day(form: Form, field: str) -> date:
    """The date typed; raises Refused when there is none."""
    typed = day(form, field)
    if typed is None:
        raise Refused("date_form", field)
    return typed


def last_day(form: Form, now: date) -> date:
    """The last day that is still worked: yesterday for "now", else the one typed."""
    return now - ONE_DAY if form.get("when") == "now" else needed_day(form, "ends")


def from_today(**values: str) -> dict[str, str]:
    """The first value of a field that asks from when on: today."""
    return {"starts": today().isoformat(), **values}


def words(args: Form) -> str:
    """The words of the search."""
    return args.get("q", "")[:80]


def one_of(args: Form, name: str, choices: Collection[str], otherwise: str = "") -> str:
    """The choice in the address; one that is none of ours narrows nothing."""
    text = args.get(name, otherwise)
    return text if text in choices else otherwise


def user_filter(args: Form) -> UserFilter:
    """The filters of the list of accounts."""
    return UserFilter(
        words=words(args),
        role=one_of(args, "role", ROLES),
        office_id=args.get("office", ""),
        state=one_of(args, "state", STATES, "active"),
    )


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


def hand_over(form: Form, office: Office) -> HandOver:
    """A hand-over's form: a chosen account, or a new one."""
    new_term = term(form)
    if form.get("who") != "new":
        return HandOver(new_term)
    role = "head" if office.kind in VILLAGE_KINDS else form.get("role", "")
    new_user = Profile(form.get("username", ""), form.get("name", ""), role)
    return HandOver(replace_user(new_term, ""), new_user)
