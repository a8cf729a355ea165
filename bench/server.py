"""Server rows: pushing under load, the list, the CSV, pulling, memory; on both databases."""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.client import Client
from bench.phones import BATCH, Phone
from bench.report import Report, Row
from bench.stage import ROOT, Server, Stage, serve, stage

CLIENTS = 16
ODK_PUSH = "ODK Central 314/s new, 161/s at 137,000 rows"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to do: the quick plan is for trying the bench, its figures are not to be quoted."""

    small: int = 10_000
    list_rows: int = 50_000
    large: int = 150_000
    pull_rows: int = 20_000
    batches: int = 20


QUICK = Plan(small=2_000, list_rows=4_000, large=6_000, pull_rows=1_500, batches=4)


def run(report: Report, kinds: list[str], quick: bool) -> None:
    """Measure each database in turn."""
    plan = QUICK if quick else Plan()
    for kind in kinds:
        print(f"server, {kind}", flush=True)
        with stage(kind) as on:
            measure(report, on, plan)


def measure(report: Report, on: Stage, plan: Plan) -> None:
    """All server rows on one database, with more and more people in it."""
    on.fill_to(plan.small)
    guarded(
        report,
        f"push at {plan.small:,}",
        "≥ 1,500/s",
        lambda: push_row(report, on, plan, plan.small, 0),
    )
    on.fill_to(plan.list_rows)
    with serve(on) as server:
        guarded(report, "list page", "≤ 50 ms", lambda: list_row(report, on, server, plan))
        guarded(report, "CSV", "≤ 1.5 s", lambda: csv_row(report, on, server, plan))
    seconds = on.fill_to(plan.large)
    print(f"  (invented people: {(plan.large - plan.list_rows) / seconds:,.0f}/s)", flush=True)
    guarded(
        report,
        f"push at {plan.large:,}",
        "≥ 1,500/s",
        lambda: push_row(report, on, plan, plan.large, 1),
    )
    with serve(on) as server:
        guarded(report, "pull", "≤ 50 requests", lambda: pull_rows(report, on, server, plan))


def guarded(report: Report, what: str, budget: str, work: Any) -> None:
    """Run one measurement; what cannot be measured is reported as a miss."""
    try:
        work()
    except Exception as error:
        report.fail(what, budget, error)


def push_row(report: Report, on: Stage, plan: Plan, stored: int, turn: int) -> None:
    """Mutations a second through the real server, signed, judged and receipted, beside raw inserts
    of the same bytes; then by two server processes; then as locked phones send them, sealed."""
    people = json.loads(on.python("-m", "bench.officers", str(CLIENTS), "0"))["pushers"]
    total = CLIENTS * plan.batches * BATCH
    first = 1_000_000 + turn * 200_000
    rss = 0.0
    for processes, how, start in ((1, "", 0), (2, "", 50_000), (1, "sealed", 100_000)):
        with serve(on, processes) as server:
            done = push_together(server.base, people, plan.batches, first + start, how)
            rss = rss or server.worker_rss()
        raw = float(on.python("-m", "bench.raw", str(total)))
        rate = total / done["seconds"]
        clean = done["statuses"] == {"applied": total}
        what = f"push of new workers by {CLIENTS} clients, {on.kind}, {stored:,} stored"
        what += ", two server processes" if processes > 1 else ""
        what += ", each sealed as by a locked phone" if how else ""
        report.add(
            Row(
                what,
                ODK_PUSH,
                "–" if how else "≥ 1,500/s (2,500 the stretch)",
                f"{rate:,.0f}/s, slowest push {done['slowest']:.2f} s, {done['statuses']}",
                f"raw rows {raw:,.0f}/s (ratio {rate / raw:.2f})",
                (None if clean else False) if how else clean and rate >= 1500,
            )
        )
    report.add(
        Row(
            f"memory of a server process under that load, {on.kind}",
            "ODK 350–500 MB",
            "≤ 120 MB",
            f"{rss:.0f} MB",
            passed=rss <= 120,
        )
    )


def push_together(
    base: str, pushers: list[list[str]], batches: int, first: int, how: str = ""
) -> dict[str, Any]:
    """Start all clients at once; seconds until the last is done, and the sum of verdicts."""
    clients = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "bench.load",
                base,
                user,
                village,
                str(batches),
                str(first + n * batches * BATCH),
                how,
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n, (user, village) in enumerate(pushers)
    ]
    for client in clients:
        if client.stdout is None or client.stdout.readline().strip() != "ready":
            raise RuntimeError("a client could not register")
    began = time.perf_counter()
    for client in clients:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    told = [json.loads(client.communicate()[0]) for client in clients]
    seconds = time.perf_counter() - began
    statuses: dict[str, int] = {}
    for one in told:
        for status, n in one["statuses"].items():
            statuses[status] = statuses.get(status, 0) + n
    return {
        "seconds": seconds,
        "statuses": statuses,
        "slowest": max(one["slowest"] for one in told),
    }


def list_row(report: Report, on: Stage, server: Server, plan: Plan) -> None:
    """The supervisor's first page with its count, once warm."""
    client = Client(server.base)
    client.login("supervisor")
    times = []
    for _ in range(25):
        began = time.perf_counter()
        answer = client.request("GET", "/workers")
        times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"list: {answer.status}")
    health = timed(lambda: client.request("GET", "/healthz"), 25)
    median = statistics.median(times[5:])
    report.add(
        Row(
            f"list page with count, {plan.list_rows:,} workers, {on.kind}",
            "ODK OData 0.48 s",
            "≤ 50 ms",
            f"median {median:.0f} ms, worst {max(times[5:]):.0f} ms",
            f"/healthz {health:.1f} ms",
            median <= 50,
        )
    )


