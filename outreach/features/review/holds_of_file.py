"""Deciding in one act about a carried file that no known key signed: however many saves it
holds, it is one thing that waits. Accepted saves are still judged one by one; a discarded file is
ended as a whole, can be put back as a whole, and nothing of it is deleted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.exchange import gaps, holds
from outreach.core.exchange.holds_of_phone import Decided
from outreach.core.record import office_device
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed, require_decider
from outreach.core.record.verdicts import JudgingContext
from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.features.review import holds_reading
from outreach.features.review.holds_reading import Held
from outreach.storage import queries_holds as queries
from outreach.storage import queries_sync
from outreach.storage.locks import begin_write

OPEN, DISCARDED = ("open",), ("discarded",)
SHOWN = 50
ACCEPTED_AT_ONCE = 100
ENDED_AT_ONCE = 500
Choice = Literal["accept", "discard"]


@dataclass(frozen=True, slots=True)
class UnprovenFile:
    """One such file. ``states`` counts its saves by state, ``villages`` the waiting ones by village
    code ("" without one), ``ops`` by operation. ``rows`` is one page of the waiting ones, ``next``
    the number after which the next page begins."""

    head: queries.UnprovenFile
    states: Counter[str] = field(default_factory=Counter)
    villages: Counter[str] = field(default_factory=Counter)
    ops: Counter[str] = field(default_factory=Counter)
    rows: list[Held] = field(default_factory=list)
    next: int = 0


def list_files(session: Session, actor: Actor, place: str = "") -> list[queries.UnprovenFile]:
    """The files of which something waits in the actor's care, the oldest first."""
    return queries.files(session, gaps.care_of(actor), OPEN, place)


def open_file(session: Session, actor: Actor, file: str, after: int, now: datetime) -> UnprovenFile:
    """One file with a page of what waits of it, noted in the audit; raises NotThere."""
    unproven = read_file(session, actor, file, after)
    begin_write(session)
    note_file(session, actor, file, "held_file_opened", len(unproven.rows), now)
    session.commit()
    return unproven


def read_file(session: Session, actor: Actor, file: str, after: int = 0) -> UnprovenFile:
    """The same without the note, for pages that have just changed it."""
    care, head = gaps.care_of(actor), head_of(session, actor, file)
    rows = queries.file_rows(session, care, file, OPEN, after, SHOWN + 1)
    unproven = UnprovenFile(
        head,
        rows=[holds_reading.held(session, row, {}, actor.role) for row in rows[:SHOWN]],
        next=rows[SHOWN - 1].mid if len(rows) > SHOWN else 0,
    )
    for state, village, op, saves in queries.file_counts(session, care, file):
        unproven.states[state] += saves
        if state == "open":
            unproven.villages[village or ""] += saves
            unproven.ops[op] += saves
    return unproven


def head_of(session: Session, actor: Actor, file: str) -> queries.UnprovenFile:
    """The file's line, where the actor may know of it; raises NotThere."""
    every = (*queries.OPEN, *queries.ENDED)
    heads = queries.files(session, gaps.care_of(actor), every, "")
    head = next((head for head in heads if head.file == file), None)
    if head is None:
        raise NotThere(file)
    return head


def decide(
    session: Session, actor: Actor, file: str, choice: Choice, words: str, now: datetime
) -> Decided:
    """Accept or discard what waits of a file; done again, it goes on with what is left.

    Accepting ends after ``ACCEPTED_AT_ONCE`` that took effect, so that no request lasts for
    minutes. Raises NotThere, and NotAllowed without the right or without the reason that a
    discarding needs.
    """
    require_decider(actor)
    head = head_of(session, actor, file)
    if choice == "accept":
        done = accept(session, actor, file, now)
    elif words.strip():
        done = discard(session, actor, head, words.strip()[: holds.WORDS_MAX], now)
    else:
        raise NotAllowed("words_required")
    return Decided(done, len(keys_of(session, actor, file, OPEN)))


def keys_of(session: Session, actor: Actor, file: str, states: tuple[str, ...]) -> list[str]:
    """Keys of the file's saves in these states, in the file's order."""
    return queries.file_keys(session, gaps.care_of(actor), file, states)


def accept(session: Session, actor: Actor, file: str, now: datetime) -> int:
    """Judge them in their order; what would still break a rule keeps waiting. How many took
    effect."""
    done = 0
    for key in keys_of(session, actor, file, OPEN):
        try:
            holds.decide_hold(session, actor, key, "accept", "", now)
        except (NotThere, NotAllowed):  # decided with one before it, or not to be decided so
            session.rollback()
            continue
        done += 1
        if done == ACCEPTED_AT_ONCE:
            break
    return done


def discard(
    session: Session, actor: Actor, head: queries.UnprovenFile, words: str, now: datetime
) -> int:
    """End all that waits; how many. No other save waits for one of these: an unproven record
    begins nothing (``Judgement.read``)."""
    keys = keys_of(session, actor, head.file, OPEN)
    settle(session, actor, head, keys, "discarded", words, now)
    return len(keys)


def put_back(session: Session, actor: Actor, file: str, now: datetime) -> int:
    """Undo a discarding: all of the file that was discarded waits again. How many; raises
    NotThere where nothing of it was."""
    require_decider(actor)
    head = head_of(session, actor, file)
    keys = keys_of(session, actor, file, DISCARDED)
    if not keys:
        raise NotThere(file)
    settle(session, actor, head, keys, "open", None, now)
    return len(keys)


def settle(
    session: Session,
    actor: Actor,
    head: queries.UnprovenFile,
    keys: list[str],
    state: str,
    words: str | None,
    now: datetime,
) -> None:
    """Give the saves this state in steps of ``ENDED_AT_ONCE``, each committed with its audit line.

    Nobody is told: the name in the file is not proven.
    """
    before, action = ("open", "held_file_discarded")
    if state == "open":
        before, action = ("discarded", "held_file_put_back")
    owner = f"u:{head.user_id}"
    for start in range(0, len(keys), ENDED_AT_ONCE):
        some = keys[start : start + ENDED_AT_ONCE]

        def act(
            context: JudgingContext, seqs: dict[str, int], reserve: int, some: list[str] = some
        ) -> None:
            judgement = Judgement.over(session, context, seqs, reserve)
            still = queries.in_state(session, actor.regency, some, before)
            for key in still:
                judgement.end_hold(key, state)
            conclude(judgement)
            queries_sync.save_words(session, actor.regency, still, words)
            note_file(session, actor, head.file, action, len(still), now)

        office_device.rearrange(session, actor, {owner}, now, act)


def note_file(
    session: Session, actor: Actor, file: str, action: str, saves: int, now: datetime
) -> None:
    """The audit line of an act on a file; the caller commits."""
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action=action,
        object_type="device",
        object_id=file,
        detail={"saves": saves},
        now=now,
    )
