"""Users: made, changed, ended and let in again. Every act is audited; none shows worker data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from outreach.config import UnsafeConfig
from outreach.core.accounts import endings, logins
from outreach.core.accounts import login_limits as limits
from outreach.core.accounts.passwords import (
    bare_code,
    check_new_password,
    hash_password,
    made_up_code,
    made_up_password,
    password_matches,
)
from outreach.core.accounts.refusals import Refused, all_or_nothing
from outreach.core.audit import audit_log
from outreach.domain.actor import ROLES
from outreach.domain.catalogue import LANGS
from outreach.domain.ids import uuid7
from outreach.domain.phone import normalise as normalise_phone
from outreach.storage.accounts import Office, User
from outreach.storage.locks import begin_write

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")
PHONE = re.compile(r"\+?[0-9]{7,15}")
RESET_LIFE = timedelta(minutes=30)
# A slip waits for the next day of training; one that was lost must not open an account for ever.
SLIP_LIFE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Profile:
    """What an administrator sets of a user; ``phone`` is where the person can be called."""

    username: str
    name: str
    role: str
    office_id: str | None = None
    lang: str = "id"
    phone: str | None = None


@all_or_nothing
def create_user(
    session: Session, regency: str, actor_id: str | None, profile: Profile, now: datetime
) -> str:
    """Id of a new user without a password yet; ``first_password`` gives one."""
    begin_write(session)
    user = add_user(session, regency, profile, now)
    audit_log.note_user(session, actor_id, "user_created", user.id, now, role=user.role)
    session.commit()
    return user.id


def add_user(session: Session, regency: str, profile: Profile, now: datetime) -> User:
    """The new row, checked; the caller commits and audits."""
    checked = checked_profile(session, regency, profile)
    user = User(
        id=uuid7(now),
        username=checked.username,
        name=checked.name,
        role=checked.role,
        office_id=checked.office_id,
        lang=checked.lang,
        phone=checked.phone,
        password_hash="!",  # noqa: S106 (fits no password)
        must_change=True,
        active=True,
        demo=False,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


def checked_profile(
    session: Session, regency: str, profile: Profile, user_id: str | None = None
) -> Profile:
    """The profile tidied; raises Refused naming the field."""
    username = logins.typed_name(profile.username)
    name = " ".join(profile.name.split())
    if not USERNAME.fullmatch(username):
        raise Refused("username_form", "username")
    if not 2 <= len(name) <= 100:
        raise Refused("name_length", "name")
    if profile.role not in ROLES:
        raise Refused("role_unknown", "role")
    if profile.lang not in LANGS:
        raise Refused("lang_unknown", "lang")
    if profile.office_id:
        this = (Office.regency == regency, Office.id == profile.office_id)
        if session.scalar(select(Office.id).where(*this)) is None:
            raise Refused("office_unknown", "office_id")
    taken = session.scalar(select(User.id).where(User.username == username))
    if taken and taken != user_id:
        raise Refused("username_taken", "username", username=username)
    phone = checked_phone(profile.phone)
    return Profile(username, name, profile.role, profile.office_id or None, profile.lang, phone)


def checked_phone(typed: str | None) -> str | None:
    """The number as it is stored, None for none; raises Refused."""
    number = normalise_phone(typed or "")
    if not number and not (typed or "").strip():
        return None
    if not PHONE.fullmatch(number):
        raise Refused("phone_form", "phone")
    return number


@all_or_nothing
def edit_user(
    session: Session,
    regency: str,
    actor_id: str | None,
    user_id: str,
    profile: Profile,
    now: datetime,
) -> list[str]:
    """Names of the fields that changed. A new role ends the user's sessions."""
    begin_write(session)
    user = existing(session, user_id)
    checked = checked_profile(session, regency, profile, user_id)
    if user.role == "admin" and checked.role != "admin" and user.active:
        keep_an_admin(session, actor_id, user_id)
    changed = [
        field
        for field in ("username", "name", "role", "office_id", "lang", "phone")
        if getattr(user, field) != getattr(checked, field)
    ]
    for field in changed:
        setattr(user, field, getattr(checked, field))
    if "role" in changed:
        logins.revoke_sessions(session, user_id, now)
    if changed:
        audit_log.note_user(
            session, actor_id, "user_edited", user_id, now, fields=changed, role=user.role
        )
    session.commit()
    return changed


