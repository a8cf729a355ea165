"""A supervisor opens a village's list, and closes one that is not done.

Opening has candidates checked by their village; closing gives back those of whom no decision
counted. Who is on the list is the matter of lines.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.record import office_device, status_steps
from outreach.core.record.changes import Change, Errors
from outreach.core.record.conclusion import conclude
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed, require_decider
from outreach.core.record.verdicts import LAMPUNG, JudgingContext
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.lifecycle import NO_PAST, ON_LISTS
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.domain.rulebook import FIELDS
from outreach.domain.rules import fault
from outreach.features.village_lists.checking import lines
from outreach.features.village_lists.records import membership, minutes_queries, queries
from outreach.features.village_lists.records.membership import matter_of
from outreach.storage import queries_sync
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, update_rows

FUNDS = tuple(name for name in FIELDS["funding_source"]["of"] if isinstance(name, str))
FORUMS = {
    "pekon": ("rapat_verifikasi", "musyawarah_pekon"),
    "kelurahan": ("rapat_kelurahan",),
}
# A kelurahan has no budget of a pekon.
OF_PEKON = frozenset({"apbpekon"})
OBJECTION_MAX = 14
CHECKED_BY_VILLAGE = "verifikasi_pekon"


@dataclass(frozen=True, slots=True)
class ListForm:
    """What a supervisor sets of a list. ``forum`` is asked of a pekon's alone."""

    purpose: str
    year: int
    fund: str | None = None
    month: int | None = None
    forum: str | None = None
    due: date | None = None
    objection_days: int = 0

    @property
    def matter(self) -> str:
        """What the list is about, in one word."""
        return matter_of(self.purpose, self.fund, self.year, self.month)


@dataclass(frozen=True, slots=True)
class Opened:
    """A new list: its id, how many names it has to check, and how many to visit."""

    id: str
    names: int
    visits: int


def faults_of(form: ListForm, today: date) -> Errors:
    """What is wrong with a form, by field."""
    errors: Errors = {}
    if form.purpose not in ("fund", "monthly"):
        return {"purpose": [fault("opening_purpose")]}
    if not today.year - 1 <= form.year <= today.year + 2:
        errors["year"] = [fault("opening_year", first=today.year - 1, last=today.year + 2)]
    if form.purpose == "fund":
        errors |= faults_of_fund(form)
    elif form.month is None or not 1 <= form.month <= 12:
        errors["month"] = [fault("opening_month")]
    if form.due is not None and form.due < today:
        errors["due"] = [fault("opening_due_past")]
    return errors


def faults_of_fund(form: ListForm) -> Errors:
    """What only a fund's list has."""
    errors: Errors = {}
    if form.fund not in FUNDS:
        errors["fund"] = [fault("opening_fund")]
    if form.forum is not None and form.forum not in FORUMS["pekon"]:
        errors["forum"] = [fault("opening_forum")]
    if not 0 <= form.objection_days <= OBJECTION_MAX:
        errors["objection_days"] = [fault("opening_objection_days", max=OBJECTION_MAX)]
    return errors


def open_list(
    session: Session, actor: Actor, village: str, form: ListForm, now: datetime
) -> Opened:
    """Open a list of one village.

    Raises NotThere for a village out of the actor's sight, and NotAllowed without the right or
    for a wrong form. NotAllowed too where the fund is none of the village's, and where such a list
    is open already.
    """
    require_decider(actor)
    kind = queries.village_kind(session, village) if actor.can_see(village) else None
    if kind is None:
        raise NotThere(village)
    errors = faults_of(form, (now + LAMPUNG).date())
    if errors:
        raise NotAllowed("opening_form", errors)
    if kind == "kelurahan" and form.fund in OF_PEKON:
        raise NotAllowed("opening_not_of_kelurahan")

    def act(context: JudgingContext, seqs: dict[str, int], reserve: int) -> Opened:
        judgement = Judgement.over(session, context, seqs, reserve)
        return begin(judgement, village, forum_of(form, kind), form)

    scopes = {village, f"u:{actor.user_id}"}
    return office_device.rearrange(session, actor, scopes, now, act, reserve=1)


def forum_of(form: ListForm, kind: str) -> str | None:
    """Who meets over the list; a month's list needs no meeting."""
    if form.purpose != "fund":
        return None
    return form.forum if kind == "pekon" and form.forum else FORUMS[kind][0]


def begin(judgement: Judgement, village: str, forum: str | None, form: ListForm) -> Opened:
    """Write the list and everybody's lines."""
    session, regency = judgement.session, judgement.regency
    if queries.open_list_id(session, regency, village, form.matter) is not None:
        raise NotAllowed("opening_twice")
    row = list_row(judgement, village, forum, form)
    insert_rows(session, queries.LISTS, [row])
    queries_sync.follow_scope(session, regency, village, 1)
    wanted = statuses_of(form.purpose)
    found = queries.workers_with(session, regency, village, wanted)
    judgement.read([Change(1, one, b"", id=one) for one in found])
    keeper = lines.keep(judgement, [SimpleNamespace(**row)], list(judgement.people.values()))
    conclude(judgement)
    opened = Opened(str(row["id"]), *keeper.counts())
    note(judgement, "list_opened", opened.id, village, {"names": opened.names, "for": form.matter})
    return opened


