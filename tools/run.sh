#!/bin/sh
# Serve the app with demo data: migrate, seed, say how to log in, start the server.
set -eu
PY=.venv/bin/python
export FLASK_APP=wsgi DEMO="${DEMO:-1}"
$PY -m flask db upgrade
$PY -m flask seed
[ "${DEMO_WORKERS:-0}" -eq 0 ] || $PY -m flask demo workers --count "$DEMO_WORKERS"
$PY -m flask demo accounts --show
echo "Jangkau: http://127.0.0.1:${PORT:-8000}"
exec .venv/bin/gunicorn --config outreach/gunicorn_conf.py --bind "127.0.0.1:${PORT:-8000}" wsgi:app
