"""A table that was edited outside comes home: which answers may come back in it.

What a cell does follows from what left, what stands in the register now, and what the file says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from outreach.domain.access import MASKED, settable_fields
from outreach.domain.doubts import doubts
from outreach.domain.merge import equal, merge_field
from outreach.domain.rulebook import FIELDS, RULES
from outreach.domain.rules import Error, check_together, fault
from outreach.domain.together import contradictions, group_of, with_partners
from outreach.domain.worker_data import Data

CellFate = Literal["same", "take", "clash"]
# Text, one of a list, yes or no, several, whole number, day: what one cell can hold.
KINDS = frozenset("sebmid")
# What the visit and the consent are, no cell changes.
SECTIONS_OUTSIDE = frozenset(map(RULES["sections"].index, ("kunjungan", "persetujuan")))
# The group of the NIK goes with a number that no sheet holds; a place is a code.
OUTSIDE = MASKED | {"nik_status", "nik_match", "nik_check", "ktp_village_code"}


def may_return(name: str) -> bool:
    """True for an answer that one open cell can hold and that no act of its own decides."""
    spec = FIELDS[name]
    is_plain = spec["t"] in KINDS and spec.get("re") != "sha"
    return is_plain and spec.get("g") not in SECTIONS_OUTSIDE and name not in OUTSIDE


def returning_fields(role: str) -> tuple[str, ...]:
    """The answers that this role may bring back in a sheet, in the form's order."""
    settable = settable_fields(role)
    return tuple(name for name in FIELDS if name in settable and may_return(name))


def merge_cell(base: object, theirs: object, ours: object) -> CellFate:
    """``same`` where the file changed nothing or the register has it already, ``take`` where only
    the file changed it, ``clash`` where both did and otherwise. Age and order decide nothing."""
    if equal(base, ours):
        return "same"
    return "clash" if (fate := merge_field(theirs, base, ours)) == "conflict" else fate


def cell_questions(data: Data, ours: Mapping[str, object]) -> dict[str, Error]:
    """The questions that a person answers before these cells are taken, by field: an answer that
    would go, since a cell is emptied by one slip, or one that looks wrong (``doubts``)."""
    doubtful = doubts({**data, **ours})
    questions = {name: doubtful[name] for name in ours if name in doubtful}
    erased = {name for name, value in ours.items() if value is None and data.get(name) is not None}
    return {**questions, **{name: fault("cell_emptied") for name in erased}}


def cell_contradictions(data: Data, ours: Mapping[str, object]) -> dict[str, Error]:
    """The cells that cannot stand beside another answer, by field. What a cell takes away by
    itself, as "no telephone" does the number, is gone by then."""
    pairs = with_partners(data, {name: (data.get(name), value) for name, value in ours.items()})
    after = {**data, **{name: value for name, (_, value) in pairs.items()}}
    errors = {name: error for name, error in check_together(after).items() if name in ours}
    torn = set(contradictions(after)) - set(contradictions(data))
    return {**errors, **{n: fault("cells_contradict") for n in ours if group_of(n) in torn}}
