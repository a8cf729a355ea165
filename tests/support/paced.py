"""The app as it is served, whose work on files of names stops where a test wants it killed.

``STOP_AT`` counts the commits of that work in this life of the process: before the one of this
number it stands still for ever, its rows written and not committed, and says so by the file that
``STOPPED`` names. ``LEASE`` is how many seconds a job stays with a process that has died.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from outreach.features.intake import holding
from wsgi import app

__all__ = ["app"]

stop_at = int(os.environ.get("STOP_AT") or 0)
stopped = Path(os.environ["STOPPED"])
commits = count(1)
holding.LEASE = timedelta(seconds=float(os.environ["LEASE"]))


@event.listens_for(Session, "before_commit")
def stand_still(_session: Session) -> None:
    """Stop for ever before the commit that was asked for, in the thread of the jobs alone."""
    if threading.current_thread().name != "intake" or next(commits) != stop_at:
        return
    stopped.touch()
    while True:
        time.sleep(1)
