"""Logging in and out: throttled by name, one revocable session a browser, all of it audited."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.domain.actor import FIELD_ROLES
from outreach.services import audit, endings
from outreach.services.passwords import bare_code, password_matches
from outreach.services.refused import Refused
from outreach.storage.accounts import LoginFailure, LoginSession, User
from outreach.storage.locks import begin_write

FREE_ATTEMPTS = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
FORGET_AFTER = timedelta(hours=24)
# A phone must not ask for a password in the village; a desk PC may, each morning.
IDLE_FIELD = timedelta(days=30)
IDLE_OFFICE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
JUST_BEGUN = timedelta(minutes=15)
NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class SessionUser:
    """Who is logged in on this browser: a copy without ties to the database session.

    It has what Flask-Login asks of a user.
    """

    id: str
    username: str
    name: str
    role: str
    lang: str
    must_change: bool
    office_id: str | None
    office_name: str | None
    token: str

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The token of this login, never the user's id: each can be revoked alone."""
        return self.token

    @property
    def works_on_phone(self) -> bool:
        """True when the field app is this user's home."""
        return self.role in FIELD_ROLES


def typed_name(text: str) -> str:
    """A username as it is compared: lower case, no spaces around, cut to its column."""
    return text.strip().casefold()[:NAME_LENGTH]


def token_hash(token: str) -> str:
    """What is stored of a session's token; the token itself has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def log_in(
    session: Session,
    username: str,
    password: str,
    *,
    now: datetime,
    agent: str = "",
    allow_demo: bool = True,
) -> SessionUser:
    """A new login of the user; raises Refused ``login_wrong`` or ``login_locked``.

    The attempt is counted before the password is looked at, so that many requests at once
    cannot guess more often than one after the other.
    """
    name = typed_name(username)
    count_attempt(session, name, now)
    user = session.scalar(select(User).where(User.username == name))
    usable = user is not None and user.active and (allow_demo or not user.demo)
    tried = bare_code(password) if usable and user and user.must_change else password
    fits = password_matches(user.password_hash if usable and user else None, tried)
    if user is None or not fits:
        raise failed(session, user, now)
    return open_session(session, user.id, agent=agent, now=now)


def failed(session: Session, user: User | None, now: datetime) -> Refused:
    """Audit a failed login; says the same for unknown, ended and mistyped.

    What was typed is not written down: people type passwords into the wrong field.
    """
    begin_write(session)
    user_id = user.id if user else None
    audit.record(
        session,
        actor_id=None,
        action="login_failed",
        object_type="user",
        object_id=user_id,
        now=now,
        detail={"known": user is not None},
    )
    session.commit()
    return Refused("login_wrong", "password")


def count_attempt(session: Session, name: str, now: datetime) -> None:
    """Count one attempt on this name; raises Refused ``login_locked`` while it is locked."""
    begin_write(session)
    row = failure_row(session, name, now)
    if row.locked_until and row.locked_until > now:
        wait = row.locked_until - now
        session.rollback()
        raise Refused("login_locked", minutes=max(1, -(-wait // timedelta(minutes=1))))
    if now - row.last_at > FORGET_AFTER:
        row.count = 0
    row.count += 1
    row.last_at = now
    row.locked_until = now + lock_length(row.count) if row.count >= FREE_ATTEMPTS else None
    if row.locked_until:
        audit_lock(session, name, row.count, now)
    session.commit()


def failure_row(session: Session, name: str, now: datetime) -> LoginFailure:
    """The counter of this name, locked for this transaction, made when there is none."""
    query = select(LoginFailure).where(LoginFailure.username == name).with_for_update()
    row = session.scalar(query)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            session.add(LoginFailure(username=name, count=0, last_at=now))
    except IntegrityError:
        pass  # another request made it in the meantime
    return session.scalars(query.execution_options(populate_existing=True)).one()


def lock_length(count: int) -> timedelta:
    """One minute at the fifth failure, doubled at each further one, an hour at most."""
    doubled: int = 2 ** min(count - FREE_ATTEMPTS, 10)
    return min(FIRST_LOCK * doubled, LONGEST_LOCK)


def audit_lock(session: Session, name: str, count: int, now: datetime) -> None:
    """Write down that a name was locked, if it is somebody's."""
    user_id = session.scalar(select(User.id).where(User.username == name))
    audit.record(
        session,
        actor_id=None,
        action="login_locked",
        object_type="user",
        object_id=user_id,
        now=now,
        detail={"attempts": count},
    )


def forget_failures(session: Session, username: str) -> None:
    """Unlock a name; the caller commits."""
    session.execute(delete(LoginFailure).where(LoginFailure.username == username))


def open_session(session: Session, user_id: str, *, agent: str, now: datetime) -> SessionUser:
    """A fresh session of this user; the failures of the name are forgotten."""
    begin_write(session)
    user = session.get_one(User, user_id)
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            agent=agent[:200] or None,
        )
    )
    user.last_login = now
    forget_failures(session, user.username)
    audit.record(
        session, actor_id=user_id, action="login", object_type="user", object_id=user_id, now=now
    )
    copy = session_user(user, token)
    session.commit()
    return copy


