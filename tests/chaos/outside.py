"""Counts what became of every save, straight from the database, the disk and the drivers' notes.

Imports nothing of the product on purpose: a fault shared by the app and its tests cannot hide
here. Usage: ``python outside.py DATABASE_URL BLOB_DIR NOTES_DIR``; exits 1 and names what is lost
or doubled, or whatever else does not add up.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERDICTS = {"applied", "conflict", "held", "invalid"}
PHOTOS = ("ktp_photo", "face_photo")
LAWS = {
    "I1": "saves that a screen called saved are stored with verdict and pictures, or named",
    "I2": "villages that a phone shows as the server holds them",
    "I3": "saves that took effect once",
    "I4": "edits that stand, or were changed by somebody who had seen them, or are a conflict",
    "I5": "phones whose recorded is received and pending, in one chain without unnamed holes",
}
THROWN = ("storage thrown away", "storage deleted by the browser")
CLEARED = "site data cleared"
CALLED = "gone with a phone that the office has to call"
UNHEARD = "gone with a phone of which nobody had heard"
LIAR, LIE = "penipu", "bohong"  # who lies in the run, and what stands in all that he writes
# The office's list of phones to call: replaced by another of the same person, and nothing says that
# it goes on where this one stopped.
ENDED = """
SELECT d.id FROM device d WHERE d.kind = 'phone' AND d.recorded > 0 AND d.revoked_at IS NULL
AND EXISTS (SELECT 1 FROM device n WHERE n.user_id = d.user_id AND n.kind = 'phone'
            AND n.created_at > d.seen_at)
