"""Named gaps: numbers a phone gave out and cannot send. Never deleted; explained or closed.

A gap closes by itself when its numbers arrive after all, by a carried file or from a storage
that came back; until then a person may write down what became of them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypedDict

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.record.changes import is_number, load
from outreach.core.record.verdicts import stamp
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import NotThere, Refusal
from outreach.storage import queries_journals as journals
from outreach.storage import queries_phones as queries
from outreach.storage import queries_sync
from outreach.storage.locks import begin_write
from outreach.storage.queries_phones import GapRow
from outreach.storage.queries_sync import FIRST_EPOCH, Known
from outreach.storage.statements import Values
from outreach.storage.sync import Device, NamedGap

LOOKERS = frozenset({"supervisor", "admin"})
WORDS_MAX = 500
ROLLED_BACK = "rolled_back"
UNPROVEN_NUMBERS = "unproven"
MOST_TOLD = 50


class WordsNeeded(Refusal, ValueError):
    """A gap is explained with words or not at all."""


def care_of(actor: Actor) -> queries.Care:
    """Whose phones the actor looks after; raises PermissionError for roles that look after none."""
    if actor.role not in LOOKERS:
        raise PermissionError(actor.role)
    return queries.Care(actor.regency, actor.villages)


def name(
    session: Session,
    regency: str,
    device_id: str,
    numbers: tuple[int, int],
    reason: str,
    now: datetime,
) -> None:
    """Name a range of numbers that will not come; the caller has locked the device and commits."""
    session.add(
        NamedGap(
            id=uuid7(now),
            regency=regency,
            device_id=device_id,
            from_mid=numbers[0],
            to_mid=numbers[1],
            reason=reason,
            at=now,
            state="open",
        )
    )
    session.flush()
    queries.count_unclosed(session, regency, device_id, 1)


def name_let_go(session: Session, known: Known, numbers: tuple[int, int], now: datetime) -> None:
    """Name what a phone no longer keeps and the server does not have. A phone lets go only of what
    it was told to be durable, so in a later life of the server that went with a restore. Of what is
    named already nothing is named twice. The caller has locked the device and commits."""
    of = (known.regency, known.device_id)
    for span in not_named(session, *of, numbers):
        name(session, *of, span, why_let_go(known.epoch), now)


def why_let_go(epoch: int) -> str:
    """Why the server lacks what a phone has let go of, in this life of the server."""
    return "restored" if epoch > FIRST_EPOCH else "not_kept"


def not_named(
    session: Session, regency: str, device_id: str, numbers: tuple[int, int]
) -> list[tuple[int, int]]:
    """The ranges of these numbers that no gap names which is not closed."""
    unclosed = queries.unclosed_gaps(session, regency, device_id)
    named = [(gap.from_mid, gap.to_mid) for gap in unclosed]
    return without([numbers], merged(sorted(named)))


def name_let_go_before(
    session: Session, device: Device, numbers: tuple[int, int], now: datetime
) -> None:
    """Name of these numbers what the server does not have, or has unsigned only: the phone keeps
    none of them and goes on as another device. The caller has locked the device and commits."""
    (first, last), upto = numbers, device.last_mid or 0
    of, reason = (device.regency, device.id), why_let_go(queries_sync.epoch(session))
    for span in not_named(session, *of, (max(first, upto + 1), last)):
        name_missing(session, *of, span, reason, now)
    name_unproven(session, *of, (first, min(upto, last)), now)
    bring_in(session, *of, now)


def name_emptied(session: Session, device: Device, lost_mid: int, now: datetime) -> None:
    """The phone's storage was emptied: what it had numbered and not sent is named, once.

    ``lost_mid`` is the highest number it remembers besides. The caller has locked the device.
    """
    last = max(lost_mid, device.recorded or 0)
    of, before = (device.regency, device.id), device.last_mid or 0
    name_missing(session, *of, (before + 1, last), "emptied", now)
    name_unproven(session, *of, (1, min(before, last)), now)
    bring_in(session, *of, now)


def name_unproven(
    session: Session, regency: str, device_id: str, numbers: tuple[int, int], now: datetime
) -> None:
    """Name of these numbers those at the end of a journal under which only saves stand that were
    not signed, although the phone signs: whoever has its cookie can send such, and the phone does
    not keep its own saves of these numbers. Of what is named already nothing is named twice."""
    of = (regency, device_id)
    first, last = max(numbers[0], journals.last_proven(session, *of) + 1), numbers[1]
    for span in not_named(session, *of, (first, last)) if first <= last else ():
        name_missing(session, *of, span, UNPROVEN_NUMBERS, now)


def name_missing(
    session: Session,
    regency: str,
    device_id: str,
    numbers: tuple[int, int],
    reason: str,
    now: datetime,
) -> None:
    """Name of these numbers what no gap of this reason names yet: a phone tells of a loss again and
    again, and a server that came back from a backup has forgotten some of what had arrived."""
    first, last = numbers
    for named in queries.gaps_touching(session, regency, device_id, reason, numbers):
        if first < named.from_mid:
            name(session, regency, device_id, (first, named.from_mid - 1), reason, now)
        first = max(first, named.to_mid + 1)
    if first <= last:
        name(session, regency, device_id, (first, last), reason, now)


def bring_in(session: Session, regency: str, device_id: str, now: datetime) -> int:
    """Count for a phone's gaps what came of it in carried files and stands beside its numbers;
    answers how many gaps closed. The caller has locked the device and commits."""
    unclosed = queries.unclosed_gaps(session, regency, device_id)
    if not unclosed:
        return 0
    rows = journals.carried_numbers(session, regency, device_id)
    carried = {number_of(row.payload): row.key for row in rows}
    for gap in unclosed:
        for first, last in missing(session, gap) if gap.reason != ROLLED_BACK else ():
            inside = [mid for mid in carried if first <= mid <= last]
            found = [repeated((regency, device_id, mid), carried[mid], now) for mid in inside]
            journals.add_repeated(session, found)
    return close_arrived(session, regency, device_id, now)


def number_of(payload: bytes) -> int:
    """The number that a stored mutation bears inside; 0 for what cannot be read."""
    mid = load(payload.decode(errors="replace"))[0].get("mid")
    return mid if is_number(mid) else 0


def repeated(
    place: tuple[str, str, int],
    key: str,
    now: datetime,
    link: bytes = b"",
    form: bytes | None = None,
) -> Values:
    """The row of a number whose mutation is stored elsewhere (RepeatedNumber); ``place`` is its
    regency, device and number."""
    regency, device_id, mid = place
    row = {"device_id": device_id, "mid": mid, "regency": regency, "key": key}
    return {**row, "hash": link, "payload": form, "at": now}


def close_arrived(session: Session, regency: str, device_id: str, now: datetime) -> int:
    """Close the gaps of a phone whose numbers are all here; answers how many. Caller commits."""
    session.flush()
    device = queries_sync.device_row(session, regency, device_id)
    assert device is not None, "the caller has locked it"
    closed = 0
    for gap in queries.unclosed_gaps(session, regency, device_id):
        if is_filled(session, device.last_mid, gap):
            gap.state, gap.closed_at = "closed", now
            closed += 1
    if closed:
        session.flush()
        queries.count_unclosed(session, regency, device_id, -closed)
    return closed


def is_filled(session: Session, last_mid: int, gap: NamedGap) -> bool:
    """True when nothing of the range is missing any more.

    After an emptied storage the numbers come in order, so the phone's own count tells, unless it
    counts saves that the phone did not sign. Numbers that a rolled-back storage gives out a second
    time are other saves and fill nothing.
    """
    if gap.reason == ROLLED_BACK:
        return False
    if gap.reason == "emptied" and last_mid >= gap.to_mid:
        place = (session, gap.regency, gap.device_id, gap.from_mid, gap.to_mid)
        return journals.taken(*place) == journals.proven(*place)
    return not missing(session, gap)


def missing(session: Session, gap: NamedGap) -> list[tuple[int, int]]:
    """The ranges of a gap's numbers that have not arrived by any way, in order."""
    if gap.state == "closed":
        return []
    if gap.reason == ROLLED_BACK:
        return [(gap.from_mid, gap.to_mid)]
    place = (gap.regency, gap.device_id, gap.from_mid, gap.to_mid)
    came = journals.proven(session, *place) | set(gap.came or ())
    return between(gap.from_mid, gap.to_mid, came)


