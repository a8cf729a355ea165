"""Which stored mutation a key that comes again names, and under which key the rest is stored.

Only the true author counts, and content decides: the same content under a known key is a replay;
a true author's other content, and a key that somebody else used first, is judged as if the key
were new, under a key of its own. What the sender writes about whose it is proves nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from uuid import NAMESPACE_OID, uuid5

import orjson
from sqlalchemy.orm import Session

from outreach.core.record.changes import Change, digest_of, is_digest, load
from outreach.core.record.verdicts import OF_FORM, UNPROVEN_REASONS, JudgingContext
from outreach.domain.worker_data import text_at
from outreach.storage import queries_sync
from outreach.storage.queries_sync import JudgedMutation, KnownMutation
from outreach.storage.sync import UNKNOWN_SIGNER

MOST_FORMS = 5
# Parts of a mutation that say nothing: its number, and its key as a carried file seals it.
AROUND = ("mid", "named")


class Crowded(Exception):
    """One author sent more different contents under one key than an honest phone ever does."""


def settle_keys(
    session: Session, changes: list[Change], context: JudgingContext
) -> dict[str, KnownMutation]:
    """What is stored already of these mutations, by key; those that cannot stand under the key
    their phone gave them get one of their own. Raises Crowded; then nothing may be taken.

    The caller has locked the device. Done again, it comes to the same.
    """
    for change in changes:
        if change.phone_key and not is_digest(change.phone_key):
            change.key, change.phone_key = change.phone_key, ""
    keys = {change.key for change in changes}
    found = queries_sync.known_mutations(session, keys | {digest_of(key) for key in keys})
    crowded = {row.phone_key for row in found.values()}
    news: dict[str, Change] = {}
    strange = []
    for change in changes:
        change.others = bool(crowded & {change.key, digest_of(change.key)})
        form = form_of(change, found.values(), context) if change.others else None
        if form is not None:
            change.phone_key, change.key = change.key, form.key
        elif not stands(found.get(change.key), news, change, context):
            strange.append(change)
    for change in strange:
        name_anew(change, context)
    refuse_crowds(strange, found.values(), context)
    return found


def stands(
    old: KnownMutation | None, news: dict[str, Change], change: Change, context: JudgingContext
) -> bool:
    """True when the mutation may stand under the key its phone gave it, beside what is stored
    there and what else is new in the same push."""
    if old is None:
        other = news.setdefault(change.key, change)
        return other is change or content(other.payload) == content(change.payload)
    if is_same(old, change):
        return is_author(old, context) or reason_of(old) == UNKNOWN_SIGNER
    return is_author(old, context) and takes_its_place(old, change, context)


def is_author(old: JudgedMutation, context: JudgingContext) -> bool:
    """True for the user under whom it is stored."""
    return old.user_id == context.actor.user_id


def reason_of(old: JudgedMutation) -> str | None:
    """Why a stored mutation is held; None for what is not."""
    return text_at(old.verdict, "reason") if old.status == "held" else None


def takes_its_place(old: JudgedMutation, change: Change, context: JudgingContext) -> bool:
    """True for a readable, proven form of what is held for its form alone (replacing.py)."""
    return reason_of(old) in OF_FORM and not change.unread and context.hold_reason not in OF_FORM


def is_same(old: JudgedMutation, change: Change) -> bool:
    """True for the same content, whatever its number and the form it travelled in. Of an erased
    person's save nothing is left to compare but whose it was."""
    if not old.payload:
        return change.unread or change.id == old.row_id
    return old.payload == change.payload or content(old.payload) == content(change.payload)


def content(payload: bytes) -> bytes:
    """What a mutation says, without its number: going on as another device renumbers it."""
    body, _ = load(payload.decode(errors="replace"))
    if not body:
        return payload
    said = {name: value for name, value in body.items() if name not in AROUND}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def form_of(
    change: Change, stored: Collection[KnownMutation], context: JudgingContext
) -> KnownMutation | None:
    """What is stored of this author under a key of its own and is the same, or came by the digest
    of the key alone and gives way to this readable form."""
    digest = digest_of(change.key)
    for old in stored:
        if old.phone_key not in (change.key, digest) or not is_author(old, context):
            continue
        if is_same(old, change) or (
            old.phone_key == digest and takes_its_place(old, change, context)
        ):
            return old
    return None


def name_anew(change: Change, context: JudgingContext) -> None:
    """Give it a key of its own, made of the phone's key, the author and the content."""
    phone_key, digest = change.key, sha256(content(change.payload)).hexdigest()
    fresh = str(uuid5(NAMESPACE_OID, f"{phone_key}:{context.actor.user_id}:{digest}"))
    change.phone_key, change.key = phone_key, fresh


def refuse_crowds(
    strange: list[Change], stored: Collection[KnownMutation], context: JudgingContext
) -> None:
    """Raise Crowded when a key would have too many forms of this author. What nobody proved is
    counted apart, so that a stranger cannot fill the places of the author."""
    unproven = context.hold_reason in UNPROVEN_REASONS
    known = {old.key for old in stored}
    for phone_key in {change.phone_key for change in strange if change.key not in known}:
        before = {
            old.key
            for old in stored
            if phone_key in (old.key, old.phone_key)
            and is_author(old, context)
            and (reason_of(old) in UNPROVEN_REASONS) == unproven
        }
        fresh = {change.key for change in strange if change.phone_key == phone_key}
        if len(before | fresh) > MOST_FORMS:
            raise Crowded(phone_key)
