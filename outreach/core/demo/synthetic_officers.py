"""Who the invented workers belong to: the demo officer in that officer's villages, and one
officer without a login for each kecamatan elsewhere."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.ids import uuid7
from outreach.domain.regency import regency_of
from outreach.storage.accounts import Assignment, User
from outreach.storage.locks import begin_write
from outreach.storage.regions import Region
from outreach.storage.sync import Device

NO_LOGIN = "!"  # no password has this hash


def officers_by_village(session: Session, now: datetime) -> dict[str, str]:
    """The importing device of each village's officer; makes what is missing."""
    begin_write(session)
    villages = session.scalars(select(Region).where(Region.level == 4).order_by(Region.code)).all()
    own = demo_villages(session)
    district_users = {
        code: district_officer(session, code, now)
        for code in sorted({village.kecamatan_code for village in villages})
    }
    devices: dict[str, str] = {}
    by_village: dict[str, str] = {}
    for village in villages:
        user = own.get(village.code) or district_users[village.kecamatan_code]
        if user not in devices:
            devices[user] = import_device(session, regency_of(village.code), user, now)
        by_village[village.code] = devices[user]
    session.commit()
    return by_village


def demo_villages(session: Session) -> dict[str, str]:
    """Villages of active demo officers → user id."""
    rows = session.execute(
        select(Assignment.region_code, User.id)
        .join(User, User.id == Assignment.user_id)
        .where(User.demo, User.active, User.role == "officer", Assignment.ends.is_(None))
        .order_by(User.username.desc())
    )
    return dict(rows.all())


def district_officer(session: Session, district: str, now: datetime) -> str:
    """An officer of this kecamatan who cannot log in."""
    username = f"contoh-{district}"
    officer_id = session.scalar(select(User.id).where(User.username == username))
    if officer_id:
        return officer_id
    name = session.get_one(Region, district).name
    user = User(
        id=uuid7(now),
        username=username,
        name=f"Petugas Contoh {name}",
        role="officer",
        password_hash=NO_LOGIN,
        active=False,
        demo=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    codes = session.scalars(select(Region.code).where(Region.parent_code == district))
    session.add_all(
        Assignment(
            id=uuid7(now),
            regency=regency_of(code),
            user_id=user.id,
            region_code=code,
            starts=date(2026, 1, 1),
        )
        for code in codes
    )
    session.flush()
    return user.id


def import_device(session: Session, regency: str, user: str, now: datetime) -> str:
    """The device of kind ``import`` that numbers this officer's invented workers."""
    his = (Device.regency == regency, Device.user_id == user)
    device_id = session.scalar(select(Device.id).where(*his, Device.kind == "import"))
    if device_id:
        return device_id
    device = Device(
        id=uuid7(now),
        regency=regency,
        user_id=user,
        kind="import",
        name="Data contoh",
        created_at=now,
        seen_at=now,
    )
    session.add(device)
    session.flush()
    return device.id
