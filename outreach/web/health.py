"""GET /healthz: could this server take what a phone sends?"""

from __future__ import annotations

from flask import Flask, Response, current_app, jsonify

from outreach.web.probe import Health, Probe


def init_app(app: Flask) -> None:
    """Add /healthz; it needs no login and says nothing about anybody."""
    from outreach.extensions import db

    app.extensions["health"] = Probe(lambda: db.engine, app.config["OUTREACH"].blob_dir)
    app.add_url_rule("/healthz", "healthz", healthz)


def health_now() -> Health:
    """The health of this process's server, at most half a minute old."""
    probe: Probe = current_app.extensions["health"]
    return probe.ask()


def healthz() -> tuple[Response, int]:
    """200 with version and kind of database; 503 with ``code`` and ``faults`` where a push could
    not be taken. The answer is up to 30 s old, and no request writes anything by itself."""
    from outreach import __version__

    kind = current_app.config["OUTREACH"].database_kind
    faults = health_now().faults
    body = {"status": "unavailable" if faults else "ok", "version": __version__, "database": kind}
    if not faults:
        return jsonify(body), 200
    return jsonify({**body, "code": faults[0], "params": {}, "faults": list(faults)}), 503
