"""Room: coverage. The first page of the office: how far the programme has come."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the room and its entry in the navigation to the app."""
    from outreach.coverage import views
    from outreach.web.office import NavRoom, add_room

    app.register_blueprint(views.room)
    add_room(app, NavRoom("coverage", "coverage.home", views.READERS, 10))