def between(first: int, last: int, taken: Collection[int]) -> list[tuple[int, int]]:
    """The ranges of first…last without the numbers taken."""
    found = []
    for mid in sorted({*taken, last + 1}):
        if first < mid <= last + 1:
            found.append((first, mid - 1))
        first = max(first, mid + 1)
    return found


def without(
    ranges: Collection[tuple[int, int]], others: Collection[tuple[int, int]]
) -> list[tuple[int, int]]:
    """What is left of ranges outside the others; both in order."""
    found = []
    for first, last in ranges:
        for begin, end in others:
            if end < first or begin > last:
                continue
            if first < begin:
                found.append((first, begin - 1))
            first = end + 1
        if first <= last:
            found.append((first, last))
    return found


def size(ranges: Collection[tuple[int, int]]) -> int:
    """How many numbers ranges hold."""
    return sum(last - first + 1 for first, last in ranges)


def named_missing(session: Session, regency: str, device_id: str, upto: int) -> list[list[int]]:
    """The ranges up to a number under which nothing of the phone stands, in order, as it is told:
    [first, last], and a third 1 where somebody has settled what became of them."""
    found = []
    for gap in queries.unclosed_gaps(session, regency, device_id):
        if gap.reason != ROLLED_BACK:
            settled = [] if gap.state == "open" else [1]
            spans = [(a, min(b, upto)) for a, b in missing(session, gap) if a <= upto]
            found += [[first, last, *settled] for first, last in spans]
    return sorted(found)


