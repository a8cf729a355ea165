"""Room: review. The supervisor's list of workers, the worker's page, conflicts and holds."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the room and its entries in the navigation to the app."""
    from outreach.review import views_decide, views_edit, views_list, views_worker
    from outreach.web.office import NavRoom, add_room

    supervisor = frozenset({"supervisor"})
    for part in (views_list, views_worker, views_edit, views_decide):
        app.register_blueprint(part.room)
    add_room(app, NavRoom("workers", "review_list.workers", supervisor, 20))
    add_room(app, NavRoom("conflicts", "review_decide.conflicts", supervisor, 30, "conflicts"))
    add_room(app, NavRoom("holds", "review_decide.holds", supervisor, 40, "holds"))
