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

    def value(self, name: str) -> Any:
        """What this mutation makes of a field; None where it leaves it alone."""
        pair = (self.body.get("set") or {}).get(name)
        return pair[1] if pair else None

    def seen(self, name: str) -> Any:
        """What the author saw in a field before."""
        pair = (self.body.get("set") or {}).get(name)
        return pair[0] if pair else None


@dataclass
class Stored:
    """Everything the server holds that matters here."""

    mutations: list[Mutation]
    workers: dict[str, tuple[str, dict[str, Any], bool]]
    devices: dict[str, dict[str, Any]]
    gaps: dict[str, list[tuple[int, int]]]
    missing: Counter[str]
    awaited: set[str]
    disputes: dict[str, list[Any]]
    files: set[str]


@dataclass
class Save:
    """One save as its driver saw it."""

    token: str
    kind: str
    phone: int
    said: bool = False
    row: str | None = None
    photo: bool = False


@dataclass
class Report:
    """What was found; ``faults`` are sentences by kind, empty when all is well."""

    saves: dict[str, Save]
    told: Counter[str]
    network: dict[str, int]
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    absent: list[Save] = field(default_factory=list)
    thrown: Counter[int] = field(default_factory=Counter)
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
    mutations = [
        Mutation(key, device, mid, row, status, bytes(payload), bytes(digest), body_of(payload))
        for key, device, mid, row, status, payload, digest in rows(
            link,
            "SELECT key, device_id, mid, row_id, status, payload, hash FROM mutation "
            "WHERE origin <> 'office' ORDER BY device_id, mid",
        )
    ]
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
            "replays": replays,
            "was": was,
            "emptied": bool(emptied),
        }
        for device, last, digest, replays, was, emptied in rows(
            link,
            "SELECT id, last_mid, last_hash, replays, was, was_empty FROM device "
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
    return Stored(mutations, workers, devices, gaps, missing, awaited, disputes, files)


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
            elif what == "end":
                ends[note["phone"]] = note
            elif what == "faults":
                report.network = note["counts"]
            else:
                report.told[what] += 1
                report.thrown[note.get("phone", 0)] += what in THROWN
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
            elif took and not held:
                report.blame("lost", f"{save.token}: {mutation.status}, but no worker", "I1")
            elif held and save.row and held != [save.row]:
                report.blame(
                    "doubled", f"{save.token}: row {held}, the screen said {save.row}", "I3"
                )
            if save.said and save.photo and not mutation.value("ktp_photo"):
                report.blame("photos", f"{save.token}: its photo is not in the save", "I1")
        if held and not found:
            report.blame("doubled", f"{save.token}: a worker without a mutation", "I3")


def check_edits(report: Report, stored: Stored) -> None:
    """Each remark: in exactly one mutation; not in the row only where somebody saw it first."""
    edits = by_value(stored.mutations, "notes")
    overwritten: dict[str | None, set[Any]] = defaultdict(set)
    for mutation in stored.mutations:
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


def check_absent(report: Report, stored: Stored, devices: Devices) -> None:
    """Saves that no mutation tells of: a phone's office must see as many numbers named as missing.
    Which save had which number nobody knows any more."""
    for phone, saves in by_phone(report.absent).items():
        named = sum(stored.missing[device] for device in devices[phone])
        report.told["named"] += min(named, len(saves))
        if len(saves) > named:
            for save in saves:
                words = f"{save.token}: called saved, no mutation ({save.row}); {named} named"
                report.blame("lost", words, "I1")


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
        token = mutation.value("full_name") or mutation.value("notes")
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


def of_kind(report: Report, kind: str) -> list[Save]:
    """The saves of one kind."""
    return [save for save in report.saves.values() if save.kind == kind]


def check_chains(report: Report, stored: Stored) -> None:
    """Each phone's numbers without unnamed holes, each hash the SHA-256 of what stands before."""
    own: dict[str, list[Mutation]] = defaultdict(list)
    for mutation in stored.mutations:
        own[mutation.device].append(mutation)
    for device, about in stored.devices.items():
        last, digest, holes = 0, b"", 0
        for mutation in own[device]:
            if mutation.mid != last + 1:
                holes += unnamed(range(last + 1, mutation.mid), stored.gaps[device])
            elif hashlib.sha256(digest + mutation.payload).digest() != mutation.hash:
                report.blame("chains", f"{device}: the chain breaks at {mutation.mid}", "I5")
            last, digest = mutation.mid, mutation.hash
        holes += unnamed(range(last + 1, about["last_mid"] + 1), stored.gaps[device])
        # A phone that went on as another device sends known keys under new numbers.
        if holes > (about["replays"] if about["was"] else 0):
            report.blame("chains", f"{device}: {holes} numbers are missing without a name", "I5")
        if last > about["last_mid"]:
            report.blame("chains", f"{device}: holds {last}, counts {about['last_mid']}", "I5")
        if last and last == about["last_mid"] and digest != about["last_hash"]:
            report.blame("chains", f"{device}: its last hash is another", "I5")


def unnamed(numbers: range, gaps: list[tuple[int, int]]) -> int:
    """How many of these numbers lie in no named gap."""
    return sum(not any(first <= n <= last for first, last in gaps) for n in numbers)


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
        if end["recorded"] != end["received"] or end["pending"]:
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
    thrown = report.thrown[end["phone"]]
    if len(emptied) > thrown:
        words = f"phone {end['phone']} began anew {len(emptied)} times, after {thrown} losses"
        report.blame("screens", words, "I5")
    began = max(emptied, default="")
    arrived = [mutation.device for mutation in stored.mutations if mutation.device in devices]
    # A device's id begins with the time at which its storage did.
    if end["recorded"] == sum(device >= began for device in arrived):
        return
    lives = "; ".join(
        f"{device} to {about['last_mid']}, after {about['was'] or 'none'}"
        f"{', emptied' if about['emptied'] else ''}"
        for device, about in sorted(stored.devices.items())
        if device in devices
    )
    words = f"phone {end['phone']} recorded {end['recorded']}, {len(arrived)} keys arrived: {lives}"
    report.blame("screens", words, "I5")


def count(url: str, blob_dir: Path, notes: Path) -> Report:
    """Everything compared with everything."""
    report, ends = read_notes(notes)
    stored = load(url, blob_dir)
    check_creates(report, stored)
    check_edits(report, stored)
    devices = devices_of(report, stored)
    check_absent(report, stored, devices)
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
    report.told.update({f"verdict {status}": n for status, n in verdicts.items()})
    return report


def sentences(report: Report) -> list[str]:
    """The result for a person: one line of sums, then whatever is wrong."""
    said = sum(save.said for save in report.saves.values())
    kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(report.network.items()))
    told = report.told
    kills = ", ".join(
        f"{n} {what.removeprefix('kill ')}"
        for what, n in sorted(told.items())
        if what.startswith("kill ")
    )
    wrong = {kind: len(report.faults.get(kind, [])) for kind in ("lost", "doubled")}
    other = sum(len(found) for kind, found in report.faults.items() if kind not in wrong)
    verdicts = ", ".join(
        f"{n} {what.removeprefix('verdict ')}"
        for what, n in sorted(told.items())
        if what.startswith("verdict ")
    )
    lines = [
        f"saves {said} (and {len(report.saves) - said} begun that no screen called saved), "
        f"faults {sum(report.network.values())} ({kinds}), kills: {kills or 'none'}, "
        f"restores {told['restore']}, versions {told['version']}, "
        f"storage thrown away {told[THROWN[0]]} times on purpose and "
        f"{told[THROWN[1]]} by the browser, "
        f"named as missing {told['named']} saves and {told['pictures named']} pictures, "
        f"lost {wrong['lost']}, doubled {wrong['doubled']}",
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
