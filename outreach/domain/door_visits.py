"""What may come of a visit at a door, and what has to be told with it."""

from __future__ import annotations

from collections.abc import Mapping

from outreach.domain.lifecycle import AT_THE_DOOR
from outreach.domain.rules import is_date

DEAD, MET, MOVED = "meninggal", "bertemu", "pindah"
OUTCOMES = tuple(AT_THE_DOOR)
NOTE_MAX, TOLD_MAX, KPJ_DIGITS = 500, 100, 11
# What an outcome needs to be told with it, and what it may be told.
NEEDED = {"sudah_peserta": "kpj", "punya_majikan": "employer", MOVED: "to", DEAD: "source"}
OPTIONAL = {DEAD: frozenset({"date"})}
# The lifecycle's evidence by the member that tells it (data/lifecycle.csv).
EVIDENCE = {"to": "to_village"}
# Whoever is so at the door is to be seen no more; the others stay to be visited.
ENDS_VISITING = frozenset({DEAD, MOVED, "sudah_peserta", "punya_majikan", "tidak_bersedia"})


def detail_fault(outcome: str | None, detail: object) -> str | None:
    """The code of what is wrong with what was told beside an outcome, or None."""
    if detail is not None and not isinstance(detail, dict):
        return "visit_wrong"
    told: Mapping[str, object] = detail or {}
    needed = NEEDED.get(outcome or "")
    allowed = ({needed} if needed else set()) | OPTIONAL.get(outcome or "", frozenset())
    if set(told) - allowed:
        return "visit_wrong"
    if needed and not is_told(told.get(needed)):
        return f"visit_needs_{needed}"
    if needed == "kpj" and not is_kpj(str(told["kpj"])):
        return "visit_needs_kpj"
    day = told.get("date")
    return None if day is None or (isinstance(day, str) and is_date(day)) else "visit_wrong"


def is_told(value: object) -> bool:
    """True for a text that says something and is not too long."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= TOLD_MAX


def is_kpj(value: str) -> bool:
    """True for the digits of a membership number."""
    return len(value) == KPJ_DIGITS and value.isascii() and value.isdigit()


def evidence_of(detail: Mapping[str, object] | None) -> dict[str, object]:
    """What was told, by the names that the lifecycle asks for."""
    return {EVIDENCE.get(name, name): value for name, value in (detail or {}).items()}
