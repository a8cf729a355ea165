"""Room: counter. The desk at the Mal Pelayanan Publik, where people come by themselves."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the room and its entry in the navigation to the app."""
    from outreach.counter import views, views_carried, views_nik, views_receipts
    from outreach.web.office import NavRoom, add_room

    app.register_blueprint(views.room)
    app.register_blueprint(views_nik.room)
    app.register_blueprint(views_carried.room)
    app.register_blueprint(views_receipts.room)
    add_room(app, NavRoom("counter", "counter.desk", views.CLERKS, 15))
    add_room(app, NavRoom("carried", "counter_carried.carried", views.CLERKS, 16))
    add_room(app, NavRoom("receipts", "counter_receipts.receipts", views.CLERKS, 17))