def existing(session: Session, user_id: str) -> User:
    """The user's row, locked for this transaction; raises Refused ``user_unknown``.

    The rows of all active admins are locked with it, in one order, so that two who end each
    other at once neither wait for one another for ever nor both win.
    """
    admin = and_(User.role == "admin", User.active)
    rows = session.scalars(
        select(User)
        .where(or_(User.id == user_id, admin))
        .order_by(User.id)
        .with_for_update(of=User)
    ).all()
    for user in rows:
        if user.id == user_id:
            return user
    raise Refused("user_unknown")


def keep_an_admin(session: Session, actor_id: str | None, user_id: str) -> None:
    """Raise Refused when this admin is oneself or the last one still active.

    The rows of all active admins are locked, so two who end each other at once cannot both win.
    """
    if actor_id == user_id:
        raise Refused("admin_self")
    admins = session.scalars(
        select(User.id)
        .where(User.role == "admin", User.active)
        .order_by(User.id)
        .with_for_update(of=User)
    ).all()
    if set(admins) <= {user_id}:
        raise Refused("admin_last")


@all_or_nothing
def deactivate_user(session: Session, actor_id: str | None, user_id: str, now: datetime) -> None:
    """End an account: sessions and fetching end at once, what its phones still hold may be sent
    and waits for a supervisor. Once it is open again, each phone fetches after a login on it."""
    begin_write(session)
    user = existing(session, user_id)
    if actor_id == user_id:
        raise Refused("self_deactivate")
    if user.role == "admin" and user.active:
        keep_an_admin(session, actor_id, user_id)
    user.active = False
    user.reset_hash = user.reset_until = None
    ended = logins.revoke_sessions(session, user_id, now)
    endings.end_phones(session, user_id, "account", now)
    audit_log.note_user(session, actor_id, "user_deactivated", user_id, now, sessions=ended)
    session.commit()


@all_or_nothing
def reactivate_user(session: Session, actor_id: str | None, user_id: str, now: datetime) -> None:
    """Open an ended account again with the password it had."""
    begin_write(session)
    user = existing(session, user_id)
    user.active = True
    audit_log.note_user(session, actor_id, "user_reactivated", user_id, now)
    session.commit()


@all_or_nothing
def first_password(session: Session, actor_id: str | None, user_id: str, now: datetime) -> str:
    """A new one-time password for the slip; shown once, changed at the first login.

    Every open session of the user ends; his phones fetch after a login on each.
    """
    begin_write(session)
    password = set_first_password(session, existing(session, user_id), now)
    audit_log.note_user(session, actor_id, "user_slip", user_id, now)
    session.commit()
    return password


def set_first_password(session: Session, user: User, now: datetime) -> str:
    """Give the user a one-time password; the caller commits and audits."""
    password = made_up_password()
    user.password_hash = hash_password(bare_code(password))
    user.must_change = True
    user.password_until = now + SLIP_LIFE
    user.reset_hash = user.reset_until = None
    limits.forget_name(session, user.username)
    logins.revoke_sessions(session, user.id, now)
    endings.end_phones(session, user.id, "slip", now)
    return password


@all_or_nothing
def issue_reset_code(session: Session, actor_id: str | None, user_id: str, now: datetime) -> str:
    """A code to read out by telephone: one use, 30 minutes. Lifts a lock of the name."""
    begin_write(session)
    user = existing(session, user_id)
    if not user.active:
        raise Refused("user_inactive")
    code = made_up_code()
    user.reset_hash = hash_password(bare_code(code))
    user.reset_until = now + RESET_LIFE
    limits.forget_name(session, user.username)
    audit_log.note_user(session, actor_id, "user_reset_code", user_id, now)
    session.commit()
    return code


@all_or_nothing
def redeem_reset_code(
    session: Session,
    username: str,
    code: str,
    password: str,
    *,
    now: datetime,
    caller: limits.Caller = logins.NOBODY,
) -> str:
    """Set a new password by a code, answers the user's id; raises Refused ``reset_wrong`` for any
    misfit of the two.

    No lock of the name stands before it: strangers would shut the owner's last way in. Half an
    hour of guessing at what the server bears finds one of 2^39 codes once in ten million times.
    The new password is looked at after the code: what it is refused for tells names of the owner,
    and the look costs more than the code does.
    """
    name = logins.typed_name(username)
    user = session.scalar(select(User).where(User.username == name, User.active))
    about = about_user(user)
    valid = user is not None and user.reset_until is not None and user.reset_until > now
    user_id = user.id if user else None
    fits = password_matches(user.reset_hash if user and valid else None, bare_code(code))
    if user_id is None or not fits:
        # Without a code there is nothing to guess, and strangers must not fill the audit.
        logins.failed(session, user_id if valid else None, caller, now)
        raise Refused("reset_wrong", "code")
    check_new_password(password, name, about)
    spend_reset_code(session, user_id, hash_password(password), now)
    return user_id


