"""Texts that are read out to a person, with the names of who reads and where filled in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.worker_data import text_at
from outreach.storage import queries_worker_history as queries
from outreach.storage.accounts import Office, User
from outreach.storage.workers import Reference

FILLED = ("retention", "contact")


@dataclass(frozen=True, slots=True)
class SpokenText:
    """A text in one language and the version that a consent names."""

    version: str
    text: str


def consent_text(session: Session, actor: Actor, place: str, lang: str) -> SpokenText | None:
    """The newest text of the consent as this actor reads it out; None where none was written.
    ``place`` is the village with its kind, as people say it."""
    data = queries.current_text(session, actor.regency, "consent")
    if data is None:
        return None
    text = text_at(data, lang) or ""
    for name, value in names(session, actor, place, lang).items():
        text = text.replace("{" + name + "}", value)
    return SpokenText(text_at(data, "version") or "", text)


def names(session: Session, actor: Actor, place: str, lang: str) -> dict[str, str]:
    """What stands in the text's places."""
    office = session.scalar(
        select(Office.name)
        .join(User, User.office_id == Office.id)
        .where(Office.regency == actor.regency, User.id == actor.user_id)
    )
    own = (Reference.regency == actor.regency, Reference.kind == "setting")
    rows = session.execute(
        select(Reference.id, Reference.data).where(*own, Reference.id.in_(FILLED))
    )
    said = {name: text_at(data, lang) or "" for name, data in rows}
    return {"officer": actor.name, "office": office or "-", "village": place, **said}
