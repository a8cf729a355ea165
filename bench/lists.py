"""Lists at size: every village's list opened at once, looked at, pulled, answered and signed.

Everything goes through the served app, as a supervisor's browser and a head's phone send it. The
list that is looked at and signed is the one whose length is nearest to a thousand names.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import urlencode

from bench.client import Answer, Client
from bench.heads import USER
from bench.names import Desk
from bench.phones import BATCH, Phone
from bench.report import Report, Row
from bench.stage import Server, Stage, serve, stage
from tests.support.signed import request_signature

FORM = {"purpose": "fund", "fund": "apbd_kab", "year": "2027", "forum": "rapat_verifikasi"}
TABLES = [
    "village_list",
    "list_line",
    "list_decision",
    "added_name",
    "paper_print",
    "list_minutes",
    "list_holder",
    "list_task",
]
NAMES = 1_000  # of the list that is looked at, or as near as there is
LOOKS = 20  # views of each page
PIECE = 32_000
PDF_BUDGET = 2.0  # seconds, for 300 names


@dataclass(frozen=True, slots=True)
class Looked:
    """The list that is looked at."""

    id: str
    village: str
    names: int


@dataclass(slots=True)
class Bench:
    """One database being measured."""

    report: Report
    on: Stage
    server: Server
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(self.on, self.server)

    def add(
        self, what: str, measured: str, beside: str = "", budget: str = "–", **more: Any
    ) -> None:
        """A row of the table."""
        self.report.add(Row(f"lists: {what}, {self.on.kind}", "", budget, measured, beside, **more))


def run(report: Report, kinds: list[str], quick: bool) -> None:
    """Measure each database in turn."""
    people = 3_000 if quick else 93_000
    for kind in kinds:
        print(f"lists, {kind}", flush=True)
        with stage(kind) as on:
            on.fill_to(people)
            with serve(on) as server:
                try:
                    measure(Bench(report, on, server), people)
                except Exception as error:
                    report.fail(f"lists, {kind}", "", error)


def measure(bench: Bench, people: int) -> None:
    """The life of a list, from its opening to its PDF."""
    open_all(bench, people)
    looked = looked_at(bench)
    look(bench, "matrix of all lists", "/lists")
    look(bench, f"page of a list of {looked.names} names", f"/lists/{looked.id}")
    signer = json.loads(bench.on.python("-m", "bench.heads", "head", looked.village))
    phone = Phone(Client(bench.server.base))
    phone.client.login(USER)
    phone.register()
    lines = first_pull(bench, phone, looked)
    answer_all(bench, phone, looked, lines)
    sign(bench, phone, looked, signer)
    look(
        bench,
        f"page of a signed version of {looked.names} lines",
        f"/lists/{looked.id}/minutes/1",
    )
    print_it(bench, looked)


def open_all(bench: Bench, people: int) -> None:
    """A supervisor opens all lists and lets the page go on by itself."""
    client, body = bench.desk.client, urlencode({**FORM, "step": "confirmed"}).encode()
    times: list[float] = []
    while True:
        began = time.perf_counter()
        answer = client.request(
            "POST", "/lists/open", body, Content_Type="application/x-www-form-urlencoded"
        )
        times.append(time.perf_counter() - began)
        if answer.status not in (200, 303):
            raise RuntimeError(f"opening: {answer.status}")
        if b'data-testid="go-on"' not in answer.body:
            break
    lists, names = bench.desk.ask(
        "SELECT count(DISTINCT list_id), count(*) FROM list_line WHERE no IS NOT NULL"
    )[0]
    bench.add(
        f"{lists} opened at once, {names} names of {people} people",
        f"{sum(times):.1f} s in {len(times)} requests",
        f"longest request {max(times):.1f} s",
    )


def looked_at(bench: Bench) -> Looked:
    """The list of about a thousand names."""
    [(row, village, names)] = bench.desk.ask(
        "SELECT l.id, l.region_code, count(*) FROM list_line n JOIN village_list l "
        "ON l.id = n.list_id WHERE n.no IS NOT NULL GROUP BY l.id, l.region_code "
        f"ORDER BY abs(count(*) - {NAMES}), 1 LIMIT 1"
    )
    return Looked(str(row), str(village), int(str(names)))


def look(bench: Bench, what: str, path: str) -> None:
    """A page, seen again and again by a supervisor."""
    bench.desk.client.connection = None  # the server closes one that is idle for 65 s
    times, answer = timed(LOOKS, lambda: fetched(bench.desk.client, path))
    bench.add(
        what,
        f"{median(times) * 1000:.0f} ms, slowest of {LOOKS} {max(times) * 1000:.0f} ms",
        f"{len(answer.body) / 1000:.0f} kB of HTML",
    )


def timed(times: int, do: Callable[[], Answer]) -> tuple[list[float], Answer]:
    """Seconds of each, and the last answer."""
    took: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        answer = do()
        took.append(time.perf_counter() - began)
    return took, answer


def fetched(client: Client, path: str) -> Answer:
    """A page that is there."""
    answer = client.request("GET", path)
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return answer


def first_pull(bench: Bench, phone: Phone, looked: Looked) -> list[str]:
    """A head's new phone fetches the village with its list; the ids of its numbered lines."""
    lines: list[str] = []
    rows = requests = wire = of_list = 0
    began = time.perf_counter()
    for view in ("list", "full"):
        cursors, more = dict.fromkeys(phone.scopes, 0), True
        while more:
            answer = pulled(phone, view, cursors)
            requests, wire, more = requests + 1, wire + len(answer.wire), False
            for scope, part in answer.json["scopes"].items():
                cursors[scope], more = part["cursor"], more or part["more"]
                rows += len(part["rows"])
                found = [row for row in part["rows"] if row["table"] == "list_line"]
                of_list += sum(len(json.dumps(row)) for row in found)
                lines += [row["id"] for row in found if row["data"]["no"] is not None]
    seconds = time.perf_counter() - began
    bench.add(
        f"first pull of a head's phone, list of {looked.names} names",
        f"{seconds:.1f} s, {rows} rows in {requests} requests, {wire / 1000:.0f} kB packed",
        f"the list's lines alone {of_list / 1000:.0f} kB plain",
    )
    return lines


