"""Each of the phone's guards, turned off, is missed by a named test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mutants.phone import MUTANTS, Mutant, mutated, run_killer

SOME = ("lineage", "from", "ver", "early ack", "view rule", "durable")
CASES = [
    pytest.param(
        mutant,
        id=mutant.guard.replace(" ", "-"),
        marks=[] if mutant.guard in SOME else [pytest.mark.prove],
    )
    for mutant in MUTANTS
]


@pytest.mark.parametrize("mutant", CASES)
def test_guard_is_missed(mutant: Mutant, tmp_path: Path) -> None:
    done = run_killer(mutant, mutated(mutant, tmp_path))
    counted = dict(re.findall(r"^# (pass|fail) (\d+)$", done.stdout, re.M))
    assert (counted["pass"], counted["fail"]) == ("0", "1"), done.stdout[-3000:] + done.stderr
