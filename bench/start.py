"""What starting costs: ``import outreach`` and the whole app beside Flask alone."""

from __future__ import annotations

import json
import subprocess
import sys

from bench.report import Report, Row
from bench.stage import ROOT

TRIES = 7
PROBE = """
import json, sys, time
began = time.perf_counter()
{what}
took = time.perf_counter() - began
import resource
print(json.dumps([took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def probe(what: str) -> tuple[float, float]:
    """(best seconds, megabytes) of a fresh interpreter that runs this."""
    found = []
    for _ in range(TRIES):
        done = subprocess.run(
            [sys.executable, "-c", PROBE.format(what=what)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(json.loads(done.stdout.splitlines()[-1]))
    return min(f[0] for f in found), min(f[1] for f in found)


def run(report: Report) -> None:
    """Two rows: the import the budget names, and the app as a server process makes it."""
    flask_time, flask_memory = probe("import flask")
    beside = f"Flask alone {flask_time * 1000:.0f} ms, {flask_memory:.0f} MB"
    for name, what in (
        ("import outreach", "import outreach"),
        ("import wsgi (the whole app, ready to serve)", "import wsgi"),
    ):
        seconds, memory = probe(what)
        ratio = seconds / flask_time
        report.add(
            Row(
                name,
                "–",
                "≤ 4 × Flask alone, ≤ 80 MB",
                f"{seconds * 1000:.0f} ms ({ratio:.1f} ×), {memory:.0f} MB",
                beside,
                ratio <= 4 and memory <= 80,
            )
        )
