"""Who may be enrolled as self-employed (BPU), and under which funder's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from outreach.domain.age import MIN_AGE, age_on, age_problem
from outreach.domain.rules import missing_for_proposal
from outreach.domain.worker_data import Data, list_at, text_at

Segment = Literal["PU", "BPU"]


@dataclass(frozen=True, slots=True)
class FundRules:
    """One funder's criteria of a year: ages, and vulnerability criteria of which one must hold."""

    min_age: int = MIN_AGE
    max_age: int = 64
    any_of: Sequence[str] = ()


def segment(data: Data) -> Segment | None:
    """PU for whoever's main work has a permanent employer, BPU for others; None if not asked."""
    relation = data.get("employment_relation")
    if relation is None:
        return None
    return "PU" if relation == "punya_majikan" else "BPU"


def obstacles(data: Data, today: date, fund: FundRules = FundRules()) -> list[str]:
    """Why the person cannot be proposed today, as codes; empty when nothing stands against it.

    Waits for the proposal to a fund.
    """
    codes = []
    if segment(data) == "PU":
        codes.append("dirujuk_pu")
    if data.get("already_member") in ("ya_pu", "ya_bpu"):
        codes.append("sudah_peserta")
    codes += _age_obstacles(data, today, fund)
    if fund.any_of and not set(fund.any_of) & set(list_at(data, "vulnerability_flags")):
        codes.append("kriteria_dana")
    if missing_for_proposal(data, today):
        codes.append("belum_lengkap")
    return codes


def _age_obstacles(data: Data, today: date, fund: FundRules) -> list[str]:
    born = text_at(data, "birth_date")
    problem = age_problem(born, today, fund.min_age)
    if problem:
        return [problem]
    age = age_on(born, today)
    return ["usia_dana"] if age is not None and age > fund.max_age else []