AND NOT EXISTS (SELECT 1 FROM device h WHERE h.was = d.id)
"""
SHOWN = 20
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


def check_creates(report: Report, stored: Stored) -> None:
    """Each registered person: exactly one create with a verdict, and one row where it took."""
    creates = by_value(stored.mutations, "full_name")
    people: dict[str, list[str]] = defaultdict(list)
    for worker, (_, data, there) in stored.workers.items():
        if there:
            people[data.get("full_name") or ""].append(worker)
    for save in of_kind(report, "create"):
        found, held = creates.get(save.token, []), people.get(save.token, [])
        if save.said and not found:
            report.absent.append(save)
        if len(found) > 1 or len(held) > 1:
            report.blame(
                "doubled", f"{save.token}: {len(found)} mutations, {len(held)} workers", "I3"
            )
        for mutation in found:
            took = mutation.status in ("applied", "conflict")
            if mutation.status not in VERDICTS:
                report.blame("lost", f"{save.token}: verdict {mutation.status!r}", "I1")
            elif (
                took and not held and save.token not in stored.disputes.get(mutation.row or "", [])
            ):
                report.blame("lost", f"{save.token}: {mutation.status}, but no worker", "I1")
            elif held and save.row and held != [save.row]:
                report.blame(
                    "doubled", f"{save.token}: row {held}, the screen said {save.row}", "I3"
                )
            if save.said and save.photo and not mutation.value("ktp_photo"):
                report.blame("photos", f"{save.token}: its photo is not in the save", "I1")
        # A lost save that the liar had copied is a registration of his own.
        if set(held) - {lie.row for lie in stored.lies if lie.user == LIAR} and not found:
            report.blame("doubled", f"{save.token}: a worker without a mutation", "I3")


def check_edits(report: Report, stored: Stored) -> None:
    """Each remark: in exactly one mutation; not in the row only where somebody saw it first."""
    edits = by_value(stored.mutations, "notes")
    overwritten: dict[str | None, set[Any]] = defaultdict(set)
    for mutation in stored.mutations + stored.lies:
        if mutation.status in ("applied", "conflict"):
            overwritten[mutation.row].add(mutation.seen("notes"))
    for save in of_kind(report, "edit"):
        found = edits.get(save.token, [])
        if save.said and not found:
            report.absent.append(save)
        if len(found) > 1:
            report.blame("doubled", f"{save.token}: {len(found)} mutations", "I3")
        for mutation in found:
            row = mutation.row or ""
            now = stored.workers.get(row, ("", {}, False))[1].get("notes")
            known = now == save.token or save.token in overwritten[mutation.row]
            known = known or save.token in stored.disputes.get(row, [])
            if mutation.status in ("applied", "conflict") and not known:
                report.blame("lost", f"{save.token}: taken, then gone unseen from {row}", "I4")


def check_lists(report: Report, stored: Stored) -> None:
    """Each decision and missing name: in exactly one mutation, and where it was taken a row that
    says the same, word by word, in the name of whoever said it."""
    by_token: dict[Any, list[Mutation]] = defaultdict(list)
    for mutation in stored.mutations:
        by_token[mutation.token()].append(mutation)
    for save in of_kind(report, "decision", "name"):
        found = by_token.get(save.token, [])
        if save.said and not found:
            report.absent.append(save)
        if len(found) > 1:
            report.blame("doubled", f"{save.token}: {len(found)} mutations", "I3")
        for mutation in found:
            check_said(report, stored, save, mutation)


def check_said(report: Report, stored: Stored, save: Save, mutation: Mutation) -> None:
    """One decision or name, with the row that it made."""
    author, row = stored.said.get(mutation.row or "", ("", {}))
    if mutation.status not in VERDICTS:
        report.blame("lost", f"{save.token}: verdict {mutation.status!r}", "I1")
    elif mutation.status == "applied" and not row:
        report.blame("lost", f"{save.token}: applied, but in no row", "I1")
    elif mutation.status == "applied" and author != mutation.user:
        report.blame("stolen", f"{save.token}: stands in the name of {author}", "I3")
    elif mutation.status == "applied" and any(
        row[name] != mutation.value(name) for name in row if mutation.value(name) is not None
    ):
        report.blame("lost", f"{save.token}: its row says something else", "I4")
    elif mutation.status != "applied" and author == mutation.user:
        report.blame("doubled", f"{save.token}: {mutation.status}, and in a row", "I3")


def check_absent(report: Report, stored: Stored, devices: Devices) -> None:
    """Saves that no mutation tells of: a phone's office must see as many numbers named as missing,
    or, where storage and cookie went together, that phone on its list. Which save had which number
    nobody knows any more."""
    taken = by_content(stored.lies)
    for phone, saves in by_phone(report.absent).items():
        named = sum(stored.missing[device] for device in devices[phone])
        unnamed = max(0, len(saves) - named)
        report.told["named"] += len(saves) - unnamed
        before = [save for save in saves if save.at < report.cleared.get(phone, 0)]
        older = replaced(report, stored, phone, devices)
        heard = any(stored.devices[device]["recorded"] for device in older)
        known = not heard or older & stored.ended
        if unnamed and unnamed <= len(before) and known:
            report.told[CALLED if heard else UNHEARD] += unnamed
            unnamed = 0
        if not report.spoken[phone] and (heard or phone not in report.cleared):
            report.blame("unsaid", f"phone {phone} never spoke of {len(saves)} losses", "I1")
        for save in saves if unnamed else ():
            words = f"{save.token}: called saved, no mutation ({save.row}); {named} named"
            report.blame("stolen" if save.token in taken else "lost", words, "I1")


def replaced(report: Report, stored: Stored, phone: int, devices: Devices) -> set[str]:
    """The devices of this phone's officer that were made before its data was cleared, without
    those under which another phone of the same officer sent: that one was heard of, this not."""
    cleared = id_at(report.cleared.get(phone, 0))
    officers = {stored.devices[device]["user"] for device in devices[phone]}
    others = {device for other, theirs in devices.items() if other != phone for device in theirs}
    found = {device for device, about in stored.devices.items() if about["user"] in officers}
    return {device for device in found - others if device < cleared}


def check_stolen(report: Report, stored: Stored) -> None:
    """Nothing of an honest phone stands for what somebody else sent, and no lie counts as its."""
    for device, mid in stored.strange:
        report.blame("stolen", f"{device}: number {mid} is somebody else's save", "I3")
    for lie in stored.lies:
        if lie.user != LIAR and lie.status in ("applied", "conflict"):
            report.blame("stolen", f"{lie.device}: lie {lie.mid} took effect as its own", "I3")


def by_content(lies: list[Mutation]) -> set[Any]:
    """Every value that a liar's mutations bring."""
    pairs = [pair for lie in lies for pair in (lie.body.get("set") or {}).values()]
    return {pair[1] for pair in pairs if isinstance(pair[1], str)}


