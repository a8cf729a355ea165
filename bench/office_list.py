"""``python -m bench.office_list ROWS [--only sqlite|postgresql]``: the office's list as it is used.

Twenty thousand invented people are multiplied inside the database, each copy a person of her own
with the same name at another moment. Every question is asked over HTTP with other words, places
and pages each time, by a logged-in supervisor, so a figure holds queries, page and audit line.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urlencode

import psutil
from sqlalchemy import create_engine, text

from bench.client import Client
from bench.report import Report, Row, machine
from bench.stage import Stage, serve, stage

ORIGINALS = 20_000
ASKED = 40
WARM = 5
NAME = re.compile(r'data-row-link href="[^"]+"[^>]*>([^<]+)</a>')
NEXT = re.compile(r'rel="next" href="([^"]+)"')
KECAMATAN = re.compile(r'<option value="(\d\d\.\d\d\.\d\d)"')
COPIED = (
    "region_code, ver, status, code, nik, full_name, name_key, birth_date, sex, occupation_code, "
    "flags, has_conflict, officer_id, device_id, updated_at, data"
)
EARLIER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', created_at, '-' || {minutes} || ' minutes') || '000'",
    "postgresql": "created_at - {minutes} * interval '1 minute'",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One way of asking; ``addresses`` go round. ``budget`` is in milliseconds: of the median up
    to 50,000 workers, of the p95 beyond."""

    what: str
    addresses: list[str]
    budget: int


def multiply(on: Stage, rows: int) -> None:
    """Have ``rows`` workers by copying the invented ones in the database itself."""
    on.fill_to(min(rows, ORIGINALS))
    engine = create_engine(on.url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE original AS SELECT * FROM worker"))
    for copy in range(1, rows // ORIGINALS):
        values = f"'{copy:04x}' || substr(id, 5)"
        earlier = EARLIER[on.kind].format(minutes=copy * 37)
        with engine.begin() as connection:
            connection.execute(
                text(
                    f"INSERT INTO worker (id, created_at, {COPIED}) "
                    f"SELECT {values}, {earlier}, {COPIED} FROM original"
                )
            )
    if on.kind == "postgresql":  # what its own housekeeping does within minutes
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE worker"))
    engine.dispose()


def questions(client: Client, small: bool) -> Iterator[Question]:
    """The questions, with names and places that the list itself shows."""
    first = page(client, "/workers")
    second = NEXT.findall(first)[0].replace("&amp;", "&")
    names = [name.split() for name in NAME.findall(first + page(client, second))]
    pairs = sorted({f"{n[1]} {n[0]}" for n in names if len(n) > 1})
    words = sorted({n[0] for n in names})
    parts = sorted({word[1:5] for word in words if len(word) > 4})
    places = KECAMATAN.findall(first)
    most = 50 if small else 200
    yield Question("default", ["/workers"], most)
    yield Question("page 2", [second], most)
    yield Question("sorted by name", ["/workers?sort=name"], most)
    yield Question("a kecamatan", [f"/workers?in={code}" for code in places], most)
    yield Question("a status", [f"/workers?status={s}" for s in ("calon", "draf")], most)
    both = [f"/workers?in={code}&status=draf" for code in places]
    yield Question("a status in a kecamatan", both, most)
    yield Question("a flag", [f"/workers?flag={f}" for f in ("nik_kosong", "nik_ganda")], most)
    yield Question("two words of a name", [asked(pair) for pair in pairs], most)
    yield Question("one word of a name", [asked(word) for word in words], most)
    yield Question("part of a word", [asked(part) for part in parts], most)
    yield Question("two letters", [asked(part[:2]) for part in parts], most)
    yield Question("a name nobody has", ["/workers?q=zzyx+qqwv"], most)


def asked(words: str) -> str:
    """The address of a search by name."""
    return "/workers?" + urlencode({"q": words})


def page(client: Client, address: str) -> str:
    """A page that must answer."""
    answer = client.request("GET", address)
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    return answer.body.decode()


def times_of(client: Client, question: Question) -> list[float]:
    """Milliseconds of each request, once warm."""
    found = []
    for number, address in zip(range(ASKED + WARM), cycle(question.addresses), strict=False):
        began = time.perf_counter()
        page(client, address)
        if number >= WARM:
            found.append((time.perf_counter() - began) * 1000)
    return found


def ask_all(report: Report, on: Stage, rows: int) -> None:
    """One row of the table a question."""
    with serve(on) as server:
        client = Client(server.base)
        client.login("supervisor")
        small = rows <= 50_000
        for question in questions(client, small):
            times = times_of(client, question)
            middle, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            load = psutil.getloadavg()[0]
            report.add(
                Row(
                    f"list, {question.what}, {rows:,} workers, {on.kind}",
                    "",
                    f"{'median' if small else 'p95'} ≤ {question.budget} ms",
                    f"median {middle:.0f} ms, p95 {p95:.0f} ms (load {load:.1f})",
                    passed=(middle if small else p95) <= question.budget,
                )
            )


def run(report: Report, kinds: list[str], rows: int) -> None:
    """Measure each database in turn."""
    for kind in kinds:
        with stage(kind) as on:
            began = time.perf_counter()
            multiply(on, rows)
            print(f"{kind}: {rows:,} workers in {time.perf_counter() - began:.0f} s", flush=True)
            ask_all(report, on, rows)


def main(arguments: list[str]) -> int:
    """Print the table; answer 1 when a budget was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.office_list", description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database")
    asked_for = parser.parse_args(arguments)
    report = Report()
    print(machine(), flush=True)
    kinds = [asked_for.only] if asked_for.only else ["sqlite", "postgresql"]
    run(report, kinds, asked_for.rows)
    print("\n" + report.markdown())
    return 1 if any(row.passed is False for row in report.rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
