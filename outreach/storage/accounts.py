"""Users, offices with terms, assignments to villages, and their login sessions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.storage.base import Base, UTCDateTime


class Office(Base):
    """An office that outlives its holders: a pekon, kelurahan, OPD, desk or branch.

    ``kind``: pekon | kelurahan | dinas | mpp | bpjs | pemkab. ``head_title`` is what its head
    is called (Peratin, Lurah, Kepala Dinas …).
    """

    __tablename__ = "office"
    __table_args__ = (UniqueConstraint("id", "regency"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    head_title: Mapped[str] = mapped_column(String(40))
    contact: Mapped[str | None] = mapped_column(String(120))
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class User(Base):
    """A person with an account. ``role`` is one of domain.actor.ROLES; ``phone`` is where the
    person can be called. ``password_until`` is when a one-time password from a slip ends."""

    __tablename__ = "user_account"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(12), index=True)
    office_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(Boolean, default=False)
    password_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lang: Mapped[str] = mapped_column(String(2), default="id")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    failed_logins: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reset_hash: Mapped[str | None] = mapped_column(String(200))
    reset_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_login: Mapped[datetime | None] = mapped_column(UTCDateTime)
    phone: Mapped[str | None] = mapped_column(String(20))

    office: Mapped[Office | None] = relationship(lazy="joined")


class Term(Base):
    """Who holds an office, from when until when, and how the signature block reads.

    ``capacity``: definitif | pj | plh | an (a.n. Peratin, Juru Tulis). ``nip`` is set for civil
    servants (every Lurah). ``ver`` is a number of the village's scope, for the phones there; 0
    where the office is none of a village.
    """

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("id", "regency"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    office_id: Mapped[str] = mapped_column(ForeignKey("office.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    capacity: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(60))
    nip: Mapped[str | None] = mapped_column(String(18))
    letter: Mapped[str | None] = mapped_column(String(80))
    starts: Mapped[date] = mapped_column(Date)
    ends: Mapped[date | None] = mapped_column(Date)
    ver: Mapped[int] = mapped_column(BigInteger, default=0)


class Assignment(Base):
    """An officer or head may work in a village between two dates, by a letter of assignment."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_assignment_user_region", "user_id", "region_code"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    letter: Mapped[str | None] = mapped_column(String(80))
    starts: Mapped[date] = mapped_column(Date)
    ends: Mapped[date | None] = mapped_column(Date)


class LoginSession(Base):
    """One login on one browser; its token is what Flask-Login carries, so it can be revoked."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    agent: Mapped[str | None] = mapped_column(String(200))


class LoginFailure(Base):
    """Failed attempts by the hash of their source (core.accounts.login_limits); also for names
    that do not exist, which gives an attacker no hint."""

    __tablename__ = "login_failure"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
