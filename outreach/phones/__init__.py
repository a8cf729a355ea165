"""Room: phones. The board of officers' phones, whom to call today, and numbers that never came."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the room and its entries in the navigation to the app."""
    from outreach.phones import commands, views, views_gaps
    from outreach.web.office import NavRoom, add_room

    carers = frozenset({"supervisor", "admin"})
    app.cli.add_command(commands.phones)
    app.register_blueprint(views.room)
    app.register_blueprint(views_gaps.room)
    add_room(app, NavRoom("phones", "phones.board", carers, 50, "phones"))
    add_room(app, NavRoom("gaps", "phones_gaps.listing", carers, 51, "gaps"))
