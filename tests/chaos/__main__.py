"""``python -m tests.chaos``: phones, bad network, a dying server, and a count from outside."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.liar import NAME, LiarBeside
from tests.chaos.notes import Notes, read_notes
from tests.chaos.phone import Plan, profile_of
from tests.chaos.proxy import Proxy
from tests.chaos.server import Host, make_versions
from tests.support.browser import kill_browser
from tests.support.database import ROOT, postgres_server, swap_database

HEAD = "peratin"  # the demo's head of the village with the list
SILENT = 700  # seconds after which a phone that writes nothing is given up
EVENTS = {
    "kill": 4,
    "back up": 3,
    "restore": 2,
    "restore older": 1,
    "version": 2,
    "fair weather": 1,
}


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--saves", type=int, default=2000, help="saves that a screen called saved")
    parser.add_argument("--phones", type=int, default=4)
    parser.add_argument("--decisions", type=int, default=60, help="saves of a head on a list")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.3, help="share of sync requests hurt")
    parser.add_argument("--pause", type=float, default=25, help="seconds between server events")
    parser.add_argument("--keep", type=Path, help="keep everything in this folder")
    return parser.parse_args()


def working_folder(keep: Path | None) -> Path:
    """Where profiles, database and notes of the run lie."""
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="jangkau-chaos-"))
    keep.mkdir(parents=True)
    return keep


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """(address of an empty database, address of its server where it has one)."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'app.sqlite3'}", ""
        return
    import psycopg

    with postgres_server() as server:
        with psycopg.connect(server, autocommit=True) as link:
            link.execute("DROP DATABASE IF EXISTS live WITH (FORCE)")
            link.execute("CREATE DATABASE live")
        live = swap_database(server, "live").replace("postgresql://", "postgresql+psycopg://", 1)
        yield live, server


