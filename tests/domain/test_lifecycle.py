"""The machine behind a participant's status: properties of its table, and steps that it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.actor import ROLES
from outreach.domain.lifecycle import (
    AT_THE_DOOR,
    BEFORE,
    CORRECTED,
    ENDS,
    FACTS,
    LIFECYCLE,
    ON_LISTS,
    SAME,
    START,
    SYSTEM,
    VILLAGE_SAYS,
    VISITED,
    Facts,
    Lifecycle,
    Past,
    Refused,
    Step,
    Transition,
    can,
    follow,
    rows_of,
    step,
)
from outreach.domain.statuses import facts_of
from outreach.features.review import commands_lifecycle
from tests.domain.test_vectors import PERSON, TODAY

STATES = list(LIFECYCLE.states)
FACTS_SAY = ["draf", "calon", "sudah_peserta", "dirujuk_pu", "di_luar_usia", "tarik_persetujuan"]
FOR_ALL = {"meninggal", "pindah", "merged", "withdrawn"}
ALL_EVIDENCE = {
    name: "x" for transition in LIFECYCLE.transitions for name in transition.evidence
} | {"checked_by": "another"}
RULES = sorted({transition.rule for transition in LIFECYCLE.transitions})


def steps_out(state: str) -> list[Transition]:
    return [found for found in LIFECYCLE.steps_from(state) if found.target not in (state, SAME)]


def test_every_state_but_the_ends_has_an_exit() -> None:
    """Not counting what may befall anybody, and the undoing of what led here."""
    for state in STATES:
        own = [s for s in steps_out(state) if s.rule not in FOR_ALL and s.target != BEFORE]
        assert bool(own) is (state not in ENDS), state


def test_every_end_can_be_undone() -> None:
    assert all(any(s.target == BEFORE for s in LIFECYCLE.steps_from(state)) for state in ENDS)


@pytest.mark.parametrize("state", sorted(ON_LISTS))
@pytest.mark.parametrize("reason", VILLAGE_SAYS)
def test_every_reason_of_a_village_has_a_step(state: str, reason: str) -> None:
    found = step(state, reason, "head", ALL_EVIDENCE, facts=Facts("calon"))
    assert isinstance(found, Step)
    assert found.target != state or found.results or reason in ("layak", "tunda")


@pytest.mark.parametrize("state", sorted(VISITED))
@pytest.mark.parametrize("outcome", AT_THE_DOOR)
def test_every_outcome_at_the_door_has_a_step(state: str, outcome: str) -> None:
    assert isinstance(step(state, AT_THE_DOOR[outcome], "officer", ALL_EVIDENCE), Step)


def test_no_step_is_without_who_takes_it() -> None:
    for found in LIFECYCLE.transitions:
        assert found.roles, found
        assert found.roles <= {SYSTEM, *ROLES}, found
        assert "" not in (found.trigger, found.actor), found


def test_a_rule_leads_from_a_state_to_one_place() -> None:
    seen = [(s.source, s.rule) for s in LIFECYCLE.transitions if s.rule not in (FACTS, CORRECTED)]
    assert len(seen) == len(set(seen))


def test_any_is_every_state_but_the_ends_and_itself() -> None:
    deaths = {s.source for s in LIFECYCLE.transitions if s.target == "meninggal"}
    assert deaths == set(STATES) - ENDS
    assert START not in deaths


def test_states_and_steps_name_each_other() -> None:
    named = {end for s in LIFECYCLE.transitions for end in (s.source, s.target)}
    assert named - {START, SAME, BEFORE} == set(STATES)
    reached = {s.target for s in LIFECYCLE.transitions}
    assert set(STATES) <= reached


def test_added_rows_are_numbered_without_a_hole() -> None:
    added = [row["added"] for row in rows_of("lifecycle.csv") if row["added"]]
    assert added == [f"A{number}" for number in range(1, len(added) + 1)]


@given(st.sampled_from([None, *STATES]), st.sampled_from(RULES), st.sampled_from([SYSTEM, *ROLES]))
def test_a_step_is_in_the_table_or_refused_with_a_code(
    state: str | None, rule: str, role: str
) -> None:
    found = step(state, rule, role, ALL_EVIDENCE, past=Past("calon"))
    if isinstance(found, Refused):
        assert found.code.startswith("step_")
        return
    assert can(state, rule, role)
    assert found.target in STATES
    without = step(state, rule, role, {}, past=Past("calon"))
    needs = [s.evidence for s in LIFECYCLE.steps_from(state) if s.rule == rule]
    assert isinstance(without, Step) is not any(needs)


@given(
    st.sampled_from([None, *STATES]), st.sampled_from(FACTS_SAY), *[st.booleans() for _ in range(3)]
)
def test_facts_move_only_where_the_table_says(
    state: str | None, say: str, met: bool, met_anew: bool, corrected: bool
) -> None:
    after = follow(state, Facts(say, met, met_anew, corrected))
    assert after in (state, say)
    if after != state:
        rules = {s.rule for s in LIFECYCLE.steps_from(state) if s.target == after}
        assert rules & {FACTS, CORRECTED}
    assert follow(after, Facts(say, met, met_anew, corrected)) == after


@pytest.mark.parametrize("state", ["meninggal", "pindah"])
def test_undo_goes_back_to_the_state_before(state: str) -> None:
    undone = step(state, "undone", "supervisor", {"reason": "keliru"}, past=Past("aktif"))
    assert undone == Step(state, "aktif", "undone")
    refused = step(state, "undone", "supervisor", {"reason": "keliru"})
    assert refused == Refused("step_no_before", {"status": state})


def test_a_parting_goes_back_to_the_state_before() -> None:
    assert step("duplikat", "split", "supervisor", past=Past("calon")) == Step(
        "duplikat", "calon", "split"
    )


@pytest.mark.parametrize(
    ("before", "rule", "target"),
    [
        ("calon", "taken_over", "verifikasi_pekon"),
        ("terverifikasi", "taken_over", "verifikasi_pekon"),
        ("calon", "follows", None),
        ("aktif", "follows", "aktif"),
        ("diusulkan", "follows", "diusulkan"),
        ("aktif", "taken_over", None),
    ],
)
def test_the_new_village_lists_whom_nobody_had_proposed(
    before: str, rule: str, target: str | None
) -> None:
    found = step("pindah", rule, SYSTEM, {"to_village": "x"}, past=Past(before))
    assert (found.target if isinstance(found, Step) else None) == target


@pytest.mark.parametrize("state", sorted(ON_LISTS))
def test_double_makes_a_pair_and_a_task_never_a_status(state: str) -> None:
    found = step(state, "ganda", "head", {"same_as": "other"})
    assert found == Step(state, state, "ganda", ("pair", "task:supervisor"))
    assert step(state, "ganda", "head") == Refused(
        "step_evidence", {"rule": "ganda", "evidence": "same_as"}
    )


def test_unwilling_and_employed_are_asked_at_home_first() -> None:
    unwilling = step("verifikasi_pekon", "tidak_bersedia", "head")
    assert unwilling == Step(
        "verifikasi_pekon", "verifikasi_pekon", "tidak_bersedia", ("task:officer",)
    )
    employed = step("verifikasi_pekon", "punya_majikan", "head", {"employer": "PT Contoh"})
    assert employed == Step(
        "verifikasi_pekon", "verifikasi_pekon", "punya_majikan", ("task:officer",)
    )
    assert isinstance(
        step("verifikasi_pekon", "employer_confirmed", "head", {"employer": "PT Contoh"}), Refused
    )
    confirmed = step("verifikasi_pekon", "employer_confirmed", "officer", {"employer": "PT Contoh"})
    assert isinstance(confirmed, Step)
    assert confirmed.target == "dirujuk_pu"


def test_a_second_refusal_goes_to_the_supervisor() -> None:
    evidence = {"minutes": "12/2026"}
    first = step("verifikasi_pekon", "tidak_bekerja", "head", evidence)
    assert first == Step("verifikasi_pekon", "ditolak_pekon", "tidak_bekerja", ("task:officer",))
    second = step(
        "verifikasi_pekon", "tidak_bekerja", "head", evidence, past=Past(refused_by=("peratin",))
    )
    assert second == Step(
        "verifikasi_pekon", "ditolak_pekon", "tidak_bekerja", ("task:supervisor",)
    )


@pytest.mark.parametrize(
    ("refused_by", "role", "checks", "answer"),
    [
        (("peratin",), "officer", None, "verifikasi_pekon"),
        (("peratin", "peratin"), "officer", "lhp", "step_refused_twice"),
        (("peratin", "peratin"), "supervisor", None, "step_same_head"),
        (("peratin", "peratin"), "supervisor", "peratin", "step_same_head"),
        (("peratin", "peratin"), "supervisor", "lhp", "verifikasi_pekon"),
    ],
)
def test_who_was_refused_twice_does_not_go_back_to_the_same_head(
    refused_by: tuple[str, ...], role: str, checks: str | None, answer: str
) -> None:
    evidence = {"reason": "bekerja di kebun", "checked_by": checks}
    past = Past("verifikasi_pekon", refused_by)
    found = step("ditolak_pekon", "again", role, evidence, past=past, facts=Facts("calon"))
    assert answer == (found.target if isinstance(found, Step) else found.code)


@pytest.mark.parametrize(
    ("state", "rule", "role", "evidence"),
    [
        ("calon", "list_opened", SYSTEM, {"list": "x"}),
        ("calon", "layak", "head", {"minutes": "x"}),
        ("terverifikasi", "proposed", "supervisor", {"batch": "x"}),
        ("ditolak_pekon", "again", "supervisor", {"reason": "x"}),
        ("cadangan", "moved_up", "supervisor", {"rank": 1}),
    ],
)
def test_only_who_can_be_registered_goes_on(
    state: str, rule: str, role: str, evidence: dict[str, Any]
) -> None:
    assert isinstance(step(state, rule, role, evidence, facts=Facts("calon")), Step)
    refused = step(state, rule, role, evidence, facts=Facts("di_luar_usia"))
    assert isinstance(refused, Refused)
    assert refused.code == "step_facts"
    assert refused.params["facts"] == "di_luar_usia"


def test_nobody_steps_by_facts_alone() -> None:
    for role in (SYSTEM, *ROLES):
        assert isinstance(step("draf", FACTS, role), Refused)


def test_who_said_no_comes_back_by_a_new_visit_alone() -> None:
    before = {**PERSON, "captured_at": "2026-11-21T06:05:00Z"}
    same = facts_of({**before, "notes": "x"}, TODAY, before)
    assert follow("tidak_bersedia", same) == "tidak_bersedia"
    visited = facts_of(PERSON, TODAY, before)
    assert follow("tidak_bersedia", visited) == "calon"
    assert follow("tidak_bersedia", facts_of({**PERSON, "consent": None}, TODAY, before)) == "draf"


def test_a_field_to_be_mended_is_mended_by_itself_alone() -> None:
    other = facts_of({**PERSON, "phone": "+6281200009999"}, TODAY, PERSON, "birth_date")
    assert follow("perbaikan_data", other) == "perbaikan_data"
    mended = facts_of({**PERSON, "birth_date": "1981-08-07"}, TODAY, PERSON, "birth_date")
    assert follow("perbaikan_data", mended) == "calon"
    unnamed = facts_of({**PERSON, "phone": "+6281200009999"}, TODAY, PERSON)
    assert follow("perbaikan_data", unnamed) == "calon"


def test_a_table_of_other_states_is_another_machine() -> None:
    """Nothing is known of states but what the table says."""
    states = [{"status": "a", "stage": "server"}, {"status": "b", "stage": "off"}]
    for row in states:
        row.update(dict.fromkeys(("trouble", "proposed", "nik_awaited"), ""))
    row = dict.fromkeys(("evidence", "results", "trigger", "actor", "note", "added"), "")
    small = Lifecycle(states, [{"from": "any", "to": "b", "rule": "go", "roles": "head", **row}])
    assert small.step("a", "go", "head") == Step("a", "b", "go")
    assert isinstance(small.step("b", "go", "head"), Refused)
    assert isinstance(small.step("a", "go", "officer"), Refused)


@pytest.mark.parametrize(
    ("state", "patch", "after"),
    [
        ("terverifikasi", {"birth_date": "1956-11-22"}, "di_luar_usia"),
        ("terverifikasi", {"phone": None}, "draf"),
        ("terverifikasi", {"already_member": "ya_bpu"}, "sudah_peserta"),
        ("terverifikasi", {"employment_relation": "punya_majikan"}, "draf"),
        (
            "terverifikasi",
            {"employment_relation": "punya_majikan", "employer_name": "PT Contoh"},
            "dirujuk_pu",
        ),
        ("terverifikasi", {"consent_withdrawn": {"pendaftaran": "x"}}, "tarik_persetujuan"),
        ("terverifikasi", {"full_name": "Siti Aminah"}, "terverifikasi"),
        ("verifikasi_pekon", {"phone": None}, "draf"),
        ("verifikasi_pekon", {"birth_date": "1956-11-22"}, "di_luar_usia"),
        ("perbaikan_data", {"phone": None}, "draf"),
        ("ditolak_pekon", {"phone": None}, "ditolak_pekon"),
        ("ditolak_pekon", {"already_member": "ya_pu"}, "sudah_peserta"),
        ("diusulkan", {"phone": None}, "diusulkan"),
        ("diusulkan", {"birth_date": "1956-11-22"}, "di_luar_usia"),
        ("cadangan", {"consent_withdrawn": {"pendaftaran": "x"}}, "tarik_persetujuan"),
        ("ditetapkan", {"already_member": "ya_pu"}, "ditetapkan"),
        ("aktif", {"consent_withdrawn": {"pendaftaran": "x"}}, "aktif"),
        ("pindah", {"phone": None}, "pindah"),
        ("usulan", {"captured_at": None}, "usulan"),
        ("sudah_peserta", {"captured_at": None}, "sudah_peserta"),
        ("dirujuk_pu", {"captured_at": None}, "dirujuk_pu"),
        ("calon", {"captured_at": None}, "draf"),
    ],
)
def test_facts_corrected_later_are_judged_again(
    state: str, patch: dict[str, Any], after: str
) -> None:
    data = {name: value for name, value in {**PERSON, **patch}.items() if value is not None}
    assert follow(state, facts_of(data, TODAY, PERSON)) == after


def test_the_page_says_what_the_data_says() -> None:
    assert commands_lifecycle.PAGE.read_text(encoding="utf-8") == commands_lifecycle.page()


def test_the_decision_gives_a_reason_for_every_added_row() -> None:
    decision = (commands_lifecycle.PAGE.parent / "decisions/075-one-status-machine.md").read_text()
    for row in rows_of("lifecycle.csv"):
        if row["added"]:
            assert f"\n| {row['added']} |" in decision, row["added"]
