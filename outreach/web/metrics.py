"""GET /metrics for Prometheus: requests of this process, and the figures that features add."""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING

from flask import Flask, Response, current_app, g, request

from outreach.web.logs import known_method, route_pattern

if TYPE_CHECKING:
    from prometheus_client.registry import Collector

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
    app.extensions["metrics"] = registry

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


def add_figures(app: Flask, collector: Collector) -> None:
    """Add a Prometheus collector, whose figures are read at each scrape."""
    app.extensions["metrics"].register(collector)


def signature_refused() -> None:
    """Count a request that was not signed with its phone's key."""
    current_app.extensions["signatures_refused"]()


def may_read() -> bool:
    """True with the right token; without a token set, for a caller on this machine.

    A forwarded request is nobody on this machine, whatever address the proxy has.
    """
    token = current_app.config["OUTREACH"].metrics_token
    if token:
        header = request.headers.get("Authorization", "")
        return hmac.compare_digest(header.encode(), f"Bearer {token}".encode())
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    return request.remote_addr in LOOPBACK and not forwarded
