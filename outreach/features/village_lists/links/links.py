"""Links by which a village checks one list without an account: made, revoked, opened.

The address carries a token of 256 bits, known to nobody but who holds the address; a code told by
telephone goes with it. Both are random and stored as hashes alone. A link counts until its day,
until it is revoked or its list closed, and while its maker may still decide.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from outreach.core.accounts.passwords import (
    bare_code,
    hash_password,
    made_up_code,
    password_matches,
)
from outreach.core.audit import audit_log
from outreach.core.record.rights import DECIDERS, NotAllowed, require_decider
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.domain.rules import fault
from outreach.features.village_lists.links import link_limits
from outreach.features.village_lists.links.link_limits import Caller
from outreach.features.village_lists.records import link_queries
from outreach.features.village_lists.records.link_queries import LINKS, LinkRow, OpenList
from outreach.storage.bulk import insert_rows
from outreach.storage.locks import begin_write

DAYS, DAYS_MAX = 7, 30
TOKEN_BYTES = 32
TOKEN_MAX = 100


class LinkClosed(Exception):
    """The one answer to a wrong code and to a link that is unknown, expired or revoked."""


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A new link, with the two secrets that are told once: its token and its code."""

    id: str
    token: str
    code: str
    expires_at: datetime


def token_hash(token: str) -> str:
    """What is stored of a token: it is random and long, so a quick hash is enough."""
    return sha256(token[:TOKEN_MAX].encode()).hexdigest()


def list_in_sight(session: Session, actor: Actor, list_id: str) -> OpenList:
    """A list that the actor may make links of; raises NotThere, and NotAllowed for the role."""
    require_decider(actor)
    found = link_queries.lists_not_closed(session, actor.regency, list_id)
    if not found or not actor.can_see(found[0].region_code):
        raise NotThere(list_id)
    return found[0]


def make_link(
    session: Session, actor: Actor, list_id: str, days: int | None, now: datetime
) -> MadeLink:
    """A link to one list, good for so many days. Raises NotThere, and NotAllowed without the right,
    for a closed list, or for a time that is too long."""
    own = list_in_sight(session, actor, list_id)
    if days is None or not 1 <= days <= DAYS_MAX:
        raise NotAllowed("link_days", {"days": [fault("link_days", max=DAYS_MAX)]})
    if own.state == "closed":
        raise NotAllowed("link_list_closed")
    made = MadeLink(
        uuid7(now), secrets.token_urlsafe(TOKEN_BYTES), made_up_code(), now + timedelta(days=days)
    )
    begin_write(session)
    insert_rows(session, LINKS, [link_row(actor, own, made, now)])
    note(session, actor.user_id, "list_link_made", made.id, own.region_code, now, {"days": days})
    session.commit()
    return made


def link_row(actor: Actor, own: OpenList, made: MadeLink, now: datetime) -> dict[str, object]:
    """A link as it is written."""
    return {
        "id": made.id,
        "regency": actor.regency,
        "region_code": own.region_code,
        "list_id": own.id,
        "token_hash": token_hash(made.token),
        "code_hash": hash_password(bare_code(made.code)),
        "made_by": actor.user_id,
        "made_at": now,
        "expires_at": made.expires_at,
        "revoked_at": None,
        "revoked_by": None,
        "tries": 0,
        "slowed_until": None,
        "opened": 0,
        "opened_at": None,
    }


def revoke_link(session: Session, actor: Actor, link_id: str, now: datetime) -> str:
    """End a link at once, whoever has it open; answers its list. Raises NotThere, NotAllowed, and
    AlreadyDecided for one that is revoked."""
    require_decider(actor)
    begin_write(session)
    row = link_queries.link_by_id(session, actor.regency, link_id)
    if row is None or not actor.can_see(row.region_code):
        session.rollback()
        raise NotThere(link_id)
    if row.revoked_at is not None:
        session.rollback()
        raise AlreadyDecided(link_id)
    ended = {"revoked_at": now, "revoked_by": actor.user_id}
    link_queries.change_link(session, actor.regency, link_id, ended)
    note(session, actor.user_id, "list_link_revoked", link_id, row.region_code, now)
    session.commit()
    return row.list_id


def counts(row: LinkRow, now: datetime) -> bool:
    """True for a link that opens its list now."""
    ended = row.revoked_at is not None or row.expires_at <= now or row.state == "closed"
    return not ended and row.maker_active and row.maker_role in DECIDERS


def standing_link(session: Session, regency: str, link_id: str, now: datetime) -> LinkRow | None:
    """The link of a session, as long as it counts."""
    row = link_queries.link_by_id(session, regency, link_id)
    return row if row is not None and counts(row, now) else None


def open_link(
    session: Session, regency: str, token: str, code: str, caller: Caller, now: datetime
) -> LinkRow:
    """The link that token and code open. Raises LinkClosed, one for all reasons and after the same
    work, and TooSoon while a guess has to wait."""
    digest = token_hash(token)
    row = link_queries.link_by_token(session, regency, digest)
    known = row is not None and row.id in caller.known
    key = link_limits.key_for(caller, row.id if row and known else None, digest)
    slowed = link_limits.count(session, key, None if known else caller.address, now)
    good = row is not None and counts(row, now)
    fits = password_matches(row.code_hash if row and good else None, bare_code(code))
    begin_write(session)
    if row is None or not fits:
        note_wrong(session, row, caller, None if known else slowed, now)
        session.commit()
        raise LinkClosed
    link_limits.forget(session, key)
    link_queries.one_more(session, regency, row.id, "opened")
    link_queries.change_link(session, regency, row.id, {"opened_at": now, "slowed_until": None})
    seen = {"address": caller.seen_from}
    note(session, None, "list_link_opened", row.id, row.region_code, now, seen)
    session.commit()
    return row


def note_wrong(
    session: Session, row: LinkRow | None, caller: Caller, slowed: datetime | None, now: datetime
) -> None:
    """Count a wrong code against the address, and show it beside the link; strangers who know no
    link do not fill the audit."""
    link_limits.note_failure(session, caller.address, now)
    if row is None:
        return
    link_queries.one_more(session, row.regency, row.id, "tries")
    if slowed is not None:
        link_queries.change_link(session, row.regency, row.id, {"slowed_until": slowed})
    seen = {"address": caller.seen_from}
    note(session, None, "list_link_wrong", row.id, row.region_code, now, seen)


def note(
    session: Session,
    actor_id: str | None,
    action: str,
    link_id: str,
    village: str,
    now: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:
    """The audit line of what happened to a link; of its secrets it says nothing."""
    audit_log.record(
        session,
        actor_id=actor_id,
        action=action,
        object_type="list_link",
        object_id=link_id,
        region_code=village,
        now=now,
        detail=detail,
    )
