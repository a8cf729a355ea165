"""Feature: admin. Accounts, offices with terms, and villages; no worker data at all."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the feature to the app."""
    from outreach.features.admin import (
        template_globals,
        views_assignments,
        views_offices,
        views_users,
    )
    from outreach.features.admin.office_rules import who_assigns
    from outreach.web.office import NavEntry, add_entry

    for part in (views_users, views_offices, views_assignments):
        app.register_blueprint(part.pages)
    template_globals.init_app(app)
    admins, givers = frozenset({"admin"}), frozenset(who_assigns())
    add_entry(app, NavEntry("users", "admin_users.listing", admins, order=60))
    add_entry(app, NavEntry("offices", "admin_offices.listing", admins, order=61))
    add_entry(app, NavEntry("assignments", "admin_assignments.listing", givers, order=62))
