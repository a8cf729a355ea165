"""What features have to say of a worker on the worker's page, above everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.storage.hooks import hooks_of

Part = str | date | None


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence of the catalogue (``word``, with ``parts``), and the page that tells more;
    ``link`` are the words of the way there.

    ``holds``: nothing may be paid for the person, and no list may carry the name on, as long as
    it stands.
    """

    word: str
    parts: Mapping[str, Part]
    holds: bool = False
    endpoint: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    link: str = "review.notice.more"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerNotices:
    """``read`` (session, actor, worker id) answers what is to be said of somebody whom the actor
    may see."""

    read: Callable[[Session, Actor, str], list[Notice]]


def notices_of(session: Session, actor: Actor, worker_id: str) -> list[Notice]:
    """What all features have to say, what holds first."""
    found = [
        notice
        for one in hooks_of(session, WorkerNotices)
        for notice in one.read(session, actor, worker_id)
    ]
    return sorted(found, key=lambda notice: not notice.holds)
