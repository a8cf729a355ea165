"""Rows that features add to the demo's regency, once its workers and phones are there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.storage.blobs_port import Blobs
from outreach.storage.hooks import hooks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRows:
    """``make`` (session, blobs, regency, now) fills a feature's tables as its own use cases would,
    and commits; the same day makes the same rows."""

    make: Callable[[Session, Blobs, str, datetime], None]


def make_rows(session: Session, blobs: Blobs, regency: str, now: datetime) -> None:
    """Have every feature add its part."""
    for one in hooks_of(session, DemoRows):
        one.make(session, blobs, regency, now)
