"""GET /healthz: is this process serving, and does its database answer?"""

from __future__ import annotations

from flask import Flask, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError


def init_app(app: Flask) -> None:
    """Add /healthz; it needs no login and says nothing about anybody."""
    app.add_url_rule("/healthz", "healthz", healthz)


def healthz() -> tuple[Response, int]:
    """200 with version and kind of database; 503 when the database is away."""
    from flask import current_app

    from outreach import __version__
    from outreach.extensions import db

    kind = current_app.config["OUTREACH"].database_kind
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        answer = {"status": "unavailable", "version": __version__, "database": kind}
        return jsonify({**answer, "code": "database_away", "params": {}}), 503
    return jsonify({"status": "ok", "version": __version__, "database": kind}), 200