def by_phone(saves: Iterable[Save]) -> dict[int, list[Save]]:
    """The saves of each phone."""
    found: dict[int, list[Save]] = defaultdict(list)
    for save in saves:
        found[save.phone].append(save)
    return found


def devices_of(report: Report, stored: Stored) -> Devices:
    """Under which devices each phone's saves came, what these follow, and what follows them."""
    tokens = {save.token: save.phone for save in report.saves.values()}
    devices: dict[int, set[str]] = defaultdict(set)
    for mutation in stored.mutations:
        token = mutation.token()
        if token in tokens:
            devices[tokens[token]].add(mutation.device)
    for found in devices.values():
        found |= {device for device, about in stored.devices.items() if about["was"] in found}
        found |= {about["was"] for device, about in stored.devices.items() if device in found}
        found.intersection_update(stored.devices)
    return devices


def by_value(mutations: Iterable[Mutation], name: str) -> dict[str, list[Mutation]]:
    """Mutations by what they make of a field; creates and edits of the same row alike."""
    found: dict[str, list[Mutation]] = defaultdict(list)
    for mutation in mutations:
        value = mutation.value(name)
        if value:
            found[value].append(mutation)
    return found


def of_kind(report: Report, *kinds: str) -> list[Save]:
    """The saves of some kinds."""
    return [save for save in report.saves.values() if save.kind in kinds]


def check_chains(report: Report, stored: Stored) -> None:
    """Each phone's numbers without unnamed holes, each hash the SHA-256 of what stands before."""
    for device, about in stored.devices.items():
        last, digest, holes = 0, b"", 0
        for mid, link, payload in stored.numbers.get(device, []):
            holes += unnamed(last + 1, mid - 1, stored.gaps[device])
            follows = mid == last + 1 and payload is not None and link and (digest or mid == 1)
            if follows and hashlib.sha256(digest + payload).digest() != link:
                report.blame("chains", f"{device}: the chain breaks at {mid}", "I5")
            last, digest = mid, link
        holes += unnamed(last + 1, about["last_mid"], stored.gaps[device])
        if holes:
            report.blame("chains", f"{device}: {holes} numbers are missing without a name", "I5")
        if last > about["last_mid"]:
            report.blame("chains", f"{device}: holds {last}, counts {about['last_mid']}", "I5")
        if last and last == about["last_mid"] and digest != about["last_hash"]:
            report.blame("chains", f"{device}: its last hash is another", "I5")


def unnamed(first: int, last: int, gaps: list[tuple[int, int]]) -> int:
    """How many of the numbers from ``first`` to ``last`` lie in no named gap."""
    count = 0
    for begin, end in sorted(gaps):
        count += max(0, min(begin - 1, last) - first + 1)
        first = max(first, end + 1)
    return count + max(0, last - first + 1)