class Run:
    """One run: who takes part, and what happens to the server meanwhile."""

    def __init__(self, wanted: argparse.Namespace, folder: Path) -> None:
        self.wanted, self.folder = wanted, folder
        self.random = random.Random(wanted.seed)
        self.notes_folder = folder / "notes"
        self.notes_folder.mkdir()
        self.notes = Notes(self.notes_folder / "server.jsonl")
        self.phones: list[subprocess.Popen[bytes]] = []
        self.ahead: list[str] = []
        self.started = time.monotonic()

    def go(self, host: Host, proxy: Proxy) -> bool:
        """Everything until each phone has said its last; False when one could not."""
        liar = LiarBeside(lambda: host.server.url, self.wanted.seed)
        proxy.overhear = liar.wire.heard.hear
        self.start_phones(proxy)
        liar.start()
        host.back_up(verified=False)
        self.notes.write("backup")
        while not self.all_told("enough") and self.alive():
            self.say_progress()
            if self.wait(self.random.uniform(0.4, 1.6) * self.wanted.pause):
                break
            self.happen(host, proxy)
        liar.stop()
        self.notes.write("lies", counts=dict(liar.tally), told=dict(liar.wire.told))
        proxy.calm()
        (self.notes_folder / "calm").touch()
        self.say(f"all saved after {self.seconds()} s; the network is calm")
        while not self.all_told("sent") and self.alive():
            self.wait(5, "sent")
        (self.notes_folder / "quiet").touch()
        codes = [phone.wait() for phone in self.phones]
        self.notes.write("faults", counts=dict(proxy.counts), passed=proxy.passed)
        return not any(codes)

    def start_phones(self, proxy: Proxy) -> None:
        """One process a phone; the last two belong to one officer, and the head has another."""
        count = self.wanted.phones
        shares = [self.wanted.saves // count] * count
        shares[0] += self.wanted.saves - sum(shares)
        names = ["petugas", *officers_of(count)]
        for number, share in enumerate(shares, 1):
            self.start_phone(proxy, number, share, names[min(number, len(names)) - 1])
        if self.wanted.decisions:
            self.start_phone(proxy, count + 1, self.wanted.decisions, HEAD, role="head")

    def start_phone(
        self, proxy: Proxy, number: int, share: int, username: str, role: str = "officer"
    ) -> None:
        """One phone, in a process of its own."""
        plan = Plan(
            number=number,
            url=f"http://127.0.0.1:{proxy.port}",
            username=username,
            share=share,
            seed=self.random.randrange(2**32),
            folder=str(self.folder),
            notes=str(self.notes_folder),
            role=role,
        ).store()
        log = (self.folder / f"phone-{number}.log").open("wb")
        command = [sys.executable, "-m", "tests.chaos.run_phone", str(plan)]
        self.phones.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log))

    def end_phones(self) -> None:
        """Whoever still runs after a failure goes, with the browser."""
        for number, phone in enumerate(self.phones, 1):
            if phone.poll() is None:
                phone.kill()
                kill_browser(profile_of(self.folder, number))

    def happen(self, host: Host, proxy: Proxy) -> None:
        """One thing that befalls the server."""
        self.ahead = self.ahead or self.shuffled()
        event = self.ahead.pop()
        if event == "kill":
            host.server.kill()
            time.sleep(self.random.choice([0, 0, 1, 5]))
            host.server.start()
            self.notes.write("kill server")
        elif event == "back up":
            verified = self.random.random() < 0.6
            host.back_up(verified)
            self.notes.write("verified backup" if verified else "backup")
        elif event.startswith("restore"):
            older = event == "restore older" and host.has_older()
            host.restore(older)
            self.notes.write("restore older" if older else "restore")
        elif event == "version":
            host.next_version()
            self.notes.write("version")
        else:
            proxy.quiet = True
            self.wait(8)
            proxy.quiet = False

    def shuffled(self) -> list[str]:
        """Every event as often as its weight says, in a random order."""
        found = [event for event, weight in EVENTS.items() for _ in range(weight)]
        self.random.shuffle(found)
        return found

    def told(self, what: str) -> int:
        """How many notes of a kind there are."""
        return sum(note["what"] == what for note in read_notes(self.notes_folder))

    def all_told(self, what: str) -> bool:
        """Whether every phone has written this."""
        return self.told(what) >= len(self.phones)

    def wait(self, seconds: float, what: str = "enough") -> bool:
        """Wait; True as soon as every phone has written ``what``."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.all_told(what):
                return True
            time.sleep(1)
        return False

    def alive(self) -> bool:
        """Whether every phone still runs and writes."""
        newest = max(path.stat().st_mtime for path in self.notes_folder.glob("*.jsonl"))
        for phone in self.phones:
            if phone.poll() not in (None, 0):
                return False
        return time.time() - newest < SILENT

    def seconds(self) -> int:
        """How long the run has taken so far."""
        return round(time.monotonic() - self.started)

    def say(self, words: str) -> None:
        """A line for whoever watches."""
        sys.stdout.write(words + "\n")
        sys.stdout.flush()

    def say_progress(self) -> None:
        """How far the phones are."""
        wanted = self.wanted.saves + self.wanted.decisions
        self.say(f"{self.seconds():5} s  saved {self.told('said')} of {wanted}")


def keep_rows(url: str, folder: Path) -> None:
    """Every table of a database that ends with the run, a file of JSON lines each."""
    import psycopg
    from psycopg import sql

    folder.mkdir()
    listed = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://")) as link:
        for (name,) in link.execute(listed).fetchall():
            rows = sql.SQL("SELECT row_to_json(t)::text FROM {} t").format(sql.Identifier(name))
            lines = [row for (row,) in link.execute(rows)]
            (folder / f"{name}.jsonl").write_text("\n".join(lines))


def officers_of(phones: int) -> list[str]:
    """Names of the officers besides the demo's own: one phone less than there are phones."""
    return [f"relawan{number}" for number in range(2, phones)]


def main() -> int:
    """Run, then count from outside in a process of its own."""
    wanted = read_arguments()
    folder = working_folder(wanted.keep)
    with database(wanted.database, folder) as (url, server):
        host = Host(url, folder, make_versions(folder), server)
        host.prepare([*officers_of(wanted.phones), NAME], wanted.decisions)
        host.server.start()
        proxy = Proxy(host.server.port, wanted.seed, wanted.rate)
        proxy.start()
        run = Run(wanted, folder)
        run.say(f"everything of this run lies in {folder}")
        try:
            finished = run.go(host, proxy)
        finally:
            run.end_phones()
            proxy.stop()
        what = [url, str(host.blobs), str(run.notes_folder)]
        command = [sys.executable, "-m", "tests.chaos.outside", *what]
        code = subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode
        if server and (code or not finished):
            keep_rows(url, folder / "rows")
        said, seconds = run.told("said"), run.seconds()
        run.say(f"{wanted.database}, seed {wanted.seed}: {said} saves in {seconds} s")
        host.server.kill()
    failed = code or int(not finished)
    if failed:
        run.say(f"everything of it is kept in {folder}")
    elif not wanted.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
