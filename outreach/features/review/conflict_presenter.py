"""Conflicts as their templates show them: each answer's values side by side, and who wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from outreach.core.record.changes import Errors
from outreach.domain.merge import equal
from outreach.features.review import corrections
from outreach.features.review.conflicts_reading import Case, Dispute, Disputed, Value
from outreach.features.review.edit_form import Form, FormField, other_value
from outreach.features.review.presenter import in_place, places
from outreach.storage.queries_conflicts import (
    ConflictOfPhone,
    DecidedConflict,
    DisputedWorker,
)
from outreach.storage.queries_worker_history import ConflictRow
from outreach.web import display
from outreach.web.field_values import UNMASKABLE, answer, reference, source
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing, Paging, Switch


@dataclass(frozen=True, slots=True)
class DisputedLine:
    """One person in dispute on a line."""

    href: str
    name: str
    village: str
    fields: str
    who: str
    since: str


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """One decision in words; ``name`` is empty on the person's own page."""

    id: str
    worker_id: str
    name: str
    field: str
    value: str
    which: str
    resolver: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One value with who wrote it, on which phone, when it came."""

    id: str
    value: str
    by: str
    device: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """One answer in dispute; ``seal`` is what the form carries for the value that stands,
    ``picked`` the choice that was sent, ``other`` the field for a third value."""

    field: str
    label: str
    base: str
    stands: ValueLine
    late: list[ValueLine]
    may_set: bool
    seal: str
    picked: str
    other: FormField | None


def tabs(*, done: bool) -> list[Switch]:
    """The tabs of open conflicts and of the desk's decisions."""
    return [
        Switch(
            text=t(f"review.conflict.tab.{name}"),
            href=url_for("review_conflicts.conflicts", done="1" if is_done else None),
            on=done is is_done,
            one_of=True,
        )
        for name, is_done in (("open", False), ("done", True))
    ]


def list_page(disputed: Sequence[Disputed], place: str, size: int) -> dict[str, object]:
    """Everything review/conflicts.html needs for open conflicts."""
    rows = [list_row(worker, conflicts) for worker, conflicts in disputed[:size]]
    more = disputed[size - 1][0].first if len(disputed) > size else ""
    link = url_for("review_conflicts.conflicts", after=more, **in_place(place))
    return {
        "list": Listing(
            title=t("review.conflict.title"),
            columns=(
                Column(t("review.col.name")),
                Column(t("review.conflict.col.fields")),
                Column(t("review.col.village")),
                Column(t("review.conflict.col.who")),
                Column(t("review.conflict.col.since")),
            ),
            rows=rows,
            empty=nothing(done=False),
            paging=Paging(next=link if more else ""),
            panel=t("review.conflict.panel"),
            panel_cls="panel-wide",
            keys=True,
            testid="conflicts",
        ),
        "done": False,
        "tabs": tabs(done=False),
        "place": place,
        "place_name": reference().place_name(place) if place else "",
        "places": places(),
    }


def nothing(*, done: bool) -> Empty:
    """The words where nobody is in dispute, or nothing was decided."""
    lead = t("review.conflict.empty_done" if done else "review.conflict.empty")
    return Empty(lead, t("review.conflict.empty_do"))


def list_row(worker: DisputedWorker, conflicts: Sequence[ConflictOfPhone]) -> DisputedLine:
    """One person in dispute on a line."""
    return DisputedLine(
        href=url_for("review_conflicts.conflict", worker_id=worker.worker_id),
        name=worker.full_name,
        village=reference().place_name(worker.region_code),
        fields=", ".join(dict.fromkeys(display.field_label(row.field) for row in conflicts)),
        who=", ".join(dict.fromkeys(row.by for row in conflicts if row.by)),
        since=display.short_moment(conflicts[0].created_at) if conflicts else "",
    )


def done_page(rows: Sequence[DecidedConflict], size: int) -> dict[str, object]:
    """Everything review/conflicts.html needs for decisions."""
    more = rows[size - 1].id if len(rows) > size else ""
    return {
        "rows": [decided_row(row, row.full_name) for row in rows[:size]],
        "done": True,
        "empty": nothing(done=True),
        "tabs": tabs(done=True),
        "place_name": "",
        "next": url_for("review_conflicts.conflicts", done=1, after=more) if more else "",
    }


def decided_row(row: ConflictRow, name: str = "") -> DecidedLine:
    """One decision in words."""
    decision = row.decision or {}
    after = decision.get("after")
    if equal(after, decision.get("before")):
        which = "kept"
    elif equal(after, row.mine):
        which = "late"
    else:
        which = "other"
    return DecidedLine(
        id=row.id,
        worker_id=row.worker_id,
        name=name,
        field=display.field_label(row.field),
        value=answer(row.field, after),
        which=t(f"review.conflict.which.{which}", name=row.by or ""),
        resolver=row.resolver or "",
        at=row.resolved_at,
    )


def case_page(
    case: Case,
    secret: str,
    *,
    full: bool = False,
    typed: Form | None = None,
    errors: Errors | None = None,
) -> dict[str, object]:
    """Everything review/conflict.html and its panel need."""
    return {
        "worker_id": case.row.id,
        "name": case.row.full_name,
        "village": reference().place_name(case.row.region_code),
        "disputes": [
            dispute_row(case, d, secret, full, typed, errors or {}) for d in case.disputes
        ],
        "decided": [decided_row(row) for row in case.decided],
        "hidden": not full and any(d.field in UNMASKABLE for d in case.disputes),
        "decides": True,
    }


def dispute_row(
    case: Case, dispute: Dispute, secret: str, full: bool, typed: Form | None, errors: Errors
) -> DisputeLine:
    """One answer: what stood at first, what stands, what came late, and the field for a third."""
    field = dispute.field
    base = corrections.base_text(secret, case.row.id, field, dispute.stands.value)
    other = other_value(field, "other", typed, errors.get(field, []))
    return DisputeLine(
        field=field,
        label=display.field_label(field),
        base=worded(field, dispute.base, full),
        stands=value_row(field, dispute.stands, full),
        late=[value_row(field, value, full) for value in dispute.late],
        may_set=dispute.may_set,
        seal=typed.get(f"base.{field}", base) if typed else base,
        picked=typed.get(f"pick.{field}", "") if typed else "",
        other=other if dispute.may_set else None,
    )


def value_row(field: str, value: Value, full: bool) -> ValueLine:
    """One value with who wrote it, on which phone, when it came."""
    return ValueLine(
        id=value.id,
        value=worded(field, value.value, full),
        by=value.by,
        device=source(value.origin, value.device) if value.origin else "",
        at=value.at,
    )


def worded(field: str, value: object, full: bool) -> str:
    """The value in words; a number of a person in full when it was asked for."""
    if full and field in UNMASKABLE and value:
        return str(value)
    return answer(field, value)
