"""Answers that only mean something together, and two records of one person made one.

A telephone number beside "no telephone", or a NIK beside "not yet recorded", is what comes of
moving answers one by one. A group moves whole, or it is a conflict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from outreach.domain.merge import equal
from outreach.domain.rulebook import FIELDS
from outreach.domain.worker_data import Data, Pair

Side = Literal["survivor", "loser"]

GROUPS: dict[str, tuple[str, ...]] = {
    "nik": ("nik", "nik_status", "nik_match", "nik_check", "ktp_photo"),
    "birth": ("birth_date", "sex"),
    "address": (
        "village_code",
        "address_line",
        "pemangku",
        "rt",
        "rw",
        "postal_code",
        "domicile_same_as_ktp",
        "domicile_since",
        "ktp_village_code",
        "ktp_village_text",
    ),
    "phone": ("phone", "no_phone", "phone_owner", "has_whatsapp"),
    "occupation": ("occupation_code", "occupation_text", "occupation2_code"),
    "employer": ("employment_relation", "employer_name"),
    "work_place": ("work_location", "work_location_text"),
    "income": ("monthly_income", "income_said"),
    "membership": ("already_member", "kpj"),
    "consent": ("consent", "consent_withdrawn", "facts_from", "informant"),
}
# Facts of the visit, not of the person: each record keeps its own, and nobody chooses.
OF_VISIT = frozenset({"captured_at", "gps", "source_list", "household_id", "visit_id"})
NO_NIK = frozenset({"belum_rekam", "hilang_dicari", "tidak_terbaca"})


def group_of(name: str) -> str:
    """The group that a field moves with; a field without a group is its own."""
    return next((group for group, names in GROUPS.items() if name in names), name)


def choices() -> dict[str, tuple[str, ...]]:
    """Fields by group, in the form's order: what is chosen between where two records differ."""
    groups: dict[str, tuple[str, ...]] = {}
    for name in FIELDS:
        if name not in OF_VISIT:
            groups.setdefault(group_of(name), GROUPS.get(group_of(name), (name,)))
    return groups


@dataclass(slots=True)
class Joined:
    """The result of a merge for the survivor: new values (None removes), and the fields whose other
    value nobody has decided on."""

    inherited: dict[str, object] = field(default_factory=dict)
    clashes: list[str] = field(default_factory=list)


def join(survivor: Data, loser: Data, chosen: Mapping[str, Side]) -> Joined:
    """One record out of two: per group what was ``chosen``; else what only one has said; where
    both have said something else, the survivor's stands and the other is a clash."""
    joined = Joined({n: loser[n] for n in OF_VISIT if n in loser and n not in survivor})
    for group, names in choices().items():
        if not differs(group, survivor, loser):
            continue
        side = chosen.get(group) or fuller(names, survivor, loser)
        if side == "loser":
            joined.inherited |= taken(names, survivor, loser)
        elif side is None:
            joined.clashes += said_otherwise(names, survivor, loser)
    return joined


def differs(group: str, one: Data, other: Data) -> bool:
    """True where two records answer a group differently. Of two consents only what was agreed
    counts: each has its own proof and time."""
    names = GROUPS.get(group, (group,))
    if group == "consent":
        one, other = agreed(one), agreed(other)
    return not all(equal(one.get(name), other.get(name)) for name in names)


def agreed(data: Data) -> dict[str, object]:
    """A consent without its proof and time."""
    consent = data.get("consent")
    purposes = consent.get("purposes") if isinstance(consent, dict) else None
    return {**data, "consent": purposes}


def needs_choice(group: str, one: Data, other: Data) -> bool:
    """True where each record says something of a group that the other does not."""
    names = GROUPS.get(group, (group,))
    return differs(group, one, other) and fuller(names, one, other) is None


def fuller(names: tuple[str, ...], survivor: Data, loser: Data) -> Side | None:
    """The record that says all that the other says, and more; None where each says its own."""
    if not said_otherwise(names, loser, survivor):
        return "loser"
    return None if said_otherwise(names, survivor, loser) else "survivor"


def said_otherwise(names: tuple[str, ...], stays: Data, goes: Data) -> list[str]:
    """Fields that ``goes`` answers, and ``stays`` otherwise or not at all."""
    return [n for n in names if goes.get(n) is not None and not equal(stays.get(n), goes[n])]


def taken(names: tuple[str, ...], survivor: Data, loser: Data) -> dict[str, object]:
    """The loser's answers of a group, where they differ; None for those it does not have."""
    return {n: loser.get(n) for n in names if not equal(survivor.get(n), loser.get(n))}


def present(data: Data) -> dict[str, object]:
    """The answers that are there."""
    return {name: value for name, value in data.items() if value is not None}


def with_partners(data: Data, changes: Mapping[str, Pair]) -> dict[str, Pair]:
    """The changes, and what they contradict taken away: who writes a NIK has one, who writes "no
    telephone" leaves no number behind. A field that the changes set themselves stays as set."""
    after = {name: pair[1] for name, pair in changes.items()}
    answers: dict[str, object] = {}
    if after.get("phone") is not None and data.get("no_phone"):
        answers["no_phone"] = None
    if after.get("no_phone") is True:
        answers |= dict.fromkeys(("phone", "phone_owner", "has_whatsapp"))
    if after.get("nik") is not None and data.get("nik_status") in NO_NIK:
        answers["nik_status"] = "ada"
    if after.get("nik_status") in NO_NIK:
        answers |= dict.fromkeys(("nik", "nik_match", "nik_check"))
    partners = {
        name: (data.get(name), value)
        for name, value in answers.items()
        if name not in changes and not equal(data.get(name), value)
    }
    return {**changes, **partners}


def contradictions(data: Data) -> list[str]:
    """Groups in which a record says two things that cannot both be."""
    groups = []
    if data.get("phone") is not None and data.get("no_phone") is True:
        groups.append("phone")
    if data.get("nik") is not None and data.get("nik_status") in NO_NIK:
        groups.append("nik")
    return groups
