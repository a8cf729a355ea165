"""Names in: a file of 40,000 people read, checked and written, while a phone goes on pushing.

The file goes through the served app as a supervisor's browser sends it. How far a job is, and when
it was heard of last, stands in its row, which is read twenty times a second. Rows that may be
somebody registered are decided as new straight in the database, as nobody is there to decide them.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import psutil
from sqlalchemy import Engine, create_engine, text

from bench.client import Client
from bench.phones import Phone
from bench.report import Report, Row
from bench.stage import Server, Stage, serve, stage
from outreach.core.accounts.seeding import read_csv
from outreach.core.demo.synthetic_people import People
from outreach.core.register.workbook import workbook

FIRST = 500_000  # the first number of the people in the file: none of them is registered
HEADERS = (
    "Nama",
    "NIK",
    "Tanggal lahir",
    "Jenis kelamin",
    "Kecamatan",
    "Pekon",
    "RT",
    "Pekerjaan",
)
PUSHERS, EACH = 17, 8  # officers, and their villages: together all of the regency
SAVES = 5  # in a push
OPEN = "decision IS NULL AND fate IS NULL"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many people are registered, and how many stand in the small and in the large file."""

    people: int = 93_000
    small: int = 4_000
    large: int = 40_000


def run(report: Report, kinds: list[str], quick: bool) -> None:
    """Measure each database in turn."""
    plan = Plan(3_000, 400, 2_000) if quick else Plan()
    for kind in kinds:
        print(f"names, {kind}", flush=True)
        with stage(kind) as on:
            on.fill_to(plan.people)
            with serve(on) as server:
                try:
                    measure(report, on, server, plan)
                except Exception as error:
                    report.fail(f"names in, {kind}", "", error)


def measure(report: Report, on: Stage, server: Server, plan: Plan) -> None:
    """A small file for the memory, the large one to its end, and the same once more."""
    desk = Desk(on, server)
    small = desk.check(made_file(plan.small, FIRST - plan.small))
    content = made_file(plan.large, FIRST)
    large = desk.check(content)
    check_rows(report, on.kind, small, large)
    desk.decide_all(large.run)
    with pushing(on, server, desk, large.run) as pushes:
        written = desk.job(large.run, "write")
    write_rows(report, on.kind, desk, written, pushes, large.run)
    same_rows(report, on.kind, desk, content)


def made_file(rows: int, first: int) -> bytes:
    """An XLSX of people of whom nobody has heard, eight columns wide."""
    places = {row["code"]: row["name"] for row in read_csv("regions.csv")}
    works = {row["code"]: row["label_id"] for row in read_csv("occupations.csv")}
    lines = []
    for person in People(17, first, rows, datetime.now(UTC)):
        data = {name: str(value) for name, value in person.data.items()}
        village = data["village_code"]
        place = (places[village[:8]], places[village], data["rt"])
        said = (data["full_name"], data.get("nik", ""), data["birth_date"], data["sex"])
        lines.append((*said, *place, works[data["occupation_code"]]))
    return b"".join(workbook([HEADERS], [lines], "nama"))


@dataclass(slots=True)
class Watched:
    """One job from its request on. ``gap`` is the longest time, in seconds, between two signs of
    it, ``still`` between two steps of its count; memory is in MB, of the served process and of
    the child that reads."""

    run: str
    request: float = 0
    seconds: float = 0
    gap: float = 0
    still: float = 0
    before: float = 0
    peak: float = 0
    child: float = 0
    state: str = ""


