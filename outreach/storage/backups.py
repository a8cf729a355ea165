"""Backups this server made, the packs its pictures lie in, and the register of erasures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base, JsonText, UTCDateTime


class Backup(Base):
    """One archive. ``mids`` says up to which number each device's saves, pictures included, lie
    in it; ``proof_hash`` is the SHA-256 of the confirmation that only who decrypts can give."""

    __tablename__ = "backup"

    stamp: Mapped[str] = mapped_column(String(16), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    epoch: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int] = mapped_column(BigInteger)
    pictures: Mapped[int] = mapped_column(BigInteger)
    mids: Mapped[dict[str, int]] = mapped_column(JsonText)
    proof_hash: Mapped[str] = mapped_column(String(64))
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class BackupPack(Base):
    """One encrypted file of pictures in the backup folder. Never part of a backup itself."""

    __tablename__ = "backup_pack"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    files: Mapped[int] = mapped_column(Integer)
    recipient: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class BackupBlob(Base):
    """Which pack a picture lies in."""

    __tablename__ = "backup_blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    pack: Mapped[str] = mapped_column(ForeignKey("backup_pack.name"), index=True)


class Erasure(Base):
    """A record taken out at the person's lawful request; ids and hashes, nothing about anybody.

    Whatever comes for this id later, from a phone or a restored backup, stays empty.
    """

    __tablename__ = "erasure"

    worker_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    regency: Mapped[str] = mapped_column(String(5))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str | None] = mapped_column(String(36))
    letter: Mapped[str] = mapped_column(String(80))
    region_code: Mapped[str | None] = mapped_column(String(13))
    blobs: Mapped[list[str]] = mapped_column(JsonText)