def about_user(user: User | None) -> list[str]:
    """The names that a user's password must not be made of."""
    if user is None:
        return []
    return [user.username, user.name, user.office.name if user.office else ""]


def spend_reset_code(session: Session, user_id: str, hashed: str, now: datetime) -> None:
    """Use up a code that fits; of two requests at once only one wins."""
    begin_write(session)
    spent = session.scalar(
        update(User)
        .where(User.id == user_id, User.reset_hash.is_not(None))
        .values(
            password_hash=hashed,
            must_change=False,
            password_until=None,
            reset_hash=None,
            reset_until=None,
        )
        .returning(User.username)
        .execution_options(synchronize_session=False)
    )
    if spent is None:
        session.rollback()
        raise Refused("reset_wrong", "code")
    limits.forget_name(session, spent)
    logins.revoke_sessions(session, user_id, now)
    endings.end_phones(session, user_id, "password", now)
    audit_log.note_user(session, user_id, "password_reset", user_id, now)
    session.commit()


@all_or_nothing
def change_own_password(
    session: Session,
    user_id: str,
    old: str,
    new: str,
    *,
    now: datetime,
    agent: str = "",
    here: str = "",
) -> logins.SessionUser:
    """A fresh login with the new password; every other session of the user ends, and every phone
    but the one under the login ``here`` (a hash) fetches only after a login on it.

    At the first login the slip's password was typed a moment ago and is not asked again.
    """
    user = session.get_one(User, user_id)
    username, stored, first = user.username, user.password_hash, user.must_change
    about = about_user(user)
    if not first:
        check_old_password(session, user_id, stored, old, now)
    check_new_password(new, username, about)
    if password_matches(stored, bare_code(new) if first else new):
        raise Refused("password_same", "new")
    hashed = hash_password(new)
    begin_write(session)
    user = existing(session, user_id)
    user.password_hash = hashed
    user.must_change = False
    user.password_until = None
    logins.revoke_sessions(session, user_id, now)
    endings.end_phones(session, user_id, "password", now, keep=here)
    audit_log.note_user(session, user_id, "password_changed", user_id, now)
    session.commit()
    fresh = logins.open_session(session, user_id, agent=agent, now=now)
    begin_write(session)
    endings.move_login(session, here, logins.token_hash(fresh.token))
    session.commit()
    return fresh


def check_old_password(
    session: Session, user_id: str, stored: str, old: str, now: datetime
) -> None:
    """Raise Refused unless it is right: a borrowed browser must not guess it. Counted apart from
    logins, so that strangers at the login do not keep anybody from changing his password."""
    counters = [limits.Counter(limits.key_of("change", user_id))]
    wait, _ = limits.count(session, counters, now)
    if wait is not None:
        raise Refused("login_locked", minutes=max(1, -(-wait // timedelta(minutes=1))))
    if not password_matches(stored, old):
        raise Refused("password_old", "old")
    begin_write(session)
    limits.forget(session, counters)
    session.commit()


def set_language(session: Session, user_id: str, lang: str) -> None:
    """Keep the language with the account."""
    begin_write(session)
    session.execute(update(User).where(User.id == user_id).values(lang=lang))
    session.commit()


def refuse_demo_accounts(session: Session) -> None:
    """Raise UnsafeConfig when demo accounts are active, whose password everyone knows."""
    count = session.scalar(select(func.count()).select_from(User).where(User.demo, User.active))
    if count:
        raise UnsafeConfig(
            f"Ada {count} akun demo yang masih aktif; jalankan: flask users deactivate --demo / "
            f"{count} demo accounts are still active; run: flask users deactivate --demo"
        )


def end_demo_accounts(session: Session, now: datetime) -> int:
    """Deactivate every demo account; returns how many were active."""
    begin_write(session)
    users = session.scalars(select(User).where(User.demo, User.active)).all()
    for user in users:
        user.active = False
        logins.revoke_sessions(session, user.id, now)
        endings.end_phones(session, user.id, "account", now)
        audit_log.note_user(session, None, "user_deactivated", user.id, now, demo=True)
    session.commit()
    return len(users)
