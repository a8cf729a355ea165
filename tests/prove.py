"""The long proof: random lives on both databases, then every guard turned off once.

``python -m tests.prove`` prints progress, what happened in the lives, and for each guard the test
that missed it; it ends with 1 when anything was lost, doubled or not missed. ``--lives`` and
``--guards`` run one half; ``--seed N`` draws the lives of an earlier run again.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

import pytest

from tests.mutants import (
    attacker,
    identity,
    journals,
    list_desk,
    list_links,
    list_order,
    list_paper,
    lists,
    phone,
    server,
)

LIVES = ["tests/sync/test_machine.py", "tests/sync/test_list_machine.py", "-m", "prove"]
GUARDS = ["tests/mutants", "-m", "prove or not prove"]


class Collector:
    """Remembers how each test ended."""

    def __init__(self) -> None:
        self.ended: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test is over."""
        if report.failed or (report.when == "call" and report.passed):
            name = report.nodeid.rpartition("[")[2].rstrip("]")
            worse = self.ended.get(name) == "failed" or report.failed
            self.ended[name] = "failed" if worse else "passed"


def lives(seed: int) -> bool:
    """Run the random lives; False when an invariant broke."""
    print(f"random lives, seed {seed}", flush=True)
    return pytest.main([*LIVES, f"--hypothesis-seed={seed}", "--show-capture=no"]) == 0


def guards() -> bool:
    """Turn off every guard; False when one was not missed."""
    found = Collector()
    code = pytest.main([*GUARDS, "--show-capture=no"], plugins=[found])
    ours = [*server.MUTANTS, *identity.MUTANTS, *journals.MUTANTS, *attacker.MUTANTS]
    ours += lists.MUTANTS
    rows = [("server", mutant.guard, mutant.off, mutant.killer) for mutant in ours]
    others = [
        ("phone", phone),
        *(("lists", one) for one in (list_links, list_paper, list_desk, list_order)),
    ]
    rows += [
        (side, mutant.guard, mutant.off, mutant.killer)
        for side, module in others
        for mutant in module.MUTANTS
    ]
    print("\nGuard off → the test that missed it")
    missed = 0
    for side, guard, off, killer in rows:
        name = guard.replace(" ", "-")
        ends = [end for key, end in found.ended.items() if key == name]
        if side == "server":
            ends = [end for key, end in found.ended.items() if key.partition("-")[2] == name]
        killed = bool(ends) and set(ends) == {"passed"}
        missed += killed
        print(f"  {'✓' if killed else '✗ NOT MISSED'} {side}: {guard}: {off}\n      {killer}")
    print(f"\n{missed} of {len(rows)} guards turned off were missed by their test.")
    return code == 0 and missed == len(rows)


def main(arguments: list[str]) -> int:
    """0 when everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("--lives", action="store_true")
    parser.add_argument("--guards", action="store_true")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    wanted = parser.parse_args(arguments)
    both, began = wanted.lives == wanted.guards, time.monotonic()
    held = [lives(wanted.seed)] if both or wanted.lives else []
    held += [guards()] if both or wanted.guards else []
    print(f"\n{'Everything held' if all(held) else 'SOMETHING DID NOT HOLD'}", end=" ")
    print(f"({time.monotonic() - began:.0f} s).")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
