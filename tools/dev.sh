#!/bin/sh
# The demo, served while the code changes.
set -eu
export DEMO="${DEMO:-1}"
sh tools/prepare.sh
[ "${DEMO_WORKERS:=600}" -eq 0 ] || .venv/bin/python -m flask demo regency --count "$DEMO_WORKERS"
.venv/bin/python -m flask demo accounts --show
exec .venv/bin/python tools/dev.py
