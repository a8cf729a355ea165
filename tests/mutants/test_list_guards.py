"""Each guard of a list's links, paper, desk and order, and of sheets, turned off, is missed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.mutants import list_desk, list_links, list_order, list_paper, sheets
from tests.mutants.phone import Mutant
from tests.mutants.rewriting import FAILED
from tests.support.database import ROOT

pytestmark = pytest.mark.prove
MODULES = (list_links, list_paper, list_desk, list_order, sheets)
MUTANTS = [mutant for module in MODULES for mutant in module.MUTANTS]
LIMIT_SECONDS = 1200

Ends = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def ends() -> Ends:
    """How the killer of each guard ended while it was off, all of them in one process."""
    command = [sys.executable, "-m", "tests.mutants.rewriting", *(one.__name__ for one in MODULES)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(lines) == len(MUTANTS), done.stdout[-3000:] + done.stderr[-1000:]
    return {line["guard"]: line for line in lines}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.guard.replace(" ", "-"))
def test_guard_is_missed(mutant: Mutant, ends: Ends) -> None:
    end = ends[mutant.guard]
    assert end["ended"] == FAILED, f"{mutant.killer}: {end['ended']} {end['why']}"
