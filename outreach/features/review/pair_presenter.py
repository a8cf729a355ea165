"""What the queue of pairs shows: both people beside each other, what is alike, the answer."""

from __future__ import annotations

from typing import Any

from flask import url_for

from outreach.domain import nik
from outreach.domain.age import jakarta_date
from outreach.features.review.presenter import places
from outreach.web import display
from outreach.web.field_values import reference
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing, Paging


def list_page(rows: list[Any], place: str, size: int, *, done: bool) -> dict[str, Any]:
    """Everything review/pairs.html needs."""
    filters: dict[str, Any] = ({"in": place} if place else {}) | ({"done": 1} if done else {})
    more = f"{rows[size - 1].a}~{rows[size - 1].b}" if len(rows) > size else ""
    heads = ("one", "other", "alike", "answered" if done else "answer")
    return {
        "list": Listing(
            title=t("review.pairs.title"),
            columns=[Column(t(f"review.pairs.col.{head}")) for head in heads],
            rows=[row_of(row, done=done) for row in rows[:size]],
            empty=Empty(
                t("review.pairs.empty_done" if done else "review.pairs.empty"),
                t("review.pairs.empty_do"),
            ),
            paging=Paging(
                next=url_for("review_pairs.pairs", after=more, **filters) if more else ""
            ),
            cls="pairs",
            keys=True,
            testid="pairs",
        ),
        "done": done,
        "tabs": tabs(place, done=done),
        "place": place,
        "places": places(),
    }


def tabs(place: str, *, done: bool) -> list[dict[str, Any]]:
    """What waits, and what was answered."""
    filters: dict[str, Any] = {"in": place} if place else {}
    return [
        {
            "text": t(f"review.pairs.tab.{name}"),
            "href": url_for("review_pairs.pairs", done="1" if is_done else None, **filters),
            "on": done is is_done,
            "one_of": True,
        }
        for name, is_done in (("open", False), ("done", True))
    ]


def row_of(row: Any, *, done: bool) -> dict[str, Any]:
    """One pair on a line."""
    alike = [name for name in ("nik", "name") if getattr(row, f"same_{name}")]
    found = {
        "people": [person(row, "a"), person(row, "b")],
        "alike": ", ".join(t(f"review.pairs.alike.{name}") for name in alike),
    }
    if done:
        found |= {
            "state": row.state,
            "by": row.by or "",
            "at": row.decided_at,
            "can_undo": row.state == "different" and row.alive,
        }
    return found


def person(row: Any, side: str) -> dict[str, Any]:
    """One of the two; the NIK leaves this function masked."""
    region = getattr(row, f"{side}_region_code")
    return {
        "id": getattr(row, f"{side}_id"),
        "ver": getattr(row, f"{side}_ver"),
        "name": getattr(row, f"{side}_full_name"),
        "nik": nik.mask(getattr(row, f"{side}_nik")),
        "birth_date": display.short_day(getattr(row, f"{side}_birth_date")),
        "village": reference().place_name(region),
        "kecamatan": reference().place_name(region[:8]),
        "status": getattr(row, f"{side}_status"),
        "created": display.short_day(jakarta_date(getattr(row, f"{side}_created_at"))),
    }
