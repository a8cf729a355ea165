"""Pages of accounts: words instead of codes, addresses instead of ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_login import current_user

from outreach.core.accounts import directory
from outreach.core.accounts.directory_files import AccountFile
from outreach.core.accounts.refusals import Refused
from outreach.domain.actor import FIELD_ROLES, ROLES
from outreach.domain.phone import national
from outreach.extensions import db
from outreach.features.admin import assignments_presenter
from outreach.features.admin.words import Choices, day_in_words, role_choices, until
from outreach.storage.accounts import User
from outreach.web import display
from outreach.web.access import regency_here, utc_now
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Link, Listing, numbered


@dataclass(frozen=True, slots=True)
class UserLine:
    """One account in the list."""

    href: str
    name: str
    username: str
    role: str
    office: str
    villages: str
    last_login: str
    state: str


def list_of(
    page: directory.Page[directory.UserRow], chosen: directory.UserFilter
) -> Listing[UserLine]:
    """The list under the table's head."""
    args = {
        "q": chosen.words,
        "role": chosen.role,
        "office": chosen.office_id,
        "state": chosen.state,
    }
    return Listing(
        title=t("admin.users.title"),
        columns=(
            Column(t("accounts.name")),
            Column(t("accounts.username")),
            Column(t("accounts.role")),
            Column(t("accounts.office")),
            Column(t("admin.villages"), cls="num"),
            Column(t("admin.last_login")),
            Column(t("admin.state")),
        ),
        rows=[line(row) for row in page.rows],
        paging=numbered("admin_users.listing", args, page),
        empty=Empty(
            words=t("admin.users.empty"),
            links=(
                Link(t("admin.users.show_all"), url_for("admin_users.listing", state="all")),
                Link(t("admin.users.new"), url_for("admin_users.new")),
            ),
        ),
    )


def line(row: directory.UserRow) -> UserLine:
    """One account on a line."""
    user = row.user
    return UserLine(
        href=url_for("admin_users.show_user", user_id=user.id),
        name=user.name,
        username=user.username,
        role=t(f"kit.role.{user.role}"),
        office=user.office.name if user.office else "–",
        villages=str(row.villages or "–"),
        last_login=display.short_moment(user.last_login) if user.last_login else t("admin.never"),
        state=t("admin.state.active" if user.active else "admin.state.inactive"),
    )


def filters(chosen: directory.UserFilter) -> dict[str, object]:
    """Filters around the list, and their words in print."""
    words = (
        chosen.words,
        t(f"kit.role.{chosen.role}") if chosen.role else "",
        t(f"admin.state.{chosen.state}"),
    )
    return {
        "chosen": chosen,
        "roles": role_choices(ROLES),
        "offices": office_choices(),
        "states": [(state, t(f"admin.state.{state}")) for state in directory.STATES],
        "filter_words": [word for word in words if word],
    }


def office_choices() -> Choices:
    """Open offices by name."""
    return directory.office_choices(db.session(), regency_here())


def form_page(
    user: User | None, values: Mapping[str, str], refused: Refused | None = None
) -> dict[str, object]:
    """The form of an account with what was typed."""
    return {
        "heading": t("admin.users.edit", name=user.name) if user else t("admin.users.new"),
        "values": values,
        "refused": refused,
        "is_new": user is None,
        "back": address_of(user.id) if user else url_for("admin_users.listing"),
        "roles": role_choices(ROLES),
        "offices": office_choices(),
    }


def values_of(user: User) -> dict[str, str]:
    """The first values in the form of an account."""
    return {
        "name": user.name,
        "username": user.username,
        "role": user.role,
        "office_id": user.office_id or "",
        "phone": user.phone or "",
        "lang": user.lang,
    }


def address_of(user_id: str) -> str:
    """The account's page."""
    return url_for("admin_users.show_user", user_id=user_id)


def user_page(file: AccountFile) -> dict[str, object]:
    """Everything admin/user.html needs."""
    user = file.user
    return {
        "user": user,
        "role": t(f"kit.role.{user.role}"),
        "phone": national(user.phone) or "–",
        "last_login": display.moment(user.last_login) if user.last_login else t("admin.never"),
        "sessions": file.sessions or "–",
        "password": password_words(user),
        "is_self": user.id == current_user.id,
        "has_villages": user.role in FIELD_ROLES,
        "villages": assignments_presenter.list_of(file.villages, user.name),
        "phones": file.phones,
        "terms": [
            {
                "href": url_for("admin_offices.show_office", office_id=term.office_id),
                "office": office,
                "words": f"{term.title}, {day_in_words(term.starts)} – {until(term.ends)}",
            }
            for term, office in file.terms
        ],
    }


def password_words(user: User) -> str:
    """Whose the password is: the person's own, or a slip's, and until when."""
    if not user.must_change:
        return t("admin.users.own_password")
    if user.password_until is None:
        return t("admin.users.must_change")
    over = user.password_until < utc_now()
    key = "admin.users.slip_over" if over else "admin.users.must_change_until"
    return t(key, day=display.moment(user.password_until))


def confirm_page(user: User, act: str, refused: Refused | None = None) -> dict[str, object]:
    """The question before an act, with its effects."""
    return {
        "user": user,
        "act": act,
        "refused": refused,
        "button": "danger" if act == "deactivate" else "main-action",
        "back": address_of(user.id),
    }


def code_page(user: User, code: str) -> dict[str, object]:
    """A reset code, shown once, and where it is typed."""
    return {
        "user": user,
        "code": code,
        "spelled": " ".join(code),
        "address": url_for("accounts.reset", _external=True),
        "back": address_of(user.id),
    }
