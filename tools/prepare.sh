#!/bin/sh
# A database that is ready to use: tables, regions, reference data, demo accounts in demo mode.
set -eu
export FLASK_APP=wsgi
.venv/bin/python -m flask db upgrade
.venv/bin/python -m flask seed
case "${DEMO:-0}" in
0 | no | off | false | "") ;;
*) .venv/bin/python -m flask demo accounts >/dev/null ;;
esac
