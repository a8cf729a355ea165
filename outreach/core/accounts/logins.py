"""Logging in and out: limited (login_limits.py), one revocable session a browser, all audited."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from outreach.core.accounts import endings
from outreach.core.accounts import login_limits as limits
from outreach.core.accounts.login_limits import Caller
from outreach.core.accounts.passwords import bare_code, password_matches
from outreach.core.accounts.refusals import Refused
from outreach.core.audit import audit_log
from outreach.domain.actor import FIELD_ROLES
from outreach.storage.accounts import LoginSession, User
from outreach.storage.locks import begin_write

# A phone must not ask for a password in the village; a desk PC may, each morning.
IDLE_FIELD = timedelta(days=30)
IDLE_OFFICE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
JUST_BEGUN = timedelta(minutes=15)
NAME_LENGTH = 40
NOBODY = Caller()


@dataclass(frozen=True, slots=True)
class SessionUser:
    """Who is logged in on this browser: a copy without ties to the database session.

    It has what Flask-Login asks of a user. ``agent`` is what the browser said of itself at login.
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
    agent: str = ""

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
    caller: Caller = NOBODY,
    allow_demo: bool = True,
) -> SessionUser:
    """A new login of the user; raises Refused ``login_wrong``, ``login_locked`` or
    ``slip_expired``.

    The attempt is counted before the password is looked at. A lock keeps out every password that
    a person chose; what a slip holds cannot be guessed, so it is let through.
    """
    name = typed_name(username)
    user = session.scalar(select(User).where(User.username == name))
    usable = user is not None and user.active and (allow_demo or not user.demo)
    by_slip = usable and user is not None and user.must_change
    stored = user.password_hash if usable and user else None
    user_id, until = (user.id, user.password_until) if user else (None, None)
    counters = limits.counters_for(session, name, user_id, caller, now)
    wait, locked = limits.count(session, counters, now)
    fits = password_matches(stored, bare_code(password) if by_slip else password)
    if user_id is None or not fits or (wait and not by_slip):
        raise failed(session, user_id, caller, now, wait, locked)
    if by_slip and until is not None and until < now:
        raise Refused("slip_expired", "password")
    begin_write(session)
    limits.forget(session, counters)
    session.commit()
    return open_session(session, user_id, agent=caller.agent, now=now)


def failed(
    session: Session,
    user_id: str | None,
    caller: Caller,
    now: datetime,
    wait: timedelta | None = None,
    locked: int = 0,
) -> Refused:
    """Audit a failed attempt and what it locks; answers the same for unknown, ended and mistyped.

    What was typed is not written down: people type passwords into the wrong field. Names that
    nobody has leave a line only by the address that they come from, or strangers could fill the
    audit.
    """
    if wait is not None:
        return Refused("login_locked", minutes=max(1, -(-wait // timedelta(minutes=1))))
    begin_write(session)
    told = {"address": caller.seen_from}
    if user_id is not None:
        note_login(session, "login_failed", user_id, now, **told)
        if locked:
            note_login(session, "login_locked", user_id, now, attempts=locked, **told)
    if limits.note_failure(session, caller, now):
        note_login(session, "login_address_busy", None, now, **told)
    session.commit()
    return Refused("login_wrong", "password")


def note_login(
    session: Session, action: str, user_id: str | None, now: datetime, **detail: object
) -> None:
    """One audit line about somebody who has not logged in."""
    audit_log.record(
        session,
        actor_id=None,
        action=action,
        object_type="user",
        object_id=user_id,
        now=now,
        detail=detail,
    )


def open_session(session: Session, user_id: str, *, agent: str, now: datetime) -> SessionUser:
    """A fresh session of this user."""
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
    audit_log.record(
        session, actor_id=user_id, action="login", object_type="user", object_id=user_id, now=now
    )
    copy = session_user(user, token)
    session.commit()
    return copy


def session_user(user: User, token: str, agent: str = "") -> SessionUser:
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
        agent=agent,
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
    copy = session_user(user, token, login.agent or "")
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
        audit_log.record(
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
    audit_log.record(
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
