"""The count from outside, save by save: each stored once, taken as it was said, by who said it.

Imports nothing of the product; see outside.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tests.chaos.outside_store import (
    LIAR,
    Devices,
    Mutation,
    Report,
    Save,
    Stored,
)

VERDICTS = {"applied", "conflict", "held", "invalid"}


CALLED = "gone with a phone that the office has to call"


UNHEARD = "gone with a phone of which nobody had heard"


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


def id_at(seconds: float) -> str:
    """The least id of a device made at this time."""
    digits = f"{round(seconds * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}"
