"""The one machine behind a participant's status: which steps there are, who takes them, on what
evidence.

States and steps are data (``data/statuses.csv``, ``data/lifecycle.csv``); this module reads and
asks them, and knows nobody's record. What the facts of a record say is ``statuses.facts_say``; that
a step is taken, and kept in the history, is ``core.record.status_steps``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
START, ANY, BEFORE, SAME = "(none)", "any", "(state before)", "(same)"
SYSTEM = "system"
FACTS, CORRECTED = "facts", "corrected"
# What a village may say of a name on its list, each a rule of the table.
VILLAGE_SAYS = (
    "layak",
    "meninggal",
    "pindah",
    "tidak_bekerja",
    "ganda",
    "punya_majikan",
    "tidak_bersedia",
    "data_salah",
    "tunda",
)
# In which states a name stands on an open list, or on a signed one that gets a new version.
ON_LISTS = frozenset({"verifikasi_pekon", "terverifikasi"})
# What may come of a visit, each a rule of the table, and the states in which there are visits.
AT_THE_DOOR = {
    "bertemu": "door_bertemu",
    "tidak_di_rumah": "door_tidak_di_rumah",
    "tidak_bersedia": "door_tidak_bersedia",
    "pindah": "pindah",
    "meninggal": "meninggal",
    "sudah_peserta": "door_sudah_peserta",
    "punya_majikan": "door_punya_majikan",
}
VISITED = frozenset(
    {"usulan", "draf", "calon", "verifikasi_pekon", "terverifikasi"}
    | {"perbaikan_data", "ditolak_pekon", "tidak_bersedia"}
)
# Nothing but the undoing of what led there leads out of these; ``any`` does not mean them.
ENDS = frozenset({"meninggal", "duplikat"})
# Whoever is to enter these must be somebody whose facts say ``calon``.
FACTS_ASKED = frozenset({"verifikasi_pekon", "terverifikasi", "diusulkan"})
# A listed name, and a word at the door, stand until somebody has met the person.
LISTED = "usulan"
UNMET_STAYS = frozenset({LISTED, "sudah_peserta", "dirujuk_pu"})
MARKS = ("trouble", "proposed", "nik_awaited")
REFUSED, REFUSALS_OF_ONE_HEAD = "ditolak_pekon", 2


@dataclass(frozen=True, slots=True)
class State:
    """A state. ``stage`` is where it stands on the way of a registration: one of the way's states,
    "server" before the village's list, "off" beside it. ``trouble``: somebody has to do something.
    ``proposed``: from the proposal on, so that a membership follows who moves away;
    ``nik_awaited``: before it, where somebody without a NIK is to be visited again."""

    code: str
    stage: str
    trouble: bool
    proposed: bool
    nik_awaited: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step. ``source`` is a state or "(none)"; ``target`` a state, "(same)" or "(state
    before)". ``rule`` names what happened. ``roles`` may take it; ``evidence`` must come with it;
    ``results`` follow: pair, task:<role>. ``added`` is the number of a row that the programme's
    table lacked (decision 075)."""

    source: str
    target: str
    rule: str
    roles: frozenset[str]
    evidence: tuple[str, ...]
    results: tuple[str, ...]
    trigger: str
    actor: str
    note: str
    added: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a rule makes of a state: the state after it, which may be the same, and what else
    follows (``results`` of the transition)."""

    source: str | None
    target: str
    rule: str
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a step cannot be taken: the code of a sentence ``error.<code>``, and what it names."""

    code: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class Past:
    """What the machine must know of a worker's history: the state that the current one replaced,
    and who refused the worker, one name a refusal."""

    before: str | None = None
    refused_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record's facts say: the state they put the person in, whether somebody has met the
    person, and what the newest save brought: a new visit, the correction that was asked for."""

    say: str
    met: bool = True
    met_anew: bool = False
    corrected: bool = False


NO_PAST = Past()


class Lifecycle:
    """The table of steps, asked by state and rule."""

    def __init__(self, states: Iterable[dict[str, str]], rows: Iterable[dict[str, str]]) -> None:
        self.states = {
            row["status"]: State(
                row["status"], row["stage"], *(row[name] == "yes" for name in MARKS)
            )
            for row in states
        }
        self.transitions = tuple(step for row in rows for step in self._expand(row))
        self._steps: dict[tuple[str, str], list[Transition]] = {}
        for step in self.transitions:
            self._steps.setdefault((step.source, step.rule), []).append(step)
        self._after_facts = {
            (step.source, step.target)
            for step in self.transitions
            if step.rule in (FACTS, CORRECTED) and step.source != step.target
        }

    def _expand(self, row: dict[str, str]) -> list[Transition]:
        """A row for each pair of states that it names; ``any`` is every state but the ends."""
        sources = (
            [state for state in self.states if state not in ENDS]
            if row["from"] == ANY
            else row["from"].split("|")
        )
        return [
            Transition(
                source,
                target,
                row["rule"],
                frozenset(parts(row["roles"])),
                parts(row["evidence"]),
                parts(row["results"]),
                row["trigger"],
                row["actor"],
                row["note"],
                row["added"],
            )
            for source in sources
            for target in row["to"].split("|")
            if source != target or row["from"] != ANY
        ]

    @property
    def statuses(self) -> frozenset[str]:
        """The codes of all states."""
        return frozenset(self.states)

    def steps_from(self, current: str | None) -> list[Transition]:
        """Every step out of a state, in the table's order."""
        return [step for step in self.transitions if step.source == (current or START)]

    def can(self, current: str | None, rule: str, role: str) -> bool:
        """True when the role may take a step by this rule, given the evidence it needs."""
        return any(role in step.roles for step in self._steps.get((current or START, rule), ()))

    def step(
        self,
        current: str | None,
        rule: str,
        role: str,
        evidence: Mapping[str, object] | None = None,
        *,
        past: Past = NO_PAST,
        facts: Facts | None = None,
    ) -> Step | Refused:
        """What the rule makes of the state when the role takes it, or why it may not.

        ``facts`` is asked where the target is only for who can be registered. Steps that follow
        from facts alone are ``follow``.
        """
        found = self._steps.get((current or START, rule), ())
        if not found or rule in (FACTS, CORRECTED):
            return Refused("step_unknown", {"status": current, "rule": rule})
        [step] = found
        if role not in step.roles:
            return Refused("step_forbidden", {"status": current, "rule": rule})
        lacking = [name for name in step.evidence if not (evidence or {}).get(name)]
        if lacking:
            return Refused("step_evidence", {"rule": rule, "evidence": ", ".join(lacking)})
        refused = self._against(step, role, evidence or {}, past)
        if refused is not None:
            return refused
        return self._answer(step, current, past, facts)

    def _answer(
        self, step: Transition, current: str | None, past: Past, facts: Facts | None
    ) -> Step | Refused:
        target = step.target
        if target == SAME:
            target = str(current)
        elif target == BEFORE:
            if past.before not in self.states or past.before == current:
                return Refused("step_no_before", {"status": current})
            target = str(past.before)
        elif target in FACTS_ASKED and facts is not None and facts.say != "calon":
            return Refused("step_facts", {"status": target, "facts": facts.say})
        return Step(current, target, step.rule, results_of(step, past))

    def _against(
        self, step: Transition, role: str, evidence: Mapping[str, object], past: Past
    ) -> Refused | None:
        """What stands against a step besides role and evidence."""
        if step.source == REFUSED and step.rule == "again":
            return refused_again(role, evidence, past)
        if step.source == "pindah" and step.rule in ("taken_over", "follows"):
            before = self.states.get(past.before or "")
            if before is None or before.proposed != (step.rule == "follows"):
                return Refused("step_unknown", {"status": step.source, "rule": step.rule})
        return None

    def moved_to(self, target: str) -> list[str]:
        """The states that facts turn into this one, in the order of the states."""
        return [
            state
            for state in self.states
            if (state, target) in self._after_facts
            and any(step.target == target for step in self._steps.get((state, FACTS), ()))
        ]

    def follow(self, current: str | None, facts: Facts) -> str:
        """The state once the facts have been saved or corrected; a state that they do not move
        stays."""
        if current in UNMET_STAYS and not facts.met:
            return str(current)
        if current == "tidak_bersedia" and not facts.met_anew:
            return str(current)
        if current == "perbaikan_data" and facts.say == "calon" and not facts.corrected:
            return str(current)
        moves = (current or START, facts.say) in self._after_facts
        return facts.say if moves else str(current)


def refused_again(role: str, evidence: Mapping[str, object], past: Past) -> Refused | None:
    """A second refusal lies with the supervisor, and does not go back to the head who refused."""
    if len(past.refused_by) < REFUSALS_OF_ONE_HEAD:
        return None
    if role != "supervisor":
        return Refused("step_refused_twice", {})
    checks = evidence.get("checked_by")
    return None if checks and checks not in past.refused_by else Refused("step_same_head", {})


def results_of(step: Transition, past: Past) -> tuple[str, ...]:
    """What follows a step: the second refusal of a person is the supervisor's task."""
    if step.target == REFUSED and len(past.refused_by) + 1 >= REFUSALS_OF_ONE_HEAD:
        return ("task:supervisor",)
    return step.results


def parts(cell: str) -> tuple[str, ...]:
    """The codes in a cell."""
    return tuple(code for code in cell.split("|") if code)


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a data file."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


LIFECYCLE = Lifecycle(rows_of("statuses.csv"), rows_of("lifecycle.csv"))
can, step, follow = LIFECYCLE.can, LIFECYCLE.step, LIFECYCLE.follow
