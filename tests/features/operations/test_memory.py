"""A server process gives memory back after logins."""

from __future__ import annotations

import subprocess
import sys

from tests.support.database import ROOT

PROBE = """
import runpy, threading
import psutil
{settings}
from outreach.core.accounts.passwords import hash_password
def work():
    for _ in range(3):
        hash_password("kebun kopi")
        kept.append(bytearray(3000))
kept = []
def rss():
    return psutil.Process().memory_info().rss // 2**20
before = rss()
waiting = threading.Event()
threads = [threading.Thread(target=lambda: (work(), waiting.wait())) for _ in range(8)]
[t.start() for t in threads]
import time
while len(kept) < 24:
    time.sleep(0.02)
print(rss() - before)
waiting.set()
"""


def test_eight_threads_of_logins_leave_no_memory_behind() -> None:
    settings = 'runpy.run_path("outreach/gunicorn_conf.py")'
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(settings=settings)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) <= 25