def check_photos(report: Report, stored: Stored, devices: Devices) -> None:
    """Every picture that a row names lies on the disk with the content of its name. One that went
    with the storage of a phone is shown as missing."""
    phones = {row: phone for phone, row in saves_of(report, stored)}
    for worker, (_, data, _) in stored.workers.items():
        named = [data.get(name) for name in PHOTOS]
        named.append((data.get("consent") or {}).get("evidence"))
        emptied = emptied_of(stored, devices[phones.get(worker, 0)])
        for sha in set(filter(None, named)) - stored.files:
            if emptied and sha in stored.awaited:
                report.told["pictures named"] += 1
                continue
            words = f"{data.get('full_name')} ({worker}): {sha[:12]} is missing"
            report.blame("photos", words, "I1")


def saves_of(report: Report, stored: Stored) -> Iterable[tuple[int, str | None]]:
    """(phone, row) of each registration that arrived."""
    for mutation in stored.mutations:
        save = report.saves.get(mutation.value("full_name") or "")
        if save:
            yield save.phone, mutation.row


def emptied_of(stored: Stored, devices: set[str]) -> list[str]:
    """Of these devices, those that told the office that they began with an emptied storage."""
    return sorted(device for device in devices if stored.devices[device]["emptied"])


def check_screens(
    report: Report, stored: Stored, devices: Devices, ends: list[dict[str, Any]]
) -> None:
    """Each screen at the end: all it recorded was received, and it shows the server's people."""
    people = Counter(region for region, _, there in stored.workers.values() if there)
    phones = {save.phone for save in report.saves.values()}
    for phone in sorted(phones - {end["phone"] for end in ends}):
        report.blame("screens", f"phone {phone} never came to an end", "I5")
    for end in ends:
        phone = end["phone"]
        gone = gone_of(stored, devices[phone], began_of(report, stored, phone, devices[phone]))
        if end["pending"] or end["recorded"] - end["received"] > gone:
            report.blame("screens", f"phone {phone}: {end}", "I5")
        check_count(report, stored, end, devices[phone])
        for village, shown in end["villages"].items():
            if shown != people[village]:
                report.blame(
                    "screens",
                    f"phone {phone} shows {shown} in {village}, not {people[village]}",
                    "I2",
                )


def check_count(report: Report, stored: Stored, end: dict[str, Any], devices: set[str]) -> None:
    """A phone counts every save that came from it; one whose storage was emptied, and who says so
    to the office, counts from there on."""
    emptied = emptied_of(stored, devices)
    began = began_of(report, stored, end["phone"], devices)
    gone = end["recorded"] - end["received"]
    thrown = report.thrown[end["phone"]]
    if len(emptied) > thrown:
        words = f"phone {end['phone']} began anew {len(emptied)} times, after {thrown} losses"
        report.blame("screens", words, "I5")
    arrived = [mutation.device for mutation in stored.mutations if mutation.device in devices]
    if end["recorded"] == sum(device >= began for device in arrived) + gone:
        return
    lives = "; ".join(
        f"{device} to {about['last_mid']}, after {about['was'] or 'none'}"
        f"{', emptied' if about['emptied'] else ''}"
        for device, about in sorted(stored.devices.items())
        if device in devices
    )
    words = f"phone {end['phone']} recorded {end['recorded']}, {len(arrived)} keys arrived: {lives}"
    report.blame("screens", words, "I5")


def began_of(report: Report, stored: Stored, phone: int, devices: set[str]) -> str:
    """The least id of the devices under which a phone's present storage lived; an id begins with
    the time of its making. When the browser threw a storage away nobody noted: the present one
    began with the newest device that says it was empty, or that goes on where no other stopped.
    That is not asked of the others: a server restored to an older archive has forgotten devices,
    so that one whose forerunner is among them seems to begin anew."""
    if phone in report.began or not report.thrown[phone]:
        return id_at(report.began.get(phone, 0))
    fresh = [device for device in devices if stored.devices[device]["was"] is None]
    return max([*emptied_of(stored, devices), *fresh], default="")


def id_at(seconds: float) -> str:
    """The least id of a device made at this time."""
    digits = f"{round(seconds * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def gone_of(stored: Stored, devices: set[str], began: str) -> int:
    """Numbers of a phone's present storage that are named as missing: a restore took them."""
    return sum(stored.missing[device] for device in devices if device >= began)


