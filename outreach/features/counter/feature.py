"""The counter as a feature: its pages and navigation."""

from __future__ import annotations

from outreach.feature import Feature
from outreach.features.counter import (
    views,
    views_absence,
    views_carried,
    views_day,
    views_nik,
    views_receipts,
    views_slip,
    waiting,
)
from outreach.web.office import NavEntry

CLERK, SUPERVISOR = frozenset({"mpp"}), frozenset({"supervisor"})

FEATURE = Feature(
    pages=(
        views.pages,
        views_absence.pages,
        views_nik.pages,
        views_carried.pages,
        views_day.pages,
        views_receipts.pages,
        views_slip.pages,
    ),
    navigation=(
        NavEntry(
            "counter",
            "counter.desk",
            CLERK,
            order=5,
            count=waiting.unfinished,
            waits="counter.waits",
        ),
        NavEntry("counter", "counter.desk", SUPERVISOR, order=15),
        NavEntry("carried", "counter_carried.carried", views.CLERKS, order=16),
        NavEntry("receipts", "counter_receipts.receipts", views.CLERKS, order=17),
    ),
)
