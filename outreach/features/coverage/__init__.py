"""Feature: coverage. The first page of the office: how far the programme has come."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the feature and its entry in the navigation to the app."""
    from outreach.features.coverage import views
    from outreach.web.office import NavEntry, add_entry

    app.register_blueprint(views.pages)
    add_entry(app, NavEntry("coverage", "coverage.home", views.READERS, 10))
