"""Pages of assignments: who works where, and the forms that give and take."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_login import current_user

from outreach.core.accounts import directory
from outreach.core.accounts.refusals import Refused
from outreach.extensions import db
from outreach.features.admin.words import day_in_words, still_runs, until
from outreach.web.access import regency_here, today
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Link, Listing, numbered


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """One assignment in a list; ``person_href`` is empty for who may not open accounts, ``end``
    where it is over."""

    village: str
    kecamatan: str
    person: str
    person_href: str
    letter: str
    starts: str
    ends: str
    end: str


@dataclass(frozen=True, slots=True)
class Kecamatan:
    """A kecamatan of the form with its villages; open where something in it is ticked."""

    code: str
    name: str
    title: str
    villages: list[tuple[str, str]]
    is_open: bool


def list_of(
    page: directory.Page[directory.AssignmentRow], words: str, *, ended: bool = False
) -> Listing[AssignmentLine]:
    """Assignments by village."""
    args = {"q": words, "state": "all" if ended else ""}
    return Listing(
        title=t("admin.assign.title"),
        columns=(
            Column(t("admin.village")),
            Column(t("admin.kecamatan")),
            Column(t("accounts.name")),
            Column(t("admin.letter")),
            Column(t("admin.starts")),
            Column(t("admin.ends")),
            Column(t("admin.act"), unseen=True),
        ),
        rows=[line(row) for row in page.rows],
        paging=numbered("admin_assignments.listing", args, page),
        empty=Empty(
            words=t("admin.assign.empty"),
            links=(Link(t("admin.assign.new"), url_for("admin_assignments.new")),),
        ),
    )


def line(row: directory.AssignmentRow) -> AssignmentLine:
    """One assignment on a line."""
    one = row.assignment
    return AssignmentLine(
        village=row.village,
        kecamatan=row.kecamatan,
        person=row.user_name,
        person_href=person_address(one.user_id),
        letter=one.letter or "–",
        starts=day_in_words(one.starts),
        ends=until(one.ends),
        end=url_for("admin_assignments.end", assignment_id=one.id)
        if still_runs(one.ends, today())
        else "",
    )


def person_address(user_id: str) -> str:
    """The account's page, for who may open it."""
    if current_user.role != "admin":
        return ""
    return url_for("admin_users.show_user", user_id=user_id)


def filters(words: str, *, ended: bool) -> dict[str, object]:
    """Filters and words around the list."""
    states = [("now", t("admin.assign.only_now")), ("all", t("admin.assign.with_ended"))]
    state = "all" if ended else "now"
    return {
        "words": words,
        "states": states,
        "state": state,
        "filter_words": [word for word in (words, dict(states)[state]) if word],
    }


def form_page(
    values: Mapping[str, str], chosen: Collection[str], refused: Refused | None = None
) -> dict[str, object]:
    """The form of an assignment with what was typed."""
    session = db.session()
    return {
        "values": values,
        "chosen": chosen,
        "refused": refused,
        "unchosen": refused is not None and refused.field == "villages",
        "users": directory.user_choices(session, regency_here(), field_only=True),
        "places": [
            Kecamatan(
                code,
                name,
                t("admin.assign.kecamatan", name=name, n=len(villages)),
                villages,
                any(one == code or one.startswith(f"{code}.") for one in chosen),
            )
            for code, name, villages in directory.villages_by_kecamatan(session, regency_here())
        ],
        "makes_accounts": current_user.role == "admin",
    }


def end_page(
    row: directory.AssignmentRow, ends: str, refused: Refused | None = None
) -> dict[str, object]:
    """The form that ends an assignment."""
    return {
        "person": row.user_name,
        "village": row.village,
        "ends": ends,
        "refused": refused,
        "back": back_to(row.assignment.user_id),
    }


def back_to(user_id: str) -> str:
    """The person's page, for who may open it; else the list."""
    return person_address(user_id) or url_for("admin_assignments.listing")
