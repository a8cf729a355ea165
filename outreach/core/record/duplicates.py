"""Pairs of rows that may be one person, found while a judgement is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Set
from datetime import date

from outreach.core.record.judgement import Judgement
from outreach.core.record.worker_draft import WorkerDraft, from_row
from outreach.domain.duplicates import marks_of, reasons_of, shared
from outreach.domain.worker_data import text_at
from outreach.storage import queries_pairs, queries_sync, queries_worker_rows
from outreach.storage.queries_pairs import Pair


def find_duplicates(judgement: Judgement) -> None:
    """Pair rows that may be one person: the same NIK, or the same name and birth date.

    Of a name that hundreds have, a pair is made once: an address that is mended makes none.
    """
    changed = {
        p.id: p
        for p in judgement.people.values()
        if p.facts_changed and not (p.deleted_at or p.merged_into)
    }
    if not changed:
        return
    alike = {
        "name_birth": [g for g in same_names(judgement, changed) if len(g) > 1],
        "nik": [g for g in same_niks(judgement, changed) if len(g) > 1],
    }
    fresh = {person.id for person in changed.values() if person.looks_new}
    twins: dict[Pair, set[str]] = {}
    for reason, groups in alike.items():
        for one, other in couples(groups, fresh):
            twins.setdefault((min(one, other), max(one, other)), set()).add(reason)
    flag(judgement, changed, twins, set_apart(judgement, changed, twins))
    flag_paired(judgement, changed.keys() - fresh, alike)
    queries_pairs.add_pairs(
        judgement.session,
        [
            {
                "a": a,
                "b": b,
                "regency": judgement.regency,
                "reason": "nik" if "nik" in reasons else "name_birth",
                "state": "open",
                "created_at": judgement.context.now,
            }
            for (a, b), reasons in twins.items()
        ],
    )


def pair_by_word(judgement: Judgement, pairs: Collection[Pair]) -> None:
    """Have somebody look at records of which a person says that they are one, alike or not. What
    was decided before counts no more: somebody says so anew."""
    for one, other in pairs:
        queries_pairs.add_said(
            judgement.session,
            {
                "a": min(one, other),
                "b": max(one, other),
                "regency": judgement.regency,
                "reason": queries_pairs.SAID,
                "state": "open",
                "created_at": judgement.context.now,
            },
        )


def set_apart(
    judgement: Judgement, changed: dict[str, WorkerDraft], twins: dict[Pair, set[str]]
) -> set[Pair]:
    """Pairs that somebody said are two people on these very facts; nobody did of who is new here.
    Others on which somebody decided are asked about anew: something else is alike now."""
    apart: set[Pair] = set()
    anew: set[Pair] = set()
    new = {person.id for person in changed.values() if person.new}
    known = [pair for pair in twins if not new.intersection(pair)]
    session, regency = judgement.session, judgement.regency
    for pair, marks in queries_pairs.decided_apart(session, regency, known).items():
        own = changed[pair[0] if pair[0] in changed else pair[1]]
        alike = {mark for mark in marks_of(own.data) if mark.partition(":")[0] in twins[pair]}
        (apart if alike <= marks else anew).add(pair)
    queries_pairs.open_again(session, regency, anew)
    return apart


def settle(judgement: Judgement, one: str, other: str, state: str) -> set[str]:
    """Remember what the desk decided on two records: merged, or different. Answers the marks of
    what both say alike; without any there is nothing to remember but an earlier pair."""
    marks = shared(judgement.people[one].data, judgement.people[other].data)
    decision = {
        "state": state,
        "decided_at": judgement.context.now,
        "decided_by": judgement.context.actor.user_id,
        "decided_on": " ".join(sorted(marks)),
    }
    reason = reasons_of(marks)[0] if marks else ""
    pair = (min(one, other), max(one, other))
    queries_pairs.decide(judgement.session, judgement.regency, pair, decision, reason)
    return marks


def flag(
    judgement: Judgement,
    changed: dict[str, WorkerDraft],
    twins: dict[Pair, set[str]],
    apart: set[Pair],
) -> None:
    """Mark the changed rows. A NIK that two people have stays marked: one of them is wrong."""
    doubled: set[str] = set()
    for pair, reasons in twins.items():
        for row_id in pair:
            if row_id not in changed:
                doubled |= {row_id} if "nik" in reasons else set()
                continue
            if "nik" in reasons:
                changed[row_id].doubles.add("nik_ganda")
            if "name_birth" in reasons and pair not in apart:
                changed[row_id].doubles.add("nama_tgl_ganda")
    flag_stored(judgement, doubled)


def flag_paired(
    judgement: Judgement, paired: Set[str], alike: Mapping[str, list[set[str]]]
) -> None:
    """Mark changed rows as before, whose pairs were made and whose marks stayed."""
    for group in alike["nik"]:
        for row_id in group & paired:
            judgement.people[row_id].doubles.add("nik_ganda")
    groups = [group for group in alike["name_birth"] if group & paired]
    ids = set().union(*groups)
    far: dict[str, set[str]] = {}
    for pair, marks in queries_pairs.apart_between(
        judgement.session, judgement.regency, ids, ids
    ).items():
        if any(mark.startswith("name_birth:") for mark in marks):
            for own, other in (pair, pair[::-1]):
                far.setdefault(own, set()).add(other)
    for group in groups:
        for row_id in group & paired:
            if len(group) - 1 > len(far.get(row_id, set()) & group):
                judgement.people[row_id].doubles.add("nama_tgl_ganda")


def flag_stored(judgement: Judgement, ids: set[str]) -> None:
    """Flag the stored rows whose NIK has just come a second time, in their own villages.

    Their numbers are taken beyond those reserved for this judgement's own changes.
    """
    missing = ids - judgement.people.keys()
    rows = queries_worker_rows.full_rows(judgement.session, judgement.regency, missing)
    found = [from_row(row) for row in rows]
    judgement.people.update((person.id, person) for person in found)
    new = [p for p in map(judgement.people.__getitem__, ids) if "nik_ganda" not in p.flags]
    if not new:
        return
    wanted = Counter(person.region_code for person in new)
    judgement.require(wanted)
    seqs = queries_sync.bump(judgement.session, judgement.regency, wanted)
    for person in sorted(new, key=lambda p: p.id):
        wanted[person.region_code] -= 1
        person.ver = seqs[person.region_code] - wanted[person.region_code]
        person.flags = ",".join(filter(None, (person.flags, "nik_ganda")))[:200]
        person.dirty = True


def same_niks(judgement: Judgement, changed: dict[str, WorkerDraft]) -> list[set[str]]:
    """Ids that share a NIK, for each NIK."""
    by_nik: dict[str, set[str]] = {}
    for person in changed.values():
        number = text_at(person.data, "nik")
        if number:
            by_nik.setdefault(number, set()).add(person.id)
    session = judgement.session
    queries_worker_rows.lock_niks(session, by_nik)
    for row_id, number in queries_worker_rows.same_nik(session, judgement.regency, by_nik):
        if still(judgement, row_id, changed):
            by_nik[number].add(row_id)
    return list(by_nik.values())


def same_names(judgement: Judgement, changed: dict[str, WorkerDraft]) -> list[set[str]]:
    """Ids that share name and birth date, for each of these."""
    groups: dict[tuple[str, date], set[str]] = {}
    for person in changed.values():
        birth = text_at(person.data, "birth_date")
        if birth:
            key = (person.name_key, date.fromisoformat(birth))
            groups.setdefault(key, set()).add(person.id)
    names, births = {name for name, _ in groups}, {born for _, born in groups}
    found = queries_worker_rows.same_name_birth(judgement.session, judgement.regency, names, births)
    for row_id, name, born in found:
        if (name, born) in groups and still(judgement, row_id, changed):
            groups[name, born].add(row_id)
    return list(groups.values())


def still(judgement: Judgement, row_id: str, changed: dict[str, WorkerDraft]) -> bool:
    """False for a row whose stored value this judgement is about to replace."""
    person = judgement.people.get(row_id)
    return row_id not in changed and (
        person is None or not (person.deleted_at or person.merged_into)
    )


def couples(groups: Iterable[set[str]], new: Collection[str]) -> list[tuple[str, str]]:
    """Each pair within a group of which at least one is among these."""
    return [
        (one, other)
        for group in groups
        for one in group
        if one in new
        for other in group
        if one != other
    ]
