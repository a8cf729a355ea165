"""The transitions of a participant's status, read from ``data/lifecycle.csv``.

They bind decisions of people and of the system. The five statuses that follow from facts alone
move among themselves when the facts are corrected: see ``statuses.derive``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "lifecycle.csv"
START, ANY, BEFORE = "(none)", "any", "(state before)"
SYSTEM = frozenset({"sistem"})


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step. ``source`` is a status, "(none)" or "any"."""

    source: str
    target: str
    actor: str
    evidence: str


class Lifecycle:
    """The table of steps, asked by status."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self.transitions = tuple(
            Transition(row["from"], row["to"], row["actor"], row["evidence_required"])
            for row in rows
        )
        self._steps = {(step.source, step.target): step for step in self.transitions}
        named = {state for step in self.transitions for state in (step.source, step.target)}
        self.statuses = frozenset(named - {START, ANY, BEFORE})

    def step(
        self, current: str | None, target: str, before: str | None = None
    ) -> Transition | None:
        """The transition that leads from ``current`` (None: no record yet) to ``target``.

        ``before`` is the status that a wrongly reported death replaced.
        """
        if target not in self.statuses or (current is not None and current not in self.statuses):
            return None
        state = current or START
        if target == before and (state, BEFORE) in self._steps:
            return self._steps[state, BEFORE]
        exact = self._steps.get((state, target))
        if exact is not None or current is None or current == target:
            return exact
        return self._steps.get((ANY, target))

    def is_allowed(self, current: str | None, target: str, before: str | None = None) -> bool:
        """True when the table has the step."""
        return self.step(current, target, before) is not None

    def targets(self, current: str | None) -> list[str]:
        """Every status that may follow, in the table's order."""
        follow = dict.fromkeys(step.target for step in self.transitions)
        return [target for target in follow if self.is_allowed(current, target)]


def load(path: Path = FILE) -> Lifecycle:
    """The lifecycle shipped with the program."""
    with path.open(encoding="utf-8", newline="") as lines:
        return Lifecycle(csv.DictReader(lines))


LIFECYCLE = load()


def is_allowed(current: str | None, target: str, before: str | None = None) -> bool:
    """True when the shipped table lets ``target`` follow ``current``."""
    return LIFECYCLE.is_allowed(current, target, before)
