"""The count from outside, phone by phone: chain of numbers, pictures, what its screen said.

Imports nothing of the product; see outside.py.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from tests.chaos.outside_saves import (
    id_at,
)
from tests.chaos.outside_store import (
    Devices,
    Report,
    Stored,
)

PHOTOS = ("ktp_photo", "face_photo")


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


def gone_of(stored: Stored, devices: set[str], began: str) -> int:
    """Numbers of a phone's present storage that are named as missing: a restore took them."""
    return sum(stored.missing[device] for device in devices if device >= began)
