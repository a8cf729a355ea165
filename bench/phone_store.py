"""Times of the phone's store in a real Chromium: ``python -m bench.phone_store [ROWS] [SLOWER]``.

SLOWER is how many times the page's CPU is held back (6 is a cheap phone).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.support.browser import open_browser

ROOT = Path(__file__).resolve().parent.parent


class Quiet(SimpleHTTPRequestHandler):
    """Serves the bundle without writing a log."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def bundle(folder: Path) -> None:
    """Write the page and its one script."""
    esbuild = ROOT / "node_modules/.bin/esbuild"
    target = folder / "store.js"
    command = [str(esbuild), "bench/phone_store.js", "--bundle", "--minify", f"--outfile={target}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (folder / "index.html").write_text("<!doctype html><script src=store.js></script>")


def measure(rows: int, slower: float) -> dict[str, Any]:
    """Milliseconds of each store function with ``rows`` workers on the phone."""
    return evaluated("(rows) => measure(rows)", rows, slower)


def shares(saves: int, slower: float) -> dict[str, float]:
    """Median milliseconds of a save in the store: ``nothing`` left out, then without ``sealing``,
    without ``encryption`` too, without ``strictness`` too."""
    return evaluated("(times) => shares(times)", saves, slower)


def evaluated(script: str, argument: int, slower: float) -> dict[str, Any]:
    """What a function of phone_store.js answers in a page ``slower`` times as slow."""
    with tempfile.TemporaryDirectory() as name:
        bundle(Path(name))
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=name))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with (
                sync_playwright() as play,
                open_browser(play, Path(name) / "profile") as browser,
            ):
                page = browser.pages[0]
                page.goto(f"http://127.0.0.1:{server.server_port}/")
                cdp = browser.new_cdp_session(page)
                cdp.send("Emulation.setCPUThrottlingRate", {"rate": slower})
                found: dict[str, Any] = page.evaluate(script, argument)
        finally:
            server.shutdown()
    return found


def main(arguments: list[str]) -> int:
    """Print the times as JSON."""
    rows = int(arguments[0]) if arguments else 20_000
    slower = float(arguments[1]) if len(arguments) > 1 else 6
    found = measure(rows, slower)
    print(json.dumps({"cpu": f"1/{slower:g}", **found}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
