"""The instruments themselves: a bench that lies is worse than none."""

from __future__ import annotations

import http.server
import json
import queue
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import cast

import psutil
import pytest

from bench import phone_store
from bench.client import Client, Packed, packed
from bench.line import Line, Passed, line_to
from bench.phones import Phone
from bench.report import Report, Row, bare_loop, machine
from bench.throttle import held_to
from outreach.core.keys import signing
from tests.support.keys import PhoneKey

BODY = b"x" * 40_000


class Answers(http.server.BaseHTTPRequestHandler):
    """40 kB for every GET."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def base() -> Iterator[str]:
    """A small server."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_line_counts_what_passed(base: str) -> None:
    with line_to(base) as (url, line):
        with urllib.request.urlopen(f"{url}/static/a.js") as answer:
            assert answer.read() == BODY
        time.sleep(0.1)
    assert [passed.path for passed in line.seen] == ["/static/a.js"]
    assert len(BODY) < line.seen[0].size < len(BODY) + 400


class QuickPhone:
    """The phone's end of a line: asks the next thing as soon as it has an answer."""

    def __init__(self, asked: list[Passed]) -> None:
        self.asked = asked

    def sendall(self, _: bytes) -> None:
        self.asked.append(Passed("/next", "", 1.0))

    def shutdown(self, _: int) -> None:
        """Nothing is open."""


def test_a_line_counts_an_answer_for_what_asked_it() -> None:
    asked = [Passed("/first", "", 0.0)]
    waiting: queue.Queue[tuple[float, bytes]] = queue.Queue()
    waiting.put((0.0, BODY))
    waiting.put((0.0, b""))
    Line(("", 0)).deliver(waiting, cast(socket.socket, QuickPhone(asked)), "down", asked)
    assert [(passed.path, passed.size) for passed in asked] == [
        ("/first", len(BODY)),
        ("/next", 0),
    ]


def test_a_slow_line_is_slow(base: str) -> None:
    with line_to(base, bits=1_600_000, round_trip=0.3) as (url, _):
        began = time.monotonic()
        with urllib.request.urlopen(url) as answer:
            answer.read()
        took = time.monotonic() - began
    assert 0.5 <= took < 2.5  # 0.3 s there and back, 0.2 s for 40 kB


def test_a_throttled_process_gets_its_share_only() -> None:
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        with held_to(process.pid, 1 / 6):
            before = psutil.Process(process.pid).cpu_times().user
            began = time.monotonic()
            time.sleep(1.5)
            used = psutil.Process(process.pid).cpu_times().user - before
            assert used / (time.monotonic() - began) < 0.35
    finally:
        process.kill()
        process.wait()


def test_what_could_not_be_measured_is_a_miss(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    report.add(Row("good", "", "≤ 1", "1", passed=True))
    report.fail("push", "≥ 1,500/s", RuntimeError("no server"))
    assert [row.verdict for row in report.rows] == ["pass", "MISS"]
    assert "| push |  | ≥ 1,500/s | not measured: RuntimeError no server |  | MISS |" in (
        report.markdown()
    )


def test_a_simulated_phone_chains_its_bytes() -> None:
    phone = Phone(Client(""))
    texts = [phone.mutation({"rt": [None, f"00{n}"]}, "18.04.04.2002") for n in range(2)]
    phone.envelope(texts)
    assert [json.loads(text)["mid"] for text in texts] == [1, 2]
    first = sha256(texts[0].encode()).digest()
    assert phone.chain == sha256(first + texts[1].encode()).digest()


def test_small_bodies_go_unpacked_as_from_a_phone() -> None:
    assert packed(b"{}") == Packed(b"{}", "", "")
    assert packed(b"a" * 2000).encoding == "gzip"


def test_a_push_is_signed_over_its_plain_bytes() -> None:
    body = b'{"mutations":[' + b"1," * 900 + b"1]}"
    key = PhoneKey()
    signature = packed(body, key.sign).signature
    assert signing.is_signed(signing.decode(key.public), signature, body)


def test_the_store_that_is_measured_still_builds(tmp_path: Path) -> None:
    phone_store.bundle(tmp_path)
    assert (tmp_path / "store.js").stat().st_size > 10_000


def test_figures_say_how_fast_the_machine_was() -> None:
    assert " s" in machine().rsplit("a bare loop of 20,000,000 takes ")[1]
    assert machine() == machine()
    assert bare_loop(10) > 0
