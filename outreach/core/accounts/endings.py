"""What ends a phone's right to fetch, and how it comes back: by its user's login on that phone.

Ending deletes nothing and refuses no save. After ``logout`` what the phone sends is judged as ever;
after every other ending it is held until that login and then judged by itself (login_holds.py).
Lost phones and ended accounts are decided by a supervisor instead (holds_of_phone.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from outreach.core.record.verdicts import HOLDING
from outreach.storage.accounts import LoginSession
from outreach.storage.sync import Device


def end_phones(
    session: Session, user_id: str, why: str, now: datetime, *, keep: str | None = None
) -> int:
    """End the fetching of this user's phones but the one that lies under the login ``keep``; the
    caller commits. Returns how many."""
    mine = [Device.user_id == user_id, Device.kind == "phone"]
    if keep is not None:
        mine.append(or_(Device.login_hash.is_(None), Device.login_hash != keep))
    return _end(session, mine, why, now)


def end_phone(session: Session, device_id: str, why: str, now: datetime) -> int:
    """The same for one phone."""
    return _end(session, [Device.id == device_id], why, now)


def end_login(session: Session, login_hash: str, why: str, now: datetime) -> int:
    """The login under which a phone lies ended: it fetches no more."""
    return _end(session, [Device.login_hash == login_hash], why, now)


def _end(session: Session, which: list[ColumnElement[bool]], why: str, now: datetime) -> int:
    """Set the ending; one that holds saves is never weakened to a log-out."""
    if why not in HOLDING:
        which = [*which, or_(Device.ended_why.is_(None), Device.ended_why.not_in(HOLDING))]
    ended = session.scalars(
        update(Device)
        .where(*which)
        .values(ended_at=now, ended_why=why)
        .returning(Device.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def move_login(session: Session, old: str, new: str) -> None:
    """The login of a browser was replaced by another of the same person; the caller commits."""
    session.execute(
        update(Device)
        .where(Device.login_hash == old)
        .values(login_hash=new)
        .execution_options(synchronize_session=False)
    )


def come_back(session: Session, device: Device, login_hash: str) -> bool:
    """Put the phone under this login of its own user; True when that ends an ending.

    A login from before the ending proves nothing: it may be the thief's. The caller has locked the
    device and commits.
    """
    began = session.scalar(
        select(LoginSession.created_at).where(
            LoginSession.token_hash == login_hash,
            LoginSession.revoked_at.is_(None),
        )
    )
    if began is None or (device.ended_at is not None and began < device.ended_at):
        return False
    came = device.ended_at is not None
    device.login_hash, device.ended_at, device.ended_why = login_hash, None, None
    return came


def own_phones(session: Session, user_id: str) -> Sequence[Device]:
    """The phones of a user, the one in contact last first."""
    return session.scalars(
        select(Device)
        .where(Device.user_id == user_id, Device.kind == "phone")
        .order_by(func.coalesce(Device.seen_at, Device.created_at).desc(), Device.id)
    ).all()
