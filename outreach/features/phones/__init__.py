"""Feature: phones. The board of officers' phones, whom to call, and numbers that never came."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the feature and its entries in the navigation to the app."""
    from outreach.features.phones import commands, views, views_gaps, waiting
    from outreach.web.office import NavEntry, add_entry

    carers = frozenset({"supervisor", "admin"})
    app.cli.add_command(commands.phones)
    app.register_blueprint(views.pages)
    app.register_blueprint(views_gaps.pages)
    add_entry(app, NavEntry("phones", "phones.board", carers, 50, waiting.to_call))
    add_entry(app, NavEntry("gaps", "phones_gaps.listing", carers, 51, waiting.open_gaps))
