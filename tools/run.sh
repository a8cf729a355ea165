#!/bin/sh
# Serve the app with a living demo regency: migrate, seed, say how to log in, start the server, or
# the command that is given instead of it.
set -eu
export DEMO="${DEMO:-1}"
sh tools/prepare.sh
[ "${DEMO_WORKERS:=600}" -eq 0 ] || .venv/bin/python -m flask demo regency --count "$DEMO_WORKERS"
echo "Jangkau: http://127.0.0.1:${PORT:-8000}"
[ $# -eq 0 ] || exec "$@"
exec .venv/bin/gunicorn --config outreach/gunicorn_conf.py --bind "127.0.0.1:${PORT:-8000}" wsgi:app
