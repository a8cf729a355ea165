"""Regions (kabupaten, kecamatan, pekon, kelurahan) by Kemendagri code."""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base

KECAMATAN_LENGTH = len("18.04.04")


class Region(Base):
    """One administrative area; ``kind`` is kabupaten, kecamatan, pekon or kelurahan."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    level: Mapped[int] = mapped_column(Integer)
    parent_code: Mapped[str | None] = mapped_column(String(13), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)

    @property
    def kecamatan_code(self) -> str:
        """The code of the kecamatan this village lies in."""
        return self.code[:KECAMATAN_LENGTH]


class RegionAlias(Base):
    """Another spelling met in lists and newspapers."""

    __tablename__ = "region_alias"

    code: Mapped[str] = mapped_column(ForeignKey("region.code"), primary_key=True)
    alias: Mapped[str] = mapped_column(String(80), primary_key=True)
    origin: Mapped[str] = mapped_column(String(40))
