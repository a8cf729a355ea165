"""What a restore does to the ways into accounts: one-time passwords and codes of the backup end.

A slip that was used since would otherwise open its account again for whoever kept it. Passwords
that people have chosen come back as they were at the backup; nobody knows the later ones.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from outreach.storage.accounts import User
from outreach.storage.statements import table_of, upsert
from outreach.storage.sync import ServerState

MADE = "restored_from"
# As long people remember that the server was restored, and try the password they chose last.
TOLD_FOR = timedelta(days=90)


def end_one_time_passwords(session: Session, now: datetime) -> list[str]:
    """User names of active accounts that need a new slip; the caller commits."""
    waiting = session.scalars(
        select(User.username).where(User.must_change, User.active).order_by(User.username)
    ).all()
    session.execute(
        update(User)
        .where(User.must_change)
        .values(password_hash="!", password_until=now)  # noqa: S106 (fits no password)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(User)
        .where(User.reset_hash.is_not(None))
        .values(reset_hash=None, reset_until=None)
        .execution_options(synchronize_session=False)
    )
    return list(waiting)


def note_restored(session: Session, made: str) -> None:
    """Keep from when the restored backup was (ISO), for whoever tries a later password; the caller
    commits."""
    statement = upsert(session, table_of(ServerState)).values(name=MADE, value=made)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value}
        )
    )


def restored_from(session: Session, now: datetime) -> date | None:
    """The day whose passwords are valid again; None for a server that was not restored lately."""
    made = session.scalar(select(ServerState.value).where(ServerState.name == MADE))
    if made is None:
        return None
    moment = datetime.fromisoformat(made)
    return moment.date() if now - moment < TOLD_FOR else None
