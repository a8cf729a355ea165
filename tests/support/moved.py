"""The app as it is served, on a clock that a test moves: the file that ``CLOCK`` names holds how
many seconds it is ahead."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wsgi import app

ahead = Path(os.environ["CLOCK"])


def now() -> datetime:
    """The true time and what the test added to it."""
    return datetime.now(UTC) + timedelta(seconds=int(ahead.read_text()))


app.extensions["clock"] = now
