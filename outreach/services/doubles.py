"""Pairs of rows that may be one person, found while a judgement is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from outreach.services.people import Person, from_row
from outreach.storage import queries_sync, queries_workers

if TYPE_CHECKING:
    from outreach.services.docket import Docket


def find(docket: Docket) -> None:
    """Pair rows that may be one person: the same NIK, or the same name and birth date."""
    changed = {
        p.id: p
        for p in docket.people.values()
        if p.facts_changed and not (p.deleted_at or p.merged_into)
    }
    if not changed:
        return
    pairs: dict[tuple[str, str], str] = {}
    doubled: set[str] = set()
    for reason, matches in (
        ("name_birth", same_names(docket, changed)),
        ("nik", same_niks(docket, changed)),
    ):
        for one, other in matches:
            pairs[min(one, other), max(one, other)] = reason
            flag = "nik_ganda" if reason == "nik" else "nama_tgl_ganda"
            for row_id in (one, other):
                if row_id in changed:
                    changed[row_id].doubles.add(flag)
                elif reason == "nik":
                    doubled.add(row_id)
    flag_stored(docket, doubled)
    queries_workers.add_pairs(
        docket.session,
        [
            {"a": a, "b": b, "reason": reason, "state": "open", "created_at": docket.court.now}
            for (a, b), reason in pairs.items()
        ],
    )


def flag_stored(docket: Docket, ids: set[str]) -> None:
    """Flag the stored rows whose NIK has just come a second time, in their own villages.

    Their numbers are taken beyond those reserved for this judgement's own changes.
    """
    missing = ids - docket.people.keys()
    found = [from_row(row) for row in queries_workers.full_rows(docket.session, missing)]
    docket.people.update((person.id, person) for person in found)
    new = [p for p in map(docket.people.__getitem__, ids) if "nik_ganda" not in p.flags]
    if not new:
        return
    wanted = Counter(person.region_code for person in new)
    docket.require(wanted)
    seqs = queries_sync.bump(docket.session, wanted)
    for person in sorted(new, key=lambda p: p.id):
        wanted[person.region_code] -= 1
        person.ver = seqs[person.region_code] - wanted[person.region_code]
        person.flags = ",".join(filter(None, (person.flags, "nik_ganda")))[:200]
        person.dirty = True


def same_niks(docket: Docket, changed: dict[str, Person]) -> list[tuple[str, str]]:
    """Pairs of ids that share a NIK."""
    by_nik: dict[str, set[str]] = {}
    for person in changed.values():
        if person.data.get("nik"):
            by_nik.setdefault(person.data["nik"], set()).add(person.id)
    queries_workers.lock_niks(docket.session, by_nik)
    for row_id, number in queries_workers.same_nik(docket.session, by_nik):
        if still(docket, row_id, changed):
            by_nik[number].add(row_id)
    return couples(by_nik.values(), changed)


def same_names(docket: Docket, changed: dict[str, Person]) -> list[tuple[str, str]]:
    """Pairs of ids that share name and birth date."""
    groups: dict[tuple[str, date], set[str]] = {}
    for person in changed.values():
        born = person.data.get("birth_date")
        if born:
            key = (person.name_key, date.fromisoformat(born))
            groups.setdefault(key, set()).add(person.id)
    found = queries_workers.same_name_birth(
        docket.session, {name for name, _ in groups}, {born for _, born in groups}
    )
    for row_id, name, born in found:
        if (name, born) in groups and still(docket, row_id, changed):
            groups[name, born].add(row_id)
    return couples(groups.values(), changed)


def still(docket: Docket, row_id: str, changed: dict[str, Person]) -> bool:
    """False for a row whose stored value this judgement is about to replace."""
    person = docket.people.get(row_id)
    return row_id not in changed and (
        person is None or not (person.deleted_at or person.merged_into)
    )


def couples(groups: Iterable[set[str]], changed: Collection[str]) -> list[tuple[str, str]]:
    """Each pair within a group of which at least one was changed."""
    return [
        (one, other)
        for group in groups
        if len(group) > 1
        for one in group
        if one in changed
        for other in group
        if one != other
    ]