def pulled(phone: Phone, view: str, cursors: dict[str, int]) -> Answer:
    """One request of a pull."""
    asked = {"device": phone.device, "epoch": phone.epoch, "cursors": cursors, "view": view}
    asked |= {"limit": 1000, "tables": TABLES}
    answer = phone.client.send("/sync/v1/pull", asked, phone.signing("/sync/v1/pull"))
    if answer.status != 200:
        raise RuntimeError(f"pull: {answer.status} {answer.body[:200]!r}")
    return answer


def save(phone: Phone, table: str, scope: str, said: dict[str, Any], row: str | None = None) -> str:
    """The next save of a table as the journal's text."""
    changes = {name: [None, value] for name, value in said.items()}
    made = {**json.loads(phone.mutation(changes, scope, row)), "table": table}
    return json.dumps(made, separators=(",", ":"), ensure_ascii=False)


def pushed(phone: Phone, texts: list[str]) -> float:
    """Seconds of a push whose saves are all applied."""
    body = phone.envelope(texts)
    began = time.perf_counter()
    answer = phone.client.send_packed("/sync/v1/push", body)
    seconds = time.perf_counter() - began
    results = answer.json["results"] if answer.status == 200 else []
    if len(results) != len(texts) or any(one["status"] != "applied" for one in results):
        raise RuntimeError(f"push: {answer.status} {answer.body[:300]!r}")
    return seconds


def answer_all(bench: Bench, phone: Phone, looked: Looked, lines: list[str]) -> None:
    """The meeting begins, and each name gets its answer, one save a name."""
    phone.client.connection = None
    texts = [save(phone, "village_list", looked.village, {"state": "meeting"}, looked.id)]
    for line in lines:
        said = {"list": looked.id, "lines": [line], "verdict": "layak"}
        texts.append(save(phone, "list_decision", looked.village, said))
    times = [pushed(phone, texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    bench.add(
        f"{len(lines)} answers pushed, {BATCH} a push",
        f"{sum(times):.1f} s, median push {median(times) * 1000:.0f} ms",
        f"slowest {max(times) * 1000:.0f} ms",
    )


def sign(bench: Bench, phone: Phone, looked: Looked, signer: dict[str, str]) -> None:
    """The minutes and the list itself arrive; the version counts."""
    path = bench.on.folder / "list.json"
    about = bench.on.python("-m", "bench.heads", "document", looked.id, str(path))
    said = {**json.loads(about.splitlines()[-1]), "list": looked.id, "signers": [signer]}
    said |= {"letter_no": "140/07/2027", "date": "2026-11-22", "place": "Balai", "present": 40}
    data = path.read_bytes()
    phone.client.connection = None
    push = pushed(phone, [save(phone, "list_minutes", looked.village, said)])
    began = time.perf_counter()
    for at in range(0, len(data), PIECE):
        told = f"device={phone.device}&offset={at}&total={len(data)}"
        where, piece = f"/sync/v1/blob/{said['hash']}?{told}", data[at : at + PIECE]
        by = request_signature(phone.key, "PUT", where, piece, phone.client.challenge)
        answer = phone.client.request("PUT", where, piece, Jangkau_Signature=by)
        if answer.status != 200:
            raise RuntimeError(f"list file: {answer.status} {answer.body[:200]!r}")
    upload = time.perf_counter() - began
    [(state,)] = bench.desk.ask("SELECT state FROM list_minutes")
    asked = "SELECT count(*) FROM worker WHERE status = 'terverifikasi'"
    [(verified,)] = bench.desk.ask(asked)
    bench.add(
        f"a version of {looked.names} names signed",
        f"{push * 1000:.0f} ms the minutes, {upload:.1f} s the list of {len(data) / 1000:.0f} kB",
        f"{state}, {verified} people verified",
        passed=state == "counts" or None,
    )


def print_it(bench: Bench, looked: Looked) -> None:
    """The full minutes as a PDF, the first time and again."""
    page = fetched(bench.desk.client, f"/lists/{looked.id}/minutes/1").body.decode()
    [href, *_] = re.findall(r'href="([^"]+/pdf/full[^"]*)"', page)
    href = href.replace("&amp;", "&")
    times, answer = timed(3, lambda: fetched(bench.desk.client, href))
    bench.add(
        f"full minutes of {looked.names} names as PDF",
        f"{' · '.join(f'{one:.2f}' for one in times)} s",
        f"{len(answer.body) / 1000:.0f} kB",
        f"≤ {PDF_BUDGET:.0f} s for 300 names",
    )
