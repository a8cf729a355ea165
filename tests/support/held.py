"""The app as it is served, but for what a test holds back, so that every run meets that moment.

``HOLD_LISTS`` names a file; while it is there every pull is answered with 503, as by a server that
is busy: the moment before a phone's list has come. ``HOLD_SAVES`` names another; while it is there
no push is answered, and a file of that name with ``.come`` tells that one is here: the moment in
which a save is on its way.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from flask import Response, request

from wsgi import app

lists = Path(os.environ.get("HOLD_LISTS", "none"))
saves = Path(os.environ.get("HOLD_SAVES", "none"))


@app.before_request
def hold_back() -> Response | None:
    """A busy server's answer to a pull, and none to a push, while the files are there."""
    if request.path == "/sync/v1/pull" and lists.exists():
        return Response("busy", 503, {"Retry-After": "1"})
    while request.path == "/sync/v1/push" and saves.exists():
        saves.with_suffix(".come").touch()
        time.sleep(0.05)
    return None
