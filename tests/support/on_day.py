"""The app that ``DAY_APP`` names, with a service worker that lives on the suite's day."""

from __future__ import annotations

import os

from gunicorn.util import import_app

from tests.support.day import give_worker_the_day, shift

# It stays the Flask app, for a process that begins to serve asks it what to do first.
app = import_app(os.environ["DAY_APP"])
app.wsgi_app = give_worker_the_day(app.wsgi_app, shift())
