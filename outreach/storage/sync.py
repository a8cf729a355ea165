"""Devices, every mutation ever received, scope counters, verdict follow-ups and blobs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, JsonText, UTCDateTime

WORKER = "worker"  # ``table_name`` of saves of the core's own; others are features'
UNKNOWN_SIGNER = "signer"  # why a save of a carried file is held that nobody could prove
DESK = text("kind = 'office'")
SEALED = text("sealed")
UNSETTLED = text("status = 'invalid' OR status = 'held'")
OTHER_KEY = text("phone_key IS NOT NULL")


class Device(Base):
    """One installation of the field app by one user; ``kind`` office numbers desk edits.

    ``recorded`` is what the phone says it has numbered; ``last_mid`` what arrived in order.
    ``public_key`` is the raw P-256 point of what it sends, ``fetch_key`` of what it fetches;
    ``signs`` once a whole request of it was signed. ``last_hash`` without a value
    beside a ``last_mid`` means that the chain is not known here; the phone's word continues it.
    ``reported_at`` and what follows it is the phone's own report, as it came last: counts, bytes,
    whether a PIN is set; null where it never said. ``revoked_at`` stops it from fetching;
    ``lost_at`` also tells it to destroy its keys. ``open_gaps`` counts its named gaps that are not
    closed. ``login_hash`` is the login under which its user last opened it; ``ended_at`` and
    ``ended_why`` (a word of core.accounts.endings) stop it from fetching until he logs in on it.
    """

    __tablename__ = "device"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index(
            "uq_device_desk",
            "user_id",
            "regency",
            unique=True,
            sqlite_where=DESK,
            postgresql_where=DESK,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8), default="phone")
    token_hash: Mapped[str | None] = mapped_column(String(64))
    token_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    name: Mapped[str] = mapped_column(String(80), default="")
    app: Mapped[str] = mapped_column(String(40), default="")
    was: Mapped[str | None] = mapped_column(String(36))
    was_empty: Mapped[bool] = mapped_column(Boolean, default=False)
    last_mid: Mapped[int] = mapped_column(BigInteger, default=0)
    last_key: Mapped[str | None] = mapped_column(String(36))
    last_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    durable_mid: Mapped[int] = mapped_column(BigInteger, default=0)
    recorded: Mapped[int] = mapped_column(BigInteger, default=0)
    replays: Mapped[int] = mapped_column(BigInteger, default=0)
    persisted: Mapped[bool | None] = mapped_column(Boolean)
    storage: Mapped[dict[str, object] | None] = mapped_column(JsonText)
    clock_offset: Mapped[int | None] = mapped_column(Integer)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    fetch_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    signs: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lost_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    login_hash: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_why: Mapped[str | None] = mapped_column(String(10))
    reported_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    unsent: Mapped[int | None] = mapped_column(Integer)
    oldest_unsent: Mapped[datetime | None] = mapped_column(UTCDateTime)
    drafts: Mapped[int | None] = mapped_column(Integer)
    blobs_unsent: Mapped[int | None] = mapped_column(Integer)
    storage_used: Mapped[int | None] = mapped_column(BigInteger)
    storage_quota: Mapped[int | None] = mapped_column(BigInteger)
    pin: Mapped[bool | None] = mapped_column(Boolean)
    open_gaps: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class ScopeCounter(Base):
    """The scope's counter: ``seq`` orders every change of its rows. Holes are fine.

    ``floor`` is the highest ver of a gone marker already thrown away: a cursor below it could
    miss a row that left, so it starts again from 0. ``followers`` counts what features have open
    that follows the village's workers (worker_followers.py): where there is none, no save asks.
    """

    __tablename__ = "scope_counter"

    scope: Mapped[str] = mapped_column(String(40), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    floor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    followers: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class ServerState(Base):
    """Facts about the server's own life, such as ``epoch``."""

    __tablename__ = "server_state"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(400))


class Mutation(Base):
    """One payload as received, byte for byte, and the single verdict it ever gets.

    Of one that came ``sealed`` the opened bytes stand here. ``hash`` is empty where the chain up
    to this number is not known, because something before it could not be read. ``phone_key`` is the
    key its phone gave it where it had to be stored under one of its own. ``on_behalf`` is what the
    sender wrote there and proves nothing; ``doubt`` marks what was stored while it still counted.
    """

    __tablename__ = "mutation"
    __table_args__ = (
        UniqueConstraint("device_id", "mid"),
        Index("ix_mutation_row", "row_id", "received_at"),
        Index("ix_mutation_sealed", "received_at", sqlite_where=SEALED, postgresql_where=SEALED),
        Index(
            "ix_mutation_unsettled",
            "row_id",
            sqlite_where=UNSETTLED,
            postgresql_where=UNSETTLED,
        ),
        Index(
            "ix_mutation_phone_key",
            "phone_key",
            sqlite_where=OTHER_KEY,
            postgresql_where=OTHER_KEY,
        ),
    )

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    mid: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    on_behalf: Mapped[str | None] = mapped_column(String(36))
    origin: Mapped[str] = mapped_column(String(8))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    schema: Mapped[int] = mapped_column(Integer)
    table_name: Mapped[str] = mapped_column(String(16))
    row_id: Mapped[str | None] = mapped_column(String(36))
    scope: Mapped[str | None] = mapped_column(String(40))
    op: Mapped[str] = mapped_column(String(8))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[str] = mapped_column(String(8), index=True)
    ver: Mapped[int | None] = mapped_column(BigInteger)
    into: Mapped[str | None] = mapped_column(String(36))
    waits_for: Mapped[str | None] = mapped_column(String(36))
    verdict: Mapped[dict[str, object]] = mapped_column(JsonText)
    sealed: Mapped[bool] = mapped_column(Boolean, default=False)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_key: Mapped[str | None] = mapped_column(String(64))
    doubt: Mapped[str | None] = mapped_column(String(12))