def timed(work: Any, times: int) -> float:
    """Median milliseconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def csv_row(report: Report, on: Stage, server: Server, plan: Plan) -> None:
    """The whole list as CSV: first byte, last byte, memory before and after."""
    client = Client(server.base)
    client.login("supervisor")
    before = server.worker_rss()
    first, whole, lines = download(server.base, client.cookies)
    again = min(download(server.base, client.cookies)[1] for _ in range(2))
    after = server.worker_rss()
    report.add(
        Row(
            f"CSV of {plan.list_rows:,}, {on.kind}",
            "ODK 3.42 s",
            "≤ 1.5 s, first byte ≤ 0.2 s, flat memory",
            f"{min(whole, again):.2f} s, first byte {first:.2f} s, {lines:,} lines, "
            f"memory {after - before:+.0f} MB",
            passed=min(whole, again) <= 1.5
            and first <= 0.2
            and after - before <= 30
            and lines > plan.list_rows,
        )
    )


def download(base: str, cookies: dict[str, str]) -> tuple[float, float, int]:
    """(seconds to the first byte, to the last, lines) of an export."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=300)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    began = time.perf_counter()
    body = urlencode({"kind": "csv"})
    connection.request("POST", "/workers/export", body, {"Cookie": cookie, "Content-Type": FORM})
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"export: {response.status}")
    lines = response.read(1).count(b"\n")
    first = time.perf_counter() - began
    while piece := response.read(1 << 16):
        lines += piece.count(b"\n")
    return first, time.perf_counter() - began, lines


def pull_rows(report: Report, on: Stage, server: Server, plan: Plan) -> None:
    """What an empty phone of a big area downloads: requests, bytes, server seconds."""
    people = json.loads(on.python("-m", "bench.officers", str(CLIENTS), str(plan.pull_rows)))
    for view, budget in (("list", 1_000_000), ("full", 4_000_000)):
        phone = Phone(Client(server.base))
        phone.client.login(people["puller"])
        phone.register()
        began = time.perf_counter()
        rows, requests, wire = phone.pull(view)
        seconds = time.perf_counter() - began
        allowed = budget * rows / 20_000
        report.add(
            Row(
                f"pull of {rows:,} rows, {view} view, {on.kind}",
                "PouchDB 104–1,004 requests, 3.5 MB",
                f"≤ {budget // 1_000_000} MB a 20,000"
                + (", ≤ 50 requests" if view == "list" else ""),
                f"{requests} requests, {wire / 1e6:.2f} MB ({wire / rows:.0f} B a row), "
                f"{seconds:.1f} s of server and client",
                passed=wire <= allowed and (view == "full" or requests <= 50),
            )
        )
