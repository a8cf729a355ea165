"""Feature: field. What the server says below /field/ to phones whose worker is not there yet.

The phone app itself is the service worker (static/js/field); once it controls a page, no request
for /field/ arrives here.
"""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the feature to the app."""
    from outreach.features.field.views import bp

    app.register_blueprint(bp)
