"""The desk for people who may be registered twice: what waits, and the answer that they are two.

That they are one is said by merging them, merging.py. An answer holds for the facts it was given
on: when something else becomes alike, the pair waits again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.exchange import gaps
from outreach.core.record import duplicates, office_device
from outreach.core.record.changes import Change
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.merging import note_merge, require_seen
from outreach.core.record.rights import NotAllowed, region_for, require_decider
from outreach.core.record.verdicts import JudgingContext
from outreach.core.record.worker_draft import WorkerDraft
from outreach.domain.actor import Actor
from outreach.domain.duplicates import reasons_of, shared
from outreach.domain.refusals import NotThere
from outreach.storage import queries_pairs as queries
from outreach.storage.queries_pairs import DecidedPair, Pair, ShownPair


def list_open(
    session: Session, actor: Actor, place: str, after: Pair | None, limit: int
) -> list[ShownPair]:
    """Pairs of which the actor sees both and on which nobody has decided."""
    return queries.open_pairs(session, gaps.care_of(actor), place, after, limit)


def list_decided(
    session: Session, actor: Actor, place: str, after: Pair | None, limit: int
) -> list[DecidedPair]:
    """Pairs on which somebody decided, the newest first."""
    return queries.decided_pairs(session, gaps.care_of(actor), place, after, limit)


def say_different(
    session: Session,
    actor: Actor,
    pair: Pair,
    seen: Mapping[str, int],
    now: datetime,
    *,
    production: bool = False,
) -> None:
    """Two people after all: the pair goes, and comes back only when something else is alike.

    ``seen`` is the version of each record that the answer was given on. Raises NotThere for a
    record the actor may not know of. Raises NotAllowed for one that was changed, merged or deleted
    since, and for a pair with nothing alike.
    """

    def act(judgement: Judgement, people: list[WorkerDraft]) -> None:
        require_seen(judgement, seen, NotAllowed("pair_changed_since"))
        alike = shared(people[0].data, people[1].data)
        if not alike and not queries.waits_by_word(session, actor.regency, pair):
            raise NotAllowed("pair_not_alike")
        marks = duplicates.settle(judgement, *pair, "different")
        write(judgement, people, "pair_different", reasons_of(marks))

    on_both(session, actor, pair, now, act, production=production)


def ask_again(
    session: Session, actor: Actor, pair: Pair, now: datetime, *, production: bool = False
) -> None:
    """Take back that the two are different: the pair waits again. Raises NotThere, also where
    nobody had said so, and NotAllowed for a record merged or deleted since."""

    def act(judgement: Judgement, people: list[WorkerDraft]) -> None:
        if pair not in queries.decided_apart(session, actor.regency, [pair]):
            raise NotThere(pair[0])
        queries.open_again(session, actor.regency, [pair])
        write(judgement, people, "pair_reopened", [])

    on_both(session, actor, pair, now, act, production=production)


def on_both(
    session: Session,
    actor: Actor,
    pair: Pair,
    now: datetime,
    act: Callable[[Judgement, list[WorkerDraft]], None],
    *,
    production: bool,
) -> None:
    """Do this with both records read under their villages' locks, and commit it."""
    require_decider(actor)
    regions = {region_for(session, actor, row) for row in pair}

    def work(context: JudgingContext, seqs: dict[str, int], reserve: int) -> None:
        judgement = Judgement.over(session, context, seqs, reserve)
        judgement.read([Change(1, row, b"", id=row) for row in pair])
        people = [judgement.people[row] for row in pair]
        if any(person.merged_into or person.deleted_at for person in people):
            raise NotAllowed("merge_not_possible")
        act(judgement, people)

    office_device.rearrange(session, actor, regions, now, work, production=production)


def write(judgement: Judgement, people: list[WorkerDraft], action: str, reasons: list[str]) -> None:
    """Note the answer on both records, and give them the marks that follow from it."""
    for person, other in (people, people[::-1]):
        note_merge(judgement, action, person, {"other": other.id, "reasons": reasons})
        person.facts_changed = True
        judgement.touch(person)
    conclude(judgement)
