"""Feature: accounts. Logging in and out, one's own password and sessions, and the commands."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the feature, the guard of all addresses and the commands to the app."""
    from outreach.features.accounts import commands, signed_in, startup, template_globals, views
    from outreach.web import access

    access.init_app(app, signed_in.find_user, signed_in.find_actor)
    template_globals.init_app(app)
    app.register_blueprint(views.pages)
    commands.init_app(app)
    startup.refuse_demo_in_production(app)
