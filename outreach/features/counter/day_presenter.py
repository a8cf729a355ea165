"""The page of one day of the desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from flask import url_for

from outreach.features.counter.desk_presenter import served_list
from outreach.features.counter.served import KINDS, Service
from outreach.web import display
from outreach.web.i18n import t


def day_page(
    services: Sequence[Service], day: date, today: date, *, wrong: bool
) -> dict[str, object]:
    """Everything counter/day.html shows; there is no next day after today."""
    title = t("counter.day.of", day=display.day(day))
    later = day + timedelta(days=1)
    return {
        "title": title,
        "day": day.isoformat(),
        "latest": today.isoformat(),
        "wrong": wrong,
        "previous": address(day - timedelta(days=1)),
        "next": address(later) if later <= today else "",
        "counts": counts(services),
        "served": served_list(services, title, t("counter.day.none")),
        "total": display.number(len(services)),
    }


def address(day: date) -> str:
    """The page of a day."""
    return url_for("counter_day.day", on=day.isoformat())


def counts(services: Sequence[Service]) -> list[tuple[str, str]]:
    """(kind, how many) in words, of the kinds that there were."""
    found = Counter(service.kind for service in services)
    return [
        (t(f"counter.service.{kind}"), display.number(found[kind])) for kind in KINDS if found[kind]
    ]
