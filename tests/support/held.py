"""The app as it is served, but for one thing: no list goes out while a test holds them back.

``HOLD_LISTS`` names a file; while it is there every pull is answered with 503, as by a server that
is busy, so that a phone is in every run in the moment before its list has come.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import Response, request

from wsgi import app

held = Path(os.environ["HOLD_LISTS"])


@app.before_request
def hold_back() -> Response | None:
    """A busy server's answer to a pull, while the file is there."""
    if request.path == "/sync/v1/pull" and held.exists():
        return Response("busy", 503, {"Retry-After": "1"})
    return None
