"""Serve while the code changes: Python and templates are read again, JavaScript and CSS are built
again, readable and with source maps. `make dev` prepares the demo first.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

from outreach.build.bundles import BuildFailed, build, input_files
from outreach.build.compiler import TemplateRefused
from outreach.web.assets import DIST

EVERY = 0.5  # seconds


def look() -> dict[str, int]:
    """When each file that the build reads was written last."""
    return {str(path): path.stat().st_mtime_ns for path in input_files()}


def make() -> None:
    """Build; what is wrong is said, and the last build stays."""
    began = time.monotonic()
    try:
        made = build(DIST, readable=True)
    except (BuildFailed, TemplateRefused) as error:
        print(f"the build stopped: {error}", flush=True)
    else:
        print(f"built {made['version']} in {time.monotonic() - began:.1f} s", flush=True)


def watch() -> None:
    """Build again whenever a file has changed."""
    before = look()
    while True:
        time.sleep(EVERY)
        try:
            now = look()
        except FileNotFoundError:  # an editor swaps files
            continue
        if now != before:
            before = now
            make()


def main() -> None:
    make()
    threading.Thread(target=watch, daemon=True).start()
    # The server knows the build by its list: a new one is a reason to begin anew.
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "run", "--debug"]
    command += ["--port", os.environ.get("PORT", "8000")]
    command += ["--extra-files", str(DIST / "manifest.json")]
    raise SystemExit(subprocess.call(command))


if __name__ == "__main__":
    main()
