"""The review as a feature: its pages and navigation."""

from __future__ import annotations

from outreach.feature import Feature
from outreach.features.review import (
    commands_lifecycle,
    views_acts,
    views_complete,
    views_conflicts,
    views_edit,
    views_holds,
    views_list,
    views_merge,
    views_pairs,
    views_worker,
    waiting,
)
from outreach.web.office import NavEntry

SUPERVISOR = frozenset({"supervisor"})

FEATURE = Feature(
    pages=(
        views_list.pages,
        views_worker.pages,
        views_edit.pages,
        views_complete.pages,
        views_acts.pages,
        views_holds.pages,
        views_conflicts.pages,
        views_merge.pages,
        views_pairs.pages,
    ),
    navigation=(
        NavEntry("workers", "review_list.workers", SUPERVISOR, order=20),
        NavEntry(
            "conflicts",
            "review_conflicts.conflicts",
            SUPERVISOR,
            order=30,
            count=waiting.conflicts,
            oldest=waiting.oldest_conflict,
        ),
        NavEntry(
            "pairs",
            "review_pairs.pairs",
            SUPERVISOR,
            order=35,
            count=waiting.pairs,
            oldest=waiting.oldest_pair,
        ),
        NavEntry(
            "holds",
            "review_holds.holds",
            SUPERVISOR,
            order=40,
            count=waiting.holds,
            oldest=waiting.oldest_hold,
        ),
    ),
    commands=(commands_lifecycle.lifecycle,),
)
