#!/bin/sh
# A database that is ready to use: tables, regions and reference data; in demo mode the accounts too,
# whose command seeds by itself. Each command is a start of the app, which is most of its work.
set -eu
export FLASK_APP=wsgi
.venv/bin/python -m flask db upgrade
case "${DEMO:-0}" in
0 | no | off | false | "") .venv/bin/python -m flask seed ;;
*) .venv/bin/python -m flask demo accounts --show ;;
esac
