"""Feature: review. The supervisor's list of workers, the worker's page, conflicts and holds."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the feature and its entries in the navigation to the app."""
    from outreach.features.review import (
        views_acts,
        views_conflicts,
        views_edit,
        views_holds,
        views_list,
        views_merge,
        views_pairs,
        views_worker,
        waiting,
    )
    from outreach.web.office import NavEntry, add_entry

    supervisor = frozenset({"supervisor"})
    parts = (
        views_list,
        views_worker,
        views_edit,
        views_acts,
        views_holds,
        views_conflicts,
        views_merge,
        views_pairs,
    )
    for part in parts:
        app.register_blueprint(part.pages)
    add_entry(app, NavEntry("workers", "review_list.workers", supervisor, 20))
    add_entry(
        app, NavEntry("conflicts", "review_conflicts.conflicts", supervisor, 30, waiting.conflicts)
    )
    add_entry(app, NavEntry("pairs", "review_pairs.pairs", supervisor, 35, waiting.pairs))
    add_entry(app, NavEntry("holds", "review_holds.holds", supervisor, 40, waiting.holds))
