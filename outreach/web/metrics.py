"""GET /metrics for Prometheus: requests of this process, and what the database counts.

Verdicts, replays, blobs and silent phones are read from the tables at each scrape, so they are
right after a restart and with several processes.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy import func, select

from outreach.web.health import health_now
from outreach.web.logs import known_method, route_pattern

SILENT_AFTER = timedelta(days=3)
LOOPBACK = frozenset({"127.0.0.1", "::1"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


def init_app(app: Flask) -> None:
    """Count requests, and answer /metrics to the token or to this machine."""
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    requests = Counter(
        "jangkau_requests", "Requests answered", ["route", "method", "status"], registry=registry
    )
    seconds = Histogram(
        "jangkau_request_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=registry
    )
    queries = Counter("jangkau_queries", "SQL statements in requests", registry=registry)
    refused = Counter(
        "jangkau_signatures_refused",
        "Requests of phones with a key that were not signed with it",
        registry=registry,
    )
    app.extensions["signatures_refused"] = refused.inc
    registry.register(DatabaseFigures(app))

    @app.after_request
    def count(response: Response) -> Response:
        route = route_pattern()
        requests.labels(route, known_method(), str(response.status_code)).inc()
        if "began" in g:
            seconds.labels(route).observe(time.perf_counter() - g.began)
            queries.inc(g.queries)
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        if not may_read():
            return Response(
                "403: the token, or where none is set this machine alone\n",
                403,
                mimetype="text/plain",
            )
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def signature_refused() -> None:
    """Count a request that was not signed with its phone's key."""
    current_app.extensions["signatures_refused"]()


def may_read() -> bool:
    """True with the right token; without a token set, for a caller on this machine.

    A forwarded request is nobody on this machine, whatever address the proxy has.
    """
    token = current_app.config["OUTREACH"].metrics_token
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    return request.remote_addr in LOOPBACK and not forwarded


class DatabaseFigures:
    """Figures that the tables hold, read at each scrape."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def describe(self) -> list[Any]:
        """Nothing: registering must not touch the database."""
        return []

    def collect(self) -> Iterator[Any]:
        """The families of figures."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        from outreach.extensions import db
        from outreach.storage.sync import Blob, Device, Hold, Mutation

        verdicts = CounterMetricFamily(
            "jangkau_mutations", "Mutations by verdict", labels=["verdict"]
        )
        grouped = select(Mutation.status, func.count()).group_by(Mutation.status)
        for status, n in db.session.execute(grouped):
            verdicts.add_metric([status], n)
        yield verdicts
        holds = GaugeMetricFamily(
            "jangkau_holds", "Mutations held, by reason and state", labels=["reason", "state"]
        )
        by_reason = select(Hold.reason, Hold.state, func.count()).group_by(Hold.reason, Hold.state)
        for reason, state, n in db.session.execute(by_reason):
            holds.add_metric([reason, state], n)
        yield holds
        sealed = select(func.count(Mutation.received_at)).where(Mutation.sealed)
        yield CounterMetricFamily(
            "jangkau_sealed",
            "Mutations that came sealed",
            value=float(db.session.scalar(sealed) or 0),
        )
        unreadable = current_app.extensions["keyring"].unreadable(db.session(), datetime.now(UTC))
        yield GaugeMetricFamily(
            "jangkau_keys_unreadable",
            "Server keys that today's SECRET_KEY does not open",
            value=float(len(unreadable)),
        )
        replays = select(func.coalesce(func.sum(Device.replays), 0))
        yield CounterMetricFamily(
            "jangkau_replays", "Mutations sent again", value=float(db.session.scalar(replays) or 0)
        )
        blobs = GaugeMetricFamily("jangkau_blobs", "Pictures by state", labels=["state"])
        for state, n in db.session.execute(select(Blob.state, func.count()).group_by(Blob.state)):
            blobs.add_metric([state], n)
        yield blobs
        yield from backup_ages()
        yield from health_figures()
        silent = select(func.count()).where(
            Device.kind == "phone",
            Device.revoked_at.is_(None),
            Device.seen_at < datetime.now(UTC) - SILENT_AFTER,
        )
        yield GaugeMetricFamily(
            "jangkau_devices_silent",
            "Phones not seen for three days",
            value=float(db.session.scalar(silent) or 0),
        )


def backup_ages() -> Iterator[Any]:
    """How old the newest backup is, and the newest verified one; nothing where there is none."""
    from prometheus_client.core import GaugeMetricFamily

    from outreach.extensions import db
    from outreach.services import backup_state

    known = backup_state.state(db.session(), current_app.config["OUTREACH"].backup_recipient)
    for name, at in (("", known.made_at), ("verified_", known.verified_at)):
        if at is not None:
            age = (datetime.now(UTC) - at).total_seconds()
            yield GaugeMetricFamily(
                f"jangkau_backup_{name}age_seconds", "Age of the newest backup", value=age
            )


def health_figures() -> Iterator[Any]:
    """Whether a push could be taken, and the room left where photos lie."""
    from prometheus_client.core import GaugeMetricFamily

    found = health_now()
    ok = float(not found.faults)
    yield GaugeMetricFamily("jangkau_healthy", "1 while a push can be taken", value=ok)
    if found.free is not None:
        yield GaugeMetricFamily(
            "jangkau_photos_free_bytes", "Room left where photos lie", value=float(found.free)
        )
