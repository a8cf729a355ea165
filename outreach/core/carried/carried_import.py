"""Takes a carried file in: the same locks, judge and storage as a push, with origin ``carried``.

Proven by the phone's key, its mutations are judged as their officer's own. Those that continue the
phone's numbers move them on, those that fill a named gap stand there. All others are stored under
a side device of their own: no number is ever taken by a save out of order. Keys and contents
decide: taken in twice, or sent by the phone later, nothing changes. What no known key
signed is held whole (``signer``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.audit import audit_log
from outreach.core.carried import carried_blobs
from outreach.core.carried.carried_file import CarriedFile, FileRefused, Import, read_file
from outreach.core.evidence.pictures import Busy
from outreach.core.exchange import gaps, journals, late_edits, readable_forms
from outreach.core.exchange.journal_sequence import (
    START,
    Envelope,
    Forked,
    Plan,
    begin,
    check_chain,
    hash_of,
    next_hash,
    skip_gap,
)
from outreach.core.exchange.known_keys import Crowded, settle_keys
from outreach.core.exchange.push import Judging, NewerSchema, answers, bulk_or_each, readable
from outreach.core.keys import sealing
from outreach.core.record.changes import Change, Opener, link, read_change
from outreach.core.record.judge import RESERVE, scopes_of
from outreach.core.record.verdicts import JudgingContext, Result, hold_reason_of
from outreach.domain.actor import PERSONAL_ROLES
from outreach.storage import queries_identity, queries_sync
from outreach.storage.accounts import User
from outreach.storage.queries_sync import DeviceNumbers, Known, KnownMutation
from outreach.storage.sync import UNKNOWN_SIGNER

BATCH = 50


@dataclass(slots=True)
class Taken:
    """The outcome of a file. ``name`` is its officer's, or of whom it names without a proof; empty
    where nobody knows the name. ``verdicts`` counts new saves, ``known`` those that had come
    before. ``missing`` are numbers that the phone has and neither file nor server. ``newer``: the
    rest was written by an app this server does not know yet. ``pictures`` counts new, known,
    closed."""

    name: str
    phone: str
    proven: bool
    hold_reason: str | None
    first: int = 0
    last: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    known: int = 0
    missing: tuple[int, int] | None = None
    newer: bool = False
    pictures: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Source:
    """A file's phone and author. ``sender`` is the phone where the file is proven to be its own.
    ``side`` is the device of everything that does not continue its numbers; ``phone`` is the id
    of the phone that the file names."""

    sender: Known | None
    side: str
    phone: str
    owner: str
    context: JudgingContext


def take_in(on: Import, data: bytes) -> Taken:
    """The outcome of the file's records and pictures; audited, committed batch by batch.

    Raises FileRefused with nothing stored, and KeysUnreadable when the server's own key must be
    brought back first. Doing it again changes nothing.
    """
    file = read_file(data)
    on.ring.keys(on.session, on.now)
    opener = sealing.opener(on.session, on.ring, on.now)
    source, taken = identified(on, file)
    mids: list[int] = []
    for envelope, changes in batches(file, source, opener, taken):
        mids += [change.mid for change in changes]
        try:
            results = take_batch(on.session, source, envelope, changes)
        except Crowded:
            raise FileRefused("crowded") from None
        if source.sender is not None:
            readable_forms.judge_anew(on.session, source.context, changes, results)
            late_edits.follow(
                on.session, late_edits.begun(changes, results), on.actor.regency, on.now
            )
        for result in results:
            if result.get("replay"):
                taken.known += 1
            else:
                taken.verdicts[str(result["status"])] += 1
    uploader = source.sender.device_id if source.sender else source.side
    if file.blobs and source.sender is None:
        open_side(on.session, source)
        on.session.commit()
    for blob in file.blobs:
        try:
            taken.pictures[carried_blobs.take(on, uploader, source.owner, blob)] += 1
        except Busy:
            raise FileRefused("busy") from None
    if mids:
        taken.first, taken.last = mids[0], mids[-1]
        taken.missing = missing_of(on.session, source, mids)
    note_import(on, file, source, taken)
    return taken


def identified(on: Import, file: CarriedFile) -> tuple[Source, Taken]:
    """Whose file it is; without a proof everything in it is held."""
    sender = queries_sync.known_device(on.session, on.actor.regency, file.device)
    phone = queries_identity.name_of(on.session, on.actor.regency, file.device)
    if sender is not None and sender.kind == "phone" and file.is_signed_by(sender.public_key):
        user = User(id=sender.user_id, role=sender.role, name=sender.name)
        hold_reason, proven = hold_reason_of(sender), sender
        side = side_of(file.device)
    else:
        named = claimed(on.session, file, sender)
        user = named or User(id=on.actor.user_id, role=on.actor.role, name="")
        hold_reason, proven = UNKNOWN_SIGNER, None
        side = side_of(f"{file.device}:{user.id}:{on.actor.regency}:unproven")
    owner, name = user.id, user.name
    actor = actor_for(on.session, user, on.actor.regency, on.today)
    device = proven.device_id if proven else side
    context = JudgingContext(
        actor, device, "carried", on.now, hold_reason, production=on.production
    )
    return Source(proven, side, file.device, owner, context), Taken(
        name, phone, proven is not None, hold_reason
    )


def side_of(name: str) -> str:
    """The id of the side device of a phone."""
    return str(uuid5(NAMESPACE_OID, f"carried:{name}"))


def claimed(session: Session, file: CarriedFile, sender: Known | None) -> User | None:
    """The field user whom an unproven file names, if there is one."""
    user = session.get(User, sender.user_id if sender else file.user[:36])
    if user is None or user.role not in PERSONAL_ROLES:
        return None
    return User(id=user.id, role=user.role, name=user.name)


def batches(
    file: CarriedFile, source: Source, opener: Opener, taken: Taken
) -> Iterator[tuple[Envelope, list[Change]]]:
    """The file's mutations, opened, with the chain's value before each batch; stops before the
    first one of a newer schema."""
    role = source.context.actor.role
    before = hash_of(file.first_prev)
    expected = 0
    for start in range(0, len(file.mutations), BATCH):
        texts = file.mutations[start : start + BATCH]
        changes = [read_change(text, i, role, opener) for i, text in enumerate(texts)]
        try:
            sound = readable(changes)
        except NewerSchema:
            sound = []
        if sound:
            first = sound[0].mid
            before = START if first == 1 else before if first == (expected or first) else None
            prev = None if before is None else before.hex()
            yield Envelope(None, [], kept_from=file.kept_from, first_prev=prev), sound
            before, expected = chain_after(before, sound)
        if len(sound) < len(changes):
            taken.newer = True
            return


def chain_after(before: bytes | None, changes: list[Change]) -> tuple[bytes | None, int]:
    """(the chain's value after these, None where it is not known; the next number)."""
    expected = changes[0].mid
    for change in changes:
        if change.unread or change.mid != expected:
            before = None
        before = None if before is None else link(before, change.payload)
        expected = change.mid + 1
    return before, expected


def take_batch(
    session: Session, source: Source, envelope: Envelope, changes: list[Change]
) -> list[Result]:
    """The results of one batch, committed."""
    work = partial(carry, session, source, envelope, changes)
    return bulk_or_each(session, scopes_of(session, source.context, changes), changes, work)


def carry(
    session: Session,
    source: Source,
    envelope: Envelope,
    changes: list[Change],
    judging: Judging,
    locked: frozenset[str],
) -> list[Result]:
    """Lock, line up beside what is known, judge what is new, save the numbers."""
    context, sender = source.context, source.sender
    regency = context.actor.regency
    device = queries_sync.lock_device(session, regency, sender.device_id) if sender else None
    reserve = RESERVE * len(changes)
    wanted = {s: 0 if s.startswith("u:") else reserve for s in locked}
    seqs = queries_sync.bump(session, regency, wanted)
    first = settle_keys(session, changes, context)
    plan, aside = line_up(session, device, sender, changes, first, envelope)
    if aside:
        number_aside(session, source, aside, context.now)
    if plan.gap and sender:
        gaps.name_let_go(session, sender, plan.gap, context.now)
    verdicts = judging(session, context, plan.fresh, seqs, reserve) if plan.fresh else []
    if device is not None:
        values = {
            "last_mid": plan.last_mid,
            "last_key": plan.last_key,
            "last_hash": plan.last_hash or None,
            "recorded": max(device.recorded, *(change.mid for change in changes)),
        }
        queries_sync.save_device(session, regency, context.device_id, values)
        journals.keep_repeated(session, regency, context.device_id, plan.repeated, context.now)
        if device.open_gaps:
            gaps.bring_in(session, regency, context.device_id, context.now)
    return answers(plan, {v.key: v for v in verdicts}, context.actor.user_id)


def line_up(
    session: Session,
    device: DeviceNumbers | None,
    sender: Known | None,
    changes: list[Change],
    first: dict[str, KnownMutation],
    envelope: Envelope,
) -> tuple[Plan, list[Change]]:
    """(what is new and what is not; the new ones that do not continue the phone's numbers)."""
    follows = device is not None
    if sender is not None and device is not None:
        try:
            check_chain(session, sender, device, changes, envelope)
        except Forked:
            follows = False
    plan = begin(device, changes, envelope) if device is not None else Plan(0, None, START)
    aside: list[Change] = []
    seen: set[str] = set()
    free = free_of(session, device, sender, changes) if follows else set()
    before = START if changes[0].mid == 1 else hash_of(envelope.first_prev)
    for index, change in enumerate(changes):
        old = first.get(change.key)
        change.device_id, change.place, change.hash = "", 0, b""
        plan.order.append((change, old))
        before = next_hash(before, change, changes[index - 1].mid if index else change.mid - 1)
        is_next = follows and (
            change.mid == plan.last_mid + 1
            or (change.mid > plan.last_mid and skip_gap(plan, change, index, envelope))
        )
        fills = change.mid in free
        free.discard(change.mid)
        if is_next:
            plan.take(change)
        elif fills:
            change.hash = before or b""
        if old is not None or change.key in seen:
            plan.repeated += [(change, old)] if is_next or fills else []
        else:
            plan.fresh.append(change)
            aside += [] if is_next or fills else [change]
        seen.add(change.key)
    return plan, aside


def free_of(
    session: Session, device: DeviceNumbers | None, sender: Known | None, changes: list[Change]
) -> set[int]:
    """Numbers of the file that the phone had given up and that nothing else stands under."""
    if sender is None or device is None or not device.open_gaps:
        return set()
    mids = {change.mid for change in changes}
    of = (sender.regency, sender.device_id)
    return set(gaps.free_among(session, *of, mids, device.last_mid))


def number_aside(session: Session, source: Source, aside: list[Change], now: datetime) -> None:
    """Give them numbers of the side device; their place in the phone's chain is not known."""
    open_side(session, source)
    regency = source.context.actor.regency
    device = queries_sync.lock_device(session, regency, source.side)
    assert device is not None, "it was made just now"
    for offset, change in enumerate(aside):
        change.device_id, change.place = source.side, device.last_mid + 1 + offset
        change.hash = b""
    last = device.last_mid + len(aside)
    values = {"last_mid": last, "last_key": aside[-1].key, "recorded": last, "seen_at": now}
    queries_sync.save_device(session, regency, source.side, values)


def open_side(session: Session, source: Source) -> None:
    """Make the side device where it is not yet there; the caller commits."""
    row = {"id": source.side, "user_id": source.owner, "kind": "carried", "was": source.phone}
    row["regency"] = source.context.actor.regency
    queries_identity.add_device(session, row, source.context.now)


def missing_of(session: Session, source: Source, mids: list[int]) -> tuple[int, int] | None:
    """The numbers between what the server has in order and what the file goes on with."""
    phone = source.sender
    sender = queries_sync.known_device(session, phone.regency, phone.device_id) if phone else None
    later = [mid for mid in mids if sender is not None and mid > sender.last_mid]
    if sender is None or not later or min(later) == sender.last_mid + 1:
        return None
    return sender.last_mid + 1, min(later) - 1


def note_import(on: Import, file: CarriedFile, source: Source, taken: Taken) -> None:
    """The audit line of an import; commits."""
    audit_log.record(
        on.session,
        actor_id=on.actor.user_id,
        action="carried_taken_in",
        object_type="device",
        object_id=file.device,
        now=on.now,
        detail={
            "file": file.digest,
            "user": source.owner,
            "proven": taken.proven,
            "mutations": len(file.mutations),
            "new": dict(taken.verdicts),
            "known": taken.known,
            "pictures": dict(taken.pictures),
        },
    )
    on.session.commit()
