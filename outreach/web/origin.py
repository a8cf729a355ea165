"""The same-origin gate against forged requests.

Browsers say where a request comes from in ``Sec-Fetch-Site``; older ones in ``Origin``. Tokens
would expire inside cached pages, so the gate stands instead of them.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Request, abort, request

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_same_origin(req: Request) -> bool:
    """True when a browser vouches that the request is ours, or no browser sent it.

    Without both headers the sender is no browser with our cookies, so nothing can be forged.
    """
    site = req.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = req.headers.get("Origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == req.host


def init_app(app: Flask) -> None:
    """Refuse foreign unsafe requests with 403 before any room sees them."""

    @app.before_request
    def gate() -> None:
        if request.method not in SAFE and not is_same_origin(request):
            abort(403)