def session_user(user: User, token: str) -> SessionUser:
    """The copy of a user that a request carries."""
    return SessionUser(
        id=user.id,
        username=user.username,
        name=user.name,
        role=user.role,
        lang=user.lang,
        must_change=user.must_change,
        office_id=user.office_id,
        office_name=user.office.name if user.office else None,
        token=token,
    )


def find_session(
    session: Session, token: str, now: datetime, *, allow_demo: bool = True
) -> SessionUser | None:
    """Who carries this token, or None when it was revoked, idle too long or the account ended.

    One query; notes that the session was seen at most every five minutes.
    """
    row = session.execute(
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .where(
            LoginSession.token_hash == token_hash(token),
            LoginSession.revoked_at.is_(None),
            User.active,
        )
    ).one_or_none()
    if row is None:
        return None
    login, user = row
    idle = IDLE_FIELD if user.role in FIELD_ROLES else IDLE_OFFICE
    if now - login.seen_at > idle or (user.demo and not allow_demo):
        return None
    copy = session_user(user, token)
    if now - login.seen_at > SEEN_EVERY:
        touch(session, login.token_hash, now)
    return copy


def owner_of_session(session: Session, token: str) -> str | None:
    """Id of the user whose login this was, also when it has ended; it opens nothing."""
    return session.scalar(
        select(LoginSession.user_id).where(LoginSession.token_hash == token_hash(token))
    )


def has_just_begun(session: Session, user: SessionUser, now: datetime) -> bool:
    """True when the person gave the password in the last quarter of an hour."""
    began = session.scalar(
        select(LoginSession.created_at).where(LoginSession.token_hash == token_hash(user.token))
    )
    return began is not None and abs(now - began) <= JUST_BEGUN


def touch(session: Session, hashed: str, now: datetime) -> None:
    """Note that a session is in use."""
    begin_write(session)
    session.execute(
        update(LoginSession).where(LoginSession.token_hash == hashed).values(seen_at=now)
    )
    session.commit()


def own_sessions(session: Session, user_id: str, now: datetime) -> Sequence[LoginSession]:
    """The user's sessions still open, newest first."""
    return session.scalars(
        select(LoginSession)
        .where(
            LoginSession.user_id == user_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.seen_at > now - IDLE_FIELD,
        )
        .order_by(LoginSession.seen_at.desc())
    ).all()


def revoke_sessions(
    session: Session, user_id: str, now: datetime, *, keep: str | None = None
) -> int:
    """End every session of the user but ``keep`` (a hash); the caller commits. Returns how many."""
    ended = session.scalars(
        update(LoginSession)
        .where(
            LoginSession.user_id == user_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.token_hash != (keep or ""),
        )
        .values(revoked_at=now)
        .returning(LoginSession.token_hash)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def end_session(session: Session, hashed: str, now: datetime) -> None:
    """End one login by its hash, whosever it is; the caller commits and audits."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == hashed, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def log_out(
    session: Session, user_id: str, hashed: str, now: datetime, *, away: bool = False
) -> bool:
    """End one session of this user by its hash; False when it is not his or ended before.

    The phone that lies under it fetches no more until the next login on it; ``away``: it was
    ended from another browser, so what it sends is held until then.
    """
    begin_write(session)
    ended = session.scalars(
        update(LoginSession)
        .where(
            LoginSession.token_hash == hashed,
            LoginSession.user_id == user_id,
            LoginSession.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(LoginSession.token_hash)
        .execution_options(synchronize_session=False)
    ).all()
    if ended:
        endings.end_login(session, hashed, "phone" if away else "logout", now)
        audit.record(
            session,
            actor_id=user_id,
            action="logout",
            object_type="user",
            object_id=user_id,
            now=now,
        )
    session.commit()
    return bool(ended)


def replace_login(session: Session, old: SessionUser, new: SessionUser, now: datetime) -> None:
    """Another login took the place of ``old`` in one browser: that one ends. A phone there stays
    with its user; under somebody else's login it fetches no more."""
    hashed = token_hash(old.token)
    if old.id != new.id:
        log_out(session, old.id, hashed, now)
        return
    begin_write(session)
    end_session(session, hashed, now)
    endings.move_login(session, hashed, token_hash(new.token))
    session.commit()


def log_out_everywhere(session: Session, user_id: str, now: datetime, here: str) -> int:
    """End every session of this user, ``here`` (a hash) too; returns how many.

    No phone of his fetches before he logs in on it; what the others send is held until then.
    """
    begin_write(session)
    ended = revoke_sessions(session, user_id, now)
    endings.end_phones(session, user_id, "all", now, keep=here)
    endings.end_login(session, here, "logout", now)
    audit.record(
        session,
        actor_id=user_id,
        action="logout_everywhere",
        object_type="user",
        object_id=user_id,
        now=now,
        detail={"sessions": ended},
    )
    session.commit()
    return ended
