"""What one page of the directory tells: an account, or an office, with all that hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from outreach.core.accounts import directory, endings, logins, offices
from outreach.storage.accounts import Office, Term, User
from outreach.storage.sync import Device


@dataclass(frozen=True, slots=True)
class AccountFile:
    """An account with the first page of its villages, its terms with the office's name, how many
    sessions are open, and its phones."""

    user: User
    villages: directory.Page[directory.AssignmentRow]
    terms: Sequence[tuple[Term, str]]
    sessions: int
    phones: Sequence[Device]


@dataclass(frozen=True, slots=True)
class OfficeFile:
    """An office with its terms, newest first, and the lines of its signature block today."""

    office: Office
    terms: Sequence[tuple[Term, str]]
    block: Sequence[str]


def open_account(
    session: Session, regency: str, user_id: str, now: datetime, today: date
) -> AccountFile:
    """The account's file, as far as it is of the regency; raises NotThere."""
    return AccountFile(
        user=directory.user_of(session, regency, user_id),
        villages=directory.assignments_page(
            session, regency, "", only_now=True, number=1, today=today, user_id=user_id
        ),
        terms=directory.terms_of_user(session, regency, user_id),
        sessions=len(logins.own_sessions(session, user_id, now)),
        phones=endings.own_phones(session, user_id),
    )


def open_office(session: Session, regency: str, office_id: str, today: date) -> OfficeFile:
    """The office's file; raises NotThere."""
    return OfficeFile(
        office=directory.office_of(session, regency, office_id),
        terms=offices.terms_of(session, regency, office_id),
        block=offices.signature_block(session, regency, office_id, today),
    )