def count(url: str, blob_dir: Path, notes: Path) -> Report:
    """Everything compared with everything."""
    report, ends = read_notes(notes)
    stored = load(url, blob_dir)
    check_creates(report, stored)
    check_edits(report, stored)
    check_lists(report, stored)
    devices = devices_of(report, stored)
    check_absent(report, stored, devices)
    check_stolen(report, stored)
    check_chains(report, stored)
    check_photos(report, stored, devices)
    check_screens(report, stored, devices, ends)
    said = [save for save in report.saves.values() if save.said]
    report.checked["I1"] = len(said)
    report.checked["I2"] = sum(len(end["villages"]) for end in ends)
    report.checked["I3"] = len(report.saves)
    report.checked["I4"] = len(of_kind(report, "edit"))
    report.checked["I5"] = len(stored.devices)
    verdicts = Counter(mutation.status for mutation in stored.mutations)
    report.told["of lists"] = sum(save.said for save in of_kind(report, "decision", "name"))
    report.told.update({f"verdict {status}": n for status, n in verdicts.items()})
    return report


def told_in(note: dict[str, Any], part: str) -> str:
    """Counts of a note in words."""
    return ", ".join(f"{name} {n}" for name, n in sorted(note.get(part, {}).items()))


def sentences(report: Report) -> list[str]:
    """The result for a person: one line of sums, then whatever is wrong."""
    said = sum(save.said for save in report.saves.values())
    kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(report.network.items()))
    told = report.told
    faults = sum(n for kind, n in report.network.items() if not kind.startswith("box said"))
    kills = ", ".join(
        f"{n} {what.removeprefix('kill ')}"
        for what, n in sorted(told.items())
        if what.startswith("kill ")
    )
    wrong = {kind: len(report.faults.get(kind, [])) for kind in ("lost", "doubled", "stolen")}
    other = sum(len(found) for kind, found in report.faults.items() if kind not in wrong)
    verdicts = ", ".join(
        f"{n} {what.removeprefix('verdict ')}"
        for what, n in sorted(told.items())
        if what.startswith("verdict ")
    )
    lines = [
        f"saves {said}, {told['of lists']} of them on a village's list "
        f"(and {len(report.saves) - said} begun that no screen called saved), "
        f"faults {faults} ({kinds}), kills: {kills or 'none'}, "
        f"restores {told['restore']} and {told['restore older']} of an older archive, "
        f"versions {told['version']}, "
        f"storage thrown away {told[THROWN[0]]} times on purpose and "
        f"{told[THROWN[1]]} by the browser, {told[CLEARED]} times with its cookies, "
        f"named as missing {told['named']} saves and {told['pictures named']} pictures, "
        f"{CALLED} {told[CALLED]}, {UNHEARD} {told[UNHEARD]}, "
        f"lost in silence {wrong['lost']}, doubled {wrong['doubled']}, stolen {wrong['stolen']}",
        f"lies {sum(report.lies.get('counts', {}).values())} ({told_in(report.lies, 'counts')}), "
        f"answered: {told_in(report.lies, 'told')}",
        f"verdicts: {verdicts}; everything else that does not add up: {other}",
    ]
    for law, what in LAWS.items():
        n = report.broken[law]
        lines.append(f"{law} {f'BROKEN {n} times' if n else 'holds'}: {report.checked[law]} {what}")
    for kind, found in report.faults.items():
        lines += [f"{kind}: {sentence}" for sentence in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(f"{kind}: … and {len(found) - SHOWN} more")
    return lines


def main(url: str, blob_dir: str, notes: str) -> int:
    """Print the result; 1 when anything is wrong."""
    report = count(url, Path(blob_dir), Path(notes))
    print("\n".join(sentences(report)), flush=True)
    return 1 if any(report.faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
