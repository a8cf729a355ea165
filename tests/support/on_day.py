"""The app that ``DAY_APP`` names, with a service worker that lives on the suite's day."""

from __future__ import annotations

import os

from gunicorn.util import import_app

from tests.support.day import give_worker_the_day, shift

app = give_worker_the_day(import_app(os.environ["DAY_APP"]), shift())
