"""The server's own keys, and forms of mutations that a proven, readable one took the place of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, UTCDateTime

CURRENT = text("retired_at IS NULL")


class ServerKey(Base):
    """A P-256 key of the server: ``kind`` seal (phones seal to it) or sign (receipts).

    ``public`` is the raw point, ``wrapped`` the private half sealed with a key from SECRET_KEY.
    At most one of each kind is current; retired ones stay, to open and check what is older.
    """

    __tablename__ = "server_key"
    __table_args__ = (
        Index(
            "uq_server_key_current",
            "kind",
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        ),
    )

    kid: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    public: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ReplacedForm(Base):
    """What was first stored under a mutation's key, unreadable or unproven, before the same
    mutation came in a form that is neither. ``reason`` is why the first one was held."""

    __tablename__ = "replaced_form"
    __table_args__ = (UniqueConstraint("id", "regency"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    key: Mapped[str] = mapped_column(ForeignKey("mutation.key"), index=True)
    device_id: Mapped[str] = mapped_column(String(36))
    mid: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[str] = mapped_column(String(36))
    origin: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(24))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    replaced_at: Mapped[datetime] = mapped_column(UTCDateTime)
