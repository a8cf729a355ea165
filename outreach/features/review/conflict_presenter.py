"""What the templates of conflicts show: each answer's values side by side, and who wrote them."""

from __future__ import annotations

from typing import Any

from flask import url_for

from outreach.domain.merge import equal
from outreach.features.review import corrections
from outreach.features.review.conflicts_reading import Case, Dispute, Value
from outreach.features.review.edit_form import other_value
from outreach.features.review.presenter import places
from outreach.web import display
from outreach.web.field_values import UNMASKABLE, answer, reference, source
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing, Paging


def tabs(*, done: bool) -> list[dict[str, Any]]:
    """What is open, and what the desk decided."""
    return [
        {
            "text": t(f"review.conflict.tab.{name}"),
            "href": url_for("review_conflicts.conflicts", done="1" if is_done else None),
            "on": done is is_done,
            "one_of": True,
        }
        for name, is_done in (("open", False), ("done", True))
    ]


def list_page(found: list[tuple[Any, list[Any]]], place: str, size: int) -> dict[str, Any]:
    """Everything review/conflicts.html needs for what is open."""
    rows = [list_row(worker, rows) for worker, rows in found[:size]]
    more = found[size - 1][0].first if len(found) > size else ""
    filters: dict[str, Any] = {"in": place} if place else {}
    link = url_for("review_conflicts.conflicts", after=more, **filters)
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
    """What stands where nobody is in dispute, or nothing was decided."""
    lead = t("review.conflict.empty_done" if done else "review.conflict.empty")
    return Empty(lead, t("review.conflict.empty_do"))


def list_row(worker: Any, rows: list[Any]) -> dict[str, Any]:
    """One person in dispute on a line."""
    return {
        "href": url_for("review_conflicts.conflict", worker_id=worker.worker_id),
        "name": worker.full_name,
        "village": reference().place_name(worker.region_code),
        "fields": ", ".join(dict.fromkeys(display.field_label(row.field) for row in rows)),
        "who": ", ".join(dict.fromkeys(row.by for row in rows if row.by)),
        "since": display.short_moment(rows[0].created_at) if rows else "",
        "count": len(rows),
    }


def done_page(rows: list[Any], size: int) -> dict[str, Any]:
    """Everything review/conflicts.html needs for what was decided."""
    more = rows[size - 1].id if len(rows) > size else ""
    return {
        "rows": [decided_row(row) | {"name": row.full_name} for row in rows[:size]],
        "done": True,
        "empty": nothing(done=True),
        "tabs": tabs(done=True),
        "place_name": "",
        "next": url_for("review_conflicts.conflicts", done=1, after=more) if more else "",
    }


def decided_row(row: Any) -> dict[str, Any]:
    """One decision in words."""
    after = row.decision["after"]
    if equal(after, row.decision["before"]):
        which = "kept"
    elif equal(after, row.mine):
        which = "late"
    else:
        which = "other"
    return {
        "id": row.id,
        "worker_id": row.worker_id,
        "village": reference().place_name(row.region_code),
        "field": display.field_label(row.field),
        "value": answer(row.field, after),
        "which": t(f"review.conflict.which.{which}", name=row.by or ""),
        "resolver": row.resolver or "",
        "at": row.resolved_at,
    }


def case_page(
    case: Case, secret: str, *, full: bool = False, typed: Any = None, errors: Any = None
) -> dict[str, Any]:
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
    case: Case, dispute: Dispute, secret: str, full: bool, typed: Any, errors: dict[str, Any]
) -> dict[str, Any]:
    """One answer: what stood at first, what stands, what came late, and the field for a third."""
    field = dispute.field
    base = corrections.base_text(secret, case.row.id, field, dispute.stands.value)
    found = errors.get(field, [])
    return {
        "field": field,
        "label": display.field_label(field),
        "base": worded(field, dispute.base, full),
        "stands": value_row(field, dispute.stands, full),
        "late": [value_row(field, value, full) for value in dispute.late],
        "may_set": dispute.may_set,
        "seal": (typed or {}).get(f"base.{field}", base),
        "picked": (typed or {}).get(f"pick.{field}", ""),
        "other": other_value(field, "other", typed, found) if dispute.may_set else None,
    }


def value_row(field: str, value: Value, full: bool) -> dict[str, Any]:
    """One value with who wrote it, on which phone, when it came."""
    return {
        "id": value.id,
        "value": worded(field, value.value, full),
        "by": value.by,
        "device": source(value.origin, value.device) if value.origin else "",
        "at": value.at,
    }


def worded(field: str, value: Any, full: bool) -> str:
    """The value in words; a number of a person in full when it was asked for."""
    if full and field in UNMASKABLE and value:
        return str(value)
    return answer(field, value)
