"""Who belongs on which list, and what the list shows of a person. No I/O.

A fund's list has those whom the village checks or has confirmed, numbered, and apart from them
names to visit. A month's list has those who are proposed or enrolled: are they still there?
"""

from __future__ import annotations

from datetime import date
from typing import Literal, Protocol

from outreach.domain.age import turns_65
from outreach.domain.lifecycle import LIFECYCLE, ON_LISTS
from outreach.domain.nik import mask
from outreach.domain.worker_data import Data, object_at, text_at

Purpose = Literal["fund", "monthly"]
Part = Literal["main", "supplement", "visit"]
Gone = Literal["merged", "moved", "withdrawn", "erased", "left"]
VISIT = "visit"
WITHDREW = "tarik_persetujuan"
# Names that nobody may confirm yet: no consent, or facts are missing.
TO_VISIT = frozenset({"usulan", "draf"})
PROPOSED = frozenset(code for code, state in LIFECYCLE.states.items() if state.proposed)
# A month's list: nothing is paid for who is out of the programme.
CHECKED = PROPOSED - {"nonaktif"}
# The village's own word leads to these: such a name stays on the list that it was said on.
SAID = frozenset({"ditolak_pekon", "perbaikan_data", "meninggal", "pindah"})
STAYS: dict[str, frozenset[str]] = {
    "fund": ON_LISTS | SAID | PROPOSED,
    "monthly": PROPOSED | {"meninggal", "pindah"},
}
JOINS: dict[str, frozenset[str]] = {"fund": ON_LISTS, "monthly": CHECKED}
DOUBLES = frozenset({"nik_ganda", "nama_tgl_ganda"})
OTHER = "LAIN"


class Person(Protocol):
    """What a list asks of a worker's record."""

    @property
    def region_code(self) -> str: ...
    @property
    def status(self) -> str | None: ...
    @property
    def flags(self) -> str: ...
    @property
    def data(self) -> Data: ...
    @property
    def deleted_at(self) -> object: ...
    @property
    def merged_into(self) -> str | None: ...


def matter_of(purpose: str, fund: str | None, year: int, month: int | None) -> str:
    """What a list is about, in one word: a village has one open list for each."""
    return f"fund:{fund}:{year}" if purpose == "fund" else f"monthly:{year}-{month:02}"


def belongs(purpose: str, village: str, person: Person, *, listed: bool) -> bool:
    """True for who stands in the numbered part of a village's list; who is ``listed`` already
    stays there longer."""
    statuses = STAYS[purpose] if listed else JOINS[purpose]
    return lives_in(village, person) and person.status in statuses


def is_to_visit(purpose: str, village: str, person: Person) -> bool:
    """True for who stands among the names to visit."""
    return purpose == "fund" and lives_in(village, person) and person.status in TO_VISIT


def lives_in(village: str, person: Person) -> bool:
    """True for a living record of the village."""
    here = person.region_code == village
    return here and person.deleted_at is None and person.merged_into is None


def why_gone(village: str, person: Person) -> Gone:
    """Why somebody does not stand on the village's list any more."""
    if person.merged_into is not None:
        return "merged"
    if person.region_code != village:
        return "moved"
    return "withdrawn" if person.status == WITHDREW else "left"


def snapshot(person: Person, part: str, year: int) -> dict[str, object]:
    """What the list shows: of a name to visit no more than finds the person."""
    data = person.data
    place = {"name": text_at(data, "full_name"), "hamlet": text_at(data, "pemangku")}
    work = {"occupation": occupation(data)}
    if part == VISIT:
        return {**place, **work}
    return {
        **place,
        **work,
        "sex": text_at(data, "sex"),
        "birth_year": birth_year(data),
        "rt": text_at(data, "rt"),
        "nik": mask(text_at(data, "nik")) or None,
        "status": person.status,
        "flags": flags(person, year),
    }


def occupation(data: Data) -> str | None:
    """The occupation's code; in the person's own words where the list has none."""
    code = text_at(data, "occupation_code")
    return text_at(data, "occupation_text") or code if code == OTHER else code


def birth_year(data: Data) -> int | None:
    """The year of birth, also where only about that year is known."""
    born = text_at(data, "birth_date")
    if born:
        return int(born[:4])
    about = object_at(data, "birth_about").get("year")
    return about if isinstance(about, int) else None


def flags(person: Person, year: int) -> list[str]:
    """What a reader of the list should look at twice. ``year`` is the list's own, so that no clock
    changes a list."""
    found = []
    if DOUBLES.intersection(person.flags.split(",")):
        found.append("maybe_duplicate")
    born = text_at(person.data, "birth_date")
    if born and turns_65(born) <= date(year, 12, 31):
        found.append("soon_65")
    if person.data.get("domicile_same_as_ktp") is False:
        found.append("other_address")
    return found


def place_in_order(person: Person) -> tuple[str, str, str]:
    """Where a person stands among those who come onto a list together: by hamlet, RT and name."""
    data = person.data
    hamlet = text_at(data, "pemangku") or ""
    # Hamlets are counted or named: "2" comes before "10".
    counted = hamlet.zfill(6) if hamlet.isdigit() else hamlet.upper()
    return counted, text_at(data, "rt") or "", (text_at(data, "full_name") or "").upper()
