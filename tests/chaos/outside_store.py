"""What the count from outside reads: the database, the disk and the drivers' notes.

Imports nothing of the product; see outside.py.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

THROWN = ("storage thrown away", "storage deleted by the browser")


CLEARED = "site data cleared"


LIAR, LIE = "penipu", "bohong"  # who lies in the run, and what stands in all that he writes


# The office's list of phones to call: replaced by another of the same person, and nothing says that
# it goes on where this one stopped.
ENDED = """
SELECT d.id FROM device d WHERE d.kind = 'phone' AND d.recorded > 0 AND d.revoked_at IS NULL
AND EXISTS (SELECT 1 FROM device n WHERE n.user_id = d.user_id AND n.kind = 'phone'
            AND n.created_at > d.seen_at)
AND NOT EXISTS (SELECT 1 FROM device h WHERE h.was = d.id)
"""


Devices = dict[int, set[str]]
"""By phone, the ids of the devices under which its saves came."""


@dataclass
class Mutation:
    """One stored mutation of a phone, with its payload as the phone wrote it."""

    key: str
    device: str
    mid: int
    row: str | None
    status: str
    payload: bytes
    hash: bytes
    body: dict[str, Any]
    user: str

    def is_lie(self) -> bool:
        """Whether the liar wrote it, with his own phone or under the name of another."""
        pairs = (self.body.get("set") or {}).values()
        return self.user == LIAR or any(str(pair[1]).startswith(LIE) for pair in pairs)

    def value(self, name: str) -> Any:
        """What this mutation makes of a field; None where it leaves it alone."""
        pair = (self.body.get("set") or {}).get(name)
        return pair[1] if pair else None

    def token(self) -> Any:
        """What only this save says: a name, a remark, or the place to which somebody moved."""
        moved = (self.value("detail") or {}).get("to")
        return self.value("full_name") or self.value("notes") or moved or self.value("name")

    def seen(self, name: str) -> Any:
        """What the author saw in a field before."""
        pair = (self.body.get("set") or {}).get(name)
        return pair[0] if pair else None


@dataclass
class Stored:
    """Everything the server holds that matters here; ``numbers`` are links of each phone's chain:
    (number, hash, payload, or None where it is stored under another number). ``strange`` are
    numbers of a phone that stand for somebody else's save. ``ended`` are phones on the office's
    list that were replaced without a word."""

    mutations: list[Mutation]
    lies: list[Mutation]
    numbers: dict[str, list[tuple[int, bytes, bytes | None]]]
    strange: list[tuple[str, int]]
    ended: set[str]
    workers: dict[str, tuple[str, dict[str, Any], bool]]
    devices: dict[str, dict[str, Any]]
    gaps: dict[str, list[tuple[int, int]]]
    missing: Counter[str]
    awaited: set[str]
    disputes: dict[str, list[Any]]
    files: set[str]
    said: dict[str, tuple[str, dict[str, Any]]]  # by id of a row about a list: author, content


@dataclass
class Save:
    """One save as its driver saw it."""

    token: str
    kind: str
    phone: int
    said: bool = False
    row: str | None = None
    photo: bool = False
    at: float = 0.0  # when it was said last; seconds


@dataclass
class Report:
    """What was found; ``faults`` are sentences by kind, empty when all is well."""

    saves: dict[str, Save]
    told: Counter[str]
    network: dict[str, int]
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    absent: list[Save] = field(default_factory=list)
    thrown: Counter[int] = field(default_factory=Counter)
    spoken: Counter[int] = field(default_factory=Counter)
    cleared: dict[int, float] = field(default_factory=dict)  # by phone, when it lost everything
    began: dict[int, float] = field(default_factory=dict)  # when it was emptied on purpose
    lies: dict[str, dict[str, int]] = field(default_factory=dict)
    broken: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)

    def blame(self, kind: str, sentence: str, law: str) -> None:
        """Note one fault and the invariant that it breaks."""
        self.faults[kind].append(sentence)
        self.broken[law] += 1


def connect(url: str) -> Any:
    """An open DB-API connection to either database."""
    if url.startswith("sqlite"):
        import sqlite3

        return sqlite3.connect(url.split("///", 1)[1])
    import psycopg

    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))


def rows(connection: Any, statement: str) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    cursor = connection.cursor()
    cursor.execute(statement)
    return list(cursor.fetchall())


def body_of(payload: bytes) -> dict[str, Any]:
    """The mutation in a payload, also where the phone sent it as raw text; {} when unreadable."""
    try:
        body = json.loads(payload)
        raw = body.get("raw")
        return json.loads(raw) if isinstance(raw, str) else body
    except (ValueError, AttributeError):
        return {}


def as_json(value: Any) -> Any:
    """A JSON column as the driver hands it out: text or already read."""
    return json.loads(value) if isinstance(value, str | bytes) else value


def load(url: str, blob_dir: Path) -> Stored:
    """Read the database and hash every stored file."""
    with closing(connect(url)) as link:
        return read(link, files_of(blob_dir))


def read(link: Any, files: set[str]) -> Stored:
    """Everything that matters here, from an open connection."""
    found = [
        Mutation(*row[:5], bytes(row[5]), bytes(row[6]), body_of(row[5]), row[7])
        for row in rows(
            link,
            "SELECT m.key, device_id, mid, row_id, status, payload, hash, u.username "
            "FROM mutation m JOIN user_account u ON u.id = m.user_id "
            "WHERE origin <> 'office' ORDER BY device_id, mid",
        )
    ]
    numbers: dict[str, list[tuple[int, bytes, bytes | None]]] = defaultdict(list)
    for mutation in found:
        numbers[mutation.device].append((mutation.mid, mutation.hash, mutation.payload))
    for device, mid, digest in rows(link, "SELECT device_id, mid, hash FROM repeated_number"):
        numbers[device].append((mid, bytes(digest), None))
    strange = rows(
        link,
        "SELECT r.device_id, r.mid FROM repeated_number r JOIN device d ON d.id = r.device_id "
        "JOIN mutation m ON m.key = r.key WHERE m.user_id <> d.user_id",
    )
    workers = {
        worker: (region, as_json(data), gone is None)
        for worker, region, data, gone in rows(
            link, "SELECT id, region_code, data, deleted_at FROM worker"
        )
    }
    devices = {
        device: {
            "last_mid": last,
            "last_hash": bytes(digest or b""),
            "was": was,
            "emptied": bool(emptied),
            "user": user,
            "recorded": recorded,
        }
        for device, last, digest, was, emptied, user, recorded in rows(
            link,
            "SELECT id, last_mid, last_hash, was, was_empty, user_id, recorded FROM device "
            "WHERE kind = 'phone'",
        )
    }
    gaps: dict[str, list[tuple[int, int]]] = defaultdict(list)
    missing: Counter[str] = Counter()
    for device, first, last, state in rows(
        link, "SELECT device_id, from_mid, to_mid, state FROM named_gap"
    ):
        gaps[device].append((first, last))
        missing[device] += last - first + 1 if state != "closed" else 0
    awaited = {
        sha for (sha,) in rows(link, "SELECT sha256 FROM worker_blob WHERE arrived_at IS NULL")
    }
    disputes: dict[str, list[Any]] = defaultdict(list)
    for row, *values in rows(link, "SELECT worker_id, base, mine, theirs FROM conflict"):
        disputes[row] += [as_json(value) for value in values if value is not None]
    return Stored(
        mutations=[one for one in found if not one.is_lie()],
        lies=[one for one in found if one.is_lie()],
        numbers={device: sorted(links) for device, links in numbers.items()},
        strange=strange,
        ended={device for (device,) in rows(link, ENDED)},
        workers=workers,
        devices=devices,
        gaps=gaps,
        missing=missing,
        awaited=awaited,
        disputes=disputes,
        files=files,
        said=said_of_lists(link),
    )


SAID = ("lines", "verdict", "reason", "detail", "how", "over")


DECISIONS = """
SELECT d.id, u.username, d.lines, d.verdict, d.reason, d.detail, d.how, d."over"
FROM list_decision d JOIN user_account u ON u.id = d.author
"""


NAMES = "SELECT n.id, u.username, n.name FROM added_name n JOIN user_account u ON u.id = n.author"


def said_of_lists(link: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Each decision and missing name: who said it, and what it says."""
    found = {}
    for row, author, lines, verdict, reason, detail, how, over in rows(link, DECISIONS):
        whole = (as_json(lines), verdict, reason, as_json(detail), how, as_json(over))
        found[row] = (author, dict(zip(SAID, whole, strict=True)))
    for row, author, name in rows(link, NAMES):
        found[row] = (author, {"name": name})
    return found


def files_of(folder: Path) -> set[str]:
    """SHA-256 of every stored file's content."""
    return {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def read_notes(folder: Path) -> tuple[Report, list[dict[str, Any]]]:
    """The saves as the drivers noted them, and what each phone's screen said at the end."""
    report = Report({}, Counter(), {})
    ends: dict[int, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            note = json.loads(line)
            what = note["what"]
            if what in ("meant", "said"):
                save = report.saves.setdefault(
                    note["token"], Save(note["token"], note["kind"], note["phone"])
                )
                save.said = save.said or what == "said"
                save.row = note.get("row") or save.row
                save.photo = note.get("photo", False)
                save.at = note.get("at", 0.0)
            elif what == "end":
                ends[note["phone"]] = note
            elif what == "faults":
                report.network = note["counts"]
            elif what == "lies":
                report.lies = note
            else:
                report.told[what] += 1
                phone = note.get("phone", 0)
                report.thrown[phone] += what in THROWN
                report.spoken[phone] += what == "told on the phone"
                if what == CLEARED:
                    report.cleared[phone] = note["at"]
                if what in (CLEARED, THROWN[0]):
                    report.began[phone] = note["at"]
    return report, list(ends.values())
