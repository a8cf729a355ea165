"""One line of log a request: JSON in production, readable in development.

A line says who (ids), which route pattern, how it ended and how long it took. It never holds
the raw path, a query string, a body, or the words of an exception: those can carry a NIK or a
name.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from types import TracebackType
from uuid import uuid4

import structlog
from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import Engine, event
from structlog.typing import EventDict, Processor

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
METHODS = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")  # RFC 9110
)
QUIET = frozenset({"healthz", "metrics"})


def init_app(app: Flask) -> None:
    """Log every request, and exceptions by type and place."""
    config = app.config["OUTREACH"]
    configure(config.production, config.log_level)
    app.before_request(begin)
    app.after_request(finish)
    app.log_exception = log_exception  # type: ignore[method-assign]


def configure(production: bool, level: str) -> None:
    """Send structlog and the standard library's warnings to stdout in one form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask_numbers,
    ]
    renderer = (
        structlog.processors.JSONRenderer() if production else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=StdoutLoggerFactory(),
        cache_logger_on_first_use=False,
    )


class StdoutLoggerFactory:
    """Loggers that look up ``sys.stdout`` at each line, so that a redirected one is followed."""

    def __call__(self, *_: object) -> structlog.PrintLogger:
        """A logger on today's stdout."""
        return structlog.PrintLogger(sys.stdout)


def mask_numbers(_logger: object, _method: str, fields: EventDict) -> EventDict:
    """Black out runs of ten or more digits in any text: a NIK must not slip in through a field."""
    for name, value in fields.items():
        if isinstance(value, str) and name not in {"timestamp", "request_id"}:
            fields[name] = re.sub(r"\d{10,}", "•", value)
    return fields


def begin() -> None:
    """Give the request an id, the caller's own when it looks like one."""
    id_sent = request.headers.get("X-Request-Id", "")
    g.request_id = (
        id_sent if REQUEST_ID.fullmatch(id_sent) and not has_long_number(id_sent) else uuid4().hex
    )
    g.began = time.perf_counter()
    g.queries = 0


def has_long_number(text: str) -> bool:
    """True where a NIK or phone number might hide."""
    return re.search(r"\d{10,}", text) is not None and not re.search(r"[a-f]", text)


def finish(response: Response) -> Response:
    """Write the request's line and send its id back."""
    if "request_id" not in g:
        return response
    response.headers["X-Request-Id"] = g.request_id
    if request.endpoint in QUIET and response.status_code == 200:
        return response
    structlog.get_logger().info("request", **request_fields(response))
    return response


def request_fields(response: Response) -> dict[str, object]:
    """The fields of a request's line."""
    fields: dict[str, object] = {
        "request_id": g.request_id,
        "method": known_method(),
        "route": route_pattern(),
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
        "queries": g.queries,
    }
    user = getattr(g, "_login_user", None)  # as Flask-Login left it: asking would load it
    if user is not None and getattr(user, "is_authenticated", False):
        fields["user_id"] = getattr(user, "id", None)
    device = g.get("device_id")
    if device:
        fields["device_id"] = device
    return fields


def known_method() -> str:
    """The request's method; ``other`` for one that HTTP does not know, so that nobody makes up
    words for the log or series for the metrics."""
    return request.method if request.method in METHODS else "other"


def route_pattern() -> str:
    """``/review/<worker_id>`` and never what stood in its place."""
    return request.url_rule.rule if request.url_rule is not None else "(no route)"


def log_exception(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None],
) -> None:
    """Write type and stack of an unexpected exception, without its words."""
    kind, _, trace = exc_info
    frames = [
        f"{short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]
    structlog.get_logger().error(
        "exception",
        request_id=g.get("request_id") if has_request_context() else None,
        route=route_pattern() if has_request_context() else None,
        type=kind.__name__ if kind else None,
        stack="\n".join(frames[-8:]),  # text: the renderer for people takes nothing else
    )


def short(filename: str) -> str:
    """A source file without the machine's folders."""
    return re.split(r"/(?:site-packages|outreach)/", filename)[-1]


@event.listens_for(Engine, "before_cursor_execute")
def count_query(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    """Count a statement for the request it belongs to; SQLite's BEGIN is ours, not the app's."""
    if has_request_context() and "queries" in g and not statement.startswith("BEGIN"):
        g.queries += 1
