"""Feature: counter. The desk at the Mal Pelayanan Publik, where people come by themselves."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the feature and its entry in the navigation to the app."""
    from outreach.features.counter import views, views_carried, views_nik, views_receipts
    from outreach.web.office import NavEntry, add_entry

    app.register_blueprint(views.pages)
    app.register_blueprint(views_nik.pages)
    app.register_blueprint(views_carried.pages)
    app.register_blueprint(views_receipts.pages)
    add_entry(app, NavEntry("counter", "counter.desk", views.CLERKS, 15))
    add_entry(app, NavEntry("carried", "counter_carried.carried", views.CLERKS, 16))
    add_entry(app, NavEntry("receipts", "counter_receipts.receipts", views.CLERKS, 17))