@dataclass(slots=True)
class Desk:
    """A supervisor's browser, and a look into the jobs' table beside it."""

    on: Stage
    server: Server
    client: Client = field(init=False)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(self.server.base)
        self.client.login("supervisor")
        url = self.on.url.replace("postgresql://", "postgresql+psycopg://", 1)
        self.engine = create_engine(url)

    def check(self, content: bytes) -> Watched:
        """Send a file, and watch until its last row is checked."""
        self.client.connection = None  # the server closes one that is idle for 65 s
        page = self.client.request("GET", "/intake/").body.decode()
        office = re.findall(r'name="office".*?<option value="([0-9a-f-]{36})"', page, re.S)[0]
        sent = {"office": office, "kind": "opd", "title": f"Daftar {uuid4().hex[:6]}"}
        body, kind = multipart(sent, content)
        watch = Watcher(self)
        answer = self.client.request("POST", "/intake/", body, Content_Type=kind)
        if answer.status != 303:
            raise RuntimeError(f"upload: {answer.status}")
        return watch.until_done(answer.headers["location"].rsplit("/", 1)[1])

    def job(self, run: str, kind: str) -> Watched:
        """Have the run written, and watch until its end."""
        self.client.connection = None  # the server closes one that is idle for 65 s
        watch = Watcher(self)
        form = "application/x-www-form-urlencoded"
        path = f"/intake/{run}/{kind}"
        answer = self.client.request("POST", path, b"known=1", Content_Type=form)
        if answer.status != 303:
            raise RuntimeError(f"{kind}: {answer.status}")
        return watch.until_done(run)

    def ask(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Rows of a statement."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def fates(self, run: str) -> dict[str, int]:
        """How many rows have each fate."""
        asked = "SELECT fate, count(*) FROM import_line WHERE run_id = :run GROUP BY fate"
        return {str(fate): int(str(n)) for fate, n in self.ask(asked, run=run)}

    def people(self) -> tuple[object, ...]:
        """How many people are registered, and the sum of their versions."""
        return self.ask("SELECT count(*), sum(ver) FROM worker")[0]

    def decide_all(self, run: str) -> None:
        """Have every open row written as new."""
        change = f"UPDATE import_line SET decision = 'new' WHERE run_id = :run AND {OPEN}"
        with self.engine.begin() as connection:
            connection.execute(text(change), {"run": run})


def multipart(fields: dict[str, str], content: bytes) -> tuple[bytes, str]:
    """A form with a file as browsers send it, and its content type."""
    edge = uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = 'Content-Disposition: form-data; name="file"; filename="nama.xlsx"'
    parts.append(f"--{edge}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n")
    whole = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
    return whole, f"multipart/form-data; boundary={edge}"


class Watcher:
    """Looks at a job's row and at the server's memory until the job ends."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.began, self.ended = desk, time.perf_counter(), False
        self.seen = Watched("", before=served(desk.server)[0])
        self.thread = threading.Thread(target=self.weigh, daemon=True)
        self.thread.start()

    def weigh(self) -> None:
        """Note the highest memory."""
        while not self.ended:
            own, child = served(self.desk.server)
            self.seen.peak = max(self.seen.peak, own)
            self.seen.child = max(self.seen.child, child)
            time.sleep(0.05)

    def until_done(self, run: str) -> Watched:
        """Wait for the end, noting each sign of life."""
        told = self.seen
        told.run, told.request = run, time.perf_counter() - self.began
        beat, done = "", -1
        heard = moved = time.perf_counter()
        asked = (
            "SELECT state, beat_at, done FROM import_job WHERE run_id = :run "
            "ORDER BY queued_at DESC, id DESC LIMIT 1"
        )
        while True:
            time.sleep(0.05)
            [(state, at, count)] = self.desk.ask(asked, run=run)
            now = time.perf_counter()
            ended = state not in ("queued", "running")
            if str(at) != beat or ended:
                told.gap, beat, heard = max(told.gap, now - heard), str(at), now
            if int(str(count)) != done or ended:
                told.still, done, moved = max(told.still, now - moved), int(str(count)), now
            if ended:
                break
        told.seconds, told.state, self.ended = now - self.began, str(state), True
        self.thread.join()
        return told


def served(server: Server) -> tuple[float, float]:
    """Resident MB of the served process, and of the largest process that it has started."""
    [worker] = psutil.Process(server.process.pid).children()
    sizes = [0.0]
    for child in worker.children():
        try:
            sizes.append(child.memory_info().rss / 2**20)
        except psutil.NoSuchProcess:
            continue
    return worker.memory_info().rss / 2**20, max(sizes)


@dataclass(slots=True)
class Pushes:
    """Seconds that each push waited, and what became of its saves."""

    alone: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)


@contextmanager
def pushing(on: Stage, server: Server, desk: Desk, run: str) -> Iterator[Pushes]:
    """Phones push into the village that is being written just now, one push after another; some
    pushes before it for comparison."""
    made = json.loads(on.python("-m", "bench.officers", str(PUSHERS), "0"))["pushers"]
    phones = {village: phone_of(server, user) for user, village in made}
    told, ended = Pushes(), threading.Event()
    people = iter(People(19, FIRST - 100_000, 50_000, datetime.now(UTC)))
    turns = sorted(phones)

    def once(times: list[float]) -> None:
        village = village_now(desk, run)
        at = max((code for code in turns if code <= village), default=turns[0])
        times.append(push(phones[at], village, people, told.statuses))

    def go_on() -> None:
        while not ended.is_set():
            once(told.beside)
            time.sleep(0.05)

    for _ in range(20):
        once(told.alone)
    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    yield told
    ended.set()
    thread.join()


def phone_of(server: Server, user: str) -> Phone:
    """A phone of this officer, known to the server."""
    phone = Phone(Client(server.base))
    phone.client.login(user)
    phone.register()
    return phone


def village_now(desk: Desk, run: str) -> str:
    """The village whose rows are written next; the first one where none is left."""
    waits = "run_id = :run AND decision = 'new' AND fate IS NULL"
    [(village,)] = desk.ask(f"SELECT min(village_code) FROM import_line WHERE {waits}", run=run)
    return str(village) if village else "18.04.04.1001"


def push(phone: Phone, village: str, people: Iterator[object], statuses: dict[str, int]) -> float:
    """Seconds that a push of some new people waits for its answer."""
    texts = []
    for _ in range(SAVES):
        data = {**next(people).data, "village_code": village}  # type: ignore[attr-defined]
        texts.append(phone.mutation({k: [None, v] for k, v in data.items()}, village))
    body = phone.envelope(texts)
    began = time.perf_counter()
    answer = phone.client.send_packed("/sync/v1/push", body)
    seconds = time.perf_counter() - began
    found = [r["status"] for r in answer.json["results"]] if answer.status == 200 else []
    for status in found or [str(answer.status)]:
        statuses[status] = statuses.get(status, 0) + 1
    return seconds


def check_rows(report: Report, kind: str, small: Watched, large: Watched) -> None:
    """Preview: its time, its memory, and whether it shows that it lives."""
    report.add(
        Row(
            f"names in: every row checked, {kind}",
            "",
            "≤ 10 s",
            f"{large.seconds:.1f} s, {large.request:.1f} s of it until the page answers",
            f"small file {small.seconds:.1f} s; {large.state}",
            large.seconds <= 10 and large.state == "done",
        )
    )
    report.add(
        Row(
            f"memory while checking, {kind}",
            "",
            "flat",
            f"{large.before:.0f} → {large.peak:.0f} MB, reading child {large.child:.0f} MB",
            f"small file {small.before:.0f} → {small.peak:.0f} MB, child {small.child:.0f} MB",
        )
    )
    still_row(report, f"checking, {kind}", large)


def still_row(report: Report, what: str, seen: Watched) -> None:
    """How long nothing moved."""
    report.add(
        Row(
            f"longest time without progress while {what}",
            "",
            "≤ 1 s",
            f"{seen.still:.2f} s; without a beat {seen.gap:.2f} s",
            passed=seen.still <= 1,
        )
    )


def write_rows(
    report: Report, kind: str, desk: Desk, seen: Watched, pushes: Pushes, run: str
) -> None:
    """Writing: its time, its memory, its progress, and the pushes beside it."""
    fates = desk.fates(run)
    report.add(
        Row(
            f"names in: written while a phone pushes, {kind}",
            "",
            "≤ 60 s",
            f"{seen.seconds:.1f} s, {fates}",
            f"memory {seen.before:.0f} → {seen.peak:.0f} MB; {seen.state}",
            seen.seconds <= 60 and seen.state == "done",
        )
    )
    still_row(report, f"writing, {kind}", seen)
    most = max(pushes.beside)
    middle = sorted(pushes.beside)[len(pushes.beside) // 2]
    report.add(
        Row(
            f"longest push of {SAVES} into the village being written, {kind}",
            "",
            "≤ 1 s",
            f"{most:.2f} s of {len(pushes.beside)}, median {middle:.2f} s, {pushes.statuses}",
            f"before: worst {max(pushes.alone):.2f} s of {len(pushes.alone)}",
            most <= 1 and set(pushes.statuses) == {"applied"},
        )
    )


def same_rows(report: Report, kind: str, desk: Desk, content: bytes) -> None:
    """The same file again: nothing changes."""
    before = desk.people()
    seen = desk.check(content)
    open_rows = desk.fates(seen.run).get("None", 0)
    written = desk.job(seen.run, "write")
    same = desk.people() == before
    report.add(
        Row(
            f"the same file again, {kind}",
            "",
            "0 changes",
            f"{'0 changes' if same else 'people changed'}, {desk.fates(seen.run)}",
            f"checked {seen.seconds:.1f} s, written {written.seconds:.1f} s; open {open_rows}",
            same and not open_rows,
        )
    )
