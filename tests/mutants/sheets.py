"""Guards of the sheets that leave and come home, each turned off by rewriting one place, and the
test that then fails."""

from __future__ import annotations

from tests.mutants.phone import Mutant
from tests.support.factories import SEBARUS

FEATURE = "features/spreadsheets"
GUARDS, HEADS = f"{FEATURE}/test_guards.py", f"{FEATURE}/test_heads.py"
COMING, LEAVING = f"{FEATURE}/test_coming_home.py", f"{FEATURE}/test_leaving.py"
FOREIGN = f"{HEADS}::test_a_head_changes_nobody_and_nothing_more_with_a_supervisor_s_sheet"
OWN_FILES = f"{HEADS}::test_a_head_sees_no_file_of_another_and_a_supervisor_sees_all"


def guard(name: str, off: str, file: str, old: str, new: str, killer: str) -> Mutant:
    """A mutant of the feature of sheets."""
    return Mutant(name, off, f"{FEATURE}/{file}", old, new, killer)


MUTANTS: list[Mutant] = [
    guard(
        "merged worker",
        "a record that was merged is changed",
        "judging.py",
        '"merged" if worker.merged_into else "listed"',
        '"" if worker.merged_into else "listed"',
        f"{HEADS}::test_a_record_that_was_merged_is_a_question_that_names_who_mends_it",
    ),
    guard(
        "returning fields while reading",
        "answers that the sender may not see are kept and shown",
        "reading.py",
        "if name in reader.returning:",
        "if True:",
        f"{GUARDS}::test_nothing_of_a_closed_cell_is_kept_or_shown_to_a_head",
    ),
    guard(
        "hidden column of keys",
        "keys stand where they are edited",
        "leaving.py",
        "frozenset({len(self.columns)})",
        "frozenset()",
        f"{GUARDS}::test_nobody_sees_the_column_of_keys",
    ),
    guard(
        "purpose of the key",
        "what was closed for another purpose opens as a key",
        "seals.py",
        "info=PURPOSE",
        "info=b''",
        f"{GUARDS}::test_the_same_secret_for_another_purpose_opens_no_key",
    ),
    guard(
        "keeping the rest",
        "what somebody chose is chosen otherwise",
        "returns.py",
        'return "theirs" if is_open else ""',
        'return "theirs"',
        f"{GUARDS}::test_keeping_the_rest_leaves_what_was_chosen",
    ),
    guard(
        "choices of open cells",
        "a choice waits for a question that nobody has seen",
        "returns.py",
        'if cell.kind in ("clash", "ask")',
        "if True",
        f"{GUARDS}::test_nothing_is_chosen_of_a_cell_that_asks_nothing",
    ),
    guard(
        "end of an undo",
        "a return is taken back twice",
        "undoing.py",
        'if found is None or found.state != "written":',
        "if found is None:",
        f"{GUARDS}::test_an_undo_ends_once",
    ),
    guard(
        "undo of who was deleted",
        "a deleted worker is changed by an undo",
        "undoing.py",
        "worker is None or worker.deleted_at or",
        "worker is None or",
        f"{GUARDS}::test_an_undo_leaves_who_is_gone[deleted]",
    ),
    guard(
        "undo of who was merged",
        "a record that was merged is changed by an undo",
        "undoing.py",
        "worker.deleted_at or worker.merged_into:",
        "worker.deleted_at:",
        f"{GUARDS}::test_an_undo_leaves_who_is_gone[merged]",
    ),
    guard(
        "bytes of a request",
        "a long file ends without a sentence",
        "views.py",
        "    request.max_content_length = REQUEST_MAX\n",
        "",
        f"{GUARDS}::test_a_file_too_long_for_any_other_form_still_gets_its_sentence",
    ),
    guard(
        "bytes of a file",
        "a file is read whole, however long",
        "views.py",
        "stream.read(MOST_BYTES + 1)",
        "stream.read()",
        f"{GUARDS}::test_no_more_of_a_file_is_read_than_says_that_it_is_too_long",
    ),
    guard(
        "village of a head's sheet",
        "another village leaves for a head",
        "leaving.py",
        "if query.place not in actor.villages:",
        "if False:",
        f"{HEADS}::test_no_other_place_leaves_for_a_head[{SEBARUS}]",
    ),
    guard(
        "who was never met",
        "names that nobody visited leave for a head",
        "leaving.py",
        "return replace(wanted, statuses_but=(LISTED,))",
        "return wanted",
        f"{HEADS}::test_who_was_never_met_does_not_leave_for_a_head",
    ),
    guard(
        "columns of a head",
        "a head asks for other columns",
        "views.py",
        "query = replace(query, columns=HEAD_COLUMNS)",
        "pass",
        f"{HEADS}::test_a_head_s_sheet_holds_the_village_with_a_head_s_fields",
    ),
    guard(
        "files of one's own",
        "a head opens the file of another",
        "queries.py",
        "return SpreadsheetReturn.made_by == actor.user_id",
        "return true()",
        OWN_FILES,
    ),
    guard(
        "acts on one's own files",
        "a head saves the file of another",
        "queries.py",
        "is_theirs(actor)).with_for_update()",
        "true()).with_for_update()",
        OWN_FILES,
    ),
    guard(
        "people of an ended file",
        "an ended file names people of another village",
        "views.py",
        "if actor.can_see(worker.region_code)",
        "if True",
        f"{GUARDS}::test_an_ended_file_names_nobody_who_moved_away_since",
    ),
    guard(
        "village of a changed person",
        "a head changes people of another village",
        "judging.py",
        " or not actor.can_write(worker.region_code)",
        "",
        FOREIGN,
    ),
    guard(
        "pages of people",
        "a head is led to a page that does not open",
        "presenter.py",
        'if current_actor().role != "supervisor":',
        "if False:",
        f"{HEADS}::test_a_head_s_changes_come_home_and_are_taken_back",
    ),
    guard(
        "village too long",
        "a head is led to the desk's list",
        "views.py",
        'if actor.role == "head":\n            return redirect',
        "if False:\n            return redirect",
        f"{GUARDS}::test_a_village_that_is_too_long_leads_a_head_to_a_page_that_opens",
    ),
]
