"""The WSGI entry: ``gunicorn wsgi:app`` or ``flask --app wsgi``."""

import os

from outreach import create_app

os.umask(0o027)  # databases, photos and backups are nobody else's, also when a command makes them
app = create_app()
