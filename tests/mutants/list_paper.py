"""Guards of what is entered from paper, each turned off by rewriting one place, and the test that
then fails.

``old`` must occur exactly once: a guard that was rewritten has to be pointed at again.
"""

from __future__ import annotations

from tests.mutants.phone import Mutant
from tests.mutants.rewriting import guard_of_lists as guard

PAPER_TWICE = "features/village_lists/test_paper_twice.py"
PAPER_ENTERING = "features/village_lists/test_paper_entering.py"
PAPER_PRINTING = "features/village_lists/test_paper_printing.py"

MUTANTS: list[Mutant] = [
    guard(
        "paper of a village",
        "whoever knows the list prints it and enters its sheets",
        "paper/paper_printing.py",
        "if row is None or not actor.can_see(row.region_code):",
        "if row is None:",
        f"{PAPER_PRINTING}::TestWho::test_only_who_may_see_the_village_prints[head-villages3-404]",
    ),
    guard(
        "print of a closed list",
        "a closed list is printed",
        "paper/paper_printing.py",
        'if row.state == "closed":',
        "if False:",
        f"{PAPER_PRINTING}::TestVersions::test_closed_or_empty_list_is_not_printed[closed]",
    ),
    guard(
        "print of nobody",
        "an empty list is printed",
        "paper/paper_printing.py",
        "if not lines:",
        "if False:",
        f"{PAPER_PRINTING}::TestVersions::test_closed_or_empty_list_is_not_printed[empty]",
    ),
    guard(
        "print as numbered",
        "pages of an old version show the new list",
        "paper/paper_printing.py",
        "if print_hash(facts_of(row), lines) != version.hash:",
        "if False:",
        f"{PAPER_PRINTING}::TestVersions::"
        "test_same_list_keeps_its_version_and_a_changed_one_gets_the_next",
    ),
    guard(
        "print audited",
        "pages are looked at without a line",
        "paper/paper_printing.py",
        '    note_print(session, actor, row, {"version"',
        '    1 or note_print(session, actor, row, {"version"',
        f"{PAPER_PRINTING}::TestWho::test_every_look_at_the_pages_is_audited",
    ),
    guard(
        "sheet of its list",
        "a sheet opens under another list",
        "paper/paper_entering.py",
        "if entry is None or entry.list_id != list_id:",
        "if entry is None:",
        f"{PAPER_TWICE}::TestWho::test_sheet_of_another_list_or_regency_is_not_there",
    ),
    guard(
        "sheet of a closed list",
        "a sheet of a closed list is begun",
        "paper/paper_entering.py",
        '        row = list_for(session, actor, list_id)\n        if row.state == "closed":',
        "        row = list_for(session, actor, list_id)\n        if False:",
        f"{PAPER_ENTERING}::TestWhichSheet::test_closed_list_begins_no_sheet",
    ),
    guard(
        "code of its list",
        "the code of another list opens a sheet",
        "paper/paper_entering.py",
        "if code.list_id != row.id:",
        "if False:",
        f"{PAPER_ENTERING}::TestWhichSheet::test_sheet_of_another_list_is_told",
    ),
    guard(
        "page of a version",
        "a page that was never printed is entered",
        "paper/paper_entering.py",
        "if not 1 <= page <= found.pages:",
        "if False:",
        f"{PAPER_ENTERING}::TestWhichSheet::"
        "test_unclear_sheet_gets_one_sentence_and_keeps_what_was_typed"
        "[which4-Halaman ini tidak ada]",
    ),
    guard(
        "version that is",
        "a version that was never printed is entered",
        "paper/paper_entering.py",
        'if found is None:\n        raise NotAllowed("paper_version_unknown")',
        "if found is None:\n        return None, None, 'x'",
        f"{PAPER_ENTERING}::TestWhichSheet::"
        "test_unclear_sheet_gets_one_sentence_and_keeps_what_was_typed"
        "[which2-tidak dicetak di sini]",
    ),
    guard(
        "name of a sheet",
        "a sheet without code or name is begun",
        "paper/paper_entering.py",
        "if not label:",
        "if False:",
        f"{PAPER_ENTERING}::TestWhichSheet::"
        "test_unclear_sheet_gets_one_sentence_and_keeps_what_was_typed[which0-Lembar mana?]",
    ),
    guard(
        "open entry",
        "answers are taken when no entry is made",
        "paper/paper_entering.py",
        "if sheet.turn is None:",
        "if False:",
        f"{PAPER_TWICE}::TestTwice::test_answer_outside_an_entry_is_not_taken",
    ),
    guard(
        "entry of a closed list",
        "answers are taken for a closed list",
        "paper/paper_entering.py",
        'if sheet.list.state == "closed":',
        "if False:",
        f"{PAPER_TWICE}::TestTwice::test_closed_list_takes_no_answer",
    ),
    guard(
        "whose second entry",
        "anybody writes into a second entry",
        "paper/paper_entering.py",
        "if sheet.turn == SECOND and actor.user_id != sheet.entry.second_by:",
        "if False:",
        f"{PAPER_TWICE}::TestTwice::test_somebody_else_does_not_write_into_a_second_entry",
    ),
    guard(
        "sound answer",
        "a sheet says what no list can say",
        "paper/paper_entering.py",
        "    if name is not None:\n        raise not_sound",
        "    if False:\n        raise not_sound",
        f"{PAPER_ENTERING}::TestLines::"
        "test_what_is_missing_marks_its_field_and_keeps_the_rest[1-told0-date]",
    ),
    guard(
        "answer twice",
        "another answer replaces the first unasked",
        "paper/paper_entering.py",
        "        if not replace:\n",
        "        if False:\n",
        f"{PAPER_ENTERING}::TestLines::"
        "test_same_line_with_another_answer_is_asked_and_replaced_only_then",
    ),
    guard(
        "number that is",
        "a number beyond the list is taken",
        "paper/paper_entering.py",
        'if line is None:\n        raise NotAllowed("paper_no_unknown")',
        "if line is None:\n        line = next(iter(sheet.lines.values()))",
        f"{PAPER_ENTERING}::TestLines::test_number_that_does_not_exist_is_told_and_nothing_is_lost",
    ),
    guard(
        "number of who is gone",
        "an answer is taken for who is gone",
        "paper/paper_entering.py",
        "if line.gone:",
        "if False:",
        f"{PAPER_ENTERING}::TestLines::"
        "test_who_is_gone_is_told_with_the_number_that_took_the_place",
    ),
    guard(
        "empty first entry",
        "an empty first entry is finished",
        "paper/paper_entering.py",
        'if sheet.entry.state == "first" and not sheet.turns[FIRST]:',
        "if False:",
        f"{PAPER_TWICE}::TestTwice::test_empty_sheet_is_not_finished",
    ),
    guard(
        "empty second entry",
        "an empty second entry is finished",
        "paper/paper_counting.py",
        "if not sheet.turns[SECOND]:",
        "if False:",
        f"{PAPER_TWICE}::TestTwice::test_acts_out_of_turn_are_refused",
    ),
    guard(
        "second after first",
        "a second entry begins before the first is finished",
        "paper/paper_entering.py",
        'if entry.state != "first_done" or entry.first_done_at is None:',
        "if False:",
        f"{PAPER_TWICE}::TestTwice::test_acts_out_of_turn_are_refused",
    ),
    guard(
        "second by another",
        "the same person enters a sheet twice at once",
        "paper/paper_entering.py",
        "if not may_enter_again(",
        "if False and not may_enter_again(",
        f"{PAPER_TWICE}::TestTwice::"
        "test_same_person_enters_again_only_after_another_sheet_or_login_and_it_is_marked",
    ),
    guard(
        "elsewhere since",
        "any answer of any time counts as another sheet",
        "records/paper_queries.py",
        "other = (ANSWERS.c.entry_id != entry_id, ANSWERS.c.at > since)",
        "other = (ANSWERS.c.entry_id != entry_id,)",
        f"{PAPER_TWICE}::TestTwice::test_what_was_entered_before_is_no_other_sheet",
    ),
    guard(
        "only differences",
        "lines are settled that do not differ",
        "paper/paper_entering.py",
        'if sheet.entry.state != "differs" or line_id not in sheet.differing:',
        'if sheet.entry.state != "differs":',
        f"{PAPER_TWICE}::TestTwice::test_acts_out_of_turn_are_refused",
    ),
    guard(
        "steps of a sheet",
        "a sheet goes from any state to any",
        "paper/paper_entering.py",
        "if state not in next_states(sheet.entry.state):",
        "if False:",
        f"{PAPER_TWICE}::TestTwice::test_sheet_takes_no_step_that_there_is_not",
    ),
    guard(
        "blind",
        "the second entry sees the first",
        "paper/paper_entry_presenter.py",
        "for one in reversed([*sheet.turns[sheet.turn].values()])",
        "for one in reversed([*sheet.turns[FIRST].values()])",
        f"{PAPER_TWICE}::TestTwice::test_second_entry_sees_nothing_of_the_first",
    ),
    guard(
        "every difference",
        "a sheet counts while differences are open",
        "paper/paper_counting.py",
        "if sheet.open_lines:",
        "if False:",
        f"{PAPER_TWICE}::TestTwice::test_only_differences_are_shown_and_a_person_decides",
    ),
    guard(
        "signer waives",
        "anybody does without the second entry",
        "paper/paper_counting.py",
        "if actor.role not in SIGNERS:",
        "if False:",
        f"{PAPER_TWICE}::TestOnce::test_nobody_else_may[supervisor]",
    ),
    guard(
        "waived in turn",
        "a name is asked for of a sheet that nobody finished",
        "paper/paper_counting.py",
        'if sheet.entry.state != "first_done":',
        "if False:",
        f"{PAPER_TWICE}::TestOnce::test_no_name_is_asked_for_before_it_is_the_signer_s_turn",
    ),
    guard(
        "name of the dead",
        "a death counts without the full name",
        "paper/paper_counting.py",
        "if not same_name(",
        "if False and not same_name(",
        f"{PAPER_TWICE}::TestOnce::test_death_needs_the_full_name_and_holds_at_once",
    ),
    guard(
        "all of a sheet",
        "a sheet counts although a decision was not taken",
        "paper/paper_counting.py",
        "        require_taken(verdicts)\n",
        "",
        f"{PAPER_TWICE}::TestTwice::test_list_that_was_closed_meanwhile_keeps_the_sheet",
    ),
    guard(
        "sheet that moved",
        "two people finish one sheet",
        "paper/paper_counting.py",
        "if fresh.entry.state != before or fresh.turns != sheet.turns:",
        "if False:",
        f"{PAPER_TWICE}::TestTwice::test_sheet_that_moved_meanwhile_does_not_count_as_it_was",
    ),
    guard(
        "paper in the audit",
        "acts on a sheet leave no line",
        "checking/list_audit.py",
        "    audit_log.record(\n",
        "    1 or audit_log.record(\n",
        f"{PAPER_TWICE}::TestWho::test_acts_are_audited_without_a_name",
    ),
]