def holes(session: Session, regency: str, device_id: str, upto: int) -> list[tuple[int, int]]:
    """The same ranges, settled or not, those that touch made one: what a receipt leaves out."""
    named = named_missing(session, regency, device_id, upto)
    return merged([(told[0], told[1]) for told in named])


class Lost(TypedDict):
    """Ranges of numbers that are nowhere, and when the save before them was received."""

    missing: list[tuple[int, int]]
    after: str | None


def lost_of(
    session: Session, regency: str, device_id: str, lost_mid: int, itself: bool
) -> Lost | None:
    """What a phone is told of an emptied storage, or with ``itself`` of one that went back in time:
    the ranges that are nowhere on the server, and when the save before them was received. None
    where nothing is missing, or once somebody has settled what became of it."""
    of = (regency, device_id)
    unclosed = [gap for gap in queries.unclosed_gaps(session, *of) if gap.state == "open"]
    back = [gap for gap in unclosed if gap.reason in (ROLLED_BACK, UNPROVEN_NUMBERS)]
    if not unclosed or (itself and not back):
        return None
    if itself:
        ranges = merged(sorted(span for gap in back for span in missing(session, gap)))
    else:
        here = journals.proven(session, *of, 1, lost_mid)
        ranges = between(1, lost_mid, here.union(*(gap.came or () for gap in unclosed)))
    if not ranges:
        return None
    after = journals.received_at(session, *of, ranges[0][0] - 1)
    return {"missing": ranges[:MOST_TOLD], "after": stamp(after) if after else None}


def merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted ranges with those that touch made one."""
    found: list[tuple[int, int]] = []
    for first, last in ranges:
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def free_among(
    session: Session, regency: str, device_id: str, mids: Collection[int], upto: int
) -> frozenset[int]:
    """Which of these numbers of a phone lie in what is named missing up to a number, with nothing
    at all under them."""
    of = (regency, device_id)
    empty = holes(session, *of, upto)
    named = frozenset(mid for mid in mids if any(a <= mid <= b for a, b in empty))
    return named and named - journals.taken(session, *of, min(named), max(named))


def listed(
    session: Session, actor: Actor, *, explained: bool, after: str, limit: int
) -> list[GapRow]:
    """Gaps the actor looks after: open ones, or those explained or closed; the oldest first."""
    states = ("explained", "closed") if explained else ("open",)
    return queries.gaps(session, care_of(actor), states, after, limit)


def saved_around(session: Session, named: Collection[NamedGap]) -> dict[str, tuple[str, str]]:
    """When the saves before and after each gap were made, by the phone's own clock as it wrote it;
    empty where that save is not here. Gap id → (before, after)."""
    stored: dict[tuple[str, int], bytes] = {}
    for regency in {gap.regency for gap in named}:
        of = [gap for gap in named if gap.regency == regency]
        numbers = {(gap.device_id, mid) for gap in of for mid in (gap.from_mid - 1, gap.to_mid + 1)}
        stored |= journals.payloads(session, regency, numbers)
    said = {place: saved_at(payload) for place, payload in stored.items()}
    return {
        gap.id: (
            said.get((gap.device_id, gap.from_mid - 1), ""),
            said.get((gap.device_id, gap.to_mid + 1), ""),
        )
        for gap in named
    }


def saved_at(payload: bytes) -> str:
    """The moment that a stored mutation bears inside; empty for what cannot be read."""
    at = load(payload.decode(errors="replace"))[0].get("at")
    return at if isinstance(at, str) else ""


def explain(session: Session, actor: Actor, gap_id: str, words: str, now: datetime) -> None:
    """Write down what became of the numbers. Raises NotThere or WordsNeeded."""
    told = words.strip()[:WORDS_MAX]
    if not told:
        raise WordsNeeded
    gap = locked(session, actor, gap_id)
    gap.state = "explained" if gap.state == "open" else gap.state
    gap.words, gap.decided_at, gap.decided_by = told, now, actor.user_id
    note_gap(session, actor, "gap_explained", gap, now)
    session.commit()


def reopen(session: Session, actor: Actor, gap_id: str, now: datetime) -> None:
    """Undo an explanation: the gap waits again; the words stay in the audit."""
    gap = locked(session, actor, gap_id)
    if gap.state == "explained":
        gap.state, gap.words, gap.decided_at, gap.decided_by = "open", None, None, None
        note_gap(session, actor, "gap_reopened", gap, now)
    session.commit()


def locked(session: Session, actor: Actor, gap_id: str) -> NamedGap:
    """The gap, locked; raises NotThere outside the actor's care."""
    care = care_of(actor)
    begin_write(session)
    gap = queries.gap_in_care(session, care, gap_id)
    if gap is None:
        session.rollback()
        raise NotThere(gap_id)
    return gap


def note_gap(session: Session, actor: Actor, action: str, gap: NamedGap, now: datetime) -> None:
    """The audit line of an act on a gap, with the words that were written."""
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action=action,
        object_type="gap",
        object_id=gap.id,
        detail={"device": gap.device_id, "numbers": [gap.from_mid, gap.to_mid], "words": gap.words},
        now=now,
    )