class RepeatedNumber(Base):
    """A number a device gave to a mutation that is stored elsewhere: it had come before, under an
    earlier number, another device of its author, or in a carried file.

    With it every number the server took is accounted for. ``hash`` is the chain's value there,
    empty where unknown. ``payload`` is what came now, only until it takes the place of an unread
    or unproven form that stands under ``key``.
    """

    __tablename__ = "repeated_number"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    mid: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    key: Mapped[str] = mapped_column(ForeignKey("mutation.key"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Conflict(Base):
    """One field that two people changed without seeing each other's value."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("id", "regency"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    key: Mapped[str] = mapped_column(ForeignKey("mutation.key"), index=True)
    worker_id: Mapped[str] = mapped_column(String(36), index=True)
    region_code: Mapped[str] = mapped_column(String(13), index=True)
    field: Mapped[str] = mapped_column(String(32))
    base: Mapped[object | None] = mapped_column(JsonText)
    mine: Mapped[object | None] = mapped_column(JsonText)
    theirs: Mapped[object | None] = mapped_column(JsonText)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_by: Mapped[str | None] = mapped_column(String(36))
    decision: Mapped[dict[str, object] | None] = mapped_column(JsonText)


class Hold(Base):
    """A mutation kept for a person's decision: accept, return with words, or discard.

    ``state``: open | accepted | returned | discarded | mended (a later save of its author took
    its place) | replaced (a readable form came) | followed (its registration came after it).
    ``reason`` says why it waits; ``invalid`` for one that breaks a rule.
    """

    __tablename__ = "hold"

    key: Mapped[str] = mapped_column(ForeignKey("mutation.key"), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    reason: Mapped[str] = mapped_column(String(24))
    region_code: Mapped[str | None] = mapped_column(String(13), index=True)
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    words: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(36))


class InboxRow(Base):
    """A row of a user's own scope ``u:<user>``: kind conflict | held | returned | task."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("id", "regency"),
        Index("ix_inbox_user_ver", "user_id", "ver"),
        Index("ix_inbox_worker", "worker_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    ver: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(10))
    worker_id: Mapped[str | None] = mapped_column(String(36))
    data: Mapped[dict[str, object]] = mapped_column(JsonText)
    gone: Mapped[bool] = mapped_column(Boolean, default=False)


class NamedGap(Base):
    """Numbers a phone once gave out and can no longer send, named instead of forgotten.

    ``reason``: not_kept (the phone no longer has them) | emptied (its storage was) | rolled_back
    (its storage went back in time, the numbers come a second time) | restored (they had arrived and
    went with a restored backup) | uncounted (taken before repeated numbers were accounted for) |
    unproven (only a save that was not signed stands there).
    ``state``: open | explained (``words`` say what became of them) | closed (they arrived).
    ``came``: numbers that arrived in a carried file, before such stood in ``repeated_number``.
    """

    __tablename__ = "named_gap"
    __table_args__ = (UniqueConstraint("id", "regency"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    from_mid: Mapped[int] = mapped_column(BigInteger)
    to_mid: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10), default="open", server_default="open")
    words: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(36))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    came: Mapped[list[int] | None] = mapped_column(JsonText)


class Blob(Base):
    """A picture or signature. ``state``: partial | complete | refused; bytes lie in the Blobs port.

    The first uploader is kept; further devices that proved the bytes are in BlobUpload. Two
    regencies know the same bytes each by a row of its own; they lie under one name.
    """

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class BlobUpload(Base):
    """What one device has sent of one blob: ``received`` bytes of ``total``."""

    __tablename__ = "blob_upload"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    total: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger)
    complete: Mapped[bool] = mapped_column(Boolean, default=False)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DayIntake(Base):
    """Bytes that a user's phones brought on a day (UTC): ``saves_bytes`` of payloads stored,
    ``files_bytes`` of uploads begun."""

    __tablename__ = "day_intake"

    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    saves_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    files_bytes: Mapped[int] = mapped_column(BigInteger, default=0)


class BlobPiece(Base):
    """One piece of an unfinished upload; rows vanish once the blob is complete."""

    __tablename__ = "blob_piece"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    data: Mapped[bytes] = mapped_column(LargeBinary)