def statuses_of(purpose: str) -> frozenset[str]:
    """The statuses of those who may come onto a new list."""
    if purpose == "monthly":
        return membership.CHECKED
    return ON_LISTS | membership.TO_VISIT | {"calon"}


def list_row(
    judgement: Judgement, village: str, forum: str | None, form: ListForm
) -> dict[str, object]:
    """A list as it is written."""
    context = judgement.context
    return {
        "id": uuid7(context.now),
        "regency": judgement.regency,
        "region_code": village,
        "ver": judgement.number(village),
        "no": queries.last_list_no(judgement.session, judgement.regency, village) + 1,
        "matter": form.matter,
        "purpose": form.purpose,
        "fund": form.fund if form.purpose == "fund" else None,
        "year": form.year,
        "month": form.month if form.purpose == "monthly" else None,
        "forum": forum,
        "state": "open",
        "opened_at": context.now,
        "opened_by": context.actor.user_id,
        "due": form.due,
        "objection_days": form.objection_days if form.purpose == "fund" else 0,
        "frozen_at": None,
        "closed_at": None,
        "last_no": 0,
        "heard_at": None,
    }


def close_list(session: Session, actor: Actor, list_id: str, now: datetime) -> int:
    """Close a list; answers how many names are candidates again. Raises NotThere, NotAllowed
    without the right or while a signed version waits to count, and AlreadyDecided for one that is
    closed."""
    require_decider(actor)
    found = queries.list_by_id(session, actor.regency, list_id)
    if found is None or not actor.can_see(found.region_code):
        raise NotThere(list_id)

    def act(context: JudgingContext, seqs: dict[str, int], reserve: int) -> int:
        judgement = Judgement.over(session, context, seqs, reserve)
        row = queries.list_by_id(session, actor.regency, list_id)
        if row is None or row.state == "closed":
            raise AlreadyDecided(list_id)
        if has_signature_on_its_way(session, row):
            raise NotAllowed("list_signature_waits")
        back = end(judgement, row)
        note(judgement, "list_closed", row.id, row.region_code, {"back": back})
        return back

    scopes = {found.region_code, f"u:{actor.user_id}"}
    return office_device.rearrange(session, actor, scopes, now, act, reserve=1)


def has_signature_on_its_way(session: Session, row: queries.FullList) -> bool:
    """True while a version waits for its list, a decision or the stamped sheet. Whoever closes the
    list first has it count or declines it: else it would count for people who were given back."""
    found = minutes_queries.minutes_of_list(session, row.regency, row.id)
    return any(one.state in minutes_queries.ON_THE_WAY for one in found)


def end(judgement: Judgement, row: queries.ListRow) -> int:
    """Close the list within a judgement, and give back whom the village was still checking."""
    village, session = row.region_code, judgement.session
    closed: Values = {
        "regency": judgement.regency,
        "id": row.id,
        "ver": judgement.number(village),
        "state": "closed",
        "closed_at": judgement.context.now,
    }
    update_rows(session, queries.LISTS, ("regency", "id"), [closed])
    queries_sync.follow_scope(session, judgement.regency, village, -1)
    back = give_back(judgement, row) if row.purpose == "fund" else 0
    conclude(judgement)
    return back


def give_back(judgement: Judgement, row: queries.ListRow) -> int:
    """Make candidates again of whom the village was still checking; another fund's open list has
    the same names, and keeps them."""
    session, regency, village = judgement.session, judgement.regency, row.region_code
    others = queries.open_lists(session, regency, {village})
    if any(one.purpose == "fund" for one in others):
        return 0
    ids = queries.workers_with(session, regency, village, {CHECKED_BY_VILLAGE})
    judgement.read([Change(1, one, b"", id=one) for one in ids])
    judgement.provide(village, len(ids))
    for person in judgement.people.values():
        judgement.touch(person)
        evidence = {"list": row.id}
        status_steps.take(
            judgement, person, "list_closed", evidence, origin="list", by_system=True, past=NO_PAST
        )
    return len(ids)


def note(
    judgement: Judgement, action: str, list_id: str, village: str, detail: Mapping[str, object]
) -> None:
    """The audit line of an act on a list."""
    audit_log.record(
        judgement.session,
        actor_id=judgement.context.actor.user_id,
        action=action,
        object_type="village_list",
        object_id=list_id,
        region_code=village,
        now=judgement.context.now,
        detail=detail,
    )


# --- many at once --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the opening of many lists has come: opened now, and villages still to do. ``skipped``
    are villages whose list cannot be opened, with the code of the reason."""

    opened: Mapping[str, Opened]
    skipped: Mapping[str, str]
    rest: Sequence[str]


def open_some(
    session: Session,
    actor: Actor,
    villages: Sequence[str],
    form: ListForm,
    now: datetime,
    clock: Callable[[], float],
    seconds: float,
) -> Progress:
    """Open lists of these villages, each in its own transaction, until the time is over; at least
    one. Done again with what is left, it ends with every list open and none opened twice."""
    opened: dict[str, Opened] = {}
    skipped: dict[str, str] = {}
    ends = clock() + seconds
    for place, village in enumerate(villages):
        if place and clock() >= ends:
            return Progress(opened, skipped, villages[place:])
        try:
            opened[village] = open_list(session, actor, village, form, now)
        except NotAllowed as refused:
            if refused.code not in ("opening_twice", "opening_not_of_kelurahan"):
                raise
            skipped[village] = refused.code
    return Progress(opened, skipped, ())
